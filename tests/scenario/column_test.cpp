// The column as a city follows it: by phones, and by one tap where there are none.
#include "day.hpp"

#include "base/limits.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>

using namespace marchwire;
using core::Role;
using test::Day;
using test::says;
using wire::FeedKind;

namespace {

constexpr auto off_route_raised = R"("alertRaised":{"alert":{"key":{"kind":"OFF_ROUTE"})";

/// A march under way on a street of 3.9 km with its head and tail marshals; the city lead watches ops.
struct Promenade {
    Day day;
    session::Grant head_grant = day.stage.person("head", Role::head);
    session::Grant tail_grant = day.stage.person("tail", Role::tail);
    std::unique_ptr<test::Seat> head, tail;

    Promenade() {
        day.stage.assign(head_grant, "head", 1);
        day.stage.assign(tail_grant, "tail", 5);
        head = day.stage.seat(head_grant);
        tail = day.stage.seat(tail_grant);
        auto line = std::make_shared<core::RouteLine>();
        line->points = {{38.63, -90.20}, {38.63, -90.155}};
        line->waypoints = {{1, core::WaypointKind::assembly, "Steps", {38.63, -90.20}, {0}},
                           {2, core::WaypointKind::water, "Library", {38.63, -90.19}, {871}}};
        day.stage.host(day.stage.march, core::ImportRoute{line});
        day.stage.must(*day.lead, core::ApproveRoute{1});
        day.stage.must(*day.lead, core::ActivateRoute{1, 0});
        day.stage.must(*day.lead, core::SetPolicy{core::AlertPreset::large});
        day.lead->open(day.stage.feed(FeedKind::ops), std::nullopt, wire::Encoding::json);
        day.march_off();
        for (auto* seat : {head.get(), tail.get()}) day.stage.must(*seat, core::CheckIn{});
        // A keeper that has just taken over knows too little to conclude anything.
        day.stage.wait(base::limits::telemetry_unsure + base::seconds(5));
    }
    /// Both walk on for so long, so many metres north of the street; a fix each 5 s.
    void walk(base::Millis time, double metres_north = 0) {
        for (base::Millis gone; gone < time; gone = gone + base::seconds(5)) {
            along_degrees_ += 6.0 / 87'000;
            const double lat = 38.63 + metres_north / 111'000;
            head->report(day.stage.march, {fix(lat, -90.197 + along_degrees_)});
            tail->report(day.stage.march, {fix(38.63, -90.199 + along_degrees_)});
            day.stage.wait(base::seconds(5));
        }
    }
    [[nodiscard]] std::size_t seen(const std::string& what) const {
        const std::string all = day.lead->everything_seen();
        std::size_t count = 0;
        for (auto at = all.find(what); at != std::string::npos; at = all.find(what, at + 1)) ++count;
        return count;
    }

private:
    [[nodiscard]] core::Fix fix(double lat, double lon) const { return {{lat, lon}, 8, day.stage.clock.now()}; }
    double along_degrees_ = 0;
};

}  // namespace

TEST_CASE("the keeper samples the column once a minute and the city's dashboard has it", "[scenario][column]") {
    Promenade street;
    CHECK(street.seen("\"columnSampled\"") == 0);
    street.walk(base::minutes(4));
    const std::size_t samples = street.seen("\"columnSampled\"");
    CHECK(samples >= 4);
    CHECK(samples <= 5);
    CHECK(says(street.day.lead->everything_seen(), "\"headBy\":\"BY_GPS\""));
    CHECK(says(street.day.stage.state(), "\"sample\""));
}

TEST_CASE("a city without GPS follows its column by one tap", "[scenario][column]") {
    Promenade street;
    street.day.stage.must(*street.head, core::MarkPassed{2, core::End::head, 0});
    street.day.stage.wait(base::seconds(5));
    CHECK(street.seen("\"waypointPassed\"") == 1);
    CHECK(says(street.day.lead->everything_seen(), "\"headBy\":\"BY_REPORT\""));
    CHECK(says(street.day.lead->newest, "\"headReportedAtMs\""));
    CHECK(street.day.stage.refused(*street.day.anna, core::MarkPassed{2, core::End::head, 0}).code ==
          base::RefusalCode::permission_denied);
}

TEST_CASE("a head that leaves the route is told after 45 s and once until it has been back for long",
          "[scenario][column]") {
    Promenade street;
    street.walk(base::seconds(30));
    street.walk(base::seconds(40), 150);
    CHECK_FALSE(says(street.day.stage.state(), "OFF_ROUTE"));
    street.walk(base::seconds(60), 150);
    CHECK(says(street.day.stage.state(), "OFF_ROUTE"));
    street.walk(base::seconds(80));
    CHECK(says(street.day.stage.state(), "OFF_ROUTE"));
    street.walk(base::seconds(30));
    CHECK_FALSE(says(street.day.stage.state(), "OFF_ROUTE"));
    CHECK(street.seen(off_route_raised) == 1);
}

TEST_CASE("a new keeper raises nothing twice and clears nothing that it has not seen gone", "[scenario][column]") {
    Promenade street;
    street.walk(base::seconds(100), 150);
    REQUIRE(says(street.day.stage.state(), "OFF_ROUTE"));
    street.head.reset();
    street.tail.reset();
    street.day.hang_up();
    street.day.stage.crash();
    REQUIRE(street.day.stage.come_up().has_value());
    street.day.sit_down();
    street.head = street.day.stage.seat(street.head_grant);
    street.tail = street.day.stage.seat(street.tail_grant);
    street.day.lead->open(street.day.stage.feed(FeedKind::ops), std::nullopt, wire::Encoding::json);
    street.walk(base::seconds(60), 150);
    CHECK(says(street.day.stage.state(), "OFF_ROUTE"));
    street.walk(base::seconds(150), 150);
    CHECK(street.seen(off_route_raised) == 0);
    street.walk(base::seconds(120));
    CHECK_FALSE(says(street.day.stage.state(), "OFF_ROUTE"));
}
