// Fixes become places on the route, places become head and tail, and the public sees them late and coarse.
#include "core/column.hpp"

#include "core/duty.hpp"

#include "base/limits.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace marchwire::core {
namespace {

namespace limits = base::limits;

constexpr double plausible_metres_per_second = 15;
constexpr double plausible_beside_metres = 500;
constexpr std::uint32_t accuracy_metres_worst = 100;
constexpr Millis clock_off_most = base::seconds(60);
/// Sampling more often than this would only cost memory.
constexpr Millis sample_every = base::seconds(1);
/// A phone that was silent so long may be anywhere: it is looked for anew.
constexpr Millis progress_life = base::minutes(10);
/// One wild fix takes nobody out of the column: the plausible one before it still tells so long.
constexpr Millis placed_life = base::seconds(60);
/// Faster than any head: bounds where people are who are first heard of under way.
constexpr double head_metres_per_second_most = 2;
/// How far along the line people gather, and how far a detour moves somebody: a place further off is doubted.
constexpr Metres gathering_doubt{50};
constexpr Metres detour_moves{300};

}  // namespace

/// Static posts, remote and independent people say nothing of where the column is.
bool walks_with_column(Role role) {
    switch (role) {
        case Role::head:
        case Role::side:
        case Role::tail:
        case Role::de_escalator:
        case Role::access:
        case Role::medic:
        case Role::section_lead: return true;
        case Role::follower:
        case Role::intersection:
        case Role::legal_observer:
        case Role::police_liaison:
        case Role::dispatcher:
        case Role::anchor:
        case Role::city_lead:
        case Role::national_desk:
        case Role::auditor:
        case Role::keeper: return false;
    }
    return false;
}

bool has_column(Phase phase) {
    switch (phase) {
        case Phase::assembling:
        case Phase::marching:
        case Phase::held:
        case Phase::rally:
        case Phase::call_to_action:
        case Phase::dispersing:
        case Phase::stopped: return true;
        case Phase::planned:
        case Phase::closed:
        case Phase::postponed:
        case Phase::cancelled:
        case Phase::live:
        case Phase::paused: return false;
    }
    return false;
}

const PassedMark* mark_on_route(const MarchState& state, End end) {
    const PassedMark& mark = end == End::head ? state.column.head : state.column.tail;
    return mark.route_version != 0 && mark.route_version == state.active_route ? &mark : nullptr;
}

std::optional<Metres> median_place(std::vector<Metres> places) {
    if (places.empty()) return std::nullopt;
    std::ranges::sort(places);
    const std::size_t half = places.size() / 2;
    if (places.size() % 2 == 1) return places[half];
    return Metres{std::midpoint(places[half - 1].value, places[half].value)};
}

namespace {

/// A phone of somebody who has not come yet, rests or has gone home is somewhere else.
bool is_at_work(Duty duty) { return is_present(duty) && duty != Duty::on_break; }

bool is_clock_off(const Fix& fix, UtcMs now) {
    return now - fix.fix_at > clock_off_most || fix.fix_at - now > clock_off_most;
}

/// Faster than anybody marches. A jump of 300 m in 5 s is faster still.
bool is_too_fast(const Fix& fix, const Fix& before) {
    const double elapsed = static_cast<double>((fix.fix_at - before.fix_at).value) / 1000;
    return distance(before.at, fix.at).value > plausible_metres_per_second * elapsed;
}

/// Staging and intersections are for staff alone (DESIGN 5), and so is who passed one.
const PassedMark* public_mark(const MarchState& state, End end) {
    const PassedMark* mark = mark_on_route(state, end);
    if (mark == nullptr) return nullptr;
    const auto& waypoints = state.active()->line->waypoints;
    const auto found = std::ranges::find(waypoints, mark->waypoint, &Waypoint::number);
    return found != waypoints.end() && public_kind(found->kind) ? mark : nullptr;
}

std::optional<std::uint32_t> snapped(std::optional<Metres> along) {
    if (!along) return std::nullopt;
    constexpr double step = limits::public_column_snap_metres;
    return static_cast<std::uint32_t>(std::lround(along->value / step) * limits::public_column_snap_metres);
}

}  // namespace

