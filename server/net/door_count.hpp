// Who is inside a listener's door and who still stands in it, in all and by address; and whether one more may come in.
#pragma once

#include "base/door_limits.hpp"
#include "base/limit_table.hpp"
#include "base/limits.hpp"
#include "net/address_keys.hpp"
#include "session/ports.hpp"

#include <boost/asio/ip/address.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace marchwire::net {

/// What all doors of a server have together. A handshake is a connection of which no Hello or request is known yet.
struct HouseCount {
    std::size_t connections_max = base::limits::connections;
    std::size_t handshakes_max = base::limits::handshakes;
    std::atomic<std::size_t> inside{0};
    std::atomic<std::size_t> handshakes{0};
    std::atomic<std::size_t> farewells{0};  ///< refused, and not inside: net/farewell
};

/// Of one door.
struct DoorLimits {
    std::size_t connections = base::limits::connections;
    std::size_t handshakes = base::limits::handshakes;
    std::size_t connections_per_address = base::limits::connections_per_address;
    std::size_t handshakes_per_address = base::limits::handshakes_follower_per_address;
    std::uint32_t newcomers_per_second = base::limits::newcomers_per_second;
    std::uint32_t newcomers_burst = base::limits::newcomers_burst;
    std::uint32_t address_newcomers_per_second = base::limits::newcomers_per_address_second;
    std::uint32_t address_newcomers_burst = base::limits::newcomers_per_address_burst;
    std::uint32_t blames_burst = base::limits::blames_burst;
};
[[nodiscard]] DoorLimits limits_of(session::Door door);

/// Connections come and go on all shards and are let in by one acceptor. The mutex is taken when a connection begins,
/// when its address is told, when it proves itself and when it ends: never on the way of a message.
class DoorCount {
public:
    DoorCount(DoorLimits limits, std::shared_ptr<HouseCount> house);

    /// True: too many connections from there were to blame, and one more of them is let go before it counts for
    /// anything. Else asking takes one of the few that still come in.
    [[nodiscard]] bool is_shut(const boost::asio::ip::address& address, base::UtcMs now);
    /// One more, from wherever. The limit that it meets; none: it is counted now.
    [[nodiscard]] std::optional<base::Limit> enter(base::UtcMs now);
    /// The same one, now that its address is known.
    struct Known {
        session::AddressKey address;  ///< 0: it met a limit, and is not counted
        base::Limit limit = {};       ///< that one
    };
    [[nodiscard]] Known recognise(const boost::asio::ip::address& address, bool stands_in_door, base::UtcMs now);
    /// By which name the address is known, counted or not.
    [[nodiscard]] session::AddressKey name_of(const boost::asio::ip::address& address, base::UtcMs now);
    /// It said Hello or got an answer: it stands in the door no more.
    void prove(session::AddressKey address);
    void leave(session::AddressKey address);
    /// A connection from there brought a wrong token or broke a rule: too many of them, and few more come in.
    void blame(session::AddressKey address, base::UtcMs now);

    [[nodiscard]] std::size_t inside() const { return inside_.load(std::memory_order_relaxed); }
    [[nodiscard]] std::size_t handshakes() const { return handshakes_.load(std::memory_order_relaxed); }

private:
    struct OfAddress {
        std::size_t inside = 0;
        std::size_t handshakes = 0;
    };
    [[nodiscard]] OfAddress of(session::AddressKey address) const;

    const DoorLimits limits_;
    std::shared_ptr<HouseCount> house_;
    std::atomic<std::size_t> inside_{0};
    std::atomic<std::size_t> handshakes_{0};
    std::mutex mutex_;  ///< guards all below
    AddressKeys keys_;
    session::RateLimit newcomers_;
    session::AddressRates address_newcomers_;
    session::AddressRates blames_;
    session::AddressRates blamed_newcomers_;
    std::unordered_map<session::AddressKey, OfAddress> addresses_;  ///< those who are inside: at most `connections`
};

/// One connection's stay: from when it was let in to its end, however it ends. On one thread at a time.
class Stay {
public:
    explicit Stay(std::shared_ptr<DoorCount> count) : count_(std::move(count)) {}
    Stay(const Stay&) = delete;
    Stay& operator=(const Stay&) = delete;
    ~Stay();

    /// From where it comes; once. The limit that it meets.
    [[nodiscard]] std::optional<base::Limit> recognise(const boost::asio::ip::address& address, base::UtcMs now);
    /// 0 while nobody has said so.
    [[nodiscard]] session::AddressKey address() const { return address_; }
    /// Of somebody whom a balancer speaks for in this request, and not in the next.
    [[nodiscard]] session::AddressKey name_of(const boost::asio::ip::address& address, base::UtcMs now) const {
        return count_->name_of(address, now);
    }
    /// Many stand in the door: whoever comes now has less time for its Hello.
    [[nodiscard]] bool is_crowded() const { return count_->handshakes() >= base::limits::staff_crowded; }
    void prove();
    void blame(base::UtcMs now) { count_->blame(address_, now); }
    [[nodiscard]] bool is_shut(const boost::asio::ip::address& address, base::UtcMs now) {
        return count_->is_shut(address, now);
    }

private:
    std::shared_ptr<DoorCount> count_;
    session::AddressKey address_;
    bool in_door_ = true;
};

}  // namespace marchwire::net
