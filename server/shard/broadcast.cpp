// Gathers and sends: see broadcast.hpp.
#include "shard/broadcast.hpp"

#include "base/limits.hpp"
#include "core/topics.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

namespace marchwire::shard {
namespace {

namespace limits = base::limits;
using fanout::DeliveryClass;
using fanout::LiveItem;
using session::AfterDelivery;

/// So many seats before one is served: a send takes longer than its memory needs to come.
constexpr std::size_t approach_ahead = 2;

std::chrono::milliseconds ms(base::Millis length) { return std::chrono::milliseconds(length.value); }

/// A topic that is one feed and in no other: its followers take it whole. Of all others (staff, section, role, person)
/// a feed holds several, an entry stands on several, and each session picks its own in order.
bool is_whole_feed(base::TopicNumber topic) {
    const std::uint32_t index = core::index_of(topic);
    return index == core::topic_index::public_feed || index == core::topic_index::ops;
}

std::size_t size_of(const LiveItem& item) {
    std::size_t size = 0;
    for (const fanout::Bytes& bytes : item.bytes) size = std::max(size, bytes ? bytes->size() : 0);
    return size;
}

}  // namespace

Broadcast::Broadcast(Seats& seats)
    : seats_(seats),
      ordered_pace_(ms(limits::flush_tick), limits::flush_rest, ms(limits::flush_hold)),
      newest_pace_(ms(limits::newest_tick), limits::newest_rest, ms(limits::flush_hold)) {}

void Broadcast::leave(base::TopicNumber topic, fanout::Slot slot) { (void)topics_.unsubscribe(topic, slot); }

// ---- what comes --------------------------------------------------------------------------------

void Broadcast::take(std::span<const LiveItem> items, fanout::FlushPace::Behind behind, Instant now) {
    for (const LiveItem& item : items) {
        if (!topics_.has(item.topic)) continue;
        if (item.delivery == DeliveryClass::c) {
            tables_[item.topic].put(item);
            if (changed_tables_.empty() || changed_tables_.back() != item.topic) changed_tables_.push_back(item.topic);
            newest_pace_.add(now, behind);
            continue;
        }
        Waiting& waiting = waiting_[item.topic];
        waiting.items.push_back(item);
        waiting.bytes += size_of(item);
        ordered_pace_.add(now, behind);
        urgent_ = urgent_ || item.delivery == DeliveryClass::a;
        full_ = full_ || waiting.items.size() >= limits::flush_events || waiting.bytes >= limits::batch_bytes;
    }
}

void Broadcast::take_newest(std::span<const LiveItem> items) {
    for (const LiveItem& item : items) tables_[item.topic].put(item);
    for (const LiveItem& item : items) (void)tables_[item.topic].publish();
}

std::optional<Broadcast::Instant> Broadcast::ordered_due() const {
    if (urgent_) return Instant{};
    return full_ ? ordered_pace_.due_when_full() : ordered_pace_.due();
}

std::optional<Broadcast::Instant> Broadcast::due() const {
    const auto ordered = ordered_due();
    const auto newest = newest_pace_.due();
    if (!ordered || !newest) return ordered ? ordered : newest;
    return std::min(*ordered, *newest);
}

// ---- what goes ---------------------------------------------------------------------------------

void Broadcast::flush(Instant by) {
    if (const auto due = ordered_due(); due && *due <= by) {
        ordered_begun_ = std::chrono::steady_clock::now();
        flush_ordered();
    }
    if (const auto due = newest_pace_.due(); due && *due <= by) {
        newest_begun_ = std::chrono::steady_clock::now();
        flush_newest();
    }
}

void Broadcast::flushed() {
    if (!ordered_begun_ && !newest_begun_) return;
    const Instant ended = std::chrono::steady_clock::now();
    if (ordered_begun_) ordered_pace_.flushed(*std::exchange(ordered_begun_, std::nullopt), ended);
    if (newest_begun_) newest_pace_.flushed(*std::exchange(newest_begun_, std::nullopt), ended);
}

void Broadcast::flush_ordered() {
    full_ = urgent_ = false;
    auto all = std::exchange(waiting_, {});
    // Of one log after another, so that a session that follows several topics of it gets their items in order.
    std::map<std::uint32_t, std::vector<LiveItem>> shared;
    for (auto& [topic, waiting] : all) {
        if (is_whole_feed(topic)) {
            flush_topic(topic, std::move(waiting));
        } else {
            auto& of_log = shared[core::base_of(topic)];
            of_log.insert(of_log.end(), waiting.items.begin(), waiting.items.end());
        }
    }
    for (auto& [base, items] : shared) flush_shared(std::move(items));
}

void Broadcast::copy_followers(base::TopicNumber topic) {
    const auto followers = topics_.subscribers(topic);
    receivers_.assign(followers.begin(), followers.end());
}

void Broadcast::hand_out(fanout::Slot slot, AfterDelivery after) {
    if (after == AfterDelivery::flush) seats_.touch(slot);
}

void Broadcast::flush_topic(base::TopicNumber topic, Waiting waiting) {
    copy_followers(topic);
    deliveries_ += receivers_.size() * waiting.items.size();
    const std::vector<fanout::Run> runs = fanout::make_runs(std::move(waiting.items), limits::batch_bytes);
    for (std::size_t i = 0; i < receivers_.size(); ++i) {
        if (i + approach_ahead < receivers_.size()) seats_.approach(receivers_[i + approach_ahead]);
        const fanout::Slot slot = receivers_[i];
        for (const fanout::Run& run : runs) {
            session::SessionPort* port = seats_.port(slot);
            if (port == nullptr) break;
            hand_out(slot, port->deliver(run));
        }
    }
}

void Broadcast::flush_shared(std::vector<LiveItem> items) {
    std::ranges::stable_sort(items, {}, [](const LiveItem& item) { return item.position.seq; });
    receivers_.clear();
    for (const LiveItem& item : items) {
        const auto followers = topics_.subscribers(item.topic);
        receivers_.insert(receivers_.end(), followers.begin(), followers.end());
    }
    deliveries_ += receivers_.size();
    std::ranges::sort(receivers_);
    const auto twice = std::ranges::unique(receivers_);
    receivers_.erase(twice.begin(), twice.end());
    for (const fanout::Slot slot : receivers_) {
        if (session::SessionPort* port = seats_.port(slot)) hand_out(slot, port->deliver(items));
    }
}

void Broadcast::flush_newest() {
    auto changed = std::exchange(changed_tables_, {});
    std::ranges::sort(changed);
    const auto twice = std::ranges::unique(changed);
    changed.erase(twice.begin(), twice.end());
    for (const base::TopicNumber topic : changed) {
        const auto table = tables_.find(topic);
        if (table == tables_.end()) continue;
        const std::uint64_t before = table->second.version();
        (void)table->second.publish();
        copy_followers(topic);
        deliveries_ += receivers_.size() * (table->second.version() - before);
        for (const fanout::Slot slot : receivers_) {
            if (session::SessionPort* port = seats_.port(slot)) hand_out(slot, port->newest_changed());
        }
    }
}

// ---- newest values -----------------------------------------------------------------------------

const fanout::NewestTable* Broadcast::newest(base::TopicNumber topic) const {
    const auto found = tables_.find(topic);
    return found == tables_.end() ? nullptr : &found->second;
}

void Broadcast::tidy(base::UtcMs now) {
    for (auto table = tables_.begin(); table != tables_.end();) {
        if (!topics_.has(table->first)) {
            table = tables_.erase(table);
            continue;
        }
        table->second.expire(now);
        ++table;
    }
}

}  // namespace marchwire::shard
