// By which name an address is known: a hash under a key that lives in memory only, and an hour. No address is kept.
#pragma once

#include "base/hmac.hpp"
#include "base/units.hpp"
#include "session/address_rates.hpp"

#include <boost/asio/ip/address.hpp>

#include <memory>

namespace marchwire::net {

/// As the rest of the server compares addresses: an IPv4 address in IPv6's clothes is an IPv4 address.
[[nodiscard]] boost::asio::ip::address canonical(const boost::asio::ip::address& address);

/// IPv4 as a whole, of IPv6 the /64, which is what one customer has. One thread at a time.
class AddressKeys {
public:
    /// Draws the first key; `now` of the machine's clock, as in all here.
    explicit AddressKeys(base::UtcMs now);

    /// The name of now, and the name that it had under the key before (0: there was none): what came in under that one
    /// is still counted. Whoever has been here for longer is counted no more.
    struct Names {
        session::AddressKey now;
        session::AddressKey before;
    };
    [[nodiscard]] Names of(const boost::asio::ip::address& address, base::UtcMs now);

private:
    void renew(base::UtcMs now);

    std::unique_ptr<base::Hmac> key_;
    std::unique_ptr<base::Hmac> before_;  ///< null: there was none within the hour before
    base::UtcMs renewed_at_;
};

}  // namespace marchwire::net
