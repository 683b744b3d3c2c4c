#include "core/duty.hpp"
#include "core/views.hpp"

#include "base/limits.hpp"

#include <algorithm>

namespace marchwire::core {
namespace {

/// So few are not shown, others rounded: a small number would tell who is there (DESIGN 5).
constexpr std::uint32_t shown_from = 5;
constexpr std::uint32_t rounded_to = 5;

std::uint32_t on_duty(const MarchState& state) {
    return static_cast<std::uint32_t>(
        std::ranges::count_if(state.roster, [](const Member& member) { return is_present(member.duty); }));
}

/// EXHAUSTED before others, then who has climbed higher.
bool worse(const Alert& a, const Alert& b) {
    const auto rank = [](const Alert& alert) {
        return std::pair(alert.state == AlertState::exhausted, alert.state == AlertState::acked ? 0 : alert.step + 1);
    };
    return rank(a) > rank(b);
}

/// What the plan lists up to the phase that was reached is behind, even when it came early. Of a phase that is planned
/// twice (a rally before and after the march) the second is reached when its time has come.
PlannedPhase next_planned(const MarchState& state, UtcMs now) {
    const Phase reached = state.phase_before.value_or(state.phase);
    PlannedPhase next;
    bool found = false;
    for (const PlannedPhase& planned : state.spec.plan) {
        if (planned.phase == reached) {
            const bool is_here = !found || (planned.at && planned.at <= now);
            if (is_here) next = {};
            found = true;
        } else if (planned.at > now && (!next.at || planned.at < next.at)) {
            next = planned;
        }
    }
    return next;
}

}  // namespace

std::uint32_t shown_count(std::uint32_t count) {
    return count < shown_from ? 0 : (count + rounded_to / 2) / rounded_to * rounded_to;
}

OverviewRow overview_row(const MarchState& state, std::uint32_t followers, UtcMs now) {
    OverviewRow row;
    row.march = state.id.march;
    row.city = state.spec.city;
    row.state = state.spec.state;
    row.tz = state.spec.tz;
    row.site = state.spec.site;
    row.kind = state.spec.kind;
    row.phase = {state.phase, state.phase_version, state.phase_since, state.public_sentence};
    row.next = next_planned(state, now);
    row.as_of = now;
    row.on_duty_rounded = shown_count(on_duty(state));
    row.followers_rounded = shown_count(followers);
    return row;
}

DeskRow desk_row(const MarchState& state, UtcMs now) {
    DeskRow row;
    row.march = state.id.march;
    row.phase = state.phase;
    row.roster = static_cast<std::uint32_t>(state.roster.size());
    row.on_duty = on_duty(state);
    row.overdue = static_cast<std::uint32_t>(std::ranges::count_if(
        state.roster, [&](const Member& member) { return member.due_at && member.due_at < now; }));
    for (const auto& [key, alert] : state.alerts) row.alerts.push_back(alert);
    std::ranges::stable_sort(row.alerts, worse);
    if (row.alerts.size() > base::limits::desk_row_alerts) row.alerts.resize(base::limits::desk_row_alerts);
    row.as_of = now;
    row.readiness = readiness_of(state);
    return row;
}

}  // namespace marchwire::core
