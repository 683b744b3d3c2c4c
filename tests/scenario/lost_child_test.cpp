// A child is lost on the march: it is reported, told to all without its name, decided about, and found.
#include "day.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>

using namespace marchwire;
using core::Role;
using test::Day;
using test::says;
using wire::FeedKind;

namespace {

constexpr auto name = "Kim Doe";

core::ReportIncident lost_child() {
    core::ReportIncident wish;
    wish.kind = core::IncidentKind::lost_child;
    wish.severity = core::Severity::urgent;
    wish.description = "red coat, about five";
    wish.restricted = core::RestrictedBlock{name, "asthma", "555-0100"};
    return wish;
}

core::UpdateIncident tell_all(std::uint32_t incident, std::uint32_t version) {
    core::UpdateIncident wish;
    wish.incident = incident;
    wish.version = version;
    wish.tell_all = true;
    return wish;
}

}  // namespace

TEST_CASE("a lost child is looked for by all and its name is read by few and it is found", "[scenario][incident]") {
    Day day;
    day.march_off();
    const auto follower = day.stage.seat();
    follower->open(day.stage.feed(FeedKind::public_feed));
    for (auto* phone : {day.anna.get(), day.ben.get()}) phone->open(day.stage.feed(FeedKind::marshal));
    for (auto* board : {day.lead.get(), day.section.get()}) {
        board->open(day.stage.feed(FeedKind::ops), std::nullopt, wire::Encoding::json);
    }
    day.stage.settle();

    const auto number = static_cast<std::uint32_t>(day.stage.must(*day.anna, lost_child()).made);
    REQUIRE(number == 1);
    // The lead taps once: every phone has the description.
    day.stage.must(*day.lead, tell_all(number, 1));
    CHECK(says(day.ben->everything_seen(), "LOST CHILD: red coat, about five"));
    CHECK(says(day.section->everything_seen(), "red coat"));
    CHECK(day.stage.refused(*day.ben, tell_all(number, 2)).code == base::RefusalCode::permission_denied);

    // The name is the answer to one reader, and the log tells of it.
    CHECK(day.stage.refused(*day.anna, core::ReadRestricted{number}).code == base::RefusalCode::permission_denied);
    const wire::Accepted read = day.stage.must(*day.lead, core::ReadRestricted{number});
    REQUIRE(read.restricted.has_value());
    CHECK(read.restricted->name == name);
    CHECK(says(day.lead->everything_seen(), "restrictedRead"));
    CHECK_FALSE(says(day.section->everything_seen(), "restrictedRead"));
    const base::CommandId id{base::DeviceId{900}, 1};
    for (int again = 0; again < 2; ++again) {
        day.lead->run_as(id, day.stage.march, core::ReadRestricted{number}, 1);
        day.stage.settle();
        const auto reply = day.lead->reply_to(id);
        REQUIRE((reply && reply->has_value()));
        CHECK(reply->value().restricted->name == name);
    }

    // A quarter of an hour: somebody decides about the police.
    day.stage.wait(base::minutes(15));
    CHECK(says(day.stage.state(), "\"LOST_CHILD\""));
    day.stage.wait(base::minutes(2));

    day.stage.must(*day.lead, core::ResolveIncident{number, 2, "with the family"});
    CHECK(says(day.ben->everything_seen(), "FOUND: the child"));
    const std::string state = day.stage.state();
    CHECK_FALSE(says(state, "red coat"));
    CHECK_FALSE(says(state, "\"LOST_CHILD\""));
    day.stage.wait(base::minutes(30));
    CHECK_FALSE(says(day.stage.state(), "\"LOST_CHILD\""));

    // Whoever comes late is told nothing of it; and in all that was sent to anybody the name never was.
    const auto late = day.stage.seat(day.ben_grant);
    late->open(day.stage.feed(FeedKind::marshal));
    day.stage.settle();
    CHECK_FALSE(says(late->everything_seen(), "red coat"));
    for (const auto* seat : {day.lead.get(), day.section.get(), day.anna.get(), day.ben.get(), follower.get()}) {
        CHECK_FALSE(says(seat->everything_seen(), name));
    }
    CHECK_FALSE(says(follower->everything_seen(), "red coat"));
    CHECK_FALSE(says(day.stage.state(), name));
}

TEST_CASE("an incident outlives a crash of the server with what is restricted of it", "[scenario][incident]") {
    Day day;
    day.march_off();
    day.stage.must(*day.anna, lost_child());
    day.hang_up();
    day.stage.crash();
    REQUIRE(day.stage.come_up(day.stage.clock.now()).has_value());
    day.sit_down();
    const wire::Accepted read = day.stage.must(*day.lead, core::ReadRestricted{1});
    REQUIRE(read.restricted.has_value());
    CHECK(read.restricted->medical == "asthma");
    day.hang_up();
    day.stage.go_down();
    REQUIRE(day.stage.come_up(day.stage.clock.now()).has_value());
    day.sit_down();
    CHECK(day.stage.must(*day.lead, core::ReadRestricted{1}).restricted->name == name);
}

TEST_CASE("a report that was made off-line is stored once however often it comes", "[scenario][incident]") {
    Day day;
    day.march_off();
    const base::CommandId id{base::DeviceId{901}, 1};
    day.anna->clock_now = day.stage.clock.now() - base::minutes(7);
    for (int again = 0; again < 3; ++again) {
        day.anna->run_as(id, day.stage.march, lost_child(), 1);
        day.stage.settle();
        const auto reply = day.anna->reply_to(id);
        REQUIRE((reply && reply->has_value()));
        CHECK(reply->value().made == 1);
    }
    day.stage.wait(base::minutes(7));
    CHECK_FALSE(says(day.stage.state(), "\"LOST_CHILD\""));
    day.stage.wait(base::minutes(1) + base::seconds(2));
    CHECK(says(day.stage.state(), "\"LOST_CHILD\""));
}
