// Hostile connections in great number: they hold sockets half open, drip headers, guess tokens and storm with
// subscriptions, and come back whenever they are sent away. On one thread, which takes the processor time alone that
// others leave. (tests, benchmarks)
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace marchwire::test {

enum class Attack : std::uint8_t { half_open, slow_header, wrong_token, subscribe_storm };
inline constexpr std::size_t attacks = 4;

/// From loopback addresses 127.0.1.1 and up, as many hosts as there are hundreds of connections at least.
class Flood {
public:
    struct Target {
        std::string followers;  ///< "127.0.0.1:8080"
        std::string staff;
        std::string feed;  ///< that is stormed, "public/c/m"
    };
    /// Begins. `connections` are divided evenly among the attacks.
    Flood(Target target, std::size_t connections);
    /// Ends with all its sockets closed.
    ~Flood();
    Flood(const Flood&) = delete;
    Flood& operator=(const Flood&) = delete;

    /// Connected now.
    [[nodiscard]] std::size_t open() const { return open_; }
    /// Times that the server has ended a connection of this kind.
    [[nodiscard]] std::uint64_t sent_away(Attack attack) const {
        return sent_away_.at(static_cast<std::size_t>(attack));
    }

private:
    class Peer;
    void run();

    Target target_;
    std::vector<std::unique_ptr<Peer>> peers_;
    std::atomic<std::size_t> open_{0};
    std::array<std::atomic<std::uint64_t>, attacks> sent_away_{};
    std::atomic<bool> over_{false};
    std::thread thread_;
};

}  // namespace marchwire::test
