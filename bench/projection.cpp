// How long does it take to put one fix on a route? 42 km of 5 000 points, fixes each 5 s with GPS noise.
#include "core/route.hpp"
#include "support/report.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <random>
#include <string>
#include <vector>

namespace {

using marchwire::base::LatLon;
using marchwire::base::Metres;
using marchwire::base::Millis;
using marchwire::core::Projection;
using marchwire::core::RouteIndex;

constexpr std::size_t route_points = 5'000;
constexpr double route_metres = 42'195;
constexpr std::uint32_t accuracy_metres = 10;

/// Streets of a city: straight blocks with turns, so that the line comes near itself again and again.
std::vector<LatLon> winding_route(std::mt19937& random) {
    std::vector<LatLon> points;
    std::normal_distribution<double> bend(0, 0.15);
    const double step = route_metres / static_cast<double>(route_points - 1);
    double heading = 0, x = 0, y = 0;
    for (std::size_t i = 0; i < route_points; ++i) {
        points.push_back({38.6256 + y / 111'000, -90.1892 + x / 86'700});
        heading += bend(random);
        x += step * std::cos(heading);
        y += step * std::sin(heading);
    }
    return points;
}

struct Walker {
    LatLon fix;
    Metres before;
};

/// Fixes of people all along the route, each with where its walker was when the fix before came.
std::vector<Walker> walkers(const RouteIndex& index, Millis every, std::mt19937& random) {
    std::uniform_real_distribution<double> anywhere(0, index.length().value);
    std::normal_distribution<double> noise(0, static_cast<double>(accuracy_metres) / 1.5);
    std::vector<Walker> all;
    for (int i = 0; i < 20'000; ++i) {
        const Metres before{anywhere(random)};
        LatLon fix = index.at(before + Metres{1.3 * static_cast<double>(every.value) / 1000});
        fix.lat += noise(random) / 111'000;
        fix.lon += noise(random) / 86'700;
        all.push_back({fix, before});
    }
    return all;
}

double sink = 0;

template <class Project>
double nanoseconds_each(const std::vector<Walker>& all, Project project) {
    // Time of the processor, so that whatever else runs on the machine does not count.
    const std::clock_t begin = std::clock();
    double sum = 0;
    for (const Walker& walker : all) sum += project(walker).along.value;
    const auto ticks = static_cast<double>(std::clock() - begin);
    sink += sum;  // so that the work cannot be left out
    return ticks * (1e9 / CLOCKS_PER_SEC) / static_cast<double>(all.size());
}

}  // namespace

int main(int argc, char** argv) {
    const auto options = marchwire::bench::read_options(argc, argv);
    std::mt19937 random(20'180'614);
    const RouteIndex index(winding_route(random));
    const std::string question = "one fix put on a route of 42 km and 5 000 points";
    marchwire::bench::Report report;
    for (const std::int64_t seconds : {5, 15, 60}) {
        const Millis every{seconds * 1000};
        const auto all = walkers(index, every, random);
        std::vector<double> continuing;
        for (int round = 0; round < options.rounds(15, 3); ++round) {
            continuing.push_back(nanoseconds_each(
                all, [&](const Walker& w) { return index.project(w.fix, w.before, every, accuracy_metres); }));
        }
        report.add(question, "marchwire", "continuity, fix each " + std::to_string(seconds) + " s", "ns", continuing);
    }
    const auto all = walkers(index, Millis{5'000}, random);
    std::vector<double> whole;
    for (int round = 0; round < options.rounds(15, 3); ++round) {
        whole.push_back(nanoseconds_each(all, [&](const Walker& w) { return index.project(w.fix); }));
    }
    report.add(question, "marchwire", "nearest on the whole line", "ns", whole);
    if (sink < 0) std::puts("no walker stands before the start");
    return report.write(options) ? 0 : 1;
}
