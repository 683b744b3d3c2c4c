// Class C of one topic: the newest value per key, once for all its followers on a shard.
#pragma once

#include "fanout/item.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <unordered_map>

namespace marchwire::fanout {

/// Every value that followers are to see gets a version, counted from 1. A follower holds no value itself: only the
/// version up to which it has seen the topic. So a slow one costs nothing, whatever it misses, and those that keep up
/// share one frame. Bounded by the keys of its publisher (the roster, the marches of a campaign). One thread.
class NewestTable {
public:
    /// Takes the place of the key's older value, O(1). Followers see it after `publish`; what is replaced before
    /// that was never there for them. The same value again (equal bytes by address) only adds an encoding.
    void put(const LiveItem& item);
    /// Shows what was put since the last call. False when there was nothing.
    bool publish();
    /// Of the newest value shown.
    [[nodiscard]] std::uint64_t version() const { return published_; }
    [[nodiscard]] std::size_t size() const { return entries_.size(); }

    /// Some of what a follower at `version` has not seen, oldest first, as one message.
    struct Part {
        wire::Frame frame;          ///< null: it has seen all
        std::uint64_t version = 0;  ///< where it stands afterwards
        std::uint64_t values = 0;   ///< in the frame; all others up to `version` are outdated
    };
    /// At most about `bytes_max`, at least one value. Followers at the same version share the part.
    [[nodiscard]] const Part& after(std::uint64_t version, wire::Encoding encoding, std::size_t bytes_max) const;
    /// Forgets what has expired.
    void expire(base::UtcMs now);

private:
    struct Entry {
        LiveItem item;
        std::uint64_t version = 0;
    };
    /// A value's place in the order of versions; outdated when its entry has a newer one.
    struct Place {
        std::uint64_t version = 0;
        ConflationKey key;
    };
    void tidy_order();

    std::unordered_map<ConflationKey, Entry> entries_;
    std::deque<Place> order_;  ///< by version, rising
    std::uint64_t version_ = 0;
    std::uint64_t published_ = 0;
    /// Parts made since the last publish, by where they begin.
    mutable std::array<std::unordered_map<std::uint64_t, Part>, wire::encoding_count> parts_;
};

}  // namespace marchwire::fanout
