// The ordered items of one march.
#include "shard/march_items.hpp"

#include "base/limits.hpp"
#include "core/topics.hpp"
#include "core/views.hpp"
#include "wire/codec.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace marchwire::shard {
namespace {

using fanout::DeliveryClass;
using fanout::LiveItem;

/// Class A: what nobody may learn late because something else waited before it.
DeliveryClass delivery_of(const core::Event& event) {
    const bool is_order = std::holds_alternative<core::OrderIssued>(event) ||
                          std::holds_alternative<core::RecipientsAdded>(event);
    if (is_order || std::holds_alternative<core::AlertRaised>(event)) return DeliveryClass::a;
    const auto* change = std::get_if<core::PhaseChanged>(&event);
    const bool halts = change != nullptr && (change->to == core::Phase::held || change->to == core::Phase::stopped);
    return halts ? DeliveryClass::a : DeliveryClass::b;
}

bool is_public(base::TopicNumber topic) { return core::index_of(topic) == core::topic_index::public_feed; }

EncodingSet encodings_of(std::uint32_t topic_index, const FeedRegister& feeds) {
    using wire::FeedKind;
    if (topic_index == core::topic_index::public_feed) return feeds.encodings({FeedKind::public_feed});
    if (topic_index == core::topic_index::ops) return feeds.encodings({FeedKind::ops});
    return feeds.encodings({FeedKind::marshal, FeedKind::ops});
}

wire::Frame message_of(const core::Entry& entry, const LiveItem& item, wire::Encoding encoding) {
    if (!is_public(item.topic)) {
        return wire::make_message(wire::encode_entry(item.topic, item.position, item.prev, entry, encoding), encoding);
    }
    const auto seen = core::public_item(entry);
    MARCHWIRE_INVARIANT(seen.has_value());
    return wire::make_message(wire::encode_public(item.topic, item.position, item.prev, *seen, encoding), encoding);
}

}  // namespace

MarchItems::MarchItems(const OpenedDesk<core::MarchState>& opened)
    : window_(opened.before, opened.before_public), position_(opened.before), public_(opened.before_public) {
    const FeedRegister nobody(0);
    for (const PastEntry& past : opened.recent) (void)add(opened.state.topic_base, past.entry, past.digest, nobody);
}

std::vector<LiveItem> MarchItems::add(std::uint32_t topic_base, const core::Entry& entry, const base::Digest& digest,
                                      const FeedRegister& feeds) {
    position_ = {entry.epoch, entry.seq, base::short_digest(digest)};
    if (entry.public_seq != public_.seq) public_ = {entry.epoch, entry.public_seq, position_.digest};
    std::vector<LiveItem> items = make(topic_base, entry, feeds);
    window_.add({position_, public_, items});
    entries_.push_back(entry);
    for (const LiveItem& item : items) {
        if (is_public(item.topic)) public_items_.push_back(item);
    }
    while (entries_.size() > window_.size()) {
        if (!public_items_.empty() && public_items_.front().position.seq == entries_.front().public_seq) {
            public_items_.pop_front();
        }
        entries_.pop_front();
    }
    return items;
}

std::vector<LiveItem> MarchItems::make(std::uint32_t topic_base, const core::Entry& entry,
                                       const FeedRegister& feeds) const {
    std::vector<LiveItem> items;
    items.reserve(entry.topics.size());
    for (const core::TopicStamp& stamp : entry.topics) {
        LiveItem item;
        item.topic = core::topic_number(topic_base, stamp.index);
        item.delivery = delivery_of(entry.event);
        // On the public topic position and prev count public items only.
        item.position = is_public(item.topic) ? public_ : position_;
        item.prev = stamp.prev;
        const EncodingSet encodings = encodings_of(stamp.index, feeds);
        for (std::size_t i = 0; i < encodings.size(); ++i) {
            if (!encodings.at(i)) continue;
            item.messages.at(i) = message_of(entry, item, static_cast<wire::Encoding>(i));
        }
        items.push_back(std::move(item));
    }
    return items;
}

const core::Entry* MarchItems::entry_of(const LiveItem& item) const {
    const bool by_public = is_public(item.topic);
    const auto count_of = [by_public](const core::Entry& entry) { return by_public ? entry.public_seq : entry.seq; };
    const auto found = std::lower_bound(entries_.begin(), entries_.end(), item.position.seq,
                                        [&](const core::Entry& entry, base::Seq seq) { return count_of(entry) < seq; });
    return found == entries_.end() ? nullptr : &*found;
}

std::optional<std::vector<LiveItem>> MarchItems::public_from(base::Seq from, wire::Encoding encoding) const {
    const std::uint64_t oldest = public_.seq.value - public_items_.size() + 1;
    if (from.value < oldest) return std::nullopt;
    std::vector<LiveItem> items;
    for (std::size_t i = from.value - oldest; i < public_items_.size(); ++i) {
        items.push_back(public_items_[i]);
        complete(items.back(), encoding);
    }
    return items;
}

void MarchItems::complete(LiveItem& item, wire::Encoding encoding) const {
    wire::Frame& message = item.messages.at(static_cast<std::size_t>(encoding));
    if (message) return;
    const core::Entry* entry = entry_of(item);
    MARCHWIRE_INVARIANT(entry != nullptr);
    message = message_of(*entry, item, encoding);
}

std::vector<LiveItem> MarchItems::after(const base::Position& position, fanout::Count count,
                                        std::span<const base::TopicNumber> topics, wire::Encoding encoding) const {
    std::vector<LiveItem> items = window_.after(position, count, topics);
    for (LiveItem& item : items) complete(item, encoding);
    return items;
}

bool MarchItems::reassigned_after(base::PersonId person, const base::Position& position) const {
    return std::any_of(entries_.begin(), entries_.end(), [&](const core::Entry& entry) {
        const auto* assigned = std::get_if<core::DutyAssigned>(&entry.event);
        return entry.seq > position.seq && assigned != nullptr && assigned->person == person;
    });
}

}  // namespace marchwire::shard
