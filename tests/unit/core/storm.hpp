// A few thousand commands of chance on a march.
#pragma once

#include "support/march_builder.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace marchwire::core {

using base::minutes;
using base::seconds;

/// Throws commands at a march, most of them sensible, some stale or not allowed.
class Storm {
public:
    explicit Storm(std::uint32_t seed, MarchKind kind) : march(kind), random_(seed) {
        start = empty_state();
        persons_ = {march.lead, march.desk};
        for (const Role role : {Role::side, Role::head, Role::tail, Role::section_lead, Role::medic, Role::dispatcher,
                                Role::city_lead, Role::legal_observer, Role::anchor, Role::follower}) {
            persons_.push_back(march.somebody(role));
        }
    }

    /// One command by somebody; the clock moves on before it.
    test::MarchBuilder::Outcome step() {
        march.now = march.now + seconds(below(90));
        if (below(4) == 0) return march.tell(test::MarchBuilder::keeper(), of_keeper());
        const PersonId who = below(3) == 0 ? persons_[below(2)] : persons_[below(persons_.size())];
        return march.tell(who, below(2) == 0 ? of_field() : below(2) == 0 ? of_phase() : of_setup());
    }

    [[nodiscard]] MarchState empty_state() const {
        MarchState empty;
        empty.id = march.state.id;
        return empty;
    }

    test::MarchBuilder march;
    MarchState start;

private:
    std::uint32_t below(std::size_t bound) { return static_cast<std::uint32_t>(random_() % bound); }
    PersonId person() { return persons_[below(persons_.size())]; }
    /// The present version, and now and then a wrong one.
    std::uint32_t version(std::uint32_t present) { return below(12) == 0 ? present + 1 : present; }
    std::uint32_t duty_version(PersonId of) {
        const Member* member = march.state.member(of);
        return version(member == nullptr ? 0 : member->duty_version);
    }
    std::uint32_t phase_version() { return version(march.state.phase_version); }

