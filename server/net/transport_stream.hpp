// A Transport as the stream that Beast reads requests from and writes answers to.
#pragma once

#include "net/transport.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/post.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <utility>

namespace marchwire::net {

/// AsyncReadStream and AsyncWriteStream; one operation of each kind at a time. It is tried at once and only then waited
/// for, and never completes within the call that began it.
class TransportStream {
public:
    using executor_type = boost::asio::ip::tcp::socket::executor_type;

    explicit TransportStream(Transport transport) : transport_(std::move(transport)) {}
    [[nodiscard]] executor_type get_executor() { return transport_.socket().get_executor(); }
    [[nodiscard]] Transport& transport() { return transport_; }
    /// No operation is pending.
    [[nodiscard]] Transport release() { return std::move(transport_); }

    template <class Buffers, class Token>
    auto async_read_some(const Buffers& buffers, Token&& token) {
        return begin(
            [this, buffer = first_of<boost::asio::mutable_buffer>(buffers)](boost::system::error_code& error) {
                return transport_.read_some({static_cast<char*>(buffer.data()), buffer.size()}, error);
            },
            boost::asio::socket_base::wait_read, std::forward<Token>(token));
    }

    template <class Buffers, class Token>
    auto async_write_some(const Buffers& buffers, Token&& token) {
        return begin(
            [this, pieces = pieces_of(buffers)](boost::system::error_code& error) {
                return transport_.write_some(std::span(pieces.all).first(pieces.used), error);
            },
            boost::asio::socket_base::wait_write, std::forward<Token>(token));
    }

private:
    struct Pieces {
        std::array<iovec, 16> all{};  ///< of an answer's header and body
        std::size_t used = 0;
    };

    /// Tries, waits, and tries again until there is a result.
    template <class Attempt>
    struct Operation {
        Transport& transport;
        Attempt attempt;
        boost::asio::socket_base::wait_type readiness;
        boost::system::error_code error = {};
        std::size_t bytes = 0;
        enum class State { begun, waits, done } state = State::begun;

        template <class Self>
        void operator()(Self& self, boost::system::error_code waited = {}) {
            if (state == State::done) return self.complete(error, bytes);
            const bool first = state == State::begun;
            error = waited;
            if (!error) bytes = attempt(error);
            if (error == boost::asio::error::would_block) {
                state = State::waits;
                return transport.socket().async_wait(readiness, std::move(self));
            }
            if (!first) return self.complete(error, bytes);
            state = State::done;
            boost::asio::post(transport.socket().get_executor(), std::move(self));
        }
    };

    template <class Attempt, class Token>
    auto begin(Attempt attempt, boost::asio::socket_base::wait_type readiness, Token&& token) {
        return boost::asio::async_compose<Token, void(boost::system::error_code, std::size_t)>(
            Operation<Attempt>{transport_, std::move(attempt), readiness}, token, transport_.socket());
    }

    template <class Buffer, class Buffers>
    static Buffer first_of(const Buffers& buffers) {
        const auto end = boost::asio::buffer_sequence_end(buffers);
        for (auto at = boost::asio::buffer_sequence_begin(buffers); at != end; ++at) {
            const Buffer buffer(*at);
            if (buffer.size() != 0) return buffer;
        }
        return {};
    }

    template <class Buffers>
    static Pieces pieces_of(const Buffers& buffers) {
        Pieces pieces;
        const auto end = boost::asio::buffer_sequence_end(buffers);
        for (auto at = boost::asio::buffer_sequence_begin(buffers); at != end && pieces.used < pieces.all.size();
             ++at) {
            const boost::asio::const_buffer buffer(*at);
            if (buffer.size() == 0) continue;
            pieces.all[pieces.used++] = {const_cast<void*>(buffer.data()), buffer.size()};  // NOLINT: only read
        }
        return pieces;
    }

    Transport transport_;
};

}  // namespace marchwire::net
