#include "core/ladder.hpp"

#include "base/limits.hpp"
#include "core/conditions.hpp"
#include "core/duty.hpp"

#include <algorithm>

namespace marchwire::core {
namespace {

namespace limits = base::limits;

/// Who a member is to an alert.
class OnRung {
public:
    OnRung(const MarchState& state, const AlertKey& key, std::uint32_t step, Asked asked)
        : kind_(key.kind),
          step_(step),
          person_(person_of(key)),
          subject_(state.member(person_)),
          section_(section_of(state, key)),
          gap_after_(about(key.kind) == AlertAbout::gap ? key.number : 0),
          order_(order_of(state, key)),
          incident_(about(key.kind) == AlertAbout::incident ? state.incident(key.number) : nullptr) {
        if (order_ == nullptr || step != rung_section_lead) return;
        asked_.resize(limits::sections + 1);
        const auto add = [&](std::uint32_t ordinal) { asked_[state.roster[ordinal].section] = true; };
        if (asked == Asked::missing) {
            for (const std::uint32_t ordinal : missing(state, *order_)) add(ordinal);
        } else {
            for (const Receipt& receipt : order_->receipts) add(receipt.ordinal);
        }
    }

    [[nodiscard]] bool operator()(const Member& member) const {
        if (person_ && member.person == person_) return false;
        // What is about weeks later is no matter of who is on the street.
        if (is_gone(member.duty) && !is_of_calendar(kind_)) return false;
        const bool same_section = section_ != 0 && member.section == section_;
        switch (step_) {
            case rung_buddy:
                return is_buddy(member) || walks_ahead(member) || (kind_ == AlertKind::sos_unowned && same_section);
            case rung_section_lead:
                if (order_ != nullptr) return leads_asked(member) || member.person == order_->issuer;
                return owns_incident(member) ||
                       (member.role == Role::section_lead && (same_section || is_beside_gap(member)));
            case rung_city_leads: return is_of_city(member);
            default: return false;
        }
    }

private:
    [[nodiscard]] bool is_buddy(const Member& member) const {
        return subject_ != nullptr && subject_->buddy && subject_->buddy == member.person;
    }
    [[nodiscard]] bool leads_asked(const Member& member) const {
        return member.role == Role::section_lead && member.section != 0 && asked_[member.section];
    }
    [[nodiscard]] bool walks_ahead(const Member& member) const {
        const bool of_crossing = kind_ == AlertKind::intersection_not_ready;
        const bool of_head = kind_ == AlertKind::head_too_fast || kind_ == AlertKind::off_route || of_crossing;
        return (of_head && member.role == Role::head) || (of_crossing && member.role == Role::intersection);
    }
    [[nodiscard]] bool owns_incident(const Member& member) const {
        return incident_ != nullptr && incident_->owner && incident_->owner == member.person;
    }
    [[nodiscard]] bool is_beside_gap(const Member& member) const {
        return gap_after_ != 0 && (member.section == gap_after_ || member.section == gap_after_ + 1);
    }
    [[nodiscard]] bool is_of_city(const Member& member) const {
        // They watch what is done to people, and are told of this as the city is.
        const bool observer = kind_ == AlertKind::person_detained && member.role == Role::legal_observer;
        const bool of_servers = kind_ == AlertKind::bus_lag || kind_ == AlertKind::instance_lost;
        const bool of_city = is_of_column(kind_) || kind_ == AlertKind::lost_child || of_servers;
        const bool dispatcher = of_city && member.role == Role::dispatcher;
        const bool liaison = kind_ == AlertKind::lost_child && member.role == Role::police_liaison;
        return member.role == Role::city_lead || observer || dispatcher || liaison;
    }

