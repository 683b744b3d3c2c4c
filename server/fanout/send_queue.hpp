// What one session has still to send of classes A, B and D (DESIGN 4, promise 5). Class C waits nowhere: newest_table.
#pragma once

#include "fanout/item.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace marchwire::fanout {

/// What became of a push: the caller must look.
enum class Pushed : std::uint8_t {
    accepted,
    refused,  ///< over the byte limit: close the session (A, B) or answer TOO_LARGE (D)
};

/// Bytes that may wait in all queues of one door on a shard together. One thread.
class QueueBudget {
public:
    explicit QueueBudget(std::size_t bytes_max) : bytes_max_(bytes_max) {}
    [[nodiscard]] bool take(std::size_t bytes) {
        if (used_ + bytes > bytes_max_) return false;
        used_ += bytes;
        return true;
    }
    void give_back(std::size_t bytes) { used_ -= bytes; }
    [[nodiscard]] std::size_t used() const { return used_; }

private:
    std::size_t bytes_max_;
    std::size_t used_ = 0;
};

/// Whole messages, framed and shared: the queue holds references and counts bytes. A and B wait in one queue in order
/// of arrival, D apart. Holds no memory while it is empty. One thread.
class SendQueue {
public:
    struct Limits {
        std::size_t ordered_bytes = 0;  ///< class A and B together
        std::size_t answer_bytes = 0;   ///< class D
    };
    SendQueue(Limits limits, std::shared_ptr<QueueBudget> budget) : limits_(limits), budget_(std::move(budget)) {}
    ~SendQueue() { clear(); }
    SendQueue(const SendQueue&) = delete;
    SendQueue& operator=(const SendQueue&) = delete;

    [[nodiscard]] Pushed push(DeliveryClass delivery, wire::Frame message);
    /// The next of class A or B; null when none waits.
    [[nodiscard]] wire::Frame next_ordered() { return next(ordered_); }
    /// The next of class D; null when none waits.
    [[nodiscard]] wire::Frame next_answer() { return next(answers_); }

    [[nodiscard]] bool empty() const { return ordered_.empty() && answers_.empty(); }
    [[nodiscard]] bool ordered_waits() const { return !ordered_.empty(); }
    [[nodiscard]] bool answer_waits() const { return !answers_.empty(); }
    [[nodiscard]] std::size_t bytes() const { return ordered_.bytes + answers_.bytes; }
    [[nodiscard]] std::size_t ordered_bytes() const { return ordered_.bytes; }
    void clear();

private:
    /// First in, first out; the memory goes when it is empty.
    struct Line {
        std::vector<wire::Frame> messages;
        std::size_t head = 0;
        std::size_t bytes = 0;
        [[nodiscard]] bool empty() const { return head == messages.size(); }
    };
    [[nodiscard]] wire::Frame next(Line& line);

    Limits limits_;
    std::shared_ptr<QueueBudget> budget_;
    Line ordered_;
    Line answers_;
};

}  // namespace marchwire::fanout
