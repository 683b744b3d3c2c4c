// Phases as people change them: who may, with which version, and what follows in the same group.
#include "support/march_builder.hpp"

#include <catch2/catch.hpp>

namespace marchwire::core {
namespace {

using base::RefusalCode;
using test::all_of;
using test::MarchBuilder;
using test::minutes;
using test::seconds;

TEST_CASE("a march goes through its whole day", "[core][phase]") {
    MarchBuilder march;
    for (const Phase phase :
         {Phase::assembling, Phase::marching, Phase::rally, Phase::call_to_action, Phase::dispersing, Phase::closed}) {
        march.now = march.now + minutes(30);
        march.advance(phase);
        CHECK(march.state.phase == phase);
        CHECK(march.state.phase_since == march.now);
    }
    CHECK(march.state.phase_version == 7);
    CHECK(march.state.phase_history.size() == 6);
}

TEST_CASE("closing needs the name of the march typed", "[core][phase]") {
    MarchBuilder march;
    march.march_off();
    march.advance(Phase::rally);
    for (const char* typed : {"", "St. Louis", "st-louis", "kansas-city-mo"}) {
        const auto refusal = march.refused(march.lead, AdvancePhase{Phase::closed, march.state.phase_version, typed});
        CHECK(refusal.code == RefusalCode::invalid_argument);
        CHECK(refusal.field == "typed_name");
    }
    march.must(march.lead, AdvancePhase{Phase::closed, march.state.phase_version, "st-louis-mo"});
    CHECK(march.state.phase == Phase::closed);
}

TEST_CASE("a phase changed meanwhile is told with its version and name", "[core][phase]") {
    MarchBuilder march;
    march.march_off();
    const auto refusal = march.refused(march.lead, AdvancePhase{Phase::rally, 1, ""});
    CHECK(refusal.code == RefusalCode::conflict);
    CHECK(refusal.field == "phase_version");
    CHECK(refusal.current_version == march.state.phase_version);
    CHECK(refusal.current_value == "marching");
    CHECK(march.refused(march.lead, Hold{1, "", ""}).code == RefusalCode::conflict);
    CHECK(march.refused(march.lead, CorrectPhase{Phase::assembling, 1, "a slip"}).code == RefusalCode::conflict);
    CHECK(march.refused(march.lead, Postpone{1, "rain"}).code == RefusalCode::conflict);
    CHECK(march.refused(march.lead, Cancel{1, "rain"}).code == RefusalCode::conflict);
}

TEST_CASE("of two leads who hold and release at once the later entry is told what happened", "[core][phase]") {
    MarchBuilder march;
    march.march_off();
    const std::uint32_t seen = march.state.phase_version;
    const PersonId other = march.somebody(Role::city_lead);
    march.must(march.lead, Hold{seen, "a gap", ""});
    CHECK(march.refused(other, Hold{seen, "a gap", ""}).current_value == "held");
}

TEST_CASE("a mis-tap is corrected to the phase before within ten minutes", "[core][phase]") {
    MarchBuilder march;
    march.march_off();
    march.now = march.now + minutes(10);
    SECTION("and its mark shows that it is a correction") {
        const auto events = march.must(march.lead,
                                       CorrectPhase{Phase::assembling, march.state.phase_version, "wrong button"});
        CHECK(std::get<PhaseChanged>(events.front()).correction);
        CHECK(march.state.phase == Phase::assembling);
        CHECK(march.state.phase_history.size() == 1);
    }
    SECTION("but not a moment later") {
        march.now = march.now + Millis{1};
        const auto refusal = march.refused(march.lead,
                                           CorrectPhase{Phase::assembling, march.state.phase_version, "wrong button"});
        CHECK(refusal.code == RefusalCode::expired);
    }
    SECTION("and to no other phase") {
        const auto refusal = march.refused(march.lead,
                                           CorrectPhase{Phase::planned, march.state.phase_version, "wrong button"});
        CHECK(refusal.code == RefusalCode::invalid_transition);
    }
    SECTION("with a reason") {
        CHECK(march.refused(march.lead, CorrectPhase{Phase::assembling, march.state.phase_version, ""}).field ==
              "reason");
    }
    SECTION("by the city lead alone") {
        const CorrectPhase wish{Phase::assembling, march.state.phase_version, "wrong button"};
        CHECK(march.refused(march.desk, wish).code == RefusalCode::permission_denied);
        CHECK(march.refused(march.somebody(Role::dispatcher), wish).code == RefusalCode::permission_denied);
    }
}

TEST_CASE("a correction never leads out of a stop, a close or a cancellation", "[core][phase]") {
    MarchBuilder march;
    SECTION("stopped") {
        march.march_off();
        march.must(march.lead, Stop{"a crush", ""});
    }
    SECTION("closed") {
        march.march_off();
        march.advance(Phase::rally);
        march.advance(Phase::closed);
    }
    SECTION("cancelled") { march.must(march.lead, Cancel{march.state.phase_version, "a storm"}); }
    const CorrectPhase wish{march.state.phase_history.back().phase, march.state.phase_version, "wrong button"};
    CHECK(march.refused(march.lead, wish).code == RefusalCode::invalid_transition);
}

TEST_CASE("a correction back into a postponement can still return to the phase before it", "[core][phase]") {
    MarchBuilder march;
    march.advance(Phase::assembling);
    march.must(march.lead, Postpone{march.state.phase_version, "rain"});
    march.advance(Phase::assembling);
    march.must(march.lead, CorrectPhase{Phase::postponed, march.state.phase_version, "too early"});
    CHECK(march.state.phase_before == Phase::assembling);
    march.advance(Phase::assembling);
}

TEST_CASE("during a hold and a stop the public reads a sentence and never the reason", "[core][phase]") {
    MarchBuilder march;
    march.march_off();
    SECTION("the one that was chosen") {
        march.must(march.lead, Hold{march.state.phase_version, "an ambulance", "Please wait a moment."});
        CHECK(march.state.public_sentence == "Please wait a moment.");
        march.must(march.lead, Release{march.state.phase_version});
        CHECK(march.state.public_sentence.empty());
    }
    SECTION("or one that is always fit, also after a resume into the hold") {
        march.must(march.lead, Hold{march.state.phase_version, "an ambulance", ""});
        const std::string held = march.state.public_sentence;
        CHECK(held.find("ambulance") == std::string::npos);
        CHECK_FALSE(held.empty());
        march.must(march.lead, Stop{"a crush", ""});
        CHECK(march.state.public_sentence != held);
        march.must(march.lead, ProposeResume{march.state.phase_version, "clear"});
        march.must(march.desk, ConfirmResume{march.state.proposals_made});
        CHECK(march.state.phase == Phase::held);
        CHECK(march.state.public_sentence == held);
    }
}

TEST_CASE("a stop names no version but needs a reason", "[core][phase]") {
    MarchBuilder march;
    march.march_off();
    CHECK(march.refused(march.lead, Stop{"", ""}).field == "reason");
    CHECK(march.refused(march.lead, Stop{"   ", ""}).field == "reason");
    const PersonId section_lead = march.put(Role::section_lead, 2);
    march.must(section_lead, Stop{"a crush", ""});
    CHECK(march.state.phase == Phase::stopped);
    CHECK(march.state.phase_before == Phase::marching);
    CHECK(march.refused(march.lead, Stop{"again", ""}).code == RefusalCode::invalid_transition);
}

TEST_CASE("who may only propose a hold or a stop makes a proposal that one with the right carries out",
          "[core][phase]") {
    MarchBuilder march;
    march.march_off();
    const PersonId medic = march.on_duty(Role::medic);
    const PersonId side = march.on_duty(Role::side);
    const auto events = march.must(medic, Hold{march.state.phase_version, "somebody fell", ""});
    REQUIRE(events.size() == 1);
    CHECK(std::get<ProposalMade>(events.front()).proposal.kind == ProposalKind::hold);
    march.must(side, Stop{"a crush", ""});
    CHECK(march.state.phase == Phase::marching);
    CHECK(march.state.proposals.size() == 2);

    const auto held = march.must(march.lead, Hold{march.state.phase_version, "", ""});
    const auto ended = all_of<ProposalEnded>(held);
    REQUIRE(ended.size() == 2);
    CHECK(ended[0].confirmed);
    CHECK(ended[0].confirmer == march.lead);
    CHECK_FALSE(ended[1].confirmed);
    CHECK(march.state.proposals.empty());
}

TEST_CASE("one person's second tap does not make a second proposal", "[core][phase]") {
    MarchBuilder march;
    march.march_off();
    const PersonId side = march.on_duty(Role::side);
    march.must(side, Stop{"a crush", ""});
    CHECK(march.refused(side, Stop{"a crush!", ""}).code == RefusalCode::conflict);
    march.now = march.now + base::limits::proposal_life;
    march.must(side, Stop{"a crush still", ""});
}

TEST_CASE("section leads hold nothing but their own section's orders, and the national desk does not hold",
          "[core][phase]") {
    MarchBuilder march;
    march.march_off();
    const Hold wish{march.state.phase_version, "a gap", ""};
    CHECK(march.refused(march.put(Role::section_lead, 1), wish).code == RefusalCode::permission_denied);
    CHECK(march.refused(march.desk, wish).code == RefusalCode::permission_denied);
    CHECK(march.refused(march.put(Role::legal_observer), wish).code == RefusalCode::permission_denied);
    CHECK(march.refused(march.desk, Stop{"a crush", ""}).code == RefusalCode::permission_denied);
    march.must(march.somebody(Role::dispatcher), wish);
}

TEST_CASE("who has checked in is on duty from the step-off on", "[core][phase][duty]") {
    MarchBuilder march;
    march.advance(Phase::assembling);
    const PersonId waiting = march.put(Role::side);
    march.must(waiting, CheckIn{Report::moving, {}, 0, 0});
    const PersonId absent = march.put(Role::side);
    CHECK(march.member(waiting).duty == Duty::checked_in);
    SECTION("of a march") { march.advance(Phase::marching); }
    SECTION("of a static event with its rally") { march.advance(Phase::rally); }
    CHECK(march.member(waiting).duty == Duty::on_duty);
    CHECK(march.member(absent).duty == Duty::invited);
}

TEST_CASE("check-ins are due anew when a phase changes how often they are expected", "[core][phase][timers]") {
    MarchBuilder march;
    march.advance(Phase::assembling);
    const PersonId side = march.on_duty(Role::side);
    CHECK(march.member(side).due_at == march.now + minutes(30));
    march.now = march.now + minutes(10);
    march.advance(Phase::marching);
    CHECK(march.member(side).due_at == march.now + minutes(20));
    march.now = march.now + minutes(5);
    march.must(march.lead, Hold{march.state.phase_version, "", ""});
    CHECK(march.member(side).due_at == march.now + minutes(30));
    march.now = march.now + minutes(5);
    march.must(march.lead, Stop{"a crush", ""});
    CHECK(march.member(side).due_at == march.now + minutes(25));
    march.advance(Phase::dispersing);
    march.advance(Phase::closed);
    CHECK_FALSE(march.member(side).due_at);
    // Nothing but the calendar.
    CHECK(next_due(march.state) == forgetting_due(march.state, SealedClass::places));
}

TEST_CASE("closing a march ends its open alerts", "[core][phase][alert]") {
    MarchBuilder march;
    march.march_off();
    march.advance(Phase::rally);
    const PersonId side = march.on_duty(Role::side);
    march.now = march.now + minutes(60);
    march.tick();
    REQUIRE(march.missed(side) != nullptr);
    march.advance(Phase::closed);
    CHECK(march.state.alerts.empty());
}

}  // namespace
}  // namespace marchwire::core
