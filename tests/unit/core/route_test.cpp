// Where somebody stands on a route that crosses, repeats and turns back on itself.
#include "core/route.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <cstdint>
#include <numbers>
#include <random>
#include <vector>

namespace marchwire::core {
namespace {

using base::seconds;

constexpr LatLon old_courthouse{38.6256, -90.1892};
constexpr double metres_per_degree_lat = 111'012.6;  // at 38.6 degrees north, by tables
constexpr double metres_per_degree_lon = 87'099.8;

/// A place so many metres east and north of the Old Courthouse.
LatLon place(double east, double north) {
    return {old_courthouse.lat + north / metres_per_degree_lat, old_courthouse.lon + east / metres_per_degree_lon};
}

/// One km east along a street and back on the same street.
std::vector<LatLon> out_and_back() {
    std::vector<LatLon> points;
    for (int i = 0; i <= 100; ++i) points.push_back(place(10 * i, 0));
    for (int i = 99; i >= 0; --i) points.push_back(place(10 * i, 0));
    return points;
}

/// Two loops of 400 m radius that cross in the middle; the crossing is passed at the start, in the middle and at
/// the end.
std::vector<LatLon> figure_of_eight() {
    std::vector<LatLon> points;
    for (int i = 0; i <= 720; ++i) {
        const double t = 2 * std::numbers::pi * i / 720;
        points.push_back(place(800 * std::sin(t), 400 * std::sin(2 * t)));
    }
    return points;
}

/// Walks a line at walking pace with noise on each fix, and gives back how far the projection was off at worst
/// and how far it fell back at worst.
struct Walk {
    double off_worst = 0;
    double back_worst = 0;
    double end = 0;
};
Walk walk(const RouteIndex& index, double noise_metres, std::uint32_t accuracy, Millis every) {
    std::mt19937 random(20'180'614);
    std::normal_distribution<double> noise(0, noise_metres);
    const double stride = 1.3 * static_cast<double>(every.value) / 1000;
    Walk result;
    Metres before{0};
    for (double along = 0; along <= index.length().value; along += stride) {
        LatLon fix = index.at(Metres{along});
        fix.lat += noise(random) / metres_per_degree_lat;
        fix.lon += noise(random) / metres_per_degree_lon;
        const Projection now = index.project(fix, before, every, accuracy);
        result.off_worst = std::max(result.off_worst, std::abs(now.along.value - along));
        result.back_worst = std::max(result.back_worst, (before - now.along).value);
        before = now.along;
    }
    result.end = before.value;
    return result;
}

TEST_CASE("a route is as long as its legs on the ground", "[core][route]") {
    // A degree of latitude at the Old Courthouse, by the tables of the ellipsoid.
    const RouteIndex north({{38.1, -90.0}, {39.1, -90.0}});
    CHECK(north.length().value == Approx(111'013).epsilon(0.0001));
    // Legs far north and far south of the middle keep their own length.
    const RouteIndex ladder({{38.0, -90.0}, {38.0, -90.1}, {39.0, -90.1}, {39.0, -90.0}});
    CHECK(ladder.length().value == Approx(8'784.0 + 111'013 + 8'663.0).epsilon(0.0005));
}

TEST_CASE("a place along the route and its projection agree", "[core][route]") {
    const RouteIndex index({place(0, 0), place(300, 0), place(300, 500)});
    REQUIRE(index.length().value == Approx(800).epsilon(0.001));
    for (const double along : {0.0, 1.0, 299.0, 300.0, 450.0, 799.0}) {
        const Projection back = index.project(index.at(Metres{along}));
        CHECK(back.along.value == Approx(along).margin(0.01));
        CHECK(back.beside.value == Approx(0).margin(0.01));
    }
    CHECK(index.at(Metres{-50}) == index.at(Metres{0}));
    CHECK(index.at(Metres{5'000}) == index.at(index.length()));
}

TEST_CASE("somebody beside the route is put on its nearest place", "[core][route]") {
    const RouteIndex index({place(0, 0), place(1'000, 0)});
    const Projection beside = index.project(place(400, 30));
    CHECK(beside.along.value == Approx(400).epsilon(0.005));
    CHECK(beside.beside.value == Approx(30).epsilon(0.005));
    CHECK(index.project(place(-200, 0)).along.value == Approx(0).margin(0.001));
    CHECK(index.project(place(1'200, 0)).along.value == Approx(index.length().value));
}

TEST_CASE("of places equally near the whole-line projection takes the first", "[core][route]") {
    const RouteIndex index(out_and_back());
    CHECK(index.project(place(400, 0)).along.value == Approx(400).epsilon(0.005));
}

TEST_CASE("repeated points in a route do not disturb it", "[core][route]") {
    const RouteIndex plain({place(0, 0), place(100, 0), place(200, 0)});
    const RouteIndex doubled({place(0, 0), place(0, 0), place(100, 0), place(100, 0), place(100, 0), place(200, 0)});
    CHECK(doubled.length().value == Approx(plain.length().value));
    CHECK(doubled.project(place(150, 5), Metres{140}, seconds(5), 10).along.value ==
          Approx(plain.project(place(150, 5), Metres{140}, seconds(5), 10).along.value));
}

TEST_CASE("a route across the date line is as long as on the ground", "[core][route]") {
    const RouteIndex index({{-17.0, 179.99}, {-17.0, -179.99}});
    CHECK(index.length().value == Approx(2'130).epsilon(0.005));
    const LatLon middle = index.at(Metres{index.length().value / 2});
    CHECK(std::abs(middle.lon) == Approx(180).margin(0.0001));
    CHECK(index.project({-17.0, -179.995}).along.value == Approx(index.length().value * 0.75).epsilon(0.001));
}

TEST_CASE("the head that was on its way back is not put on the way out", "[core][route]") {
    const RouteIndex index(out_and_back());
    // 1 400 m into the march the column is at 600 m of the street.
    const Projection back = index.project(place(595, 3), Metres{1'398}, seconds(5), 10);
    CHECK(back.along.value == Approx(1'405).margin(5));
    const Projection out = index.project(place(605, 3), Metres{598}, seconds(5), 10);
    CHECK(out.along.value == Approx(605).margin(5));
}

TEST_CASE("a walk out and back is followed over its turning point", "[core][route]") {
    const RouteIndex index(out_and_back());
    const Walk exact = walk(index, 0, 5, seconds(5));
    CHECK(exact.off_worst < 30);
    CHECK(exact.end == Approx(index.length().value).margin(10));
    const Walk noisy = walk(index, 6, 10, seconds(5));
    CHECK(noisy.off_worst < 80);
    CHECK(noisy.back_worst <= RouteIndex::noise_back(10).value + 0.001);
    CHECK(noisy.end == Approx(index.length().value).margin(30));
}

TEST_CASE("a walk over a figure of eight passes its crossing three times and stays on its way", "[core][route]") {
    const RouteIndex index(figure_of_eight());
    for (const Millis every : {seconds(5), seconds(15)}) {
        const Walk noisy = walk(index, 7, 10, every);
        CHECK(noisy.off_worst < 60);
        CHECK(noisy.back_worst <= RouteIndex::noise_back(10).value + 0.001);
        CHECK(noisy.end == Approx(index.length().value).margin(30));
    }
}

TEST_CASE("progress never falls back more than noise explains while the walker is on the route", "[core][route]") {
    const RouteIndex index(figure_of_eight());
    for (const std::uint32_t accuracy : {0U, 5U, 20U}) {
        const Walk noisy = walk(index, 10, accuracy, seconds(5));
        CHECK(noisy.back_worst <= RouteIndex::noise_back(accuracy).value + 0.001);
    }
    CHECK(RouteIndex::noise_back(20).value == Approx(40));
    CHECK(RouteIndex::noise_back(0).value == Approx(50));
}

TEST_CASE("somebody who truly walks back is followed", "[core][route]") {
    const RouteIndex index({place(0, 0), place(2'000, 0)});
    Metres before{1'500};
    for (double at = 1'500; at >= 1'000; at -= 7) before = index.project(place(at, 0), before, seconds(5), 10).along;
    CHECK(before.value == Approx(1'000).margin(20));
}

TEST_CASE("a leg that nobody can have reached by now does not win however near it is", "[core][route]") {
    // A horseshoe: its two ends lie 40 m apart, 2 040 m along.
    const RouteIndex index({place(0, 0), place(1'000, 0), place(1'000, 40), place(0, 40)});
    const Projection soon = index.project(place(100, 35), Metres{95}, seconds(5), 20);
    CHECK(soon.along.value == Approx(100).margin(10));
    CHECK(soon.beside.value == Approx(35).margin(1));
    // After three minutes both ends can have been reached, and the nearer one explains the fix better.
    const Projection later = index.project(place(100, 35), Metres{95}, seconds(180), 5);
    CHECK(later.along.value == Approx(1'940).margin(10));
}

TEST_CASE("somebody far from where he was is looked for on the whole line", "[core][route]") {
    const RouteIndex index({place(0, 0), place(5'000, 0)});
    // A ride back to the start: nothing within reach is near.
    CHECK(index.project(place(200, 10), Metres{4'000}, seconds(30), 10).along.value == Approx(200).margin(5));
    CHECK(index.project(place(4'800, 10), Metres{100}, seconds(30), 10).along.value == Approx(4'800).margin(30));
}

TEST_CASE("no time and no accuracy are no obstacle", "[core][route]") {
    const RouteIndex index({place(0, 0), place(1'000, 0)});
    CHECK(index.project(place(510, 0), Metres{500}, Millis{0}, 0).along.value == Approx(510).margin(3));
    CHECK(index.project(place(510, 0), Metres{500}, Millis{-5'000}, 0).along.value == Approx(510).margin(3));
}

TEST_CASE("the fast search agrees with looking at every leg", "[core][route]") {
    std::mt19937 random(7);
    std::uniform_real_distribution<double> turn(-1, 1);
    std::vector<LatLon> points;
    double heading = 0, x = 0, y = 0;
    for (int i = 0; i < 1'000; ++i) {
        points.push_back(place(x, y));
        heading += turn(random) / 2;
        x += 9 * std::cos(heading);
        y += 9 * std::sin(heading);
    }
    const RouteIndex index(points);
    std::uniform_real_distribution<double> anywhere(-600, 600);
    for (int i = 0; i < 500; ++i) {
        const LatLon at = place(anywhere(random), anywhere(random));
        const Projection found = index.project(at);
        // Leg by leg, with an index of one leg each.
        double nearest = 1e9;
        for (std::size_t leg = 0; leg + 1 < points.size(); ++leg) {
            nearest = std::min(nearest, RouteIndex({points[leg], points[leg + 1]}).project(at).beside.value);
        }
        REQUIRE(found.beside.value == Approx(nearest).epsilon(0.002).margin(0.1));
    }
}

}  // namespace
}  // namespace marchwire::core
