// The border between a session with its socket (net) and the desks (shard): what each asks of the other.
// Everything here runs on the session's own shard; what crosses shards is posted by shard/ alone.
#pragma once

#include "base/hmac.hpp"
#include "base/ids.hpp"
#include "fanout/item.hpp"
#include "fanout/topic_index.hpp"
#include "session/token_index.hpp"
#include "wire/messages.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace marchwire::session {

/// Names one subscription of a session while it lives; an answer for an older one is dropped.
using SubscriptionId = std::uint32_t;

/// Asks for a feed.
struct OpenFeed {
    SubscriptionId subscription = 0;
    wire::FeedName feed;
    std::optional<base::Position> resume;
    wire::Encoding encoding = wire::Encoding::proto;
    core::Actor actor;
};

/// A feed was opened at one moment of its log: items published after it follow by `deliver`, none
/// between is left out. Exactly one of `snapshot` and `items` is used, but for keyed feeds (overview, desk),
/// whose rows come in `newest`.
struct FeedOpened {
    SubscriptionId subscription = 0;
    wire::FeedName feed;
    std::vector<base::TopicNumber> topics;
    base::Position position;  ///< the feed's (public for public feeds) at that moment
    core::PublicPhase phase;  ///< the small summary with its as-of
    std::uint32_t route_version = 0;
    base::UtcMs as_of;
    bool resumed = false;
    std::optional<wire::DiscontinuityReason> discontinuity;  ///< a resume was asked for and cannot be
    std::shared_ptr<const std::string> snapshot;             ///< whole bytes of the feed's snapshot message; shared
    std::vector<fanout::LiveItem> items;                     ///< after the resume position
    std::vector<fanout::LiveItem> newest;                    ///< class C values as they are now
};
struct FeedRefused {
    SubscriptionId subscription = 0;
    wire::FeedName feed;
    base::Refusal refusal;
};

/// A command of this session, with who it is from.
struct RunCommand {
    wire::CommandMessage message;
    core::Actor actor;
};

struct ReadHistory {
    wire::GetHistory request;
    wire::Encoding encoding = wire::Encoding::proto;
    core::Actor actor;
};

/// What a public page answers over HTTP: made by the desks, served by net.
struct PageAnswer {
    unsigned status = 404;
    std::string content_type = "text/plain; charset=utf-8";
    std::string body;
    std::string etag;  ///< quoted; empty: none
    std::string cache_control;
};

/// Offered by a connection to its shard. All calls on its shard's thread, never from inside a call
/// that it makes itself.
class SessionPort {
public:
    virtual ~SessionPort() = default;
    virtual void feed_opened(FeedOpened opened) = 0;
    virtual void feed_refused(FeedRefused refused) = 0;
    virtual void replied(const wire::Reply& reply) = 0;
    virtual void history_read(wire::History history) = 0;
    /// An item on a topic that the session follows. Queue it; `flush` comes at the end of the turn.
    virtual void deliver(const fanout::LiveItem& item) = 0;
    virtual void flush() = 0;
    /// Each second: deadlines, pings, UpTo.
    virtual void tick(base::UtcMs now) = 0;
    /// The session's token is void: send nothing more, close.
    virtual void revoke() = 0;
    /// The server goes down: tell when to come back, then close.
    virtual void drain(base::Millis delay) = 0;
    [[nodiscard]] virtual const std::optional<Grant>& grant() const = 0;
    /// Waiting in the send queue: asked each second, for metrics.
    [[nodiscard]] virtual std::size_t queued_bytes() const { return 0; }
};

/// Offered by a shard to the connections on it. All calls on its thread; answers come later through
/// the SessionPort, and never after `leave`.
class Backend {
public:
    virtual ~Backend() = default;
    [[nodiscard]] virtual fanout::Slot join(SessionPort& port) = 0;
    virtual void leave(fanout::Slot slot) = 0;

    [[nodiscard]] virtual std::optional<Grant> find_token(const base::Hash256& hash) const = 0;
    virtual void open_feed(fanout::Slot slot, OpenFeed wish) = 0;
    /// From here on nothing of this subscription is delivered.
    virtual void close_feed(fanout::Slot slot, SubscriptionId subscription, const wire::FeedName& feed) = 0;
    virtual void run_command(fanout::Slot slot, RunCommand command) = 0;
    virtual void report_position(fanout::Slot slot, const core::Actor& actor, wire::ReportPosition report) = 0;
    virtual void read_history(fanout::Slot slot, ReadHistory request) = 0;
    /// A staff session of this person said something, or fell silent: liveness.
    virtual void heard_from(fanout::Slot slot, const Grant& grant) = 0;
    [[nodiscard]] virtual base::UtcMs now() const = 0;
};

}  // namespace marchwire::session
