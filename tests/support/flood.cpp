#include "support/flood.hpp"

#include "marchwire/v1/session.pb.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <stdexcept>
#include <utility>

namespace marchwire::test {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t of_one_host = 100;
constexpr milliseconds comes_back_after{100};
constexpr milliseconds drips_every{1'000};
constexpr milliseconds storms_every{20};
constexpr int subscriptions_a_storm = 10;

sockaddr_in address_of(const std::string& text) {
    const auto colon = text.rfind(':');
    sockaddr_in made{};
    made.sin_family = AF_INET;
    made.sin_port = htons(static_cast<std::uint16_t>(std::stoul(text.substr(colon + 1))));
    if (::inet_pton(AF_INET, text.substr(0, colon).c_str(), &made.sin_addr) != 1) {
        throw std::runtime_error("flood: no address " + text);
    }
    return made;
}

std::string upgrade_of(const std::string& path) {
    return "GET " + path +
           " HTTP/1.1\r\nHost: flood\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: marchwire.v1.proto\r\n\r\n";
}

std::string masked(const v1::ClientMessage& message) {
    std::string frame{static_cast<char>(0x82), static_cast<char>(0x80U | message.ByteSizeLong())};
    frame.append(4, '\0');
    message.AppendToString(&frame);
    return frame;
}

std::string hello_of(const std::string& token) {
    v1::ClientMessage message;
    message.mutable_hello()->set_protocol(1);
    message.mutable_hello()->set_token(token);
    return masked(message);
}

std::string storm_of(const std::string& feed) {
    v1::ClientMessage enter;
    enter.mutable_subscribe()->set_feed(feed);
    v1::ClientMessage leave;
    leave.mutable_unsubscribe()->set_feed(feed);
    std::string frames;
    for (int i = 0; i < subscriptions_a_storm; ++i) frames += masked(enter) + masked(leave);
    return frames;
}

}  // namespace

/// One of them, without waiting for anything.
class Flood::Peer {
public:
    Peer(const Target& target, std::size_t number)
        : attack_(static_cast<Attack>(number % attacks)),
          to_(address_of(attack_ == Attack::wrong_token ? target.staff : target.followers)),
          from_(address_of("127.0.1." + std::to_string(1 + number / of_one_host) + ":0")),
          storm_(attack_ == Attack::subscribe_storm ? storm_of(target.feed) : "") {}
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;
    ~Peer() { close(); }

    [[nodiscard]] Attack attack() const { return attack_; }
    [[nodiscard]] bool is_open() const { return socket_ >= 0; }
    [[nodiscard]] pollfd waits() const { return {socket_, POLLIN, 0}; }
    /// True when the server has ended it since.
    [[nodiscard]] bool step(bool readable, Clock::time_point now) {
        if (socket_ < 0) {
            if (now >= next_) connect(now);
            return false;
        }
        if (readable && !read()) {
            close();
            next_ = now + comes_back_after;
            return true;
        }
        act(now);
        return false;
    }

private:
    void connect(Clock::time_point now) {
        socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        next_ = now + comes_back_after;
        if (socket_ < 0) return;
        (void)::bind(socket_, reinterpret_cast<const sockaddr*>(&from_), sizeof from_);
        const int began = ::connect(socket_, reinterpret_cast<const sockaddr*>(&to_), sizeof to_);
        if (began != 0 && errno != EINPROGRESS) return close();
        upgraded_ = false;
        next_ = now;
        dripped_ = 0;
        switch (attack_) {
            case Attack::half_open: return;
            case Attack::slow_header: return;
            case Attack::wrong_token: out_ = upgrade_of("/v1/ops") + hello_of("guessed"); return;
            case Attack::subscribe_storm: out_ = upgrade_of("/v1/ws") + hello_of(""); return;
        }
    }
    [[nodiscard]] bool read() {
        std::array<char, 16 * 1024> bytes;  // NOLINT: not looked at
        const ssize_t got = ::recv(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT);
        upgraded_ = upgraded_ || got > 0;
        return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
    }
    void act(Clock::time_point now) {
        if (now >= next_ && attack_ == Attack::slow_header) {
            static const std::string header = upgrade_of("/v1/ws");
            out_ += header[dripped_++ % header.size()];
            next_ = now + drips_every;
        }
        if (now >= next_ && attack_ == Attack::subscribe_storm && upgraded_ && out_.empty()) {
            out_ = storm_;
            next_ = now + storms_every;
        }
        if (out_.empty()) return;
        const ssize_t sent = ::send(socket_, out_.data(), out_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0) out_.erase(0, static_cast<std::size_t>(sent));
    }
    void close() {
        if (socket_ >= 0) ::close(std::exchange(socket_, -1));
        out_.clear();
    }

    Attack attack_;
    sockaddr_in to_;
    sockaddr_in from_;
    std::string storm_;
    int socket_ = -1;
    bool upgraded_ = false;
    std::size_t dripped_ = 0;
    std::string out_;
    Clock::time_point next_;
};

Flood::Flood(Target target, std::size_t connections) : target_(std::move(target)) {
    for (std::size_t i = 0; i < connections; ++i) peers_.push_back(std::make_unique<Peer>(target_, i));
    thread_ = std::thread([this] { run(); });
}

Flood::~Flood() {
    over_ = true;
    thread_.join();
}

void Flood::run() {
    // In truth they sit elsewhere: here they take what the server and those whom it serves leave of the processors.
    constexpr sched_param none{};
    (void)::sched_setscheduler(0, SCHED_IDLE, &none);
    constexpr int turn_ms = 5;
    std::vector<pollfd> waits(peers_.size());
    while (!over_) {
        std::ranges::transform(peers_, waits.begin(), [](const auto& peer) { return peer->waits(); });
        ::poll(waits.data(), waits.size(), turn_ms);
        const auto now = Clock::now();
        std::size_t open = 0;
        for (std::size_t i = 0; i < peers_.size(); ++i) {
            if (peers_[i]->step(waits[i].revents != 0, now))
                ++sent_away_.at(static_cast<std::size_t>(peers_[i]->attack()));
            if (peers_[i]->is_open()) ++open;
        }
        open_ = open;
    }
}

}  // namespace marchwire::test
