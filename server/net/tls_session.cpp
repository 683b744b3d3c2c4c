#include "net/tls_session.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <boost/asio/error.hpp>

#include <cerrno>

namespace marchwire::net {

namespace asio = boost::asio;
using boost::system::error_code;

void TlsSession::Free::operator()(ssl_st* ssl) const { SSL_free(ssl); }

TlsStep TlsSession::handshake() {
    ERR_clear_error();
    const int result = SSL_accept(ssl_.get());
    if (result == 1) return TlsStep::done;
    switch (SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_WANT_READ: return TlsStep::wait_read;
        case SSL_ERROR_WANT_WRITE: return TlsStep::wait_write;
        default: break;
    }
    failed_ = true;
    const bool plain = ERR_GET_REASON(ERR_peek_error()) == SSL_R_HTTP_REQUEST;
    ERR_clear_error();
    return plain ? TlsStep::not_tls : TlsStep::failed;
}

/// A read that waits for writing, or the other way round, is the doing of a peer that left a handshake message half
/// sent after the handshake: whoever waited for the other thing would burn a core, so it is an error.
error_code TlsSession::error_of(int result, int waits) {
    const int system = errno;
    const int kind = SSL_get_error(ssl_.get(), result);
    if (kind == waits) return asio::error::would_block;
    if (kind == SSL_ERROR_ZERO_RETURN) return asio::error::eof;
    failed_ = true;
    const bool by_system = kind == SSL_ERROR_SYSCALL && system != 0;
    ERR_clear_error();
    if (by_system) return {system, boost::system::system_category()};
    return asio::error::connection_aborted;
}

std::size_t TlsSession::read(std::span<char> into, error_code& error) {
    error = {};
    std::size_t bytes = 0;
    ERR_clear_error();
    errno = 0;
    const int result = SSL_read_ex(ssl_.get(), into.data(), into.size(), &bytes);
    if (result == 1) return bytes;
    error = error_of(result, SSL_ERROR_WANT_READ);
    return 0;
}

std::size_t TlsSession::write(std::span<const char> bytes, error_code& error) {
    error = {};
    if (kept_ != 0 && bytes.size() != kept_) {
        error = asio::error::invalid_argument;
        return 0;
    }
    std::size_t taken = 0;
    ERR_clear_error();
    errno = 0;
    const int result = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &taken);
    if (result == 1) {
        kept_ = 0;
        return taken;
    }
    error = error_of(result, SSL_ERROR_WANT_WRITE);
    if (error == asio::error::would_block) kept_ = bytes.size();
    return 0;
}

bool TlsSession::holds_read_bytes() const { return SSL_pending(ssl_.get()) > 0; }

void TlsSession::say_goodbye() {
    if (failed_ || kept_ != 0 || SSL_in_init(ssl_.get()) != 0) return;
    if ((SSL_get_shutdown(ssl_.get()) & SSL_SENT_SHUTDOWN) != 0) return;
    ERR_clear_error();
    (void)SSL_shutdown(ssl_.get());
    ERR_clear_error();
}

}  // namespace marchwire::net
