// Accepts sockets on one address and hands each to the least-loaded shard.
#pragma once

#include "base/config.hpp"
#include "net/door_count.hpp"
#include "net/net_settings.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <memory>

namespace marchwire::net {

/// One acceptor on one thread (that of `io`). Out of descriptors it gives one back to refuse the caller with,
/// and backs off: accepting again at once would burn a core (DESIGN 7). Whom a limit keeps out is told so at once.
/// Settings must outlive all connections.
class Listener : public std::enable_shared_from_this<Listener> {
public:
    /// `next_seat` is asked for each socket, on `io`'s thread.
    Listener(boost::asio::io_context& io, const NetSettings& settings, std::function<Seat()> next_seat);
    ~Listener();
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    /// UNAVAILABLE naming the address when it cannot be had.
    [[nodiscard]] base::Result<void> start(const base::Address& address);
    /// Where it listens: the port that the system chose for port 0.
    [[nodiscard]] base::Address address() const;
    /// Takes no more sockets; on `io`'s thread.
    void stop();
    [[nodiscard]] std::size_t inside() const { return count_->inside(); }

private:
    using ErrorCode = boost::system::error_code;
    void accept_next();
    void on_waiting(ErrorCode error);
    /// `descriptor` is owned from here on.
    void admit(int descriptor, const boost::asio::ip::tcp::endpoint& from);
    void refuse_without_descriptor();
    void back_off();

    boost::asio::io_context& io_;
    const NetSettings& settings_;
    std::function<Seat()> next_seat_;
    boost::asio::ip::tcp::acceptor acceptor_;
    boost::asio::steady_timer pause_;
    std::shared_ptr<DoorCount> count_;
    int spare_descriptor_;
    bool stopped_ = false;
};

}  // namespace marchwire::net
