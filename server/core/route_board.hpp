// What the street of the active route is like now: intersections, closed legs, closed exits.
#pragma once

#include "base/units.hpp"
#include "core/vocabulary.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace marchwire::core {

using base::Metres;
using base::UtcMs;

struct MarchState;
struct Route;
struct RouteLine;

struct Intersection {
    std::uint32_t waypoint = 0;
    IntersectionState state = IntersectionState::unstaffed;
    std::uint32_t version = 0;  ///< grows with each change
    UtcMs since;
    bool operator==(const Intersection&) const = default;
};

/// What is closed of a route.
struct RouteClosures {
    std::uint32_t route_version = 0;           ///< 0: nothing was said yet
    std::vector<std::uint32_t> closed_legs;    ///< index of each leg's first point, ascending
    std::vector<std::uint32_t> closed_exits;   ///< numbers of waypoints, ascending
    std::vector<std::uint32_t> public_closed;  ///< the same as places among the route's public waypoints, from 0
    bool operator==(const RouteClosures&) const = default;
};

/// Of the active route; as nobody has touched it where it is on no list: UNSTAFFED, version 0.
[[nodiscard]] Intersection intersection_at(const MarchState& state, std::uint32_t waypoint);

/// Whether a person may say that `to` follows on `from`: later states skip earlier ones, and an emergency vehicle is
/// let through from HELD to STAFFED.
[[nodiscard]] bool may_follow(IntersectionState from, IntersectionState to);

/// Intersections that the ends of the column leave behind: further than they were, else none. Metres along the active
/// route.
[[nodiscard]] std::vector<Intersection> passed_by(const MarchState& state, std::optional<Metres> head,
                                                  std::optional<Metres> tail, UtcMs now);

/// What of the board still applies on another route: what stands at the same corner, by its kind and place.
[[nodiscard]] std::vector<Intersection> intersections_on(const MarchState& state, const RouteLine& line);
/// The same of legs and exits, with the legs that the route was drawn with as closed.
[[nodiscard]] RouteClosures closures_on(const MarchState& state, const Route& route);
/// Fills `public_closed`.
void show_to_public(RouteClosures& closures, const RouteLine& line);

/// Followers know the whole route, and so what is closed of it.
[[nodiscard]] bool is_route_public(const MarchState& state);

}  // namespace marchwire::core
