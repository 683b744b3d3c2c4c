// Routes: drafts, approval, one active version, and from when the public sees it.
#include "support/march_builder.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <functional>

namespace marchwire::core {
namespace {

using base::RefusalCode;
using test::all_of;
using test::MarchBuilder;
using test::minutes;

TEST_CASE("a route goes from draft over approved to active and says when it is public", "[core][routes]") {
    MarchBuilder march;
    const std::uint32_t version = march.approved_route();
    const auto events = march.must(march.lead, ActivateRoute{version, 0});
    REQUIRE(events.size() == 1);
    const auto& active = std::get<RouteStatusChanged>(events.front());
    CHECK(active.public_from == march.step_off - minutes(60));
    CHECK(active.line == march.state.routes.front().line);
    CHECK(march.state.active_route == version);
}

TEST_CASE("activating a route supersedes the active one in the same group", "[core][routes]") {
    MarchBuilder march;
    march.must(march.lead, ActivateRoute{march.approved_route(), 0});
    const std::uint32_t second = march.approved_route();
    const auto changed = all_of<RouteStatusChanged>(march.must(march.lead, ActivateRoute{second, 1}));
    REQUIRE(changed.size() == 2);
    CHECK(changed[0].version == 1);
    CHECK(changed[0].status == RouteStatus::superseded);
    CHECK(changed[1].status == RouteStatus::active);
    CHECK(march.state.active()->version == second);
    CHECK(march.state.route(1)->status == RouteStatus::superseded);
}

TEST_CASE("of two leads who activate routes at once the later is told which one is active", "[core][routes]") {
    MarchBuilder march;
    const std::uint32_t first = march.approved_route();
    const std::uint32_t second = march.approved_route();
    march.must(march.lead, ActivateRoute{first, 0});
    const auto refusal = march.refused(march.somebody(Role::city_lead), ActivateRoute{second, 0});
    CHECK(refusal.code == RefusalCode::conflict);
    CHECK(refusal.field == "active_version");
    CHECK(refusal.current_version == first);
}

TEST_CASE("every status of a route refuses what the design does not allow from it", "[core][routes]") {
    struct Way {
        RouteStatus from;
        bool approve, activate, withdraw;
    };
    for (const Way& way :
         {Way{RouteStatus::draft, true, false, false}, Way{RouteStatus::approved, false, true, true},
          Way{RouteStatus::active, false, false, false}, Way{RouteStatus::superseded, false, false, false},
          Way{RouteStatus::withdrawn, false, false, false}}) {
        MarchBuilder march;
        march.approved_route();
        march.state.routes.front().status = way.from;
        const Context context{march.now, march.actor(march.lead)};
        const auto accepted = [&](CommandBody body) {
            const auto outcome = decide(march.state, Command{{}, march.now, Level::none, std::move(body)}, context);
            if (!outcome) CHECK(outcome.error().code == RefusalCode::invalid_transition);
            return outcome.has_value();
        };
        INFO(name_of(way.from));
        CHECK(accepted(ApproveRoute{1}) == way.approve);
        CHECK(accepted(ActivateRoute{1, 0}) == way.activate);
        CHECK(accepted(WithdrawRoute{1}) == way.withdraw);
    }
}

TEST_CASE("a route that is not there or not one's to decide on is refused", "[core][routes]") {
    MarchBuilder march;
    CHECK(march.refused(march.lead, ApproveRoute{1}).code == RefusalCode::not_found);
    march.approved_route();
    CHECK(march.refused(march.lead, ActivateRoute{2, 0}).field == "version");
    CHECK(march.refused(march.lead, WithdrawRoute{0}).code == RefusalCode::not_found);
    CHECK(march.refused(march.desk, ActivateRoute{1, 0}).code == RefusalCode::permission_denied);
    // Theirs to propose: the route stays as it is until a lead confirms.
    for (const PersonId person : {march.put(Role::dispatcher), march.put(Role::section_lead, 1)}) {
        march.must(person, ActivateRoute{1, 0});
    }
    CHECK(march.state.proposals.size() == 2);
    CHECK(march.state.active_route == 0);
    march.must(march.lead, Cancel{march.state.phase_version, "a storm"});
    CHECK(march.refused(march.lead, ActivateRoute{1, 0}).code == RefusalCode::invalid_transition);
}

TEST_CASE("when the hour comes the keeper says the active route again and only once", "[core][routes][timers]") {
    MarchBuilder march;
    march.must(march.lead, ActivateRoute{march.approved_route(), 0});
    const UtcMs hour = march.step_off - minutes(60);
    CHECK(next_due(march.state) == hour);
    const auto said = all_of<RouteStatusChanged>(march.tick_when_due());
    REQUIRE(said.size() == 1);
    CHECK(said.front().status == RouteStatus::active);
    CHECK(said.front().line != nullptr);
    CHECK(march.now == hour);
    CHECK(march.tick().empty());
    CHECK(all_of<RouteStatusChanged>(due_events(march.state, march.now + base::hours(5))).empty());
}

TEST_CASE("a new plan moves the hour of a route that is still kept back and hides no route again", "[core][routes]") {
    MarchBuilder march;
    march.must(march.lead, ActivateRoute{march.approved_route(), 0});
    auto plan = march.state.spec.plan;
    plan[1].at = march.step_off + minutes(30);
    march.must(march.lead, Reschedule{plan, march.state.spec_version});
    CHECK(march.state.active()->public_from == march.step_off - minutes(30));
    march.now = march.step_off - minutes(30);
    REQUIRE(all_of<RouteStatusChanged>(march.tick()).size() == 1);
    plan[1].at = march.step_off + minutes(50);
    march.must(march.lead, Reschedule{plan, march.state.spec_version});
    CHECK(march.state.active()->public_from == march.step_off - minutes(30));
}

TEST_CASE("a march that steps off early shows its route at once", "[core][routes]") {
    MarchBuilder march;
    march.must(march.lead, ActivateRoute{march.approved_route(), 0});
    march.advance(Phase::assembling);
    CHECK(march.state.active()->public_from > march.now);
    march.advance(Phase::marching);
    CHECK(march.state.active()->public_from == march.now);
    CHECK(all_of<RouteStatusChanged>(due_events(march.state, march.now + base::hours(5))).empty());
}

TEST_CASE("where no hour is known the route is public when the march assembles", "[core][routes]") {
    MarchBuilder march;
    march.must(march.lead, Reschedule{{}, march.state.spec_version});
    march.must(march.lead, ActivateRoute{march.approved_route(), 0});
    CHECK(march.state.active()->public_from > march.now + base::hours(24));
    march.advance(Phase::assembling);
    CHECK(march.state.active()->public_from == march.now);
}

TEST_CASE("a route that cannot be walked is refused with its field", "[core][routes]") {
    MarchBuilder march;
    const auto field = [&](const std::function<void(RouteLine&)>& spoil) {
        auto line = std::make_shared<RouteLine>();
        line->points = {{38.6, -90.2}, {38.7, -90.1}, {38.8, -90.0}};
        line->waypoints = {{1, WaypointKind::assembly, "the arch", {38.6, -90.2}, {}},
                           {2, WaypointKind::rally, "city hall", {38.8, -90.0}, {}}};
        spoil(*line);
        return march.refused(march.lead, ImportRoute{line}).field;
    };
    CHECK(march.refused(march.lead, ImportRoute{}).field == "line");
    CHECK(field([](RouteLine& line) { line.points.resize(1); }) == "line.points");
    CHECK(field([](RouteLine& line) { line.points = {{1, 1}, {1, 1}}; }) == "line.points");
    CHECK(field([](RouteLine& line) { line.points.resize(base::limits::route_points + 1); }) == "line.points");
    CHECK(field([](RouteLine& line) { line.points[1] = {-90.2, 38.6}; }) == "line.points[1]");
    CHECK(field([](RouteLine& line) { line.points[2].lat = std::nan(""); }) == "line.points[2]");
    CHECK(field([](RouteLine& line) { line.closed_legs = {2}; }) == "line.closed_legs");
    CHECK(field([](RouteLine& line) { line.waypoints[1].number = 1; }) == "line.waypoints");
    CHECK(field([](RouteLine& line) { line.waypoints[0].number = 0; }) == "line.waypoints");
    CHECK(field([](RouteLine& line) { line.waypoints[1].along.value = -1; }) == "line.waypoints[1].along");
    CHECK(march.state.routes.empty());
}

}  // namespace
}  // namespace marchwire::core
