// What one session has still to send, in the order of DESIGN 4, promise 5.
#pragma once

#include "fanout/item.hpp"

#include <cstddef>
#include <deque>
#include <list>
#include <unordered_map>
#include <vector>

namespace marchwire::fanout {

/// What became of a push: the caller must look.
enum class Pushed : std::uint8_t {
    accepted,
    replaced,  ///< class C: an older value of the key was still waiting
    refused,   ///< over the byte limit: close the session (A, B) or answer TOO_LARGE (D)
};

/// What is to be written now: items laid end to end in one WebSocket message.
struct Batch {
    std::vector<Bytes> items;
    std::size_t bytes = 0;
    [[nodiscard]] bool empty() const { return items.empty(); }
};

/// A and B wait in one queue in order of arrival; C behind them, the newest value per key in place, O(1);
/// D last, one piece per batch, so that it yields to all others. Bytes are counted, not items. One thread.
class SendQueue {
public:
    /// `ordered_bytes_max`: class A and B together. C is bounded by its keys and by the same number of
    /// bytes (beyond it the oldest key is dropped and counted as skipped); D by `answer_bytes_max`.
    SendQueue(std::size_t ordered_bytes_max, std::size_t answer_bytes_max);

    [[nodiscard]] Pushed push(DeliveryClass delivery, Bytes item);
    /// Class C.
    [[nodiscard]] Pushed push_newest(const ConflationKey& key, Bytes item);
    /// At most `bytes_max` (but at least one item when anything waits).
    [[nodiscard]] Batch take(std::size_t bytes_max);

    [[nodiscard]] bool empty() const;
    /// Over all classes: for the process's total.
    [[nodiscard]] std::size_t bytes() const { return ordered_bytes_ + newest_bytes_ + answer_bytes_; }
    [[nodiscard]] std::size_t ordered_bytes() const { return ordered_bytes_; }
    /// Class A waits: flush at once.
    [[nodiscard]] bool urgent() const { return urgent_items_ > 0; }
    [[nodiscard]] std::size_t items() const { return ordered_.size() + newest_.size() + answers_.size(); }
    /// An answer waits: the next piece of a snapshot is not made yet.
    [[nodiscard]] bool answering() const { return !answers_.empty(); }
    /// Class C values that were replaced or dropped before they were sent since the last call.
    [[nodiscard]] std::size_t take_skipped();
    void clear();

private:
    void drop_oldest();

    struct Ordered {
        Bytes bytes;
        bool urgent = false;
    };
    struct Newest {
        ConflationKey key;
        Bytes bytes;
    };
    std::size_t ordered_bytes_max_;
    std::size_t answer_bytes_max_;
    std::deque<Ordered> ordered_;
    std::list<Newest> newest_;  ///< oldest key first
    std::unordered_map<ConflationKey, std::list<Newest>::iterator> newest_by_key_;
    std::deque<Bytes> answers_;
    std::size_t ordered_bytes_ = 0;
    std::size_t newest_bytes_ = 0;
    std::size_t answer_bytes_ = 0;
    std::size_t urgent_items_ = 0;
    std::size_t skipped_ = 0;
};

}  // namespace marchwire::fanout
