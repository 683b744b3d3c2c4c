// The outbox' Beast unit: its instantiations stay here.
#include "outbox/https_line.hpp"

#include "base/clock.hpp"
#include "base/limits.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <ctime>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace marchwire::outbox {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace limits = base::limits;
using asio::ip::tcp;
using boost::system::error_code;

Answer no_answer(std::string trouble, bool hopeless = false) { return {0, {}, std::move(trouble), hopeless}; }

using Stream = beast::ssl_stream<beast::tcp_stream>;

/// A connection with all that its operations use: they hold it until they have ended.
struct Connection {
    Connection(asio::io_context& io, asio::ssl::context& tls, std::string to)
        : stream(io, tls), origin(std::move(to)) {}
    Stream stream;
    std::string origin;
    http::request<http::string_body> message;
    beast::flat_buffer buffer;
    std::optional<http::response_parser<http::string_body>> parser;
};
using Held = std::shared_ptr<Connection>;

/// Its pending operations keep it.
class Line final : public HttpsLine, public std::enable_shared_from_this<Line> {
public:
    Line(asio::io_context& io, asio::ssl::context& tls, Networks allowed)
        : io_(io), tls_(tls), allowed_(allowed), resolver_(io), deadline_(io) {}

    void send(Request request, Done done) override {
        request_ = std::move(request);
        done_ = std::move(done);
        ++call_;
        deadline_.expires_after(base::duration_of(limits::outbox_call_deadline));
        deadline_.async_wait([self = shared_from_this(), call = call_](error_code error) {
            if (!error && call == self->call_) self->finish(no_answer("no answer within 10 s"));
        });
        reused_ = open_ && open_->origin == request_.url.origin();
        if (reused_) return write();
        connect();
    }

    void stop() override {
        stopped_ = true;
        done_ = nullptr;
        deadline_.cancel();
        hang_up();
    }

private:
    void connect() {
        hang_up();
        resolver_.async_resolve(
            request_.url.host, std::to_string(request_.url.port),
            [self = shared_from_this(), call = call_](error_code error, const tcp::resolver::results_type& found) {
                if (self->is_over(call)) return;
                if (error) return self->finish(no_answer("its name is not found: " + error.message()));
                self->on_resolved(found);
            });
    }

    /// A name may lead to another address at each call: what counts is where we go now.
    [[nodiscard]] bool may_call(const asio::ip::address& address) const {
        if (!request_.url.tls) return is_loopback(address);
        return allowed_ == Networks::any || is_public(address);
    }

    void on_resolved(const tcp::resolver::results_type& found) {
        std::vector<tcp::endpoint> endpoints;
        for (const auto& one : found) {
            if (may_call(one.endpoint().address())) endpoints.push_back(one.endpoint());
        }
        if (endpoints.empty()) return finish(no_answer("its address may not be called: it is not public", true));
        open_ = std::make_shared<Connection>(io_, tls_, request_.url.origin());
        beast::get_lowest_layer(open_->stream)
            .async_connect(endpoints, [self = shared_from_this(), held = open_, call = call_](error_code error,
                                                                                              const tcp::endpoint&) {
                if (self->is_over(call)) return;
                if (error) return self->finish(no_answer("no connection: " + error.message()));
                self->on_connected();
            });
    }

    void on_connected() {
        if (!request_.url.tls) return write();
        Stream& stream = open_->stream;
        stream.set_verify_mode(asio::ssl::verify_peer);
        stream.set_verify_callback(asio::ssl::host_name_verification(request_.url.host));
        // What SSL_set_tlsext_host_name does, which is a macro with a cast.
        SSL_ctrl(stream.native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                 request_.url.host.data());
        stream.async_handshake(asio::ssl::stream_base::client,
                               [self = shared_from_this(), held = open_, call = call_](error_code error) {
                                   if (self->is_over(call)) return;
                                   if (error) return self->finish(no_answer(tls_trouble(*held, error)));
                                   self->write();
                               });
    }

