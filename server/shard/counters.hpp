// What a shard counts for metrics: written by its thread, read by any.
#pragma once

#include "base/outcome.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace marchwire::shard {

/// Relaxed: figures for people, nothing is decided on them but where the next socket goes.
struct Counters {
    std::atomic<std::size_t> sessions{0};
    std::atomic<std::size_t> queued_bytes{0};
    std::atomic<std::size_t> marches{0};
    std::atomic<std::size_t> campaigns{0};
    std::atomic<std::size_t> kept{0};
    std::atomic<std::uint64_t> keepings{0};
    std::atomic<std::uint64_t> histories_changed{0};
    std::atomic<std::uint64_t> repairs{0};
    std::atomic<std::uint64_t> appends{0};
    std::atomic<std::uint64_t> append_tries{0};
    std::atomic<std::uint64_t> entries{0};
    std::atomic<std::uint64_t> accepted{0};
    std::array<std::atomic<std::uint64_t>, 11> refused{};  ///< by base::RefusalCode's number
    std::atomic<std::uint64_t> items{0};
    std::atomic<std::uint64_t> deliveries{0};

    void count_refusal(base::RefusalCode code) {
        refused.at(static_cast<std::size_t>(code)).fetch_add(1, std::memory_order_relaxed);
    }
};

inline void count(std::atomic<std::uint64_t>& counter, std::uint64_t by = 1) {
    counter.fetch_add(by, std::memory_order_relaxed);
}

}  // namespace marchwire::shard
