// Leaving STOPPED takes two persons.
#include "support/march_builder.hpp"

#include <catch2/catch.hpp>

namespace marchwire::core {
namespace {

using base::RefusalCode;
using test::all_of;
using test::MarchBuilder;
using test::minutes;

/// Stopped while marching, with a lead who is on the roster.
struct Stopped {
    MarchBuilder march;
    PersonId lead = march.put(Role::city_lead);
    Stopped() {
        march.march_off();
        march.must(lead, Stop{"a crush", ""});
    }
    std::uint32_t propose(PersonId person) {
        march.must(person, ProposeResume{march.state.phase_version, "clear again"});
        return march.state.proposals_made;
    }
};

TEST_CASE("one person proposes to resume and another confirms", "[core][resume]") {
    Stopped stopped;
    const std::uint32_t number = stopped.propose(stopped.lead);
    CHECK(stopped.march.state.phase == Phase::stopped);
    const auto events = stopped.march.must(stopped.march.desk, ConfirmResume{number});
    CHECK(stopped.march.state.phase == Phase::marching);
    const auto ended = all_of<ProposalEnded>(events);
    REQUIRE(ended.size() == 1);
    CHECK(ended.front().confirmed);
    CHECK(ended.front().confirmer == stopped.march.desk);
}

TEST_CASE("whoever proposes a resume cannot confirm it", "[core][resume]") {
    Stopped stopped;
    const std::uint32_t number = stopped.propose(stopped.lead);
    CHECK(stopped.march.refused(stopped.lead, ConfirmResume{number}).code == RefusalCode::permission_denied);
    // The same person with a token of the national desk is still one person.
    Actor twice = stopped.march.actor(stopped.march.desk);
    twice.person = stopped.lead;
    const auto outcome = stopped.march.tell(twice, ConfirmResume{number});
    REQUIRE(outcome.has_error());
    CHECK(outcome.error().code == RefusalCode::permission_denied);
    CHECK(stopped.march.state.phase == Phase::stopped);
}

TEST_CASE("a proposal to resume lives five minutes", "[core][resume]") {
    Stopped stopped;
    const std::uint32_t number = stopped.propose(stopped.lead);
    SECTION("and is confirmed in its last moment") {
        stopped.march.now = stopped.march.now + minutes(5) - Millis{1};
        stopped.march.must(stopped.march.desk, ConfirmResume{number});
    }
    SECTION("and not after it, whether the keeper has ticked or not") {
        stopped.march.now = stopped.march.now + minutes(5);
        CHECK(stopped.march.refused(stopped.march.desk, ConfirmResume{number}).code == RefusalCode::not_found);
        const auto ended = all_of<ProposalEnded>(stopped.march.tick());
        REQUIRE(ended.size() == 1);
        CHECK_FALSE(ended.front().confirmed);
        CHECK(stopped.march.state.proposals.empty());
        CHECK(stopped.march.refused(stopped.march.desk, ConfirmResume{number}).field == "proposal");
    }
}

TEST_CASE("a proposal dies at any change of phase", "[core][resume]") {
    Stopped stopped;
    const std::uint32_t number = stopped.propose(stopped.lead);
    stopped.march.advance(Phase::dispersing);
    CHECK(stopped.march.state.proposals.empty());
    stopped.march.must(stopped.lead, Stop{"again", ""});
    CHECK(stopped.march.refused(stopped.march.desk, ConfirmResume{number}).code == RefusalCode::not_found);
}

TEST_CASE("a march that is not stopped cannot be resumed", "[core][resume]") {
    MarchBuilder march;
    march.march_off();
    const auto refusal = march.refused(march.lead, ProposeResume{march.state.phase_version, ""});
    CHECK(refusal.code == RefusalCode::invalid_transition);
    CHECK(refusal.field == "phase");
}

TEST_CASE("a proposal to hold is no proposal to resume", "[core][resume]") {
    MarchBuilder march;
    march.march_off();
    march.must(march.on_duty(Role::medic), Hold{march.state.phase_version, "somebody fell", ""});
    CHECK(march.refused(march.lead, ConfirmResume{1}).code == RefusalCode::not_found);
}

TEST_CASE("where the city has one lead a section lead or the anchor confirms", "[core][resume]") {
    Stopped stopped;
    const std::uint32_t number = stopped.propose(stopped.lead);
    SECTION("the section lead") {
        const PersonId section_lead = stopped.march.put(Role::section_lead, 1);
        stopped.march.must(section_lead, ConfirmResume{number});
    }
    SECTION("the anchor") { stopped.march.must(stopped.march.somebody(Role::anchor), ConfirmResume{number}); }
    CHECK(stopped.march.state.phase == Phase::marching);
}

TEST_CASE("a city whose lead is on no roster is not stuck when the national desk proposes", "[core][resume]") {
    MarchBuilder march;
    march.march_off();
    march.must(march.lead, Stop{"a crush", ""});
    REQUIRE(march.state.roster.empty());
    march.must(march.desk, ProposeResume{march.state.phase_version, "clear again"});
    const ConfirmResume wish{march.state.proposals_made};
    CHECK(march.refused(march.somebody(Role::dispatcher), wish).code == RefusalCode::permission_denied);
    SECTION("the anchor confirms") { march.must(march.somebody(Role::anchor), wish); }
    SECTION("or a section lead") { march.must(march.put(Role::section_lead, 1), wish); }
    CHECK(march.state.phase == Phase::marching);
}

TEST_CASE("where the city has two leads nobody else but the national desk confirms", "[core][resume]") {
    Stopped stopped;
    const PersonId second = stopped.march.put(Role::city_lead);
    const std::uint32_t number = stopped.propose(stopped.lead);
    for (const Role role : {Role::section_lead, Role::anchor, Role::dispatcher, Role::side, Role::medic}) {
        const PersonId person = stopped.march.somebody(role);
        INFO(name_of(role));
        CHECK(stopped.march.refused(person, ConfirmResume{number}).code == RefusalCode::permission_denied);
    }
    stopped.march.must(second, ConfirmResume{number});
    CHECK(stopped.march.state.phase == Phase::marching);
}

TEST_CASE("the dispatcher and the anchor propose a resume but section leads and marshals do not", "[core][resume]") {
    Stopped stopped;
    for (const Role role : {Role::section_lead, Role::side, Role::medic, Role::police_liaison, Role::legal_observer}) {
        const auto refusal = stopped.march.refused(stopped.march.somebody(role),
                                                   ProposeResume{stopped.march.state.phase_version, "clear"});
        INFO(name_of(role));
        CHECK(refusal.code == RefusalCode::permission_denied);
    }
    for (const Role role : {Role::dispatcher, Role::anchor}) stopped.propose(stopped.march.somebody(role));
    CHECK(stopped.march.state.proposals.size() == 2);
}

}  // namespace
}  // namespace marchwire::core
