// Positions, columns and liveness of one march.
#include "shard/telemetry.hpp"

#include "base/demo_pace.hpp"
#include "base/limits.hpp"
#include "core/decide.hpp"
#include "core/topics.hpp"
#include "wire/codec.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace marchwire::shard {
namespace {

namespace limits = base::limits;
using fanout::LiveItem;
using wire::Reachability;

/// How far from the own section its lead sees positions: those of the neighbours too (DOMAIN, rights: positions).
constexpr std::uint32_t neighbours_seen = 1;

bool is_within(std::uint32_t a, std::uint32_t b, std::uint32_t reach) { return a <= b + reach && b <= a + reach; }

std::uint32_t section_of(const core::MarchState& state, base::PersonId person) {
    const core::Member* member = state.member(person);
    return member == nullptr ? 0 : member->section;
}

}  // namespace

void Telemetry::interrupted(base::UtcMs now) {
    unsure_until_ = now + limits::telemetry_unsure;
    interrupted_at_ = now;
    missed_some_ = true;
}

base::Millis Telemetry::real(base::Millis length) const {
    const double slower = clock_rate_ / base::demo_pace(clock_rate_);
    return {static_cast<std::int64_t>(static_cast<double>(length.value) * slower)};
}

Reachability Telemetry::reachability(const Heard& heard, base::UtcMs now) const {
    if (heard.pocketed) return Reachability::pocketed;
    const base::Millis silence = now - heard.at;
    if (silence >= real(limits::unreachable_after)) return Reachability::unreachable;
    return silence >= real(limits::stale_after) ? Reachability::stale : Reachability::live;
}

/// Those who said nothing since the interruption count as heard then: else whoever fell silent before a restart would
/// never be missed.
void Telemetry::listen_for_all(const core::MarchState& state) {
    missed_some_ = false;
    for (const core::Member& member : state.roster) {
        if (!core::is_listened_for(member)) continue;
        heard_.emplace(member.person, Heard{member.silent_since ? member.silent_since : interrupted_at_});
    }
}

core::ObserveSilence Telemetry::silence(const core::MarchState& state, base::UtcMs now) const {
    core::ObserveSilence seen;
    const bool unsure = missed_some_ || now < interrupted_at_ + real(limits::telemetry_unsure);
    if (unsure || (unreachable_ == 0 && state.tally.silent == 0)) return seen;
    for (const auto& [person, heard] : heard_) {
        const core::Member* member = state.member(person);
        if (member == nullptr) continue;
        const bool silent = heard.told == Reachability::unreachable;
        if (silent && !member->silent_since && core::is_listened_for(*member)) {
            seen.silent.push_back({person, heard.at});
        }
        if (!silent && member->silent_since) seen.heard.push_back(person);
    }
    // The same was seen, the same is logged, whoever was heard first.
    std::ranges::sort(seen.silent, {}, &core::SilenceObserved::Silence::person);
    std::ranges::sort(seen.heard);
    return seen;
}

core::PhoneHeard Telemetry::phone_of(base::PersonId person, base::UtcMs now) const {
    const auto found = heard_.find(person);
    if (found == heard_.end()) return {missed_some_ || now < interrupted_at_ + real(limits::telemetry_unsure), {}};
    return {now - found->second.at < real(limits::stale_after), found->second.at};
}

LiveItem Telemetry::put(const core::MarchState& state, std::uint32_t topic_index, KeyKind kind, std::uint64_t subject,
                        const wire::TelemetryItem& value, const FeedRegister& feeds, base::UtcMs expires_at) {
    const auto topic = core::topic_number(state.topic_base, topic_index);
    const auto followed_by = topic_index == core::topic_index::public_feed ? wire::FeedKind::public_feed
                                                                           : wire::FeedKind::ops;
    return items_.put(
        topic, {topic.value, static_cast<std::uint32_t>(kind), subject},
        [topic, value](wire::Encoding encoding) { return wire::encode_telemetry(topic, value, encoding); },
        feeds.encodings({followed_by}), expires_at);
}