std::optional<TrackedPosition> Column::take(const MarchState& state, PersonId person, const std::vector<Fix>& fixes,
                                            UtcMs now) {
    if (state.member(person) == nullptr) return std::nullopt;
    follow_route(state, now);
    bool news = false;
    Track& track = tracks_[person];
    if (now - track.received_at >= limits::track_life) track = Track{};
    for (const Fix& fix : fixes) {
        if (track.count != 0 && fix.fix_at <= track.last.front().position.fix.fix_at) continue;
        const Known known = judge(state, track, person, fix, now);
        std::shift_right(track.last.begin(), track.last.end(), 1);
        track.last.front() = known;
        track.count = static_cast<std::uint8_t>(std::min<std::size_t>(track.count + 1U, track.last.size()));
        track.received_at = now;
        news = true;
    }
    if (track.count == 0) tracks_.erase(person);
    return news ? std::optional(track.last.front().position) : std::nullopt;
}

Column::Known Column::judge(const MarchState& state, Track& track, PersonId person, const Fix& fix, UtcMs now) {
    Known known;
    known.position.person = person;
    known.position.fix = fix;
    const auto known_end = track.last.begin() + track.count;
    // What was implausible is no measure for what follows, unless there is nothing else.
    auto before = std::find_if(track.last.begin(), known_end, [](const Known& k) { return k.is_placed; });
    if (before == known_end) before = track.last.begin();
    const bool has_before = track.count != 0;
    const bool is_exact = fix.accuracy_metres <= accuracy_metres_worst &&
                          (!has_before || !is_too_fast(fix, before->position.fix));
    known.is_placed = is_exact;
    known.is_credible = is_exact && !is_clock_off(fix, now);
    if (index_) {
        // What a phone held back while it was away is worth as much; what lies ahead of its time is not.
        const bool is_believed = is_exact && fix.fix_at - now <= clock_off_most;
        const bool goes_on = has_before && before->position.along;
        const Projection place = is_believed ? placed(state, track, person, fix, now)
                                 : goes_on
                                     ? index_->project(fix.at, *before->position.along,
                                                       fix.fix_at - before->position.fix.fix_at, fix.accuracy_metres)
                                     : index_->project(fix.at);
        known.position.along = place.along;
        known.beside = place.beside;
        known.is_placed = is_exact && place.beside.value <= plausible_beside_metres;
    }
    known.position.flagged = !known.is_placed || !known.is_credible;
    if (!known.position.flagged) track.placed_at = now;
    return known;
}

Projection Column::placed(const MarchState& state, Track& track, PersonId person, const Fix& fix, UtcMs now) {
    Progress& progress = track.progress;
    if (progress.known() && fix.fix_at - progress.fix_at() < progress_life) return progress.take(*index_, fix);
    return progress.begin(*index_, fix, expected(state, state.member(person)->role, now));
}

/// Where somebody is looked for who is first heard of: where a route passes a place twice the nearest passing may be
/// the wrong one, and of a loop the start is where the end is.
Expected Column::expected(const MarchState& state, Role role, UtcMs now) const {
    if (state.phase == Phase::planned || state.phase == Phase::assembling || state.phase == Phase::postponed) {
        return {Metres{0}, Metres{0}, gathering_doubt};
    }
    if (!trail_.samples.empty() && trail_.samples.back().head && trail_.samples.back().tail) {
        const Sample& newest = trail_.samples.back();
        return {role == Role::head ? *newest.head : *newest.tail, role == Role::tail ? *newest.tail : *newest.head,
                detour_moves};
    }
    const auto stepped_off = std::ranges::find(state.phase_history, Phase::marching, &PhaseStay::phase);
    const bool is_first = stepped_off == state.phase_history.end();
    if (is_first && state.phase != Phase::marching) return {Metres{0}, index_->length(), detour_moves};
    const UtcMs since = is_first ? state.phase_since : stepped_off->since;
    const double walked = head_metres_per_second_most * static_cast<double>((now - since).value) / 1000;
    return {Metres{0}, Metres{walked}, detour_moves};
}

void Column::follow_route(const MarchState& state, UtcMs now) {
    const bool first = !settled_at_;
    if (!first && state.active_route == route_version_) return;
    route_version_ = state.active_route;
    const Route* route = state.active();
    index_ = route != nullptr && route->line ? std::make_shared<const RouteIndex>(route->line->points) : nullptr;
    for (auto& [person, track] : tracks_) reproject(track, now);
    samples_.clear();
    trail_.samples.clear();
    head_told_ = tail_told_ = {};
    settled_at_ = now + limits::public_column_delay;
}