    CommandBody of_keeper() {
        switch (below(14)) {
            case 12:
            case 13: return observed();
            case 0: return TakeKeeping{march.state.term.next(), march.now - seconds(below(600))};
            case 1: return RecordSignedTip{march.state.term, march.state.tip, {}};
            case 2: return Tick{Term{march.state.term.value == 0 ? 0 : march.state.term.value - 1}};
            case 3:
            case 4: return observation();
            default: return Tick{march.state.term};
        }
    }
    /// Figures of chance; alerts come and go by them.
    CommandBody observation() {
        ObserveColumn seen;
        seen.term = march.state.term;
        seen.route_version = version(march.state.active_route);
        if (below(3) != 0) seen.head = Metres{static_cast<double>(below(4'000))};
        if (below(3) != 0) seen.tail = Metres{static_cast<double>(below(1'000))};
        for (const AlertKind kind :
             {AlertKind::gap_open, AlertKind::head_too_fast, AlertKind::off_route, AlertKind::intersection_not_ready}) {
            const bool is_gap = kind == AlertKind::gap_open;
            const std::uint32_t number = is_gap ? 1 + below(5) : kind == AlertKind::intersection_not_ready ? 2 : 0;
            const UtcMs since = march.now - seconds(below(600));
            seen.conditions.push_back({kind, number, below(2) == 0, since, below(3) == 0, since, below(300)});
        }
        return seen;
    }
    CommandBody of_field() {
        if (below(6) == 0) return of_incident();
        if (below(8) == 0) return of_street();
        if (below(8) == 0) return MarkPassed{1 + below(4), static_cast<End>(1 + below(2)), 0};
        switch (below(16)) {
            case 8:
            case 9:
            case 10: return of_order();
            case 0: return TakeBreak{duty_version(person())};
            case 1: return EndDuty{duty_version(person())};
            case 2:
            case 3: return of_alert();
            case 4: return of_handover();
            case 5: return of_sos();
            case 6: {
                const std::uint32_t value = below(3'000);
                return ReportCount{CountMethod::grid,  below(2) * value, value,
                                   value + below(100), below(7),         below(3) == 0 ? below(60) : 0};
            }
            case 11: return of_push();
            case 7: return CheckInSection{below(7), static_cast<HeardBy>(below(5))};
            default: return some_check_in();
        }
    }
    CommandBody some_check_in() {
        CheckIn said;
        said.report = static_cast<Report>(1 + below(6));
        said.place = {PlaceKind::route_metre, below(5'000)};
        if (below(3) == 0) {
            said.on_behalf_of = person();
            said.heard_by = static_cast<HeardBy>(below(5));
        } else {
            said.battery_percent = static_cast<std::uint8_t>(below(110));
        }
        said.headcount = below(40);
        return said;
    }
    CommandBody of_sos() {
        if (below(2) == 0) return RaiseSos{};
        if (below(2) == 0) return march.typed(static_cast<PinMatch>(below(4)));
        SetSosPin wish;
        wish.made.salt = std::string(base::limits::sos_pin_salt_bytes, 's');
        return wish;
    }
    CommandBody of_push() {
        if (below(3) == 0) return UnsubscribePush{};
        return SubscribePush{{}, {}, {}, std::string(1 + below(2'200), 's')};
    }
    CommandBody of_handover() {
        const PersonId of = person();
        if (below(2) == 0) return HandOver{below(2) == 0 ? PersonId{} : of, duty_version(of), person()};
        for (const Member& member : march.state.roster) {
            if (member.duty == Duty::handover_pending) {
                return AnswerHandOver{member.person, version(member.duty_version), below(2) == 0};
            }
        }
        return AnswerHandOver{of, duty_version(of), true};
    }
    CommandBody observed() {
        if (below(4) == 0) return ObserveServers{march.state.term, {Millis{below(2) * 700}, below(3)}};
        ObserveSilence seen{march.state.term, {}, {}};
        for (const Member& member : march.state.roster) {
            if (below(3) == 0) seen.silent.push_back({member.person, march.now - seconds(180 + below(300))});
            if (below(5) == 0) seen.heard.push_back(member.person);
        }
        return seen;
    }
    CommandBody of_alert() {
        AlertKey key{AlertKind::checkin_missed, person()};
        std::uint32_t present = 1;
        if (!march.state.alerts.empty()) {
            const auto& [open, alert] = *march.state.alerts.begin();
            key = open;
            present = version(alert.version);
        }
        if (below(2) == 0) return AckAlert{key, present};
        return ClearAlert{key, present, "seen by the radio"};
    }
    OrderAudience some_audience() {
        switch (below(4)) {
            case 0: return {AudienceKind::role, some_role(), 0, {}};
            case 1: return {AudienceKind::section, {}, below(7), {}};
            case 2: return {AudienceKind::names, {}, 0, {person(), person()}};
            default: return {};
        }
    }
    CommandBody of_order() {
        const std::uint32_t order = 1 + below(march.state.orders_issued + 1);
        switch (below(10)) {
            case 0:
            case 1: {
                IssueOrder wish;
                wish.kind = static_cast<OrderKind>(1 + below(9));
                wish.text = "Order of chance";
                wish.audience = some_audience();
                if (below(4) == 0) wish.deadline = march.now + seconds(below(1'000));
                return wish;
            }
            case 2: return OpenRollCall{some_audience(), "", {}};
            case 3: return CancelOrder{order, ""};
            case 4: return MarkDelivered{order};
            case 5: return MarkSeen{order};
            case 6: return Decline{order, "no way through"};
            case 7: return AnswerRollCall{order, below(30), below(2) == 0 ? person() : PersonId{}, HeardBy::radio};
            case 8: return Acknowledge{order, {}, below(7), HeardBy::voice};
            default: return Acknowledge{order, {}, 0, HeardBy::none};
        }
    }
    CommandBody of_street() {
        const std::uint32_t route = version(march.state.active_route);
        switch (below(4)) {
            case 0: return CloseLeg{below(2), route};
            case 1: return CloseExit{4, route};
            case 2: return OpenExit{4, route};
            default: {
                const Intersection now = intersection_at(march.state, 2);
                return SetIntersection{2, static_cast<IntersectionState>(1 + below(7)), version(now.version), route};
            }
        }
    }
    CommandBody of_incident() {
        const auto& all = march.state.incidents;
        const Incident some = all.empty() ? Incident{} : all[below(all.size())];
        switch (below(8)) {
            case 0:
            case 1: {
                ReportIncident wish;
                wish.kind = static_cast<IncidentKind>(1 + below(4));
                wish.place = {PlaceKind::section, below(7)};
                wish.description = "seen by chance";
                if (below(2) == 0) wish.restricted = RestrictedBlock{"Kim", "", ""};
                wish.tell_all = below(2) == 0;
                return wish;
            }
            case 2: return AssignIncident{some.number, version(some.version), person()};
            case 3: return ResolveIncident{some.number, version(some.version), ""};
            case 4: return ReopenIncident{some.number, version(some.version), ""};
            case 5: return ReadRestricted{some.number};
            default: return some_update(some);
        }
    }
    CommandBody some_update(const Incident& some) {
        UpdateIncident wish;
        wish.incident = some.number;
        wish.version = version(some.version);
        wish.note = "note of chance";
        if (below(3) == 0) wish.state = static_cast<IncidentState>(1 + below(6));
        if (below(6) == 0) wish.kind = static_cast<IncidentKind>(1 + below(4));
        if (below(6) == 0) wish.place = Place{PlaceKind::section, below(7)};
        if (below(6) == 0) wish.duplicate_of = 1 + below(march.state.incidents_reported + 1);
        wish.tell_all = below(6) == 0;
        return wish;
    }
    CommandBody of_phase() {
        // Planned: back out of a postponement, else a march of chance would stay there for good.
        static constexpr std::array ways = {Phase::planned,        Phase::assembling, Phase::marching, Phase::rally,
                                            Phase::call_to_action, Phase::dispersing, Phase::live};
        switch (below(14)) {
            case 0:
                return CorrectPhase{
                    march.state.phase_history.empty() ? Phase::planned : march.state.phase_history.back().phase,
                    phase_version(), "slip"};
            case 1: return Hold{phase_version(), "crossing", below(2) == 0 ? "We wait for the tram." : ""};
            case 2: return Release{phase_version()};
            case 3: return Stop{"fire brigade", ""};
            case 4: return ProposeResume{phase_version(), "all clear"};
            case 5: return ConfirmResume{march.state.proposals.empty() ? 1 : march.state.proposals.back().number};
            case 12:
            case 13: return confirm();
            case 6:
                return below(10) == 0 ? CommandBody(Postpone{phase_version(), "storm"})
                                      : CommandBody(Release{phase_version()});
            default: return AdvancePhase{ways.at(below(ways.size())), phase_version(), ""};
        }
    }
    CommandBody confirm() {
        const auto& open = march.state.proposals;
        return ConfirmProposal{open.empty() ? 1 : open[below(open.size())].number, ""};
    }
    CommandBody of_setup() {
        switch (below(12)) {
            case 10: {
                SetPolicy wish;
                if (below(4) != 0) wish.preset = static_cast<AlertPreset>(1 + below(3));
                return wish;
            }
            case 0: {
                const PersonId who = person();
                const bool no_phone = below(8) == 0;
                return AssignDuty{who,
                                  "marshal " + std::to_string(who.value + below(2)),
                                  some_role(),
                                  below(7),
                                  below(2) == 0 ? person() : PersonId{},
                                  no_phone};
            }
            case 1: return SetSections{1 + below(8)};
            case 2: return ImportRoute{some_line()};
            case 3: return ApproveRoute{some_route()};
            case 4: return ActivateRoute{some_route(), version(march.state.active_route)};
            case 5: return WithdrawRoute{some_route()};
            case 6: return PostNotice{Severity::info, "", "Notice " + std::to_string(below(1'000)), {}};
            case 7: {
                MarchSpec spec = march.state.spec;
                spec.source = "Leaflet " + std::to_string(below(100));
                return UpdateMarch{spec, version(march.state.spec_version)};
            }
            case 8: return MoveVenue{"Steps " + std::to_string(below(100)), {}, version(march.state.spec_version)};
            case 9: return later_by_minutes();
            default: return AssignDuty{person(), "walker " + std::to_string(below(1'000)), some_role(), 0, {}, false};
        }
    }
    CommandBody later_by_minutes() {
        std::vector<PlannedPhase> plan = march.state.spec.plan;
        const Millis by = minutes(static_cast<std::int64_t>(below(20)));
        for (PlannedPhase& step : plan) step.at = step.at + by;
        return Reschedule{std::move(plan), version(march.state.spec_version)};
    }
    Role some_role() { return static_cast<Role>(2 + below(13)); }
    std::uint32_t some_route() { return 1 + below(march.state.routes.size() + 1); }
    std::shared_ptr<const RouteLine> some_line() {
        auto line = std::make_shared<RouteLine>();
        line->name = "Market Street " + std::to_string(below(100));
        line->points = {{38.6256, -90.1892}, {38.6283, -90.2010}};
        line->waypoints = {{1, WaypointKind::assembly, "Old Courthouse", {38.6256, -90.1892}, {}},
                           {2, WaypointKind::intersection, "Broadway", {38.6260, -90.1900}, {}},
                           {3, WaypointKind::rally, "Plaza", {38.6283, -90.2010}, {}},
                           {4, WaypointKind::exit, "Side gate", {38.6270, -90.1950}, {}}};
        return line;
    }

    std::mt19937 random_;
    std::vector<PersonId> persons_;
};

}  // namespace marchwire::core
