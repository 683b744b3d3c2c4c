// Reads and writes of one socket.
#include "net/transport.hpp"

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <boost/asio/error.hpp>

#include <cerrno>

namespace marchwire::net {

namespace {

boost::system::error_code last_error() {
    const int code = errno == EAGAIN ? EWOULDBLOCK : errno;
    return {code, boost::system::system_category()};
}

}  // namespace

std::size_t Transport::read_some(std::span<char> into, boost::system::error_code& error) {
    const ssize_t bytes = ::recv(socket_.native_handle(), into.data(), into.size(), MSG_DONTWAIT);
    if (bytes > 0) return static_cast<std::size_t>(bytes);
    error = bytes == 0 ? boost::asio::error::make_error_code(boost::asio::error::eof) : last_error();
    return 0;
}

std::size_t Transport::write_some(std::span<const iovec> pieces, boost::system::error_code& error) {
    if (pieces.size() == 1) {
        // A shared run: the kernel has less to look at than with sendmsg.
        const ssize_t sent = ::send(socket_.native_handle(), pieces[0].iov_base, pieces[0].iov_len,
                                    MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0) error = last_error();
        return sent < 0 ? 0 : static_cast<std::size_t>(sent);
    }
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(pieces.data());  // sendmsg changes nothing of it
    message.msg_iovlen = pieces.size();
    const ssize_t bytes = ::sendmsg(socket_.native_handle(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (bytes >= 0) return static_cast<std::size_t>(bytes);
    error = last_error();
    return 0;
}

std::size_t Transport::unsent_in_kernel() const {
    int bytes = 0;
    const int handle = const_cast<boost::asio::ip::tcp::socket&>(socket_).native_handle();
    return ::ioctl(handle, SIOCOUTQNSD, &bytes) == 0 && bytes > 0 ? static_cast<std::size_t>(bytes) : 0;
}

void Transport::close() {
    boost::system::error_code ignored;
    socket_.shutdown(boost::asio::ip::tcp::socket::shutdown_both, ignored);
    socket_.close(ignored);
}

}  // namespace marchwire::net
