// GPX 1.0 and 1.1: each track is a line (its segments laid end to end); routes count when there is no
// track; waypoints are waypoints.
#include "import/route_sketch.hpp"
#include "import/route_xml.hpp"

#include "base/limits.hpp"

#include <string>
#include <utility>

namespace marchwire::import {
namespace {

namespace limits = base::limits;

core::LatLon place(const pugi::xml_node& node) {
    return {number_of(node.attribute("lat").value()), number_of(node.attribute("lon").value())};
}

base::Result<void> add_points(const pugi::xml_node& parent, std::string_view name, SketchLine& line) {
    for (const pugi::xml_node& node : parent.children()) {
        if (local_name(node) != name) continue;
        if (line.points.size() == limits::route_points) {
            return base::refuse(base::RefusalCode::too_large, "line.points",
                                "The line '" + line.name + "' has more than " + std::to_string(limits::route_points) +
                                    " points; simplify it.");
        }
        line.points.push_back(place(node));
    }
    return {};
}

base::Result<void> add_track(const pugi::xml_node& track, Sketch& sketch) {
    SketchLine line;
    line.name = track.child_value("name");
    std::size_t segments = 0;
    for (const pugi::xml_node& segment : track.children()) {
        if (local_name(segment) != "trkseg") continue;
        ++segments;
        if (auto fine = add_points(segment, "trkpt", line); !fine) return fine;
    }
    if (segments > 1) {
        sketch.warnings.push_back("The track '" + line.name + "' has " + std::to_string(segments) +
                                  " segments; they were laid end to end. Look at the line before you approve it.");
    }
    sketch.lines.push_back(std::move(line));
    return check_counts(sketch);
}

base::Result<void> add_route(const pugi::xml_node& route, Sketch& sketch) {
    SketchLine line;
    line.name = route.child_value("name");
    if (auto fine = add_points(route, "rtept", line); !fine) return fine;
    sketch.lines.push_back(std::move(line));
    return check_counts(sketch);
}

base::Result<void> add_part(const pugi::xml_node& node, Sketch& sketch, Sketch& routes) {
    const std::string_view name = local_name(node);
    if (name == "trk") return add_track(node, sketch);
    if (name == "rte") return add_route(node, routes);
    if (name != "wpt") return {};
    sketch.points.push_back({node.child_value("name"), "", place(node)});
    return check_counts(sketch);
}

}  // namespace

base::Result<Sketch> sketch_gpx(std::string_view bytes) {
    pugi::xml_document document;
    if (auto fine = parse_xml(document, bytes); !fine) return fine.error();
    Sketch sketch;
    Sketch routes;
    for (const pugi::xml_node& node : document.document_element().children()) {
        if (auto fine = add_part(node, sketch, routes); !fine) return fine.error();
    }
    if (sketch.lines.empty()) sketch.lines = std::move(routes.lines);
    if (sketch.lines.empty()) {
        return base::invalid("line", "The GPX holds neither track nor route; record or draw one and export it again.");
    }
    return sketch;
}

}  // namespace marchwire::import
