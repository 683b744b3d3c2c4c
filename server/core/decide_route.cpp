// Approval, activation and withdrawal of route versions, and from when the public sees one.
#include "core/decide_family.hpp"
#include "core/phase_table.hpp"

#include "base/limits.hpp"

#include <algorithm>
#include <optional>

namespace marchwire::core {
namespace {

/// 9999-12-31: no hour is known, the march's assembling says when.
constexpr UtcMs when_it_assembles{253'402'214'400'000};

std::optional<UtcMs> step_off(const std::vector<PlannedPhase>& plan) {
    for (const Phase begins : {Phase::marching, Phase::rally, Phase::live}) {
        const auto found = std::ranges::find_if(
            plan, [&](const PlannedPhase& planned) { return planned.phase == begins && planned.at; });
        if (found != plan.end()) return found->at;
    }
    return std::nullopt;
}

Decision no_such_route(const MarchState& state) {
    return base::refuse(base::RefusalCode::not_found, "version",
                        state.routes.empty()
                            ? "Import a route first."
                            : "This march has route versions 1 to " + std::to_string(state.routes.size()) + ".");
}

std::string is_now(const Route& route) { return "This route is " + std::string(name_of(route.status)) + "; "; }

Events say_active(const Route& route, UtcMs public_from) {
    return events_of(RouteStatusChanged{route.version, RouteStatus::active, public_from, route.line});
}

/// The route that a decision is about; a refusal when the actor may not decide or there is none.
base::Result<const Route*> route_asked_for(const Ask& ask, std::uint32_t version) {
    if (ask.permission != Permission::act) return denied(Action::route_status);
    if (phase_is_final(ask.state.phase)) {
        return wrong_transition("The march is " + std::string(name_of(ask.state.phase)) + "; its routes stand.");
    }
    const Route* route = ask.state.route(version);
    if (route == nullptr) return no_such_route(ask.state).error();
    return route;
}

}  // namespace

bool has_step_off_time(const std::vector<PlannedPhase>& plan) { return step_off(plan).has_value(); }

UtcMs default_public_from(const std::vector<PlannedPhase>& plan, UtcMs now) {
    const auto at = step_off(plan);
    return at ? std::max(*at - base::limits::route_public_before, now) : when_it_assembles;
}

void announce_route(const MarchState& state, UtcMs public_from, Events& events) {
    const Route* route = state.active();
    if (route == nullptr || route->status_at >= route->public_from || route->public_from == public_from) return;
    for (Event& event : say_active(*route, public_from)) events.push_back(std::move(event));
    say_closures_again(state, events);
}

Decision decide_on(const Ask& ask, const ApproveRoute& wish) {
    const auto route = route_asked_for(ask, wish.version);
    if (!route) return route.error();
    if ((*route)->status != RouteStatus::draft) {
        return wrong_transition(is_now(**route) + "only a draft is approved.");
    }
    return events_of(RouteStatusChanged{wish.version, RouteStatus::approved, {}, {}});
}

Decision decide_on(const Ask& ask, const ActivateRoute& wish) {
    const MarchState& state = ask.state;
    const auto route = route_asked_for(ask, wish.version);
    if (!route) return route.error();
    if (wish.active_version != state.active_route) {
        return conflict("active_version", "Another route was activated meanwhile; look again and decide.",
                        state.active_route, std::to_string(state.active_route));
    }
    if ((*route)->status != RouteStatus::approved) {
        return wrong_transition(is_now(**route) + "approve a route before it is activated.");
    }
    Events events;
    if (state.active_route != 0) {
        events.emplace_back(RouteStatusChanged{state.active_route, RouteStatus::superseded, {}, {}});
    }
    const bool on_its_way = state.phase != Phase::planned && state.phase != Phase::postponed;
    const UtcMs planned = default_public_from(state.spec.plan, ask.now);
    // A march that has gathered shows its route, whatever was planned.
    const bool now = on_its_way && (state.phase != Phase::assembling || !has_step_off_time(state.spec.plan));
    for (Event& event : say_active(**route, now ? ask.now : planned)) events.push_back(std::move(event));
    put_marks_on(state, **route, ask.now, events);
    put_board_on(state, **route, events);
    open_order(ask,
               {OrderKind::reroute,
                "reroute",
                "REROUTE: the route has changed. Look at the map before you walk.",
                {std::to_string(wish.version)}},
               events);
    return events;
}

Decision decide_on(const Ask& ask, const WithdrawRoute& wish) {
    const auto route = route_asked_for(ask, wish.version);
    if (!route) return route.error();
    if ((*route)->status != RouteStatus::approved) {
        return wrong_transition(is_now(**route) + "only an approved route is withdrawn.");
    }
    return events_of(RouteStatusChanged{wish.version, RouteStatus::withdrawn, {}, {}});
}

}  // namespace marchwire::core
