#include "net/transport.hpp"

#include "base/limits.hpp"

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <boost/asio/buffer.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <utility>

namespace marchwire::net {

namespace asio = boost::asio;
namespace limits = base::limits;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

/// Where pieces become one record: one for each thread, not for each connection.
std::span<char> record_space() {
    thread_local std::array<char, limits::tls_record_bytes> space;  // NOLINT: written before anything reads it
    return space;
}

/// SIOCOUTQ: not acknowledged by the peer; SIOCOUTQNSD: not sent.
std::size_t queued_in_kernel(int descriptor, unsigned long which) {
    int bytes = 0;
    if (::ioctl(descriptor, which, &bytes) != 0 || bytes < 0) return 0;
    return static_cast<std::size_t>(bytes);
}

/// Walks over the pieces, a record's worth at a time.
class PieceReader {
public:
    explicit PieceReader(std::span<const iovec> pieces) : pieces_(pieces) {}

    /// The next bytes, at most `most`: where they lie when one piece has them all, else gathered. Empty at the end.
    [[nodiscard]] std::span<const char> peek(std::size_t most) {
        while (!pieces_.empty() && pieces_.front().iov_len == offset_) next_piece();
        if (pieces_.empty()) return {};
        const std::span<const char> first = rest_of_first();
        if (first.size() >= most || pieces_.size() == 1) return first.first(std::min(most, first.size()));
        const std::span<char> space = record_space().first(std::min(most, record_space().size()));
        std::size_t filled = 0;
        std::size_t skip = offset_;
        for (const iovec& piece : pieces_) {
            const std::size_t take = std::min(piece.iov_len - skip, space.size() - filled);
            if (take != 0) std::memcpy(space.data() + filled, static_cast<const char*>(piece.iov_base) + skip, take);
            filled += take;
            skip = 0;
            if (filled == space.size()) break;
        }
        return space.first(filled);
    }
    void skip(std::size_t bytes) {
        while (bytes != 0) {
            const std::size_t here = std::min(bytes, pieces_.front().iov_len - offset_);
            bytes -= here;
            offset_ += here;
            if (offset_ == pieces_.front().iov_len) next_piece();
        }
    }

private:
    [[nodiscard]] std::span<const char> rest_of_first() const {
        return {static_cast<const char*>(pieces_.front().iov_base) + offset_, pieces_.front().iov_len - offset_};
    }
    void next_piece() {
        pieces_ = pieces_.subspan(1);
        offset_ = 0;
    }

    std::span<const iovec> pieces_;
    std::size_t offset_ = 0;  ///< in the first of them
};

/// What a send says.
std::size_t taken(ssize_t sent, error_code& error) {
    if (sent >= 0) return static_cast<std::size_t>(sent);
    error = error_code(errno, boost::system::system_category());
    if (errno == EAGAIN) error = asio::error::would_block;
    return 0;
}

}  // namespace

Transport::Transport(tcp::socket socket) : socket_(std::move(socket)), descriptor_(socket_.native_handle()) {
    error_code ignored;
    socket_.non_blocking(true, ignored);
}

Transport::Transport(tcp::socket socket, TlsSession tls) : Transport(std::move(socket)) { tls_ = std::move(tls); }

std::size_t Transport::read_some(std::span<char> into, error_code& error) {
    if (tls_) return tls_->read(into, error);
    const std::size_t bytes = socket_.read_some(asio::buffer(into.data(), into.size()), error);
    if (error == asio::error::try_again) error = asio::error::would_block;
    return bytes;
}

std::size_t Transport::write_some(std::span<const iovec> pieces, error_code& error) {
    if (tls_) return write_records(pieces, error);
    error = {};
    ssize_t sent = 0;
    if (pieces.size() == 1) {
        // A run that is shared by many: the kernel has less to look at than with sendmsg.
        do {
            sent = ::send(descriptor_, pieces[0].iov_base, pieces[0].iov_len, MSG_NOSIGNAL);
        } while (sent < 0 && errno == EINTR);
        return taken(sent, error);
    }
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(pieces.data());  // NOLINT: sendmsg only reads them
    message.msg_iovlen = std::min<std::size_t>(pieces.size(), IOV_MAX);
    do {
        sent = ::sendmsg(descriptor_, &message, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    return taken(sent, error);
}

/// A peer deciphers a record only when it has the whole of it: when the line has not yet taken what it was given,
/// records are short, so that what comes first is also seen first.
std::size_t Transport::write_records(std::span<const iovec> pieces, error_code& error) {
    error = {};
    const std::size_t most = queued_in_kernel(descriptor_, SIOCOUTQ) == 0 ? limits::tls_record_bytes
                                                                          : limits::tls_record_slow_bytes;
    std::size_t taken = 0;
    PieceReader reader(pieces);
    for (;;) {
        const std::span<const char> record = reader.peek(tls_->kept() == 0 ? most : tls_->kept());
        if (record.empty()) return taken;
        const std::size_t bytes = tls_->write(record, error);
        if (error) break;
        taken += bytes;
        reader.skip(bytes);
    }
    if (taken != 0 && error == asio::error::would_block) error = {};
    return error ? 0 : taken;
}

std::size_t Transport::unsent_in_kernel() const { return queued_in_kernel(descriptor_, SIOCOUTQNSD); }

void Transport::end_sending() {
    if (tls_) tls_->say_goodbye();
    error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
}

void Transport::close() {
    if (!socket_.is_open()) return;
    if (tls_) tls_->say_goodbye();
    error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_both, ignored);
    socket_.close(ignored);
    descriptor_ = -1;
    tls_.reset();  // it knows the descriptor, which is somebody else's next
}

}  // namespace marchwire::net
