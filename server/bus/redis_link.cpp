// One link to Redis as a machine.
#include "bus/redis_link.hpp"

#include "base/limits.hpp"
#include "base/outcome.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace marchwire::bus {
namespace {

namespace limits = base::limits;

constexpr unsigned oldest_version = 7;  ///< what is tested: Debian 12 has 7.0

/// The value of `key:` in the text of INFO; empty when it is not told.
std::string value_of(std::string_view info, std::string_view key) {
    for (std::size_t at = 0; at < info.size();) {
        const std::size_t end = std::min(info.find("\r\n", at), info.size());
        const std::string_view line = info.substr(at, end - at);
        if (line.size() > key.size() && line.substr(0, key.size()) == key && line[key.size()] == ':') {
            return std::string(line.substr(key.size() + 1));
        }
        at = end + 2;
    }
    return {};
}

ServerFacts facts_in(std::string_view info) {
    ServerFacts facts;
    facts.version = value_of(info, "redis_version");
    facts.mode = value_of(info, "redis_mode");
    facts.role = value_of(info, "role");
    facts.append_only = value_of(info, "aof_enabled") == "1";
    facts.evicts = value_of(info, "maxmemory_policy").starts_with("allkeys");
    return facts;
}

unsigned major_of(const std::string& version) {
    unsigned major = 0;
    (void)std::from_chars(version.data(), version.data() + version.size(), major);
    return major;
}

}  // namespace

RedisLink::RedisLink(LinkSettings settings, std::uint32_t seed) : settings_(std::move(settings)), random_(seed) {}

bool RedisLink::full() const { return sent_.size() >= limits::redis_requests; }

// ---- opening and greeting ----------------------------------------------------------------------

LinkActions RedisLink::start(base::UtcMs now) {
    MARCHWIRE_INVARIANT(standing_ == Standing::stopped);
    standing_ = Standing::opening;
    deadline_ = now + limits::redis_connect_deadline;
    return {OpenSocket{}};
}

LinkActions RedisLink::on_open(base::UtcMs) {
    if (standing_ != Standing::opening) return {};
    standing_ = Standing::greeting;  // within the deadline of the opening
    reader_.reset();
    return {greet()};
}

WriteBytes RedisLink::greet() {
    WriteBytes greeting;
    const auto say = [&](Greeting step, std::vector<std::string_view> words) {
        greeting_.push_back(step);
        append_command(greeting.bytes, words);
    };
    if (!settings_.password.empty() && settings_.user.empty()) say(Greeting::auth, {"AUTH", settings_.password});
    if (!settings_.user.empty()) say(Greeting::auth, {"AUTH", settings_.user, settings_.password});
    const std::string database = std::to_string(settings_.database);
    if (settings_.database != 0) say(Greeting::select, {"SELECT", database});
    if (settings_.use == LinkUse::requests) say(Greeting::info, {"INFO"});
    say(Greeting::name, {"CLIENT", "SETNAME", settings_.name});
    return greeting;
}

void RedisLink::take_greeting(const Reply& reply, base::UtcMs now, LinkActions& actions) {
    const Greeting step = greeting_.front();
    greeting_.pop_front();
    if (reply.is_error()) {
        const RedisFault fault = fault_of(reply.text);
        const bool wrong_setting = fault == RedisFault::no_access || step == Greeting::auth || step == Greeting::select;
        return lose("Redis does not take our greeting: " + reply.text, wrong_setting, now, actions);
    }
    if (step == Greeting::info) {
        facts_ = facts_in(reply.text);
        if (std::string why = objection(); !why.empty()) return lose(std::move(why), true, now, actions);
        if (facts_.role != "master") return lose("This Redis is a replica and takes no writes.", false, now, actions);
        // INFO is answered meanwhile, and scripts are not taken.
        if (value_of(reply.text, "loading") == "1") return lose("Redis still loads what it kept.", false, now, actions);
    }
    if (!greeting_.empty()) return;
    standing_ = Standing::ready;
    failures_ = 0;
    actions.emplace_back(LinkReady{facts_});
}

