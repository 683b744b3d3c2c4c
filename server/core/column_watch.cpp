#include "core/column_watch.hpp"

#include "base/limits.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace marchwire::core {
namespace {

namespace limits = base::limits;

/// The tail has stepped off when it has walked so far: until then the street fills from a square, and a column that
/// grows is none that is stretched. Ours.
constexpr double stepped_off_metres = 50;
constexpr double length_step_metres = 10;
/// Slower than this a head stands, however slow the tail is.
constexpr double head_walks_metres_per_second = 0.3;
constexpr double percent_most = 999;
/// The head does not come there at all.
constexpr double far_seconds = 24.0 * 3'600;

bool is_ready(const MarchState& state, std::uint32_t waypoint, IntersectionState least) {
    return intersection_at(state, waypoint).state >= least;
}

bool is_told_of(const MarchState& state, std::uint32_t waypoint) {
    return state.alerts.contains({AlertKind::intersection_not_ready, {}, waypoint});
}

/// Of the gaps but this one: of two or three its own size would be most of the median.
double median_of_others(const std::vector<Gap>& gaps, const Gap& but) {
    std::vector<Metres> others;
    for (const Gap& gap : gaps) {
        if (gap.ahead != but.ahead) others.push_back(gap.metres);
    }
    return median_place(std::move(others)).value_or(Metres{}).value;
}

bool is_on_the_way(Phase phase) { return phase == Phase::marching || phase == Phase::held || phase == Phase::stopped; }

double percent(double part, double whole) {
    return whole > 0 ? std::min(percent_most, 100 * part / whole) : percent_most;
}

}  // namespace

void ColumnWatch::follow_step_off(const MarchState& state, const OpsColumn& column) {
    if (!is_on_the_way(state.phase)) tail_at_step_off_.reset();
    if (state.phase != Phase::marching || !column.tail.along) return;
    if (!tail_at_step_off_) tail_at_step_off_ = column.tail.along;
    const bool has_walked = column.tail.along->value - tail_at_step_off_->value >= stepped_off_metres;
    if (!has_walked || !column.length() || seen_.step_off_length_metres != 0) return;
    const double steps = std::max(1.0, std::round(column.length()->value / length_step_metres));
    seen_.step_off_length_metres = static_cast<std::uint32_t>(std::lround(steps * length_step_metres));
}

std::vector<ColumnWatch::Measured> ColumnWatch::measured(const MarchState& state, const OpsColumn& column) const {
    const bool moves = state.phase == Phase::marching;
    std::vector<Measured> all;
    for (const Gap& gap : column.gaps) {
        // Between others somebody may walk whose phone says nothing.
        if (gap.behind != gap.ahead + 1) continue;
        const double metres = gap.metres.value;
        const bool is_wide = metres > limits::gap_metres &&
                             metres > limits::gap_over_median * median_of_others(column.gaps, gap);
        const bool is_severe = metres > limits::gap_severe_metres || gap.holds_intersection;
        all.push_back({AlertKind::gap_open, gap.ahead, moves && is_wide, is_severe, metres});
    }
    const std::uint32_t step_off = seen_.step_off_length_metres;
    if (column.head.pace && column.tail.pace && (step_off != 0 || !moves)) {
        const double head = *column.head.pace, tail = std::max(0.0, *column.tail.pace);
        const bool is_fast = head > head_walks_metres_per_second && head > limits::head_too_fast * tail;
        all.push_back({AlertKind::head_too_fast, 0, moves && is_fast, false, percent(head, tail)});
    }
    if (const auto length = column.length(); length && step_off != 0) {
        const bool is_long = length->value > limits::column_stretched * step_off;
        all.push_back({AlertKind::column_stretched, 0, moves && is_long, false, percent(length->value, step_off)});
    }
    if (column.off_route) {
        const bool is_off = column.off_route->value > limits::off_route_metres;
        all.push_back({AlertKind::off_route, 0, is_on_the_way(state.phase) && is_off, false, column.off_route->value});
    }
    measure_intersections(state, column, all);
    return all;
}

/// Those that the head will reach soon, and those whose alert is open: without a pace nobody knows.
void ColumnWatch::measure_intersections(const MarchState& state, const OpsColumn& column, std::vector<Measured>& all) {
    const Route* route = state.active();
    if (route == nullptr || !route->line || !column.head.along || !column.head.pace) return;
    const bool walks = state.phase == Phase::marching && *column.head.pace > head_walks_metres_per_second;
    std::vector<std::pair<double, std::uint32_t>> ahead;  // seconds to go
    for (const Waypoint& waypoint : route->line->waypoints) {
        if (waypoint.kind != WaypointKind::intersection) continue;
        const double metres = waypoint.along.value - column.head.along->value;
        const bool comes = walks && metres > 0;
        if (!comes && !is_told_of(state, waypoint.number)) continue;
        ahead.emplace_back(comes ? metres / *column.head.pace : far_seconds, waypoint.number);
    }
    std::ranges::sort(ahead);
    if (ahead.size() > limits::intersections_watched) ahead.resize(limits::intersections_watched);
    for (const auto& [to_go, number] : ahead) {
        const auto within = [seconds = to_go](Millis time) {
            return seconds * 1'000 < static_cast<double>(time.value);
        };
        const bool is_late = within(limits::intersection_soon) && !is_ready(state, number, IntersectionState::staffed);
        const bool is_open = within(limits::intersection_very_soon) &&
                             !is_ready(state, number, IntersectionState::held);
        all.push_back({AlertKind::intersection_not_ready, number, is_late || is_open, is_open, to_go});
    }
}

ColumnCondition ColumnWatch::continued(const Measured& measured, UtcMs now) const {
    ColumnCondition condition{measured.kind,
                              measured.number,
                              measured.holds,
                              now,
                              measured.severe,
                              now,
                              static_cast<std::uint32_t>(std::lround(measured.figure))};
    const auto before = std::ranges::find_if(seen_.conditions, [&](const ColumnCondition& known) {
        return known.kind == measured.kind && known.number == measured.number;
    });
    if (before == seen_.conditions.end()) return condition;
    if (before->holds == condition.holds) condition.since = before->since;
    if (before->severe == condition.severe) condition.severe_since = before->severe_since;
    return condition;
}

void ColumnWatch::look(const MarchState& state, const OpsColumn& column) {
    if (seen_.route_version != column.route_version) {
        // Metres of another line.
        seen_.conditions.clear();
        tail_at_step_off_.reset();
    }
    seen_.route_version = column.route_version;
    seen_.head = seen_.tail = std::nullopt;
    seen_.head_by = seen_.tail_by = std::nullopt;
    if (column.stale || !has_column(state.phase)) {
        seen_.conditions.clear();
        seen_.step_off_length_metres = 0;
        tail_at_step_off_.reset();
        return;
    }
    seen_.head = column.head.along;
    seen_.tail = column.tail.along;
    seen_.head_by = column.head.known_by;
    seen_.tail_by = column.tail.known_by;
    seen_.step_off_length_metres = std::max(seen_.step_off_length_metres, state.column.sample.step_off_length_metres);
    if (!is_on_the_way(state.phase)) seen_.step_off_length_metres = 0;
    follow_step_off(state, column);
    std::vector<ColumnCondition> conditions;
    for (const Measured& one : measured(state, column)) conditions.push_back(continued(one, column.as_of));
    seen_.conditions = std::move(conditions);
}

}  // namespace marchwire::core
