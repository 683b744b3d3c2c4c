// A cry for help is cancelled by the PIN that its person chose, and under duress it only seems to be.
#include "base/base64.hpp"
#include "day.hpp"
#include "support/stage_bus.hpp"

#include <catch2/catch.hpp>

namespace marchwire::test {
namespace {

core::SetSosPin pins(const char* pin, const char* duress_pin) { return {pin, duress_pin}; }
core::CancelSos typed(const char* pin) { return {pin}; }

/// Anna has chosen PINs and cries.
struct Cry : Day {
    explicit Cry(bus::Bus* bus = nullptr) : Day(bus) {
        march_off();
        stage.must(*anna, pins("1234", "9876"));
        stage.must(*anna, core::RaiseSos{});
    }
    /// As her phone would be given it now.
    [[nodiscard]] std::string feed_of(Seat& seat, wire::FeedKind kind) {
        const auto before = seat.opened.size();
        seat.open(stage.feed(kind), std::nullopt, wire::Encoding::json);
        stage.settle();
        REQUIRE(seat.opened.size() == before + 1);
        return snapshot_in(text_of(seat.opened.back().snapshot));
    }
    /// In JSON it travels as base64.
    [[nodiscard]] static std::string snapshot_in(const std::string& messages) {
        const std::string begin = "\"bytes\":\"";
        std::string text;
        for (auto at = messages.find(begin); at != std::string::npos; at = messages.find(begin, at)) {
            at += begin.size();
            text += base::from_base64(messages.substr(at, messages.find('"', at) - at)).value();
        }
        REQUIRE(says(text, "\"phase\""));
        return text;
    }
};

}  // namespace

TEST_CASE("whoever cried for help ends it by the PIN of their invite", "[scenario][sos]") {
    Cry day;
    const auto refusal = day.stage.refused(*day.anna, typed("1111"));
    CHECK(refusal.code == base::RefusalCode::permission_denied);
    CHECK(refusal.current_value == "2");
    CHECK(says(refusal.message, "2 tries are left"));
    CHECK(says(day.stage.state(), "SOS_UNOWNED"));
    CHECK(day.stage.must(*day.anna, typed("1234")).made == 0);
    CHECK_FALSE(says(day.stage.state(), "SOS_UNOWNED"));
}

TEST_CASE("a PIN that was typed twice with one id is one try", "[scenario][sos]") {
    Cry day;
    const base::CommandId id{base::DeviceId{77}, 1};
    for (int i = 0; i < 2; ++i) {
        day.anna->run_as(id, day.stage.march, typed("1111"), 5);
        day.stage.settle();
        const auto reply = day.anna->reply_to(id);
        REQUIRE(reply.has_value());
        REQUIRE_FALSE(reply->has_value());
        CHECK(reply->error().current_value == "2");
    }
    CHECK(day.stage.refused(*day.anna, typed("1112")).current_value == "1");
}

TEST_CASE("a phone that was made to cancel shows no cry and its leads do", "[scenario][sos]") {
    Cry day;
    const auto live = day.stage.seat(day.anna_grant, 1);
    live->open(day.stage.feed(wire::FeedKind::marshal), std::nullopt, wire::Encoding::json);
    const auto lead = day.stage.seat(day.section_grant, 0);
    lead->open(day.stage.feed(wire::FeedKind::ops), std::nullopt, wire::Encoding::json);
    day.stage.settle();
    const std::size_t before = live->everything_seen().size();
    CHECK(day.stage.must(*day.anna, typed("9876")).made == 0);
    day.stage.wait(base::minutes(3));
    const std::string told = live->everything_seen().substr(before);
    CHECK(says(told, "sosCancelled"));
    CHECK_FALSE(says(told, "DURESS"));
    CHECK_FALSE(says(told, "SOS_UNOWNED"));
    CHECK(says(lead->everything_seen(), "DURESS_SECTION"));
    // Who comes anew, and who comes back.
    CHECK_FALSE(says(day.feed_of(*day.anna, wire::FeedKind::marshal), "SOS_UNOWNED"));
    CHECK_FALSE(says(day.feed_of(*day.ben, wire::FeedKind::marshal), "SOS_UNOWNED"));
    CHECK(says(day.feed_of(*day.lead, wire::FeedKind::ops), "DURESS_SECTION"));
    CHECK(says(day.feed_of(*day.section, wire::FeedKind::marshal), "DURESS_SECTION"));
    CHECK(day.stage.refused(*day.anna, typed("9876")).code == base::RefusalCode::not_found);
}

TEST_CASE("what a phone reads back of its history says no more than it said live", "[scenario][sos]") {
    Cry day;
    day.stage.must(*day.anna, typed("9876"));
    const auto history_of = [&](Seat& seat, wire::FeedKind kind) {
        (void)day.feed_of(seat, kind);  // in JSON
        seat.history(day.stage.feed(kind), 1, 200);
        day.stage.settle();
        REQUIRE(seat.histories.size() == 1);
        std::string all;
        for (const std::string& item : seat.histories.back().items) all += item;
        return all;
    };
    const std::string own = history_of(*day.anna, wire::FeedKind::marshal);
    CHECK(says(own, "sosCancelled"));
    CHECK_FALSE(says(own, "DURESS"));
    CHECK(says(history_of(*day.section, wire::FeedKind::ops), "DURESS_SECTION"));
}

TEST_CASE("while a PIN is looked at nobody else waits and its person has one try at a time", "[scenario][sos]") {
    Cry day;
    day.stage.pins.held = true;
    const auto slow = day.anna->run(day.stage.march, typed("1234"));
    day.stage.settle();
    CHECK_FALSE(day.anna->reply_to(slow).has_value());
    CHECK(day.stage.refused(*day.anna, typed("1111")).code == base::RefusalCode::unavailable);
    day.stage.must(*day.ben, core::CheckIn{});
    // She cries once more before it is done: that one is meant to stay.
    day.stage.must(*day.anna, core::RaiseSos{});
    day.stage.pins.held = false;
    day.stage.settle();
    REQUIRE(day.anna->reply_to(slow).has_value());
    CHECK(day.anna->reply_to(slow)->error().code == base::RefusalCode::conflict);
    CHECK(says(day.stage.state(), "SOS_UNOWNED"));
}

TEST_CASE("how long the answer takes does not tell whether a cry is open", "[scenario][sos]") {
    Cry day;
    day.stage.must(*day.anna, typed("9876"));
    const int before = day.stage.pins.compared;
    CHECK_FALSE(day.stage.refused(*day.anna, typed("1234")).message.empty());
    CHECK(day.stage.pins.compared == before + 1);
}

TEST_CASE("PINs and what was tried outlive a server", "[scenario][sos]") {
    Cry day;
    (void)day.stage.refused(*day.anna, typed("1111"));
    day.hang_up();
    day.stage.go_down();
    REQUIRE(day.stage.come_up(day.stage.clock.now()).has_value());
    day.sit_down();
    CHECK(day.stage.refused(*day.anna, typed("1111")).current_value == "1");
    day.stage.must(*day.anna, typed("9876"));
    day.hang_up();
    day.stage.go_down();
    REQUIRE(day.stage.come_up(day.stage.clock.now()).has_value());
    day.sit_down();
    CHECK(says(day.stage.state(), "DURESS_SECTION"));
    CHECK_FALSE(says(day.feed_of(*day.anna, wire::FeedKind::marshal), "SOS_UNOWNED"));
}

TEST_CASE("a PIN that one server has set ends the cry at another", "[scenario][sos][servers]") {
    StageHub hub;
    StageBus one{hub}, other{hub};
    Cry day{&one};
    shard::City& second = day.stage.another(other);
    core::Command command;
    command.id = {base::DeviceId{78}, 1};
    command.body = typed("1234");
    std::optional<base::Result<wire::Accepted>> answer;
    second.command(day.stage.march, command, day.anna_grant.actor, [&](auto outcome) { answer = std::move(outcome); });
    day.stage.wait(base::seconds(1));
    REQUIRE(answer.has_value());
    CHECK(answer->has_value());
    CHECK_FALSE(says(day.stage.state(), "SOS_UNOWNED"));
}

}  // namespace marchwire::test
