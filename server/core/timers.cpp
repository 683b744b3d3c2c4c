// What is due: the keeper's clock comes in as a value, so that a replay needs none.
#include "core/decide_family.hpp"
#include "core/duty.hpp"

#include "base/limits.hpp"

#include <algorithm>

namespace marchwire::core {
namespace {

namespace limits = base::limits;

/// The first rung from `step` on that has somebody: the national desk always has.
std::uint32_t manned_rung(const MarchState& state, PersonId subject, std::uint32_t step) {
    while (step < rung_national_desk && rung(state, subject, step).empty()) ++step;
    return step;
}

void raise_missed_check_in(const MarchState& state, const Member& member, UtcMs now, Events& events) {
    Alert alert;
    alert.key = {AlertKind::checkin_missed, member.person};
    alert.state = AlertState::raised;
    alert.version = 1;
    alert.raised_at = now;
    alert.step_at = now;
    const std::uint32_t first = manned_rung(state, member.person, 0);
    events.emplace_back(AlertRaised{alert});
    events.emplace_back(AlertStepped{alert.key, AlertState::notifying, first, 2, now + limits::ladder_step,
                                     rung(state, member.person, first)});
}

void check_member(const MarchState& state, const Member& member, UtcMs now, Events& events) {
    const bool expected = member.due_at && is_expected(member, member.duty);
    if (expected && now >= member.due_at) {
        if (!member.nudged) events.emplace_back(CheckInNudged{member.person, member.due_at});
        const AlertKey key{AlertKind::checkin_missed, member.person};
        if (now >= member.due_at + limits::check_in_grace && !state.alerts.contains(key)) {
            raise_missed_check_in(state, member, now, events);
        }
    }
    if (member.duty == Duty::handover_pending && now >= member.duty_since + limits::handover_life) {
        events.emplace_back(DutyChanged{member.person, member.duty, Duty::on_duty, member.duty_version + 1,
                                        next_check_in(state, member, Duty::on_duty, now)});
    }
}

void climb(const MarchState& state, const Alert& alert, UtcMs now, Events& events) {
    if (is_of_order(alert.key.kind) || alert.state != AlertState::notifying || now < alert.step_at) return;
    const PersonId subject = alert.key.subject;
    if (alert.step >= rung_national_desk) {
        events.emplace_back(
            AlertStepped{alert.key, AlertState::exhausted, rung_exhausted, alert.version + 1, UtcMs{}, {}});
        return;
    }
    const std::uint32_t next = manned_rung(state, subject, alert.step + 1);
    events.emplace_back(AlertStepped{alert.key, AlertState::notifying, next, alert.version + 1,
                                     now + limits::ladder_step, rung(state, subject, next)});
}

bool waits_to_be_public(const Route* route) { return route != nullptr && route->status_at < route->public_from; }

/// The earliest of the times that are set.
class Earliest {
public:
    void consider(UtcMs at) {
        if (at && (!at_ || at < at_)) at_ = at;
    }
    [[nodiscard]] UtcMs at() const { return at_; }

private:
    UtcMs at_;
};

void consider_member(const MarchState& state, const Member& member, Earliest& earliest) {
    if (member.due_at && is_expected(member, member.duty)) {
        if (!member.nudged) {
            earliest.consider(member.due_at);
        } else if (!state.alerts.contains(AlertKey{AlertKind::checkin_missed, member.person})) {
            earliest.consider(member.due_at + limits::check_in_grace);
        }
    }
    if (member.duty == Duty::handover_pending) earliest.consider(member.duty_since + limits::handover_life);
}

}  // namespace

UtcMs next_due(const MarchState& state) {
    Earliest earliest;
    for (const Member& member : state.roster) consider_member(state, member, earliest);
    for (const auto& [key, alert] : state.alerts) {
        if (alert.state == AlertState::notifying) earliest.consider(alert.step_at);
    }
    earliest.consider(next_due_of_orders(state));
    for (const Proposal& proposal : state.proposals) earliest.consider(proposal.expires_at);
    if (const Route* route = state.active(); waits_to_be_public(route)) earliest.consider(route->public_from);
    return earliest.at();
}

std::vector<Event> due_events(const MarchState& state, UtcMs now) {
    Events events;
    for (const Member& member : state.roster) check_member(state, member, now, events);
    for (const auto& [key, alert] : state.alerts) climb(state, alert, now, events);
    due_of_orders(state, now, events);
    for (const Proposal& proposal : state.proposals) {
        if (now >= proposal.expires_at) events.emplace_back(ProposalEnded{proposal.number, false, PersonId{}});
    }
    if (const Route* route = state.active(); waits_to_be_public(route) && now >= route->public_from) {
        events.emplace_back(RouteStatusChanged{route->version, RouteStatus::active, route->public_from, route->line});
    }
    return events;
}

}  // namespace marchwire::core
