// Positions, columns and liveness of one march.
#include "shard/telemetry.hpp"

#include "base/limits.hpp"
#include "core/topics.hpp"
#include "wire/codec.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace marchwire::shard {
namespace {

namespace limits = base::limits;
using core::Phase;
using fanout::LiveItem;
using wire::Reachability;

/// Kinds of keys on a march's topics.
enum class KeyKind : std::uint8_t { public_column = 1, ops_column, position, liveness };

LiveItem item_of(const core::MarchState& state, std::uint32_t topic_index, KeyKind kind, std::uint64_t subject,
                 const wire::TelemetryItem& value, const EncodingSet& encodings) {
    LiveItem item;
    item.topic = core::topic_number(state.topic_base, topic_index);
    item.delivery = fanout::DeliveryClass::c;
    item.key = {item.topic.value, static_cast<std::uint32_t>(kind), subject};
    for (std::size_t i = 0; i < encodings.size(); ++i) {
        if (!encodings.at(i)) continue;
        item.bytes.at(i) = std::make_shared<const std::string>(
            wire::encode_telemetry(item.topic, value, static_cast<wire::Encoding>(i)));
    }
    return item;
}

/// From the first gathering until the street is empty. A virtual event has no column.
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

Reachability reachability_after(base::Millis silence) {
    if (silence >= limits::unreachable_after) return Reachability::unreachable;
    return silence >= limits::stale_after ? Reachability::stale : Reachability::live;
}

}  // namespace

std::optional<LiveItem> Telemetry::take(const core::MarchState& state, base::PersonId person,
                                        const std::vector<core::Fix>& fixes, base::UtcMs now,
                                        const EncodingSet& encodings) {
    const auto tracked = column_.take(state, person, fixes, now);
    if (!tracked) return std::nullopt;
    return item_of(state, core::topic_index::ops, KeyKind::position, person.value, *tracked, encodings);
}

std::optional<LiveItem> Telemetry::heard(const core::MarchState& state, base::PersonId person, base::UtcMs now,
                                         const EncodingSet& encodings) {
    if (state.member(person) == nullptr) return std::nullopt;
    const auto [found, is_new] = heard_.emplace(person, Heard{now, Reachability::live});
    const bool news = is_new || found->second.told != Reachability::live;
    found->second = {now, Reachability::live};
    if (!news) return std::nullopt;
    return item_of(state, core::topic_index::ops, KeyKind::liveness, person.value,
                   wire::Liveness{person, Reachability::live, now}, encodings);
}

std::vector<LiveItem> Telemetry::second(const core::MarchState& state, base::UtcMs now, const FeedRegister& feeds) {
    std::vector<LiveItem> items;
    const EncodingSet encodings = feeds.encodings();
    for (auto& [person, heard] : heard_) {
        const Reachability reachability = reachability_after(now - heard.at);
        if (reachability == heard.told) continue;
        heard.told = reachability;
        items.push_back(item_of(state, core::topic_index::ops, KeyKind::liveness, person.value,
                                wire::Liveness{person, reachability, heard.at}, encodings));
    }
    if (!has_column(state.phase)) {
        ops_column_ = {};
        public_column_ = {};
        return items;
    }
    ops_column_ = column_.ops(state, now);
    public_column_ = column_.public_column(state, now);
    if (feeds.wants(wire::FeedKind::ops)) {
        items.push_back(item_of(state, core::topic_index::ops, KeyKind::ops_column, 0, ops_column_, encodings));
    }
    const bool public_due = now - public_sent_at_ >= limits::public_column_every;
    if (public_due && public_column_.as_of && feeds.wants(wire::FeedKind::public_feed)) {
        public_sent_at_ = now;
        items.push_back(
            item_of(state, core::topic_index::public_feed, KeyKind::public_column, 0, public_column_, encodings));
    }
    return items;
}

std::vector<LiveItem> Telemetry::newest(const core::MarchState& state, wire::FeedKind kind, base::UtcMs now,
                                        wire::Encoding encoding) const {
    std::vector<LiveItem> items;
    const EncodingSet encodings = only(encoding);
    if (kind == wire::FeedKind::public_feed && public_column_.as_of) {
        items.push_back(
            item_of(state, core::topic_index::public_feed, KeyKind::public_column, 0, public_column_, encodings));
    }
    if (kind != wire::FeedKind::ops) return items;
    if (ops_column_.as_of) {
        items.push_back(item_of(state, core::topic_index::ops, KeyKind::ops_column, 0, ops_column_, encodings));
    }
    for (const core::TrackedPosition& position : column_.positions(now)) {
        items.push_back(
            item_of(state, core::topic_index::ops, KeyKind::position, position.person.value, position, encodings));
    }
    for (const auto& [person, heard] : heard_) {
        items.push_back(item_of(state, core::topic_index::ops, KeyKind::liveness, person.value,
                                wire::Liveness{person, heard.told, heard.at}, encodings));
    }
    return items;
}

}  // namespace marchwire::shard
