// Does a site lie in its state and in its time zone? A warning at import, from a coarse table.
//
// The table (place_check.cpp) holds, for each US state and each zone in it, boxes of latitude and
// longitude. They were drawn by us from the states' extreme points and the zone limits of 49 CFR part 71
// (both public domain) and rounded outwards to about 0.1 to 0.3 degrees: they find another state, a
// neighbouring zone, a missing minus and swapped coordinates, and no wrong street.
#pragma once

#include "base/units.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace marchwire::import {

/// True for the two letters of a US state, DC or a territory.
[[nodiscard]] bool is_us_state(std::string_view state);

enum class PlaceFault : std::uint8_t { outside_state = 1, outside_zone, zone_not_of_state, swapped, sign_lost };

struct PlaceObjection {
    PlaceFault fault = PlaceFault::outside_state;
    std::string column;  ///< lat, lon or tz
    std::string message;
};

/// `state` may be empty (outside the US): then only the sun is asked, whose noon is hardly anywhere more
/// than 2.25 hours from the clock's. `tz` has passed check_zone. `at` is when the march is (0: unknown):
/// zones with the same clocks then and half a year later count as one (US/Central, America/Chicago).
[[nodiscard]] std::optional<PlaceObjection> object_to_place(std::string_view state, std::string_view tz,
                                                            base::LatLon site, base::UtcMs at);

/// Metres between two places on the sphere.
[[nodiscard]] base::Metres distance(base::LatLon a, base::LatLon b);

}  // namespace marchwire::import
