// What the log says of the column: reports of those who saw it pass, a sample each minute, alerts of what was measured.
#include "core/column.hpp"
#include "core/conditions.hpp"
#include "core/decide_family.hpp"
#include "core/ladder.hpp"
#include "core/progress.hpp"

#include "base/limits.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace marchwire::core {
namespace {

namespace limits = base::limits;

/// Further beside the new route than this a place is none of it.
constexpr Metres same_street_metres{500};
/// How far a detour moves a place along the line.
constexpr Metres detour_doubt{300};

std::optional<std::uint32_t> in_steps(std::optional<Metres> metres) {
    if (!metres) return std::nullopt;
    const double step = limits::column_sample_snap_metres;
    return static_cast<std::uint32_t>(std::lround(std::max(0.0, metres->value) / step) *
                                      limits::column_sample_snap_metres);
}

ColumnSample sample_of(const ObserveColumn& seen) {
    ColumnSample sample;
    sample.route_version = seen.route_version;
    sample.head_metres = in_steps(seen.head);
    sample.tail_metres = in_steps(seen.tail);
    const bool is_long = seen.head && seen.tail && *seen.tail <= *seen.head;
    if (is_long) sample.length_metres = in_steps(*seen.head - *seen.tail);
    sample.head_by = seen.head_by;
    sample.tail_by = seen.tail_by;
    sample.step_off_length_metres = seen.step_off_length_metres;
    return sample;
}

/// While the march moves; and when its end is in but people still walk, as far as they do.
bool is_sampled(const MarchState& state, const ColumnSample& now) {
    const Phase phase = state.phase;
    if (phase == Phase::marching) return true;
    const ColumnSample& last = state.column.sample;
    const bool walks = now.head_metres != last.head_metres || now.tail_metres != last.tail_metres;
    return walks && (phase == Phase::rally || phase == Phase::call_to_action || phase == Phase::dispersing);
}

/// So long a condition must hold before its alert is raised, and why that ends.
struct ColumnAlert {
    AlertKind kind;
    Millis raise;
    const char* ends;
};
constexpr ColumnAlert column_alerts[] = {
    {AlertKind::gap_open, limits::gap_raise, "the gap has closed"},
    {AlertKind::head_too_fast, limits::head_too_fast_raise, "head and tail walk alike"},
    {AlertKind::column_stretched, limits::column_stretched_raise, "the column has closed up"},
    {AlertKind::off_route, limits::off_route_raise, "the head is on the route"},
    {AlertKind::intersection_not_ready, limits::intersection_raise, "it is ready, or the head is not near"},
};
const ColumnAlert* column_alert(AlertKind kind) {
    const auto* found = std::ranges::find(column_alerts, kind, &ColumnAlert::kind);
    return found == std::end(column_alerts) ? nullptr : found;
}

/// Raises on the edge, once more when a gap becomes severe, and clears after the clear time.
void follow(const MarchState& state, const ColumnCondition& seen, UtcMs now, Events& events) {
    const AlertKey key{seen.kind, PersonId{}, seen.number};
    const auto found = state.alerts.find(key);
    const bool is_open = found != state.alerts.end();
    if (!seen.holds) {
        if (is_open && now - seen.since >= clear_time(seen.kind)) {
            events.emplace_back(
                AlertCleared{key, found->second.version + 1, PersonId{}, column_alert(seen.kind)->ends});
        }
        return;
    }
    const Millis wait = raise_time(seen.kind);
    if (now - seen.since < wait) return;
    const bool is_severe = seen.severe && now - seen.severe_since >= wait;
    if (is_open && (found->second.critical || !is_severe)) return;
    raise(state, key, is_severe, now, events, seen.figure);
}

/// Intersections that the column leaves behind as the keeper sees it walk.
void pass_intersections(const MarchState& state, const ObserveColumn& seen, UtcMs now, Events& events) {
    const bool on_the_way = state.phase == Phase::marching || state.phase == Phase::held ||
                            state.phase == Phase::stopped;
    if (!on_the_way) return;
    const auto beyond = [](std::optional<Metres> end) {
        return end ? std::optional(*end - Metres{limits::intersection_passed_metres}) : std::nullopt;
    };
    auto passed = passed_by(state, beyond(seen.head), beyond(seen.tail), now);
    if (!passed.empty()) events.emplace_back(IntersectionsChanged{state.active_route, std::move(passed), false});
}

/// A HEAD marshal tells of the head, a TAIL marshal of the tail; the lead of the first section sees the head, that of
/// the last the tail.
bool may_mark(const Ask& ask, End end) {
    if (ask.permission == Permission::own_section) {
        return ask.section() != 0 && ask.section() == (end == End::head ? 1 : ask.state.sections);
    }
    if (ask.permission != Permission::act) return false;
    if (ask.actor.role == Role::head) return end == End::head;
    if (ask.actor.role == Role::tail) return end == End::tail;
    return true;
}

/// The place of somebody or something that was so far along another version of the route.
Projection place_on(const Route& route, LatLon at, Metres before, UtcMs now) {
    Progress progress;
    return progress.begin(RouteIndex(route.line->points), Fix{at, 0, now}, {before, before, detour_doubt});
}

base::Result<PassedMark> mark_of(const Ask& ask, const MarkPassed& wish) {
    const MarchState& state = ask.state;
    const Route* active = state.active();
    if (active == nullptr) {
        return base::refuse(base::RefusalCode::not_found, "route_version", "No route is active; activate one first.");
    }
    const Route* named = wish.route_version == 0 ? active : state.route(wish.route_version);
    const auto* waypoints = named == nullptr ? nullptr : &named->line->waypoints;
    const auto found = waypoints == nullptr ? std::vector<Waypoint>::const_iterator{}
                                            : std::ranges::find(*waypoints, wish.waypoint, &Waypoint::number);
    if (waypoints == nullptr || found == waypoints->end()) {
        return base::refuse(base::RefusalCode::not_found, "waypoint", "Give the number of a waypoint of the route.");
    }
    const bool is_timed = ask.command.made_at && ask.command.made_at < ask.now;
    PassedMark mark{active->version, found->number, found->along, is_timed ? ask.command.made_at : ask.now};
    if (named == active) return mark;
    // Seen before a reroute, said after it.
    const Projection place = place_on(*active, found->at, found->along, ask.now);
    if (place.beside > same_street_metres) {
        return base::refuse(base::RefusalCode::not_found, "waypoint",
                            "The route does not pass there any more; give a waypoint of the active route.");
    }
    mark.waypoint = 0;
    mark.along = place.along;
    return mark;
}

}  // namespace

