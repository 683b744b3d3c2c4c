// What Beast reads and writes through. (internal to the SDK)
#pragma once

#include "byte_stream.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/role.hpp>

#include <memory>
#include <utility>
#include <vector>

namespace marchwire::sdk {

/// A ByteStream as Beast's next layer. Beast's operations can only be moved; a std::function copies.
class Layer {
public:
    using executor_type = boost::asio::ip::tcp::socket::executor_type;
    explicit Layer(std::unique_ptr<ByteStream> bytes) : bytes_(std::move(bytes)) {}
    [[nodiscard]] executor_type get_executor() { return bytes_->socket().get_executor(); }
    [[nodiscard]] ByteStream& bytes() { return *bytes_; }

    template <class Buffers, class Token>
    auto async_read_some(const Buffers& buffers, Token&& token) {
        return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
            [this](auto handler, boost::asio::mutable_buffer into) {
                bytes_->read_some(into, copyable(std::move(handler)));
            },
            token, first_of(buffers));
    }
    template <class Buffers, class Token>
    auto async_write_some(const Buffers& buffers, Token&& token) {
        return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
            [this](auto handler, const std::vector<boost::asio::const_buffer>& pieces) {
                bytes_->write_some(pieces, copyable(std::move(handler)));
            },
            token,
            std::vector<boost::asio::const_buffer>(boost::asio::buffer_sequence_begin(buffers),
                                                   boost::asio::buffer_sequence_end(buffers)));
    }

private:
    template <class Callback>
    static ByteStream::Done copyable(Callback handler) {
        return [kept = std::make_shared<Callback>(std::move(handler))](
                   boost::system::error_code error, std::size_t bytes) { std::move (*kept)(error, bytes); };
    }
    template <class Buffers>
    static boost::asio::mutable_buffer first_of(const Buffers& buffers) {
        const auto end = boost::asio::buffer_sequence_end(buffers);
        for (auto at = boost::asio::buffer_sequence_begin(buffers); at != end; ++at) {
            if (const boost::asio::mutable_buffer one(*at); one.size() != 0) return one;
        }
        return {};
    }
    std::unique_ptr<ByteStream> bytes_;
};

// Found by Beast where it ends a WebSocket (websocket/teardown.hpp).
inline void beast_close_socket(Layer& layer) {
    boost::system::error_code ignored;
    layer.bytes().socket().close(ignored);
}
template <class Callback>
void async_teardown(boost::beast::role_type, Layer& layer, Callback handler) {
    layer.bytes().say_goodbye(
        [kept = std::make_shared<Callback>(std::move(handler))] { std::move (*kept)(boost::system::error_code()); });
}

}  // namespace marchwire::sdk