    AlertKind kind_;
    std::uint32_t step_;
    PersonId person_;
    const Member* subject_;
    std::uint32_t section_;
    std::uint32_t gap_after_;  ///< the section ahead of the gap; 0: it is about none
    const Order* order_;
    const Incident* incident_;
    std::vector<bool> asked_;  ///< by section
};

/// HOLD and STOP go faster. The national desk is told of a STOP; of others it learns when nobody is left (DOMAIN,
/// alerts).
Ladder ladder_of_order(const Order* order) {
    const bool stops = order != nullptr && order->kind == OrderKind::stop;
    const bool halts = stops || (order != nullptr && order->kind == OrderKind::hold);
    return {rung_section_lead, stops ? rung_national_desk : rung_city_leads,
            halts ? limits::order_step_halt : limits::ladder_step, true};
}

}  // namespace

Ladder ladder_of(const MarchState& state, const AlertKey& key) {
    switch (key.kind) {
        case AlertKind::checkin_missed:
        case AlertKind::head_too_fast:
        case AlertKind::off_route: return {rung_buddy, rung_national_desk, limits::ladder_step, true};
        case AlertKind::column_stretched: return {rung_city_leads, rung_national_desk, limits::ladder_step, true};
        case AlertKind::lost_child: return {rung_section_lead, rung_national_desk, limits::ladder_step_urgent, true};
        case AlertKind::intersection_not_ready:
        case AlertKind::sos_unowned: return {rung_buddy, rung_national_desk, limits::ladder_step_urgent, true};
        case AlertKind::person_detained: return {rung_city_leads, rung_national_desk, limits::ladder_step_urgent, true};
        case AlertKind::gap_open:
        case AlertKind::density_high:
        case AlertKind::coverage_lost: return {rung_section_lead, rung_national_desk, limits::ladder_step, true};
        case AlertKind::unreachable: return {rung_buddy, rung_city_leads, limits::ladder_step, false};
        case AlertKind::battery_low: return {rung_section_lead, rung_city_leads, limits::ladder_step, false};
        case AlertKind::network_lost:
        case AlertKind::bus_lag:
        case AlertKind::instance_lost:
        case AlertKind::staffing_low:
        case AlertKind::phase_late: return {rung_city_leads, rung_city_leads, limits::ladder_step, false};
        case AlertKind::lead_recovered: return {rung_city_leads, rung_national_desk, limits::ladder_step, false};
        case AlertKind::retention_ending: return {rung_city_leads, rung_national_desk, limits::retention_step, false};
        case AlertKind::order_unacked:
        case AlertKind::roll_call_incomplete: return ladder_of_order(order_of(state, key));
    }
    return {rung_buddy, rung_national_desk, limits::ladder_step, true};
}

bool is_of_column(AlertKind kind) {
    return kind == AlertKind::gap_open || kind == AlertKind::head_too_fast || kind == AlertKind::column_stretched ||
           kind == AlertKind::off_route || kind == AlertKind::intersection_not_ready;
}

bool is_at_section(const MarchState& state, const AlertKey& key, std::uint32_t section) {
    if (section == 0) return false;
    if (about(key.kind) == AlertAbout::gap) return key.number == section || key.number + 1 == section;
    return section_of(state, key) == section;
}

bool is_of_order(AlertKind kind) { return about(kind) == AlertAbout::order; }

const Order* order_of(const MarchState& state, const AlertKey& key) {
    return is_of_order(key.kind) ? state.order(key.number) : nullptr;
}

PersonId person_of(const AlertKey& key) { return about(key.kind) == AlertAbout::person ? key.subject : PersonId{}; }

std::uint32_t section_of(const MarchState& state, const AlertKey& key) {
    switch (about(key.kind)) {
        case AlertAbout::person: {
            const Member* member = state.member(key.subject);
            return member == nullptr ? 0 : member->section;
        }
        case AlertAbout::incident: {
            const Incident* incident = state.incident(key.number);
            return incident == nullptr ? 0 : incident->section;
        }
        case AlertAbout::section: return static_cast<std::uint32_t>(key.subject.value);
        case AlertAbout::section_role: return section_of_cover(static_cast<std::uint32_t>(key.subject.value));
        case AlertAbout::phase:
        case AlertAbout::march:
        case AlertAbout::order:
        case AlertAbout::gap:
        case AlertAbout::waypoint: return 0;
    }
    return 0;
}

std::vector<PersonId> rung(const MarchState& state, const AlertKey& key, std::uint32_t step, Asked asked) {
    if (step >= rung_national_desk) return {};
    std::vector<PersonId> persons;
    const OnRung on_rung(state, key, step, asked);
    for (const Member& member : state.roster) {
        if (on_rung(member)) persons.push_back(member.person);
    }
    return persons;
}

AlertStepped step_up(const MarchState& state, const AlertKey& key, std::uint32_t from, std::uint32_t version,
                     UtcMs now) {
    const Ladder ladder = ladder_of(state, key);
    for (std::uint32_t step = std::max(from, ladder.first); step <= ladder.last; ++step) {
        std::vector<PersonId> persons = rung(state, key, step);
        // The national desk always has somebody.
        if (persons.empty() && step != rung_national_desk) continue;
        const bool ends_here = step == ladder.last && !ladder.exhausts;
        return {key, AlertState::notifying, step, version, ends_here ? UtcMs{} : now + ladder.step, std::move(persons)};
    }
    return {key, AlertState::exhausted, rung_exhausted, version, UtcMs{}, {}};
}

namespace {

void raise_as(Alert alert, const MarchState& state, UtcMs now, std::vector<Event>& events) {
    alert.step_at = now;
    events.emplace_back(AlertRaised{alert});
    events.emplace_back(step_up(state, alert.key, 0, alert.version + 1, now));
}

Alert first_of(const AlertKey& key, bool critical, UtcMs now, std::uint32_t figure) {
    Alert alert;
    alert.key = key;
    alert.version = 1;
    alert.raised_at = now;
    alert.critical = critical;
    alert.figure = figure;
    return alert;
}

}  // namespace

void raise(const MarchState& state, const AlertKey& key, bool critical, UtcMs now, std::vector<Event>& events,
           std::uint32_t figure) {
    const auto open = state.alerts.find(key);
    Alert alert = first_of(key, critical, now, figure);
    if (open != state.alerts.end()) {
        alert.version = open->second.version + 1;
        alert.raised_at = open->second.raised_at;
    }
    raise_as(alert, state, now, events);
}

void raise_first(const MarchState& state, const AlertKey& key, bool critical, UtcMs now, std::vector<Event>& events,
                 std::uint32_t figure) {
    raise_as(first_of(key, critical, now, figure), state, now, events);
}

}  // namespace marchwire::core
