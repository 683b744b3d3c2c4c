// A rate for each address of those seen lately: bounded, and forgotten when it has refilled.
#pragma once

#include "base/door_limits.hpp"
#include "base/limits.hpp"
#include "base/strong.hpp"
#include "session/rate_limit.hpp"

#include <cstddef>
#include <cstdint>
#include <unordered_map>

namespace marchwire::session {

/// What an IPv4 address or IPv6 /64 is known by here: a keyed hash whose key is another each hour (net/address_keys).
/// 0: a balancer did not say from where its client comes.
using AddressKey = base::Strong<struct AddressTag, std::uint64_t>;

/// When all places are taken by others, whoever is new goes uncounted: an attacker who has so many addresses must not
/// keep everybody else out. One thread.
class AddressRates {
public:
    AddressRates(std::uint32_t per_second, std::uint32_t burst, std::size_t most = base::limits::addresses)
        : per_second_(per_second), burst_(burst), most_(most) {}

    /// False: this address has used up what it has.
    [[nodiscard]] bool take(AddressKey address, base::UtcMs now);
    /// It has nothing left now.
    [[nodiscard]] bool is_spent(AddressKey address, base::UtcMs now) const;
    /// Until it has one again; 0 when it has, or is not known.
    [[nodiscard]] base::Millis retry_after(AddressKey address) const;
    [[nodiscard]] std::size_t size() const { return rates_.size(); }

private:
    void forget_refilled(base::UtcMs now);

    struct Rate {
        RateLimit left;
        base::UtcMs taken_at;
    };
    std::uint32_t per_second_;
    std::uint32_t burst_;
    std::size_t most_;
    base::UtcMs swept_at_;
    std::unordered_map<AddressKey, Rate> rates_;
};

}  // namespace marchwire::session
