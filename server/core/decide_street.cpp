// The street of the active route: intersections, closed legs, exits.
#include "core/decide_family.hpp"
#include "core/duty.hpp"
#include "core/route.hpp"

#include "base/limits.hpp"

#include <algorithm>
#include <utility>

namespace marchwire::core {
namespace {

base::Result<const Route*> active_route(const Ask& ask, std::uint32_t version) {
    const Route* route = ask.state.active();
    if (route == nullptr) {
        return base::refuse(base::RefusalCode::not_found, "route_version", "No route is active; activate one first.");
    }
    if (route->version == version) return route;
    return conflict("route_version", "Another route is active now; look again.", route->version,
                    std::to_string(route->version));
}

base::Result<const Waypoint*> waypoint_of_kind(const Route& route, std::uint32_t number, WaypointKind kind) {
    const auto found = std::ranges::find(route.line->waypoints, number, &Waypoint::number);
    if (found != route.line->waypoints.end() && found->kind == kind) return &*found;
    return base::refuse(base::RefusalCode::not_found, "waypoint",
                        "The active route has no " + std::string(name_of(kind)) + " of this number; look again.");
}

/// A section lead acts where somebody of the section has a post: between these metres of the route.
bool may_act_between(const Ask& ask, const Route& route, Metres from, Metres to) {
    if (ask.permission == Permission::act) return true;
    if (ask.permission != Permission::own_section || ask.section() == 0) return false;
    return std::ranges::any_of(ask.state.roster, [&](const Member& member) {
        const bool stands = member.section == ask.section() && is_present(member.duty) &&
                            member.last_place.kind == PlaceKind::post;
        return stands && std::ranges::any_of(route.line->waypoints, [&](const Waypoint& waypoint) {
                   return waypoint.number == member.last_place.number && from <= waypoint.along && waypoint.along <= to;
               });
    });
}

/// What is closed now, to be changed.
RouteClosures closures_now(const MarchState& state, const Route& route) {
    return state.closures.route_version == route.version ? state.closures : closures_on(state, route);
}

enum class Wanted : std::uint8_t { open, closed };

Decision exit_becomes(const Ask& ask, std::uint32_t number, std::uint32_t version, Wanted wanted) {
    const auto route = active_route(ask, version);
    if (!route) return route.error();
    const auto waypoint = waypoint_of_kind(**route, number, WaypointKind::exit);
    if (!waypoint) return waypoint.error();
    if (!may_act_between(ask, **route, (*waypoint)->along, (*waypoint)->along)) return denied(Action::legs_exits);
    RouteClosures closures = closures_now(ask.state, **route);
    auto& closed = closures.closed_exits;
    const auto place = std::ranges::lower_bound(closed, number);
    const bool is_closed = place != closed.end() && *place == number;
    if (is_closed == (wanted == Wanted::closed)) {
        return base::refuse(base::RefusalCode::invalid_transition, "waypoint", "This exit is so already.");
    }
    if (is_closed) {
        closed.erase(place);
    } else {
        closed.insert(place, number);
    }
    show_to_public(closures, *(*route)->line);
    return events_of(ClosuresSet{std::move(closures)});
}

}  // namespace

void say_closures_again(const MarchState& state, Events& events) {
    const bool known = state.closures.route_version != 0 && state.closures.route_version == state.active_route;
    if (known) events.emplace_back(ClosuresSet{state.closures});
}

void put_board_on(const MarchState& state, const Route& route, Events& events) {
    for (const auto& [key, alert] : state.alerts) {
        if (key.kind != AlertKind::intersection_not_ready) continue;
        events.emplace_back(AlertCleared{key, alert.version + 1, PersonId{}, "the route has changed"});
    }
    if (!state.intersections.empty()) {
        events.emplace_back(IntersectionsChanged{route.version, intersections_on(state, *route.line), true});
    }
    RouteClosures closures = closures_on(state, route);
    const bool says = state.closures.route_version != 0 || !closures.closed_legs.empty();
    if (says) events.emplace_back(ClosuresSet{std::move(closures)});
}

Decision decide_on(const Ask& ask, const SetIntersection& wish) {
    const auto route = active_route(ask, wish.route_version);
    if (!route) return route.error();
    const auto waypoint = waypoint_of_kind(**route, wish.waypoint, WaypointKind::intersection);
    if (!waypoint) return waypoint.error();
    if (!may_act_between(ask, **route, (*waypoint)->along, (*waypoint)->along)) return denied(Action::legs_exits);
    const Intersection now = intersection_at(ask.state, wish.waypoint);
    if (now.version != wish.version) {
        return conflict("version", "This intersection has moved on; look again.", now.version, name_of(now.state));
    }
    if (!may_follow(now.state, wish.state)) {
        return base::refuse(base::RefusalCode::invalid_transition, "state",
                            "This intersection is " + std::string(name_of(now.state)) +
                                "; back goes only one that is held, to let somebody through.");
    }
    return events_of(
        IntersectionsChanged{(*route)->version, {{wish.waypoint, wish.state, now.version + 1, ask.now}}, false});
}

Decision decide_on(const Ask& ask, const CloseLeg& wish) {
    const auto route = active_route(ask, wish.route_version);
    if (!route) return route.error();
    const auto& points = (*route)->line->points;
    if (wish.leg + std::size_t{1} >= points.size()) {
        return base::refuse(base::RefusalCode::not_found, "leg",
                            "The active route has legs 0 to " + std::to_string(points.size() - 2) + ".");
    }
    const auto upto = [&](std::size_t last) {
        return line_length({points.begin(), points.begin() + static_cast<std::ptrdiff_t>(last) + 1});
    };
    if (!may_act_between(ask, **route, upto(wish.leg), upto(wish.leg + std::size_t{1}))) {
        return denied(Action::legs_exits);
    }
    RouteClosures closures = closures_now(ask.state, **route);
    const auto place = std::ranges::lower_bound(closures.closed_legs, wish.leg);
    if (place != closures.closed_legs.end() && *place == wish.leg) {
        return base::refuse(base::RefusalCode::invalid_transition, "leg", "This leg is closed already.");
    }
    closures.closed_legs.insert(place, wish.leg);
    return events_of(ClosuresSet{std::move(closures)});
}

Decision decide_on(const Ask& ask, const OpenExit& wish) {
    return exit_becomes(ask, wish.waypoint, wish.route_version, Wanted::open);
}

Decision decide_on(const Ask& ask, const CloseExit& wish) {
    return exit_becomes(ask, wish.waypoint, wish.route_version, Wanted::closed);
}

}  // namespace marchwire::core
