// One WebSocket: resolves, connects, reads and writes what the machine decided. (internal to the SDK)
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace boost::asio {
class io_context;
namespace ssl {
class context;
}
}  // namespace boost::asio

namespace marchwire::sdk {

/// `ws://host:port/path`, or `wss://` for TLS; the port is 80 or 443 and the path / where left out.
struct Url {
    std::string host, port, path;
    bool tls = false;
    [[nodiscard]] static std::optional<Url> parse(std::string_view text);
};

/// All on the io_context's thread. None is called after `hang_up` or `drop`, or after `refused`,
/// `broken` or `closed`.
struct ConnectionEvents {
    std::function<void()> connected;
    std::function<void(unsigned status)> refused;
    std::function<void(std::string_view bytes)> message;
    std::function<void(std::string why)> broken;  ///< no message of this protocol; drop comes from the owner
    std::function<void(std::uint16_t code, std::string reason)> closed;  ///< 0: the network
};

/// Lives while one of its operations is pending.
class Connection {
public:
    virtual ~Connection() = default;
    virtual void start() = 0;
    /// One binary message. Beyond `queue_bytes_max` unsent the connection is closed.
    virtual void send(std::string bytes) = 0;
    /// Sends what waits and a close frame, and closes the socket after `goodbye_ms` at the latest.
    virtual void hang_up() = 0;
    virtual void drop() = 0;

    static constexpr std::size_t queue_bytes_max = std::size_t{8} * 1024 * 1024;
    static constexpr std::size_t message_bytes_max = std::size_t{64} * 1024;  ///< none is larger
    static constexpr int goodbye_ms = 2'000;
};
/// `trust` is there when the URL says TLS.
[[nodiscard]] std::shared_ptr<Connection> make_connection(boost::asio::io_context& io, Url url,
                                                          std::shared_ptr<boost::asio::ssl::context> trust,
                                                          ConnectionEvents events);

}  // namespace marchwire::sdk
