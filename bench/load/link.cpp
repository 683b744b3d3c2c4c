#include "load/link.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace marchwire::load::socket_io {
namespace {

/// One for all: a benchmark on loopback asks for no certificate.
SSL_CTX* context() {
    static SSL_CTX* const made = [] {
        SSL_CTX* fresh = SSL_CTX_new(TLS_client_method());
        SSL_CTX_set_verify(fresh, SSL_VERIFY_NONE, nullptr);
        SSL_CTX_set_mode(
            fresh, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
        SSL_CTX_set_session_cache_mode(fresh, SSL_SESS_CACHE_OFF);
        return fresh;
    }();
    return made;
}

bool nothing_for_now() { return errno == EAGAIN || errno == EINTR; }

/// What an OpenSSL call that moved no bytes means.
long stopped(const Link& link, int result) {
    const int why = SSL_get_error(link.tls, result);
    return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? 0 : -1;
}

}  // namespace

int begin_connect(std::uint16_t port, std::uint32_t receive_buffer_bytes) {
    const int made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (made < 0) return -1;
    const int on = 1;
    ::setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (receive_buffer_bytes != 0) {
        const int bytes = static_cast<int>(receive_buffer_bytes);
        ::setsockopt(made, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    }
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(made, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0 && errno != EINPROGRESS) {
        ::close(made);
        return -1;
    }
    return made;
}

bool secure(Link& link) {
    constexpr int handshake_ms = 5'000;
    link.tls = SSL_new(context());
    SSL_set_fd(link.tls, link.socket);
    while (true) {
        const int result = SSL_connect(link.tls);
        if (result == 1) return true;
        const int why = SSL_get_error(link.tls, result);
        if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) return false;
        pollfd wait{link.socket, static_cast<short>(why == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT), 0};
        if (::poll(&wait, 1, handshake_ms) <= 0) return false;
    }
}

long read(Link& link, char* space, std::size_t size) {
    if (link.tls != nullptr) {
        const int got = SSL_read(link.tls, space, static_cast<int>(size));
        return got > 0 ? got : stopped(link, got);
    }
    const ssize_t got = ::recv(link.socket, space, size, MSG_DONTWAIT);
    if (got > 0) return got;
    return got < 0 && nothing_for_now() ? 0 : -1;
}

long write(Link& link, std::string_view bytes) {
    if (link.tls != nullptr) {
        const int sent = SSL_write(link.tls, bytes.data(), static_cast<int>(bytes.size()));
        return sent > 0 ? sent : stopped(link, sent);
    }
    const ssize_t sent = ::send(link.socket, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) return sent;
    return nothing_for_now() ? 0 : -1;
}

void close(Link& link) {
    if (link.tls != nullptr) SSL_free(link.tls);
    if (link.socket >= 0) ::close(link.socket);
    link.tls = nullptr;
    link.socket = -1;
}

}  // namespace marchwire::load::socket_io
