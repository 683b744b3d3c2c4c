// A duty's own changes: handover, no-show, late arrival, and the end of it.
#include "core/topics.hpp"
#include "core/views.hpp"

#include "support/march_builder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace marchwire::core {
namespace {

using base::RefusalCode;
using test::all_of;
using test::MarchBuilder;
using test::minutes;

/// A side marshal of section 2 on duty, and a head of section 3 who is asked to relieve them.
struct Shift {
    MarchBuilder march;
    PersonId side, relief;
    Shift() {
        march.march_off();
        side = march.on_duty(Role::side, 2);
        relief = march.put(Role::head, 3);
    }
    [[nodiscard]] HandOver offer() const { return {{}, march.member(side).duty_version, relief}; }
    [[nodiscard]] AnswerHandOver answer(bool takes) const { return {side, march.member(side).duty_version, takes}; }
};

TEST_CASE("a duty that is handed over is relieved when the other takes it and stands where it stood", "[core][duty]") {
    Shift shift;
    MarchBuilder& march = shift.march;
    march.must(shift.side, shift.offer());
    CHECK(march.member(shift.side).duty == Duty::handover_pending);
    CHECK(march.member(shift.side).handover_to == shift.relief);
    march.must(shift.relief, shift.answer(true));
    CHECK(march.member(shift.side).duty == Duty::relieved);
    CHECK_FALSE(march.member(shift.side).handover_to);
    CHECK_FALSE(march.member(shift.side).due_at);
    CHECK(march.member(shift.relief).duty == Duty::on_duty);
    CHECK(march.member(shift.relief).section == 2);
    CHECK(march.member(shift.relief).role == Role::side);
    CHECK(march.member(shift.relief).due_at == march.now + minutes(20));
}

TEST_CASE("a handover that is declined or that nobody answers leaves the duty where it was", "[core][duty]") {
    Shift shift;
    MarchBuilder& march = shift.march;
    march.must(shift.side, shift.offer());
    march.must(shift.relief, shift.answer(false));
    CHECK(march.member(shift.side).duty == Duty::on_duty);
    CHECK(march.member(shift.relief).duty == Duty::invited);

    march.must(shift.side, shift.offer());
    CHECK(all_of<DutyChanged>(march.pass(minutes(5) - base::seconds(1))).empty());
    const auto changed = all_of<DutyChanged>(march.pass(base::seconds(1)));
    REQUIRE(changed.size() == 1);
    CHECK(changed.front().to == Duty::on_duty);
    CHECK_FALSE(march.member(shift.side).handover_to);
    CHECK(march.refused(shift.relief, shift.answer(true)).code == RefusalCode::not_found);
}

TEST_CASE("whoever hands over goes on checking in until somebody else stands there", "[core][duty]") {
    Shift shift;
    const UtcMs due = shift.march.member(shift.side).due_at;
    shift.march.must(shift.side, shift.offer());
    CHECK(shift.march.member(shift.side).due_at == due);
    shift.march.now = shift.march.now + minutes(1);
    shift.march.must(shift.side, CheckIn{});
    CHECK(shift.march.member(shift.side).duty == Duty::handover_pending);
    CHECK(shift.march.member(shift.side).handover_to == shift.relief);
}

TEST_CASE("only whoever was asked answers an offer", "[core][duty]") {
    Shift shift;
    shift.march.must(shift.side, shift.offer());
    const PersonId other = shift.march.on_duty(Role::side, 2);
    CHECK(shift.march.refused(other, shift.answer(true)).code == RefusalCode::not_found);
    CHECK(shift.march.refused(shift.side, shift.answer(true)).code == RefusalCode::not_found);
    AnswerHandOver stale = shift.answer(true);
    --stale.duty_version;
    CHECK(shift.march.refused(shift.relief, stale).code == RefusalCode::conflict);
    CHECK(shift.march.member(shift.side).duty == Duty::handover_pending);
}

TEST_CASE("a duty goes to somebody who may do it and who is free to", "[core][duty]") {
    Shift shift;
    MarchBuilder& march = shift.march;
    const auto field = [&](PersonId to) {
        const auto refusal = march.refused(shift.side, HandOver{{}, march.member(shift.side).duty_version, to});
        CHECK(refusal.code == RefusalCode::invalid_argument);
        return refusal.field;
    };
    CHECK(field(shift.side) == "to");
    CHECK(field(PersonId{99}) == "to");
    CHECK(field(march.put(Role::medic)) == "to");
    CHECK(field(march.put(Role::section_lead, 2)) == "to");
    // One who is asked already, and one who hands over: neither is free.
    const PersonId third = march.on_duty(Role::side, 2);
    march.must(third, HandOver{{}, march.member(third).duty_version, shift.relief});
    CHECK(field(shift.relief) == "to");
    CHECK(field(third) == "to");
    // A medic is relieved by a medic.
    const PersonId medic = march.on_duty(Role::medic);
    march.must(medic, HandOver{{}, march.member(medic).duty_version, march.put(Role::medic)});
}

TEST_CASE("a duty is handed over from duty only and in the version that was seen", "[core][duty]") {
    Shift shift;
    MarchBuilder& march = shift.march;
    HandOver stale = shift.offer();
    --stale.duty_version;
    CHECK(march.refused(shift.side, stale).code == RefusalCode::conflict);
    march.must(shift.side, TakeBreak{march.member(shift.side).duty_version});
    CHECK(march.refused(shift.side, shift.offer()).code == RefusalCode::invalid_transition);
}

TEST_CASE("others hand over a duty where they may assign it", "[core][duty]") {
    for (const Role role : {Role::dispatcher, Role::city_lead, Role::section_lead}) {
        Shift shift;
        const PersonId lead = shift.march.on_duty(role, 2);
        HandOver offer = shift.offer();
        offer.person = shift.side;
        INFO(name_of(role));
        shift.march.must(lead, offer);
        CHECK(shift.march.member(shift.side).handover_to == shift.relief);
    }
    Shift shift;
    HandOver offer = shift.offer();
    offer.person = shift.side;
    for (const PersonId person : {shift.march.on_duty(Role::side, 2), shift.march.on_duty(Role::section_lead, 3)}) {
        CHECK(shift.march.refused(person, offer).code == RefusalCode::permission_denied);
    }
}

TEST_CASE("whoever is asked sees the duty that is offered and is told how it ends", "[core][duty][views]") {
    Shift shift;
    MarchBuilder& march = shift.march;
    const auto sees = [&] {
        const auto seen = marshal_snapshot(march.state, shift.relief);
        return std::ranges::any_of(seen->section, [&](const Member& m) { return m.person == shift.side; });
    };
    const auto told = [&] {
        const auto& topics = march.entries.back().topics;
        return std::ranges::any_of(topics, [&](const TopicStamp& stamp) {
            return stamp.index == topic_index::person(march.member(shift.relief).ordinal);
        });
    };
    CHECK_FALSE(sees());
    march.must(shift.side, shift.offer());
    CHECK(sees());
    CHECK(told());
    march.pass(minutes(5));
    CHECK_FALSE(sees());
    CHECK(told());
}

TEST_CASE("whoever confirmed and has not come half an hour past step-off is a no-show and may still come",
          "[core][duty]") {
    MarchBuilder march;
    const PersonId side = march.put(Role::side);
    const PersonId invited = march.put(Role::side);
    march.confirm(side);
    march.state.derive();
    march.advance(Phase::assembling);
    CHECK(all_of<DutyChanged>(march.pass(minutes(60))).empty());
    march.advance(Phase::marching);
    CHECK(all_of<DutyChanged>(march.pass(minutes(29))).empty());
    const auto changed = all_of<DutyChanged>(march.pass(minutes(1)));
    REQUIRE(changed.size() == 1);
    CHECK(changed.front().person == side);
    CHECK(march.member(side).duty == Duty::no_show);
    CHECK(march.member(invited).duty == Duty::invited);
    march.must(side, CheckIn{});
    CHECK(march.member(side).duty == Duty::on_duty);
}

TEST_CASE("a step-off that is taken back makes nobody a no-show", "[core][duty]") {
    MarchBuilder march;
    const PersonId side = march.put(Role::side);
    march.confirm(side);
    march.state.derive();
    march.march_off();
    march.must(march.lead, CorrectPhase{Phase::assembling, march.state.phase_version, "a slip"});
    march.pass(minutes(50));
    CHECK(march.member(side).duty == Duty::confirmed);
}

TEST_CASE("whoever has confirmed and cannot come ends the duty before it began", "[core][duty]") {
    MarchBuilder march;
    const PersonId side = march.put(Role::side);
    march.confirm(side);
    march.state.derive();
    march.must(side, EndDuty{march.member(side).duty_version});
    CHECK(march.member(side).duty == Duty::stood_down);
}

TEST_CASE("what is due stands in order and a member is in it once", "[core][timers]") {
    DueTimes due;
    const UtcMs noon{1'000};
    due.set(2, noon + base::seconds(3));
    due.set(0, noon + base::seconds(1));
    due.set(1, noon + base::seconds(1));
    due.set(2, noon + base::seconds(2));
    CHECK(due.first() == noon + base::seconds(1));
    CHECK(due.until(noon + base::seconds(1)) == std::vector<std::uint32_t>{0, 1});
    CHECK(due.until(noon + base::seconds(2)) == std::vector<std::uint32_t>{0, 1, 2});
    due.set(0, UtcMs{});
    due.set(1, UtcMs{});
    due.set(1, UtcMs{});
    CHECK(due.first() == noon + base::seconds(2));
    due.set(2, UtcMs{});
    CHECK_FALSE(due.first());
}

}  // namespace
}  // namespace marchwire::core
