// The exact column: pace, gaps between sections, arrivals, and what happens to it on a new route.
#include "core/column.hpp"

#include "support/march_builder.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace marchwire::core {
namespace {

using base::minutes;
using base::seconds;

std::vector<LatLon> straight_street() { return {{38.63, -90.20}, {38.63, -90.155}}; }

/// A march in MARCHING whose people walk as the test says; about 4 km with a waypoint of each kind on the way.
class Promenade {
public:
    explicit Promenade(std::vector<LatLon> points = straight_street()) {
        import(std::move(points));
        march.must(march.lead, ActivateRoute{1, 0});
        march.march_off();
    }
    void import(std::vector<LatLon> points) {
        auto line = std::make_shared<RouteLine>();
        line->points = std::move(points);
        line->waypoints = {{1, WaypointKind::assembly, "Steps", line->points.front(), Metres{0}},
                           {2, WaypointKind::intersection, "Tucker", line->points.front(), Metres{1'000}},
                           {3, WaypointKind::water, "Library", line->points.front(), Metres{2'000}}};
        march.must(march.lead, ImportRoute{line});
        march.must(march.lead, ApproveRoute{static_cast<std::uint32_t>(march.state.routes.size())});
    }
    void at(PersonId person, double along) {
        const LatLon place = RouteIndex(march.state.active()->line->points).at(Metres{along});
        (void)column.take(march.state, person, {Fix{place, 8, march.now}}, march.now);
    }
    /// Everybody walks at this pace for so long, a fix each 5 s; the column is looked at each time.
    void walk(std::vector<std::pair<PersonId, double>>& people, double pace, Millis how_long) {
        for (Millis gone; gone < how_long; gone = gone + seconds(5)) {
            for (auto& [person, along] : people) {
                at(person, along);
                along += 5 * pace;
            }
            ops = column.ops(march.state, march.now);
            march.now = march.now + seconds(5);
        }
    }

    test::MarchBuilder march;
    Column column;
    OpsColumn ops;
};

TEST_CASE("the pace of an end is that of the last minutes and is told after one minute", "[core][column]") {
    Promenade street;
    std::vector<std::pair<PersonId, double>> people = {{street.march.on_duty(Role::head), 300},
                                                       {street.march.on_duty(Role::tail), 100}};
    street.walk(people, 1.2, seconds(55));
    CHECK_FALSE(street.ops.head.pace);
    street.walk(people, 1.2, minutes(5));
    REQUIRE(street.ops.head.pace);
    CHECK(*street.ops.head.pace == Approx(1.2).margin(0.05));
    CHECK(*street.ops.tail.pace == Approx(1.2).margin(0.05));
    street.walk(people, 0, minutes(5));
    CHECK(*street.ops.head.pace == Approx(0).margin(0.05));
}

TEST_CASE("the head's arrivals are told for what lies ahead while it walks", "[core][column]") {
    Promenade street;
    std::vector<std::pair<PersonId, double>> people = {{street.march.on_duty(Role::head), 1'100}};
    street.walk(people, 1.25, minutes(4));
    // 1 400 m: the intersection is behind, the water 600 m ahead.
    REQUIRE(street.ops.arrivals.size() == 1);
    CHECK(street.ops.arrivals[0].waypoint == 3);
    const Millis to_water = street.ops.arrivals[0].at - street.ops.as_of;
    CHECK(static_cast<double>(to_water.value) / 1000 == Approx(600 / 1.25).margin(25));
    REQUIRE(street.ops.head.at_end);
    CHECK(*street.ops.head.at_end > street.ops.arrivals[0].at);
    CHECK_FALSE(street.ops.tail.at_end);
    street.walk(people, 0, minutes(5));
    CHECK(street.ops.arrivals.empty());
    CHECK_FALSE(street.ops.head.at_end);
}

TEST_CASE("a gap is the empty street between neighbouring sections", "[core][column]") {
    Promenade street;
    // Section 2 sent nothing: 1 and 3 are neighbours then.
    std::vector<std::pair<PersonId, double>> people = {
        {street.march.on_duty(Role::side, 1), 1'100}, {street.march.on_duty(Role::side, 1), 1'040},
        {street.march.on_duty(Role::side, 3), 980},   {street.march.on_duty(Role::side, 3), 900},
        {street.march.on_duty(Role::side, 4), 905},   {street.march.on_duty(Role::intersection, 4), 500}};
    street.walk(people, 0, minutes(2));
    REQUIRE(street.ops.gaps.size() == 2);
    CHECK(street.ops.gaps[0].ahead == 1);
    CHECK(street.ops.gaps[0].behind == 3);
    CHECK(street.ops.gaps[0].metres.value == Approx(60).margin(6));
    CHECK(street.ops.gaps[0].holds_intersection);
    CHECK(street.ops.gaps[1].metres.value == Approx(0).margin(0.01));
    CHECK_FALSE(street.ops.gaps[1].holds_intersection);
}

TEST_CASE("a head marshal whose phone falls silent walks on for a while and no further than noise explains",
          "[core][column]") {
    Promenade street;
    std::vector<std::pair<PersonId, double>> people = {{street.march.on_duty(Role::head), 300}};
    street.walk(people, 1.2, minutes(3));
    const double last = people[0].second - 6;  // its last fix
    const auto head_after = [&](std::int64_t silent) {
        return street.column.ops(street.march.state, street.march.now + seconds(silent - 5)).head.along->value;
    };
    CHECK(head_after(20) == Approx(last + 24).margin(6));
    CHECK(head_after(60) == Approx(last + 30).margin(6));
    CHECK(head_after(110) == Approx(last + 30).margin(6));
}

TEST_CASE("one wild fix takes no head marshal out of the column", "[core][column]") {
    Promenade street;
    std::vector<std::pair<PersonId, double>> people = {{street.march.on_duty(Role::head), 300}};
    street.walk(people, 1.2, minutes(2));
    street.at(people[0].first, 3'000);
    const OpsColumn ops = street.column.ops(street.march.state, street.march.now);
    CHECK(ops.head.along->value == Approx(people[0].second).margin(15));
}

TEST_CASE("a reroute keeps the column where it stands and its length", "[core][column]") {
    // A block of 1 km, walked once around and then away from it.
    const std::vector<LatLon> loop = {{38.63, -90.20},   {38.63, -90.197}, {38.6325, -90.197},
                                      {38.6325, -90.20}, {38.63, -90.20},  {38.625, -90.20}};
    Promenade street(loop);
    std::vector<std::pair<PersonId, double>> people = {{street.march.on_duty(Role::head), 60},
                                                       {street.march.on_duty(Role::tail), 10}};
    street.walk(people, 1.2, seconds(700));
    const double head = people[0].second, tail = people[1].second;
    REQUIRE(head > 850);  // in the second half of the block
    REQUIRE(street.ops.head.along->value == Approx(head).margin(20));
    // The end is another street now.
    std::vector<LatLon> other = loop;
    other.back() = {38.63, -90.206};
    street.import(other);
    street.march.must(street.march.lead, ActivateRoute{2, 1});
    const OpsColumn ops = street.column.ops(street.march.state, street.march.now);
    CHECK(ops.route_version == 2);
    CHECK(ops.head.along->value == Approx(head).margin(25));
    CHECK(ops.tail.along->value == Approx(tail).margin(25));
    street.walk(people, 1.2, seconds(120));
    CHECK(street.ops.head.along->value == Approx(people[0].second).margin(20));
}

TEST_CASE("people who gather where a loop begins are at its begin and not at its end", "[core][column]") {
    const std::vector<LatLon> loop = {
        {38.63, -90.20}, {38.63, -90.19}, {38.635, -90.19}, {38.635, -90.20}, {38.63, -90.20}};
    test::MarchBuilder march;
    auto line = std::make_shared<RouteLine>();
    line->points = loop;
    march.must(march.lead, ImportRoute{line});
    march.must(march.lead, ApproveRoute{1});
    march.must(march.lead, ActivateRoute{1, 0});
    march.advance(Phase::assembling);
    Column column;
    const PersonId head = march.on_duty(Role::head);
    // Twenty metres north of the start: on the last street, not on the first.
    column.take(march.state, head, {Fix{{38.6302, -90.20}, 10, march.now}}, march.now);
    CHECK(column.ops(march.state, march.now).head.along->value < 30);
}

TEST_CASE("the head is back before the tail has left and both are where they are", "[core][column]") {
    // Chicago 2018: a loop of about 1.3 miles, a column that is longer.
    const std::vector<LatLon> loop = {
        {38.63, -90.20}, {38.63, -90.194}, {38.635, -90.194}, {38.635, -90.20}, {38.63, -90.20}};
    Promenade street(loop);
    std::vector<std::pair<PersonId, double>> people = {{street.march.on_duty(Role::head), 5}};
    const PersonId tail = street.march.on_duty(Role::tail);
    const double length = RouteIndex(loop).length().value;
    while (people[0].second < length - 10) {
        street.at(tail, 8);
        street.walk(people, 1.3, seconds(5));
    }
    CHECK(street.ops.head.along->value == Approx(length).margin(30));
    CHECK(street.ops.tail.along->value == Approx(8).margin(20));
}

TEST_CASE("the head far beside the route says how far and its accuracy is taken off", "[core][column]") {
    Promenade street;
    const PersonId head = street.march.on_duty(Role::head);
    street.at(head, 500);
    CHECK(street.column.ops(street.march.state, street.march.now).off_route->value == Approx(0).margin(0.01));
    street.march.now = street.march.now + seconds(60);
    const LatLon beside{38.631, -90.1943};  // 111 m north
    (void)street.column.take(street.march.state, head, {Fix{beside, 30, street.march.now}}, street.march.now);
    CHECK(street.column.ops(street.march.state, street.march.now).off_route->value == Approx(81).margin(2));
}

TEST_CASE("there is a column from the first gathering until the street is empty", "[core][column]") {
    for (const Phase phase : {Phase::assembling, Phase::marching, Phase::held, Phase::stopped, Phase::rally,
                              Phase::call_to_action, Phase::dispersing}) {
        CHECK(has_column(phase));
    }
    for (const Phase phase : {Phase::planned, Phase::postponed, Phase::cancelled, Phase::closed, Phase::live}) {
        CHECK_FALSE(has_column(phase));
    }
}

}  // namespace
}  // namespace marchwire::core