std::string RedisLink::objection() const {
    if (facts_.mode == "cluster") {
        return "This is a node of Redis Cluster, which is not supported: name a single server or its Sentinels.";
    }
    if (facts_.mode == "sentinel") return "This is a Sentinel: name the Redis server that it watches.";
    if (major_of(facts_.version) < oldest_version) {
        return "This server is Redis " + (facts_.version.empty() ? "of no known version" : facts_.version) +
               ": version 7.0 or later is needed.";
    }
    return {};
}

// ---- requests and what comes -------------------------------------------------------------------

WriteBytes RedisLink::send(std::uint64_t ticket, std::span<const std::string_view> arguments, base::UtcMs now) {
    MARCHWIRE_INVARIANT(ready());
    WriteBytes write;
    append_command(write.bytes, arguments);
    if (settings_.use == LinkUse::requests) sent_.push_back({ticket, now + limits::redis_reply_deadline});
    return write;
}

LinkActions RedisLink::on_bytes(std::string_view bytes, base::UtcMs now) {
    LinkActions actions;
    if (standing_ != Standing::greeting && standing_ != Standing::ready) return actions;
    reader_.feed(bytes);
    while (standing_ == Standing::greeting || standing_ == Standing::ready) {
        std::optional<Reply> reply = reader_.next();
        if (!reply) break;
        take(std::move(*reply), now, actions);
    }
    // As long as something comes it is there: a reply may be large, and many may be asked for at once.
    if (standing_ == Standing::ready && !sent_.empty()) sent_.front().deadline = now + limits::redis_reply_deadline;
    if (!reader_.broken().empty()) lose("What came is not Redis: " + reader_.broken(), false, now, actions);
    return actions;
}

void RedisLink::take(Reply reply, base::UtcMs now, LinkActions& actions) {
    if (standing_ == Standing::greeting) return take_greeting(reply, now, actions);
    if (settings_.use == LinkUse::subscriptions) {
        if (reply.is_error()) {
            const bool no_access = fault_of(reply.text) == RedisFault::no_access;
            return lose("Redis refused a subscription: " + reply.text, no_access, now, actions);
        }
        actions.emplace_back(Heard{std::move(reply)});
        return;
    }
    if (sent_.empty()) return lose("A reply came that nobody asked for.", false, now, actions);
    const std::uint64_t ticket = sent_.front().ticket;
    sent_.pop_front();
    actions.emplace_back(Replied{ticket, std::move(reply)});
}

// ---- end and beginning again -------------------------------------------------------------------

LinkActions RedisLink::on_closed(std::string why, base::UtcMs now) {
    LinkActions actions;
    if (standing_ == Standing::stopped || standing_ == Standing::resting) return actions;
    lose(std::move(why), false, now, actions);
    return actions;
}

LinkActions RedisLink::on_time(base::UtcMs now) {
    LinkActions actions;
    const auto at = due();
    if (!at || now < *at) return actions;
    switch (standing_) {
        case Standing::stopped: break;
        case Standing::resting:
            standing_ = Standing::opening;
            deadline_ = now + limits::redis_connect_deadline;
            actions.emplace_back(OpenSocket{});
            break;
        case Standing::opening: lose("No connection within the deadline.", false, now, actions); break;
        case Standing::greeting: lose("No answer to the greeting within the deadline.", false, now, actions); break;
        case Standing::ready: lose("No reply within the deadline.", false, now, actions); break;
    }
    return actions;
}

std::optional<base::UtcMs> RedisLink::due() const {
    if (standing_ == Standing::stopped) return std::nullopt;
    if (standing_ != Standing::ready) return deadline_;
    if (sent_.empty()) return std::nullopt;
    return sent_.front().deadline;
}

void RedisLink::lose(std::string why, bool operator_needed, base::UtcMs now, LinkActions& actions) {
    standing_ = Standing::resting;
    greeting_.clear();
    sent_.clear();
    reader_.reset();
    // Full jitter: all instances lost the same Redis at the same moment, and must not come back at one.
    const std::uint32_t doublings = std::min<std::uint32_t>(failures_++, 10);
    const std::int64_t most = std::min(limits::redis_retry_first.value << doublings, limits::redis_retry_most.value);
    deadline_ = now + base::Millis{std::uniform_int_distribution<std::int64_t>(0, most)(random_)};
    actions.emplace_back(CloseSocket{});
    actions.emplace_back(LinkLost{std::move(why), operator_needed});
}

}  // namespace marchwire::bus
