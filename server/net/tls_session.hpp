// One client's TLS as OpenSSL keeps it, over the descriptor of its socket.
#pragma once

#include <boost/system/error_code.hpp>

#include <cstddef>
#include <memory>
#include <span>

struct ssl_st;

namespace marchwire::net {

/// What the handshake needs next.
enum class TlsStep {
    done,
    wait_read,
    wait_write,
    not_tls,  ///< the peer speaks plain HTTP: nothing was sent to it yet
    failed,
};

/// Server side, without blocking; made by TlsContext. On one thread at a time. Idle it holds about 14 KB, of which 7.5
/// are OpenSSL's own SSL structure and none are buffers: they come with a record and go with it (measured figures:
/// bench/README.md). Does not own the descriptor.
class TlsSession {
public:
    explicit TlsSession(ssl_st* ssl) : ssl_(ssl) {}

    [[nodiscard]] TlsStep handshake();
    /// As Transport::read_some.
    [[nodiscard]] std::size_t read(std::span<char> into, boost::system::error_code& error);
    /// At most one record. Its bytes are taken (more than 0), or none with would_block: then the record is kept, and
    /// the next call must bring the same `kept()` bytes.
    [[nodiscard]] std::size_t write(std::span<const char> bytes, boost::system::error_code& error);
    [[nodiscard]] std::size_t kept() const { return kept_; }
    /// Of a record whose first part has been read.
    [[nodiscard]] bool holds_read_bytes() const;
    /// close_notify, once, unless a record is still on its way or the session has failed.
    void say_goodbye();

private:
    struct Free {
        void operator()(ssl_st* ssl) const;
    };
    /// would_block when OpenSSL waits for `waits`, the one thing that the caller then waits for.
    [[nodiscard]] boost::system::error_code error_of(int result, int waits);

    std::unique_ptr<ssl_st, Free> ssl_;
    std::size_t kept_ = 0;  ///< of the caller's bytes, in a record that the socket has not taken whole
    bool failed_ = false;   ///< OpenSSL wants no further call
};

}  // namespace marchwire::net
