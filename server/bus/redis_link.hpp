// One link to Redis as a machine: bytes, connects and times go in, what is to be done comes out. No socket, no clock.
#pragma once

#include "base/units.hpp"
#include "bus/redis_reply.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace marchwire::bus {

/// A connection that has subscribed to something can ask for nothing else (RESP2).
enum class LinkUse : std::uint8_t { requests, subscriptions };

struct LinkSettings {
    LinkUse use = LinkUse::requests;
    std::string user;      ///< empty: the default user
    std::string password;  ///< empty: none is asked for
    unsigned database = 0;
    std::string name;  ///< shown by CLIENT LIST
};

/// What a server says of itself when it is greeted (INFO); of a link for subscriptions empty.
struct ServerFacts {
    std::string version;       ///< 7.0.15
    std::string mode;          ///< standalone, sentinel or cluster
    std::string role;          ///< master or slave
    bool append_only = false;  ///< writes go to a file before they are answered
    bool evicts = false;       ///< when memory is short it deletes keys, whoever's they are
    bool operator==(const ServerFacts&) const = default;
};

/// Open a connection; the one before is gone.
struct OpenSocket {
    bool operator==(const OpenSocket&) const = default;
};
/// Close it: what still comes from it is not wanted.
struct CloseSocket {
    bool operator==(const CloseSocket&) const = default;
};
struct WriteBytes {
    std::string bytes;
    bool operator==(const WriteBytes&) const = default;
};
/// Requests may be sent from now on.
struct LinkReady {
    ServerFacts facts;
    bool operator==(const LinkReady&) const = default;
};
/// A request is answered. An error is an answer.
struct Replied {
    std::uint64_t ticket = 0;
    Reply reply;
    bool operator==(const Replied&) const = default;
};
/// On a link for subscriptions: a message, or that a channel was subscribed to or left.
struct Heard {
    Reply message;
    bool operator==(const Heard&) const = default;
};
/// The link is gone or could not be had. Requests on their way may have been done or not; it is tried again by itself.
struct LinkLost {
    std::string why;               ///< for the operator
    bool operator_needed = false;  ///< it will go on failing until somebody changes a setting
    bool operator==(const LinkLost&) const = default;
};
using LinkAction = std::variant<OpenSocket, CloseSocket, WriteBytes, LinkReady, Replied, Heard, LinkLost>;
using LinkActions = std::vector<LinkAction>;

/// Greets (AUTH, SELECT, name, INFO), matches replies to requests in order, and opens the link anew with full jitter
/// after it was lost or has been silent too long. `now` is steady time. One thread.
class RedisLink {
public:
    RedisLink(LinkSettings settings, std::uint32_t seed);

    [[nodiscard]] LinkActions start(base::UtcMs now);
    // ---- from the socket, of the connection that was asked for last --------------------------------
    [[nodiscard]] LinkActions on_open(base::UtcMs now);
    /// It could not be opened, has ended, or is not to be used any more: its server is not what it was.
    [[nodiscard]] LinkActions on_closed(std::string why, base::UtcMs now);
    [[nodiscard]] LinkActions on_bytes(std::string_view bytes, base::UtcMs now);
    [[nodiscard]] LinkActions on_time(base::UtcMs now);
    /// When on_time has something to do next; none: nothing.
    [[nodiscard]] std::optional<base::UtcMs> due() const;

    /// Only while ready(); and nothing more once it is full(), but what belongs to what was sent before. On a link for
    /// subscriptions tickets mean nothing.
    [[nodiscard]] WriteBytes send(std::uint64_t ticket, std::span<const std::string_view> arguments, base::UtcMs now);
    [[nodiscard]] bool ready() const { return standing_ == Standing::ready; }
    [[nodiscard]] bool full() const;

private:
    enum class Standing : std::uint8_t { stopped, resting, opening, greeting, ready };
    enum class Greeting : std::uint8_t { auth, select, name, info };
    struct Sent {
        std::uint64_t ticket = 0;
        base::UtcMs deadline;
    };

    [[nodiscard]] WriteBytes greet();
    void take(Reply reply, base::UtcMs now, LinkActions& actions);
    void take_greeting(const Reply& reply, base::UtcMs now, LinkActions& actions);
    /// Why this server cannot be used; empty when it can.
    [[nodiscard]] std::string objection() const;
    void lose(std::string why, bool operator_needed, base::UtcMs now, LinkActions& actions);

    LinkSettings settings_;
    std::minstd_rand random_;
    Standing standing_ = Standing::stopped;
    ReplyReader reader_;
    ServerFacts facts_;
    std::deque<Greeting> greeting_;
    std::deque<Sent> sent_;
    base::UtcMs deadline_;  ///< of opening and greeting; while resting the end of the rest
    std::uint32_t failures_ = 0;
};

}  // namespace marchwire::bus
