// The bytes of one client: a TCP socket, plain or under TLS, read and written without blocking.
#pragma once

#include "net/tls_session.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <sys/uio.h>
#include <cstddef>
#include <optional>
#include <span>

namespace marchwire::net {

/// On its shard's thread. No call waits, and none allocates but OpenSSL for the time of a record.
class Transport {
public:
    /// Makes the socket non-blocking.
    explicit Transport(boost::asio::ip::tcp::socket socket);
    /// The handshake is done.
    Transport(boost::asio::ip::tcp::socket socket, TlsSession tls);
    Transport(Transport&&) noexcept = default;
    Transport& operator=(Transport&&) = delete;
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;
    ~Transport() = default;

    /// Bytes read; 0 with would_block when nothing is there now: wait for readability. Any other error ends the
    /// connection (eof included).
    [[nodiscard]] std::size_t read_some(std::span<char> into, boost::system::error_code& error);
    /// Gathers the pieces into one sendmsg, or into TLS records of up to 16 KB. Bytes taken, in order; 0 with
    /// would_block: wait for writability and offer the same bytes first again, for TLS may hold a record of them.
    [[nodiscard]] std::size_t write_some(std::span<const iovec> pieces, boost::system::error_code& error);
    /// Read bytes may still be inside: read again before waiting (always false when plain).
    [[nodiscard]] bool holds_read_bytes() const { return tls_ && tls_->holds_read_bytes(); }
    /// Not yet handed to the network by the kernel.
    [[nodiscard]] std::size_t unsent_in_kernel() const;
    /// Nothing more is written; what the peer still sends can be read. TLS says goodbye first if it can without
    /// waiting.
    void end_sending();
    /// Idempotent; TLS says goodbye first if it can without waiting.
    void close();
    /// For waits and options.
    [[nodiscard]] boost::asio::ip::tcp::socket& socket() { return socket_; }

private:
    [[nodiscard]] std::size_t write_records(std::span<const iovec> pieces, boost::system::error_code& error);

    boost::asio::ip::tcp::socket socket_;
    int descriptor_;
    std::optional<TlsSession> tls_;
};

}  // namespace marchwire::net
