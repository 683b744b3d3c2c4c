// How somebody who was invited gets in: POST /v1/redeem, the one request with a body.
#pragma once

#include "access/invite.hpp"
#include "access/key_ring.hpp"
#include "base/clock.hpp"
#include "net/net_settings.hpp"
#include "session/rate_limit.hpp"
#include "shard/city.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace marchwire {

/// Takes `{"link": "...#flag-day-2018.17.SECRET", "public_key": "..."}`, or `{"code": "17-K7QF-M2PX", "campaign":
/// "flag-day-2018", "public_key": "..."}` (the campaign may be left out on a server that has one alone). `public_key`:
/// the device's point of P-256, 65 bytes as base64url. `pin` and
/// `duress_pin` may be there: by what the person's SOS is cancelled. Answers `{"token": "..."}`, said this once and
/// bound to that key, and with a PIN `pin_set`, false where another device of theirs has set one; else `{"error":
/// {"code", "field", "message"}}`. Asked again with the same key it gives another token for the same invite, so that an
/// answer which was lost on its way costs nobody their invite.
///
/// A wrong code or link counts as a wrong token of its address; when that has brought too many, the desk is not asked
/// about a code, and nobody learns whether a link was right. Whoever has a right one waits for nobody's wrong ones.
///
/// Works on the thread of `io`; ends before the city.
class Redemptions {
public:
    using Done = std::function<void(session::PageAnswer)>;
    struct Parts {
        boost::asio::io_context& io;
        shard::City& city;
        const access::KeyRing& keys;
        shard::Pins& pins;
    };
    explicit Redemptions(Parts parts);

    /// Any thread; `done` is called once, on any.
    void redeem(net::RedeemRequest request, Done done);

private:
    struct Asked;
    using AskedPtr = std::shared_ptr<Asked>;

    void read(const net::RedeemRequest& request, Done done);
    void find_campaign(const AskedPtr& asked);
    void put(const AskedPtr& asked);
    void ask_city(const AskedPtr& asked);
    void conclude(const AskedPtr& asked, const base::Result<wire::Accepted>& outcome);
    /// `then`, unless too many wrong ones came from there.
    void count_as_wrong(const AskedPtr& asked, std::function<void()> then);
    void set_pins(const AskedPtr& asked, const std::optional<wire::ComeIn>& come_in);

    Parts parts_;
    session::RateLimit rate_;
};

}  // namespace marchwire
