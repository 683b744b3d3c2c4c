// The PROXY header of a balancer's connection, taken off its socket before anything else reads it.
#pragma once

#include "net/proxy_header.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <functional>
#include <optional>

namespace marchwire::net {

/// On the socket's thread. `done` is called once, from a handler, with the socket behind the header, and the client's
/// address where the balancer tells one; `broken` in its place when there is no such header within the deadline, or a
/// broken one: then the socket is closed.
void read_proxy_greeting(
    boost::asio::ip::tcp::socket socket, std::chrono::milliseconds deadline,
    std::function<void(boost::asio::ip::tcp::socket, std::optional<boost::asio::ip::address>)> done,
    std::function<void()> broken);

}  // namespace marchwire::net
