// Waiting for other threads and processes. (tests)
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stdexcept>

namespace marchwire::test {

/// So much time passes: a fault has a length. Not for what can be looked at: `wait_until`.
inline void let_pass(std::chrono::milliseconds length) {
    std::mutex mutex;
    std::condition_variable nobody_tells;
    std::unique_lock lock(mutex);
    (void)nobody_tells.wait_for(lock, length, [] { return false; });
}

/// Looks every few milliseconds until it holds; throws after `within`.
template <class Holds>
void wait_until(const Holds& holds, std::chrono::milliseconds within = std::chrono::seconds(20)) {
    const auto deadline = std::chrono::steady_clock::now() + within;
    while (!holds()) {
        if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("what was waited for did not come");
        let_pass(std::chrono::milliseconds(2));
    }
}

}  // namespace marchwire::test
