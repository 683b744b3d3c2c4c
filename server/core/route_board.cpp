#include "core/route_board.hpp"

#include "base/limits.hpp"
#include "core/model.hpp"
#include "core/route.hpp"

#include <algorithm>

namespace marchwire::core {
namespace {

namespace limits = base::limits;

bool is_same_corner(LatLon a, LatLon b) { return line_length({a, b}).value <= limits::same_corner_metres; }

/// The waypoint of this kind at the same corner; null when the line has none.
const Waypoint* at_corner(const RouteLine& line, const Waypoint& of) {
    const auto found = std::ranges::find_if(
        line.waypoints, [&](const Waypoint& one) { return one.kind == of.kind && is_same_corner(one.at, of.at); });
    return found == line.waypoints.end() ? nullptr : &*found;
}

const Waypoint* waypoint_of(const RouteLine& line, std::uint32_t number) {
    const auto found = std::ranges::find(line.waypoints, number, &Waypoint::number);
    return found == line.waypoints.end() ? nullptr : &*found;
}

/// The leg of this line from one point straight to the other; none when it has no such leg.
std::optional<std::uint32_t> leg_between(const RouteLine& line, LatLon from, LatLon to) {
    for (std::size_t i = 0; i + 1 < line.points.size(); ++i) {
        if (is_same_corner(line.points[i], from) && is_same_corner(line.points[i + 1], to)) {
            return static_cast<std::uint32_t>(i);
        }
    }
    return std::nullopt;
}

void sort_once(std::vector<std::uint32_t>& numbers) {
    std::ranges::sort(numbers);
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
}

}  // namespace

Intersection intersection_at(const MarchState& state, std::uint32_t waypoint) {
    const auto found = std::ranges::find(state.intersections, waypoint, &Intersection::waypoint);
    if (found != state.intersections.end()) return *found;
    Intersection untouched;
    untouched.waypoint = waypoint;
    return untouched;
}

bool may_follow(IntersectionState from, IntersectionState to) {
    const bool lets_through = from == IntersectionState::held && to == IntersectionState::staffed;
    return lets_through || to > from;
}

std::vector<Intersection> passed_by(const MarchState& state, std::optional<Metres> head, std::optional<Metres> tail,
                                    UtcMs now) {
    std::vector<Intersection> changed;
    const Route* route = state.active();
    if (route == nullptr || !route->line) return changed;
    for (const Waypoint& waypoint : route->line->waypoints) {
        if (waypoint.kind != WaypointKind::intersection) continue;
        Intersection one = intersection_at(state, waypoint.number);
        IntersectionState to = one.state;
        if (head && waypoint.along <= *head) to = std::max(to, IntersectionState::head_passed);
        if (tail && waypoint.along <= *tail) to = std::max(to, IntersectionState::tail_passed);
        if (to == one.state) continue;
        changed.push_back({waypoint.number, to, one.version + 1, now});
    }
    return changed;
}

std::vector<Intersection> intersections_on(const MarchState& state, const RouteLine& line) {
    std::vector<Intersection> kept;
    const Route* active = state.active();
    if (active == nullptr || !active->line) return kept;
    for (const Intersection& one : state.intersections) {
        const Waypoint* old = waypoint_of(*active->line, one.waypoint);
        const Waypoint* same = old == nullptr ? nullptr : at_corner(line, *old);
        if (same == nullptr || std::ranges::count(kept, same->number, &Intersection::waypoint) != 0) continue;
        kept.push_back(one);
        kept.back().waypoint = same->number;
    }
    std::ranges::sort(kept, {}, &Intersection::waypoint);
    return kept;
}

RouteClosures closures_on(const MarchState& state, const Route& route) {
    RouteClosures closures;
    closures.route_version = route.version;
    closures.closed_legs = route.line->closed_legs;
    const Route* active = state.active();
    if (active != nullptr && active->line && state.closures.route_version == active->version) {
        const RouteLine& old = *active->line;
        for (const std::uint32_t leg : state.closures.closed_legs) {
            if (leg + 1 >= old.points.size()) continue;
            if (const auto same = leg_between(*route.line, old.points[leg], old.points[leg + 1])) {
                closures.closed_legs.push_back(*same);
            }
        }
        for (const std::uint32_t exit : state.closures.closed_exits) {
            const Waypoint* known = waypoint_of(old, exit);
            const Waypoint* same = known == nullptr ? nullptr : at_corner(*route.line, *known);
            if (same != nullptr) closures.closed_exits.push_back(same->number);
        }
    }
    sort_once(closures.closed_legs);
    sort_once(closures.closed_exits);
    show_to_public(closures, *route.line);
    return closures;
}

void show_to_public(RouteClosures& closures, const RouteLine& line) {
    closures.public_closed.clear();
    std::uint32_t place = 0;
    for (const Waypoint& waypoint : line.waypoints) {
        if (!public_kind(waypoint.kind)) continue;
        if (std::ranges::binary_search(closures.closed_exits, waypoint.number)) closures.public_closed.push_back(place);
        ++place;
    }
}

bool is_route_public(const MarchState& state) {
    const Route* route = state.active();
    return route != nullptr && route->status_at >= route->public_from;
}

}  // namespace marchwire::core
