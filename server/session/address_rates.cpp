#include "session/address_rates.hpp"

namespace marchwire::session {
namespace {

/// Looking through all of them is worth it once in a while only.
constexpr base::Millis sweep_every = base::seconds(1);

}  // namespace

bool AddressRates::take(AddressKey address, base::UtcMs now) {
    if (!address) return true;
    auto found = rates_.find(address);
    if (found == rates_.end()) {
        if (rates_.size() >= most_) forget_refilled(now);
        if (rates_.size() >= most_) return true;
        found = rates_.emplace(address, Rate{RateLimit(per_second_, burst_), now}).first;
    }
    found->second.taken_at = now;
    return found->second.left.take(now);
}

bool AddressRates::is_spent(AddressKey address, base::UtcMs now) const {
    const auto found = rates_.find(address);
    return found != rates_.end() && !found->second.left.has(now);
}

base::Millis AddressRates::retry_after(AddressKey address) const {
    const auto found = rates_.find(address);
    return found == rates_.end() ? base::Millis{} : found->second.left.retry_after();
}

/// Whoever has taken nothing for as long as a whole burst takes to come back has all of it.
void AddressRates::forget_refilled(base::UtcMs now) {
    if (now - swept_at_ < sweep_every) return;
    swept_at_ = now;
    const base::Millis refilled_after{static_cast<std::int64_t>(burst_) * 1000 / per_second_ + 1};
    std::erase_if(rates_, [&](const auto& one) { return now - one.second.taken_at >= refilled_after; });
}

}  // namespace marchwire::session
