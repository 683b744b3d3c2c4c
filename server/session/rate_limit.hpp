// How often somebody may: a bucket of tokens that fills with time.
#pragma once

#include "base/units.hpp"

#include <cstdint>

namespace marchwire::session {

/// Starts full. Times come in and may stand still or go back (then nothing is refilled). One thread.
class RateLimit {
public:
    RateLimit(std::uint32_t per_second, std::uint32_t burst);
    /// Takes so many; false, and none is taken, when there are fewer.
    [[nodiscard]] bool take(base::UtcMs now, std::uint32_t count = 1);
    /// Whether one could be taken.
    [[nodiscard]] bool has(base::UtcMs now) const;
    /// Until the next one is there.
    [[nodiscard]] base::Millis retry_after() const;

private:
    [[nodiscard]] std::int64_t level_at(base::UtcMs now) const;

    // In thousandths of a token: a rate per second is as many of them per millisecond.
    std::int64_t per_ms_;
    std::int64_t burst_;
    std::int64_t level_;
    base::UtcMs filled_at_;
};

}  // namespace marchwire::session
