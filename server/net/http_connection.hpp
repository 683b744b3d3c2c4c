// One HTTP connection: pages by GET, and the upgrade to a WebSocket. Beast parses and writes.
#pragma once

#include "net/door_count.hpp"
#include "net/net_settings.hpp"
#include "net/transport.hpp"

#include <memory>

namespace marchwire::net {

/// Serves a client on the thread of `seat.io` (call it there). Keeps itself alive while an operation is pending.
/// Request bodies and Transfer-Encoding are refused (DESIGN 7).
void serve_http(Transport transport, Seat seat, const NetSettings& settings, std::shared_ptr<Stay> stay);

}  // namespace marchwire::net
