// The host's door: a Unix socket in the data directory on which the command line speaks to the running
// server. One JSON object a line, each way, one answer per request in order.
#pragma once

#include "base/outcome.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <functional>
#include <memory>
#include <string>

namespace marchwire::ops {

/// Answers a request line with a line (without line ends). May be called on any thread, once.
using AdminAnswer = std::function<void(std::string)>;
using AdminRequest = std::function<void(std::string line, AdminAnswer)>;

/// Whoever may open the socket file may do everything (mode 0600: the user that runs the server).
/// Lines are bounded (limits::admin_line_bytes), connections too. All on `io`'s thread.
class AdminSocket : public std::enable_shared_from_this<AdminSocket> {
public:
    AdminSocket(boost::asio::io_context& io, AdminRequest on_request);
    /// UNAVAILABLE naming the path when it cannot be made. A socket file left behind by a crash is
    /// replaced: the caller holds the data directory's lock.
    [[nodiscard]] base::Result<void> start(const std::string& path);
    /// Removes the file; open connections end.
    void stop();

private:
    class Conversation;
    void accept_next();
    void on_accepted(boost::system::error_code error, boost::asio::local::stream_protocol::socket socket);

    boost::asio::io_context& io_;
    boost::asio::local::stream_protocol::acceptor acceptor_;
    AdminRequest on_request_;
    std::string path_;
    std::size_t conversations_ = 0;
    bool stopped_ = false;
};

}  // namespace marchwire::ops
