// GeoJSON (RFC 7946): LineString and MultiLineString features are lines, Point features are waypoints.
#include "import/route_sketch.hpp"

#include "base/limits.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace marchwire::import {
namespace {

using Json = nlohmann::json;
namespace limits = base::limits;

std::string text_of(const Json& object, const char* key) {
    const auto found = object.is_object() ? object.find(key) : object.end();
    return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

base::Result<core::LatLon> place(const Json& pair, const std::string& field) {
    if (!pair.is_array() || pair.size() < 2 || !pair[0].is_number() || !pair[1].is_number()) {
        return base::invalid(field, "A position is [longitude, latitude] in numbers; draw this point again.");
    }
    return core::LatLon{pair[1].get<double>(), pair[0].get<double>()};
}

/// Walks the features; every array is read where it stands and copied once.
class GeoJsonReader {
public:
    base::Result<Sketch> read(const Json& root) {
        const std::string type = text_of(root, "type");
        source_ = text_of(root, "source");
        if (type == "FeatureCollection") {
            const auto features = root.find("features");
            if (features == root.end() || !features->is_array()) {
                return base::invalid("features", "A FeatureCollection needs an array 'features'.");
            }
            for (std::size_t i = 0; i < features->size(); ++i) {
                const auto fine = read_feature((*features)[i], "features[" + std::to_string(i) + "]");
                if (!fine) return fine.error();
            }
        } else if (type == "Feature") {
            if (auto fine = read_feature(root, "feature"); !fine) return fine.error();
        } else if (auto fine = read_geometry(root, Json::object(), "geometry"); !fine) {
            return fine.error();
        }
        if (sketch_.lines.empty()) {
            return base::invalid("line", "The file holds no LineString; draw the route as a line and export it again.");
        }
        return std::move(sketch_);
    }

private:
    base::Result<void> read_feature(const Json& feature, const std::string& field) {
        const auto geometry = feature.is_object() ? feature.find("geometry") : feature.end();
        if (geometry == feature.end() || !geometry->is_object()) {
            return base::invalid(field, "A feature needs a geometry; remove it or draw it again.");
        }
        const auto properties = feature.find("properties");
        const bool has = properties != feature.end() && properties->is_object();
        return read_geometry(*geometry, has ? *properties : Json::object(), field);
    }

    base::Result<void> read_geometry(const Json& geometry, const Json& properties, const std::string& field) {
        const std::string type = text_of(geometry, "type");
        const auto found = geometry.find("coordinates");
        if (type.empty() || (found == geometry.end() && type != "GeometryCollection")) {
            return base::invalid(field, "This is no GeoJSON geometry with coordinates; export the route again.");
        }
        if (type == "Point") return read_point(*found, properties, field);
        if (type == "LineString") return read_line(*found, properties, field);
        if (type == "MultiLineString" && found->is_array()) {
            for (const Json& line : *found) {
                if (auto fine = read_line(line, properties, field); !fine) return fine;
            }
            return {};
        }
        if (sketch_.warnings.size() < limits::route_file_lines) {
            sketch_.warnings.push_back(field + ": a " + type + " is neither line nor point and was left out.");
        }
        return {};
    }

    base::Result<void> read_point(const Json& coordinates, const Json& properties, const std::string& field) {
        const auto at = place(coordinates, field);
        if (!at) return at.error();
        sketch_.points.push_back({text_of(properties, "name"), text_of(properties, "kind"), *at});
        return check_counts(sketch_);
    }

    base::Result<void> read_line(const Json& coordinates, const Json& properties, const std::string& field) {
        if (!coordinates.is_array()) return base::invalid(field, "A LineString's coordinates are an array.");
        if (coordinates.size() > limits::route_points) {
            return base::refuse(base::RefusalCode::too_large, field,
                                "The line has " + std::to_string(coordinates.size()) +
                                    " points; simplify it to at most " + std::to_string(limits::route_points) + ".");
        }
        SketchLine line;
        line.name = text_of(properties, "name");
        line.source = text_of(properties, "source");
        if (line.source.empty()) line.source = source_;
        line.step_free = properties.value("step_free", Json(false)) == Json(true);
        line.points.reserve(coordinates.size());
        for (std::size_t i = 0; i < coordinates.size(); ++i) {
            const auto at = place(coordinates[i], field + ".coordinates[" + std::to_string(i) + "]");
            if (!at) return at.error();
            line.points.push_back(*at);
        }
        sketch_.lines.push_back(std::move(line));
        return check_counts(sketch_);
    }

    std::string source_;
    Sketch sketch_;
};

}  // namespace

base::Result<Sketch> sketch_geojson(std::string_view bytes) {
    if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
    const Json root = Json::parse(bytes, nullptr, false);
    if (!root.is_object()) {
        return base::invalid("file", "The JSON is damaged (numbers such as NaN are no JSON); export the route again.");
    }
    return GeoJsonReader().read(root);
}

}  // namespace marchwire::import
