// Accepts sockets and hands them on.
#include "net/listener.hpp"

#include "base/clock.hpp"
#include "base/log.hpp"
#include "net/farewell.hpp"
#include "net/http_connection.hpp"
#include "net/proxy_greeting.hpp"
#include "net/tls_handshake.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace marchwire::net {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

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
void shut_out(tcp::socket socket, const NetSettings& settings) {
    settings.limits_met->count(base::Limit::address_blamed);
    boost::system::error_code ignored;
    socket.set_option(asio::socket_base::linger(true, 0), ignored);
    socket.close(ignored);
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
                if (stay->is_shut(*client, base::machine_now())) return shut_out(std::move(greeted), settings);
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
    const Seat seat = next_seat_();
    acceptor_.async_accept(seat.io, [self = shared_from_this(), seat](ErrorCode error, tcp::socket socket) {
        self->on_accepted(error, std::move(socket), seat);
    });
}

void Listener::on_accepted(ErrorCode error, tcp::socket socket, Seat seat) {
    if (stopped_) return;
    if (error == asio::error::no_descriptors || error == boost::system::errc::too_many_files_open_in_system) {
        refuse_without_descriptor();
        return back_off();
    }
    // A caller that went away meanwhile is no reason to wait; no memory for sockets is.
    if (error && error != asio::error::connection_aborted) return back_off();
    if (!error) admit(std::move(socket), seat);
    accept_next();
}

void Listener::admit(tcp::socket socket, Seat seat) {
    ErrorCode error;
    const auto peer = canonical(socket.remote_endpoint(error).address());
    if (error) {
        socket.close(error);
        return;
    }
    const bool by_balancer = std::ranges::find(settings_.proxies, peer.to_string()) != settings_.proxies.end();
    if (!by_balancer && count_->is_shut(peer, base::machine_now())) return shut_out(std::move(socket), settings_);
    std::optional<base::Limit> limit = count_->enter(base::machine_now());
    std::shared_ptr<Stay> stay = limit ? nullptr : std::make_shared<Stay>(count_);
    if (stay && !by_balancer) limit = stay->recognise(peer, base::machine_now());
    asio::post(seat.io, [this, self = shared_from_this(), seat, by_balancer, limit, stay = std::move(stay),
                         socket = std::move(socket)]() mutable {
        if (limit) return turn_away(std::move(socket), *limit, settings_);
        if (by_balancer && settings_.proxy_protocol) {
            return greet_balancer(std::move(socket), seat, settings_, std::move(stay));
        }
        serve(std::move(socket), seat, settings_, std::move(stay), by_balancer ? Comes::by_balancer : Comes::directly);
    });
}

/// The waiting caller is taken with the spare descriptor and let go: it tries elsewhere at once instead of
/// waiting for a server that cannot answer.
void Listener::refuse_without_descriptor() {
    base::log_info("out_of_descriptors", "inside={}", count_->inside());
    if (spare_descriptor_ >= 0) ::close(spare_descriptor_);
    ErrorCode ignored;
    acceptor_.non_blocking(true, ignored);
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
