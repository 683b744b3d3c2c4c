// Gathers and sends: see broadcast.hpp.
#include "shard/broadcast.hpp"

#include "base/clock.hpp"
#include "base/limits.hpp"
#include "core/topics.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace marchwire::shard {
namespace {

namespace limits = base::limits;
using fanout::DeliveryClass;
using fanout::LiveItem;
using session::AfterDelivery;

/// So many seats before one is served: a send takes longer than its memory needs to come.
constexpr std::size_t approach_ahead = 2;

/// A topic that is one feed and in no other: its followers take it whole. Of all others (staff, section, role, person)
/// a feed holds several, an entry stands on several, and each session picks its own in order.
bool is_whole_feed(base::TopicNumber topic) {
    const std::uint32_t index = core::index_of(topic);
    return index == core::topic_index::public_feed || index == core::topic_index::ops;
}

std::size_t size_of(const LiveItem& item) {
    std::size_t size = 0;
    for (const wire::Frame& message : item.messages) size = std::max(size, message ? message->size() : 0);
    return size;
}

template <class Value>
void keep_each_once(std::vector<Value>& values) {
    std::ranges::sort(values);
    values.erase(std::unique(values.begin(), values.end()), values.end());
}

}  // namespace

Broadcast::Broadcast(Seats& seats)
    : seats_(seats),
      ordered_pace_(base::duration_of(limits::flush_tick), limits::flush_rest, base::duration_of(limits::flush_hold)),
      newest_pace_(base::duration_of(limits::newest_tick), limits::newest_rest, base::duration_of(limits::flush_hold)) {
}

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
        (is_whole_feed(item.topic) ? waiting.items : shared_[core::base_of(item.topic)]).push_back(item);
        ++waiting.count;
        waiting.bytes += size_of(item);
        ordered_pace_.add(now, behind);
        urgent_ = urgent_ || item.delivery == DeliveryClass::a;
        full_ = full_ || waiting.count >= limits::flush_events || waiting.bytes >= limits::batch_bytes;
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

void Broadcast::begin(Instant by) {
    const Instant now = std::chrono::steady_clock::now();
    if (const auto due = ordered_due(); due && *due <= by) {
        ordered_pace_.begin(now);
        begin_ordered();
    }
    if (const auto due = newest_pace_.due(); due && *due <= by) {
        newest_pace_.begin(now);
        tell_newest();
    }
}

void Broadcast::ended() {
    const Instant now = std::chrono::steady_clock::now();
    ordered_pace_.end(now);
    newest_pace_.end(now);
}

void Broadcast::begin_ordered() {
    full_ = urgent_ = false;
    auto all = std::exchange(waiting_, {});
    // Of one log after another, so that a session that follows several topics of it gets their items in order.
    auto shared = std::exchange(shared_, {});
    for (auto& [topic, waiting] : all) {
        if (is_whole_feed(topic)) begin_round(topic, std::move(waiting.items));
    }
    std::stable_partition(rounds_.begin(), rounds_.end(), [](const Round& round) { return round.urgent; });
    for (auto& [base, items] : shared) give_shared(std::move(items));
}

void Broadcast::begin_round(base::TopicNumber topic, std::vector<LiveItem> items) {
    const bool urgent = std::ranges::any_of(items,
                                            [](const LiveItem& item) { return item.delivery == DeliveryClass::a; });
    Round fresh;
    fresh.receivers = not_yet_in_a_round(topic);
    for (Round& round : rounds_) {
        if (round.topic != topic) continue;
        round.items.insert(round.items.end(), items.begin(), items.end());
        round.runs.clear();
        round.urgent = round.urgent || urgent;
    }
    if (fresh.receivers.empty()) return;
    fresh.topic = topic;
    fresh.urgent = urgent;
    fresh.items = std::move(items);
    rounds_.push_back(std::move(fresh));
}

std::vector<fanout::Slot> Broadcast::not_yet_in_a_round(base::TopicNumber topic) {
    const auto followers = topics_.subscribers(topic);
    const auto mark = [&](bool in_a_round) {
        for (const Round& round : rounds_) {
            if (round.topic != topic) continue;
            for (std::size_t i = round.next; i < round.receivers.size(); ++i) marked_[round.receivers[i]] = in_a_round;
        }
    };
    for (const Round& round : rounds_) {
        for (const fanout::Slot slot : round.receivers) marked_.resize(std::max<std::size_t>(marked_.size(), slot + 1));
    }
    mark(true);
    std::vector<fanout::Slot> others;
    others.reserve(followers.size());
    for (const fanout::Slot slot : followers) {
        if (slot >= marked_.size() || !marked_[slot]) others.push_back(slot);
    }
    mark(false);
    return others;
}

bool Broadcast::send_some(std::size_t seats) {
    for (; seats > 0 && !rounds_.empty(); --seats) {
        Round& round = rounds_.front();
        if (round.runs.empty()) round.runs = fanout::make_runs(round.items, limits::batch_bytes);
        serve(round);
        if (round.next == round.receivers.size()) rounds_.pop_front();
    }
    return !rounds_.empty();
}

void Broadcast::serve(Round& round) {
    const std::size_t ahead = round.next + approach_ahead;
    if (ahead < round.receivers.size()) seats_.approach(round.receivers[ahead]);
    const fanout::Slot slot = round.receivers[round.next++];
    for (const fanout::Run& run : round.runs) {
        session::SessionPort* port = seats_.port(slot);
        if (port == nullptr) return;
        touch_after(slot, port->deliver(run));
    }
    deliveries_ += round.items.size();
}

void Broadcast::touch_after(fanout::Slot slot, AfterDelivery after) {
    if (after == AfterDelivery::flush) seats_.touch(slot);
}

void Broadcast::give_shared(std::vector<LiveItem> items) {
    std::ranges::stable_sort(items, {}, [](const LiveItem& item) { return item.position.seq; });
    receivers_.clear();
    for (const LiveItem& item : items) {
        const auto followers = topics_.subscribers(item.topic);
        receivers_.insert(receivers_.end(), followers.begin(), followers.end());
    }
    deliveries_ += receivers_.size();
    keep_each_once(receivers_);
    for (const fanout::Slot slot : receivers_) {
        if (session::SessionPort* port = seats_.port(slot)) touch_after(slot, port->deliver(items));
    }
}

void Broadcast::tell_newest() {
    auto changed = std::exchange(changed_tables_, {});
    keep_each_once(changed);
    for (const base::TopicNumber topic : changed) {
        const auto table = tables_.find(topic);
        if (table == tables_.end()) continue;
        const std::uint64_t before = table->second.version();
        (void)table->second.publish();
        const auto followers = topics_.subscribers(topic);
        receivers_.assign(followers.begin(), followers.end());
        deliveries_ += receivers_.size() * (table->second.version() - before);
        for (const fanout::Slot slot : receivers_) {
            session::SessionPort* port = seats_.port(slot);
            if (port != nullptr && port->newest_changed() == AfterDelivery::flush) seats_.touch_newest(slot);
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
