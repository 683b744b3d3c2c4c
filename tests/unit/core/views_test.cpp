// What each audience reads of a march.
#include "core/views.hpp"

#include "support/march_builder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace marchwire::core {
namespace {

using base::hours;
using base::minutes;

std::shared_ptr<const RouteLine> market_street() {
    auto line = std::make_shared<RouteLine>();
    line->name = "Market Street";
    line->points = {{38.6256, -90.1892}, {38.6283, -90.2010}};
    line->step_free = true;
    line->source = "drawn by us from named landmarks";
    line->waypoints = {{1, WaypointKind::assembly, "Old Courthouse", {38.6256, -90.1892}, Metres{0}},
                       {2, WaypointKind::staging, "Vans", {38.6257, -90.1893}, Metres{10}},
                       {3, WaypointKind::intersection, "Broadway", {38.6260, -90.1900}, Metres{80}},
                       {4, WaypointKind::meeting_point, "Step-free start", {38.6259, -90.1895}, Metres{50}},
                       {5, WaypointKind::water, "Water", {38.6270, -90.1950}, Metres{500}},
                       {6, WaypointKind::rally, "Plaza", {38.6283, -90.2010}, Metres{1'060}}};
    return line;
}

Route active_route(UtcMs public_from) {
    Route route;
    route.version = 1;
    route.status = RouteStatus::active;
    route.public_from = public_from;
    route.line = market_street();
    return route;
}

std::vector<std::string> names_of(const PublicRoute& route) {
    std::vector<std::string> names;
    for (const PublicWaypoint& waypoint : route.waypoints) names.push_back(waypoint.name);
    return names;
}

TEST_CASE("before its time the public reads only where to gather", "[core][views]") {
    const UtcMs from{10'000};
    const PublicRoute early = public_route(active_route(from), UtcMs{9'999});
    CHECK(early.version == 1);
    CHECK(early.points.empty());
    CHECK(early.length.value == 0);
    CHECK(early.name.empty());
    CHECK(names_of(early) == std::vector<std::string>{"Old Courthouse", "Step-free start"});
    for (const PublicWaypoint& waypoint : early.waypoints) CHECK(waypoint.along.value == 0);
}

TEST_CASE("from its time on the public reads the line and all waypoints but those of staff", "[core][views]") {
    const UtcMs from{10'000};
    const PublicRoute whole = public_route(active_route(from), from);
    CHECK(whole.points.size() == 2);
    CHECK(whole.length.value == Approx(1'070).epsilon(0.02));
    CHECK(whole.source == "drawn by us from named landmarks");
    CHECK(names_of(whole) == std::vector<std::string>{"Old Courthouse", "Step-free start", "Water", "Plaza"});
}

TEST_CASE("when the route's time comes an item shows it and snapshots agree", "[core][views]") {
    test::MarchBuilder march;
    march.must(march.lead, ImportRoute{market_street()});
    march.must(march.lead, ApproveRoute{1});
    march.now = march.step_off - hours(2);
    march.must(march.lead, ActivateRoute{1, 0});
    PublicSnapshot held = public_snapshot(march.state);
    CHECK(held.route.points.empty());
    // Nobody asks and no entry comes: what is public stays as it was said.
    march.now = march.step_off - hours(1);
    CHECK(public_snapshot(march.state).route.points.empty());
    march.tick();
    const auto item = public_item(march.entries.back());
    REQUIRE(item);
    fold(held, *item);
    CHECK(held.route.points.size() == 2);
    CHECK(held.route == public_snapshot(march.state).route);
}

TEST_CASE("the public reads a chosen sentence and never the reason", "[core][views]") {
    test::MarchBuilder march;
    march.march_off();
    march.must(march.lead, Stop{"a threat was called in", "Please wait."});
    const auto found = std::ranges::find_if(march.entries, [](const Entry& entry) {
        const auto* change = std::get_if<PhaseChanged>(&entry.event);
        return change != nullptr && change->to == Phase::stopped;
    });
    REQUIRE(found != march.entries.end());
    const auto item = public_item(*found);
    REQUIRE(item);
    const PublicPhase& phase = std::get<PublicPhase>(*item);
    CHECK(phase.phase == Phase::stopped);
    CHECK(phase.sentence == "Please wait.");
    CHECK(public_snapshot(march.state).phase == phase);
}

TEST_CASE("a follower who keeps folding holds the newest fifty notices", "[core][views]") {
    PublicSnapshot snapshot;
    for (std::uint32_t i = 1; i <= base::limits::notices_kept + 1; ++i) {
        Notice notice;
        notice.number = i;
        fold(snapshot, PublicNotice{notice});
    }
    CHECK(snapshot.notices.size() == base::limits::notices_kept);
    CHECK(snapshot.notices.front().number == 2);
}

TEST_CASE("a marshal sees the own section and the buddy and nobody else", "[core][views]") {
    test::MarchBuilder march;
    const PersonId ann = march.on_duty(Role::side, 1);
    const PersonId near = march.on_duty(Role::tail, 1);
    const PersonId buddy = march.on_duty(Role::medic, 4, ann);
    march.on_duty(Role::side, 2);
    const auto seen = marshal_snapshot(march.state, ann);
    REQUIRE(seen);
    CHECK(seen->self == march.member(ann));
    std::vector<PersonId> persons;
    for (const Member& member : seen->section) persons.push_back(member.person);
    CHECK(persons == std::vector{near, buddy});
    const auto by_buddy = marshal_snapshot(march.state, buddy);
    REQUIRE(by_buddy->section.size() == 1);
    CHECK(by_buddy->section.front().person == ann);
    CHECK_FALSE(marshal_snapshot(march.state, march.lead));
}

TEST_CASE("without a section people see no others without one", "[core][views]") {
    test::MarchBuilder march;
    const PersonId ann = march.on_duty(Role::dispatcher);
    march.on_duty(Role::city_lead);
    CHECK(marshal_snapshot(march.state, ann)->section.empty());
}

TEST_CASE("a marshal's feed is the staff's, the section's, the role's and the own topic", "[core][views]") {
    test::MarchBuilder march;
    march.on_duty(Role::side, 1);
    const PersonId medic = march.on_duty(Role::medic, 3);
    std::vector<std::string> names;
    for (const std::uint32_t index : marshal_topics(march.state, medic)) names.push_back(topic_name(index));
    std::ranges::sort(names);
    CHECK(names == std::vector<std::string>{"person:1", "role:medic", "section:3", "staff"});
    CHECK(marshal_topics(march.state, march.lead).empty());
}

TEST_CASE("an alert is on the phones of its ladder so far and of its subject", "[core][views]") {
    test::MarchBuilder march;
    const PersonId ann = march.on_duty(Role::side, 1);
    const PersonId buddy = march.put(Role::side, 2);
    march.assign(ann, 1, buddy);
    const PersonId leader = march.put(Role::section_lead, 1);
    march.march_off();
    while (march.missed(ann) == nullptr) march.tick_when_due();
    const auto alerts_of = [&](PersonId person) { return marshal_snapshot(march.state, person)->alerts.size(); };
    CHECK(alerts_of(ann) == 1);
    CHECK(alerts_of(buddy) == 1);
    CHECK(alerts_of(leader) == 0);
    march.tick_when_due();
    CHECK(alerts_of(leader) == 1);
}

TEST_CASE("a section lead's ops holds the own section and nobody else", "[core][views]") {
    test::MarchBuilder march;
    const PersonId leader = march.on_duty(Role::section_lead, 2);
    const PersonId ann = march.on_duty(Role::side, 2);
    const PersonId other = march.on_duty(Role::side, 3, ann);
    march.on_duty(Role::dispatcher);
    march.must(march.lead, ActivateRoute{march.approved_route(), 0});
    march.approved_route();
    march.march_off();
    while (march.missed(other) == nullptr) march.tick_when_due();
    march.must(ann, Hold{march.state.phase_version, "a gap", ""});
    const SectionSnapshot seen = section_snapshot(march.state, 2);
    CHECK(seen.section == 2);
    std::vector<PersonId> persons;
    for (const Member& member : seen.state.roster) persons.push_back(member.person);
    CHECK(persons == std::vector{leader, ann});
    CHECK(seen.state.alerts.size() == 3);
    // The third: nobody has answered the order to take the new route.
    CHECK(seen.state.alerts.contains({AlertKind::order_unacked, {}, 1}));
    CHECK_FALSE(seen.state.alerts.contains({AlertKind::checkin_missed, other}));
    // Drafts are plans, and proposals are for those who decide on them.
    REQUIRE(seen.state.routes.size() == 1);
    CHECK(seen.state.routes.front().version == march.state.active_route);
    CHECK(seen.state.proposals.empty());
    CHECK(seen.state.phase == march.state.phase);
    CHECK(section_snapshot(march.state, 5).state.roster.empty());
}

TEST_CASE("a section lead's ops is the staff's and the section's topics", "[core][views]") {
    std::vector<std::string> names;
    for (const std::uint32_t index : section_topics(2)) names.push_back(topic_name(index));
    CHECK(names == std::vector<std::string>{"staff", "section:2", "section_ops:2"});
}

TEST_CASE("the overview shows no small counts and rounds the others to five", "[core][views]") {
    test::MarchBuilder march;
    const auto shown_with = [&](int more) {
        for (int i = 0; i < more; ++i) march.on_duty(Role::side, 1);
        return overview_row(march.state, 0, march.now).on_duty_rounded;
    };
    CHECK(shown_with(4) == 0);
    CHECK(shown_with(1) == 5);
    CHECK(shown_with(2) == 5);
    CHECK(shown_with(1) == 10);
}

TEST_CASE("the overview names the next planned phase that has a time", "[core][views]") {
    test::MarchBuilder march;
    const OverviewRow row = overview_row(march.state, 0, march.now);
    CHECK(row.next.phase == Phase::assembling);
    CHECK(row.city == "St. Louis");
    CHECK(row.as_of == march.now);
    CHECK(overview_row(march.state, 0, march.step_off).next.phase == Phase::rally);
    CHECK_FALSE(overview_row(march.state, 0, march.step_off + hours(9)).next.at);
}

TEST_CASE("a march that steps off early looks ahead to its rally, held or not", "[core][views]") {
    test::MarchBuilder march;
    march.march_off();
    const UtcMs early = march.step_off - minutes(5);
    CHECK(overview_row(march.state, 0, early).next.phase == Phase::rally);
    march.state.phase_before = march.state.phase;
    march.state.phase = Phase::held;
    CHECK(overview_row(march.state, 0, early).next.phase == Phase::rally);
}

TEST_CASE("a rally before the march is not taken for the one behind it", "[core][views]") {
    test::MarchBuilder march;
    const UtcMs noon = march.step_off;
    march.state.spec.plan = {{Phase::rally, noon}, {Phase::marching, noon + hours(1)}, {Phase::rally, noon + hours(2)}};
    march.state.phase = Phase::rally;
    CHECK(overview_row(march.state, 0, noon + minutes(5)).next.phase == Phase::marching);
    CHECK_FALSE(overview_row(march.state, 0, noon + hours(2) + minutes(5)).next.at);
}

TEST_CASE("the desk reads the worst alert first and who is overdue", "[core][views]") {
    test::MarchBuilder march;
    const PersonId ann = march.on_duty(Role::side, 1);
    march.march_off();
    while (march.missed(ann) == nullptr || march.missed(ann)->state != AlertState::exhausted) march.tick_when_due();
    const PersonId ben = march.on_duty(Role::side, 1);
    while (march.missed(ben) == nullptr) march.tick_when_due();
    march.put(Role::side, 2);
    const DeskRow row = desk_row(march.state, march.now);
    CHECK(row.roster == 3);
    CHECK(row.on_duty == 2);
    CHECK(row.overdue == 2);
    REQUIRE(row.alerts.size() == 2);
    CHECK(row.alerts.front().key.subject == ann);
    CHECK(row.alerts.front().state == AlertState::exhausted);
}

}  // namespace
}  // namespace marchwire::core
