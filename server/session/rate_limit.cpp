// A bucket of tokens that fills with time.
#include "session/rate_limit.hpp"

#include <algorithm>

namespace marchwire::session {
namespace {

constexpr std::int64_t one_token = 1000;

}  // namespace

RateLimit::RateLimit(std::uint32_t per_second, std::uint32_t burst)
    : per_ms_(per_second), burst_(burst * one_token), level_(burst_) {}

std::int64_t RateLimit::level_at(base::UtcMs now) const {
    if (now <= filled_at_) return level_;
    const std::int64_t until_full = (burst_ - level_) / per_ms_ + 1;
    return std::min(burst_, level_ + std::min((now - filled_at_).value, until_full) * per_ms_);
}

bool RateLimit::has(base::UtcMs now) const { return level_at(now) >= one_token; }

bool RateLimit::take(base::UtcMs now, std::uint32_t count) {
    level_ = level_at(now);
    filled_at_ = std::max(filled_at_, now);
    const std::int64_t wanted = count * one_token;
    if (level_ < wanted) return false;
    level_ -= wanted;
    return true;
}

base::Millis RateLimit::retry_after() const {
    const std::int64_t missing = std::max<std::int64_t>(0, one_token - level_);
    return {(missing + per_ms_ - 1) / per_ms_};
}

}  // namespace marchwire::session
