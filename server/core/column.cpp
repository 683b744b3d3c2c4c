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

constexpr double fastest_metres_per_second = 15;
constexpr double corridor_metres = 500;
constexpr std::uint32_t accuracy_metres_worst = 100;
constexpr Millis clock_off_most = base::seconds(60);
/// Sampling more often than this would only cost memory.
constexpr Millis sample_every = base::seconds(1);

/// Who walks with the column. Static posts, remote and independent people say nothing of where it is.
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

/// A phone of somebody who has not come yet, rests or has gone home is somewhere else.
bool is_at_work(Duty duty) { return is_present(duty) && duty != Duty::on_break; }

bool is_clock_off(const Fix& fix, UtcMs now) {
    return now - fix.fix_at > clock_off_most || fix.fix_at - now > clock_off_most;
}

/// Faster than anybody marches. A jump of 300 m in 5 s is faster still.
bool is_too_fast(const Fix& fix, const Fix& before) {
    const double elapsed = static_cast<double>((fix.fix_at - before.fix_at).value) / 1000;
    return distance(before.at, fix.at).value > fastest_metres_per_second * elapsed;
}

/// The middle one; of two the mean.
std::optional<Metres> median(std::vector<Metres> places) {
    if (places.empty()) return std::nullopt;
    std::ranges::sort(places);
    const std::size_t half = places.size() / 2;
    if (places.size() % 2 == 1) return places[half];
    return Metres{std::midpoint(places[half - 1].value, places[half].value)};
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
        const Known known = judge(track, person, fix, now);
        std::shift_right(track.last.begin(), track.last.end(), 1);
        track.last.front() = known;
        track.count = static_cast<std::uint8_t>(std::min<std::size_t>(track.count + 1U, track.last.size()));
        track.received_at = now;
        news = true;
    }
    if (track.count == 0) tracks_.erase(person);
    return news ? std::optional(track.last.front().position) : std::nullopt;
}

Column::Known Column::judge(const Track& track, PersonId person, const Fix& fix, UtcMs now) const {
    Known known;
    known.position.person = person;
    known.position.fix = fix;
    const auto known_end = track.last.begin() + track.count;
    // What was implausible is no measure for what follows, unless there is nothing else.
    auto before = std::find_if(track.last.begin(), known_end, [](const Known& k) { return k.is_placed; });
    if (before == known_end) before = track.last.begin();
    const bool has_before = track.count != 0;
    known.is_placed = fix.accuracy_metres <= accuracy_metres_worst &&
                      (!has_before || !is_too_fast(fix, before->position.fix));
    if (index_) {
        const bool goes_on = has_before && before->position.along;
        const Projection place = goes_on
                                     ? index_->project(fix.at, *before->position.along,
                                                       fix.fix_at - before->position.fix.fix_at, fix.accuracy_metres)
                                     : index_->project(fix.at);
        known.position.along = place.along;
        known.is_placed = known.is_placed && place.beside.value <= corridor_metres;
    }
    known.position.flagged = !known.is_placed || is_clock_off(fix, now);
    return known;
}

void Column::follow_route(const MarchState& state, UtcMs now) {
    const bool first = !settled_at_;
    if (!first && state.active_route == route_version_) return;
    route_version_ = state.active_route;
    const Route* route = state.active();
    index_ = route != nullptr && route->line ? std::make_shared<const RouteIndex>(route->line->points) : nullptr;
    for (auto& [person, track] : tracks_) {
        for (std::size_t i = 0; i < track.count; ++i) {
            TrackedPosition& position = track.last.at(i).position;
            position.along.reset();
            if (index_) position.along = index_->project(position.fix.at).along;
        }
    }
    samples_.clear();
    settled_at_ = now + limits::public_column_delay;
}

void Column::forget_old(UtcMs now) {
    std::erase_if(tracks_, [&](const auto& entry) { return now - entry.second.received_at >= limits::track_life; });
}

std::vector<Metres> Column::places(const MarchState& state, bool (*counts)(Role), Plausibility wanted) const {
    std::vector<Metres> places;
    for (const auto& [person, track] : tracks_) {
        const TrackedPosition& newest = track.last.front().position;
        const Member* member = state.member(person);
        if (member == nullptr || !is_at_work(member->duty) || !counts(member->role) || !newest.along) continue;
        if (newest.flagged != (wanted == Plausibility::flagged)) continue;
        places.push_back(*newest.along);
    }
    return places;
}

OpsColumn Column::ops(const MarchState& state, UtcMs now) {
    follow_route(state, now);
    forget_old(now);
    const auto of = [&](bool (*counts)(Role)) {
        auto plausible = places(state, counts, Plausibility::plausible);
        // A doubtful place is better than none for people who can ask on the radio.
        return plausible.empty() ? places(state, counts, Plausibility::flagged) : plausible;
    };
    auto heads = of([](Role role) { return role == Role::head; });
    auto tails = of([](Role role) { return role == Role::tail; });
    OpsColumn column;
    column.as_of = now;
    column.route_version = route_version_;
    column.heads = static_cast<std::uint32_t>(heads.size());
    column.tails = static_cast<std::uint32_t>(tails.size());
    column.head = median(std::move(heads));
    column.tail = median(std::move(tails));
    return column;
}

Column::Sample Column::sample(const MarchState& state, UtcMs now) const {
    Sample sample;
    sample.at = now;
    auto walkers = places(state, walks_with_column, Plausibility::plausible);
    constexpr std::size_t few = limits::public_column_marshals;
    if (walkers.size() < few) return sample;
    std::ranges::sort(walkers);
    sample.tail = median({walkers.begin(), walkers.begin() + few});
    sample.head = median({walkers.end() - few, walkers.end()});
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
