// The roster: who is put where, by whom, and what an assignment must hold.
#include "support/march_builder.hpp"

#include <catch2/catch.hpp>

namespace marchwire::core {
namespace {

using base::RefusalCode;
using test::MarchBuilder;

TEST_CASE("people get their ordinals in the order of joining and keep them", "[core][roster]") {
    MarchBuilder march;
    const PersonId first = march.put(Role::side, 1);
    const PersonId second = march.put(Role::head, 2, first);
    CHECK(march.member(first).ordinal == 0);
    CHECK(march.member(second).ordinal == 1);
    CHECK(march.member(second).buddy == first);
    CHECK(march.member(second).duty == Duty::invited);
    const auto events = march.must(march.lead, AssignDuty{first, "blue", Role::tail, 3, second, false});
    const auto& assigned = std::get<DutyAssigned>(events.front());
    CHECK(assigned.ordinal == 0);
    CHECK(assigned.section_before == 1);
    CHECK(march.member(first).role == Role::tail);
    CHECK(march.member(first).section == 3);
    CHECK(march.state.roster.size() == 2);
}

TEST_CASE("an assignment that cannot stand names its field", "[core][roster]") {
    MarchBuilder march;
    const PersonId first = march.put(Role::side);
    const auto field = [&](AssignDuty wish) { return march.refused(march.lead, std::move(wish)).field; };
    const PersonId fresh{50};
    CHECK(field({{}, "red", Role::side, 1, {}, false}) == "person");
    CHECK(field({fresh, "", Role::side, 1, {}, false}) == "callsign");
    CHECK(field({fresh, "two\nlines", Role::side, 1, {}, false}) == "callsign");
    CHECK(field({fresh, std::string(41, 'x'), Role::side, 1, {}, false}) == "callsign");
    CHECK(field({fresh, "red", Role::side, 6, {}, false}) == "section");
    CHECK(field({fresh, "red", Role::side, 1, fresh, false}) == "buddy");
    CHECK(field({fresh, "red", Role::side, 1, PersonId{77}, false}) == "buddy");
    for (const Role role : {Role::follower, Role::national_desk, Role::auditor, Role::keeper}) {
        CHECK(field({fresh, "red", role, 1, {}, false}) == "role");
    }
    const auto taken = march.refused(march.lead,
                                     AssignDuty{fresh, march.member(first).callsign, Role::side, 1, {}, false});
    CHECK(taken.code == RefusalCode::conflict);
    CHECK(taken.field == "callsign");
    CHECK(march.state.roster.size() == 1);
}

TEST_CASE("a section lead assigns within the own section and marshals assign nobody", "[core][roster]") {
    MarchBuilder march;
    const PersonId lead = march.put(Role::section_lead, 2);
    const PersonId own = march.put(Role::side, 2);
    const PersonId other = march.put(Role::side, 3);
    march.must(lead, AssignDuty{own, "blue", Role::tail, 2, {}, false});
    march.must(lead, AssignDuty{PersonId{50}, "red", Role::side, 2, {}, false});
    for (const AssignDuty& wish :
         {AssignDuty{own, "blue", Role::tail, 3, {}, false}, AssignDuty{other, "green", Role::side, 2, {}, false},
          AssignDuty{PersonId{51}, "green", Role::side, 0, {}, false}}) {
        CHECK(march.refused(lead, wish).code == RefusalCode::permission_denied);
    }
    const AssignDuty promotion{own, "blue", Role::city_lead, 2, {}, false};
    CHECK(march.refused(own, promotion).code == RefusalCode::permission_denied);
    CHECK(march.refused(march.desk, promotion).code == RefusalCode::permission_denied);
}

TEST_CASE("a callsign that was given up is free for somebody else", "[core][roster]") {
    MarchBuilder march;
    const PersonId first = march.put(Role::side, 1);
    const std::string callsign = march.member(first).callsign;
    const AssignDuty second{PersonId{50}, callsign, Role::side, 1, {}, false};
    CHECK(march.refused(march.lead, second).code == RefusalCode::conflict);
    march.must(march.lead, AssignDuty{first, "red", Role::side, 1, {}, false});
    march.must(march.lead, second);
    CHECK(march.state.called(callsign)->person == PersonId{50});
    CHECK(march.state.called("red")->person == first);
    CHECK(march.state.called("blue") == nullptr);
}

TEST_CASE("the roster of a march that is over stands", "[core][roster]") {
    MarchBuilder march;
    march.must(march.lead, Cancel{march.state.phase_version, "a storm"});
    CHECK(march.refused(march.lead, AssignDuty{PersonId{50}, "red", Role::side, 1, {}, false}).code ==
          RefusalCode::invalid_transition);
}

TEST_CASE("a march has at most as many people as its topics have room for", "[core][roster]") {
    MarchBuilder march;
    march.put(Role::side);
    march.state.roster.resize(base::limits::roster_entries);
    const auto refusal = march.refused(march.lead, AssignDuty{PersonId{9'999}, "red", Role::side, 1, {}, false});
    CHECK(refusal.code == RefusalCode::too_large);
}

}  // namespace
}  // namespace marchwire::core
