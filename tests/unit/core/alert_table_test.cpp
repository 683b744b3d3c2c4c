// Every row of DOMAIN's table of alerts: raised once, up its ladder to the end, owned, cleared.
#include "core/ladder.hpp"
#include "support/march_builder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <memory>
#include <set>
#include <vector>

namespace marchwire::core {
namespace {

using test::all_of;
using test::MarchBuilder;
using test::minutes;
using test::seconds;

/// A large march under way on a street of 4 km: section 2 with its lead, a medic, two buddies; a head marshal.
struct AlertStreet {
    MarchBuilder march;
    PersonId city_lead, section_lead, medic, ann, ben, head;

    AlertStreet() {
        auto line = std::make_shared<RouteLine>();
        line->points = {{38.63, -90.20}, {38.63, -90.155}};
        line->waypoints = {{2, WaypointKind::intersection, "Tucker", {38.63, -90.19}, Metres{871}}};
        march.must(march.lead, ImportRoute{line});
        march.must(march.lead, ApproveRoute{1});
        march.must(march.lead, ActivateRoute{1, 0});
        march.must(march.lead, SetPolicy{AlertPreset::large});
        march.march_off();
        city_lead = march.on_duty(Role::city_lead);
        section_lead = march.on_duty(Role::section_lead, 2);
        medic = march.on_duty(Role::medic, 2);
        ann = march.on_duty(Role::side, 2);
        ben = march.on_duty(Role::side, 2, ann);
        march.must(march.lead, AssignDuty{ann, "ann", Role::side, 2, ben, false});
        head = march.on_duty(Role::head, 1);
    }
    void keeper_says(CommandBody body) {
        const auto outcome = march.tell(MarchBuilder::keeper(), std::move(body));
        REQUIRE(outcome.has_value());
    }
    void sees(AlertKind kind, bool holds, std::uint32_t number = 0) {
        ObserveColumn seen;
        seen.term = march.state.term;
        seen.route_version = 1;
        seen.conditions = {{kind, number, holds, march.now - minutes(10), false, {}, 130}};
        keeper_says(std::move(seen));
    }
    void silent(const std::vector<PersonId>& people) {
        march.pass(minutes(5));
        ObserveSilence seen{march.state.term, {}, {}};
        for (const PersonId person : people) seen.silent.push_back({person, march.now - minutes(3)});
        keeper_says(std::move(seen));
    }
    void heard(const std::vector<PersonId>& people) { keeper_says(ObserveSilence{march.state.term, {}, people}); }
    void battery(std::uint8_t percent) {
        CheckIn said;
        said.battery_percent = percent;
        march.must(ann, said);
    }
    void counts(std::uint32_t people, std::uint32_t section, std::uint32_t density) {
        march.must(ben, ReportCount{CountMethod::estimate, people, people, people, section, density});
    }
    void lead_clears(const AlertKey& key) {
        march.must(city_lead, ClearAlert{key, march.state.alerts.at(key).version, "seen to"});
    }
};

struct AlertRow {
    AlertKind kind;
    std::vector<std::uint32_t> rungs;  ///< one after the other, as they are told
    bool exhausts;
    void (*begin)(AlertStreet&);
    void (*end)(AlertStreet&);
    Millis clear;  ///< how long it is open still after its end
    PersonId AlertStreet::*owner = &AlertStreet::city_lead;
    Millis climbs = minutes(9);  ///< within this time it is at the end of its ladder
};

/// Ladders as DOMAIN has them: who is told first, who last, and whether it goes on when nobody takes it.
const std::vector<AlertRow> table = {
    {AlertKind::sos_unowned,
     {rung_buddy, rung_section_lead, rung_city_leads, rung_national_desk},
     true,
     [](AlertStreet& s) { s.march.must(s.ann, RaiseSos{}); },
     [](AlertStreet& s) {
         s.lead_clears({AlertKind::sos_unowned, s.ann});
     },
     {},
     &AlertStreet::ben},
    {AlertKind::checkin_missed,
     {rung_buddy, rung_section_lead, rung_city_leads, rung_national_desk},
     true,
     [](AlertStreet& s) { s.march.pass(minutes(24) + seconds(59)); },
     [](AlertStreet& s) { s.march.must(s.ann, CheckIn{}); },
     {},
     &AlertStreet::ben},
    {AlertKind::roll_call_incomplete,
     {rung_section_lead, rung_city_leads},
     true,
     [](AlertStreet& s) {
         s.march.must(s.city_lead, OpenRollCall{{AudienceKind::names, {}, 0, {s.ann}}, {}, {}});
     },
     [](AlertStreet& s) {
         s.march.must(s.ann, AnswerRollCall{s.march.state.orders_issued, 3, {}, HeardBy::none});
     },
     {},
     &AlertStreet::section_lead},
    {AlertKind::unreachable,
     {rung_buddy, rung_section_lead, rung_city_leads},
     false,
     [](AlertStreet& s) { s.silent({s.ann}); },
     [](AlertStreet& s) { s.heard({s.ann}); },
     minutes(6),
     &AlertStreet::ben},
    {AlertKind::order_unacked,
     {rung_section_lead, rung_city_leads},
     true,
     [](AlertStreet& s) {
         IssueOrder wish;
         wish.text = "Close the gap.";
         wish.audience = {AudienceKind::names, {}, 0, {s.ann}};
         s.march.must(s.city_lead, wish);
     },
     [](AlertStreet& s) { s.march.must(s.ann, Acknowledge{.order = s.march.state.orders_issued}); },
     {},
     &AlertStreet::section_lead},
    {AlertKind::gap_open,
     {rung_section_lead, rung_city_leads, rung_national_desk},
     true,
     [](AlertStreet& s) { s.sees(AlertKind::gap_open, true, 1); },
     [](AlertStreet& s) { s.sees(AlertKind::gap_open, false, 1); },
     {},
     &AlertStreet::section_lead},
    {AlertKind::head_too_fast,
     {rung_buddy, rung_city_leads, rung_national_desk},
     true,
     [](AlertStreet& s) { s.sees(AlertKind::head_too_fast, true); },
     [](AlertStreet& s) { s.sees(AlertKind::head_too_fast, false); },
     {}},
    {AlertKind::column_stretched,
     {rung_city_leads, rung_national_desk},
     true,
     [](AlertStreet& s) { s.sees(AlertKind::column_stretched, true); },
     [](AlertStreet& s) { s.sees(AlertKind::column_stretched, false); },
     {}},
    {AlertKind::off_route,
     {rung_buddy, rung_city_leads, rung_national_desk},
     true,
     [](AlertStreet& s) { s.sees(AlertKind::off_route, true); },
     [](AlertStreet& s) { s.sees(AlertKind::off_route, false); },
     {}},
    {AlertKind::coverage_lost,
     {rung_section_lead, rung_city_leads, rung_national_desk},
     true,
     [](AlertStreet& s) { s.march.must(s.medic, TakeBreak{s.march.member(s.medic).duty_version}); },
     [](AlertStreet& s) { s.march.must(s.medic, CheckIn{}); },
     minutes(4),
     &AlertStreet::section_lead},
    {AlertKind::intersection_not_ready,
     {rung_buddy, rung_city_leads, rung_national_desk},
     true,
     [](AlertStreet& s) { s.sees(AlertKind::intersection_not_ready, true, 2); },
     [](AlertStreet& s) { s.sees(AlertKind::intersection_not_ready, false, 2); },
     {}},
    {AlertKind::staffing_low,
     {rung_city_leads},
     false,
     [](AlertStreet& s) { s.counts(5'000, 0, 0); },
     [](AlertStreet& s) { s.counts(100, 0, 0); },
     minutes(2)},
    {AlertKind::density_high,
     {rung_section_lead, rung_city_leads, rung_national_desk},
     true,
     [](AlertStreet& s) { s.counts(0, 2, 35); },
     [](AlertStreet& s) { s.counts(0, 2, 10); },
     {},
     &AlertStreet::section_lead},
    {AlertKind::lost_child,
     {rung_section_lead, rung_city_leads, rung_national_desk},
     true,
     [](AlertStreet& s) {
         ReportIncident child;
         child.kind = IncidentKind::lost_child;
         child.place = {PlaceKind::section, 2};
         child.description = "red coat";
         s.march.must(s.ben, child);
     },
     [](AlertStreet& s) {
         s.march.must(s.city_lead, ResolveIncident{1, s.march.state.incident(1)->version, "found"});
     },
     {}},
    {AlertKind::battery_low,
     {rung_section_lead, rung_city_leads},
     false,
     [](AlertStreet& s) { s.battery(15); },
     [](AlertStreet& s) { s.battery(80); },
     {},
     &AlertStreet::section_lead},
    {AlertKind::phase_late,
     {rung_city_leads},
     false,
     [](AlertStreet& s) { s.march.now = s.march.step_off + minutes(60); },
     [](AlertStreet& s) { s.march.advance(Phase::rally); },
     {}},
    {AlertKind::network_lost,
     {rung_city_leads},
     false,
     [](AlertStreet& s) {
         s.silent({s.section_lead, s.medic, s.ann, s.ben});
     },
     [](AlertStreet& s) {
         s.heard({s.section_lead, s.medic, s.ann, s.ben});
     },
     minutes(10)},
    {AlertKind::person_detained,
     {rung_city_leads, rung_national_desk},
     true,
     [](AlertStreet& s) {
         CheckIn said;
         said.report = Report::detained;
         said.on_behalf_of = s.ann;
         said.heard_by = HeardBy::seen;
         s.march.must(s.ben, said);
     },
     [](AlertStreet& s) {
         s.lead_clears({AlertKind::person_detained, s.ann});
     },
     {}},
    {AlertKind::bus_lag,
     {rung_city_leads},
     false,
     [](AlertStreet& s) {
         s.keeper_says(ObserveServers{s.march.state.term, {Millis{700}, 0}});
     },
     [](AlertStreet& s) {
         s.keeper_says(ObserveServers{s.march.state.term, {}});
     },
     seconds(20)},
    {AlertKind::retention_ending,
     {rung_city_leads, rung_national_desk},
     false,
     [](AlertStreet& s) { s.march.now = retention_ends(s.march.state) - base::hours(48); },
     [](AlertStreet& s) { s.march.must(s.march.desk, WaiveExport{"st-louis-mo"}); },
     {},
     &AlertStreet::city_lead,
     base::hours(13)},
    {AlertKind::lead_recovered,
     {rung_city_leads, rung_national_desk},
     false,
     [](AlertStreet& s) {
         s.keeper_says(AnnounceRecovery{s.ann, 7});
     },
     [](AlertStreet& s) {
         s.lead_clears({AlertKind::lead_recovered, s.ann});
     },
     {}},
    {AlertKind::instance_lost,
     {rung_city_leads},
     false,
     [](AlertStreet& s) {
         s.keeper_says(ObserveServers{s.march.state.term, {{}, 1}});
     },
     [](AlertStreet& s) {
         s.keeper_says(ObserveServers{s.march.state.term, {}});
     },
     seconds(6)},
};

/// The whole day of one alert: all that was said of its kind and, where it is somebody's, of that person.
class Life {
public:
    explicit Life(const AlertRow& row) : row_(row) { row.begin(street_); }

    /// Until it is open; none of this kind about others is looked at.
    const Alert& raised() {
        for (int minute = 0; minute < 60 && open() == nullptr; ++minute) street_.march.pass(minutes(1));
        REQUIRE(open() != nullptr);
        key_ = open()->key;
        return *open();
    }
    [[nodiscard]] const Alert* open() const {
        const auto found = std::ranges::find_if(street_.march.state.alerts, [this](const auto& one) {
            const bool of_ann = about(row_.kind) != AlertAbout::person || one.first.subject == street_.ann;
            return one.first.kind == row_.kind && of_ann;
        });
        return found == street_.march.state.alerts.end() ? nullptr : &found->second;
    }
    template <class Kind>
    [[nodiscard]] std::vector<Kind> said() const {
        std::vector<Kind> found;
        for (const Entry& entry : street_.march.entries) {
            const auto* one = std::get_if<Kind>(&entry.event);
            if (one != nullptr && key_of(*one) == key_) found.push_back(*one);
        }
        return found;
    }
    AlertStreet& street() { return street_; }

private:
    static AlertKey key_of(const AlertRaised& event) { return event.alert.key; }
    template <class Event>
    static AlertKey key_of(const Event& event) {
        return event.key;
    }
    const AlertRow& row_;
    AlertStreet street_;
    AlertKey key_;
};

}  // namespace

TEST_CASE("the table has every kind of alert once", "[core][alert][table]") {
    std::set<AlertKind> kinds;
    for (const AlertRow& row : table) kinds.insert(row.kind);
    CHECK(kinds.size() == table.size());
    for (int number = 1; number < 256; ++number) {
        const auto kind = static_cast<AlertKind>(number);
        if (name_of(kind).empty() || name_of(kind) == "unknown") continue;
        CAPTURE(name_of(kind));
        CHECK(kinds.contains(kind));
    }
}

TEST_CASE("an alert that nobody takes is raised once and climbs its ladder to the end", "[core][alert][table]") {
    for (const AlertRow& row : table) {
        CAPTURE(name_of(row.kind));
        Life life(row);
        life.raised();
        life.street().march.pass(row.climbs);
        CHECK(life.said<AlertRaised>().size() == 1);
        std::vector<std::uint32_t> rungs;
        for (const AlertStepped& step : life.said<AlertStepped>()) {
            if (step.state == AlertState::notifying) rungs.push_back(step.step);
        }
        CHECK(rungs == row.rungs);
        REQUIRE(life.open() != nullptr);
        CHECK(life.open()->state == (row.exhausts ? AlertState::exhausted : AlertState::notifying));
    }
}

TEST_CASE("an alert that somebody takes climbs no further", "[core][alert][table]") {
    for (const AlertRow& row : table) {
        CAPTURE(name_of(row.kind));
        Life life(row);
        const Alert alert = life.raised();
        AlertStreet& street = life.street();
        const std::size_t steps = life.said<AlertStepped>().size();
        street.march.must(street.*row.owner, AckAlert{alert.key, alert.version});
        street.march.pass(minutes(9));
        CHECK(life.said<AlertStepped>().size() == steps);
        REQUIRE(life.open() != nullptr);
        CHECK(life.open()->state == AlertState::acked);
        CHECK(life.open()->owner == street.*row.owner);
    }
}

TEST_CASE("an alert ends once when what it stands on has been gone for its time", "[core][alert][table]") {
    for (const AlertRow& row : table) {
        CAPTURE(name_of(row.kind));
        Life life(row);
        life.raised();
        AlertStreet& street = life.street();
        row.end(street);
        if (row.clear.value != 0) {
            street.march.pass(row.clear - seconds(1));
            CHECK(life.open() != nullptr);
        }
        street.march.pass(seconds(1));
        CHECK(life.open() == nullptr);
        CHECK(life.said<AlertCleared>().size() == 1);
        street.march.pass(minutes(3));
        CHECK(life.said<AlertRaised>().size() == 1);
        CHECK(life.said<AlertCleared>().size() == 1);
    }
}

}  // namespace marchwire::core
