// Is what we publish heard? Through our own channel and back, each second (DESIGN 8).
#pragma once

#include "base/units.hpp"
#include "bus/redis_client.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace marchwire::bus {

/// Whether beats are heard late for so long that somebody should know.
class LagWatch {
public:
    void heard(base::Millis lag);
    /// The last one's, when all for limits::bus_lag_for were over limits::bus_lag_high; else 0.
    [[nodiscard]] base::Millis lasting() const;

private:
    base::Millis last_;
    int late_ = 0;  ///< beats, without one in time between
};

/// Over a pair of links: one publishes, the other has subscribed. A subscription that is there but says nothing is
/// opened anew after limits::bus_nonces_missed beats. One thread, but for what is said so.
class Heartbeat {
public:
    /// `id` tells this instance's channel apart. The clients outlive it.
    Heartbeat(const std::string& id, RedisClient& requests, RedisClient& subscriptions);

    /// The link for subscriptions has become ready.
    void subscribe();
    /// True when this was our own beat, or its channel's confirmation.
    [[nodiscard]] bool heard(std::string_view channel, std::string_view said,
                             std::chrono::steady_clock::time_point now);
    /// Each second.
    void beat(std::chrono::steady_clock::time_point now);
    /// `heard` once a beat that leaves now has come back: what was published before it by this link, and by anybody
    /// else by then, has been heard too. Over a link that is lost meanwhile with a later beat. The host asks for it,
    /// one at a time.
    void echo(std::function<void()> heard);

    /// Heard not longer ago than limits::bus_nonces_missed beats. Any thread.
    [[nodiscard]] bool up() const { return up_; }
    /// Heard within limits::bus_nonce_age: what others publish arrives. Any thread.
    [[nodiscard]] bool is_fresh(std::chrono::steady_clock::time_point now) const;
    /// From published to heard, the last time. Any thread.
    [[nodiscard]] base::Millis lag() const { return {lag_ms_}; }
    /// As LagWatch has it. Of the same thread as `beat`.
    [[nodiscard]] base::Millis lasting_lag() const { return lags_.lasting(); }
    /// Subscriptions opened anew since nothing was heard. Any thread.
    [[nodiscard]] std::uint64_t renewals() const { return renewals_; }

private:
    void publish(std::chrono::steady_clock::time_point now);
    void answer_echoes(std::uint64_t asked);

    const std::string channel_;
    RedisClient& requests_;
    RedisClient& subscriptions_;
    int unheard_ = 0;
    LagWatch lags_;
    std::uint64_t echoes_asked_ = 0;  ///< each beat says how many by then
    std::deque<std::pair<std::uint64_t, std::function<void()>>> echoes_;
    std::atomic<std::chrono::steady_clock::time_point> heard_at_{};
    std::atomic<bool> up_{false};
    std::atomic<std::int64_t> lag_ms_{0};
    std::atomic<std::uint64_t> renewals_{0};
};

}  // namespace marchwire::bus
