// Which sessions of one shard follow which topics.
#pragma once

#include "base/ids.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

namespace marchwire::fanout {

/// A session's place in its shard's table: reused after it has left (the shard makes sure that a
/// slot is free of subscriptions before it is used again).
using Slot = std::uint32_t;

/// Topic to sessions, without locks: one per shard, its thread only. Publishing costs the number of
/// subscribers and nothing per idle topic. Subscribing twice counts: two feeds of one session may share a
/// topic, and the topic stays until both have left.
class TopicIndex {
public:
    void subscribe(base::TopicNumber topic, Slot slot);
    /// False when the slot did not follow the topic.
    bool unsubscribe(base::TopicNumber topic, Slot slot);
    /// Takes a session out everywhere; costs the number of its own topics.
    void remove(Slot slot);

    /// Each once. Valid until the next change.
    [[nodiscard]] std::span<const Slot> subscribers(base::TopicNumber topic) const;
    [[nodiscard]] std::size_t topics() const { return topics_.size(); }
    /// Pairs of topic and session.
    [[nodiscard]] std::size_t subscriptions() const { return subscriptions_; }

private:
    void take_out(base::TopicNumber topic, Slot slot);

    struct Topic {
        std::vector<Slot> slots;
        std::unordered_map<Slot, std::uint32_t> place;  ///< index in `slots`: leaving is O(1)
    };
    struct Following {
        base::TopicNumber topic;
        std::uint32_t times = 0;
    };
    std::unordered_map<base::TopicNumber, Topic> topics_;
    std::unordered_map<Slot, std::vector<Following>> following_;
    std::size_t subscriptions_ = 0;
};

}  // namespace marchwire::fanout
