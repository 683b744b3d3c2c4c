// Accepts sockets and hands them on.
#include "net/listener.hpp"

#include "base/clock.hpp"
#include "base/log.hpp"
#include "net/farewell.hpp"
#include "net/http_connection.hpp"
#include "net/proxy_greeting.hpp"
#include "net/tls_handshake.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <utility>

namespace marchwire::net {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

/// What else runs on this thread waits for no more.
constexpr int sockets_a_turn = 64;

int open_spare() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }

/// As long as a Hello has.
std::chrono::milliseconds handshake_deadline(const NetSettings& settings, const Stay& stay) {
    const bool patient = settings.door == session::Door::staff && !stay.is_crowded();
    return patient ? settings.deadlines.tls_staff : settings.deadlines.tls_follower;
}

/// On the seat's thread.
void serve(tcp::socket socket, Seat seat, const NetSettings& settings, std::shared_ptr<Stay> stay, Comes comes) {
    if (!settings.tls) {
        return serve_http(Transport(std::move(socket)), {seat, settings, std::move(stay), comes});
    }
    const auto deadline = handshake_deadline(settings, *stay);
    shake_tls_hands(
        std::move(socket), *settings.tls, deadline,
        [seat, &settings, comes, stay = std::move(stay)](Transport transport) mutable {
            serve_http(std::move(transport), {seat, settings, std::move(stay), comes});
        },
        [met = settings.limits_met] { met->count(base::Limit::tls_handshake); });
}

/// Whoever was blamed so often costs no word, no handler on a shard and no port that lingers.
void shut_out(int descriptor, const NetSettings& settings) {
    settings.limits_met->count(base::Limit::address_blamed);
    constexpr linger reset{.l_onoff = 1, .l_linger = 0};
    (void)::setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    ::close(descriptor);
}

/// A client that a limit keeps out, before its request is read.
void turn_away(tcp::socket socket, base::Limit limit, const NetSettings& settings) {
    settings.limits_met->count(limit);
    if (settings.tls) {
        boost::system::error_code ignored;
        socket.close(ignored);
        return;
    }
    say_farewell(std::move(socket), told_of(limit), settings.house);
}

/// On the seat's thread: a balancer says first for whom it comes.
void greet_balancer(tcp::socket socket, Seat seat, const NetSettings& settings, std::shared_ptr<Stay> stay) {
    const auto deadline = handshake_deadline(settings, *stay);
    read_proxy_greeting(
        std::move(socket), deadline,
        [seat, &settings, stay = std::move(stay)](tcp::socket greeted,
                                                  const std::optional<asio::ip::address>& client) mutable {
            if (client) {
                if (stay->is_shut(*client, base::machine_now())) return shut_out(greeted.release(), settings);
                const auto limit = stay->recognise(*client, base::machine_now());
                if (limit) return turn_away(std::move(greeted), *limit, settings);
            }
            serve(std::move(greeted), seat, settings, std::move(stay), Comes::directly);
        },
        [met = settings.limits_met] { met->count(base::Limit::proxy_header); });
}

}  // namespace

Listener::Listener(asio::io_context& io, const NetSettings& settings, std::function<Seat()> next_seat)
    : io_(io),
      settings_(settings),
      next_seat_(std::move(next_seat)),
      acceptor_(io),
      pause_(io),
      count_(std::make_shared<DoorCount>(settings.limits, settings.house)),
      spare_descriptor_(open_spare()) {}

Listener::~Listener() {
    if (spare_descriptor_ >= 0) ::close(spare_descriptor_);
}

base::Result<void> Listener::start(const base::Address& address) {
    ErrorCode error;
    const auto host = asio::ip::make_address(address.host, error);
    const tcp::endpoint endpoint(host, address.port);
    if (!error) acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (!error) acceptor_.non_blocking(true, error);  // a caller who went away holds no thread, by either accept
    if (error) {
        return base::refuse(base::RefusalCode::unavailable, address.text(),
                            "This address cannot be listened on (" + error.message() +
                                "); is another server running, or is the port reserved?");
    }
    accept_next();
    return {};
}

