// The bytes of one client: a TCP socket, read and written without blocking.
#pragma once

#include <sys/uio.h>
#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <span>

namespace marchwire::net {

class Transport {
public:
    explicit Transport(boost::asio::ip::tcp::socket socket) : socket_(std::move(socket)) {}

    /// Bytes read; 0 with would_block when nothing is there now. Any other error, eof included, ends the connection.
    [[nodiscard]] std::size_t read_some(std::span<char> into, boost::system::error_code& error);
    /// Gathers the pieces into one sendmsg. Bytes taken, in order; 0 with would_block: wait for writability and
    /// offer the same bytes first again.
    [[nodiscard]] std::size_t write_some(std::span<const iovec> pieces, boost::system::error_code& error);
    /// Read bytes may still be inside: read again before waiting.
    [[nodiscard]] bool holds_read_bytes() const { return false; }
    /// Taken from us and not yet sent (SIOCOUTQNSD).
    [[nodiscard]] std::size_t unsent_in_kernel() const;
    [[nodiscard]] boost::asio::ip::tcp::socket& socket() { return socket_; }
    /// Idempotent.
    void close();

private:
    boost::asio::ip::tcp::socket socket_;
};

}  // namespace marchwire::net
