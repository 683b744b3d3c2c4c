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
/// subscribers and nothing per idle topic; coming and leaving cost the number of the session's own topics.
/// Subscribing twice counts: two feeds of one session may share a topic, and the topic stays until both have left.
class TopicIndex {
public:
    void subscribe(base::TopicNumber topic, Slot slot);
    /// False when the slot did not follow the topic.
    bool unsubscribe(base::TopicNumber topic, Slot slot);
    /// Takes a session out everywhere.
    void remove(Slot slot);

    /// Each once. Valid until the next change.
    [[nodiscard]] std::span<const Slot> subscribers(base::TopicNumber topic) const;
    [[nodiscard]] bool has(base::TopicNumber topic) const { return topics_.contains(topic); }
    [[nodiscard]] std::size_t topics() const { return topics_.size(); }
    /// Pairs of topic and session.
    [[nodiscard]] std::size_t subscriptions() const { return subscriptions_; }

private:
    struct Following {
        base::TopicNumber topic;
        std::uint32_t place = 0;  ///< in the topic's list: leaving is O(1)
        std::uint32_t times = 0;
    };
    [[nodiscard]] Following* find(base::TopicNumber topic, Slot slot);
    void take_out(const Following& following);

    std::unordered_map<base::TopicNumber, std::vector<Slot>> topics_;
    std::vector<std::vector<Following>> following_;  ///< by slot
    std::size_t subscriptions_ = 0;
};

}  // namespace marchwire::fanout
