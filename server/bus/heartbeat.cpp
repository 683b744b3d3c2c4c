// Our own channel and back.
#include "bus/heartbeat.hpp"

#include "base/limits.hpp"

#include <array>

namespace marchwire::bus {

Heartbeat::Heartbeat(const std::string& id, RedisClient& requests, RedisClient& subscriptions)
    : channel_("mw:beat:" + id), requests_(requests), subscriptions_(subscriptions) {}

void Heartbeat::subscribe() {
    unheard_ = 0;
    const std::array<std::string_view, 2> words{"SUBSCRIBE", channel_};
    subscriptions_.say(words);
}

bool Heartbeat::heard(std::string_view channel, std::chrono::steady_clock::time_point now) {
    if (channel != channel_) return false;
    unheard_ = 0;
    up_ = true;
    heard_at_ = now;
    lag_ms_ = std::chrono::duration_cast<std::chrono::milliseconds>(now - sent_at_).count();
    return true;
}

bool Heartbeat::is_fresh(std::chrono::steady_clock::time_point now) const {
    return now - heard_at_.load() < std::chrono::milliseconds(base::limits::bus_nonce_age.value);
}

void Heartbeat::beat(std::chrono::steady_clock::time_point now) {
    if (++unheard_ > base::limits::bus_nonces_missed) {
        up_ = false;
        if (subscriptions_.ready() && requests_.ready()) {
            unheard_ = 0;
            ++renewals_;
            return subscriptions_.renew("Nothing of what we publish is heard.");
        }
    }
    sent_at_ = now;
    const std::array<std::string_view, 3> words{"PUBLISH", channel_, "1"};
    if (requests_.takes()) requests_.request(words, [](const Reply*) {});
}

}  // namespace marchwire::bus
