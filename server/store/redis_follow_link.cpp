// Follows over the links to Redis.
#include "store/redis_follow_link.hpp"

#include "base/clock.hpp"
#include "base/limits.hpp"
#include "store/redis_codec.hpp"

#include <array>
#include <random>
#include <string_view>
#include <utility>

namespace marchwire::store {
namespace {

namespace limits = base::limits;

std::string fresh_id() {
    std::random_device random;
    return "log-" + std::to_string(random()) + std::to_string(random());
}

}  // namespace

RedisFollowLink::RedisFollowLink(boost::asio::io_context& io, const bus::RedisSettings& settings,
                                 bus::RedisClient& requests, const bus::ScriptSet& scripts,
                                 std::function<bool()> may_ask)
    : requests_(requests),
      scripts_(scripts),
      may_ask_(std::move(may_ask)),
      subscriptions_(io, settings, bus::LinkUse::subscriptions,
                     {[this](const auto&) { on_ready(); },
                      [this](const auto&) {
                          resumed_ = false;
                          (void)follows_.lost();
                      },
                      [this](const auto& message) { on_heard(message); }}),
      heartbeat_(fresh_id(), requests_, subscriptions_) {}

void RedisFollowLink::on_ready() {
    heartbeat_.subscribe();
    perform(follows_.lost());
}

void RedisFollowLink::on_heard(const bus::Reply& message) {
    if (message.items.size() != 3) return;
    const std::string& kind = message.items[0].text;
    const std::string& channel = message.items[1].text;
    if (heartbeat_.heard(channel, message.items[2].text, std::chrono::steady_clock::now())) return;
    const auto log = log_of_channel(channel);
    if (!log) return;
    if (kind == "subscribe") perform(follows_.subscribed(*log));
    if (kind == "message") perform(follows_.heard(*log, entries_told(message.items[2].text)));
}

void RedisFollowLink::say(std::string_view word, const LogId& log) {
    const std::string channel = entries_channel(log);
    const std::array<std::string_view, 2> words{word, channel};
    if (subscriptions_.ready()) subscriptions_.say(words);
}

void RedisFollowLink::perform(const RedisFollows::Wishes& wishes) {
    gap_fills_ = follows_.gap_fills();
    if (!resumed_) resumed_ = subscriptions_.ready() && follows_.have_caught_up();
    for (const auto& wish : wishes) {
        switch (wish.kind) {
            case RedisFollows::Wish::Kind::subscribe: say("SUBSCRIBE", wish.log); break;
            case RedisFollows::Wish::Kind::unsubscribe: say("UNSUBSCRIBE", wish.log); break;
            case RedisFollows::Wish::Kind::read: read(wish.log, wish.from); break;
        }
    }
}

void RedisFollowLink::read(const LogId& log, Seq from) {
    const auto failed = [this, log] { perform(follows_.read(log, {}, false)); };
    if (!may_ask_()) return failed();
    const RedisCommand command = read_command(log, from, limits::replay_window_entries, scripts_);
    requests_.request(command.words(), [this, log, from, failed](const bus::Reply* reply) {
        if (reply == nullptr || reply->is_error()) return failed();
        const auto entries = entries_of(log, from, limits::replay_window_entries, *reply);
        if (!entries) return failed();  // not created yet
        perform(follows_.read(log, *entries, true));
    });
}

void RedisFollowLink::check_tips() {
    perform(follows_.tidy());
    for (const LogId& log : follows_.logs()) {
        if (!may_ask_()) return;
        requests_.request(tip_command(log).words(), [this, log](const bus::Reply* reply) {
            if (reply == nullptr || reply->is_error()) return;
            if (const auto tip = tip_of(*reply)) perform(follows_.tip(log, tip->seq));
        });
    }
}

/// What is being read of a log that was just subscribed to, or after a gap, is waited for.
void RedisFollowLink::catch_up(const std::function<void()>& done) {
    heartbeat_.echo([this, done] { follows_.have_caught_up() ? done() : catch_up(done); });
}

void RedisFollowLink::beat(std::chrono::steady_clock::time_point now) {
    if (now >= second_at_) {
        second_at_ = now + base::duration_of(limits::bus_nonce_every);
        heartbeat_.beat(now);
    }
    if (now >= tips_at_) {
        tips_at_ = now + base::duration_of(limits::bus_tail_check_every);
        check_tips();
    }
}

}  // namespace marchwire::store
