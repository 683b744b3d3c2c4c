// What one may only propose takes effect when another person who may do it confirms.
#include "support/march_builder.hpp"

#include <catch2/catch.hpp>

namespace marchwire::core {
namespace {

using base::RefusalCode;
using test::all_of;
using test::MarchBuilder;
using test::minutes;

std::uint32_t proposed(MarchBuilder& march, PersonId person, CommandBody body) {
    const auto events = march.must(person, std::move(body));
    REQUIRE(events.size() == 1);
    return std::get<ProposalMade>(events.front()).proposal.number;
}

std::uint32_t draft(MarchBuilder& march) {
    auto line = std::make_shared<RouteLine>();
    line->points = {{38.627, -90.199}, {38.63, -90.19}};
    march.must(march.lead, ImportRoute{line});
    return static_cast<std::uint32_t>(march.state.routes.size());
}

TEST_CASE("a dispatcher's next phase waits until a city lead or the national desk confirms it", "[core][proposal]") {
    MarchBuilder march;
    const PersonId dispatcher = march.somebody(Role::dispatcher);
    const auto number = proposed(march, dispatcher, AdvancePhase{Phase::assembling, march.state.phase_version, ""});
    CHECK(march.state.phase == Phase::planned);
    const PersonId confirmer = GENERATE(true, false) ? march.lead : march.desk;
    const auto events = march.must(confirmer, ConfirmProposal{number, ""});
    CHECK(march.state.phase == Phase::assembling);
    CHECK(march.entries.back().actor == confirmer);
    const auto ended = all_of<ProposalEnded>(events);
    REQUIRE(ended.size() == 1);
    CHECK(ended.front().confirmed);
    CHECK(ended.front().confirmer == confirmer);
    CHECK(march.state.proposals.empty());
}

TEST_CASE("a confirmed command does what it says with the words of whoever proposed it", "[core][proposal]") {
    MarchBuilder march;
    const PersonId anchor = march.somebody(Role::anchor);
    SECTION("postponing") {
        march.must(march.lead, ConfirmProposal{proposed(march, anchor, Postpone{1, "a storm"}), ""});
        CHECK(march.state.phase == Phase::postponed);
    }
    SECTION("cancelling") {
        march.must(march.desk, ConfirmProposal{proposed(march, anchor, Cancel{1, "a storm"}), ""});
        CHECK(march.state.phase == Phase::cancelled);
    }
    SECTION("a hold, with its sentence for the public") {
        march.march_off();
        const Hold wish{march.state.phase_version, "a gap", "Please wait a moment."};
        march.must(march.lead, ConfirmProposal{proposed(march, march.put(Role::side), wish), ""});
        CHECK(march.state.phase == Phase::held);
        CHECK(march.state.public_sentence == "Please wait a moment.");
    }
    SECTION("a release") {
        march.march_off();
        march.must(march.lead, Hold{march.state.phase_version, "a gap", ""});
        const Release wish{march.state.phase_version};
        march.must(march.lead, ConfirmProposal{proposed(march, march.put(Role::tail), wish), ""});
        CHECK(march.state.phase == Phase::marching);
    }
    SECTION("a stop, which a section lead confirms") {
        march.march_off();
        const auto number = proposed(march, march.put(Role::side), Stop{"a crush", ""});
        march.must(march.put(Role::section_lead, 1), ConfirmProposal{number, ""});
        CHECK(march.state.phase == Phase::stopped);
    }
    SECTION("a notice") {
        const auto number = proposed(march, anchor, PostNotice{Severity::warning, "en", "Water at the library.", {}});
        CHECK(march.state.notices.empty());
        const auto events = march.must(march.lead, ConfirmProposal{number, ""});
        REQUIRE(march.state.notices.size() == 1);
        CHECK(march.state.notices.front().text == "Water at the library.");
        // The last entry is what the answer is read from when the same command comes again.
        CHECK(std::holds_alternative<NoticePosted>(events.back()));
    }
    SECTION("calls to action") {
        const SetCallsToAction wish{{{0, ActionKind::petition, "Sign", "https://example.org", ""}}};
        march.must(march.desk, ConfirmProposal{proposed(march, anchor, wish), ""});
        CHECK(march.state.calls_to_action.size() == 1);
    }
    CHECK(march.state.proposals.empty());
}

TEST_CASE("a route is approved and activated and withdrawn by the city lead who confirms", "[core][proposal]") {
    MarchBuilder march;
    const PersonId proposer = march.somebody(
        GENERATE(Role::section_lead, Role::police_liaison, Role::dispatcher, Role::anchor));
    const auto version = draft(march);
    march.must(march.lead, ConfirmProposal{proposed(march, proposer, ApproveRoute{version}), ""});
    CHECK(march.state.route(version)->status == RouteStatus::approved);
    SECTION("active") {
        march.must(march.lead, ConfirmProposal{proposed(march, proposer, ActivateRoute{version, 0}), ""});
        CHECK(march.state.active_route == version);
    }
    SECTION("withdrawn") {
        march.must(march.lead, ConfirmProposal{proposed(march, proposer, WithdrawRoute{version}), ""});
        CHECK(march.state.route(version)->status == RouteStatus::withdrawn);
    }
}

TEST_CASE("nobody confirms whose role may not do the thing itself", "[core][proposal]") {
    MarchBuilder march;
    const PersonId dispatcher = march.somebody(Role::dispatcher);
    SECTION("the national desk holds no march and decides on no route") {
        const auto route = proposed(march, march.somebody(Role::anchor), ApproveRoute{draft(march)});
        march.march_off();
        CHECK(march.refused(march.desk, ConfirmProposal{route, ""}).code == RefusalCode::not_found);
        const auto hold = proposed(march, march.put(Role::side), Hold{march.state.phase_version, "a gap", ""});
        CHECK(march.refused(march.desk, ConfirmProposal{hold, ""}).code == RefusalCode::permission_denied);
        CHECK(march.refused(march.put(Role::section_lead, 1), ConfirmProposal{hold, ""}).code ==
              RefusalCode::permission_denied);
        march.must(dispatcher, ConfirmProposal{hold, ""});
    }
    SECTION("another dispatcher advances no phase") {
        const auto number = proposed(march, dispatcher, AdvancePhase{Phase::assembling, 1, ""});
        for (const Role role : {Role::dispatcher, Role::anchor, Role::section_lead, Role::side, Role::auditor,
                                Role::follower, Role::legal_observer}) {
            INFO(name_of(role));
            CHECK(march.refused(march.somebody(role), ConfirmProposal{number, ""}).code ==
                  RefusalCode::permission_denied);
        }
    }
    SECTION("nor does somebody of another march") {
        const auto number = proposed(march, dispatcher, AdvancePhase{Phase::assembling, 1, ""});
        Actor elsewhere = march.actor(march.lead);
        elsewhere.person = PersonId{999};
        elsewhere.march = test::slug("kansas-city-mo");
        const auto outcome = march.tell(elsewhere, ConfirmProposal{number, ""});
        REQUIRE(outcome.has_error());
        CHECK(outcome.error().code == RefusalCode::permission_denied);
    }
    SECTION("nor the host, which is no person") {
        const auto number = proposed(march, dispatcher, PostNotice{Severity::info, "", "Bring water.", {}});
        Actor host;
        host.host = true;
        CHECK(march.tell(host, ConfirmProposal{number, ""}).has_error());
    }
}

TEST_CASE("proposer and confirmer are two persons and not two tokens", "[core][proposal]") {
    MarchBuilder march;
    const PersonId dispatcher = march.somebody(Role::dispatcher);
    const auto number = proposed(march, dispatcher, AdvancePhase{Phase::assembling, 1, ""});
    Actor twice = march.actor(march.lead);
    twice.person = dispatcher;
    const auto outcome = march.tell(twice, ConfirmProposal{number, ""});
    REQUIRE(outcome.has_error());
    CHECK(outcome.error().code == RefusalCode::permission_denied);
    CHECK(march.state.phase == Phase::planned);
}

TEST_CASE("a proposal lives five minutes and dies at any change of phase", "[core][proposal]") {
    MarchBuilder march;
    const auto number = proposed(march, march.somebody(Role::dispatcher), PostNotice{Severity::info, "", "Water.", {}});
    SECTION("its last moment") {
        march.now = march.now + minutes(5) - Millis{1};
        march.must(march.lead, ConfirmProposal{number, ""});
        return;
    }
    SECTION("too late, whether the keeper has ticked or not") { march.now = march.now + minutes(5); }
    SECTION("another phase") { march.advance(Phase::assembling); }
    const auto refusal = march.refused(march.lead, ConfirmProposal{number, ""});
    CHECK(refusal.code == RefusalCode::not_found);
    CHECK(refusal.field == "proposal");
    CHECK(march.state.notices.empty());
}

TEST_CASE("what was proposed is checked again when it is confirmed", "[core][proposal]") {
    MarchBuilder march;
    const PersonId dispatcher = march.somebody(Role::dispatcher);
    SECTION("a route that was approved meanwhile") {
        const auto version = draft(march);
        const auto number = proposed(march, dispatcher, ApproveRoute{version});
        march.must(march.lead, ApproveRoute{version});
        CHECK(march.refused(march.lead, ConfirmProposal{number, ""}).code == RefusalCode::invalid_transition);
        // It stands until it expires: what is refused changes nothing.
        CHECK(march.state.proposals.size() == 1);
    }
    SECTION("another route that was activated meanwhile") {
        const auto first = march.approved_route();
        const auto second = march.approved_route();
        const auto number = proposed(march, dispatcher, ActivateRoute{first, 0});
        march.must(march.lead, ActivateRoute{second, 0});
        CHECK(march.refused(march.lead, ConfirmProposal{number, ""}).code == RefusalCode::conflict);
    }
    SECTION("a notice whose time has passed") {
        const PostNotice wish{Severity::info, "", "Until ten past.", march.now + minutes(2)};
        const auto number = proposed(march, dispatcher, wish);
        march.now = march.now + minutes(3);
        CHECK(march.refused(march.lead, ConfirmProposal{number, ""}).field == "expires_at_ms");
    }
}

TEST_CASE("what could not be done now is not proposed either", "[core][proposal]") {
    MarchBuilder march;
    const PersonId dispatcher = march.somebody(Role::dispatcher);
    CHECK(march.refused(dispatcher, AdvancePhase{Phase::rally, 1, ""}).code == RefusalCode::invalid_transition);
    CHECK(march.refused(dispatcher, AdvancePhase{Phase::assembling, 7, ""}).code == RefusalCode::conflict);
    CHECK(march.refused(dispatcher, ApproveRoute{1}).code == RefusalCode::not_found);
    CHECK(march.refused(dispatcher, PostNotice{}).field == "text");
    CHECK(march.refused(dispatcher, Cancel{1, ""}).field == "reason");
    CHECK(march.state.proposals.empty());
}

TEST_CASE("whoever confirms a close types the name of the march", "[core][proposal]") {
    MarchBuilder march;
    march.march_off();
    march.advance(Phase::rally);
    const AdvancePhase wish{Phase::closed, march.state.phase_version, "st-louis-mo"};
    const auto number = proposed(march, march.somebody(Role::dispatcher), wish);
    CHECK(march.refused(march.lead, ConfirmProposal{number, ""}).field == "typed_name");
    march.must(march.lead, ConfirmProposal{number, "st-louis-mo"});
    CHECK(march.state.phase == Phase::closed);
}

TEST_CASE("a person has one open proposal of each kind and a march a bounded number", "[core][proposal]") {
    MarchBuilder march;
    const PersonId dispatcher = march.somebody(Role::dispatcher);
    proposed(march, dispatcher, PostNotice{Severity::info, "", "Water.", {}});
    const auto again = march.refused(dispatcher, PostNotice{Severity::info, "", "More water.", {}});
    CHECK(again.code == RefusalCode::conflict);
    CHECK(again.current_version == 1);
    proposed(march, dispatcher, Postpone{1, "a storm"});
    while (march.state.proposals.size() < test::limits::open_proposals) {
        proposed(march, march.somebody(Role::anchor), Cancel{1, "a storm"});
    }
    CHECK(march.refused(march.somebody(Role::anchor), Cancel{1, "a storm"}).code == RefusalCode::rate_limited);
}

TEST_CASE("a resume is confirmed by its own rules whichever command names it", "[core][proposal][resume]") {
    MarchBuilder march;
    march.put(Role::city_lead);
    march.put(Role::city_lead);
    march.march_off();
    march.must(march.lead, Stop{"a crush", ""});
    march.must(march.lead, ProposeResume{march.state.phase_version, "clear again"});
    const std::uint32_t number = march.state.proposals_made;
    CHECK(march.refused(march.lead, ConfirmProposal{number, ""}).code == RefusalCode::permission_denied);
    CHECK(march.refused(march.somebody(Role::dispatcher), ConfirmProposal{number, ""}).code ==
          RefusalCode::permission_denied);
    CHECK(march.refused(march.put(Role::section_lead, 1), ConfirmProposal{number, ""}).code ==
          RefusalCode::permission_denied);
    march.must(march.desk, ConfirmProposal{number, ""});
    CHECK(march.state.phase == Phase::marching);
}

TEST_CASE("the act itself ends what others proposed of its kind", "[core][proposal]") {
    MarchBuilder march;
    const PersonId dispatcher = march.somebody(Role::dispatcher);
    proposed(march, dispatcher, Postpone{1, "a storm"});
    proposed(march, dispatcher, PostNotice{Severity::info, "", "Water.", {}});
    const auto ended = all_of<ProposalEnded>(march.must(march.lead, Postpone{1, "a storm"}));
    REQUIRE(ended.size() == 2);
    CHECK(ended[0].confirmed);
    CHECK_FALSE(ended[1].confirmed);
}

TEST_CASE("proposals are told to ops alone with all that was asked", "[core][proposal][views]") {
    MarchBuilder march;
    proposed(march, march.somebody(Role::dispatcher), PostNotice{Severity::info, "", "Water.", {}});
    const Entry& entry = march.entries.back();
    REQUIRE(entry.topics.size() == 1);
    CHECK(entry.topics.front().index == topic_index::ops);
    const auto& command = std::get<ProposalMade>(entry.event).proposal.command;
    CHECK(std::get<PostNotice>(command).text == "Water.");
}

}  // namespace
}  // namespace marchwire::core
