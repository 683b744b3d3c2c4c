// An echo server over our frame reader and frames, for outside conformance suites: ws_echo --listen ADDR:PORT
#include "wire/frame.hpp"
#include "wire/frame_reader.hpp"

#include <openssl/evp.h>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace wire = marchwire::wire;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t message_bytes_max = std::size_t{16} * 1024 * 1024;  // suites send messages of 16 MB
constexpr std::size_t request_bytes_max = std::size_t{16} * 1024;
constexpr std::size_t read_bytes = std::size_t{64} * 1024;

std::string base64(std::string_view bytes) {
    std::vector<unsigned char> text(4 * ((bytes.size() + 2) / 3) + 1);
    const int length = EVP_EncodeBlock(text.data(), reinterpret_cast<const unsigned char*>(bytes.data()),
                                       static_cast<int>(bytes.size()));
    return {text.begin(), text.begin() + length};
}

/// RFC 6455, 4.2.2: what proves that the server read the handshake.
std::string accept_key(std::string_view key) {
    const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr) != 1) std::abort();
    return base64({reinterpret_cast<const char*>(digest.data()), size});
}

/// A header's value, its name in any case; none when it is not there.
std::optional<std::string> header(std::string_view request, std::string_view name) {
    const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
    for (std::size_t line = request.find("\r\n"); line != std::string_view::npos;
         line = request.find("\r\n", line + 2)) {
        const std::string_view rest = request.substr(line + 2);
        const bool found = rest.size() > name.size() && rest[name.size()] == ':' &&
                           std::equal(name.begin(), name.end(), rest.begin(),
                                      [&](char a, char b) { return lower(a) == lower(b); });
        if (!found) continue;
        std::string_view value = rest.substr(name.size() + 1);
        value = value.substr(0, value.find("\r\n"));
        const auto first = value.find_first_not_of(' ');
        const auto last = value.find_last_not_of(' ');
        return first == std::string_view::npos ? "" : std::string(value.substr(first, last - first + 1));
    }
    return std::nullopt;
}

/// One connection. It lives while an operation is pending; reading stops while a write is under way, so
/// that a peer that does not read cannot make us hold more than one read's echoes.
class Echo : public std::enable_shared_from_this<Echo> {
public:
    explicit Echo(tcp::socket socket) : socket_(std::move(socket)), reader_(message_bytes_max) {}

    void start() {
        asio::async_read_until(socket_, asio::dynamic_buffer(request_, request_bytes_max), "\r\n\r\n",
                               [self = shared_from_this()](error_code error, std::size_t size) {
                                   if (!error) self->upgrade(size);
                               });
    }

private:
    void upgrade(std::size_t size) {
        const auto key = header(std::string_view(request_).substr(0, size), "Sec-WebSocket-Key");
        if (!key) {
            out_ = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            closing_ = true;
            return write();
        }
        out_ =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
            accept_key(*key) + "\r\n\r\n";
        // A hasty client may have sent frames behind its request.
        const std::string_view early = std::string_view(request_).substr(size);
        std::ranges::copy(early, reader_.prepare(early.size()).begin());
        reader_.commit(early.size());
        answer();
    }

    void read() {
        const auto space = reader_.prepare(read_bytes);
        socket_.async_read_some(asio::buffer(space.data(), space.size()),
                                [self = shared_from_this()](error_code error, std::size_t size) {
                                    if (error) return;
                                    self->reader_.commit(size);
                                    self->answer();
                                });
    }

    void answer() {
        while (!closing_) {
            const wire::ReadEvent event = reader_.next();
            if (std::holds_alternative<wire::NeedMore>(event)) break;
            std::visit([this](const auto& said) { out_ += *reply(said); }, event);
        }
        if (out_.empty()) return read();
        write();
    }

    wire::Frame reply(const wire::NeedMore&) { return std::make_shared<const std::string>(); }
    wire::Frame reply(const wire::Message& message) { return wire::make_frame(message.opcode, message.payload); }
    wire::Frame reply(const wire::PingFrame& ping) { return wire::make_frame(wire::Opcode::pong, ping.payload); }
    wire::Frame reply(const wire::PongFrame&) { return std::make_shared<const std::string>(); }
    wire::Frame reply(const wire::CloseFrame& close) {
        closing_ = true;
        constexpr std::uint16_t none_was_sent = 1005;
        if (close.code == none_was_sent) return wire::make_frame(wire::Opcode::close, {});
        return wire::make_close(close.code, close.reason);
    }
    wire::Frame reply(const wire::Violation& violation) {
        closing_ = true;
        return wire::make_close(violation.close_code, violation.rule);
    }

    void write() {
        asio::async_write(socket_, asio::buffer(out_), [self = shared_from_this()](error_code error, std::size_t) {
            if (error) return;
            self->out_.clear();
            if (!self->closing_) return self->read();
            // The peer reads our close frame before it sees the end.
            error_code ignored;
            self->socket_.shutdown(tcp::socket::shutdown_send, ignored);
        });
    }

    tcp::socket socket_;
    std::string request_;
    wire::FrameReader reader_;
    std::string out_;
    bool closing_ = false;
};

void accept(tcp::acceptor& acceptor) {
    acceptor.async_accept([&acceptor](error_code error, tcp::socket socket) {
        if (!error) std::make_shared<Echo>(std::move(socket))->start();
        accept(acceptor);
    });
}

std::optional<tcp::endpoint> endpoint_of(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    error_code error;
    const auto address = asio::ip::make_address(std::string(text.substr(0, colon)), error);
    char* end = nullptr;
    const std::string port_text(text.substr(colon + 1));
    const unsigned long port = std::strtoul(port_text.c_str(), &end, 10);
    if (error || port_text.empty() || *end != '\0' || port > 65'535) return std::nullopt;
    return tcp::endpoint(address, static_cast<asio::ip::port_type>(port));
}

int serve(const tcp::endpoint& at) {
    asio::io_context context(1);
    tcp::acceptor acceptor(context, at);
    std::printf("%u\n", static_cast<unsigned>(acceptor.local_endpoint().port()));
    std::fflush(stdout);
    accept(acceptor);
    context.run();
    return 0;
}

}  // namespace

int main(int count, char** words) {
    const bool asked = count == 3 && std::string_view(words[1]) == "--listen";
    const auto at = asked ? endpoint_of(words[2]) : std::nullopt;
    if (!at) {
        std::fputs("usage: ws_echo --listen ADDRESS:PORT   (port 0: any; the port is printed)\n", stderr);
        return 2;
    }
    try {
        return serve(*at);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "ws_echo: %s\n", error.what());
        return 1;
    }
}