/// On a new line everybody is looked for where they were on the old one: a detour begins where its street does.
void Column::reproject(Track& track, UtcMs now) const {
    const bool was_known = track.progress.known();
    const Metres before = track.progress.along(now);
    for (std::size_t i = 0; i < track.count; ++i) {
        Known& known = track.last.at(i);
        known.position.along.reset();
        if (index_) known.position.along = index_->project(known.position.fix.at).along;
    }
    const auto known_end = track.last.begin() + track.count;
    const auto placed = std::find_if(track.last.begin(), known_end, [](const Known& k) { return k.is_placed; });
    track.progress = Progress{};
    if (!index_ || !was_known || placed == known_end) return;
    const Projection place = track.progress.begin(*index_, placed->position.fix, {before, before, detour_moves});
    placed->position.along = place.along;
    placed->beside = place.beside;
}

void Column::forget_old(UtcMs now) {
    std::erase_if(tracks_, [&](const auto& entry) { return now - entry.second.received_at >= limits::track_life; });
}

std::vector<Column::Standing> Column::standings(const MarchState& state, UtcMs now) const {
    std::vector<Standing> standings;
    standings.reserve(tracks_.size());
    for (const auto& [person, track] : tracks_) {
        const Known& newest = track.last.front();
        const Member* member = state.member(person);
        if (member == nullptr || !is_at_work(member->duty) || !newest.position.along) continue;
        const bool is_placed = !newest.position.flagged || (track.placed_at && now - track.placed_at < placed_life);
        Standing standing;
        standing.role = member->role;
        standing.section = member->section;
        standing.plausibility = is_placed ? Plausibility::plausible : Plausibility::flagged;
        standing.along = *newest.position.along;
        if (is_placed && track.progress.known()) {
            standing.along = Metres{std::clamp(track.progress.along(now).value, 0.0, index_->length().value)};
        }
        const double off = newest.beside.value - static_cast<double>(newest.position.fix.accuracy_metres);
        if (newest.is_credible) standing.off_route = Metres{std::max(0.0, off)};
        standings.push_back(standing);
    }
    return standings;
}

Column::Sample Column::sample(const MarchState& state, UtcMs now) const {
    Sample sample;
    sample.at = now;
    std::vector<Metres> walkers;
    for (const Standing& standing : standings(state, now)) {
        const bool counts = walks_with_column(standing.role) && standing.plausibility == Plausibility::plausible;
        if (counts) walkers.push_back(standing.along);
    }
    constexpr std::size_t few = limits::public_column_marshals;
    if (walkers.size() < few) {
        if (const PassedMark* mark = public_mark(state, End::head)) {
            sample.head = mark->along;
            sample.head_reported_at = mark->at;
        }
        if (const PassedMark* mark = public_mark(state, End::tail)) {
            sample.tail = mark->along;
            sample.tail_reported_at = mark->at;
        }
        return sample;
    }
    std::ranges::sort(walkers);
    sample.tail = median_place({walkers.begin(), walkers.begin() + few});
    sample.head = median_place({walkers.end() - few, walkers.end()});
    return sample;
}

PublicColumn Column::public_column(const MarchState& state, UtcMs now) {
    follow_route(state, now);
    forget_old(now);
    if (samples_.empty() || now - samples_.back().at >= sample_every) samples_.push_back(sample(state, now));
    const UtcMs shown_at = now - limits::public_column_delay;
    // After a pause in the calls the last sample from before it is too old to be said.
    while (samples_.front().at < shown_at - limits::public_column_delay) samples_.pop_front();
    while (samples_.size() > 1 && samples_[1].at <= shown_at) samples_.pop_front();

    PublicColumn column;
    column.as_of = now;
    column.route_version = route_version_;
    // The phase is public at once, and with it that the march moves.
    column.moving = state.phase == Phase::marching;
    const Route* route = state.active();
    const bool is_route_public = route != nullptr && now >= route->public_from;
    const Sample& late = samples_.front();
    if (!is_route_public || now < settled_at_ || late.at > shown_at) return column;
    column.as_of = late.at;
    column.head_metres = snapped(late.head);
    column.tail_metres = snapped(late.tail);
    column.head_reported_at = late.head_reported_at;
    column.tail_reported_at = late.tail_reported_at;
    return column;
}

std::vector<TrackedPosition> Column::positions(UtcMs now) const {
    std::vector<TrackedPosition> positions;
    for (const auto& [person, track] : tracks_) {
        if (now - track.received_at < limits::track_life) positions.push_back(track.last.front().position);
    }
    std::ranges::sort(positions, {}, &TrackedPosition::person);
    return positions;
}

}  // namespace marchwire::core
