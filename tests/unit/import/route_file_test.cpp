// Routes from GeoJSON, GPX and KML: real exports, and files that must be refused with a remedy.
#include "import/route_file.hpp"

#include "import/route_sketch.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace marchwire::import {
namespace {

using core::WaypointKind;

const std::string root = MARCHWIRE_SOURCE_DIR;

std::string file(const std::string& path) {
    std::ifstream stream(root + "/" + path, std::ios::binary);
    REQUIRE(stream);
    return {std::istreambuf_iterator<char>(stream), {}};
}
std::string hostile(const std::string& name) { return file("tests/unit/import/data/" + name); }

core::RouteLine route(const std::string& bytes, const RouteChoice& choice = {}) {
    const auto draft = read_route(bytes, choice);
    if (!draft) FAIL(draft.error().field << ": " << draft.error().message);
    return *draft->line;
}

base::Refusal refused(const std::string& bytes, const RouteChoice& choice = {}) {
    const auto draft = read_route(bytes, choice);
    REQUIRE(draft.has_error());
    return draft.error();
}

bool says(const base::Refusal& refusal, std::string_view words) {
    UNSCOPED_INFO(refusal.field << ": " << refusal.message);
    return refusal.message.find(words) != std::string::npos;
}

std::string line_string(const std::string& coordinates) {
    return R"({"type":"Feature","properties":{"name":"x"},"geometry":{"type":"LineString","coordinates":)" +
           coordinates + "}}";
}

constexpr const char* two_points = "[[-90.1892,38.6256],[-90.2010,38.6283]]";

}  // namespace

TEST_CASE("the My Maps export with two lines asks which and lists them", "[import][route]") {
    const std::string kml = file("samples/routes/kennedymars-someren-2025.mymaps.kml");
    const auto refusal = refused(kml);
    CHECK(refusal.field == "line");
    CHECK(says(refusal, "--line"));
    CHECK(says(refusal, "1 'KM 2025 route natuur'"));
    CHECK(says(refusal, "2 'KM 2025 nieuwe route verhard'"));
    const auto by_number = route(kml, {"2", {}});
    CHECK(by_number.name == "KM 2025 nieuwe route verhard");
    CHECK(by_number == route(kml, {"KM 2025 nieuwe route verhard", {}}));
    CHECK(by_number.waypoints.size() == 4);
    CHECK(says(refused(kml, {"3", {}}), "no line '3'"));
}

TEST_CASE("lines stand in KML folders in folders and in a MultiGeometry", "[import][route]") {
    const auto line = route(hostile("two_lines_in_folders.kml"), {"long way", {}});
    REQUIRE(line.points.size() == 3);
    CHECK(line.points.front() == core::LatLon{38.6256, -90.1892});
    REQUIRE(line.waypoints.size() == 1);
    CHECK(line.waypoints.front().kind == WaypointKind::first_aid);
    CHECK(line.waypoints.front().along.value == Approx(528).margin(30));
    CHECK(route(hostile("two_lines_in_folders.kml"), {"short way", {}}).points.size() == 2);
    CHECK(says(refused(hostile("deep_folders.kml")), "lay them flat"));
}