base::Address Listener::address() const {
    ErrorCode ignored;
    const tcp::endpoint endpoint = acceptor_.local_endpoint(ignored);
    return {endpoint.address().to_string(), endpoint.port()};
}

void Listener::stop() {
    stopped_ = true;
    ErrorCode ignored;
    acceptor_.close(ignored);
    pause_.cancel();
}

void Listener::accept_next() {
    acceptor_.async_wait(tcp::acceptor::wait_read,
                         [self = shared_from_this()](ErrorCode error) { self->on_waiting(error); });
}

/// All that wait, a turn's worth at most. By the system's call: a flood of callers who are shut out must not cost an
/// object and a place in epoll each.
void Listener::on_waiting(ErrorCode error) {
    if (stopped_) return;
    if (error) return back_off();
    for (int taken = 0; taken < sockets_a_turn; ++taken) {
        tcp::endpoint peer;
        auto size = static_cast<socklen_t>(peer.capacity());
        const int descriptor = ::accept4(acceptor_.native_handle(), peer.data(), &size, SOCK_CLOEXEC);
        if (descriptor >= 0) {
            peer.resize(size);
            admit(descriptor, peer);
        } else if (errno == EAGAIN) {
            break;
        } else if (errno == EMFILE || errno == ENFILE) {
            refuse_without_descriptor();
            return back_off();
        } else if (errno != ECONNABORTED && errno != EINTR && errno != EPROTO) {
            // A caller that went away meanwhile is no reason to wait; no memory for sockets is.
            return back_off();
        }
    }
    accept_next();
}

void Listener::admit(int descriptor, const tcp::endpoint& from) {
    const auto peer = canonical(from.address());
    const bool by_balancer = std::ranges::find(settings_.proxies, peer.to_string()) != settings_.proxies.end();
    if (!by_balancer && count_->is_shut(peer, base::machine_now())) return shut_out(descriptor, settings_);
    const Seat seat = next_seat_();
    ErrorCode error;
    tcp::socket socket(seat.io);
    socket.assign(from.protocol(), descriptor, error);
    if (error) {
        ::close(descriptor);
        return;
    }
    std::optional<base::Limit> limit = count_->enter(base::machine_now());
    std::shared_ptr<Stay> stay = limit ? nullptr : std::make_shared<Stay>(count_);
    if (stay && !by_balancer) limit = stay->recognise(peer, base::machine_now());
    auto serve_it = [this, self = shared_from_this(), seat, by_balancer, limit, stay = std::move(stay),
                     socket = std::make_shared<tcp::socket>(std::move(socket))]() mutable {
        if (limit) return turn_away(std::move(*socket), *limit, settings_);
        if (by_balancer && settings_.proxy_protocol) {
            return greet_balancer(std::move(*socket), seat, settings_, std::move(stay));
        }
        serve(std::move(*socket), seat, settings_, std::move(stay), by_balancer ? Comes::by_balancer : Comes::directly);
    };
    // Whom a limit keeps out is counted nowhere: many of them waiting would take the descriptors of all.
    asio::post(seat.io, [lane = limit ? nullptr : lane_of(seat, settings_), work = std::move(serve_it)]() mutable {
        if (lane == nullptr) return work();
        lane->put_off(std::move(work));
    });
}

/// The waiting caller is taken with the spare descriptor and let go: it tries elsewhere at once instead of
/// waiting for a server that cannot answer.
void Listener::refuse_without_descriptor() {
    base::log_info("out_of_descriptors", "inside={}", count_->inside());
    if (spare_descriptor_ >= 0) ::close(spare_descriptor_);
    ErrorCode ignored;
    tcp::socket refused(io_);
    acceptor_.accept(refused, ignored);
    refused.close(ignored);
    spare_descriptor_ = open_spare();
}

void Listener::back_off() {
    pause_.expires_after(std::chrono::milliseconds(base::limits::accept_pause.value));
    pause_.async_wait([self = shared_from_this()](ErrorCode error) {
        if (!error && !self->stopped_) self->accept_next();
    });
}

}  // namespace marchwire::net
