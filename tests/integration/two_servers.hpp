// Servers on one Redis, and what a test asks of several at once. (tests)
#pragma once

#include "real_server.hpp"
#include "support/redis_server.hpp"

#include <chrono>
#include <initializer_list>
#include <string>
#include <vector>

namespace marchwire::test {

/// Redis is back, a line is healed, a keeper has gone: so soon all goes on (issue 4).
inline constexpr std::chrono::seconds back_within{5};

/// A Redis that loses nothing, and what every server on it is told.
struct SharedRedis {
    /// `more`: further arguments of all servers. `of_redis` and `enter`: as RedisServer's.
    explicit SharedRedis(std::vector<std::string> more = {}, std::vector<std::string> of_redis = {},
                         std::vector<std::string> enter = {});
    /// `address`: by which way a server reaches Redis; empty: the local socket.
    [[nodiscard]] std::vector<std::string> arguments(const std::string& address = "") const;
    [[nodiscard]] std::string socket() const { return directory.path() + "/redis.sock"; }

    TemporaryDirectory directory;
    std::vector<std::string> more;
    RedisServer redis;
};

struct TwoServers : SharedRedis {
    using SharedRedis::SharedRedis;
    RealServer one{arguments()};
    RealServer other{arguments()};
};

/// There when the march is, and is kept by this server.
struct KeptMarch {
    explicit KeptMarch(RealServer& keeper);
};

/// Two servers, of which one keeps the march: it made it when it was alone.
struct KeeperAndOther : SharedRedis {
    using SharedRedis::SharedRedis;
    RealServer keeper{arguments()};
    KeptMarch kept{keeper};
    RealServer other{arguments()};
};

/// Ten minutes a second, the same on all servers that are given it.
[[nodiscard]] std::vector<std::string> fast_clock();

/// Step-off: the marshal has checked in and is expected to go on doing so. The lead follows ops.
void march_off(Somebody& lead, Somebody& marshal);
/// A marshal of section 2 is on post there.
void check_in(Somebody& marshal);

/// Until the server knows the token that another has just made.
void wait_for_token(RealServer& server, const std::string& token);

[[nodiscard]] inline bool keeps_march(const RealServer& server) { return server.figure("marchwire_marches_kept") == 1; }

/// Waits until the server keeps the march; since `when`.
[[nodiscard]] std::chrono::steady_clock::duration taken_over(const RealServer& server,
                                                             std::chrono::steady_clock::time_point when);

/// Alerts that this follower of ops saw raised.
[[nodiscard]] std::ptrdiff_t alerts_raised(const Somebody& lead);
/// Nobody has acknowledged the alert: its ladder has come to the end.
[[nodiscard]] bool ladder_ended(const Somebody& lead);

/// Waits, 20 s at most, until all hold the same position of their ops feed (with its digest) and the same fold, byte by
/// byte; false: they do not.
[[nodiscard]] bool agree(std::initializer_list<Somebody*> all);

/// Entries of a kind in a dump: "alertRaised".
[[nodiscard]] std::vector<nlohmann::json> entries_of(const std::string& dump, const std::string& kind);

}  // namespace marchwire::test
