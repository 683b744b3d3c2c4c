#include "import/route_file.hpp"

#include "base/limits.hpp"
#include "core/route.hpp"
#include "core/text_bounds.hpp"
#include "import/csv.hpp"
#include "import/place_check.hpp"
#include "import/route_sketch.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace marchwire::import {
namespace {

namespace limits = base::limits;
using base::invalid;
using core::LatLon;
using core::WaypointKind;

/// In this order: "assembly point for access" is the step-free one, "water at the rally" is water.
constexpr std::array<std::pair<std::string_view, WaypointKind>, 30> words{{
    {"step-free", WaypointKind::access},      {"step free", WaypointKind::access},
    {"wheelchair", WaypointKind::access},     {"access", WaypointKind::access},
    {"first aid", WaypointKind::first_aid},   {"first-aid", WaypointKind::first_aid},
    {"first_aid", WaypointKind::first_aid},   {"medic", WaypointKind::first_aid},
    {"toilet", WaypointKind::toilet},         {"restroom", WaypointKind::toilet},
    {"portaloo", WaypointKind::toilet},       {"water", WaypointKind::water},
    {"meeting", WaypointKind::meeting_point}, {"meet-up", WaypointKind::meeting_point},
    {"staging", WaypointKind::staging},       {"form-up", WaypointKind::staging},
    {"form up", WaypointKind::staging},       {"assembl", WaypointKind::assembly},
    {"gather", WaypointKind::assembly},       {"muster", WaypointKind::assembly},
    {"start", WaypointKind::assembly},        {"intersection", WaypointKind::intersection},
    {"crossing", WaypointKind::intersection}, {"junction", WaypointKind::intersection},
    {" & ", WaypointKind::intersection},      {"exit", WaypointKind::exit},
    {"dispers", WaypointKind::exit},          {"rally", WaypointKind::rally},
    {"stage", WaypointKind::rally},           {"finish", WaypointKind::rally},
}};

std::string lower(std::string_view text) {
    std::string word(text);
    std::ranges::transform(word, word.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return word;
}

std::string lines_listed(const std::vector<SketchLine>& lines) {
    constexpr std::size_t most = 20;
    std::string text;
    for (std::size_t i = 0; i < std::min(most, lines.size()); ++i) {
        text += (i == 0 ? "" : ", ") + std::to_string(i + 1) + " '" + lines[i].name + "' (" +
                std::to_string(lines[i].points.size()) + " points)";
    }
    return lines.size() > most ? text + ", ..." : text;
}

base::Result<std::size_t> choose(const std::vector<SketchLine>& lines, const std::string& wanted) {
    if (wanted.empty()) {
        if (lines.size() == 1) return std::size_t{0};
        return invalid("line", "The file holds several lines; choose one with --line NAME or --line NUMBER: " +
                                   lines_listed(lines) + ".");
    }
    std::size_t number = 0;
    const auto [end, code] = std::from_chars(wanted.data(), wanted.data() + wanted.size(), number);
    const bool is_number = code == std::errc() && end == wanted.data() + wanted.size();
    const auto named = std::ranges::count(lines, wanted, &SketchLine::name);
    if (named > 1) {
        return invalid("line", "Several lines have this name; choose by number: " + lines_listed(lines) + ".");
    }
    if (named == 1) {
        return static_cast<std::size_t>(std::ranges::find(lines, wanted, &SketchLine::name) - lines.begin());
    }
    if (is_number && number >= 1 && number <= lines.size()) return number - 1;
    return invalid("line", "There is no line '" + wanted + "' in the file; there are " + lines_listed(lines) + ".");
}

LatLon on_grid(LatLon at) { return {std::round(at.lat * 1e7) / 1e7, std::round(at.lon * 1e7) / 1e7}; }

base::Result<void> check_place(LatLon at, const std::string& field) {
    if (!std::isfinite(at.lat) || !std::isfinite(at.lon)) {
        return invalid(field, "A coordinate is no finite number; draw this point again.");
    }
    if (std::abs(at.lat) > 90 && std::abs(at.lat) <= 180 && std::abs(at.lon) <= 90) {
        return invalid(field,
                       "Latitude and longitude are swapped: latitude is from -90 to 90. Exchange them (GeoJSON "
                       "and KML write longitude first).");
    }
    if (std::abs(at.lat) > 90 || std::abs(at.lon) > 180) {
        return invalid(field, "Give latitude from -90 to 90 and longitude from -180 to 180.");
    }
    return {};
}

base::Result<void> check_site(const std::vector<LatLon>& points, const std::optional<LatLon>& site) {
    if (!site) return {};
    const LatLon first = points.front();
    if (distance(first, *site).value <= limits::route_from_site_metres) return {};
    const LatLon turned{first.lon, first.lat};
    if (std::abs(turned.lat) <= 90 && distance(turned, *site).value <= limits::route_from_site_metres) {
        return invalid("line.points",
                       "Latitude and longitude are swapped: the other way round the route lies at the "
                       "march's site. Exchange them (GeoJSON and KML write longitude first).");
    }
    return invalid("line.points",
                   "The route begins " + std::to_string(static_cast<int>(distance(first, *site).value / 1000)) +
                       " km from the march's site; check that it is this march's file, or correct the site.");
}

base::Result<void> check_points(const std::vector<LatLon>& points, const std::optional<LatLon>& site) {
    if (points.size() < 2) return invalid("line.points", "The line has fewer than two points; draw it to its end.");
    if (points.size() > limits::route_points) {
        return base::refuse(base::RefusalCode::too_large, "line.points",
                            "The line has " + std::to_string(points.size()) + " points; simplify it to at most " +
                                std::to_string(limits::route_points) + ".");
    }
    for (std::size_t i = 0; i < points.size(); ++i) {
        if (auto fine = check_place(points[i], "line.points[" + std::to_string(i) + "]"); !fine) return fine;
    }
    const LatLon first = on_grid(points.front());
    if (std::ranges::all_of(points, [first](LatLon at) { return on_grid(at) == first; })) {
        return invalid("line.points", "The line has no length; draw it to where the march ends.");
    }
    return check_site(points, site);
}

/// The chosen line and its points, checked and numbered.
class Drawing {
public:
    Drawing(Sketch sketch, const RouteChoice& choice) : sketch_(std::move(sketch)), choice_(choice) {}

    base::Result<RouteDraft> draw() {
        const auto chosen = choose(sketch_.lines, choice_.line);
        if (!chosen) return chosen.error();
        SketchLine& line = sketch_.lines[*chosen];
        if (auto fine = check_points(line.points, choice_.site); !fine) return fine.error();
        if (auto fine = check_texts(line); !fine) return fine.error();
        std::ranges::transform(line.points, line.points.begin(), on_grid);
        route_ = {line.name, std::move(line.points), {}, {}, line.step_free, line.source};
        if (auto fine = add_waypoints(); !fine) return fine.error();
        return RouteDraft{std::make_shared<const core::RouteLine>(std::move(route_)), std::move(sketch_.warnings)};
    }

private:
    static base::Result<void> check_texts(const SketchLine& line) {
        using core::Presence;
        if (auto bad = core::check_text(line.name, "line.name", limits::name_characters, Presence::optional))
            return *bad;
        auto bad = core::check_text(line.source, "line.source", limits::source_characters, Presence::optional);
        if (bad) return *bad;
        return {};
    }

    base::Result<void> add_waypoints() {
        const core::RouteIndex index(route_.points);
        for (std::size_t i = 0; i < sketch_.points.size(); ++i) {
            const SketchPoint& point = sketch_.points[i];
            const std::string field = "line.waypoints[" + std::to_string(i) + "]";
            if (auto fine = check_place(point.at, field + ".at"); !fine) return fine;
            const auto bad = core::check_text(point.name, field + ".name", limits::name_characters,
                                              core::Presence::optional);
            if (bad) return *bad;
            const auto kind = kind_of(point, field);
            if (!kind) return kind.error();
            const LatLon at = on_grid(point.at);
            const auto number = static_cast<std::uint32_t>(i + 1);
            route_.waypoints.push_back({number, *kind, point.name, at, index.project(at).along});
        }
        return {};
    }

    base::Result<WaypointKind> kind_of(const SketchPoint& point, const std::string& field) {
        if (!point.kind.empty()) {
            const auto kind = core::waypoint_kind_named(lower(point.kind));
            if (kind) return *kind;
            return invalid(field + ".kind", "There is no kind '" + point.kind +
                                                "'; write assembly, staging, intersection, rally, exit, water, toilet, "
                                                "first_aid, access or meeting_point.");
        }
        if (const auto kind = kind_of_name(point.name)) return *kind;
        sketch_.warnings.push_back("The name of point " + std::to_string(route_.waypoints.size() + 1) + ", '" +
                                   point.name + "', does not say what it is; it becomes a meeting point.");
        return WaypointKind::meeting_point;
    }

    Sketch sketch_;
    const RouteChoice& choice_;
    core::RouteLine route_;
};

base::Result<Sketch> sketch(std::string_view bytes) {
    if (bytes.size() > limits::route_file_bytes) {
        return base::refuse(base::RefusalCode::too_large, "file",
                            "The file is larger than " + std::to_string(limits::route_file_bytes) +
                                " bytes; simplify the route to at most " + std::to_string(limits::route_points) +
                                " points.");
    }
    const auto form = route_form_of(bytes);
    if (!form)
        return invalid("file",
                       "This is neither GeoJSON nor GPX nor KML; export the route as one of them (a KMZ "
                       "holds a KML: unzip it).");
    if (!is_utf8(bytes)) return invalid("file", "The file is not UTF-8; export it again as UTF-8.");
    switch (*form) {
        case RouteForm::geojson: return sketch_geojson(bytes);
        case RouteForm::gpx: return sketch_gpx(bytes);
        case RouteForm::kml: return sketch_kml(bytes);
    }
    MARCHWIRE_INVARIANT(false);
}

}  // namespace

std::optional<WaypointKind> kind_of_name(std::string_view name) {
    const std::string text = lower(name);
    for (const auto& [word, kind] : words) {
        if (text.find(word) != std::string::npos) return kind;
    }
    return std::nullopt;
}

base::Result<void> check_counts(const Sketch& sketch) {
    if (sketch.lines.size() > limits::route_file_lines) {
        return base::refuse(
            base::RefusalCode::too_large, "line",
            "The file holds more than " + std::to_string(limits::route_file_lines) + " lines; keep the march's.");
    }
    if (sketch.points.size() > limits::route_waypoints) {
        return base::refuse(base::RefusalCode::too_large, "line.waypoints",
                            "The file holds more than " + std::to_string(limits::route_waypoints) +
                                " points; keep those that the march needs.");
    }
    return {};
}

std::optional<RouteForm> route_form_of(std::string_view bytes) {
    if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
    const auto begin = bytes.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos) return std::nullopt;
    if (bytes[begin] == '{') return RouteForm::geojson;
    if (bytes[begin] != '<') return std::nullopt;
    const auto start = bytes.substr(begin, 4'096);
    const auto gpx = start.find("<gpx");
    const auto kml = start.find("<kml");
    if (gpx == kml) return std::nullopt;  // neither
    return gpx < kml ? RouteForm::gpx : RouteForm::kml;
}

base::Result<RouteDraft> read_route(std::string_view bytes, const RouteChoice& choice) {
    auto read = sketch(bytes);
    if (!read) return read.error();
    if (auto fine = check_counts(*read); !fine) return fine.error();
    return Drawing(*std::move(read), choice).draw();
}

}  // namespace marchwire::import
