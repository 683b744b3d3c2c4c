// What a march is told of the servers themselves (DOMAIN, alerts: BUS_LAG, INSTANCE_LOST).
#include "support/march_builder.hpp"

#include <catch2/catch.hpp>

namespace marchwire::core {
namespace {

using base::RefusalCode;
using test::all_of;
using test::MarchBuilder;
using test::minutes;
using test::seconds;

/// A large march under way, with a city lead and a dispatcher on its roster.
struct LargeMarch {
    MarchBuilder march;
    PersonId city_lead, dispatcher;

    LargeMarch() {
        march.march_off();
        march.must(march.lead, SetPolicy{AlertPreset::large});
        city_lead = march.on_duty(Role::city_lead);
        dispatcher = march.on_duty(Role::dispatcher);
    }
    MarchBuilder::Outcome see(ServersSeen servers) {
        return march.tell(MarchBuilder::keeper(), ObserveServers{march.state.term, servers});
    }
    [[nodiscard]] const Alert* late() const { return march.open(AlertKind::bus_lag, 0); }
    [[nodiscard]] const Alert* lost() const { return march.open(AlertKind::instance_lost, 0); }
};

}  // namespace

TEST_CASE("servers that hear one another late are told to the city and no further", "[core][servers]") {
    LargeMarch day;
    REQUIRE(day.see({Millis{730}, 0}).has_value());
    const auto steps = all_of<AlertStepped>(day.march.pass(seconds(1)));
    REQUIRE(steps.size() == 1);
    CHECK(steps.front().notified == std::vector{day.city_lead, day.dispatcher});
    REQUIRE(day.late() != nullptr);
    CHECK(day.late()->figure == 730);
    CHECK(all_of<AlertStepped>(day.march.pass(minutes(15))).empty());
    CHECK(day.late()->state == AlertState::notifying);
    day.march.must(day.dispatcher, AckAlert{day.late()->key, day.late()->version});
    CHECK(day.late()->owner == day.dispatcher);
}

TEST_CASE("an alert about servers that are in time again ends after twice its time", "[core][servers]") {
    LargeMarch day;
    REQUIRE(day.see({Millis{730}, 0}).has_value());
    day.march.pass(seconds(1));
    REQUIRE(day.see({}).has_value());
    day.march.pass(seconds(19));
    CHECK(day.late() != nullptr);
    day.march.pass(seconds(1));
    CHECK(day.late() == nullptr);
}

TEST_CASE("a lag that comes again while it is clearing is the same alert", "[core][servers]") {
    LargeMarch day;
    REQUIRE(day.see({Millis{730}, 0}).has_value());
    day.march.pass(seconds(1));
    REQUIRE(day.see({}).has_value());
    day.march.pass(seconds(10));
    REQUIRE(day.see({Millis{900}, 0}).has_value());
    CHECK(all_of<AlertRaised>(day.march.pass(minutes(1))).empty());
    CHECK(day.late() != nullptr);
}

TEST_CASE("a server that is lost is told once and ends when another has come in its place", "[core][servers]") {
    LargeMarch day;
    REQUIRE(day.see({{}, 1}).has_value());
    day.march.pass(seconds(1));
    REQUIRE(day.lost() != nullptr);
    CHECK(day.lost()->figure == 1);
    const auto again = day.see({{}, 1});
    REQUIRE(again.has_error());
    CHECK(again.error().code == RefusalCode::not_found);
    REQUIRE(day.see({}).has_value());
    day.march.pass(seconds(6));
    CHECK(day.lost() == nullptr);
}

TEST_CASE("an alert about servers that a person has ended is not raised again while it holds", "[core][servers]") {
    LargeMarch day;
    REQUIRE(day.see({{}, 1}).has_value());
    day.march.pass(seconds(1));
    day.march.must(day.city_lead, ClearAlert{day.lost()->key, day.lost()->version, "known: being replaced"});
    day.march.pass(minutes(5));
    CHECK(day.lost() == nullptr);
    REQUIRE(day.see({}).has_value());
    day.march.pass(seconds(10));
    REQUIRE(day.see({{}, 1}).has_value());
    day.march.pass(seconds(1));
    CHECK(day.lost() != nullptr);
}

TEST_CASE("the servers are no matter of a small march or of one that has not begun", "[core][servers]") {
    LargeMarch day;
    day.march.must(day.march.lead, SetPolicy{AlertPreset::standard});
    CHECK(day.see({Millis{730}, 1}).has_error());
    MarchBuilder planned;
    planned.must(planned.lead, SetPolicy{AlertPreset::large});
    const auto seen = planned.tell(MarchBuilder::keeper(), ObserveServers{planned.state.term, {Millis{730}, 1}});
    CHECK(seen.has_error());
}

TEST_CASE("a loss that went by while the march was put off is no alert when people gather again", "[core][servers]") {
    MarchBuilder march;
    march.must(march.lead, SetPolicy{AlertPreset::large});
    march.advance(Phase::assembling);
    const auto see = [&](ServersSeen servers) {
        return march.tell(MarchBuilder::keeper(), ObserveServers{march.state.term, servers}).has_value();
    };
    REQUIRE(see({{}, 1}));
    march.must(march.lead, Postpone{march.state.phase_version, "the permit"});
    CHECK_FALSE(see({{}, 2}));
    CHECK(see({}));
    march.advance(Phase::assembling);
    march.pass(minutes(1));
    CHECK(march.open(AlertKind::instance_lost) == nullptr);
}

TEST_CASE("a keeper of an earlier term tells nothing of servers and a person neither", "[core][servers]") {
    LargeMarch day;
    const Term next{day.march.state.term.value + 1};
    REQUIRE(day.march.tell(MarchBuilder::keeper(), TakeKeeping{next, {}}).has_value());
    const auto old = day.march.tell(MarchBuilder::keeper(),
                                    ObserveServers{Term{day.march.state.term.value - 1}, {Millis{730}, 0}});
    REQUIRE(old.has_error());
    CHECK(old.error().code == RefusalCode::conflict);
    CHECK(day.march.refused(day.city_lead, ObserveServers{day.march.state.term, {Millis{730}, 0}}).code ==
          RefusalCode::permission_denied);
}

}  // namespace marchwire::core
