#include "net/farewell.hpp"

#include "base/clock.hpp"
#include "base/door_limits.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <utility>

namespace marchwire::net {

namespace asio = boost::asio;
namespace limits = base::limits;
using asio::ip::tcp;
using base::Limit;
using boost::system::error_code;

namespace {

std::string response_of(const Told& told) {
    const std::string body = std::string(told.sentence) + "\n";
    const bool often = told.status == 429;
    return std::string("HTTP/1.1 ") + (often ? "429 Too Many Requests" : "503 Service Unavailable") +
           "\r\nRetry-After: " + retry_after_of(told) +
           "\r\nCache-Control: no-store\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" + body;
}

/// Lives while one of its waits is pending.
class Farewell : public std::enable_shared_from_this<Farewell> {
public:
    Farewell(tcp::socket socket, std::shared_ptr<HouseCount> house)
        : socket_(std::move(socket)), deadline_(socket_.get_executor()), house_(std::move(house)) {
        house_->farewells.fetch_add(1, std::memory_order_relaxed);
    }
    Farewell(const Farewell&) = delete;
    Farewell& operator=(const Farewell&) = delete;
    ~Farewell() { house_->farewells.fetch_sub(1, std::memory_order_relaxed); }

    void start(const std::string& response) {
        error_code ignored;
        socket_.non_blocking(true, ignored);
        socket_.write_some(asio::buffer(response), ignored);  // a fresh socket takes so little whole
        socket_.shutdown(tcp::socket::shutdown_send, ignored);
        deadline_.expires_after(base::duration_of(limits::farewell_deadline));
        deadline_.async_wait([self = shared_from_this()](error_code error) {
            if (!error) self->end();
        });
        wait();
    }

private:
    void wait() {
        socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](error_code error) {
            if (error) return;
            self->skip();
        });
    }
    void skip() {
        std::array<char, limits::socket_read_bytes> skipped;  // NOLINT: written before anything reads it
        error_code error;
        socket_.read_some(asio::buffer(skipped), error);
        if (error && error != asio::error::would_block) return end();
        wait();
    }
    void end() {
        deadline_.cancel();
        error_code ignored;
        socket_.close(ignored);
    }

    tcp::socket socket_;
    asio::steady_timer deadline_;
    std::shared_ptr<HouseCount> house_;
};

}  // namespace

Told told_of(Limit limit) {
    const bool by_address = limit == Limit::address_connections || limit == Limit::address_newcomers ||
                            limit == Limit::address_handshakes || limit == Limit::address_blamed;
    if (by_address) {
        return {429, limits::retry_when_often,
                "Too many come from your address at once: wait a little, by a random time."};
    }
    return {503, limits::retry_when_full, "This server is full at present: wait a little, by a random time."};
}

std::string retry_after_of(const Told& told) { return std::to_string((told.retry_after.value + 999) / 1000); }

void say_farewell(tcp::socket socket, const Told& told, std::shared_ptr<HouseCount> house) {
    if (house->farewells.load(std::memory_order_relaxed) >= limits::farewells) {
        error_code ignored;
        socket.close(ignored);
        return;
    }
    std::make_shared<Farewell>(std::move(socket), std::move(house))->start(response_of(told));
}

}  // namespace marchwire::net
