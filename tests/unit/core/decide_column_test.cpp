// What the log says of the column: who may tell of it, a sample each minute, alerts on the edge.
#include "core/column.hpp"
#include "core/column_watch.hpp"

#include "base/limits.hpp"
#include "support/march_builder.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <optional>
#include <vector>

namespace marchwire::core {
namespace {

using base::minutes;
using base::seconds;
using test::all_of;

/// A march on a street of 4 km with three waypoints, MARCHING; its keeper tells what the test has measured.
class Observed {
public:
    Observed() {
        activate({{38.63, -90.20}, {38.63, -90.155}}, 0);
        march.must(march.lead, SetPolicy{AlertPreset::large});
        march.march_off();
        seen.route_version = 1;
    }
    void activate(std::vector<LatLon> points, std::uint32_t replaced) {
        auto line = std::make_shared<RouteLine>();
        line->points = std::move(points);
        line->waypoints = {{1, WaypointKind::assembly, "Steps", {38.63, -90.20}, Metres{0}},
                           {2, WaypointKind::intersection, "Tucker", {38.63, -90.19}, Metres{871}},
                           {3, WaypointKind::water, "Library", {38.63, -90.18}, Metres{1'742}}};
        march.must(march.lead, ImportRoute{line});
        const auto version = static_cast<std::uint32_t>(march.state.routes.size());
        march.must(march.lead, ApproveRoute{version});
        march.must(march.lead, ActivateRoute{version, replaced});
    }
    test::MarchBuilder::Outcome tell() { return march.tell(test::MarchBuilder::keeper(), seen); }
    /// The condition holds, or is gone, from now on.
    void measure(AlertKind kind, bool holds, std::uint32_t number = 0, std::uint32_t figure = 0, bool severe = false) {
        seen.conditions = {{kind, number, holds, march.now, severe, march.now, figure}};
    }
    std::vector<Event> after(Millis time) {
        march.now = march.now + time;
        auto outcome = tell();
        return outcome ? *outcome : std::vector<Event>{};
    }
    [[nodiscard]] const Alert* alert(AlertKind kind, std::uint32_t number = 0) const {
        const auto found = march.state.alerts.find({kind, PersonId{}, number});
        return found == march.state.alerts.end() ? nullptr : &found->second;
    }

    test::MarchBuilder march;
    ObserveColumn seen;
};

// ---- samples -------------------------------------------------------------------------------------

TEST_CASE("while the march moves the column is sampled once a minute in steps of 100 m", "[core][column]") {
    Observed street;
    street.seen.head = Metres{1'249};
    street.seen.tail = Metres{951};
    street.seen.head_by = KnownBy::gps;
    street.seen.tail_by = KnownBy::report;
    const auto first = all_of<ColumnSampled>(street.after(seconds(1)));
    REQUIRE(first.size() == 1);
    CHECK(first[0].sample.head_metres == 1'200);
    CHECK(first[0].sample.tail_metres == 1'000);
    CHECK(first[0].sample.length_metres == 300);
    CHECK(first[0].sample.head_by == KnownBy::gps);
    CHECK(first[0].sample.tail_by == KnownBy::report);
    CHECK(street.after(seconds(59)).empty());
    CHECK(all_of<ColumnSampled>(street.after(seconds(1))).size() == 1);
    CHECK(street.march.state.column.sampled_at == street.march.now);
}

TEST_CASE("a march that is held or of which nothing is known is not sampled", "[core][column]") {
    Observed street;
    CHECK(street.after(minutes(2)).empty());
    street.seen.head = Metres{500};
    street.march.must(street.march.lead, Hold{street.march.state.phase_version, "", ""});
    CHECK(street.after(minutes(2)).empty());
    street.march.must(street.march.lead, Release{street.march.state.phase_version});
    CHECK(street.after(seconds(1)).size() == 1);
}

TEST_CASE("a keeper that was overtaken or looked at another route says nothing of the column", "[core][column]") {
    Observed street;
    street.seen.head = Metres{500};
    street.march.tell(test::MarchBuilder::keeper(), TakeKeeping{Term{3}, {}}).value();
    street.seen.term = Term{2};
    CHECK(street.tell().error().code == base::RefusalCode::conflict);
    street.seen.term = Term{3};
    street.seen.route_version = 2;
    CHECK(street.tell().error().field == "route_version");
    street.seen.route_version = 1;
    CHECK(street.tell().has_value());
    CHECK(street.march.refused(street.march.lead, street.seen).code == base::RefusalCode::permission_denied);
}

// ---- alerts --------------------------------------------------------------------------------------

struct Climbing {
    AlertKind kind;
    Millis raised_after;
};
constexpr Climbing climbing[] = {{AlertKind::gap_open, seconds(60)},
                                 {AlertKind::head_too_fast, minutes(3)},
                                 {AlertKind::column_stretched, seconds(60)},
                                 {AlertKind::off_route, seconds(45)}};

TEST_CASE("an alert of the column is raised after its time, climbs, is taken and clears after twice that time",
          "[core][column]") {
    for (const auto& [kind, time] : climbing) {
        CAPTURE(name_of(kind));
        Observed street;
        const PersonId lead = street.march.on_duty(Role::city_lead);
        const std::uint32_t number = kind == AlertKind::gap_open ? 2 : 0;
        street.measure(kind, true, number, 130);
        CHECK(street.after(time - seconds(1)).empty());
        CHECK(all_of<AlertRaised>(street.after(seconds(1))).size() == 1);
        REQUIRE(street.alert(kind, number) != nullptr);
        CHECK(street.alert(kind, number)->state == AlertState::notifying);
        CHECK(street.alert(kind, number)->step == 2);
        CHECK(street.alert(kind, number)->figure == 130);
        // On the edge: what goes on is told once.
        CHECK(street.after(seconds(30)).empty());
        for (int rung = 0; rung < 2; ++rung) street.march.tick_when_due();
        CHECK(street.alert(kind, number)->state == AlertState::exhausted);
        const AlertKey key{kind, PersonId{}, number};
        street.march.must(lead, AckAlert{key, street.alert(kind, number)->version});
        CHECK(street.alert(kind, number)->owner == lead);
        street.measure(kind, false, number);
        CHECK(street.after(time * 2 - seconds(1)).empty());
        const auto cleared = all_of<AlertCleared>(street.after(seconds(1)));
        REQUIRE(cleared.size() == 1);
        CHECK_FALSE(cleared[0].reason.empty());
        CHECK(street.march.state.alerts.empty());
        CHECK(street.after(seconds(1)).empty());
    }
}

TEST_CASE("a gap alert names its sections' leads first and a head that is too fast the head marshals",
          "[core][column]") {
    Observed street;
    const PersonId head = street.march.on_duty(Role::head);
    const PersonId second = street.march.on_duty(Role::section_lead, 2);
    const PersonId third = street.march.on_duty(Role::section_lead, 3);
    street.march.on_duty(Role::section_lead, 4);
    const PersonId city = street.march.on_duty(Role::city_lead);
    street.measure(AlertKind::gap_open, true, 2);
    auto steps = all_of<AlertStepped>(street.after(seconds(60)));
    REQUIRE(steps.size() == 1);
    CHECK(steps[0].notified == std::vector{second, third});
    steps = all_of<AlertStepped>(street.march.tick_when_due());
    REQUIRE(steps.size() == 1);
    CHECK(steps[0].notified == std::vector{city});
    street.measure(AlertKind::head_too_fast, true);
    steps = all_of<AlertStepped>(street.after(minutes(3)));
    REQUIRE_FALSE(steps.empty());
    CHECK(steps.back().notified == std::vector{head});
}

TEST_CASE("a gap behind a section escalates no order of that number", "[core][column][order]") {
    Observed street;
    street.march.on_duty(Role::side, 1);
    IssueOrder wish;
    wish.text = "Close up.";
    street.march.must(street.march.on_duty(Role::city_lead), wish);
    street.measure(AlertKind::gap_open, true, 1);
    street.after(seconds(60));
    REQUIRE(street.alert(AlertKind::gap_open, 1) != nullptr);
    CHECK_FALSE(street.march.state.order(1)->escalated);
    // Nor is there an order behind each gap.
    street.measure(AlertKind::gap_open, true, 2);
    street.after(seconds(60));
    CHECK(street.alert(AlertKind::gap_open, 2) != nullptr);
}

TEST_CASE("a gap that becomes severe is told once more whoever had taken it", "[core][column]") {
    Observed street;
    const PersonId lead = street.march.on_duty(Role::section_lead, 1);
    street.measure(AlertKind::gap_open, true, 1, 60);
    street.after(seconds(60));
    const AlertKey key{AlertKind::gap_open, PersonId{}, 1};
    street.march.must(lead, AckAlert{key, street.alert(AlertKind::gap_open, 1)->version});
    const UtcMs raised_at = street.alert(AlertKind::gap_open, 1)->raised_at;
    street.seen.conditions[0].severe = true;
    street.seen.conditions[0].severe_since = street.march.now;
    street.seen.conditions[0].figure = 120;
    CHECK(street.after(seconds(59)).empty());
    street.after(seconds(1));
    const Alert* severe = street.alert(AlertKind::gap_open, 1);
    REQUIRE(severe != nullptr);
    CHECK(severe->critical);
    CHECK(severe->figure == 120);
    CHECK(severe->state == AlertState::notifying);
    CHECK(severe->raised_at == raised_at);
    CHECK(street.after(minutes(1)).empty());
}

TEST_CASE("a section lead takes the gaps at the own section and no others", "[core][column]") {
    Observed street;
    const PersonId own = street.march.on_duty(Role::section_lead, 3);
    const PersonId far = street.march.on_duty(Role::section_lead, 4);
    street.measure(AlertKind::gap_open, true, 2);
    street.after(seconds(60));
    const std::uint32_t version = street.alert(AlertKind::gap_open, 2)->version;
    const AlertKey key{AlertKind::gap_open, PersonId{}, 2};
    CHECK(street.march.refused(far, AckAlert{key, version}).code == base::RefusalCode::permission_denied);
    street.march.must(own, AckAlert{key, version});
}

TEST_CASE("when the street is empty the column's alerts are cleared", "[core][column]") {
    Observed street;
    street.measure(AlertKind::off_route, true);
    street.after(seconds(45));
    REQUIRE(street.alert(AlertKind::off_route) != nullptr);
    street.march.advance(Phase::dispersing);
    REQUIRE(street.alert(AlertKind::off_route) != nullptr);
    street.march.advance(Phase::closed);
    CHECK(street.alert(AlertKind::off_route) == nullptr);
    CHECK_FALSE(street.tell().has_value());
}

TEST_CASE("conditions of other alerts and too many of them are refused", "[core][column]") {
    Observed street;
    street.measure(AlertKind::checkin_missed, true);
    CHECK(street.tell().error().field == "conditions");
    street.measure(AlertKind::off_route, true);
    street.seen.conditions.resize(base::limits::column_conditions + 1, street.seen.conditions[0]);
    CHECK(street.tell().error().code == base::RefusalCode::too_large);
}

// ---- the watch -----------------------------------------------------------------------------------

/// An exact column as the estimator gives it.
OpsColumn column_at(UtcMs now, double head, double tail) {
    OpsColumn column;
    column.as_of = now;
    column.route_version = 1;
    column.head.along = Metres{head};
    column.tail.along = Metres{tail};
    column.head.known_by = column.tail.known_by = KnownBy::gps;
    return column;
}

const ColumnCondition* told(const ColumnWatch& watch, AlertKind kind, std::uint32_t number = 0) {
    for (const ColumnCondition& condition : watch.seen().conditions) {
        if (condition.kind == kind && condition.number == number) return &condition;
    }
    return nullptr;
}

TEST_CASE("a gap counts from 40 m on and from twice the others' median", "[core][column]") {
    const Observed street;
    ColumnWatch watch;
    OpsColumn column = column_at(street.march.now, 900, 100);
    column.gaps = {{1, 2, Metres{39}, false}, {2, 3, Metres{10}, false}, {3, 4, Metres{12}, false}};
    watch.look(street.march.state, column);
    CHECK_FALSE(told(watch, AlertKind::gap_open, 1)->holds);
    column.gaps[0].metres = Metres{41};
    column.as_of = column.as_of + seconds(10);
    watch.look(street.march.state, column);
    CHECK(told(watch, AlertKind::gap_open, 1)->holds);
    CHECK(told(watch, AlertKind::gap_open, 1)->since == column.as_of);
    CHECK_FALSE(told(watch, AlertKind::gap_open, 1)->severe);
    // All walk that far apart: none is wide.
    column.gaps[1].metres = column.gaps[2].metres = Metres{30};
    watch.look(street.march.state, column);
    CHECK_FALSE(told(watch, AlertKind::gap_open, 1)->holds);
    column.gaps[0] = {1, 2, Metres{70}, true};
    watch.look(street.march.state, column);
    CHECK(told(watch, AlertKind::gap_open, 1)->severe);
}

TEST_CASE("between sections of which one in the middle says nothing no gap counts", "[core][column]") {
    const Observed street;
    ColumnWatch watch;
    OpsColumn column = column_at(street.march.now, 900, 100);
    column.gaps = {{1, 3, Metres{200}, false}, {3, 4, Metres{10}, false}};
    watch.look(street.march.state, column);
    CHECK(told(watch, AlertKind::gap_open, 1) == nullptr);
    CHECK(told(watch, AlertKind::gap_open, 3) != nullptr);
}

TEST_CASE("a condition that cannot be told begins anew", "[core][column]") {
    const Observed street;
    ColumnWatch watch;
    OpsColumn column = column_at(street.march.now, 900, 100);
    column.off_route = Metres{61};
    watch.look(street.march.state, column);
    REQUIRE(told(watch, AlertKind::off_route)->holds);
    column.as_of = column.as_of + seconds(30);
    SECTION("the head's phone is silent") { column.off_route.reset(); }
    SECTION("positions were missed") { column.stale = true; }
    watch.look(street.march.state, column);
    CHECK(told(watch, AlertKind::off_route) == nullptr);
    column.off_route = Metres{70};
    column.stale = false;
    column.as_of = column.as_of + seconds(30);
    watch.look(street.march.state, column);
    REQUIRE(told(watch, AlertKind::off_route) != nullptr);
    CHECK(told(watch, AlertKind::off_route)->since == column.as_of);
    CHECK(told(watch, AlertKind::off_route)->figure == 70);
}

TEST_CASE("a column is stretched against its length when all of it walked", "[core][column]") {
    Observed street;
    ColumnWatch watch;
    const auto look = [&](double head, double tail) {
        street.march.now = street.march.now + seconds(1);
        OpsColumn column = column_at(street.march.now, head, tail);
        column.head.pace = 1.3;
        column.tail.pace = 1.0;
        watch.look(street.march.state, column);
    };
    // The square empties into the street: it grows, and nobody is too fast.
    look(100, 0);
    look(300, 5);
    CHECK(told(watch, AlertKind::column_stretched) == nullptr);
    CHECK(told(watch, AlertKind::head_too_fast) == nullptr);
    look(352, 50);
    CHECK(watch.seen().step_off_length_metres == 300);
    look(500, 115);
    CHECK_FALSE(told(watch, AlertKind::column_stretched)->holds);
    look(510, 115);
    CHECK(told(watch, AlertKind::column_stretched)->holds);
    CHECK(told(watch, AlertKind::column_stretched)->figure == 132);
    CHECK(told(watch, AlertKind::head_too_fast)->holds);
    CHECK(told(watch, AlertKind::head_too_fast)->figure == 130);
    // Logged, and so known to the next keeper.
    street.seen = watch.seen();
    REQUIRE(street.tell().has_value());
    ColumnWatch next;
    next.look(street.march.state, column_at(street.march.now, 510, 115));
    CHECK(next.seen().step_off_length_metres == 300);
}

TEST_CASE("while the march is held nobody is too fast and no gap counts", "[core][column]") {
    Observed street;
    ColumnWatch watch;
    OpsColumn column = column_at(street.march.now, 900, 100);
    column.gaps = {{1, 2, Metres{80}, false}};
    column.head.pace = 2;
    column.tail.pace = 1;
    street.march.must(street.march.lead, Hold{street.march.state.phase_version, "", ""});
    watch.look(street.march.state, column);
    CHECK_FALSE(told(watch, AlertKind::gap_open, 1)->holds);
    CHECK_FALSE(told(watch, AlertKind::head_too_fast)->holds);
}

// ---- reports -------------------------------------------------------------------------------------

TEST_CASE("the column of a city without GPS is where somebody last saw it pass", "[core][column]") {
    Observed street;
    Column column;
    const PersonId head = street.march.on_duty(Role::head);
    const PersonId tail = street.march.on_duty(Role::tail);
    street.march.must(head, MarkPassed{2, End::head, 0});
    const UtcMs passed = street.march.now;
    street.march.now = street.march.now + minutes(12);
    street.march.must(tail, MarkPassed{1, End::tail, 1});
    const OpsColumn ops = column.ops(street.march.state, street.march.now);
    REQUIRE(ops.head.along);
    CHECK(ops.head.along->value == Approx(871));
    CHECK(ops.head.known_by == KnownBy::report);
    CHECK(ops.head.reported_at == passed);
    CHECK(ops.head.marshals == 0);
    CHECK(ops.length()->value == Approx(871));
    CHECK_FALSE(ops.head.pace);
}

TEST_CASE("GPS goes before a report and a report before a position that is long gone", "[core][column]") {
    Observed street;
    Column column;
    const PersonId head = street.march.on_duty(Role::head);
    street.march.must(head, MarkPassed{2, End::head, 0});
    const LatLon place = RouteIndex(street.march.state.active()->line->points).at(Metres{1'200});
    street.march.now = street.march.now + seconds(30);
    (void)column.take(street.march.state, head, {Fix{place, 8, street.march.now}}, street.march.now);
    OpsColumn ops = column.ops(street.march.state, street.march.now);
    CHECK(ops.head.known_by == KnownBy::gps);
    CHECK(ops.head.along->value == Approx(1'200).margin(1));
    // Silent since: the report is older than what GPS told, and would take the head back.
    street.march.now = street.march.now + minutes(5);
    CHECK_FALSE(column.ops(street.march.state, street.march.now).head.along);
    street.march.must(head, MarkPassed{3, End::head, 0});
    ops = column.ops(street.march.state, street.march.now);
    CHECK(ops.head.along->value == Approx(1'742));
}

TEST_CASE("head marshals tell of the head, tail marshals of the tail, section leads of their own end",
          "[core][column]") {
    Observed street;
    const auto may = [&](PersonId who, End end) { return street.march.tell(who, MarkPassed{1, end, 0}).has_value(); };
    const PersonId head = street.march.on_duty(Role::head);
    const PersonId tail = street.march.on_duty(Role::tail);
    const PersonId first = street.march.on_duty(Role::section_lead, 1);
    const PersonId last = street.march.on_duty(Role::section_lead, 5);
    const PersonId middle = street.march.on_duty(Role::section_lead, 3);
    CHECK(may(head, End::head));
    CHECK_FALSE(may(head, End::tail));
    CHECK(may(tail, End::tail));
    CHECK_FALSE(may(tail, End::head));
    CHECK(may(first, End::head));
    CHECK_FALSE(may(first, End::tail));
    CHECK(may(last, End::tail));
    CHECK_FALSE(may(middle, End::head));
    CHECK(may(street.march.on_duty(Role::dispatcher), End::tail));
    CHECK(may(street.march.lead, End::head));
    CHECK_FALSE(may(street.march.on_duty(Role::side, 1), End::head));
}

TEST_CASE("a report names a waypoint that is there and a march that has a column", "[core][column]") {
    Observed street;
    CHECK(street.march.refused(street.march.lead, MarkPassed{9, End::head, 0}).field == "waypoint");
    CHECK(street.march.refused(street.march.lead, MarkPassed{1, End::head, 7}).field == "waypoint");
    test::MarchBuilder planned;
    CHECK(planned.refused(planned.lead, MarkPassed{1, End::head, 0}).code == base::RefusalCode::invalid_transition);
    planned.march_off();
    CHECK(planned.refused(planned.lead, MarkPassed{1, End::head, 0}).field == "route_version");
}

TEST_CASE("a report that comes late takes nobody back", "[core][column]") {
    Observed street;
    const UtcMs early = street.march.now;
    street.march.now = street.march.now + minutes(20);
    street.march.must(street.march.lead, MarkPassed{3, End::head, 0});
    // From a phone that was away.
    Command late;
    late.id = {base::DeviceId{7}, 1};
    late.made_at = early;
    late.body = MarkPassed{2, End::head, 0};
    const Context context{street.march.now, street.march.actor(street.march.lead)};
    const auto events = decide(street.march.state, late, context);
    REQUIRE(events.has_value());
    CHECK(std::get<WaypointPassed>(events->front()).mark.at == early);
    const Entry entry = stamp(street.march.state, events->front(), late, context);
    apply(street.march.state, entry, test::digest_of(entry.seq));
    CHECK(street.march.state.column.head.waypoint == 3);
}

TEST_CASE("a reroute puts the reported column on the new route", "[core][column]") {
    Observed street;
    street.march.must(street.march.lead, MarkPassed{2, End::head, 0});
    const UtcMs passed = street.march.now;
    street.march.now = street.march.now + minutes(1);
    // It begins a block earlier and goes on beyond the end.
    street.activate({{38.63, -90.21}, {38.63, -90.15}}, 1);
    const PassedMark& mark = street.march.state.column.head;
    CHECK(mark.route_version == 2);
    CHECK(mark.waypoint == 0);
    CHECK(mark.along.value == Approx(871 + 871).margin(3));
    CHECK(mark.at == passed);
    // Said of the route before, after it was replaced.
    street.march.must(street.march.lead, MarkPassed{3, End::head, 1});
    CHECK(street.march.state.column.head.along.value == Approx(1'742 + 871).margin(5));
    // Another part of town.
    street.activate({{38.70, -90.21}, {38.70, -90.15}}, 2);
    CHECK(mark_on_route(street.march.state, End::head) == nullptr);
}

TEST_CASE("a report at a public waypoint is public a minute later and one at an intersection is not",
          "[core][column]") {
    Observed street;
    Column column;
    const auto shown_after = [&](std::int64_t whole) {
        PublicColumn shown;
        for (std::int64_t gone = 0; gone < whole; gone += 5) {
            shown = column.public_column(street.march.state, street.march.now);
            street.march.now = street.march.now + seconds(5);
        }
        return shown;
    };
    (void)shown_after(70);
    street.march.must(street.march.lead, MarkPassed{2, End::head, 0});
    CHECK_FALSE(shown_after(130).head_metres);
    const UtcMs passed = street.march.now;
    street.march.must(street.march.lead, MarkPassed{3, End::head, 0});
    CHECK_FALSE(shown_after(60).head_metres);
    const PublicColumn shown = shown_after(10);
    CHECK(shown.head_metres == 1'700);
    CHECK(shown.head_reported_at == passed);
    CHECK_FALSE(shown.tail_metres);
    CHECK_FALSE(shown.tail_reported_at);
}

}  // namespace
}  // namespace marchwire::core
