// What is said on the wire, as plain values: the rest of the server never sees Protobuf.
#pragma once

#include "base/outcome.hpp"
#include "core/column.hpp"
#include "core/command.hpp"
#include "core/event.hpp"
#include "core/rights.hpp"
#include "core/views.hpp"
#include "wire/frame.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace marchwire::wire {

// ---- feeds -------------------------------------------------------------------------------------
enum class FeedKind : std::uint8_t { public_feed, ops, marshal, overview, desk };

/// `public/{campaign}/{march}` and so on; overview and desk name a campaign only.
struct FeedName {
    FeedKind kind = FeedKind::public_feed;
    base::LogId log;

    auto operator<=>(const FeedName&) const = default;
    [[nodiscard]] std::string text() const;
    [[nodiscard]] static base::Result<FeedName> parse(std::string_view text);
};

// ---- from the client ---------------------------------------------------------------------------
struct Subscribe {
    FeedName feed;
    std::optional<base::Position> resume;
};
struct Hello {
    std::uint32_t protocol = 0;
    std::string token;
    std::string client;
    base::DeviceId device;
    std::vector<Subscribe> subscribe;
    std::string signature;  ///< of the Challenge; empty: none
};
/// The answer to a later Challenge; or the next token of an app's person.
struct Prove {
    std::string signature;
    std::string token;
};
/// Who may get in to a march, or to the whole campaign.
struct ReadAccess {
    std::uint64_t request = 0;
    base::LogId log;
    base::PersonId from;
    std::uint32_t limit = 0;  ///< 0: limits::access_persons
};
struct Unsubscribe {
    FeedName feed;
};
struct CommandMessage {
    base::LogId log;
    core::Command command;
    std::uint64_t content_hash = 0;  ///< of the message's bytes without its id, equal for both encodings
};
struct ReportPosition {
    base::LogId march;
    std::vector<core::Fix> fixes;
};
struct GetHistory {
    std::uint64_t request = 0;
    FeedName feed;
    base::Seq from;
    std::uint32_t limit = 0;
};
struct Ping {
    std::uint64_t nonce = 0;
};

/// What a page says of its screen; `untold` is what all other frames say of it.
enum class Screen : std::uint8_t { untold, on, off };

using ClientMessage = std::variant<Hello, Subscribe, Unsubscribe, CommandMessage, ReportPosition, GetHistory, Ping,
                                   Screen, Prove, ReadAccess>;

// ---- from the server ---------------------------------------------------------------------------
struct Welcome {
    base::UtcMs server_time;
    std::string session;
    core::Actor actor;
    base::LogId scope;  ///< empty campaign for followers
    std::string demo_clock;
    double clock_rate = 1;
    std::string push_key;  ///< VAPID; empty: no pushes, or no staff
};
struct Subscribed {
    FeedName feed;
    std::vector<base::TopicNumber> topics;
    base::UtcMs as_of;
    core::PublicPhase phase;
    std::uint32_t route_version = 0;
    bool resumed = false;
};
struct Unsubscribed {
    FeedName feed;
    std::optional<base::Refusal> refusal;
};
/// In the clear: in an answer, and on its way into a seal or out of it.
struct PersonDetails {
    std::string name, phone;
    bool operator==(const PersonDetails&) const = default;
};
/// Who has come in by an invite. On no wire.
struct ComeIn {
    base::PersonId person;
    base::Slug march;            ///< empty: the whole campaign
    bool second_device = false;  ///< another device of theirs is in
};
struct Accepted {
    core::Level level = core::Level::none;
    base::Position position;
    std::uint64_t made = 0;
    bool proposed = false;  ///< `made` is a proposal that waits for somebody to confirm it
    std::optional<core::RestrictedBlock> restricted = {};  ///< to ReadRestricted alone
    std::string invite_code = {};                          ///< to InviteMarshal and AddDevice alone
    std::optional<PersonDetails> details = {};             ///< to RevealPerson alone
    std::optional<ComeIn> come_in = {};                    ///< to RedeemInvite alone
};
struct Reply {
    base::CommandId id;
    base::Result<Accepted> outcome;
};
struct ErrorItem {
    base::Refusal refusal;
};
struct Pong {
    std::uint64_t nonce = 0;
    base::UtcMs server_time;
};
struct UpTo {
    FeedName feed;
    base::Position position;
};
enum class DiscontinuityReason : std::uint8_t { history_changed = 1, history_trimmed = 2, fell_behind = 3 };
struct Discontinuity {
    FeedName feed;
    DiscontinuityReason reason = DiscontinuityReason::history_trimmed;
    std::string message;
};
struct Skipped {
    FeedName feed;
    std::uint32_t keys = 0;
    base::UtcMs from, to;
};
struct Drain {
    base::Millis delay;
    std::string message;
};
struct SnapshotPiece {
    FeedName feed;
    base::Position position;
    std::uint32_t piece = 0, pieces = 0;
    std::string bytes;
};
/// Items already encoded (pieces of a run) for the session's encoding.
struct History {
    std::uint64_t request = 0;
    FeedName feed;
    std::vector<std::string> items;
    bool more = false;
    std::optional<base::Refusal> refusal;
};

/// What a device signs next.
struct Challenge {
    std::string nonce;  ///< 32 bytes
};
/// One person and what they may come in by.
struct PersonAccess {
    core::Person person;
    std::vector<core::Token> devices;   ///< not revoked
    std::vector<core::Invite> invites;  ///< alive
    std::vector<std::string> codes;     ///< of these; empty: only the link opens it
};
struct Access {
    std::uint64_t request = 0;
    std::vector<PersonAccess> persons;
    base::PersonId next;  ///< to go on from; 0: that was all
    std::optional<base::Refusal> refusal;
};

struct OverviewRows {
    base::Slug campaign;
    std::string name;
    std::vector<core::OverviewRow> rows;
    std::vector<core::PublicColumn> columns;
    bool whole = false;
    base::UtcMs imported_at = {};       ///< with `whole`: when the campaign's file was last in; 0: never
    std::vector<base::Slug> gone = {};  ///< shredded: their rows are void
};                                      ///< columns: same order as rows
struct DeskRows {
    base::Slug campaign;
    std::vector<core::DeskRow> rows;
    bool whole = false;
    std::vector<base::Slug> gone = {};
};
enum class Reachability : std::uint8_t { live = 1, stale = 2, unreachable = 3, pocketed = 4 };
struct Liveness {
    base::PersonId person;
    Reachability reachability = Reachability::live;
    base::UtcMs heard_at;
};

/// Items about the session itself or outside any log's order.
using SessionItem = std::variant<Welcome, Subscribed, Unsubscribed, Reply, ErrorItem, Pong, UpTo, Discontinuity,
                                 Skipped, Drain, SnapshotPiece, History, OverviewRows, DeskRows, Challenge, Access>;
/// Class C values on a log's topic.
using TelemetryItem = std::variant<core::PublicColumn, core::OpsColumn, core::TrackedPosition, Liveness>;

}  // namespace marchwire::wire
