// The demo day's scenes: the table against the real campaigns, the player of a scene, and what is sent for a step.
#include "crew.hpp"
#include "import/campaign_csv.hpp"
#include "import/local_time.hpp"
#include "import/route_file.hpp"
#include "programme.hpp"
#include "route_walk.hpp"
#include "scene_command.hpp"
#include "scene_player.hpp"
#include "staged_march.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

namespace marchwire::cli {
namespace {

constexpr sdk::UtcMs eleven = 1'528'992'000'000;
const std::string samples = MARCHWIRE_SOURCE_DIR "/samples/";

std::string text_of(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<import::DraftMarch> cities_of(const DayScenes& day) {
    return import::read_campaign_csv(text_of(samples + "campaigns/" + std::string(day.campaign) + ".csv")).marches;
}

const import::DraftMarch* city(const std::vector<import::DraftMarch>& cities, std::string_view march) {
    const auto found = std::ranges::find_if(cities, [&](const auto& one) { return one.slug.text() == march; });
    return found == cities.end() ? nullptr : &*found;
}

/// First time that a source says; 0: none.
sdk::UtcMs said_time(const import::DraftMarch& march) {
    sdk::UtcMs first = 0;
    for (const auto& planned : march.spec.plan) {
        if (planned.at && (first == 0 || planned.at.value < first)) first = planned.at.value;
    }
    return first;
}

/// Step-off as the demo has it; 0: nobody knows.
sdk::UtcMs step_off(const DayScenes& day, const std::vector<import::DraftMarch>& cities, std::string_view march) {
    if (const Announced* announced = day.announced_of(march)) {
        const auto* source = city(cities, announced->drill_of.empty() ? march : announced->drill_of);
        REQUIRE(source != nullptr);
        return import::utc_of_local(announced->local, source->spec.tz).value().value;
    }
    const auto* source = city(cities, march);
    REQUIRE(source != nullptr);
    return said_time(*source);
}

TEST_CASE("every day of the field is played once in each campaign of the demo", "[cli][scene]") {
    REQUIRE(all_days().size() == 2);
    for (const DayScenes& day : all_days()) {
        std::set<Scene> played;
        for (const Playing& playing : day.plays) played.insert(playing.scene);
        CHECK(played.size() == scene_count);
        CHECK(day.plays.size() == scene_count);
        CHECK(day_of(day.campaign) == &day);
    }
    CHECK(day_of("50501-2025-02-05") == nullptr);
}

TEST_CASE("a scene is played by a city of its campaign within the demo's day", "[cli][scene]") {
    for (const DayScenes& day : all_days()) {
        const auto cities = cities_of(day);
        sdk::UtcMs last = 0;
        for (const auto& one : cities) last = std::max(last, step_off(day, cities, one.slug.text()));
        // As `./dev run` begins its clock.
        const sdk::UtcMs first = import::utc_of_local(
                                     day.campaign == "flag-day-2018" ? "2018-06-14T15:50:00Z" : "2018-06-30T14:50:00Z",
                                     "UTC")
                                     .value()
                                     .value;
        for (const Playing& playing : day.plays) {
            INFO(playing.march << " plays " << name_of(playing.scene));
            const sdk::UtcMs planned = step_off(day, cities, playing.march);
            REQUIRE(planned != 0);
            const sdk::UtcMs begins = planned + playing.minute * minute;
            CHECK(begins >= first);
            const auto steps = script_of(playing.scene).steps;
            const sdk::UtcMs ends = begins + (steps.empty() ? 0 : steps.back().minute) * minute;
            CHECK(ends <= last + 60 * minute);
        }
    }
}

TEST_CASE("the demo day announces no other time than a source says", "[cli][scene]") {
    for (const DayScenes& day : all_days()) {
        const auto cities = cities_of(day);
        for (const Announced& announced : day.announced) {
            INFO(announced.march);
            const bool is_drill = !announced.drill_of.empty();
            const auto* source = city(cities, announced.march);
            CHECK((source == nullptr) == is_drill);
            if (source != nullptr && said_time(*source) != 0) {
                CHECK(step_off(day, cities, announced.march) == said_time(*source));
            }
            // Somebody plays in it, else there is no use in the time.
            CHECK(day.cast_of(announced.march).has_value());
        }
    }
}

TEST_CASE("whoever walks a scene has a route and whoever acts in it is there", "[cli][scene]") {
    for (const DayScenes& day : all_days()) {
        for (const Playing& playing : day.plays) {
            INFO(playing.march << " plays " << name_of(playing.scene));
            const Cast cast = *day.cast_of(playing.march);
            const std::string route = samples + "routes/" + std::string(playing.march) + ".geojson";
            CHECK(std::filesystem::exists(route) == (cast.crew != Crew::rally));
            std::set<std::string> people{"Lead 1", std::string(by_host), std::string(everybody), ""};
            if (cast.has_deputy) people.insert("Lead 2");
            for (const Part& part : parts_of(cast.crew)) people.insert(part.callsign);
            int before = 0;
            for (const Step& step : script_of(playing.scene).steps) {
                CHECK(people.contains(std::string(step.who)));
                CHECK(people.contains(std::string(step.about)));
                CHECK(step.minute >= before);
                before = step.minute;
            }
        }
    }
}

TEST_CASE("a loop's column is longer than its route", "[cli][scene]") {
    for (const DayScenes& day : all_days()) {
        for (const Playing& playing : day.plays) {
            if (playing.scene != Scene::loop) continue;
            const auto draft = import::read_route(
                text_of(samples + "routes/" + std::string(playing.march) + ".geojson"), {});
            REQUIRE(draft.has_value());
            StagedMarch staged;
            std::vector<sdk::LatLon> points;
            for (const auto& point : draft->line->points) points.push_back({point.lat, point.lon});
            staged.route = RouteWalk(points);
            staged.cast = *day.cast_of(playing.march);
            CHECK(staged.column_length() > staged.route.length_metres());
            // It ends within a short way of where it began.
            CHECK(RouteWalk({points.front(), points.back()}).length_metres() < 400);
        }
    }
}

// ---- the player --------------------------------------------------------------------------------

TEST_CASE("a scene begins once and plays its steps one after the other", "[cli][scene]") {
    ScenePlayer player(Scene::reroute, eleven, eleven - minute);
    CHECK_FALSE(player.take_beginning(eleven - 1));
    CHECK(player.due(eleven - 1) == nullptr);
    CHECK(player.take_beginning(eleven));
    CHECK_FALSE(player.take_beginning(eleven));
    const Step* close = player.due(eleven);
    REQUIRE(close != nullptr);
    CHECK(close->act == Act::close_leg);
    player.sent();
    CHECK(player.due(eleven + 1) == nullptr);
    player.done(*close);
    CHECK(player.due(eleven + minute - 1) == nullptr);
    REQUIRE(player.due(eleven + minute) != nullptr);
    CHECK(player.due(eleven + minute)->act == Act::draw_detour);
}

TEST_CASE("a refused step is tried again a minute later and given up after twenty", "[cli][scene]") {
    ScenePlayer player(Scene::reroute, eleven, eleven);
    REQUIRE(player.take_beginning(eleven));
    const Step* close = player.due(eleven);
    REQUIRE(close != nullptr);
    player.sent();
    player.refused(*close, eleven);
    CHECK(player.due(eleven + minute - 1) == nullptr);
    CHECK(player.due(eleven + minute) == close);
    player.sent();
    CHECK(player.take_given_up() == nullptr);
    CHECK(player.due(eleven + 20 * minute + 1) == nullptr);
    CHECK(player.take_given_up() == close);
    CHECK(player.take_given_up() == nullptr);
    // Its answer comes too late to be that of the next step.
    const Step* next = player.due(eleven + 20 * minute + 1);
    REQUIRE(next != nullptr);
    player.done(*close);
    CHECK(player.due(eleven + 20 * minute + 1) == next);
}

TEST_CASE("a scene that began long before the simulation is over", "[cli][scene]") {
    ScenePlayer late(Scene::reroute, eleven, eleven + 20 * minute + 1);
    CHECK_FALSE(late.take_beginning(eleven + 21 * minute));
    CHECK(late.due(eleven + 21 * minute) == nullptr);
    ScenePlayer just(Scene::reroute, eleven, eleven + 20 * minute);
    CHECK(just.take_beginning(eleven + 20 * minute));
}

// ---- what is sent ------------------------------------------------------------------------------

sdk::March walking_march() {
    sdk::March march;
    march.phase = sdk::Phase::marching;
    march.phase_version = 3;
    for (const char* callsign : {"Lead 1", "Section 2", "Medic 1"}) {
        sdk::Member member;
        member.person = march.roster.size() + 1;
        member.callsign = callsign;
        march.roster.push_back(member);
    }
    sdk::Route route;
    route.version = 1;
    route.status = sdk::RouteStatus::active;
    route.points = {{38.0, -90.0}, {38.0, -89.99}, {38.0, -89.98}, {38.0, -89.97}};
    const auto place = [](std::uint32_t number, double along) {
        sdk::Waypoint waypoint;
        waypoint.number = number;
        waypoint.along_metres = along;
        return waypoint;
    };
    route.waypoints = {place(3, 2'600), place(1, 0), place(2, 1'000)};
    march.routes = {route};
    march.active_route = 1;
    return march;
}

template <class Command>
std::optional<Command> sent(Act act, const sdk::March& march, std::string_view about = {}) {
    const auto command = command_of({0, "Lead 1", act, about}, march, march.roster.front());
    if (!command) return std::nullopt;
    REQUIRE(std::holds_alternative<Command>(*command));
    return std::get<Command>(*command);
}

TEST_CASE("a lost child is reported once and taken, told and found by its number", "[cli][scene]") {
    sdk::March march = walking_march();
    CHECK_FALSE(sent<sdk::AssignIncident>(Act::take_incident, march));
    const auto report = sent<sdk::ReportIncident>(Act::report_child, march);
    REQUIRE(report);
    CHECK(report->description.find(report->restricted->name) == std::string::npos);
    sdk::Incident child;
    child.number = 4;
    child.version = 2;
    child.kind = sdk::IncidentKind::lost_child;
    child.state = sdk::IncidentState::reported;
    march.incidents = {child};
    CHECK_FALSE(sent<sdk::ReportIncident>(Act::report_child, march));
    CHECK(sent<sdk::AssignIncident>(Act::take_incident, march)->owner == 1);
    CHECK(sent<sdk::UpdateIncident>(Act::tell_all, march)->tell_all);
    CHECK(sent<sdk::ResolveIncident>(Act::find_child, march)->version == 2);
    march.incidents[0].state = sdk::IncidentState::resolved;
    CHECK_FALSE(sent<sdk::ResolveIncident>(Act::find_child, march));
}

TEST_CASE("a missed check-in is taken when its alert is there and nobody has it", "[cli][scene]") {
    sdk::March march = walking_march();
    CHECK_FALSE(sent<sdk::AckAlert>(Act::take_missed_check_in, march, "Medic 1"));
    sdk::Alert alert;
    alert.kind = sdk::AlertKind::checkin_missed;
    alert.subject = 2;
    alert.state = sdk::AlertState::notifying;
    march.alerts = {alert};
    CHECK_FALSE(sent<sdk::AckAlert>(Act::take_missed_check_in, march, "Medic 1"));
    march.alerts[0].subject = 3;
    CHECK(sent<sdk::AckAlert>(Act::take_missed_check_in, march, "Medic 1")->subject == 3);
    march.alerts[0].state = sdk::AlertState::acked;
    CHECK_FALSE(sent<sdk::AckAlert>(Act::take_missed_check_in, march, "Medic 1"));
}

TEST_CASE("a resume is proposed in a stop and confirmed by the proposal's number", "[cli][scene]") {
    sdk::March march = walking_march();
    CHECK(sent<sdk::Stop>(Act::stop, march));
    CHECK_FALSE(sent<sdk::ProposeResume>(Act::propose_resume, march));
    march.phase = sdk::Phase::stopped;
    CHECK_FALSE(sent<sdk::Stop>(Act::stop, march));
    CHECK(sent<sdk::ProposeResume>(Act::propose_resume, march)->phase_version == 3);
    CHECK_FALSE(sent<sdk::ConfirmResume>(Act::confirm_resume, march));
    sdk::Proposal stop, resume;
    stop.number = 1;
    stop.kind = "stop";
    resume.number = 2;
    resume.kind = "resume";
    march.proposals = {stop, resume};
    CHECK(sent<sdk::ConfirmResume>(Act::confirm_resume, march)->proposal == 2);
}

TEST_CASE("an end of the column is seen at the next place ahead of where it was seen before", "[cli][scene]") {
    sdk::March march = walking_march();
    CHECK(sent<sdk::MarkPassed>(Act::pass_head, march)->waypoint == 2);
    march.head_passed = {1, 2, 1'000, eleven};
    CHECK(sent<sdk::MarkPassed>(Act::pass_head, march)->waypoint == 3);
    CHECK(sent<sdk::MarkPassed>(Act::pass_tail, march)->waypoint == 2);
    march.head_passed = {1, 3, 2'600, eleven};
    CHECK_FALSE(sent<sdk::MarkPassed>(Act::pass_head, march));
}

TEST_CASE("a detour leaves the closed leg out and keeps the rest of the line", "[cli][scene]") {
    sdk::March march = walking_march();
    const sdk::Route& route = march.routes.front();
    REQUIRE(sent<sdk::CloseLeg>(Act::close_leg, march)->leg == 2);
    const auto points = detour_of(route);
    REQUIRE(points.size() == route.points.size() + 2);
    CHECK(points[2] == route.points[2]);
    CHECK(points[5] == route.points[3]);
    // A street further, and not on the leg itself.
    const double aside = RouteWalk({points[2], points[3]}).length_metres();
    CHECK(aside == Approx(90).margin(1));
    CHECK_FALSE(sent<sdk::ActivateRoute>(Act::activate_route, march));
    sdk::Route second = route;
    second.version = 2;
    second.status = sdk::RouteStatus::approved;
    march.routes.push_back(second);
    CHECK_FALSE(sent<sdk::ApproveRoute>(Act::approve_route, march));
    CHECK(sent<sdk::ActivateRoute>(Act::activate_route, march)->active_version == 1);
}

// ---- the column --------------------------------------------------------------------------------

TEST_CASE("a column that is still leaving walks on while its head goes home", "[cli][scene]") {
    StagedMarch staged;
    staged.pace = 1;
    staged.route = RouteWalk({{38.0, -90.0}, {38.0, -89.99}});
    staged.cast = script_of(Scene::still_leaving).cast;
    sdk::March march;
    march.phase = sdk::Phase::marching;
    march.phase_since = eleven;
    staged.walk(march, eleven);
    CHECK_FALSE(staged.way().programme_may_go_on);
    staged.walk(march, eleven + 15 * minute);
    CHECK(staged.way().programme_may_go_on);
    CHECK(staged.way().is_somebody_on_it);
    march.phase = sdk::Phase::dispersing;
    staged.walk(march, eleven + 119 * minute);
    // The tail has just not left.
    CHECK(staged.head_metres < staged.column_length());
    staged.walk(march, eleven + 140 * minute);
    CHECK_FALSE(staged.way().is_somebody_on_it);
}

}  // namespace
}  // namespace marchwire::cli
