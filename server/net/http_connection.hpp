// One HTTP connection: pages by GET, and the upgrade to a WebSocket. Beast parses and writes.
#pragma once

#include "net/door_count.hpp"
#include "net/net_settings.hpp"
#include "net/transport.hpp"

#include <cstdint>
#include <memory>

namespace marchwire::net {

/// Whether a listed balancer stands between, and has not yet said for whom it comes.
enum class Comes : std::uint8_t { directly, by_balancer };

struct Visit {
    Seat seat;
    const NetSettings& settings;
    std::shared_ptr<Stay> stay;
    Comes comes = Comes::directly;
};

/// Serves a client on the thread of the seat's io_context (call it there). Keeps itself alive while an operation is
/// pending. Request bodies and Transfer-Encoding are refused (DESIGN 7), and whatever request_head objects to. Of a
/// balancer the client that opens a WebSocket counts by its X-Forwarded-For; pages do not count by address there, for
/// balancers mix clients in one connection.
void serve_http(Transport transport, Visit visit);

}  // namespace marchwire::net
