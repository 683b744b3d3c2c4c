// Class C of one log as its desk keeps it: the newest value per key, encoded once, for whoever comes.
#pragma once

#include "fanout/item.hpp"
#include "shard/feed_register.hpp"

#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

namespace marchwire::shard {

/// Bounded by its keys: the roster, the marches of a campaign. One thread (the desk's).
class KeyedItems {
public:
    /// Encodes the value when an encoding of it is first needed.
    using Encode = std::function<std::string(wire::Encoding)>;

    /// Takes the key's place; the item to be published. `expires_at`: newcomers are not given it from then on; 0 is
    /// never.
    [[nodiscard]] fanout::LiveItem put(base::TopicNumber topic, const fanout::ConflationKey& key, Encode encode,
                                       const EncodingSet& encodings, base::UtcMs expires_at = {});
    /// Every value on these topics with its message in this encoding, in no order.
    [[nodiscard]] std::vector<fanout::LiveItem> on(const std::vector<base::TopicNumber>& topics,
                                                   wire::Encoding encoding);
    void expire(base::UtcMs now);

private:
    struct Kept {
        fanout::LiveItem item;
        Encode encode;
    };
    /// By topic: whoever follows the public one does not look through the marshals. A key stays on its topic.
    std::unordered_map<base::TopicNumber, std::unordered_map<fanout::ConflationKey, Kept>> kept_;
};

}  // namespace marchwire::shard
