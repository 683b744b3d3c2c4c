// WebSockets on Beast: websocket::stream checks the server's own framing from the other side.
#include "connection.hpp"

#include "layer.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>

#include <chrono>
#include <deque>
#include <utility>
#include <vector>

namespace marchwire::sdk {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using boost::system::error_code;
using tcp = asio::ip::tcp;

class BeastConnection final : public Connection, public std::enable_shared_from_this<BeastConnection> {
public:
    BeastConnection(asio::io_context& io, Url url, std::shared_ptr<asio::ssl::context> trust, ConnectionEvents events)
        : url_(std::move(url)),
          events_(std::move(events)),
          resolver_(io),
          stream_(make_byte_stream(io, std::move(trust), url_.host)),
          goodbye_(io) {}

    void start() override {
        resolver_.async_resolve(
            url_.host, url_.port,
            [self = shared_from_this()](error_code error, const tcp::resolver::results_type& found) {
                self->on_resolved(error, found);
            });
    }

    void send(std::string bytes) override {
        if (silent_) return;
        queued_bytes_ += bytes.size();
        queue_.push_back(std::move(bytes));
        if (queued_bytes_ > queue_bytes_max) {
            fail("more waits to be sent than is kept: the network is too slow");
            return;
        }
        if (queue_.size() == 1) write();
    }

    void hang_up() override {
        if (silent_) return;
        silent_ = true;
        if (!open_) {
            shut();
            return;
        }
        goodbye_.expires_after(std::chrono::milliseconds(goodbye_ms));
        goodbye_.async_wait([self = shared_from_this()](error_code) { self->shut(); });
        if (queue_.empty()) say_goodbye();
    }

    void drop() override {
        silent_ = true;
        shut();
    }

private:
    void on_resolved(error_code error, const tcp::resolver::results_type& found) {
        if (silent_) return;
        if (error) return fail(error.message());
        asio::async_connect(
            bytes().socket(), found,
            [self = shared_from_this()](error_code failed, const tcp::endpoint&) { self->on_connected(failed); });
    }

    void on_connected(error_code error) {
        if (silent_) return;
        if (error) return fail(error.message());
        error_code ignored;
        bytes().socket().set_option(tcp::no_delay(true), ignored);
        bytes().shake_hands(
            [self = shared_from_this()](const std::string& problem) { self->on_hands_shaken(problem); });
    }

    void on_hands_shaken(const std::string& problem) {
        if (silent_) return;
        if (!problem.empty()) return fail(problem);
        stream_.binary(true);
        stream_.auto_fragment(false);
        stream_.read_message_max(message_bytes_max);
        stream_.set_option(websocket::stream_base::decorator([](websocket::request_type& request) {
            request.set(beast::http::field::sec_websocket_protocol, "marchwire.v1.proto");
        }));
        const std::string host = url_.host + ":" + url_.port;
        stream_.async_handshake(answer_, host, url_.path,
                                [self = shared_from_this()](error_code failed) { self->on_upgraded(failed); });
    }

    void on_upgraded(error_code error) {
        if (silent_) return;
        if (error == websocket::error::upgrade_declined) {
            silent_ = true;
            shut();
            events_.refused(answer_.result_int());
            return;
        }
        if (error) return fail(error.message());
        open_ = true;
        read();
        events_.connected();
    }

    void read() {
        stream_.async_read(buffer_,
                           [self = shared_from_this()](error_code error, std::size_t) { self->on_read(error); });
    }

    void on_read(error_code error) {
        if (silent_) {
            if (error) shut();
            return;
        }
        if (error == websocket::condition::protocol_violation || error == websocket::error::message_too_big) {
            return refuse("the server broke the rules of WebSocket: " + error.message());
        }
        if (error) {
            const auto& reason = stream_.reason();
            const bool said = error == websocket::error::closed;
            return fail(said ? std::string(reason.reason.data(), reason.reason.size()) : error.message(),
                        said ? static_cast<std::uint16_t>(reason.code) : std::uint16_t{0});
        }
        if (stream_.got_text()) return refuse("the server sent text where bytes were agreed");
        const auto bytes = buffer_.data();
        events_.message({static_cast<const char*>(bytes.data()), bytes.size()});
        buffer_.consume(buffer_.size());
        // A goodbye needs the peer's close frame read as well: go on.
        if (open_) read();
    }

    void write() {
        stream_.async_write(asio::buffer(queue_.front()),
                            [self = shared_from_this()](error_code error, std::size_t) { self->on_written(error); });
    }

    void on_written(error_code error) {
        if (error) {
            if (!silent_) fail(error.message());
            return;
        }
        queued_bytes_ -= queue_.front().size();
        queue_.pop_front();
        if (!queue_.empty()) {
            write();
        } else if (silent_ && open_) {
            say_goodbye();
        }
    }

    void say_goodbye() {
        stream_.async_close(websocket::close_code::normal, [self = shared_from_this()](error_code) { self->shut(); });
    }

    void fail(std::string reason, std::uint16_t code = 0) {
        if (silent_) return;
        silent_ = true;
        shut();
        events_.closed(code, std::move(reason));
    }

    void refuse(std::string why) {
        silent_ = true;
        shut();
        events_.broken(std::move(why));
    }

    void shut() {
        open_ = false;
        goodbye_.cancel();
        resolver_.cancel();
        error_code ignored;
        bytes().socket().close(ignored);
    }

    [[nodiscard]] ByteStream& bytes() { return stream_.next_layer().bytes(); }

    Url url_;
    ConnectionEvents events_;
    tcp::resolver resolver_;
    websocket::stream<Layer> stream_;
    websocket::response_type answer_;
    beast::flat_buffer buffer_;
    asio::steady_timer goodbye_;
    std::deque<std::string> queue_;
    std::size_t queued_bytes_ = 0;
    bool open_ = false;    ///< upgraded, and the socket not yet closed
    bool silent_ = false;  ///< the owner wants to hear nothing more
};

}  // namespace

std::optional<Url> Url::parse(std::string_view text) {
    constexpr std::string_view plain = "ws://";
    constexpr std::string_view secure = "wss://";
    Url url;
    url.tls = text.starts_with(secure);
    if (!url.tls && !text.starts_with(plain)) return std::nullopt;
    text.remove_prefix(url.tls ? secure.size() : plain.size());
    const auto slash = text.find('/');
    url.path = slash == std::string_view::npos ? "/" : std::string(text.substr(slash));
    std::string_view authority = text.substr(0, slash);
    const bool v6 = authority.starts_with('[');
    const auto end_of_host = v6 ? authority.find(']') : authority.rfind(':');
    if (v6 && end_of_host == std::string_view::npos) return std::nullopt;
    url.host = v6 ? authority.substr(1, end_of_host - 1) : authority.substr(0, end_of_host);
    const auto colon = v6 ? end_of_host + 1 : end_of_host;
    url.port = colon < authority.size() ? std::string(authority.substr(colon + 1)) : url.tls ? "443" : "80";
    if (url.host.empty() || url.port.empty()) return std::nullopt;
    return url;
}

std::shared_ptr<Connection> make_connection(asio::io_context& io, Url url, std::shared_ptr<asio::ssl::context> trust,
                                            ConnectionEvents events) {
    return std::make_shared<BeastConnection>(io, std::move(url), std::move(trust), std::move(events));
}

}  // namespace marchwire::sdk
