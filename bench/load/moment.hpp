// The one clock of the load generator: what is stamped into payloads and read out of them.
#pragma once

#include <cstdint>
#include <ctime>

namespace marchwire::load {

/// CLOCK_MONOTONIC in nanoseconds: the same for every process of the machine.
[[nodiscard]] inline std::int64_t now_ns() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

/// UTC in milliseconds: what positions and commands bear.
[[nodiscard]] inline std::int64_t utc_ms() {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * 1'000LL + now.tv_nsec / 1'000'000;
}

}  // namespace marchwire::load
