// Setting a march up, and what the public is told: bounds, versions and who may.
#include "support/march_builder.hpp"

#include <catch2/catch.hpp>

namespace marchwire::core {
namespace {

using base::RefusalCode;
using test::MarchBuilder;
using test::minutes;

TEST_CASE("nothing but its creation is accepted by a march that is not there", "[core][setup]") {
    MarchBuilder march;
    MarchState nothing;
    nothing.id = march.state.id;
    const Command command{{}, march.now, Level::none, Stop{"a crush", ""}};
    const auto outcome = decide(nothing, command, {march.now, march.actor(march.lead)});
    REQUIRE(outcome.has_error());
    CHECK(outcome.error().code == RefusalCode::not_found);
    CHECK(march.refused(march.desk, CreateMarch{march.state.spec, 1U << 16U, 5}).code == RefusalCode::conflict);
}

TEST_CASE("the city lead sets up the own march and none of another city", "[core][setup]") {
    MarchBuilder march;
    MarchSpec spec = march.state.spec;
    spec.source = "the permit";
    march.must(march.lead, UpdateMarch{spec, 1});
    CHECK(march.state.spec.source == "the permit");
    Actor elsewhere = march.actor(march.lead);
    elsewhere.march = test::slug("kansas-city-mo");
    const auto outcome = march.tell(elsewhere, UpdateMarch{spec, 2});
    REQUIRE(outcome.has_error());
    CHECK(outcome.error().code == RefusalCode::permission_denied);
    CHECK(march.refused(march.put(Role::dispatcher), UpdateMarch{spec, 2}).code == RefusalCode::permission_denied);
}

TEST_CASE("a march's data that cannot be names its field", "[core][setup]") {
    MarchBuilder march;
    const auto field = [&](const auto& spoil) {
        MarchSpec spec = march.state.spec;
        spoil(spec);
        return march.refused(march.lead, UpdateMarch{spec, march.state.spec_version}).field;
    };
    CHECK(field([](MarchSpec& spec) { spec.city.clear(); }) == "spec.city");
    CHECK(field([](MarchSpec& spec) { spec.city = "\xC3\x28"; }) == "spec.city");
    CHECK(field([](MarchSpec& spec) { spec.state = "mo"; }) == "spec.state");
    CHECK(field([](MarchSpec& spec) { spec.tz = "not a zone"; }) == "spec.tz");
    CHECK(field([](MarchSpec& spec) { spec.site = {91, 0}; }) == "spec.site");
    CHECK(field([](MarchSpec& spec) { spec.venue = "Kiener Plaza"; }) == "spec.venue");
    CHECK(field([](MarchSpec& spec) { spec.drill = true; }) == "spec.drill");
    CHECK(march.refused(march.lead, UpdateMarch{march.state.spec, 9}).code == RefusalCode::conflict);
}

TEST_CASE("a plan lists phases of the march's kind in the order of their times", "[core][setup]") {
    MarchBuilder march;
    const auto field = [&](std::vector<PlannedPhase> plan) {
        return march.refused(march.lead, Reschedule{std::move(plan), march.state.spec_version}).field;
    };
    CHECK(field({{Phase::live, march.step_off}}) == "plan[0].phase");
    CHECK(field({{Phase::stopped, march.step_off}}) == "plan[0].phase");
    CHECK(field({{Phase::assembling, march.step_off}, {Phase::marching, march.step_off - minutes(1)}}) ==
          "plan[1].at_ms");
    CHECK(field(std::vector<PlannedPhase>(17, {Phase::rally, march.step_off})) == "plan");
    // A phase without a known time may stand anywhere.
    march.must(march.lead, Reschedule{{{Phase::assembling, march.step_off}, {Phase::rally, {}}}, 1});
    CHECK(march.refused(march.lead, Reschedule{{}, 1}).code == RefusalCode::conflict);
}

TEST_CASE("a section is taken away only when nobody stands in it", "[core][setup]") {
    MarchBuilder march;
    march.put(Role::side, 4);
    CHECK(march.refused(march.lead, SetSections{3}).field == "sections");
    CHECK(march.refused(march.lead, SetSections{0}).field == "sections");
    CHECK(march.refused(march.lead, SetSections{61}).field == "sections");
    march.must(march.lead, SetSections{4});
    CHECK(march.state.sections == 4);
}

TEST_CASE("a march that is over is not set up any more", "[core][setup]") {
    MarchBuilder march;
    march.must(march.lead, Cancel{march.state.phase_version, "a storm"});
    for (const CommandBody& body :
         {CommandBody(UpdateMarch{march.state.spec, 1}), CommandBody(Reschedule{{}, 1}), CommandBody(SetSections{3}),
          CommandBody(ImportRoute{}), CommandBody(ApproveRoute{1})}) {
        CHECK(march.refused(march.lead, body).code == RefusalCode::invalid_transition);
    }
}

TEST_CASE("a notice is numbered, bounded and never expired already", "[core][notices]") {
    MarchBuilder march;
    march.must(march.lead, PostNotice{Severity::warning, "en", "Bring water.", march.now + minutes(60)});
    march.must(march.desk, PostNotice{Severity::info, "", "Meet at the arch.", {}});
    REQUIRE(march.state.notices.size() == 2);
    CHECK(march.state.notices[1].number == 2);
    CHECK(march.state.notices[0].posted_at == march.now);
    const auto field = [&](PostNotice wish) { return march.refused(march.lead, std::move(wish)).field; };
    CHECK(field({Severity::info, "", "", {}}) == "text");
    CHECK(field({Severity::info, "", std::string(501, 'x'), {}}) == "text");
    CHECK(field({Severity::info, "not a language", "Hello", {}}) == "language");
    CHECK(field({Severity::info, "", "Hello", march.now}) == "expires_at_ms");
    march.must(march.put(Role::dispatcher), PostNotice{Severity::info, "", "Hello", {}});
    CHECK(march.state.notices.size() == 2);  // a dispatcher's is proposed
    CHECK(march.state.proposals.size() == 1);
    CHECK(march.refused(march.put(Role::side), SetCallsToAction{}).code == RefusalCode::permission_denied);
}

TEST_CASE("commands of a campaign are sent away from a march's log", "[core][setup]") {
    MarchBuilder march;
    const auto refusal = march.refused(march.desk, AddPerson{"red", {}});
    CHECK(refusal.code == RefusalCode::invalid_argument);
    CHECK(refusal.field == "log");
}

TEST_CASE("a refused command leaves the march as it was", "[core]") {
    MarchBuilder march;
    march.march_off();
    const PersonId side = march.on_duty(Role::side);
    const MarchState before = march.state;
    march.refused(side, AdvancePhase{Phase::rally, march.state.phase_version, ""});
    march.refused(march.lead, AdvancePhase{Phase::closed, march.state.phase_version, "st-louis-mo"});
    march.refused(march.lead, Stop{"", ""});
    march.refused(side, CheckIn{Report::on_post, {}, 101, 0});
    march.refused(march.lead, ActivateRoute{1, 0});
    CHECK(march.state == before);
}

}  // namespace
}  // namespace marchwire::core
