// A phone sleeps while an order is issued: it is called for, the matrix says so, and it comes back.
#include "day.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

using namespace marchwire;
using core::Role;
using test::CityStage;
using wire::FeedKind;

namespace {

/// A city lead, a marshal of section 2 whose phone is there, and one whose phone is not.
struct Street {
    CityStage stage;
    std::unique_ptr<test::Seat> lead, here, away;
    session::Grant away_grant;

    Street() {
        stage.create_campaign();
        stage.create_march();
        lead = person("lead", Role::city_lead, 0).second;
        here = person("here", Role::side, 2).second;
        std::tie(away_grant, away) = person("away", Role::side, 2);
        stage.must(*lead, core::AdvancePhase{core::Phase::assembling, 1, {}});
        stage.must(*lead, core::AdvancePhase{core::Phase::marching, 2, {}});
    }
    std::pair<session::Grant, std::unique_ptr<test::Seat>> person(const std::string& callsign, Role role,
                                                                  std::uint32_t section) {
        const session::Grant grant = stage.person(callsign, role);
        stage.assign(grant, callsign, section);
        auto seat = stage.seat(grant, 0);
        stage.must(*seat, core::CheckIn{});
        return {grant, std::move(seat)};
    }
    std::uint32_t slow_section_two() {
        core::IssueOrder wish;
        wish.kind = core::OrderKind::slow;
        wish.text = "Let the tail close up.";
        wish.audience = {core::AudienceKind::section, {}, 2, {}};
        return static_cast<std::uint32_t>(stage.must(*lead, wish).made);
    }
    [[nodiscard]] std::vector<std::string> keys() const {
        std::vector<std::string> keys;
        for (const core::WakeUp& call : stage.woken) keys.push_back(call.key());
        return keys;
    }
    [[nodiscard]] std::string key(std::uint32_t order, std::uint32_t step) const {
        return stage.march.text() + "/" + std::to_string(order) + "/" + std::to_string(away_grant.actor.person.value) +
               "/" + std::to_string(step);
    }
    [[nodiscard]] bool matrix_says_unreached() { return stage.state().find("unreachedSinceMs") != std::string::npos; }
};

TEST_CASE("an order that a phone does not confirm calls for it, and again when its alert is raised",
          "[scenario][waking]") {
    Street street;
    const std::uint32_t order = street.slow_section_two();
    street.stage.must(*street.here, core::MarkDelivered{order});
    street.stage.wait(base::seconds(12));
    CHECK(street.keys() == std::vector{street.key(order, 1)});
    CHECK(street.matrix_says_unreached());
    street.stage.must(*street.here, core::Acknowledge{.order = order});
    street.stage.wait(base::seconds(90));
    CHECK(street.keys() == std::vector{street.key(order, 1), street.key(order, 2)});

    // The phone is back: it says so itself, and nobody calls any more.
    street.stage.must(*street.away, core::MarkDelivered{order});
    CHECK_FALSE(street.matrix_says_unreached());
    street.stage.wait(base::minutes(5));
    CHECK(street.stage.woken.size() == 2);
}

TEST_CASE("the server that comes after a crash calls with the same key and knows where the browser is",
          "[scenario][waking]") {
    Street street;
    street.stage.must(*street.away, core::SubscribePush{"https://push.example.net/1", "key", "secret"});
    const std::uint32_t order = street.slow_section_two();
    street.stage.must(*street.here, core::MarkDelivered{order});
    street.stage.wait(base::seconds(12));
    REQUIRE(street.stage.woken.size() == 1);
    street.lead.reset();
    street.here.reset();
    street.away.reset();
    street.stage.crash();
    REQUIRE(street.stage.come_up(street.stage.clock.now()).has_value());
    street.stage.wait(base::seconds(12));
    REQUIRE(street.stage.woken.size() == 2);
    const core::WakeUp& before = street.stage.woken[0];
    const core::WakeUp& after = street.stage.woken[1];
    CHECK(after.key() == before.key());
    CHECK(after.term > before.term);
    REQUIRE(after.pushes.size() == 1);
    CHECK(after.pushes == before.pushes);
    CHECK(after.pushes[0].sealed == "sealed: " + base::hex("https://push.example.net/1"));
}

TEST_CASE("where a browser is stands on no feed and in no history", "[scenario][waking]") {
    Street street;
    const auto ops = street.stage.feed(FeedKind::ops);
    street.lead->open(ops);
    street.away->open(street.stage.feed(FeedKind::marshal));
    street.stage.settle();
    street.stage.must(*street.away, core::SubscribePush{"https://push.example.net/1", "key", "secret"});
    core::PostNotice notice;
    notice.text = "Water at the library.";
    street.stage.must(*street.lead, notice);
    street.lead->history(ops, 1, 500);
    street.stage.settle();
    CHECK(street.lead->everything_seen().find("Water at the library.") != std::string::npos);
    REQUIRE(street.lead->histories.size() == 1);
    std::string seen = street.lead->everything_seen() + street.away->everything_seen();
    for (const std::string& item : street.lead->histories[0].items) seen += item;
    CHECK(seen.find("sealed") == std::string::npos);
    CHECK(seen.find("push.example.net") == std::string::npos);
    CHECK(test::without_gap(street.lead->opened.back().position, street.lead->taken()));
}

}  // namespace
