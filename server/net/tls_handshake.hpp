// The handshake of a socket on a listener that speaks TLS, before HTTP.
#pragma once

#include "net/net_settings.hpp"
#include "net/transport.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <functional>

namespace marchwire::net {

/// On the socket's thread. `done` is called once, from a handler, when both sides have shaken hands; a peer that does
/// not within the deadline is let go without a word, and `late` is called. Who speaks plain HTTP is told what to do.
void shake_tls_hands(boost::asio::ip::tcp::socket socket, const TlsContext& context, std::chrono::milliseconds deadline,
                     std::function<void(Transport)> done, std::function<void()> late);

}  // namespace marchwire::net
