// The border between a session with its socket (net) and the desks (shard): what each asks of the other.
// Everything here runs on the session's own shard; what crosses shards is posted by shard/ alone.
#pragma once

#include "base/hmac.hpp"
#include "base/ids.hpp"
#include "fanout/item.hpp"
#include "fanout/newest_table.hpp"
#include "fanout/run.hpp"
#include "fanout/send_queue.hpp"
#include "fanout/topic_index.hpp"
#include "session/admission.hpp"
#include "session/token_index.hpp"
#include "wire/messages.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace marchwire::session {

/// Which listener the client came in by (DESIGN 6).
enum class Door : std::uint8_t { followers, staff };

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

/// A snapshot as the messages that carry its pieces: made once per feed, version and encoding, shared by all.
using SnapshotPieces = std::shared_ptr<const std::vector<wire::Frame>>;

/// A feed was opened at one moment of its log: items published after it follow by `deliver`, none
/// between is left out. Exactly one of `snapshot` and `items` is used, but for keyed feeds (overview, desk),
/// whose rows come by their topics' tables alone.
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
    SnapshotPieces snapshot;
    wire::Frame heading;                   ///< said before the first row of a keyed feed: what was held before is void
    std::vector<fanout::LiveItem> items;   ///< after the resume position
    std::vector<fanout::LiveItem> newest;  ///< class C values as they are now: for the topics' tables of the shard
};
struct FeedRefused {
    SubscriptionId subscription = 0;
    wire::FeedName feed;
    base::Refusal refusal;
};

/// Asks who of a march's roster is called so, exactly.
struct FindMember {
    base::LogId march;
    std::string callsign;
};
struct MemberFound {
    base::LogId march;
    base::PersonId person;  ///< 0: nobody there is called so
    core::Role role = core::Role::follower;
    std::optional<base::Refusal> refusal;  ///< there is no such march, it cannot be looked at, or they are to stay out
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

struct ReadAccess {
    wire::ReadAccess request;
    core::Actor actor;
};

/// What the token of an app says once it is believed: who it is by their callsign, and for how long.
struct AppPass {
    FindMember who;
    base::Millis lives;  ///< from now on
};

/// What a public page answers over HTTP: made by the desks, served by net.
struct PageAnswer {
    unsigned status = 404;
    std::string content_type = "text/plain; charset=utf-8";
    std::string body;
    std::string etag;  ///< quoted; empty: none
    std::string cache_control;
};

/// Whether a session that was given something wants `flush` at the end of the turn.
enum class AfterDelivery : std::uint8_t { nothing, flush };

/// Offered by a connection to its shard. All calls on its shard's thread, never from inside a call
/// that it makes itself.
class SessionPort {
public:
    virtual ~SessionPort() = default;
    /// From its beginning on: what a delivery to a session that keeps up looks at.
    static constexpr std::size_t hot_bytes = 768;
    virtual void feed_opened(FeedOpened opened) = 0;
    virtual void feed_refused(FeedRefused refused) = 0;
    virtual void replied(const wire::Reply& reply) = 0;
    virtual void history_read(wire::History history) = 0;
    virtual void access_read(wire::Access access) = 0;
    virtual void member_found(const MemberFound& found) = 0;
    /// What a topic that is no other feed's has for all its followers at this flush.
    [[nodiscard]] virtual AfterDelivery deliver(const fanout::Run& run) = 0;
    /// Items of one log, in order, of topics that several of which one feed may hold: each session picks its own.
    [[nodiscard]] virtual AfterDelivery deliver(std::span<const fanout::LiveItem> items) = 0;
    /// A topic that the session follows has newer values than it has seen: `Backend::newest`.
    [[nodiscard]] virtual AfterDelivery newest_changed() = 0;
    virtual void flush() = 0;
    /// A deadline that was asked for by `Backend::wake` may have come. Gives the next; 0 is none.
    [[nodiscard]] virtual base::UtcMs tick() = 0;
    /// The session's token is void: send nothing more, close.
    virtual void revoke() = 0;
    /// The server goes down: tell when to come back, then close.
    virtual void drain(base::Millis delay) = 0;
    /// Null for those who follow without a name.
    [[nodiscard]] virtual const Grant* grant() const = 0;
};

/// Offered by a shard to the connections on it. All calls on its thread; answers come later through
/// the SessionPort, and never after `leave`.
class Backend {
public:
    virtual ~Backend() = default;
    [[nodiscard]] virtual fanout::Slot join(SessionPort& port) = 0;
    virtual void leave(fanout::Slot slot) = 0;

    [[nodiscard]] virtual std::optional<Credential> find_token(const base::Hash256& hash) const = 0;
    /// Whether an app's token is to be believed; the refusal is what its session is told.
    [[nodiscard]] virtual base::Result<AppPass> read_app_token(std::string_view token) const = 0;
    virtual void find_member(fanout::Slot slot, FindMember wish) = 0;
    virtual void open_feed(fanout::Slot slot, OpenFeed wish) = 0;
    /// From here on nothing of this subscription is delivered.
    virtual void close_feed(fanout::Slot slot, SubscriptionId subscription, const wire::FeedName& feed) = 0;
    virtual void run_command(fanout::Slot slot, RunCommand command) = 0;
    virtual void report_position(fanout::Slot slot, const core::Actor& actor, wire::ReportPosition report) = 0;
    virtual void read_history(fanout::Slot slot, ReadHistory request) = 0;
    virtual void read_access(fanout::Slot slot, ReadAccess request) = 0;
    /// A staff session of this person said something, or fell silent: liveness.
    virtual void heard_from(fanout::Slot slot, const Grant& grant, wire::Screen screen) = 0;
    /// SessionPort::tick at this moment of base::machine_now() (rounded up to a beat), unless an earlier one is
    /// asked for already.
    virtual void wake(fanout::Slot slot, base::UtcMs machine_time) = 0;
    /// Does this in a later turn, behind what others have put off before, a little of it in each turn.
    virtual void put_off(std::function<void()> work) = 0;
    /// Class C of a topic that a session of this shard follows; null when there is none. Until the next turn.
    [[nodiscard]] virtual const fanout::NewestTable* newest(base::TopicNumber topic) const = 0;
    /// What may wait in all queues of one door here.
    [[nodiscard]] virtual std::shared_ptr<fanout::QueueBudget> budget(Door door) const = 0;
    /// Of all sessions here.
    [[nodiscard]] virtual std::shared_ptr<Admission> admission() const = 0;
    [[nodiscard]] virtual base::UtcMs now() const = 0;
};

}  // namespace marchwire::session