    static std::string tls_trouble(Connection& open, const error_code& error) {
        const long verified = SSL_get_verify_result(open.stream.native_handle());
        if (verified == X509_V_OK) return "no TLS: " + error.message();
        return std::string("its certificate is not believed: ") + X509_verify_cert_error_string(verified);
    }

    void write() {
        auto& message = open_->message;
        message = {};
        message.version(11);
        message.method(http::verb::post);
        message.target(request_.url.target);
        message.set(http::field::host, request_.url.authority());
        message.set(http::field::user_agent, "marchwired");
        for (const auto& [name, value] : request_.headers) message.set(name, value);
        message.body() = request_.body;
        message.prepare_payload();
        auto written = [self = shared_from_this(), held = open_, call = call_](error_code error, std::size_t) {
            if (self->is_over(call)) return;
            if (error) return self->on_lost(error);
            self->read();
        };
        if (request_.url.tls) {
            http::async_write(open_->stream, message, std::move(written));
        } else {
            http::async_write(open_->stream.next_layer(), message, std::move(written));
        }
    }

    void read() {
        auto& parser = open_->parser.emplace();
        parser.body_limit(limits::outbox_answer_bytes);
        parser.header_limit(limits::http_header_bytes);
        open_->buffer.clear();
        auto got = [self = shared_from_this(), held = open_, call = call_](error_code error, std::size_t) {
            if (!self->is_over(call)) self->on_read(error);
        };
        if (request_.url.tls) {
            http::async_read(open_->stream, open_->buffer, parser, std::move(got));
        } else {
            http::async_read(open_->stream.next_layer(), open_->buffer, parser, std::move(got));
        }
    }

    void on_read(const error_code& error) {
        // Of what stands in the body nothing is wanted: a header that came is an answer.
        if (error && !open_->parser->is_header_done()) return on_lost(error);
        const auto& got = open_->parser->get();
        Answer answer{got.result_int(), {}, {}, false};
        const auto asked = got.find(http::field::retry_after);
        if (asked != got.end()) {
            const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
            answer.retry_after = retry_after_of({asked->value().data(), asked->value().size()}, now);
        }
        if (error || !open_->parser->keep_alive()) hang_up();
        finish(std::move(answer));
    }

    /// A connection that was kept may have been closed by the other end meanwhile: that is no failure yet.
    void on_lost(const error_code& error) {
        if (std::exchange(reused_, false)) return connect();
        finish(no_answer("the connection was lost: " + error.message()));
    }

    [[nodiscard]] bool is_over(std::uint64_t call) const { return stopped_ || call != call_ || !done_; }

    void finish(Answer answer) {
        deadline_.cancel();
        if (answer.status == 0) hang_up();
        if (const Done done = std::exchange(done_, nullptr)) done(std::move(answer));
    }

    void hang_up() {
        resolver_.cancel();
        if (const Held old = std::exchange(open_, nullptr)) beast::get_lowest_layer(old->stream).close();
    }

    asio::io_context& io_;
    asio::ssl::context& tls_;
    Networks allowed_;
    tcp::resolver resolver_;
    asio::steady_timer deadline_;
    Held open_;
    bool reused_ = false;
    Request request_;
    Done done_;
    std::uint64_t call_ = 0;
    bool stopped_ = false;
};

}  // namespace

std::shared_ptr<HttpsLine> HttpsLine::make(asio::io_context& io, asio::ssl::context& tls, Networks allowed) {
    return std::make_shared<Line>(io, tls, allowed);
}

base::Millis retry_after_of(std::string_view text, std::int64_t unix_seconds) {
    std::int64_t wait = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), wait);
    if (error == std::errc{} && end == text.data() + text.size()) {
        return {std::clamp<std::int64_t>(wait, 0, 86'400) * 1'000};
    }
    std::tm when{};
    if (strptime(std::string(text).c_str(), "%a, %d %b %Y %H:%M:%S GMT", &when) == nullptr) return {};
    return {std::clamp<std::int64_t>(timegm(&when) - unix_seconds, 0, 86'400) * 1'000};
}

}  // namespace marchwire::outbox
