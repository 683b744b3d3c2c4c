#include "net/tls_handshake.hpp"

#include "net/tls_context.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <memory>
#include <string_view>
#include <utility>

namespace marchwire::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::string_view speak_tls =
    "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 52\r\n"
    "Connection: close\r\n\r\nThis port speaks TLS: use https:// here, or wss://.\n";

/// Lives while one of its waits is pending.
class TlsHandshake : public std::enable_shared_from_this<TlsHandshake> {
public:
    TlsHandshake(tcp::socket socket, const TlsContext& context, std::function<void(Transport)> done,
                 std::function<void()> late)
        : socket_(std::move(socket)),
          tls_(context.session(socket_.native_handle())),
          deadline_(socket_.get_executor()),
          done_(std::move(done)),
          late_(std::move(late)) {}

    void start(std::chrono::milliseconds deadline) {
        error_code ignored;
        socket_.non_blocking(true, ignored);
        socket_.set_option(tcp::no_delay(true), ignored);
        deadline_.expires_after(deadline);
        deadline_.async_wait([self = shared_from_this()](error_code error) {
            if (error || self->over_) return;
            self->late_();
            self->end();
        });
        wait(tcp::socket::wait_read);
    }

private:
    void wait(tcp::socket::wait_type what) {
        socket_.async_wait(what, [self = shared_from_this()](error_code error) { self->on_ready(error); });
    }

    void on_ready(error_code error) {
        if (over_) return;
        if (error) return end();
        switch (tls_.handshake()) {
            case TlsStep::wait_read: return wait(tcp::socket::wait_read);
            case TlsStep::wait_write: return wait(tcp::socket::wait_write);
            case TlsStep::not_tls: return explain();
            case TlsStep::failed: return end();
            case TlsStep::done: break;
        }
        over_ = true;
        deadline_.cancel();
        done_(Transport(std::move(socket_), std::move(tls_)));
    }

    /// The rest of the request is taken off the socket: closing it with bytes unread could cost the answer.
    void explain() {
        error_code ignored;
        std::array<char, base::limits::http_header_bytes> request;  // NOLINT: written before anything reads it
        socket_.read_some(asio::buffer(request), ignored);
        socket_.write_some(asio::buffer(speak_tls), ignored);
        end();
    }

    void end() {
        over_ = true;
        deadline_.cancel();
        error_code ignored;
        socket_.shutdown(tcp::socket::shutdown_send, ignored);
        socket_.close(ignored);
        done_ = {};  // with it whatever stands for this connection
    }

    tcp::socket socket_;
    TlsSession tls_;
    asio::steady_timer deadline_;
    std::function<void(Transport)> done_;
    std::function<void()> late_;
    bool over_ = false;
};

}  // namespace

void shake_tls_hands(tcp::socket socket, const TlsContext& context, std::chrono::milliseconds deadline,
                     std::function<void(Transport)> done, std::function<void()> late) {
    std::make_shared<TlsHandshake>(std::move(socket), context, std::move(done), std::move(late))->start(deadline);
}

}  // namespace marchwire::net
