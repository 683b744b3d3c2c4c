// One HTTP connection: pages by GET, and the upgrade to a WebSocket. Beast parses and writes.
#pragma once

#include "net/door_count.hpp"
#include "net/net_settings.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <memory>

namespace marchwire::net {

/// Serves a socket that was just accepted, on the thread of `seat.io` (call it there). Keeps itself alive
/// while an operation is pending. Request bodies and Transfer-Encoding are refused (DESIGN 7).
void serve_http(boost::asio::ip::tcp::socket socket, Seat seat, const NetSettings& settings,
                std::shared_ptr<Stay> stay);

}  // namespace marchwire::net
