// What somebody sends for one step of a scene, from what the ops feed says of the march. Pure.
#pragma once

#include "scene.hpp"

#include <marchwire/commands.hpp>

#include <optional>
#include <string_view>

namespace marchwire::cli {

/// Empty while it cannot be done yet (the incident is not there, the march does not walk), and for acts that are no
/// command. `self` is who does it.
[[nodiscard]] std::optional<sdk::Command> command_of(const Step& step, const sdk::March& march,
                                                     const sdk::Member& self);

/// On the march's roster; null: nobody is called that.
[[nodiscard]] const sdk::Member* member_called(const sdk::March& march, std::string_view callsign);

/// The leg that a reroute closes: the first one that begins beyond the route's middle.
[[nodiscard]] std::uint32_t leg_to_close(const sdk::Route& route);
/// The same line but for that leg, around which it goes one street aside.
[[nodiscard]] std::vector<sdk::LatLon> detour_of(const sdk::Route& route);

}  // namespace marchwire::cli
