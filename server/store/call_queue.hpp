// The calls that wait for a store's thread, bounded by their bytes.
#pragma once

#include "base/limits.hpp"
#include "store/call.hpp"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace marchwire::store {

/// Of calls, or of something with a `call` in it. Beyond limits::store_queue_bytes a call waits without what it
/// carried, to be refused in its turn. Any thread.
template <class Item>
class CallQueue {
public:
    /// `full`: what one reads who was refused.
    explicit CallQueue(std::string full) : full_(std::move(full)) {}

    /// False, and dropped: the queue was closed.
    [[nodiscard]] bool push(Item item) {
        // Weighed before the lock: an append of many entries is a walk.
        const std::size_t bytes = bytes_of(call_in(item));
        {
            const std::lock_guard lock(mutex_);
            if (closed_) return false;
            if (bytes_ + bytes > base::limits::store_queue_bytes) {
                call_in(item) = without_payload(std::move(call_in(item)), unavailable(full_));
            }
            bytes_ += bytes_of(call_in(item));
            items_.push_back(std::move(item));
        }
        something_.notify_one();
        return true;
    }
    /// Before all that waits, in their order: they have been taken before.
    void put_back(std::deque<Item> items) {
        const std::lock_guard lock(mutex_);
        for (auto one = items.rbegin(); one != items.rend(); ++one) {
            bytes_ += bytes_of(call_in(*one));
            items_.push_front(std::move(*one));
        }
    }

    /// The oldest, as many as are done together (limits::store_group_*).
    [[nodiscard]] std::vector<Item> take_group() {
        std::size_t work = 0;
        std::size_t taken = 0;
        return take_while([&](Item& item) {
            if (taken++ >= base::limits::store_group_calls || work >= base::limits::store_group_bytes) return false;
            work += work_of(call_in(item));
            return true;
        });
    }
    /// The oldest for which it holds, up to the first for which it does not.
    template <class Holds>
    [[nodiscard]] std::vector<Item> take_while(const Holds& holds) {
        std::vector<Item> items;
        const std::lock_guard lock(mutex_);
        while (!items_.empty() && holds(items_.front())) {
            bytes_ -= bytes_of(call_in(items_.front()));
            items.push_back(std::move(items_.front()));
            items_.pop_front();
        }
        return items;
    }
    [[nodiscard]] std::vector<Item> take_all() {
        return take_while([](Item&) { return true; });
    }

    /// Until there is something to take, or no more will come.
    void wait() {
        std::unique_lock lock(mutex_);
        something_.wait(lock, [this] { return closed_ || !items_.empty(); });
    }

    /// No more are taken.
    void close() {
        {
            const std::lock_guard lock(mutex_);
            closed_ = true;
        }
        something_.notify_one();
    }
    [[nodiscard]] bool closed() {
        const std::lock_guard lock(mutex_);
        return closed_;
    }

private:
    static Call& call_in(Call& call) { return call; }
    template <class Other>
    static Call& call_in(Other& item) {
        return item.call;
    }

    const std::string full_;
    std::mutex mutex_;
    std::condition_variable something_;
    std::deque<Item> items_;
    std::size_t bytes_ = 0;
    bool closed_ = false;
};

}  // namespace marchwire::store
