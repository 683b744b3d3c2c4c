// A march's route from a GeoJSON, GPX or KML file.
#pragma once

#include "base/outcome.hpp"
#include "core/model.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace marchwire::import {

enum class RouteForm : std::uint8_t { geojson = 1, gpx, kml };

/// From what the text is (`<gpx`, `<kml`, `{`); none when it is neither.
[[nodiscard]] std::optional<RouteForm> route_form_of(std::string_view bytes);

struct RouteChoice {
    std::string line;                  ///< its name or its number from 1; "" when the file holds only one
    std::optional<core::LatLon> site;  ///< of the march, when known: finds swapped coordinates and a wrong file
};

struct RouteDraft {
    std::shared_ptr<const core::RouteLine> line;  ///< coordinates on the 1e-7 grid, waypoints with their `along`
    std::vector<std::string> warnings;
};

/// INVALID_ARGUMENT or TOO_LARGE with the remedy for: no such form, damaged text, no line in it, several
/// lines and no choice (the message lists them), fewer than two points, length 0, more points, waypoints
/// or bytes than the limits, coordinates that are no finite degrees or are swapped, a route that lies far
/// from the site. Named points become waypoints; their kind is guessed from the name (a property `kind` of
/// GeoJSON says it outright), a name that says nothing makes a meeting point, with a warning.
[[nodiscard]] base::Result<RouteDraft> read_route(std::string_view bytes, const RouteChoice& choice);

}  // namespace marchwire::import
