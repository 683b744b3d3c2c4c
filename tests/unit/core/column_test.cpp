// Head and tail of a march, exact for staff, late and coarse for the public.
#include "core/column.hpp"

#include "support/march_builder.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace marchwire::core {
namespace {

using base::minutes;
using base::seconds;

/// A march in MARCHING on a street of about 4 km, whose people walk where the test says.
class Street {
public:
    Street() {
        const std::uint32_t version = import(street());
        march.must(march.lead, ActivateRoute{version, 0});
        march.march_off();
        shown = column.public_column(march.state, march.now);
    }

    static std::vector<LatLon> street() { return {{38.63, -90.20}, {38.63, -90.155}}; }
    std::uint32_t import(std::vector<LatLon> points) {
        auto line = std::make_shared<RouteLine>();
        line->points = std::move(points);
        march.must(march.lead, ImportRoute{line});
        const auto version = static_cast<std::uint32_t>(march.state.routes.size());
        march.must(march.lead, ApproveRoute{version});
        return version;
    }
    [[nodiscard]] LatLon place(double along) const {
        return RouteIndex(march.state.active()->line->points).at(Metres{along});
    }
    std::optional<TrackedPosition> at(PersonId person, double along, std::uint32_t accuracy = 8) {
        return column.take(march.state, person, {Fix{place(along), accuracy, march.now}}, march.now);
    }
    /// Everybody's place is sent each 5 s for so long; nobody moves.
    void stand(const std::vector<std::pair<PersonId, double>>& people, Millis how_long) {
        for (Millis gone; gone < how_long; gone = gone + seconds(5)) {
            for (const auto& [person, along] : people) at(person, along);
            shown = column.public_column(march.state, march.now);
            march.now = march.now + seconds(5);
        }
    }

