// What the load generator must know of a subject: how a client of it opens, subscribes, publishes, and finds payloads.
#pragma once

#include "load/frames.hpp"
#include "load/link.hpp"
#include "load/payload.hpp"
#include "load/plan.hpp"
#include "load/tally.hpp"

#include <memory>
#include <string>

namespace marchwire::load {

/// A machine without sockets: it reads frames, lays bytes to `link.out`, and tells the tally. One for all links.
class Protocol {
public:
    Protocol(const Plan& plan, Tally& tally) : plan_(plan), tally_(tally) {}
    Protocol(const Protocol&) = delete;
    Protocol& operator=(const Protocol&) = delete;
    virtual ~Protocol() = default;

    /// What stands behind GET.
    [[nodiscard]] virtual std::string target(const Link& link) const = 0;
    /// Sec-WebSocket-Protocol; empty: none.
    [[nodiscard]] virtual std::string subprotocol() const { return {}; }
    /// After the upgrade. Sets `link.awaited` to the number of answers after which the link is ready; 0: it is.
    virtual void opened(Link& link) = 0;
    /// A frame of text, binary or continuation.
    virtual void received(Link& link, const Frame& frame, std::int64_t now) = 0;
    virtual void publish(Link& link, const Stamp& stamp) = 0;
    /// Leaves `feed.topic` for `topic`.
    virtual void change_topic(Link& link, Followed& feed, std::uint32_t topic) = 0;

    // Of marchwire alone.
    /// Hold and Release in turn. True for a Hold: it is of class A and its way is measured, a Release is not.
    virtual bool give_order(Link&, std::int64_t /*due*/) { return false; }
    /// The same of an order that somebody else gives then.
    virtual bool expect_order(std::int64_t /*due*/) { return false; }
    virtual void check_in(Link&, std::int64_t /*due*/) {}
    virtual void report_position(Link&) {}

protected:
    static void answered(Link& link) {
        if (link.awaited > 0) --link.awaited;
    }
    [[nodiscard]] static std::string topic_name(std::uint32_t topic) { return "t" + std::to_string(topic); }

    const Plan& plan_;
    Tally& tally_;
};

/// "marchwire", "plain" (uWebSockets and ws), "floor", "nchan", "socketio", "nats", "mqtt"; null for another.
[[nodiscard]] std::unique_ptr<Protocol> make_protocol(const Plan& plan, Tally& tally);

}  // namespace marchwire::load
