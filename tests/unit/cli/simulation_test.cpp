// The parts of the simulation that need no server: noise of real tracks, walking a line, playing a plan.
#include "gps_noise.hpp"
#include "programme.hpp"
#include "route_walk.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <fstream>
#include <iterator>
#include <string>

namespace marchwire::cli {
namespace {

constexpr sdk::UtcMs minute = 60'000;
constexpr sdk::UtcMs noon = 1'528'977'600'000;

std::string sample(const std::string& name) {
    std::ifstream file(MARCHWIRE_SOURCE_DIR "/samples/tracks/" + name);
    return {std::istreambuf_iterator<char>(file), {}};
}

sdk::March march_with(std::vector<sdk::PlannedPhase> plan) {
    sdk::March march;
    march.kind = sdk::MarchKind::in_person;
    march.phase = sdk::Phase::planned;
    march.plan = std::move(plan);
    return march;
}

TEST_CASE("a walker's recorded noise is metres and a street canyon's is tens of metres", "[cli]") {
    GpsNoise walk;
    walk.add_gpx(sample("savannah-walk-2019-12-15.gpx"));
    GpsNoise canyon;
    canyon.add_gpx(sample("sf-run-2015-01-19.gpx"));
    REQUIRE(walk.size() == 34);  // 44 fixes less five at each end
    REQUIRE(canyon.size() > 900);
    const auto largest = [](const GpsNoise& noise) {
        double metres = 0;
        for (std::size_t at = 0; at < noise.size(); ++at) {
            metres = std::max(metres, std::hypot(noise.at(at).east, noise.at(at).north));
        }
        return metres;
    };
    CHECK(largest(walk) > 0.05);
    CHECK(largest(walk) < 10);
    CHECK(largest(canyon) > 20);
    CHECK(largest(canyon) <= 60.001);
}

TEST_CASE("noise without a track is none", "[cli]") {
    GpsNoise noise;
    noise.add_gpx("<gpx><trkpt lat=\"nan\" lon=\"1\"/><trkpt lat=\"x\"/></gpx>");
    CHECK(noise.size() == 0);
    CHECK(noise.at(7).east == 0);
}

TEST_CASE("a walk is at its start before it begins and at its end when it is over", "[cli]") {
    const RouteWalk walk({{38.0, -90.0}, {38.0, -89.99}, {38.01, -89.99}});
    CHECK(walk.length_metres() == Approx(877 + 1113).margin(3));
    CHECK(walk.at(-5) == sdk::LatLon{38.0, -90.0});
    CHECK(walk.at(1e9) == sdk::LatLon{38.01, -89.99});
    const sdk::LatLon middle = walk.at(walk.length_metres() - 556.6);
    CHECK(middle.lat == Approx(38.005).margin(1e-5));
    CHECK(middle.lon == Approx(-89.99).margin(1e-9));
    CHECK(RouteWalk().length_metres() == 0);
}

TEST_CASE("a lead assembles half an hour ahead and steps off at the planned minute", "[cli]") {
    sdk::March march = march_with({{sdk::Phase::marching, noon}, {sdk::Phase::rally, 0}});
    CHECK_FALSE(due_phase(march, false, noon - 31 * minute));
    CHECK(due_phase(march, false, noon - 30 * minute) == sdk::Phase::assembling);
    march.phase = sdk::Phase::assembling;
    march.phase_since = noon - 30 * minute;
    CHECK_FALSE(due_phase(march, false, noon - 1));
    CHECK(due_phase(march, false, noon) == sdk::Phase::marching);
}

TEST_CASE("a march with a route rallies when its column has come in", "[cli]") {
    sdk::March march = march_with({{sdk::Phase::marching, noon}, {sdk::Phase::rally, 0}});
    march.phase = sdk::Phase::marching;
    march.phase_since = noon;
    march.active_route = 1;
    CHECK_FALSE(due_phase(march, false, noon + 600 * minute));
    CHECK(due_phase(march, true, noon + 20 * minute) == sdk::Phase::rally);
    march.phase = sdk::Phase::rally;
    march.phase_since = noon + 20 * minute;
    CHECK_FALSE(due_phase(march, true, noon + 64 * minute));
    CHECK(due_phase(march, true, noon + 65 * minute) == sdk::Phase::dispersing);
}

TEST_CASE("a march for which no time is known stays planned", "[cli]") {
    const sdk::March march = march_with({{sdk::Phase::rally, 0}});
    CHECK_FALSE(due_phase(march, false, noon));
    CHECK(first_known_time(march) == 0);
}

TEST_CASE("nobody advances a march that is held or stopped", "[cli]") {
    sdk::March march = march_with({{sdk::Phase::marching, noon}});
    for (const sdk::Phase phase : {sdk::Phase::held, sdk::Phase::stopped, sdk::Phase::postponed, sdk::Phase::closed}) {
        march.phase = phase;
        CHECK_FALSE(due_phase(march, true, noon + 600 * minute));
    }
}

}  // namespace
}  // namespace marchwire::cli