void Telemetry::tell(const core::MarchState& state, KeyKind kind, base::PersonId person,
                     const wire::TelemetryItem& value, const FeedRegister& feeds, base::UtcMs expires_at,
                     std::vector<LiveItem>& items) {
    items.push_back(put(state, core::topic_index::ops, kind, person.value, value, feeds, expires_at));
    const std::uint32_t own = section_of(state, person);
    if (own == 0) return;
    const std::uint32_t reach = kind == KeyKind::position ? neighbours_seen : 0;
    for (std::uint32_t section = 1; section <= state.sections; ++section) {
        if (!is_within(section, own, reach)) continue;
        LiveItem item = put(state, core::topic_index::section_ops(section), kind, person.value, value, feeds,
                            expires_at);
        if (feeds.wants_sections()) items.push_back(std::move(item));
    }
}

std::vector<LiveItem> Telemetry::take(const core::MarchState& state, base::PersonId person,
                                      const std::vector<core::Fix>& fixes, base::UtcMs now, const FeedRegister& feeds) {
    std::vector<LiveItem> items;
    const auto tracked = column_.take(state, person, fixes, now);
    if (tracked) tell(state, KeyKind::position, person, *tracked, feeds, now + limits::track_life, items);
    return items;
}

std::vector<LiveItem> Telemetry::heard(const core::MarchState& state, const wire::HeardFrom& said, base::UtcMs now,
                                       const FeedRegister& feeds) {
    std::vector<LiveItem> items;
    if (state.member(said.person) == nullptr) return items;
    const auto [found, is_new] = heard_.emplace(said.person, Heard{now});
    Heard& heard = found->second;
    heard.at = now;
    if (said.screen != wire::Screen::untold) heard.pocketed = said.screen == wire::Screen::off;
    const Reachability before = std::exchange(heard.told, reachability(heard, now));
    if (before == Reachability::unreachable) --unreachable_;
    if (is_new || heard.told != before) {
        tell(state, KeyKind::liveness, said.person, wire::Liveness{said.person, heard.told, now}, feeds, {}, items);
    }
    return items;
}

std::vector<LiveItem> Telemetry::second(const core::MarchState& state, base::UtcMs now, PublicColumn column,
                                        const FeedRegister& feeds) {
    std::vector<LiveItem> items;
    items_.expire(now);
    const bool unsure = now < unsure_until_;
    const bool deaf = now < interrupted_at_ + real(limits::telemetry_unsure);
    if (!deaf && missed_some_) listen_for_all(state);
    for (auto& [person, heard] : heard_) {
        if (deaf) break;
        const Reachability present = reachability(heard, now);
        if (present == heard.told) continue;
        if (heard.told == Reachability::unreachable) --unreachable_;
        if (present == Reachability::unreachable) ++unreachable_;
        heard.told = present;
        tell(state, KeyKind::liveness, person, wire::Liveness{person, present, heard.at}, feeds, {}, items);
    }
    if (!core::has_column(state.phase)) {
        public_column_ = {};
        watch_ = {};
        return items;
    }
    core::OpsColumn exact = column_.ops(state, now);
    exact.stale = unsure;
    watch_.look(state, exact);
    items.push_back(put(state, core::topic_index::ops, KeyKind::ops_column, 0, exact, feeds, now + limits::track_life));
    if (column == PublicColumn::comes_from_the_keeper) return items;
    public_column_ = column_.public_column(state, now);
    const bool public_due = now - public_sent_at_ >= limits::public_column_every;
    if (public_due && public_column_.as_of) {
        public_sent_at_ = now;
        items.push_back(show(state, now, feeds));
    }
    return items;
}

std::vector<LiveItem> Telemetry::take_public_column(const core::MarchState& state, const core::PublicColumn& column,
                                                    base::UtcMs now, const FeedRegister& feeds) {
    public_column_ = column;
    std::vector<LiveItem> items;
    if (column.as_of) items.push_back(show(state, now, feeds));
    return items;
}

LiveItem Telemetry::show(const core::MarchState& state, base::UtcMs now, const FeedRegister& feeds) {
    return put(state, core::topic_index::public_feed, KeyKind::public_column, 0, public_column_, feeds,
               now + limits::track_life);
}

}  // namespace marchwire::shard
