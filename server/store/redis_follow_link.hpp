// Follows over the links to Redis: subscriptions on one, reads on the other.
#pragma once

#include "bus/heartbeat.hpp"
#include "bus/script_set.hpp"
#include "store/redis_follows.hpp"

#include <boost/asio/io_context.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace marchwire::store {

/// What RedisFollows wishes is done here. One thread, but for what is said so.
class RedisFollowLink {
public:
    /// `requests` and `scripts` outlive it; `may_ask` says whether both can be used now.
    RedisFollowLink(boost::asio::io_context& io, const bus::RedisSettings& settings, bus::RedisClient& requests,
                    const bus::ScriptSet& scripts, std::function<bool()> may_ask);
    RedisFollowLink(const RedisFollowLink&) = delete;
    RedisFollowLink& operator=(const RedisFollowLink&) = delete;

    void start() { subscriptions_.start(); }
    void stop() { subscriptions_.stop(); }
    void add(std::shared_ptr<FollowState> follow) { perform(follows_.add(std::move(follow))); }
    /// Asks for the tips of all logs that are followed: what pub/sub has not told is read. Ends what nobody follows.
    void check_tips();
    /// Several times a second.
    void beat(std::chrono::steady_clock::time_point now);
    /// EventLog::catch_up.
    void catch_up(const std::function<void()>& done);
    /// How often a follow had to read what pub/sub had not told. Any thread.
    [[nodiscard]] std::uint64_t gap_fills() const { return gap_fills_; }
    /// EventLog::hears. Any thread.
    [[nodiscard]] bool hears() const { return resumed_ && heartbeat_.is_fresh(std::chrono::steady_clock::now()); }

private:
    void on_ready();
    void on_heard(const bus::Reply& message);
    void say(std::string_view word, const LogId& log);
    void perform(const RedisFollows::Wishes& wishes);
    void read(const LogId& log, Seq from);

    bus::RedisClient& requests_;
    const bus::ScriptSet& scripts_;
    const std::function<bool()> may_ask_;
    bus::RedisClient subscriptions_;
    bus::Heartbeat heartbeat_;
    RedisFollows follows_;
    std::chrono::steady_clock::time_point second_at_;
    std::chrono::steady_clock::time_point tips_at_;
    std::atomic<std::uint64_t> gap_fills_{0};
    std::atomic<bool> resumed_{false};  ///< since the link is up, what was not heard before was read
};

}  // namespace marchwire::store