    test::MarchBuilder march;
    Column column;
    PublicColumn shown;
};

TEST_CASE("a marshal's fix is put on the active route", "[core][column]") {
    Street street;
    const PersonId person = street.march.on_duty(Role::head);
    const auto tracked = street.at(person, 700);
    REQUIRE(tracked);
    CHECK(tracked->person == person);
    REQUIRE(tracked->along);
    CHECK(tracked->along->value == Approx(700).margin(0.1));
    CHECK_FALSE(tracked->flagged);
}

TEST_CASE("a fix of somebody who is not on the roster is not taken", "[core][column]") {
    Street street;
    CHECK_FALSE(street.at(street.march.somebody(Role::side), 700));
    CHECK(street.column.positions(street.march.now).empty());
}

TEST_CASE("without an active route a position has no place along it", "[core][column]") {
    test::MarchBuilder march;
    Column column;
    const PersonId person = march.on_duty(Role::head);
    const auto tracked = column.take(march.state, person, {Fix{{38.63, -90.2}, 5, march.now}}, march.now);
    REQUIRE(tracked);
    CHECK_FALSE(tracked->along);
    CHECK_FALSE(column.ops(march.state, march.now).head.along);
}

TEST_CASE("only a newer fix is news and a batch ends with its newest", "[core][column]") {
    Street street;
    const PersonId person = street.march.on_duty(Role::side);
    const UtcMs now = street.march.now;
    const std::vector<Fix> batch = {{street.place(100), 8, now - seconds(20)},
                                    {street.place(112), 8, now - seconds(10)},
                                    {street.place(125), 8, now}};
    const auto tracked = street.column.take(street.march.state, person, batch, now);
    REQUIRE(tracked);
    CHECK(tracked->fix == batch.back());
    CHECK_FALSE(street.column.take(street.march.state, person, batch, now));
    CHECK(street.column.positions(now).size() == 1);
}

TEST_CASE("implausible fixes are flagged and not refused", "[core][column]") {
    Street street;
    const PersonId person = street.march.on_duty(Role::side);
    const auto take = [&](Fix fix) { return street.column.take(street.march.state, person, {fix}, street.march.now); };
    REQUIRE_FALSE(street.at(person, 1'000)->flagged);
    street.march.now = street.march.now + seconds(10);

    SECTION("over 15 m in a second") { CHECK(take({street.place(1'200), 8, street.march.now})->flagged); }
    SECTION("under 15 m in a second is a bicycle") {
        CHECK_FALSE(take({street.place(1'140), 8, street.march.now})->flagged);
    }
    SECTION("more than 500 m beside the route") {
        street.march.now = street.march.now + minutes(1);
        CHECK(take({{38.635, -90.188}, 8, street.march.now})->flagged);
    }
    SECTION("a clock more than a minute off") {
        CHECK(take({street.place(1'010), 8, street.march.now + seconds(61)})->flagged);
    }
    SECTION("an accuracy over 100 m") {
        CHECK(take({street.place(1'010), 101, street.march.now})->flagged);
        street.march.now = street.march.now + seconds(10);
        CHECK_FALSE(take({street.place(1'020), 100, street.march.now})->flagged);
    }
    SECTION("after a flagged jump the next honest fix is plausible again") {
        CHECK(take({street.place(1'900), 8, street.march.now})->flagged);
        street.march.now = street.march.now + seconds(5);
        const auto honest = take({street.place(1'015), 8, street.march.now});
        CHECK_FALSE(honest->flagged);
        CHECK(honest->along->value == Approx(1'015).margin(1));
    }
}

TEST_CASE("staff read the median of the head marshals and of the tail marshals", "[core][column]") {
    Street street;
    for (const double along : {1'500.0, 1'530.0, 1'590.0}) street.at(street.march.on_duty(Role::head), along);
    for (const double along : {200.0, 300.0}) street.at(street.march.on_duty(Role::tail), along);
    street.at(street.march.on_duty(Role::side), 2'500);
    const OpsColumn ops = street.column.ops(street.march.state, street.march.now);
    REQUIRE(ops.head.along);
    REQUIRE(ops.tail.along);
    CHECK(ops.head.along->value == Approx(1'530).margin(0.1));
    CHECK(ops.tail.along->value == Approx(250).margin(0.1));
    CHECK(ops.head.marshals == 3);
    CHECK(ops.tail.marshals == 2);
    CHECK(ops.head.spread.value == Approx(90).margin(0.1));
    REQUIRE(ops.length());
    CHECK(ops.length()->value == Approx(1'280).margin(0.2));
    CHECK(ops.as_of == street.march.now);
    CHECK(ops.route_version == 1);
}

TEST_CASE("a flagged head marshal counts only when there is no other", "[core][column]") {
    Street street;
    const PersonId lost = street.march.on_duty(Role::head);
    street.at(lost, 3'000, 150);
    CHECK(street.column.ops(street.march.state, street.march.now).head.along->value == Approx(3'000).margin(0.1));
    street.at(street.march.on_duty(Role::head), 1'000);
    const OpsColumn ops = street.column.ops(street.march.state, street.march.now);
    CHECK(ops.head.along->value == Approx(1'000).margin(0.1));
    CHECK(ops.head.marshals == 1);
}

TEST_CASE("somebody who went home takes no head with him", "[core][column]") {
    Street street;
    const PersonId person = street.march.on_duty(Role::head);
    street.at(person, 1'000);
    REQUIRE(street.column.ops(street.march.state, street.march.now).head.along);
    street.march.must(person, EndDuty{street.march.member(person).duty_version});
    CHECK_FALSE(street.column.ops(street.march.state, street.march.now).head.along);
}

TEST_CASE("positions live for two minutes and not longer", "[core][column]") {
    Street street;
    street.at(street.march.on_duty(Role::head), 1'000);
    CHECK(street.column.positions(street.march.now + seconds(119)).size() == 1);
    CHECK(street.column.positions(street.march.now + seconds(120)).empty());
    CHECK_FALSE(street.column.ops(street.march.state, street.march.now + seconds(120)).head.along);
}

TEST_CASE("the public column is the median of the three foremost and three last in steps of 100 m", "[core][column]") {
    Street street;
    std::vector<std::pair<PersonId, double>> people;
    for (const double along : {1'960.0, 1'840.0, 1'430.0, 1'000.0, 640.0, 560.0, 210.0}) {
        people.emplace_back(street.march.on_duty(Role::side), along);
    }
    // Ahead of all, and no part of the column.
    people.emplace_back(street.march.on_duty(Role::intersection), 3'000);
    people.emplace_back(street.march.on_duty(Role::legal_observer), 3'100);
    street.stand(people, seconds(130));
    CHECK(street.shown.head_metres == 1'800);
    CHECK(street.shown.tail_metres == 600);
    CHECK(street.shown.moving);
    CHECK(street.shown.route_version == 1);
}

TEST_CASE("the public column is a minute late", "[core][column]") {
    Street street;
    std::vector<PersonId> people;
    for (int i = 0; i < 3; ++i) people.push_back(street.march.on_duty(Role::head));
    const UtcMs begin = street.march.now;
    for (int second = 0; second <= 300; second += 5) {
        street.march.now = begin + seconds(second);
        for (const PersonId person : people) street.at(person, 2 * second + 4);
        const PublicColumn shown = street.column.public_column(street.march.state, street.march.now);
        if (second < 65) continue;
        REQUIRE(shown.head_metres);
        CHECK(shown.as_of == street.march.now - seconds(60));
        CHECK(*shown.head_metres == (static_cast<std::uint32_t>(2 * (second - 60)) + 54) / 100 * 100);
    }
}

TEST_CASE("fewer than three marshals show only that the march moves", "[core][column]") {
    Street street;
    std::vector<std::pair<PersonId, double>> people;
    for (const double along : {100.0, 200.0}) people.emplace_back(street.march.on_duty(Role::head), along);
    street.stand(people, seconds(130));
    CHECK_FALSE(street.shown.head_metres);
    CHECK_FALSE(street.shown.tail_metres);
    CHECK(street.shown.moving);
    street.march.must(street.march.lead, Hold{street.march.state.phase_version, "crossing", ""});
    CHECK_FALSE(street.column.public_column(street.march.state, street.march.now).moving);
}

TEST_CASE("after a reroute the public column is silent for a minute", "[core][column]") {
    Street street;
    std::vector<std::pair<PersonId, double>> people;
    for (const double along : {900.0, 980.0, 1'000.0}) people.emplace_back(street.march.on_duty(Role::head), along);
    street.stand(people, seconds(130));
    REQUIRE(street.shown.head_metres);
    const std::uint32_t detour = street.import({{38.63, -90.20}, {38.6305, -90.18}, {38.63, -90.155}});
    street.march.must(street.march.lead, ActivateRoute{detour, 1});
    street.stand(people, seconds(60));
    CHECK(street.shown.route_version == detour);
    CHECK_FALSE(street.shown.head_metres);
    street.stand(people, seconds(10));
    CHECK(street.shown.head_metres == 1'000);
}

TEST_CASE("a new keeper shows the public no column for a minute", "[core][column]") {
    Street street;
    std::vector<std::pair<PersonId, double>> people;
    for (const double along : {900.0, 980.0, 1'000.0}) people.emplace_back(street.march.on_duty(Role::head), along);
    street.stand(people, seconds(130));
    REQUIRE(street.shown.head_metres);
    street.column = Column{};
    street.stand(people, seconds(60));
    CHECK_FALSE(street.shown.head_metres);
    street.stand(people, seconds(10));
    CHECK(street.shown.head_metres);
}

TEST_CASE("a column on a route that is not public yet shows no metres", "[core][column]") {
    test::MarchBuilder march;
    auto line = std::make_shared<RouteLine>();
    line->points = Street::street();
    march.must(march.lead, ImportRoute{line});
    march.must(march.lead, ApproveRoute{1});
    march.must(march.lead, ActivateRoute{1, 0});
    REQUIRE(march.state.active()->public_from > march.now + minutes(3));
    Column column;
    std::vector<PersonId> people;
    for (int i = 0; i < 3; ++i) people.push_back(march.on_duty(Role::head));
    for (int i = 0; i < 30; ++i) {
        for (const PersonId person : people) {
            column.take(march.state, person, {Fix{line->points.front(), 8, march.now}}, march.now);
        }
        CHECK_FALSE(column.public_column(march.state, march.now).head_metres);
        march.now = march.now + seconds(5);
    }
    CHECK(column.ops(march.state, march.now).head.along);
}

TEST_CASE("a flagged position moves neither end of the public column", "[core][column]") {
    Street street;
    std::vector<std::pair<PersonId, double>> people;
    for (const double along : {900.0, 980.0, 1'000.0}) people.emplace_back(street.march.on_duty(Role::side), along);
    const PersonId liar = street.march.on_duty(Role::side);
    const PersonId second = street.march.on_duty(Role::side);
    for (int i = 0; i < 30; ++i) {
        for (const PersonId person : {liar, second}) street.at(person, 3'500, 300);
        street.stand(people, seconds(5));
    }
    CHECK(street.shown.head_metres == 1'000);
    CHECK(street.shown.tail_metres == 1'000);
}

}  // namespace
}  // namespace marchwire::core
