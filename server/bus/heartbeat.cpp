// Our own channel and back.
#include "bus/heartbeat.hpp"

#include "base/limits.hpp"

#include <array>
#include <charconv>
#include <system_error>
#include <utility>

namespace marchwire::bus {
namespace {

std::int64_t milliseconds(std::chrono::steady_clock::time_point at) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count();
}

}  // namespace

void LagWatch::heard(base::Millis lag) {
    last_ = lag;
    late_ = lag > base::limits::bus_lag_high ? late_ + 1 : 0;
}

base::Millis LagWatch::lasting() const {
    constexpr auto enough = base::limits::bus_lag_for.value / base::limits::bus_nonce_every.value;
    return late_ >= enough ? last_ : base::Millis{};
}

Heartbeat::Heartbeat(const std::string& id, RedisClient& requests, RedisClient& subscriptions)
    : channel_("mw:beat:" + id), requests_(requests), subscriptions_(subscriptions) {}

void Heartbeat::subscribe() {
    unheard_ = 0;
    const std::array<std::string_view, 2> words{"SUBSCRIBE", channel_};
    subscriptions_.say(words);
}

bool Heartbeat::heard(std::string_view channel, std::string_view said, std::chrono::steady_clock::time_point now) {
    if (channel != channel_) return false;
    unheard_ = 0;
    up_ = true;
    heard_at_ = now;
    std::int64_t sent_at = 0;
    const auto read = std::from_chars(said.data(), said.data() + said.size(), sent_at);
    if (read.ec != std::errc{}) return true;  // the channel's confirmation
    lag_ms_ = milliseconds(now) - sent_at;
    lags_.heard(lag());
    std::uint64_t asked = 0;
    const char* const end = said.data() + said.size();
    if (read.ptr != end) (void)std::from_chars(read.ptr + 1, end, asked);
    answer_echoes(asked);
    return true;
}

void Heartbeat::answer_echoes(std::uint64_t asked) {
    while (!echoes_.empty() && echoes_.front().first <= asked) {
        const auto heard = std::move(echoes_.front().second);
        echoes_.pop_front();
        heard();
    }
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
    publish(now);
}

void Heartbeat::echo(std::function<void()> heard) {
    echoes_.emplace_back(++echoes_asked_, std::move(heard));
    publish(std::chrono::steady_clock::now());
}

void Heartbeat::publish(std::chrono::steady_clock::time_point now) {
    // Several may be under way: each says when it left.
    const std::string beat = std::to_string(milliseconds(now)) + ' ' + std::to_string(echoes_asked_);
    const std::array<std::string_view, 3> words{"PUBLISH", channel_, beat};
    if (requests_.takes()) requests_.request(words, [](const Reply*) {});
}

}  // namespace marchwire::bus
