// The street of the active route: who staffs an intersection, what the column leaves behind, what is closed.
#include "core/column.hpp"
#include "core/column_watch.hpp"
#include "core/route.hpp"
#include "core/views.hpp"

#include "support/march_builder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

namespace marchwire::core {
namespace {

using base::minutes;
using base::RefusalCode;
using base::seconds;
using State = IntersectionState;
using test::all_of;

/// About 4 km to the east with two intersections, an exit and water.
std::shared_ptr<RouteLine> street_line() {
    auto line = std::make_shared<RouteLine>();
    line->points = {{38.63, -90.20}, {38.63, -90.175}, {38.63, -90.155}};
    line->waypoints = {{1, WaypointKind::assembly, "Steps", {38.63, -90.20}, Metres{0}},
                       {2, WaypointKind::intersection, "Tucker", {38.63, -90.19}, Metres{871}},
                       {3, WaypointKind::water, "Library", {38.63, -90.18}, Metres{1'742}},
                       {4, WaypointKind::intersection, "Broadway", {38.63, -90.17}, Metres{2'606}},
                       {5, WaypointKind::exit, "Side gate", {38.63, -90.165}, Metres{3'041}}};
    return line;
}

class Crossing {
public:
    Crossing() {
        activate(street_line());
        march.must(march.lead, SetPolicy{AlertPreset::standard});
        march.march_off();
    }
    void activate(std::shared_ptr<RouteLine> line) {
        march.must(march.lead, ImportRoute{std::move(line)});
        const auto version = static_cast<std::uint32_t>(march.state.routes.size());
        march.must(march.lead, ApproveRoute{version});
        march.must(march.lead, ActivateRoute{version, march.state.active_route});
    }
    [[nodiscard]] State at(std::uint32_t waypoint) const { return intersection_at(march.state, waypoint).state; }
    SetIntersection wish(std::uint32_t waypoint, State to) {
        return {waypoint, to, intersection_at(march.state, waypoint).version, march.state.active_route};
    }
    void set(std::uint32_t waypoint, State to) { march.must(march.lead, wish(waypoint, to)); }
    /// The head at this place, walking at a metre a second, seen each second for so long; the keeper tells of it.
    void head_walks(double& along, Millis time, double pace = 1) {
        for (Millis gone; gone < time; gone = gone + seconds(1)) {
            march.now = march.now + seconds(1);
            along += pace;
            OpsColumn column;
            column.as_of = march.now;
            column.route_version = march.state.active_route;
            column.head.along = Metres{along};
            column.head.pace = pace;
            column.head.known_by = KnownBy::gps;
            watch.look(march.state, column);
            (void)march.tell(test::MarchBuilder::keeper(), watch.seen());
        }
    }
    [[nodiscard]] const Alert* alert(std::uint32_t waypoint) const {
        const auto found = march.state.alerts.find({AlertKind::intersection_not_ready, {}, waypoint});
        return found == march.state.alerts.end() ? nullptr : &found->second;
    }

    test::MarchBuilder march;
    ColumnWatch watch;
};

TEST_CASE("an intersection goes from its team's way to its release and lets an emergency vehicle through",
          "[core][street]") {
    Crossing street;
    CHECK(street.at(2) == State::unstaffed);
    for (const State to : {State::team_en_route, State::staffed, State::held, State::staffed, State::held,
                           State::head_passed, State::tail_passed, State::released}) {
        CAPTURE(name_of(to));
        street.set(2, to);
        CHECK(street.at(2) == to);
    }
    CHECK(intersection_at(street.march.state, 2).version == 8);
    CHECK(street.at(4) == State::unstaffed);
    // A team that is there has come; back goes only one that is held.
    street.set(4, State::staffed);
    CHECK(street.march.refused(street.march.lead, street.wish(4, State::unstaffed)).code ==
          RefusalCode::invalid_transition);
    CHECK(street.march.refused(street.march.lead, street.wish(4, State::staffed)).code ==
          RefusalCode::invalid_transition);
    street.set(4, State::held);
    CHECK(street.march.refused(street.march.lead, street.wish(4, State::team_en_route)).code ==
          RefusalCode::invalid_transition);
}

TEST_CASE("an intersection is named with its version and that of the route", "[core][street]") {
    Crossing street;
    street.set(2, State::staffed);
    const auto stale = street.march.refused(street.march.lead, SetIntersection{2, State::held, 0, 1});
    CHECK(stale.code == RefusalCode::conflict);
    CHECK(stale.current_version == 1);
    CHECK(stale.current_value == "staffed");
    CHECK(street.march.refused(street.march.lead, SetIntersection{2, State::held, 1, 2}).field == "route_version");
    CHECK(street.march.refused(street.march.lead, SetIntersection{3, State::held, 0, 1}).code ==
          RefusalCode::not_found);
    CHECK(street.march.refused(street.march.lead, CloseExit{2, 1}).code == RefusalCode::not_found);
    CHECK(street.march.refused(street.march.lead, CloseLeg{2, 1}).code == RefusalCode::not_found);
    test::MarchBuilder without;
    CHECK(without.refused(without.lead, CloseLeg{0, 1}).code == RefusalCode::not_found);
}

TEST_CASE("dispatchers and leads set the street and a section lead where the section has a post",
          "[core][street][rights]") {
    Crossing street;
    test::MarchBuilder& march = street.march;
    const PersonId lead = march.on_duty(Role::section_lead, 1);
    const PersonId other = march.on_duty(Role::section_lead, 2);
    const PersonId team = march.on_duty(Role::intersection, 1);
    for (const PersonId who : {team, march.on_duty(Role::medic, 1), march.desk}) {
        CHECK(march.refused(who, street.wish(2, State::staffed)).code == RefusalCode::permission_denied);
    }
    CHECK(march.refused(lead, street.wish(2, State::staffed)).code == RefusalCode::permission_denied);
    march.must(team, CheckIn{Report::on_post, {PlaceKind::post, 2}});
    march.must(lead, street.wish(2, State::staffed));
    CHECK(march.refused(other, street.wish(2, State::held)).code == RefusalCode::permission_denied);
    CHECK(march.refused(lead, street.wish(4, State::staffed)).code == RefusalCode::permission_denied);
    march.must(lead, CloseLeg{0, 1});  // the post lies on it
    CHECK(march.refused(lead, CloseLeg{1, 1}).code == RefusalCode::permission_denied);
    CHECK(march.refused(lead, CloseExit{5, 1}).code == RefusalCode::permission_denied);
    march.must(march.on_duty(Role::dispatcher), CloseExit{5, 1});
    march.must(march.on_duty(Role::anchor), OpenExit{5, 1});
}

TEST_CASE("where head and tail are reported the intersections behind them have been passed", "[core][street]") {
    Crossing street;
    street.set(2, State::held);
    street.march.must(street.march.lead, MarkPassed{3, End::head, 0});
    CHECK(street.at(2) == State::head_passed);
    CHECK(street.at(4) == State::unstaffed);
    street.march.must(street.march.lead, MarkPassed{4, End::head, 0});
    CHECK(street.at(4) == State::head_passed);
    street.march.must(street.march.lead, MarkPassed{2, End::tail, 0});
    CHECK(street.at(2) == State::tail_passed);
    CHECK(street.at(4) == State::head_passed);
    street.set(2, State::released);
    street.march.must(street.march.lead, MarkPassed{3, End::tail, 0});
    CHECK(street.at(2) == State::released);
}

TEST_CASE("as the keeper sees the column walk it leaves intersections behind", "[core][street][column]") {
    Crossing street;
    ObserveColumn seen;
    seen.route_version = 1;
    seen.head = Metres{890};  // GPS wavers: it may stand on the crossing
    seen.tail = Metres{100};
    (void)street.march.tell(test::MarchBuilder::keeper(), seen);
    CHECK(street.at(2) == State::unstaffed);
    seen.head = Metres{900};
    REQUIRE(street.march.tell(test::MarchBuilder::keeper(), seen).has_value());
    CHECK(street.at(2) == State::head_passed);
    CHECK(column_events(street.march.state, seen, street.march.now).empty());
    seen.tail = Metres{900};
    REQUIRE(street.march.tell(test::MarchBuilder::keeper(), seen).has_value());
    CHECK(street.at(2) == State::tail_passed);
}

TEST_CASE("an intersection that nobody staffs is told five minutes before the head and is critical at two",
          "[core][street][alert]") {
    Crossing street;
    const PersonId head = street.march.on_duty(Role::head);
    const PersonId team = street.march.on_duty(Role::intersection, 1);
    double along = 871 - 320;
    street.head_walks(along, seconds(19));
    CHECK(street.alert(2) == nullptr);
    street.head_walks(along, seconds(12));
    REQUIRE(street.alert(2) != nullptr);
    CHECK_FALSE(street.alert(2)->critical);
    CHECK(street.alert(2)->figure < 300);
    const auto first = std::ranges::find_if(
        street.march.entries, [](const Entry& entry) { return std::holds_alternative<AlertStepped>(entry.event); });
    CHECK(std::get<AlertStepped>(first->event).notified == std::vector{head, team});
    CHECK(street.alert(4) == nullptr);
    street.set(2, State::staffed);
    street.head_walks(along, seconds(25));
    CHECK(street.alert(2) == nullptr);
    // Staffed is not enough at two minutes.
    street.head_walks(along, seconds(110));
    CHECK(street.alert(2) == nullptr);
    street.head_walks(along, seconds(50));
    REQUIRE(street.alert(2) != nullptr);
    CHECK(street.alert(2)->critical);
    street.set(2, State::held);
    street.head_walks(along, seconds(25));
    CHECK(street.alert(2) == nullptr);
}

TEST_CASE("an alert about an intersection ends when the head stands or has passed or walks another route",
          "[core][street][alert]") {
    Crossing street;
    double along = 871 - 100;
    street.head_walks(along, seconds(15));
    REQUIRE(street.alert(2) != nullptr);
    CHECK(street.alert(2)->critical);
    street.head_walks(along, seconds(25), 0);
    CHECK(street.alert(2) == nullptr);
    street.head_walks(along, seconds(15));
    REQUIRE(street.alert(2) != nullptr);
    street.head_walks(along, seconds(150));
    CHECK(street.at(2) == State::head_passed);
    CHECK(street.alert(2) == nullptr);
    along = 2'606 - 100;
    street.head_walks(along, seconds(15));
    REQUIRE(street.alert(4) != nullptr);
    street.activate(street_line());
    CHECK(street.alert(4) == nullptr);
    // Small marches do without.
    street.march.must(street.march.lead, SetPolicy{AlertPreset::small});
    street.head_walks(along, seconds(15));
    CHECK(street.alert(4) == nullptr);
}

TEST_CASE("a new route keeps what still applies of the old one", "[core][street]") {
    Crossing street;
    street.set(2, State::held);
    street.set(4, State::staffed);
    street.march.must(street.march.lead, CloseLeg{1, 1});
    street.march.must(street.march.lead, CloseExit{5, 1});
    auto detour = street_line();
    // Tucker is passed as before under another number; Broadway is not; the first leg is new, the second stays.
    detour->points = {{38.632, -90.20}, {38.63, -90.175}, {38.63, -90.155}};
    detour->waypoints = {{7, WaypointKind::intersection, "Tucker", {38.63, -90.19}, Metres{900}},
                         {8, WaypointKind::intersection, "Olive", {38.631, -90.18}, Metres{1'800}},
                         {9, WaypointKind::exit, "Side gate", {38.63, -90.165}, Metres{3'050}}};
    street.activate(detour);
    CHECK(street.at(7) == State::held);
    CHECK(street.at(8) == State::unstaffed);
    CHECK(street.march.state.intersections.size() == 1);
    const RouteClosures& closures = street.march.state.closures;
    CHECK(closures.route_version == 2);
    CHECK(closures.closed_legs == std::vector<std::uint32_t>{1});
    CHECK(closures.closed_exits == std::vector<std::uint32_t>{9});
    CHECK(closures.public_closed == std::vector<std::uint32_t>{0});
}

TEST_CASE("followers hear what is closed of a route that they know and of no other", "[core][street][views]") {
    test::MarchBuilder march;
    auto line = street_line();
    line->closed_legs = {1};  // as it was drawn
    march.must(march.lead, ImportRoute{line});
    march.must(march.lead, ApproveRoute{1});
    march.must(march.lead, ActivateRoute{1, 0});
    march.must(march.lead, CloseExit{5, 1});
    PublicSnapshot held = public_snapshot(march.state);
    CHECK(held.closures == PublicClosures{});
    const std::size_t before = march.entries.size();
    march.now = march.step_off - minutes(60);
    march.tick();
    for (std::size_t i = before; i < march.entries.size(); ++i) {
        if (const auto item = public_item(march.entries[i])) fold(held, *item);
    }
    // Steps, Library and Side gate are public; the gate is the third.
    CHECK(held.closures == PublicClosures{1, {1}, {2}});
    CHECK(held.closures == public_snapshot(march.state).closures);
    march.must(march.lead, OpenExit{5, 1});
    CHECK(public_item(march.entries.back()) == PublicItem(PublicClosures{1, {1}, {}}));
    CHECK(march.refused(march.lead, OpenExit{5, 1}).code == RefusalCode::invalid_transition);
    CHECK(march.refused(march.lead, CloseLeg{1, 1}).code == RefusalCode::invalid_transition);
    const PersonId marshal = march.on_duty(Role::side, 1);
    CHECK(marshal_snapshot(march.state, marshal)->closures == march.state.closures);
    CHECK(section_snapshot(march.state, 1).state.closures == march.state.closures);
}

}  // namespace
}  // namespace marchwire::core
