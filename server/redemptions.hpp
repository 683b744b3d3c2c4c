// How somebody who was invited gets in: POST /v1/redeem, the one request with a body.
#pragma once

#include "access/invite.hpp"
#include "access/key_ring.hpp"
#include "base/clock.hpp"
#include "session/rate_limit.hpp"
#include "shard/city.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <string>

namespace marchwire {

/// Takes `{"link": "...#flag-day-2018.17.SECRET", "public_key": "..."}`, or `{"code": "17-K7QF-M2PX", "campaign":
/// "flag-day-2018", "public_key": "..."}` (the campaign may be left out on a server that has one alone). `public_key`:
/// the device's point of P-256, 65 bytes as base64url. Answers `{"token": "..."}`, said this once and bound to that
/// key; else `{"error": {"code", "field", "message"}}`. Asked again with the same key it gives another token for the
/// same invite, so that an answer which was lost on its way costs nobody their invite.
///
/// Works on the thread of `io`; ends before the city.
class Redemptions {
public:
    using Done = std::function<void(session::PageAnswer)>;
    struct Parts {
        boost::asio::io_context& io;
        shard::City& city;
        const access::KeyRing& keys;
    };
    explicit Redemptions(Parts parts);

    /// Any thread; `done` is called once, on any.
    void redeem(std::string body, Done done);

private:
    struct Asked;
    using AskedPtr = std::shared_ptr<Asked>;

    void read(const std::string& body, Done done);
    void find_campaign(const AskedPtr& asked);
    void put(const AskedPtr& asked);

    Parts parts_;
    session::RateLimit rate_;
};

}  // namespace marchwire
