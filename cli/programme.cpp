#include "programme.hpp"

#include <algorithm>
#include <vector>

namespace marchwire::cli {
namespace {

constexpr sdk::UtcMs assembling_before = 30 * minute;

/// How long a phase lasts for which no end is planned. A march with a route ends when its column is in.
sdk::UtcMs usual_length(sdk::Phase phase) {
    switch (phase) {
        case sdk::Phase::assembling: return assembling_before;
        case sdk::Phase::marching: return 45 * minute;
        case sdk::Phase::rally: return 45 * minute;
        case sdk::Phase::call_to_action: return 20 * minute;
        case sdk::Phase::live: return 60 * minute;
        case sdk::Phase::dispersing: return 20 * minute;
        case sdk::Phase::unknown:
        case sdk::Phase::planned:
        case sdk::Phase::held:
        case sdk::Phase::closed:
        case sdk::Phase::stopped:
        case sdk::Phase::postponed:
        case sdk::Phase::cancelled:
        case sdk::Phase::paused: return 0;
    }
    return 0;
}

/// The plan with what every programme has before and after it.
std::vector<sdk::PlannedPhase> programme_of(const sdk::March& march) {
    std::vector<sdk::PlannedPhase> steps;
    const auto plans = [&](sdk::Phase phase) {
        return std::ranges::find(march.plan, phase, &sdk::PlannedPhase::phase) != march.plan.end();
    };
    const bool on_line = march.kind == sdk::MarchKind::virtual_event;
    if (!on_line && !plans(sdk::Phase::assembling)) {
        steps.push_back({sdk::Phase::assembling, first_known_time(march) - assembling_before});
    }
    steps.insert(steps.end(), march.plan.begin(), march.plan.end());
    if (on_line && !plans(sdk::Phase::call_to_action)) steps.push_back({sdk::Phase::call_to_action, 0});
    if (!on_line && !plans(sdk::Phase::dispersing)) steps.push_back({sdk::Phase::dispersing, 0});
    if (!plans(sdk::Phase::closed)) steps.push_back({sdk::Phase::closed, 0});
    return steps;
}

}  // namespace

sdk::UtcMs first_known_time(const sdk::March& march) {
    sdk::UtcMs first = 0;
    for (const sdk::PlannedPhase& planned : march.plan) {
        if (planned.at != 0 && (first == 0 || planned.at < first)) first = planned.at;
    }
    return first;
}

std::optional<sdk::Phase> due_phase(const sdk::March& march, bool column_has_come_in, sdk::UtcMs now) {
    if (first_known_time(march) == 0) return std::nullopt;
    const auto steps = programme_of(march);
    auto next = steps.begin();
    if (march.phase != sdk::Phase::planned) {
        next = std::ranges::find(steps, march.phase, &sdk::PlannedPhase::phase);
        if (next == steps.end()) return std::nullopt;  // held, stopped, postponed: somebody decides
        ++next;
    }
    if (next == steps.end()) return std::nullopt;
    const bool walks_a_route = march.phase == sdk::Phase::marching && march.active_route != 0;
    if (walks_a_route && !column_has_come_in) return std::nullopt;
    if (next->at != 0) return now >= next->at ? std::optional(next->phase) : std::nullopt;
    const bool over = walks_a_route || now >= march.phase_since + usual_length(march.phase);
    return over ? std::optional(next->phase) : std::nullopt;
}

}  // namespace marchwire::cli
