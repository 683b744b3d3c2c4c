// What the listeners need to know beyond their addresses.
#pragma once

#include "base/limit_table.hpp"
#include "base/limits.hpp"
#include "net/door_count.hpp"
#include "session/ports.hpp"
#include "session/session.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace marchwire::net {

class TlsContext;

/// Where a new socket goes: a shard's thread and what it offers to sessions.
struct Seat {
    boost::asio::io_context& io;
    session::Backend* backend = nullptr;  ///< null on the admin listener: no WebSockets there
};

/// Answers a GET by its target, once, on any thread.
using Pages = std::function<void(std::string target, std::function<void(session::PageAnswer)> done)>;

/// A POST of an invite.
struct RedeemRequest {
    std::string body;
    using Counted = std::function<void(std::optional<base::Refusal> too_many)>;
    /// What it says opens nothing: counts with the wrong tokens of where it comes from. Called and answered on any
    /// thread.
    std::function<void(Counted)> count_as_wrong;
};
/// Answers it, once, on any thread.
using Redeem = std::function<void(RedeemRequest request, std::function<void(session::PageAnswer)> done)>;

/// Real time, whatever the demo clock says.
struct Deadlines {
    std::chrono::milliseconds tls_follower{base::limits::tls_handshake_follower.value};
    std::chrono::milliseconds tls_staff{base::limits::tls_handshake_staff.value};
    std::chrono::milliseconds request{base::limits::http_request_deadline.value};  ///< a whole header
    std::chrono::milliseconds keep_alive{base::limits::http_keep_alive.value};     ///< the next request
    base::Millis stall_follower = base::limits::write_stall_follower;
    base::Millis stall_staff = base::limits::write_stall_staff;
    base::Millis close = base::limits::close_deadline;
};

/// One listener. Copied into each of its connections by reference: it outlives them.
struct NetSettings {
    session::Door door = session::Door::followers;
    std::string websocket_path;        ///< `/v1/ws` or `/v1/ops`; empty: no upgrade here
    std::vector<std::string> origins;  ///< may send credentials; no Origin (native apps) may always
    std::string demo_clock;
    double clock_rate = 1;
    std::string push_key;             ///< VAPID's public key as browsers take it; empty: no pushes are sent
    Pages pages;                      ///< none: nothing but the upgrade is here
    Redeem redeem;                    ///< at /v1/redeem; none: no request here has a body
    std::shared_ptr<TlsContext> tls;  ///< none: plain
    /// Load balancers, by IP address: they say from where their clients come, and nobody else is believed.
    std::vector<std::string> proxies;
    bool proxy_protocol = false;  ///< by a PROXY header, and not by X-Forwarded-For
    DoorLimits limits;
    std::shared_ptr<HouseCount> house = std::make_shared<HouseCount>();
    std::shared_ptr<base::LimitCounts> limits_met = std::make_shared<base::LimitCounts>();
    Deadlines deadlines;
};

/// In whose lane that waits which comes by this door and has time; null: it is done at once.
[[nodiscard]] inline session::Backend* lane_of(const Seat& seat, const NetSettings& settings) {
    return settings.door == session::Door::followers ? seat.backend : nullptr;
}

}  // namespace marchwire::net
