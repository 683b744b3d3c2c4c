// A missed check-in and its ladder, as scenes; and what a restart does to deadlines.
#include "support/march_builder.hpp"

#include <catch2/catch.hpp>

namespace marchwire::core {
namespace {

using base::RefusalCode;
using test::all_of;
using test::MarchBuilder;
using test::minutes;
using test::seconds;

/// A march under way: a side marshal of section 2 with a buddy, a section lead and a rostered city lead.
struct Street {
    MarchBuilder march;
    PersonId buddy, section_lead, city_lead, side;

    Street() {
        march.march_off();
        buddy = march.on_duty(Role::side, 2);
        section_lead = march.on_duty(Role::section_lead, 2);
        city_lead = march.on_duty(Role::city_lead);
        side = march.on_duty(Role::side, 2, buddy);
    }
    /// Time passes; everybody but the side marshal goes on checking in, and the keeper does what is due.
    std::vector<Event> pass(Millis time) {
        const UtcMs until = march.now + time;
        std::vector<Event> all;
        while (march.now < until) {
            march.now = std::min(until, march.now + seconds(30));
            for (const PersonId person : {buddy, section_lead, city_lead}) march.must(person, CheckIn{});
            for (Event& event : march.tick()) all.push_back(std::move(event));
        }
        return all;
    }
    [[nodiscard]] const Alert* alert() const { return march.missed(side); }
};

TEST_CASE("a missed check-in nudges when it is due and alerts the buddy after the grace period", "[core][timers]") {
    Street street;
    CHECK(next_due(street.march.state) == street.march.now + minutes(20));
    CHECK(street.pass(minutes(20) - seconds(30)).empty());

    const auto nudged = all_of<CheckInNudged>(street.pass(seconds(30)));
    REQUIRE(nudged.size() == 1);
    CHECK(nudged.front().person == street.side);
    CHECK(street.pass(minutes(5) - seconds(30)).empty());
    CHECK(street.alert() == nullptr);

    const auto events = street.pass(seconds(30));
    REQUIRE(events.size() == 2);
    CHECK(std::get<AlertRaised>(events[0]).alert.key.subject == street.side);
    CHECK(std::get<AlertStepped>(events[1]).notified == std::vector{street.buddy});
    REQUIRE(street.alert() != nullptr);
    CHECK(street.alert()->state == AlertState::notifying);
    CHECK(street.alert()->step == 0);
}

TEST_CASE("an alert that nobody takes climbs every two minutes until it is exhausted and stays open",
          "[core][timers]") {
    Street street;
    street.pass(minutes(25));
    std::vector<AlertStepped> steps;
    for (int i = 0; i < 4; ++i) {
        CHECK(street.pass(seconds(90)).empty());
        for (const AlertStepped& step : all_of<AlertStepped>(street.pass(seconds(30)))) steps.push_back(step);
    }
    REQUIRE(steps.size() == 4);
    CHECK(steps[0].step == 1);
    CHECK(steps[0].notified == std::vector{street.section_lead});
    CHECK(steps[1].step == 2);
    CHECK(steps[1].notified == std::vector{street.city_lead});
    CHECK(steps[2].step == 3);
    CHECK(steps[2].notified.empty());
    CHECK(steps[2].state == AlertState::notifying);
    CHECK(steps[3].state == AlertState::exhausted);
    CHECK(street.pass(minutes(30)).empty());
    REQUIRE(street.alert() != nullptr);
    CHECK(street.alert()->state == AlertState::exhausted);
    street.march.must(street.city_lead, AckAlert{street.alert()->key, street.alert()->version});
    CHECK(street.alert()->state == AlertState::acked);
}

TEST_CASE("a rung that has nobody is skipped in the same decision", "[core][timers]") {
    MarchBuilder march;
    march.march_off();
    const PersonId alone = march.on_duty(Role::medic);
    march.now = march.now + minutes(25);
    const auto steps = all_of<AlertStepped>(march.tick());
    REQUIRE(steps.size() == 1);
    CHECK(steps.front().step == 3);
    CHECK(march.missed(alone)->step == 3);
}

TEST_CASE("a buddy who has left for today is no rung", "[core][timers]") {
    Street street;
    street.march.must(street.buddy, EndDuty{street.march.member(street.buddy).duty_version});
    street.march.now = street.march.now + minutes(25);
    for (const AlertStepped& step : all_of<AlertStepped>(street.march.tick())) {
        if (step.key.subject == street.side) CHECK(step.notified == std::vector{street.section_lead});
    }
    REQUIRE(street.alert() != nullptr);
    CHECK(street.alert()->step == 1);
}

TEST_CASE("a section lead's own silence is not told to the section lead", "[core][timers]") {
    MarchBuilder march;
    march.march_off();
    const PersonId city_lead = march.on_duty(Role::city_lead);
    const PersonId section_lead = march.on_duty(Role::section_lead, 1);
    march.now = march.now + minutes(25);
    for (const AlertStepped& step : all_of<AlertStepped>(march.tick())) {
        if (step.key.subject == section_lead) CHECK(step.notified == std::vector{city_lead});
    }
    CHECK(march.missed(section_lead)->step == 2);
}

TEST_CASE("a check-in ends the alert about oneself", "[core][timers]") {
    Street street;
    street.pass(minutes(27));
    REQUIRE(street.alert() != nullptr);
    const auto cleared = all_of<AlertCleared>(street.march.must(street.side, CheckIn{}));
    REQUIRE(cleared.size() == 1);
    CHECK(cleared.front().by == street.side);
    CHECK(street.alert() == nullptr);
    CHECK(street.march.member(street.side).due_at == street.march.now + minutes(20));
}

TEST_CASE("an acknowledged alert climbs no further", "[core][timers]") {
    Street street;
    street.pass(minutes(25));
    street.march.must(street.buddy, AckAlert{street.alert()->key, street.alert()->version});
    CHECK(street.alert()->owner == street.buddy);
    CHECK(street.pass(minutes(30)).empty());
}

TEST_CASE("a tick with nothing due is refused and changes nothing", "[core][timers]") {
    Street street;
    const MarchState before = street.march.state;
    const auto outcome = street.march.tell(MarchBuilder::keeper(), Tick{street.march.state.term});
    REQUIRE(outcome.has_error());
    CHECK(outcome.error().code == RefusalCode::not_found);
    CHECK(street.march.state == before);
}

TEST_CASE("what was done once is not due again at the same moment", "[core][timers]") {
    Street street;
    street.march.now = street.march.now + minutes(25);
    CHECK_FALSE(street.march.tick().empty());
    CHECK(due_events(street.march.state, street.march.now).empty());
    const UtcMs next = next_due(street.march.state);
    CHECK(next == street.march.now + base::limits::ladder_step);
    CHECK(due_events(street.march.state, next - Millis{1}).empty());
    CHECK_FALSE(due_events(street.march.state, next).empty());
}

TEST_CASE("nobody without a phone, on a break or only watching is missed", "[core][timers]") {
    MarchBuilder march;
    march.march_off();
    const PersonId no_phone = march.somebody(Role::side);
    march.assign(no_phone, 1, {}, true);
    march.must(no_phone, CheckIn{});
    march.on_duty(Role::legal_observer);
    const PersonId resting = march.on_duty(Role::side);
    march.must(resting, TakeBreak{march.member(resting).duty_version});
    march.put(Role::side);
    CHECK_FALSE(march.state.due.first());
    const auto events = due_events(march.state, march.now + base::hours(5));
    CHECK(all_of<CheckInNudged>(events).empty());
    for (const AlertRaised& raised : all_of<AlertRaised>(events)) {
        CHECK(raised.alert.key.kind != AlertKind::checkin_missed);
    }
}

TEST_CASE("somebody whose phone is taken away is missed no longer", "[core][timers]") {
    Street street;
    street.pass(minutes(25));
    street.march.assign(street.side, 2, street.buddy, true);
    CHECK(street.alert() == nullptr);
    CHECK(street.pass(minutes(30)).empty());
}

TEST_CASE("nobody is expected to check in before the march assembles", "[core][timers]") {
    MarchBuilder march;
    march.on_duty(Role::side);
    CHECK_FALSE(march.state.due.first());
    march.advance(Phase::assembling);
    CHECK(next_due(march.state) == march.now + minutes(30));
}

TEST_CASE("time in which no server ran counts towards no deadline", "[core][timers][keeper]") {
    Street street;
    MarchBuilder& march = street.march;
    street.pass(minutes(10));
    const UtcMs due = march.member(street.side).due_at;
    const UtcMs idle_since = march.now;
    march.now = march.now + minutes(40);
    const auto outcome = march.tell(MarchBuilder::keeper(), TakeKeeping{march.state.term.next(), idle_since});
    REQUIRE(outcome.has_value());
    CHECK(all_of<TimersShifted>(*outcome).size() == 1);
    CHECK(march.member(street.side).due_at == due + minutes(40));
    CHECK(march.tick().empty());
    CHECK(next_due(march.state) == due + minutes(40));
}

TEST_CASE("a keeper that takes over in the middle of a ladder goes on from its rung", "[core][timers][keeper]") {
    Street street;
    MarchBuilder& march = street.march;
    street.pass(minutes(26));
    const Alert before = *street.alert();
    const UtcMs idle_since = march.now;
    march.now = march.now + minutes(10);
    REQUIRE(march.tell(MarchBuilder::keeper(), TakeKeeping{march.state.term.next(), idle_since}).has_value());
    for (const PersonId person : {street.buddy, street.section_lead, street.city_lead}) march.must(person, CheckIn{});
    CHECK(street.alert()->step == before.step);
    CHECK(street.alert()->step_at == before.step_at + minutes(10));
    CHECK(street.pass(seconds(30)).empty());
    CHECK(all_of<AlertStepped>(street.pass(seconds(30))).size() == 1);
    CHECK(street.alert()->step == 1);
}

TEST_CASE("a proposal keeps the rest of its life over a restart", "[core][timers][keeper]") {
    MarchBuilder march;
    march.march_off();
    march.must(march.lead, Stop{"a crush", ""});
    march.must(march.lead, ProposeResume{march.state.phase_version, "clear"});
    const UtcMs idle_since = march.now;
    march.now = march.now + minutes(20);
    REQUIRE(march.tell(MarchBuilder::keeper(), TakeKeeping{march.state.term.next(), idle_since}).has_value());
    march.must(march.desk, ConfirmResume{march.state.proposals_made});
}

TEST_CASE("a keeper that was overtaken is refused and a term must grow", "[core][timers][keeper]") {
    Street street;
    MarchBuilder& march = street.march;
    REQUIRE(march.tell(MarchBuilder::keeper(), TakeKeeping{Term{5}, {}}).has_value());
    march.now = march.now + minutes(25);
    for (const CommandBody& body :
         {CommandBody(Tick{Term{4}}), CommandBody(TakeKeeping{Term{5}, {}}), CommandBody(TakeKeeping{Term{4}, {}}),
          CommandBody(RecordSignedTip{Term{4}, march.state.tip, {}})}) {
        const auto outcome = march.tell(MarchBuilder::keeper(), body);
        REQUIRE(outcome.has_error());
        CHECK(outcome.error().code == RefusalCode::conflict);
        CHECK(outcome.error().field == "term");
    }
    CHECK(march.tell(MarchBuilder::keeper(), Tick{Term{5}}).has_value());
}

TEST_CASE("a tip is signed once and only when it is in the log", "[core][keeper]") {
    MarchBuilder march;
    const Tip tip = march.state.tip;
    REQUIRE(march.tell(MarchBuilder::keeper(), RecordSignedTip{march.state.term, tip, {}}).has_value());
    CHECK(march.state.signed_tip == tip);
    CHECK(march.tell(MarchBuilder::keeper(), RecordSignedTip{march.state.term, tip, {}}).has_error());
    Tip ahead = march.state.tip;
    ahead.seq = ahead.seq.next();
    CHECK(march.tell(MarchBuilder::keeper(), RecordSignedTip{march.state.term, ahead, {}}).has_error());
}

TEST_CASE("a log that was cut goes on under the next epoch from what was verified", "[core][keeper][repair]") {
    MarchBuilder march;
    const Tip verified = march.state.tip;
    Tip found = verified;
    found.seq = Seq{verified.seq.value - 1};
    const CommandId lost{base::DeviceId{7}, 3};
    const Phase phase = march.state.phase;
    REQUIRE(march.tell(MarchBuilder::keeper(), RepairLog{found, {lost}}).has_value());
    CHECK(march.state.tip.seq == verified.seq.next());
    CHECK(march.state.tip.epoch.value == verified.epoch.value + 1);
    CHECK(march.state.repaired_at == march.state.tip.seq);
    CHECK(march.state.phase == phase);
    const auto& repaired = std::get<LogRepaired>(march.entries.back().event);
    CHECK(repaired.verified == verified);
    CHECK(repaired.found == found);
    CHECK(repaired.lost == std::vector<CommandId>{lost});
    // And the entry after it stays in that epoch.
    REQUIRE(march.tell(MarchBuilder::keeper(), TakeKeeping{march.state.term.next(), {}}).has_value());
    CHECK(march.state.tip.epoch.value == verified.epoch.value + 1);
}

TEST_CASE("a log that holds all that was verified needs no repair", "[core][keeper][repair]") {
    MarchBuilder march;
    const auto outcome = march.tell(MarchBuilder::keeper(), RepairLog{march.state.tip, {}});
    REQUIRE(outcome.has_error());
    CHECK(outcome.error().field == "found.seq");
}

TEST_CASE("the keeper alone gives the machine's commands and gives no other", "[core][keeper]") {
    MarchBuilder march;
    for (const PersonId person : {march.lead, march.desk, march.put(Role::dispatcher)}) {
        CHECK(march.refused(person, Tick{}).code == RefusalCode::permission_denied);
        CHECK(march.refused(person, TakeKeeping{Term{9}, {}}).code == RefusalCode::permission_denied);
    }
    const auto outcome = march.tell(MarchBuilder::keeper(), AdvancePhase{Phase::assembling, 1, ""});
    REQUIRE(outcome.has_error());
    CHECK(outcome.error().code == RefusalCode::permission_denied);
}

TEST_CASE("a handover that nobody takes lapses after five minutes", "[core][timers]") {
    Street street;
    MarchBuilder& march = street.march;
    march.state.roster[march.member(street.side).ordinal].duty = Duty::handover_pending;
    march.state.roster[march.member(street.side).ordinal].duty_since = march.now;
    march.state.derive();
    CHECK(next_due(march.state) == march.now + minutes(5));
    march.now = march.now + minutes(5);
    const auto changed = all_of<DutyChanged>(march.tick());
    REQUIRE(changed.size() == 1);
    CHECK(changed.front().to == Duty::on_duty);
    CHECK(march.member(street.side).due_at == march.now + minutes(20));
}

}  // namespace
}  // namespace marchwire::core
