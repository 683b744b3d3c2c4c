// What is told to somebody whom a limit keeps out, before a request was read.
#pragma once

#include "base/limit_table.hpp"
#include "net/door_count.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace marchwire::net {

struct Told {
    unsigned status = 503;
    base::Millis retry_after;
    std::string_view sentence;
};
[[nodiscard]] Told told_of(base::Limit limit);
/// Retry-After takes whole seconds.
[[nodiscard]] std::string retry_after_of(const Told& told);

/// Answers in plain HTTP and keeps the socket until the peer has read that and gone, for a second at most: closing it
/// with bytes unread would take the answer back. Beyond limits::farewells at once, and where TLS is spoken, it is just
/// closed. On the thread of the socket.
void say_farewell(boost::asio::ip::tcp::socket socket, const Told& told, std::shared_ptr<HouseCount> house);

}  // namespace marchwire::net
