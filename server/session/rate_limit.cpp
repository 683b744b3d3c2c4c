// A bucket of tokens that fills with time.
#include "session/rate_limit.hpp"

#include <algorithm>
#include <cmath>

namespace marchwire::session {

RateLimit::RateLimit(std::uint32_t per_second, std::uint32_t burst)
    : per_ms_(static_cast<double>(per_second) / 1000.0), burst_(burst), level_(burst) {}

bool RateLimit::take(base::UtcMs now) {
    if (now > filled_at_) {
        level_ = std::min(burst_, level_ + static_cast<double>((now - filled_at_).value) * per_ms_);
        filled_at_ = now;
    }
    if (level_ < 1) return false;
    level_ -= 1;
    return true;
}

base::Millis RateLimit::retry_after() const {
    if (level_ >= 1) return {};
    return {static_cast<std::int64_t>(std::ceil((1 - level_) / per_ms_))};
}

}  // namespace marchwire::session
