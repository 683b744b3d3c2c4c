// KML 2.2, as Google My Maps and Earth export it: placemarks in folders in folders; a LineString is a
// line, a Point is a waypoint.
#include "import/route_sketch.hpp"
#include "import/route_xml.hpp"

#include "base/limits.hpp"

#include <string>
#include <utility>

namespace marchwire::import {
namespace {

namespace limits = base::limits;
constexpr std::string_view blanks = " \t\r\n";

class KmlReader {
public:
    base::Result<Sketch> read(const pugi::xml_node& root) {
        if (auto fine = read_container(root, 0); !fine) return fine.error();
        if (sketch_.lines.empty()) {
            return base::invalid("line",
                                 "The KML holds no LineString; draw the route as a line and export it again (a "
                                 "network link is not followed: open it and export what it shows).");
        }
        return std::move(sketch_);
    }

private:
    base::Result<void> read_container(const pugi::xml_node& container, std::size_t depth) {
        if (depth > limits::kml_folder_depth) {
            return base::refuse(base::RefusalCode::too_large, "Folder",
                                "Folders stand in folders more than " + std::to_string(limits::kml_folder_depth) +
                                    " deep; lay them flat.");
        }
        for (const pugi::xml_node& node : container.children()) {
            const std::string_view name = local_name(node);
            base::Result<void> fine;
            if (name == "Document" || name == "Folder") {
                fine = read_container(node, depth + 1);
            } else if (name == "Placemark") {
                name_ = child_text(node, "name");
                fine = read_geometry(node, 0);
            }
            if (!fine) return fine;
        }
        return {};
    }

    static std::string child_text(const pugi::xml_node& node, std::string_view name) {
        for (const pugi::xml_node& child : node.children()) {
            if (local_name(child) == name) return child.child_value();
        }
        return "";
    }

    base::Result<void> read_geometry(const pugi::xml_node& parent, std::size_t depth) {
        if (depth > limits::kml_folder_depth) {
            return base::refuse(base::RefusalCode::too_large, "MultiGeometry",
                                "Geometries stand too deep; lay them flat.");
        }
        for (const pugi::xml_node& node : parent.children()) {
            const std::string_view name = local_name(node);
            base::Result<void> fine;
            if (name == "MultiGeometry") {
                fine = read_geometry(node, depth + 1);
            } else if (name == "LineString") {
                fine = read_line(child_text(node, "coordinates"));
            } else if (name == "Point") {
                fine = read_point(child_text(node, "coordinates"));
            }
            if (!fine) return fine;
        }
        return {};
    }

    base::Result<void> read_line(std::string_view text) {
        SketchLine line;
        line.name = name_;
        while (true) {
            const auto begin = text.find_first_not_of(blanks);
            if (begin == std::string_view::npos) break;
            text.remove_prefix(begin);
            const auto end = std::min(text.find_first_of(blanks), text.size());
            if (line.points.size() == limits::route_points) {
                return base::refuse(base::RefusalCode::too_large, "line.points",
                                    "The line '" + name_ + "' has more than " + std::to_string(limits::route_points) +
                                        " points; simplify it.");
            }
            line.points.push_back(place(text.substr(0, end)));
            text.remove_prefix(end);
        }
        sketch_.lines.push_back(std::move(line));
        return check_counts(sketch_);
    }

    base::Result<void> read_point(std::string_view text) {
        const auto begin = std::min(text.find_first_not_of(blanks), text.size());
        text.remove_prefix(begin);
        sketch_.points.push_back({name_, "", place(text.substr(0, text.find_first_of(blanks)))});
        return check_counts(sketch_);
    }

    /// "lon,lat[,altitude]"; what is no number becomes a NaN, which the checks of the line refuse.
    static core::LatLon place(std::string_view tuple) {
        const auto comma = tuple.find(',');
        if (comma == std::string_view::npos) return {number_of(""), number_of("")};
        const auto rest = tuple.substr(comma + 1);
        return {number_of(rest.substr(0, rest.find(','))), number_of(tuple.substr(0, comma))};
    }

    std::string name_;
    Sketch sketch_;
};

}  // namespace

base::Result<Sketch> sketch_kml(std::string_view bytes) {
    pugi::xml_document document;
    if (auto fine = parse_xml(document, bytes); !fine) return fine.error();
    return KmlReader().read(document.document_element());
}

}  // namespace marchwire::import
