// What is due: the keeper's clock comes in as a value, so that a replay needs none.
#include "core/conditions.hpp"
#include "core/decide_family.hpp"
#include "core/duty.hpp"
#include "core/ladder.hpp"

#include "base/limits.hpp"

#include <algorithm>

namespace marchwire::core {
namespace {

namespace limits = base::limits;

/// When somebody who has confirmed and has not come is a no-show; 0 for all others, and before step-off.
UtcMs no_show_of(const MarchState& state, const Member& member) {
    if (member.duty != Duty::confirmed || !state.no_show_at) return {};
    return std::max(state.no_show_at, member.duty_since + limits::no_show_after);
}

void check_member(const MarchState& state, const Member& member, UtcMs now, Events& events) {
    const bool expected = member.due_at && is_expected(member, member.duty);
    if (expected && now >= member.due_at) {
        if (!member.nudged) events.emplace_back(CheckInNudged{member.person, member.due_at});
        const AlertKey key{AlertKind::checkin_missed, member.person};
        if (now >= member.due_at + limits::check_in_grace && !state.alerts.contains(key)) {
            raise(state, key, false, now, events);
        }
    }
    if (member.duty == Duty::handover_pending && now >= member.duty_since + limits::handover_life) {
        events.emplace_back(DutyChanged{member.person, member.duty, Duty::on_duty, member.duty_version + 1,
                                        next_check_in(state, member, Duty::on_duty, now)});
    }
    if (const UtcMs at = no_show_of(state, member); at && now >= at) {
        events.emplace_back(DutyChanged{member.person, member.duty, Duty::no_show, member.duty_version + 1, UtcMs{}});
    }
}

void climb(const MarchState& state, const Alert& alert, UtcMs now, Events& events) {
    if (alert.state != AlertState::notifying || !alert.step_at || now < alert.step_at) return;
    events.emplace_back(step_up(state, alert.key, alert.step + 1, alert.version + 1, now));
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

}  // namespace

UtcMs due_about(const MarchState& state, const Member& member) {
    Earliest earliest;
    if (member.due_at && is_expected(member, member.duty)) {
        if (!member.nudged) {
            earliest.consider(member.due_at);
        } else if (!state.alerts.contains(AlertKey{AlertKind::checkin_missed, member.person})) {
            earliest.consider(member.due_at + limits::check_in_grace);
        }
    }
    if (member.duty == Duty::handover_pending) earliest.consider(member.duty_since + limits::handover_life);
    earliest.consider(no_show_of(state, member));
    return earliest.at();
}

namespace {

UtcMs next_deadline(const MarchState& state) {
    Earliest earliest;
    earliest.consider(state.due.first());
    for (const auto& [key, watched] : state.watches) {
        if (!is_of_calendar(key.kind)) earliest.consider(watched.due);
    }
    for (const auto& [key, alert] : state.alerts) {
        if (alert.state == AlertState::notifying) earliest.consider(alert.step_at);
    }
    earliest.consider(next_due_of_orders(state));
    for (const Proposal& proposal : state.proposals) earliest.consider(proposal.expires_at);
    if (const Route* route = state.active(); waits_to_be_public(route)) earliest.consider(route->public_from);
    return earliest.at();
}

}  // namespace

bool has_deadlines(const MarchState& state) { return bool(next_deadline(state)); }

UtcMs next_due(const MarchState& state) {
    if (state.is_shredded()) return {};
    Earliest earliest;
    earliest.consider(next_deadline(state));
    for (const auto& [key, watched] : state.watches) {
        if (is_of_calendar(key.kind)) earliest.consider(watched.due);
    }
    earliest.consider(shred_due(state));
    for (const SealedClass what : every_sealed_class) earliest.consider(forgetting_due(state, what));
    return earliest.at();
}

std::vector<Event> due_events(const MarchState& state, UtcMs now) {
    Events events;
    if (state.is_shredded()) return events;
    // Whatever else is due is nobody's business any more.
    if (const UtcMs at = shred_due(state); at && now >= at) return events_of(MarchShredded{});
    for (const std::uint32_t ordinal : state.due.until(now)) check_member(state, state.roster[ordinal], now, events);
    due_watches(state, now, events);
    for (const auto& [key, alert] : state.alerts) {
        // What ends now, or is said anew from the bottom, climbs no further.
        const auto watched = state.watches.find(key);
        const bool settled = watched != state.watches.end() && is_due(watched->second, now);
        if (!settled && !is_idle_order_alert(state, key)) climb(state, alert, now, events);
    }
    due_of_orders(state, now, events);
    for (const Proposal& proposal : state.proposals) {
        if (now >= proposal.expires_at) events.emplace_back(ProposalEnded{proposal.number, false, PersonId{}});
    }
    if (const Route* route = state.active(); waits_to_be_public(route) && now >= route->public_from) {
        events.emplace_back(RouteStatusChanged{route->version, RouteStatus::active, route->public_from, route->line});
        say_closures_again(state, events);
    }
    for (const SealedClass what : every_sealed_class) {
        if (const UtcMs at = forgetting_due(state, what); at && now >= at) events.emplace_back(SecretsForgotten{what});
    }
    return events;
}

}  // namespace marchwire::core
