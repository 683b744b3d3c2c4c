#include "net/proxy_greeting.hpp"

#include "base/door_limits.hpp"
#include "base/limits.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <memory>
#include <utility>

namespace marchwire::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

using Done = std::function<void(tcp::socket, std::optional<asio::ip::address>)>;

/// Lives while one of its waits is pending. Looks at what has come and takes only the header off: the bytes behind it
/// are TLS' or HTTP's.
class ProxyGreeting : public std::enable_shared_from_this<ProxyGreeting> {
public:
    ProxyGreeting(tcp::socket socket, Done done, std::function<void()> broken)
        : socket_(std::move(socket)),
          deadline_(socket_.get_executor()),
          done_(std::move(done)),
          broken_(std::move(broken)) {}

    void start(std::chrono::milliseconds deadline) {
        error_code ignored;
        socket_.non_blocking(true, ignored);
        deadline_.expires_after(deadline);
        deadline_.async_wait([self = shared_from_this()](error_code error) {
            if (!error && !self->over_) self->end();
        });
        wait();
    }

private:
    void wait() {
        socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](error_code error) {
            if (self->over_) return;
            if (error) return self->end();
            self->look();
        });
    }

    void look() {
        std::array<char, base::limits::proxy_header_bytes> bytes;  // NOLINT: written before anything reads it
        error_code error;
        const std::size_t seen = socket_.receive(asio::buffer(bytes), tcp::socket::message_peek, error);
        if (error == asio::error::would_block) return wait();
        if (error || seen == 0) return end();
        const ProxyRead read = read_proxy_header({bytes.data(), seen});
        if (const auto* header = std::get_if<ProxyHeader>(&read)) return finish(*header);
        // Nothing has come since: the peer ended its side in the middle.
        if (std::holds_alternative<ProxyBroken>(read) || seen == seen_) return end();
        seen_ = seen;
        wake_after(seen + 1);
        wait();
    }

    /// What was only looked at stays readable: without this mark the wait for more would end at once, again and again.
    void wake_after(std::size_t bytes) {
        error_code ignored;
        socket_.set_option(asio::socket_base::receive_low_watermark(static_cast<int>(bytes)), ignored);
    }

    void finish(const ProxyHeader& header) {
        over_ = true;
        deadline_.cancel();
        std::array<char, base::limits::proxy_header_bytes> taken;  // NOLINT: written before anything reads it
        error_code ignored;
        socket_.receive(asio::buffer(taken.data(), header.bytes), 0, ignored);
        wake_after(1);
        done_(std::move(socket_), header.client);
    }

    void end() {
        over_ = true;
        deadline_.cancel();
        error_code ignored;
        socket_.close(ignored);
        done_ = {};  // with it whatever stands for this connection
        broken_();
    }

    tcp::socket socket_;
    asio::steady_timer deadline_;
    std::size_t seen_ = 0;
    Done done_;
    std::function<void()> broken_;
    bool over_ = false;
};

}  // namespace

void read_proxy_greeting(tcp::socket socket, std::chrono::milliseconds deadline, Done done,
                         std::function<void()> broken) {
    std::make_shared<ProxyGreeting>(std::move(socket), std::move(done), std::move(broken))->start(deadline);
}

}  // namespace marchwire::net
