// What a marshal says of himself, the alerts about him, and the roster that he stands on.
#include "support/march_builder.hpp"

#include <catch2/catch.hpp>

namespace marchwire::core {
namespace {

using base::RefusalCode;
using test::all_of;
using test::MarchBuilder;
using test::minutes;

TEST_CASE("the first check-in makes a marshal checked in and the first on post begins the duty", "[core][check_in]") {
    MarchBuilder march;
    march.advance(Phase::assembling);
    const PersonId side = march.put(Role::side);
    march.must(side, CheckIn{Report::moving, {}, 80, 12});
    CHECK(march.member(side).duty == Duty::checked_in);
    march.must(side, CheckIn{Report::on_post, {}, 79, 0});
    CHECK(march.member(side).duty == Duty::on_duty);
    CHECK(march.member(side).duty_version == 2);
    CHECK(march.member(side).battery_percent == 79);
    CHECK(march.member(side).last_check_in == march.now);
}

TEST_CASE("an on post from somebody invited is two steps in one group", "[core][check_in]") {
    MarchBuilder march;
    const PersonId side = march.put(Role::side);
    const auto events = march.must(side, CheckIn{});
    const auto changed = all_of<DutyChanged>(events);
    REQUIRE(changed.size() == 2);
    CHECK(changed[0].to == Duty::checked_in);
    CHECK(changed[1].from == Duty::checked_in);
    CHECK(changed[1].to == Duty::on_duty);
    CHECK(all_of<CheckedIn>(events).size() == 1);
}

TEST_CASE("late or again a check-in always applies", "[core][check_in]") {
    for (const Duty duty : {Duty::invited, Duty::confirmed, Duty::no_show, Duty::relieved, Duty::stood_down,
                            Duty::on_break, Duty::checked_in}) {
        MarchBuilder march;
        march.march_off();
        const PersonId side = march.put(Role::side);
        march.state.roster[march.member(side).ordinal].duty = duty;
        march.must(side, CheckIn{Report::needs_relief, {}, 0, 0});
        INFO(name_of(duty));
        CHECK(march.member(side).duty == Duty::on_duty);
    }
    for (const Phase phase : {Phase::stopped, Phase::closed, Phase::cancelled, Phase::postponed}) {
        MarchBuilder march;
        const PersonId side = march.put(Role::side);
        march.state.phase = phase;
        INFO(name_of(phase));
        march.must(side, CheckIn{});
        CHECK(march.member(side).last_check_in == march.now);
    }
}

TEST_CASE("a place on the route enters the log in steps of fifty metres", "[core][check_in]") {
    MarchBuilder march;
    const PersonId side = march.put(Role::side);
    const auto stored = [&](std::uint32_t metre) {
        march.must(side, CheckIn{Report::on_post, {PlaceKind::route_metre, metre}, 0, 0});
        return march.member(side).last_place.number;
    };
    CHECK(stored(0) == 0);
    CHECK(stored(24) == 0);
    CHECK(stored(25) == 50);
    CHECK(stored(1'234) == 1'250);
    CHECK(stored(200'000) == 200'000);
}

TEST_CASE("a check-in with a wild value names the field", "[core][check_in]") {
    MarchBuilder march;
    const PersonId side = march.put(Role::side);
    const auto field = [&](CheckIn wish) {
        const auto refusal = march.refused(side, wish);
        CHECK(refusal.code == RefusalCode::invalid_argument);
        return refusal.field;
    };
    CHECK(field({Report::on_post, {}, 101, 0}) == "battery_percent");
    CHECK(field({Report::on_post, {}, 0, 1'000'001}) == "headcount");
    CHECK(field({Report::on_post, {PlaceKind::section, 0}, 0, 0}) == "place.number");
    CHECK(field({Report::on_post, {PlaceKind::section, 6}, 0, 0}) == "place.number");
    CHECK(field({Report::on_post, {PlaceKind::post, 0}, 0, 0}) == "place.number");
    CHECK(field({Report::on_post, {PlaceKind::route_metre, 200'001}, 0, 0}) == "place.number");
    CHECK(field({Report::on_post, {static_cast<PlaceKind>(9), 1}, 0, 0}) == "place.kind");
    CHECK(march.member(side).duty == Duty::invited);
}

TEST_CASE("who is on no roster is told to ask the lead", "[core][check_in]") {
    MarchBuilder march;
    const PersonId stranger = march.somebody(Role::side);
    CHECK(march.refused(stranger, CheckIn{}).code == RefusalCode::not_found);
    CHECK(march.refused(stranger, TakeBreak{}).code == RefusalCode::not_found);
    Actor elsewhere = march.actor(march.put(Role::side));
    elsewhere.march = test::slug("kansas-city-mo");
    const auto outcome = march.tell(elsewhere, CheckIn{});
    REQUIRE(outcome.has_error());
    CHECK(outcome.error().code == RefusalCode::permission_denied);
}

TEST_CASE("a check-in keeps the phone's time beside the server's", "[core][check_in]") {
    MarchBuilder march;
    const PersonId side = march.put(Role::side);
    Command command{{base::DeviceId{1}, 1}, march.now - minutes(12), Level::none, CheckIn{}};
    const auto events = decide(march.state, command, {march.now, march.actor(side)});
    REQUIRE(events.has_value());
    CHECK(all_of<CheckedIn>(*events).front().made_at == march.now - minutes(12));
}

TEST_CASE("a break is taken from duty and the next check-in ends it", "[core][duty]") {
    MarchBuilder march;
    march.march_off();
    const PersonId side = march.on_duty(Role::side);
    march.must(side, TakeBreak{march.member(side).duty_version});
    CHECK(march.member(side).duty == Duty::on_break);
    CHECK_FALSE(march.member(side).due_at);
    CHECK(march.refused(side, TakeBreak{march.member(side).duty_version}).code == RefusalCode::invalid_transition);
    march.must(side, CheckIn{});
    CHECK(march.member(side).duty == Duty::on_duty);
}

TEST_CASE("a duty that has changed meanwhile is a conflict with its version and name", "[core][duty]") {
    MarchBuilder march;
    const PersonId side = march.on_duty(Role::side);
    const auto refusal = march.refused(side, EndDuty{1});
    CHECK(refusal.code == RefusalCode::conflict);
    CHECK(refusal.field == "duty_version");
    CHECK(refusal.current_version == 2);
    CHECK(refusal.current_value == "on_duty");
    march.must(side, EndDuty{2});
    CHECK(march.member(side).duty == Duty::stood_down);
    CHECK(march.refused(side, EndDuty{3}).code == RefusalCode::invalid_transition);
}

/// A side marshal of section 2 who has been missed.
struct Missed {
    MarchBuilder march;
    PersonId buddy, side;
    Missed() {
        march.march_off();
        buddy = march.on_duty(Role::medic, 3);
        side = march.on_duty(Role::side, 2, buddy);
        march.now = march.now + minutes(25);
        march.must(buddy, CheckIn{});
        march.tick();
        REQUIRE(march.missed(side) != nullptr);
    }
    [[nodiscard]] AckAlert ack() const { return {march.missed(side)->key, march.missed(side)->version}; }
    [[nodiscard]] ClearAlert clear(std::string reason) const {
        return {march.missed(side)->key, march.missed(side)->version, std::move(reason)};
    }
};

TEST_CASE("nobody acknowledges or clears their own alert", "[core][alert]") {
    Missed missed;
    CHECK(missed.march.refused(missed.side, missed.ack()).code == RefusalCode::permission_denied);
    CHECK(missed.march.refused(missed.side, missed.clear("I am here")).code == RefusalCode::permission_denied);
    Actor as_lead = missed.march.actor(missed.march.lead);
    as_lead.person = missed.side;
    const auto outcome = missed.march.tell(as_lead, missed.ack());
    REQUIRE(outcome.has_error());
    CHECK(outcome.error().code == RefusalCode::permission_denied);
}

TEST_CASE("the buddy, the own section's lead, dispatchers, leads and the desk take an alert", "[core][alert]") {
    for (const Role role : {Role::section_lead, Role::dispatcher, Role::anchor, Role::city_lead}) {
        Missed missed;
        const PersonId person = missed.march.put(role, 2);
        INFO(name_of(role));
        missed.march.must(person, missed.ack());
        CHECK(missed.march.missed(missed.side)->owner == person);
        CHECK(missed.march.refused(missed.march.lead, missed.ack()).code == RefusalCode::invalid_transition);
    }
    Missed missed;
    missed.march.must(missed.buddy, missed.ack());
    missed.march.must(missed.march.desk, missed.clear("reached by radio"));
    CHECK(missed.march.missed(missed.side) == nullptr);
}

TEST_CASE("others do not take an alert", "[core][alert]") {
    Missed missed;
    for (const Role role : {Role::side, Role::medic, Role::police_liaison, Role::legal_observer, Role::section_lead}) {
        const PersonId person = missed.march.put(role, 3);
        INFO(name_of(role));
        CHECK(missed.march.refused(person, missed.ack()).code == RefusalCode::permission_denied);
    }
}

TEST_CASE("an alert that has moved on or ended says so", "[core][alert]") {
    Missed missed;
    AckAlert old = missed.ack();
    old.version -= 1;
    CHECK(missed.march.refused(missed.buddy, old).code == RefusalCode::conflict);
    CHECK(missed.march.refused(missed.march.lead, missed.clear("")).field == "reason");
    const AckAlert late = missed.ack();
    missed.march.must(missed.side, CheckIn{});
    CHECK(missed.march.refused(missed.buddy, late).code == RefusalCode::not_found);
}

}  // namespace
}  // namespace marchwire::core
