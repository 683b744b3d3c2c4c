// The bytes below a WebSocket, plain or under TLS, behind one type, so that Beast is instantiated once. (internal to
// the SDK)
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace boost::asio {
class io_context;
namespace ssl {
class context;
}
}  // namespace boost::asio

namespace marchwire::sdk {

/// Whom a client believes in TLS: what the system trusts, and one file more where one is named.
struct Trust {
    std::shared_ptr<boost::asio::ssl::context> context;
    std::string problem;  ///< with what to do; empty when all is well
};
[[nodiscard]] Trust make_trust(const std::string& ca_file);

/// On the io_context's thread, one operation of each kind at a time; alive until each has called back.
class ByteStream {
public:
    using Done = std::function<void(const boost::system::error_code&, std::size_t)>;
    ByteStream() = default;
    ByteStream(const ByteStream&) = delete;
    ByteStream& operator=(const ByteStream&) = delete;
    virtual ~ByteStream() = default;

    [[nodiscard]] virtual boost::asio::ip::tcp::socket& socket() = 0;
    /// Once the socket is connected; empty: well, else why not, for a person.
    virtual void shake_hands(std::function<void(std::string problem)> done) = 0;
    virtual void read_some(boost::asio::mutable_buffer into, Done done) = 0;
    virtual void write_some(const std::vector<boost::asio::const_buffer>& pieces, Done done) = 0;
    /// Ends in good order and waits for the peer's end.
    virtual void say_goodbye(std::function<void()> done) = 0;
};

/// Plain without a context. `host` is what the certificate must be for.
[[nodiscard]] std::unique_ptr<ByteStream> make_byte_stream(boost::asio::io_context& io,
                                                           std::shared_ptr<boost::asio::ssl::context> context,
                                                           const std::string& host);

}  // namespace marchwire::sdk
