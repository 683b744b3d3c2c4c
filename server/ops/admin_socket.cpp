#include "ops/admin_socket.hpp"

#include "base/limits.hpp"

#include <sys/stat.h>
#include <unistd.h>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <cstring>
#include <utility>

namespace marchwire::ops {

namespace asio = boost::asio;
using Protocol = asio::local::stream_protocol;
using boost::system::error_code;

/// One client: reads a line, waits for its answer, writes it, reads the next.
class AdminSocket::Conversation : public std::enable_shared_from_this<Conversation> {
public:
    Conversation(std::shared_ptr<AdminSocket> door, Protocol::socket socket)
        : door_(std::move(door)), socket_(std::move(socket)) {
        ++door_->conversations_;
    }
    Conversation(const Conversation&) = delete;
    Conversation& operator=(const Conversation&) = delete;
    ~Conversation() { --door_->conversations_; }

    void read_next() {
        asio::async_read_until(
            socket_, asio::dynamic_buffer(incoming_, base::limits::admin_line_bytes), '\n',
            [self = shared_from_this()](error_code error, std::size_t bytes) { self->on_line(error, bytes); });
    }

private:
    void on_line(error_code error, std::size_t bytes) {
        if (error || door_->stopped_) return;
        std::string line = incoming_.substr(0, bytes - 1);
        incoming_.erase(0, bytes);
        auto& io = door_->io_;
        door_->on_request_(std::move(line), [self = shared_from_this(), &io](std::string answer) {
            asio::post(io, [self, answer = std::move(answer)]() mutable { self->write(std::move(answer)); });
        });
    }

    void write(std::string answer) {
        outgoing_ = std::move(answer);
        outgoing_ += '\n';
        asio::async_write(socket_, asio::buffer(outgoing_), [self = shared_from_this()](error_code error, std::size_t) {
            if (!error) self->read_next();
        });
    }

    std::shared_ptr<AdminSocket> door_;
    Protocol::socket socket_;
    std::string incoming_;
    std::string outgoing_;
};

AdminSocket::AdminSocket(asio::io_context& io, AdminRequest on_request)
    : io_(io), acceptor_(io), on_request_(std::move(on_request)) {}

base::Result<void> AdminSocket::start(const std::string& path) {
    const auto refused = [&path](const std::string& why) {
        return base::refuse(base::RefusalCode::unavailable, path,
                            "The admin socket cannot be made here (" + why + "); choose another --data directory.");
    };
    if (path.size() >= sizeof(sockaddr_un::sun_path)) return refused("the path is too long for a socket");
    ::unlink(path.c_str());
    error_code error;
    acceptor_.open(Protocol(), error);
    // The file must never be open to others, not even for a moment.
    const mode_t before = ::umask(0177);
    if (!error) acceptor_.bind(Protocol::endpoint(path), error);
    ::umask(before);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) return refused(error.message());
    path_ = path;
    accept_next();
    return {};
}

void AdminSocket::accept_next() {
    acceptor_.async_accept([self = shared_from_this()](error_code error, Protocol::socket socket) {
        self->on_accepted(error, std::move(socket));
    });
}

void AdminSocket::on_accepted(error_code error, Protocol::socket socket) {
    if (stopped_) return;
    if (!error && conversations_ < base::limits::admin_connections) {
        std::make_shared<Conversation>(shared_from_this(), std::move(socket))->read_next();
    }
    accept_next();
}

void AdminSocket::stop() {
    if (stopped_) return;
    stopped_ = true;
    error_code ignored;
    acceptor_.close(ignored);
    if (!path_.empty()) ::unlink(path_.c_str());
}

}  // namespace marchwire::ops