Millis raise_time(AlertKind kind) {
    const ColumnAlert* alert = column_alert(kind);
    return alert == nullptr ? Millis{} : alert->raise;
}

Millis clear_time(AlertKind kind) { return raise_time(kind) * limits::clear_over_raise; }

void clear_column_alerts(const MarchState& state, PersonId by, Events& events) {
    for (const auto& [key, alert] : state.alerts) {
        if (!is_of_column(key.kind)) continue;
        events.emplace_back(AlertCleared{key, alert.version + 1, by, "there is no column any more"});
    }
}

void put_marks_on(const MarchState& state, const Route& route, UtcMs now, Events& events) {
    const Route* active = state.active();
    if (active == nullptr) return;
    for (const End end : {End::head, End::tail}) {
        const PassedMark& known = end == End::head ? state.column.head : state.column.tail;
        if (known.route_version != active->version) continue;
        const LatLon at = RouteIndex(active->line->points).at(known.along);
        const Projection place = place_on(route, at, known.along, now);
        if (place.beside > same_street_metres) continue;
        events.emplace_back(WaypointPassed{end, {route.version, 0, place.along, known.at}, PersonId{}});
    }
}

std::vector<Event> column_events(const MarchState& state, const ObserveColumn& seen, UtcMs now) {
    Events events;
    const bool is_due = now - state.column.sampled_at >= limits::column_sampled_every;
    if (is_due && (seen.head || seen.tail) && is_sampled(state, sample_of(seen))) {
        events.emplace_back(ColumnSampled{sample_of(seen)});
    }
    pass_intersections(state, seen, now, events);
    for (const auto& [key, alert] : state.alerts) {
        if (!is_of_column(key.kind) || is_on(state.policy, key.kind)) continue;
        events.emplace_back(AlertCleared{key, alert.version + 1, PersonId{}, "such alerts are off"});
    }
    for (const ColumnCondition& one : seen.conditions) {
        if (is_on(state.policy, one.kind)) follow(state, one, now, events);
    }
    return events;
}

Decision decide_on(const Ask& ask, const ObserveColumn& wish) {
    if (auto wrong = check_term(ask.state, wish.term)) return *wrong;
    if (wish.route_version != ask.state.active_route) {
        return conflict("route_version", "This was seen on another route; look again.", ask.state.active_route,
                        std::to_string(ask.state.active_route));
    }
    if (!has_column(ask.state.phase)) return wrong_transition("This march has no column now.");
    if (wish.conditions.size() > limits::column_conditions) {
        return base::refuse(base::RefusalCode::too_large, "conditions",
                            "Tell at most " + std::to_string(limits::column_conditions) + " conditions.");
    }
    if (!std::ranges::all_of(wish.conditions, is_of_column, &ColumnCondition::kind)) {
        return base::invalid("conditions", "Tell conditions of the column's alerts only.");
    }
    Events events = column_events(ask.state, wish, ask.now);
    if (events.empty()) return base::refuse(base::RefusalCode::not_found, "now", "Nothing is to be said.");
    return events;
}

Decision decide_on(const Ask& ask, const MarkPassed& wish) {
    if (!may_mark(ask, wish.end)) return denied(Action::mark_passed);
    if (!has_column(ask.state.phase)) {
        return wrong_transition("The march is " + std::string(name_of(ask.state.phase)) + ": it has no column now.");
    }
    const auto mark = mark_of(ask, wish);
    if (!mark) return mark.error();
    Events events = events_of(WaypointPassed{wish.end, *mark, ask.actor.person});
    const auto of = [&](End end) { return wish.end == end ? std::optional(mark->along) : std::nullopt; };
    auto passed = passed_by(ask.state, of(End::head), of(End::tail), ask.now);
    if (!passed.empty()) events.emplace_back(IntersectionsChanged{ask.state.active_route, std::move(passed), false});
    return events;
}

}  // namespace marchwire::core
