// The clock as an interface, so that a demo day and a simulation run on time of their own.
#pragma once

#include "base/units.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

namespace marchwire::base {

/// Says what time it is. Thread-safe in every implementation here.
class Clock {
public:
    virtual ~Clock() = default;
    /// Wall time, for entries, deadlines and people.
    [[nodiscard]] virtual UtcMs now() const = 0;
    /// How many milliseconds of `now()` pass in one real millisecond: 1 but for a demo clock.
    [[nodiscard]] virtual double rate() const { return 1.0; }
    /// Told in Welcome and on every page when set: "" for real time.
    [[nodiscard]] virtual std::string demo_notice() const { return {}; }
};

/// For timers and steady deadlines.
[[nodiscard]] constexpr std::chrono::milliseconds duration_of(Millis length) {
    return std::chrono::milliseconds(length.value);
}

/// Milliseconds of the machine's steady clock, never 0: for deadlines and rates, which are real even when the clock
/// of the march is a demo clock. Not a wall time.
[[nodiscard]] UtcMs machine_now();

/// The machine's clock.
class SystemClock final : public Clock {
public:
    [[nodiscard]] UtcMs now() const override;
};

/// Starts at a given moment and runs `rate` times as fast as the machine's clock.
/// Refused by the composition root when the server listens off loopback.
class DemoClock final : public Clock {
public:
    DemoClock(UtcMs start, double rate);
    /// Continues so that `at_machine_ms` (machine clock) is `start`: two processes given the same three
    /// values agree on the time.
    DemoClock(UtcMs start, double rate, UtcMs at_machine);
    [[nodiscard]] UtcMs now() const override;
    [[nodiscard]] double rate() const override { return rate_; }
    [[nodiscard]] std::string demo_notice() const override;

private:
    UtcMs start_;
    double rate_;
    UtcMs machine_start_;
};

/// Moves only when told: by a test, or by the host of a server that plays a day as fast as it can (admin verb
/// `move_clock`), which is then told by `notice`. Any thread.
class ManualClock final : public Clock {
public:
    explicit ManualClock(UtcMs start, std::string notice = {}) : now_ms_(start.value), notice_(std::move(notice)) {}
    [[nodiscard]] UtcMs now() const override { return UtcMs{now_ms_}; }
    [[nodiscard]] std::string demo_notice() const override { return notice_; }
    void advance(Millis by) { now_ms_ += by.value; }

private:
    std::atomic<std::int64_t> now_ms_;
    const std::string notice_;
};

}  // namespace marchwire::base
