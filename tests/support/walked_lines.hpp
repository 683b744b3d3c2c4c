// The lines that the estimate of the column is tuned on, and those that it is tested on: none is both.
#pragma once

#include "support/walking_people.hpp"

#include <string>
#include <utility>
#include <vector>

namespace marchwire::test {

struct NamedLine {
    std::string name;
    WalkedLine line;
};

namespace walking {
constexpr double run_to_march = 2.5;  ///< a run's clock is slowed so much (the README of the samples)

inline NamedLine drawn(const std::string& samples, const std::string& city) {
    return {city + " (drawn)", drawn_line(samples + "/routes/" + city + ".geojson")};
}
inline NamedLine recorded(const std::string& samples, const std::string& name, double slower) {
    return {name + " (recorded)", recorded_line(samples + "/tracks/" + name + ".gpx", slower)};
}

/// So many metres east and north of the Old Courthouse of St. Louis, point by point.
inline WalkedLine shape(const std::vector<std::pair<double, double>>& metres) {
    WalkedLine line;
    for (const auto& [east, north] : metres) {
        line.points.push_back({38.6256 + north / 111'012.6, -90.1892 + east / 87'099.8});
    }
    return line;
}
}  // namespace walking

/// `samples`: the project's folder of that name.
inline std::vector<NamedLine> lines_to_tune_on(const std::string& samples) {
    std::vector<NamedLine> lines;
    for (const char* city : {"st-louis-mo", "boston-ma", "los-angeles-ca", "washington-dc", "new-orleans-la"}) {
        lines.push_back(walking::drawn(samples, city));
    }
    lines.push_back(walking::recorded(samples, "sf-run-2015-01-19", walking::run_to_march));
    // A square walked twice, then a street out and back.
    std::vector<std::pair<double, double>> square;
    for (int lap = 0; lap < 2; ++lap) square.insert(square.end(), {{0, 0}, {400, 0}, {400, 400}, {0, 400}});
    square.insert(square.end(), {{0, 0}, {0, -600}, {0, 0}, {-300, 0}});
    lines.push_back({"two laps and a spur (made)", walking::shape(square)});
    return lines;
}

inline std::vector<NamedLine> lines_to_test_on(const std::string& samples) {
    std::vector<NamedLine> lines;
    for (const char* city : {"chicago-il", "new-york-ny", "san-francisco-ca", "atlanta-ga", "salt-lake-city-ut"}) {
        lines.push_back(walking::drawn(samples, city));
    }
    lines.push_back(walking::recorded(samples, "dc-run-2012-10-24", walking::run_to_march));
    lines.push_back(walking::recorded(samples, "savannah-walk-2019-12-15", 1));
    lines.push_back(walking::recorded(samples, "cerknica-walk-2010-08-05", 1));
    lines.push_back({"someren, first 8 km (organisers' map)",
                     drawn_line(samples + "/routes/kennedymars-someren-2025.mymaps.kml", "<coordinates>", 8'000)});
    // Two loops that cross in the middle; the crossing is passed at the start, in the middle and at the end.
    std::vector<std::pair<double, double>> eight;
    for (int i = 0; i <= 720; ++i) {
        const double t = 2 * std::numbers::pi * i / 720;
        eight.emplace_back(800 * std::sin(t), 400 * std::sin(2 * t));
    }
    lines.push_back({"figure of eight (made)", walking::shape(eight)});
    lines.push_back({"out and back (made)", walking::shape({{0, 0}, {1'000, 0}, {0, 0}})});
    lines.push_back(
        {"three laps (made)",
         walking::shape(
             {{0, 0}, {300, 50}, {250, 300}, {0, 0}, {300, 50}, {250, 300}, {0, 0}, {300, 50}, {250, 300}, {0, 0}})});
    return lines;
}

}  // namespace marchwire::test
