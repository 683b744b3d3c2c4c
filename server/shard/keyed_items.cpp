// Newest values of a desk.
#include "shard/keyed_items.hpp"

#include <memory>
#include <utility>

namespace marchwire::shard {
namespace {

void complete(fanout::LiveItem& item, std::size_t index, const KeyedItems::Encode& encode) {
    wire::Frame& message = item.messages.at(index);
    const auto encoding = static_cast<wire::Encoding>(index);
    if (!message) message = wire::make_message(encode(encoding), encoding);
}

}  // namespace

fanout::LiveItem KeyedItems::put(base::TopicNumber topic, const fanout::ConflationKey& key, Encode encode,
                                 const EncodingSet& encodings, base::UtcMs expires_at) {
    fanout::LiveItem item;
    item.topic = topic;
    item.delivery = fanout::DeliveryClass::c;
    item.key = key;
    item.expires_at = expires_at;
    for (std::size_t i = 0; i < encodings.size(); ++i) {
        if (encodings.at(i)) complete(item, i, encode);
    }
    kept_[topic].insert_or_assign(key, Kept{item, std::move(encode)});
    return item;
}

std::vector<fanout::LiveItem> KeyedItems::on(const std::vector<base::TopicNumber>& topics, wire::Encoding encoding) {
    std::vector<fanout::LiveItem> items;
    for (const base::TopicNumber topic : topics) {
        const auto found = kept_.find(topic);
        if (found == kept_.end()) continue;
        for (auto& [key, kept] : found->second) {
            complete(kept.item, static_cast<std::size_t>(encoding), kept.encode);
            items.push_back(kept.item);
        }
    }
    return items;
}

void KeyedItems::expire(base::UtcMs now) {
    for (auto& [topic, kept] : kept_) {
        std::erase_if(kept, [now](const auto& one) {
            const base::UtcMs at = one.second.item.expires_at;
            return at && at <= now;
        });
    }
    std::erase_if(kept_, [](const auto& one) { return one.second.empty(); });
}

}  // namespace marchwire::shard
