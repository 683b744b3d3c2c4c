// What a route file holds, before one line is chosen and checked. (internal to import)
#pragma once

#include "import/route_file.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace marchwire::import {

struct SketchLine {
    std::string name;  ///< may be empty
    std::vector<core::LatLon> points;
    bool step_free = false;
    std::string source;
};
struct SketchPoint {
    std::string name;
    std::string kind;  ///< as the file says it outright; "" mostly
    core::LatLon at;
};
struct Sketch {
    std::vector<SketchLine> lines;
    std::vector<SketchPoint> points;
    std::vector<std::string> warnings;
};

[[nodiscard]] base::Result<Sketch> sketch_geojson(std::string_view bytes);
[[nodiscard]] base::Result<Sketch> sketch_gpx(std::string_view bytes);
[[nodiscard]] base::Result<Sketch> sketch_kml(std::string_view bytes);

/// Counts while reading, so that a file of a million points is refused early. TOO_LARGE beyond the limits.
[[nodiscard]] base::Result<void> check_counts(const Sketch& sketch);

/// "Toilets at Kiener Plaza" -> toilet. None when the name says nothing.
[[nodiscard]] std::optional<core::WaypointKind> kind_of_name(std::string_view name);

}  // namespace marchwire::import
