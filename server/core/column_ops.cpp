// The exact column: its ends with their pace, the gaps between sections, and when the head arrives where.
#include "core/column.hpp"

#include "base/limits.hpp"

#include <algorithm>
#include <cmath>

namespace marchwire::core {
namespace {

namespace limits = base::limits;

/// Slower than this a column stands, and arrives nowhere.
constexpr double standing_metres_per_second = 0.2;

/// So far back an end may prove to be by noise, and by a walk that was guessed while its phones were silent. Further:
/// it was wrong, and is put right at once.
constexpr double noise_explains_metres = 100;
constexpr double back_metres_per_second = 2;

/// What one section covers of the street.
struct Stretch {
    Metres rear, front;
    std::uint32_t section = 0;
};

std::optional<UtcMs> arrival(Metres from, Metres to, std::optional<double> pace, UtcMs now) {
    if (!pace || *pace < standing_metres_per_second || to < from) return std::nullopt;
    return now + Millis{std::llround((to - from).value / *pace * 1000)};
}

}  // namespace

std::optional<Metres> OpsColumn::length() const {
    if (!head.along || !tail.along || *head.along < *tail.along) return std::nullopt;
    return *head.along - *tail.along;
}

void Column::Trail::add(const Sample& sample) {
    if (!samples.empty() && sample.at - samples.back().at < limits::column_place_every) return;
    samples.push_back(sample);
    while (samples.back().at - samples.front().at > limits::column_pace_over) samples.pop_front();
}

/// The slope of the line through all places that is nearest to them.
std::optional<double> Column::Trail::pace(std::optional<Metres> Sample::*end) const {
    double count = 0, times = 0, places = 0, squares = 0, products = 0;
    UtcMs first, last;
    for (const Sample& sample : samples) {
        const std::optional<Metres>& place = sample.*end;
        if (!place) continue;
        if (count == 0) first = sample.at;
        last = sample.at;
        const double seconds = static_cast<double>((sample.at - first).value) / 1000;
        count += 1;
        times += seconds;
        places += place->value;
        squares += seconds * seconds;
        products += seconds * place->value;
    }
    if (last - first < limits::column_pace_after) return std::nullopt;
    return (count * products - times * places) / (count * squares - times * times);
}

void Column::go_back_slowly(Told& told, ColumnEnd& end, UtcMs now) {
    if (end.known_by != KnownBy::gps) {
        told = {};
        return;
    }
    if (told.along) {
        const double elapsed = static_cast<double>((now - told.at).value) / 1000;
        const bool is_noise = told.along->value - end.along->value <= noise_explains_metres;
        const Metres slowly{told.along->value - back_metres_per_second * elapsed};
        if (is_noise && *end.along < slowly) end.along = slowly;
    }
    told = {now, end.along};
}

ColumnEnd Column::end_by_gps(const std::vector<Standing>& standings, Role role, Plausibility wanted) {
    std::vector<Metres> places;
    for (const Standing& standing : standings) {
        if (standing.role == role && standing.plausibility == wanted) places.push_back(standing.along);
    }
    ColumnEnd end;
    if (places.empty()) return end;
    const auto [last, foremost] = std::ranges::minmax(places);
    end.marshals = static_cast<std::uint32_t>(places.size());
    end.spread = foremost - last;
    end.along = median_place(std::move(places));
    end.known_by = KnownBy::gps;
    return end;
}

ColumnEnd Column::end_of(const std::vector<Standing>& standings, Role role, const PassedMark* mark, UtcMs now,
                         UtcMs& seen_at) {
    ColumnEnd end = end_by_gps(standings, role, Plausibility::plausible);
    if (end.along) {
        seen_at = now;
        return end;
    }
    if (mark != nullptr && mark->at >= seen_at) {
        end.along = mark->along;
        end.known_by = KnownBy::report;
        end.reported_at = mark->at;
        return end;
    }
    // A doubtful place is better than none for people who can ask on the radio.
    return end_by_gps(standings, role, Plausibility::flagged);
}

std::vector<Gap> Column::gaps(const MarchState& state, const std::vector<Standing>& standings) const {
    std::vector<Stretch> stretches;
    for (const Standing& standing : standings) {
        if (standing.section == 0 || standing.plausibility == Plausibility::flagged) continue;
        if (!walks_with_column(standing.role)) continue;
        const auto found = std::ranges::find(stretches, standing.section, &Stretch::section);
        if (found == stretches.end()) {
            stretches.push_back({standing.along, standing.along, standing.section});
        } else {
            found->rear = std::min(found->rear, standing.along);
            found->front = std::max(found->front, standing.along);
        }
    }
    std::ranges::sort(stretches, {}, &Stretch::section);
    std::vector<Gap> gaps;
    for (std::size_t i = 1; i < stretches.size(); ++i) {
        const Metres near_edge = stretches[i - 1].rear;
        const Metres far_edge = stretches[i].front;
        Gap gap{stretches[i - 1].section, stretches[i].section, {}, false};
        gap.metres = std::max(Metres{0}, near_edge - far_edge);
        gap.holds_intersection = std::ranges::any_of(state.active()->line->waypoints, [&](const Waypoint& waypoint) {
            return waypoint.kind == WaypointKind::intersection && waypoint.along > far_edge &&
                   waypoint.along < near_edge;
        });
        gaps.push_back(gap);
    }
    return gaps;
}

void Column::tell_arrivals(const MarchState& state, UtcMs now, OpsColumn& column) const {
    for (ColumnEnd* end : {&column.head, &column.tail}) {
        if (end->along) end->at_end = arrival(*end->along, index_->length(), end->pace, now);
    }
    if (!column.head.along) return;
    for (const Waypoint& waypoint : state.active()->line->waypoints) {
        if (const auto at = arrival(*column.head.along, waypoint.along, column.head.pace, now)) {
            column.arrivals.push_back({waypoint.number, *at});
        }
    }
    std::ranges::sort(column.arrivals, {}, &Arrival::at);
    if (column.arrivals.size() > limits::column_arrivals) column.arrivals.resize(limits::column_arrivals);
}

OpsColumn Column::ops(const MarchState& state, UtcMs now) {
    follow_route(state, now);
    forget_old(now);
    OpsColumn column;
    column.as_of = now;
    column.route_version = route_version_;
    if (!index_) return column;
    const std::vector<Standing> all = standings(state, now);
    column.head = end_of(all, Role::head, mark_on_route(state, End::head), now, head_seen_at_);
    column.tail = end_of(all, Role::tail, mark_on_route(state, End::tail), now, tail_seen_at_);
    go_back_slowly(head_told_, column.head, now);
    go_back_slowly(tail_told_, column.tail, now);
    const auto walked = [](const ColumnEnd& end) { return end.known_by == KnownBy::gps ? end.along : std::nullopt; };
    trail_.add({now, walked(column.head), walked(column.tail), {}, {}});
    column.head.pace = trail_.pace(&Sample::head);
    column.tail.pace = trail_.pace(&Sample::tail);
    column.gaps = gaps(state, all);
    tell_arrivals(state, now, column);
    std::vector<Metres> off;
    for (const Standing& standing : all) {
        if (standing.role == Role::head && standing.off_route) off.push_back(*standing.off_route);
    }
    column.off_route = median_place(std::move(off));
    return column;
}

}  // namespace marchwire::core