TEST_CASE("a real track is one line and a recorder's several tracks ask which", "[import][route]") {
    CHECK(route(file("samples/tracks/sf-run-2015-01-19.gpx")).points.size() == 1'118);
    CHECK(route(file("samples/tracks/dc-run-2012-10-24.gpx")).points.size() == 206);
    CHECK(route(file("samples/tracks/savannah-walk-2019-12-15.gpx")).points.size() == 44);
    CHECK(says(refused(file("samples/tracks/cerknica-walk-2010-08-05.gpx")), "several lines"));
}

TEST_CASE("every route that we drew is whole and lies at its city", "[import][route]") {
    std::size_t routes = 0;
    for (const auto& entry : std::filesystem::directory_iterator(root + "/samples/routes")) {
        if (entry.path().extension() != ".geojson") continue;
        INFO(entry.path().filename().string());
        const auto draft = read_route(file("samples/routes/" + entry.path().filename().string()), {});
        REQUIRE(draft.has_value());
        ++routes;
        CHECK(draft->warnings.empty());
        CHECK(draft->line->source == "drawn by us from named landmarks");
        CHECK(draft->line->waypoints.front().kind == WaypointKind::assembly);
        CHECK(draft->line->waypoints.back().kind == WaypointKind::rally);
    }
    CHECK(routes == 13);
}

TEST_CASE("a GPX without a track uses its route and is refused without either", "[import][route]") {
    const auto line = route(hostile("only_route.gpx"));
    CHECK(line.name == "plan");
    CHECK(line.waypoints.front().kind == WaypointKind::rally);
    CHECK(says(refused(hostile("no_track.gpx")), "neither track nor route"));
}

TEST_CASE("damaged files say so", "[import][route]") {
    CHECK(says(refused(hostile("cut_off.gpx")), "damaged"));
    CHECK(says(refused(R"({"type":"FeatureCollection")"), "damaged"));
    CHECK(says(refused(""), "neither GeoJSON nor GPX nor KML"));
    CHECK(says(refused("PK\x03\x04 zipped"), "KMZ"));
    CHECK(says(refused("<html></html>"), "neither GeoJSON nor GPX nor KML"));
    CHECK(says(refused(R"({"type":"Topology"})"), "no GeoJSON geometry"));
    CHECK(says(refused(R"({"type":"FeatureCollection","features":[]})"), "no LineString"));
}

TEST_CASE("entities of a document type are not expanded", "[import][route]") {
    CHECK(route(hostile("billion_laughs.gpx")).name == "&b;");
}

TEST_CASE("a line with one point or no length or a wild coordinate is refused", "[import][route]") {
    CHECK(says(refused(line_string("[[-90.1892,38.6256]]")), "fewer than two points"));
    CHECK(says(refused(line_string("[[-90.1892,38.6256],[-90.18920000001,38.6256]]")), "no length"));
    CHECK(says(refused(line_string("[[-90.1892,38.6256],[\"x\",38.6]]")), "[longitude, latitude]"));
    CHECK(refused(line_string("[[-90.1892,38.6256],[\"x\",38.6]]")).field == "feature.coordinates[1]");
    CHECK(says(refused(line_string("[[-90.1892,38.6256],[-190.0,38.6]]")), "-180 to 180"));
    const std::string
        gpx = "<gpx><trk><trkseg><trkpt lat=\"nan\" lon=\"1\"/><trkpt lat=\"2\" lon=\"2\"/></trkseg></trk></gpx>";
    CHECK(says(refused(gpx), "no finite number"));
    CHECK(refused(gpx).field == "line.points[0]");
    CHECK(
        says(refused("<kml><Placemark><LineString><coordinates>1,1 inf,2</coordinates></LineString></Placemark></kml>"),
             "no finite number"));
}

TEST_CASE("swapped coordinates are found by their size or by the march's site", "[import][route]") {
    CHECK(says(refused(line_string("[[38.6256,-90.1892],[38.6283,-90.2010]]")), "swapped"));
    const std::string turned = line_string("[[38.6256,-80.1892],[38.6283,-80.2010]]");
    CHECK(route(turned).points.size() == 2);
    CHECK(says(refused(turned, {"", core::LatLon{38.63, -80.19}}), "swapped"));
    CHECK(says(refused(line_string(two_points), {"", core::LatLon{41.88, -87.63}}), "km from the march's site"));
    CHECK(route(line_string(two_points), {"", core::LatLon{38.627, -90.199}}).points.size() == 2);
}

TEST_CASE("a million points are refused in every form", "[import][route]") {
    constexpr int million = 1'000'000;
    std::string json = "[";
    std::string kml = "<kml><Placemark><LineString><coordinates>";
    std::string gpx = "<gpx><trk><trkseg>";
    for (int i = 0; i < million; ++i) {
        json += (i == 0 ? "[1,2]" : ",[1,2]");
        kml += "1,2 ";
        if (i < 200'000) gpx += "<trkpt lat=\"1\" lon=\"2\"/>";
    }
    kml += "</coordinates></LineString></Placemark></kml>";
    gpx += "</trkseg></trk></gpx>";
    for (const std::string& bytes : {line_string(json + "]"), kml, gpx}) {
        const auto refusal = refused(bytes);
        CHECK(refusal.code == base::RefusalCode::too_large);
        CHECK(says(refusal, "100000"));
    }
    CHECK(refused(std::string((32U << 20U) + 1, ' ')).code == base::RefusalCode::too_large);
}

TEST_CASE("more waypoints than a route may have are refused", "[import][route]") {
    std::string kml = "<kml>";
    for (int i = 0; i < 501; ++i) kml += "<Placemark><Point><coordinates>1,2</coordinates></Point></Placemark>";
    CHECK(refused(kml + "</kml>").field == "line.waypoints");
}

TEST_CASE("a point's name says what it is", "[import][route]") {
    CHECK(kind_of_name("Assembly: Old Courthouse") == WaypointKind::assembly);
    CHECK(kind_of_name("Step-free assembly") == WaypointKind::access);
    CHECK(kind_of_name("TOILETS") == WaypointKind::toilet);
    CHECK(kind_of_name("Water at the rally") == WaypointKind::water);
    CHECK(kind_of_name("First aid") == WaypointKind::first_aid);
    CHECK(kind_of_name("Exit 10th St") == WaypointKind::exit);
    CHECK(kind_of_name("Staging") == WaypointKind::staging);
    CHECK(kind_of_name("Rally stage") == WaypointKind::rally);
    CHECK(kind_of_name("Market & 8th") == WaypointKind::intersection);
    CHECK(kind_of_name("Meeting point for late comers") == WaypointKind::meeting_point);
    CHECK_FALSE(kind_of_name("BIRDS NEST"));
    const std::string point = R"({"type":"FeatureCollection","features":[)" + line_string(two_points) +
                              R"(,{"type":"Feature","properties":{"name":"Nest","kind":"NOPE"},"geometry":)"
                              R"({"type":"Point","coordinates":[-90.19,38.626]}}]})";
    CHECK(says(refused(point), "There is no kind 'NOPE'"));
}

}  // namespace marchwire::import
