// The asynchronous client: connects, keeps its feeds whole over lost connections, sends commands once.
#pragma once

#include "marchwire/access.hpp"
#include "marchwire/api.hpp"
#include "marchwire/commands.hpp"
#include "marchwire/rows.hpp"
#include "marchwire/values.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace marchwire::sdk {

// ---- what a feed brings ------------------------------------------------------------------------
/// The march is in another phase.
struct PhaseChanged {
    Phase phase = Phase::unknown;
    std::uint32_t version = 0;
    std::string sentence;
    std::string reason;  ///< staff only
};
/// Place, plan or the like: look at `march()`.
struct MarchUpdated {};
/// A version of the route was made, or stands elsewhere.
struct RouteChanged {
    std::uint32_t version = 0;
    RouteStatus status = RouteStatus::unknown;
    std::string name;
};
/// The public is told something.
struct NoticePosted {
    Notice notice;
};
/// How many calls to action there are now.
struct CallsToActionSet {
    std::uint32_t calls = 0;
};
/// Duty, role or section; look at `march()` for the whole of it.
struct MemberChanged {
    PersonId person = 0;
    std::optional<Duty> duty;
};
/// Somebody is heard.
struct CheckedIn {
    PersonId person = 0;
    Report report = Report::unknown;
    Place place;
    std::uint32_t battery_percent = 0;
    PersonId reported_by = 0;  ///< somebody else said so; 0: the person
    HeardBy heard_by = HeardBy::none;
};
/// Somebody cries for help; the alert about it comes as AlertChanged.
struct SosRaised {
    PersonId person = 0;
};
/// The person ended the own cry for help, and its alert with it. `under_duress`, told to leads alone: on that person's
/// phone it has ended, and in truth it goes on.
struct SosCancelled {
    PersonId person = 0;
    bool under_duress = false;
};
/// Somebody gave a wrong PIN for a cry for help that is open (leads alone).
struct SosPinMistyped {
    PersonId person = 0;
    std::uint32_t tries_left = 0;
};
/// People were counted.
struct CountReported {
    Count count;
};
/// Other alerts are on now.
struct PolicySet {
    AlertPreset preset = AlertPreset::unknown;
    bool by_size = false;  ///< the roster's size says so, and not a person
};
/// An alert was raised, or stands elsewhere.
struct AlertChanged {
    AlertKind kind = AlertKind::unknown;
    std::uint64_t subject = 0;  ///< see is_about_person
    AlertState state = AlertState::unknown;
    std::uint32_t step = 0;
    std::uint32_t number = 0;  ///< the order or incident; GAP_OPEN: the section ahead of the gap
    bool critical = false;     ///< told when it is raised
    std::uint32_t figure = 0;  ///< told when it is raised, as in Alert
};
/// Look at `march()` for its recipients, and whether the person is one of them.
struct OrderIssued {
    std::uint32_t number = 0;
    OrderKind kind = OrderKind::unknown;
    std::string text;
};
/// Some receipts of an order: who was added is queued.
struct ReceiptsMoved {
    /// How far one recipient is.
    struct Move {
        std::uint32_t ordinal = 0;  ///< Member::ordinal
        ReceiptState state = ReceiptState::unknown;
        UtcMs unreached_since = 0;  ///< queued: cannot be reached at present
    };
    std::uint32_t order = 0;
    std::vector<Move> moves;
};
/// These orders ask for nothing any more.
struct OrdersEnded {
    std::vector<std::uint32_t> orders;
    OrderState state = OrderState::unknown;
    std::uint32_t superseded_by = 0;
};
/// Reported, or changed in whatever way: look at `march()` for the whole of it. On a phone one that is closed may have
/// gone on elsewhere.
struct IncidentChanged {
    std::uint32_t number = 0;
    IncidentKind kind = IncidentKind::unknown;
    Severity severity = Severity::unknown;
    IncidentState state = IncidentState::unknown;
    PersonId owner = 0;
    std::string description;
    std::string note;  ///< what was added to its timeline
};
/// Some of the active route, or (with a new route) all: look at `march()`.
struct IntersectionsChanged {
    /// How one of them stands now.
    struct Change {
        std::uint32_t waypoint = 0;
        IntersectionState state = IntersectionState::unknown;
    };
    std::vector<Change> changes;
    bool whole = false;
};
/// What is closed of the active route: look at `march()`.
struct ClosuresSet {
    std::uint32_t legs = 0;
    std::uint32_t exits = 0;
};
/// Somebody has read what is restricted of an incident (ops).
struct RestrictedRead {
    std::uint32_t incident = 0;
    PersonId person = 0;
};
/// Somebody has read a person's name and number (ops).
struct PersonRevealed {
    PersonId person = 0;
    PersonId by = 0;
};
/// Name and number of this person are deleted: show them nowhere any more (ops).
struct PersonErased {
    PersonId person = 0;
    PersonId by = 0;
};
/// Once a minute while the march moves.
struct ColumnSampled {
    ColumnSample sample;
};
/// An end of the column was seen to pass.
struct WaypointPassed {
    End end = End::unknown;
    PassedMark mark;
    PersonId person = 0;  ///< who said so; 0: nobody, the route changed
};
/// Something waits for another person to confirm it.
struct ProposalMade {
    Proposal proposal;
};
/// It was confirmed, or lapsed.
struct ProposalEnded {
    std::uint32_t number = 0;
    bool confirmed = false;
};
/// The empty street between two neighbouring sections.
struct SectionGap {
    std::uint32_t ahead = 0, behind = 0;  ///< sections
    double metres = 0;
    bool holds_intersection = false;
};
/// When the head will be at a waypoint, should it go on at its pace.
struct Arrival {
    std::uint32_t waypoint = 0;
    UtcMs at = 0;
};
/// Class C: newest value only, outside the order. `exact` on ops; else snapped and late.
struct ColumnMoved {
    bool exact = false;
    bool moving = false;
    std::optional<double> head_metres, tail_metres;
    bool stale = false;                                ///< exact: positions were missed a short while ago
    UtcMs head_reported_at = 0, tail_reported_at = 0;  ///< somebody saw it pass then; 0: by GPS, or nothing is known
    // What follows is of the exact column alone.
    double head_spread_metres = 0, tail_spread_metres = 0;  ///< from the last marshal of this end to the foremost
    std::optional<double> length_metres;
    std::optional<double> head_pace, tail_pace;  ///< metres a second over the last minutes
    UtcMs head_at_end = 0, tail_at_end = 0;      ///< at the route's end; 0: it stands, or nobody knows
    std::vector<SectionGap> gaps;                ///< from the head to the tail
    std::vector<Arrival> arrivals;               ///< of the head, at the next waypoints
    std::optional<double> off_route_metres;      ///< the head beside the line at least
};
/// Class C. Where a marshal is; `flagged`: the fix cannot be right.
struct MarshalMoved {
    PersonId person = 0;
    LatLon at;
    std::optional<std::uint32_t> along_metres;
    bool flagged = false;
};
/// How a marshal's phone is heard now.
struct MarshalHeard {
    PersonId person = 0;
    Reachability reachability = Reachability::unknown;
};
/// Rows of overview or desk that changed, or all of them.
struct RowsChanged {
    std::vector<Row> rows;
    bool whole = false;
    std::vector<std::string> gone = {};  ///< marches that were deleted after their time: their rows are void
};
/// Something else happened, or a thing that this SDK does not know: it counts as applied.
struct OtherChange {
    std::string name;  ///< as in the proto, "tip_signed"; empty when unknown
};
/// What an item says. Of a newer server it may be OtherChange.
using Change = std::variant<
    PhaseChanged, MarchUpdated, RouteChanged, NoticePosted, CallsToActionSet, MemberChanged, CheckedIn, AlertChanged,
    OrderIssued, ReceiptsMoved, OrdersEnded, ProposalMade, ProposalEnded, ColumnMoved, MarshalMoved, MarshalHeard,
    RowsChanged, OtherChange, SosRaised, CountReported, PolicySet, ColumnSampled, WaypointPassed, IncidentChanged,
    RestrictedRead, PersonRevealed, PersonErased, IntersectionsChanged, ClosuresSet, SosCancelled, SosPinMistyped>;

struct ItemSource;  // the message behind an item, inside the SDK

/// An item of a feed, already folded. Valid during the callback only.
class FeedItem {
public:
    /// By the SDK.
    FeedItem(const FeedName& feed, const ItemSource& source) : feed_(feed), source_(source) {}
    /// The feed that it came on.
    [[nodiscard]] const FeedName& feed() const { return feed_; }
    /// Empty for values outside the order (class C, rows).
    [[nodiscard]] MARCHWIRE_SDK_API std::optional<Position> position() const;
    /// When it happened, by the server; 0 where the item does not say.
    [[nodiscard]] MARCHWIRE_SDK_API UtcMs at() const;
    /// Who did it; 0: the server, or this feed does not say.
    [[nodiscard]] MARCHWIRE_SDK_API PersonId actor() const;
    /// What happened, as a value of its own.
    [[nodiscard]] MARCHWIRE_SDK_API Change change() const;
    /// The item in the Protobuf JSON mapping, on one line.
    [[nodiscard]] MARCHWIRE_SDK_API std::string json() const;

private:
    const FeedName& feed_;
    const ItemSource& source_;
};

// ---- the connection ----------------------------------------------------------------------------
/// What Welcome said.
struct Welcome {
    std::string session;
    PersonId person = 0;  ///< 0: anonymous
    Role role = Role::unknown;
    std::string march;       ///< "campaign/march" or "campaign" that the token is for
    std::string demo_clock;  ///< empty: real time
    double clock_rate = 1;
    UtcMs server_time = 0;
    std::string push_key;  ///< 65 bytes: what browsers subscribe pushes with; empty: this server sends none
};
/// A connection is being made.
struct Connecting {
    std::uint32_t attempt = 0;  ///< 0: the first after things were well
};
/// The server let us in.
struct Online {
    Welcome welcome;
};
/// Not connected; tries again after `retry_in`.
struct Waiting {
    Millis retry_in{0};
    std::string reason;
};
/// Will not connect again by itself: closed by the app, or the server said that trying again is of no use.
struct Stopped {
    std::string reason;
    std::optional<Error> error;
};
/// Told at each change.
using ConnectionState = std::variant<Connecting, Online, Waiting, Stopped>;

/// An item came that does not follow the one before.
struct Gap {
    FeedName feed;
    std::uint64_t held = 0;     ///< seq that we had
    std::uint64_t missing = 0;  ///< seq that the item said came before it
};
/// The feed does not go on where it stood. A snapshot follows, and on_snapshot.
struct Discontinuity {
    FeedName feed;
    DiscontinuityReason reason = DiscontinuityReason::unknown;
    std::string message;
};
/// So many newest values were missed, being too slow for them.
struct Skipped {
    FeedName feed;
    std::uint32_t keys = 0;
    UtcMs from = 0, to = 0;
};
/// Something went wrong on this side, or was said that a server does not say: told, and never the end of the app
/// (SPEC.md, 6).
enum class FaultKind : std::uint8_t {
    bad_message,    ///< the connection is dropped, and made anew
    bad_feed,       ///< a snapshot is asked for
    storage,        ///< the queue's file takes nothing: commands are kept in memory alone
    callback,       ///< a callback of the app threw: as if it had returned
    wrong_version,  ///< the server speaks another protocol: stopped
};
/// What went wrong, in words for a log.
struct Fault {
    FaultKind kind = FaultKind::bad_message;
    std::string message;
};
/// "bad_message", ...
[[nodiscard]] MARCHWIRE_SDK_API std::string_view name_of(FaultKind kind);

/// The answer to Client::get_history.
struct History {
    FeedName feed;
    std::vector<std::string> items;  ///< Protobuf JSON, oldest first
    bool more = false;
    std::optional<Error> error;
};

/// What became of a command when it was given.
struct Kept {
    CommandId id;          ///< zero: refused at once, and the reply says why
    bool durable = false;  ///< it is in the queue's file: a kill of the app does not lose it
};
/// A token with when it expires (UTC). A string is one of which nobody knows that: `done("...")` is enough.
struct Token {
    Token() = default;
    /// `said`: the token as text.
    Token(std::string said, UtcMs expires = 0) : text(std::move(said)), expires_at(expires) {}  // NOLINT: so converts
    std::string text;
    UtcMs expires_at = 0;  ///< 0: unknown, and it is not renewed ahead
};

/// On the client's thread, once for each command.
using OnReply = std::function<void(CommandId, const Outcome&)>;
/// On the client's thread.
using OnHistory = std::function<void(const History&)>;

/// All optional. Called on the io_context's thread; they may call the client, but not destroy it.
struct Callbacks {
    std::function<void(const ConnectionState&)> on_state;
    std::function<void(const FeedItem&)> on_item;
    std::function<void(const FeedName&)> on_snapshot;  ///< the feed is whole now: `march`, `rows`, `state_json`
    std::function<void(const Gap&)> on_gap;            ///< seen and being mended: no call of the app is needed
    std::function<void(const Discontinuity&)> on_discontinuity;
    std::function<void(const Skipped&)> on_skipped;
    std::function<void(const FeedName&, const Error&)> on_refused;  ///< the feed is not subscribed (any more)
    std::function<void(const Error&)> on_error;                     ///< a message of ours was bad
    /// It had been accepted, the store lost it, and it was refused when it was sent again: it does not hold.
    std::function<void(CommandId, const Error&)> on_command_lost;
    /// Answers to commands that the queue's file brought from an earlier run, whose own callbacks are gone.
    OnReply on_reply = {};
    std::function<void(const Fault&)> on_fault = {};
};

/// What a client needs to know. Only `url` must be given.
struct ClientSettings {
    std::string url;      ///< ws://host:port/v1/ops (staff) or /v1/ws (followers); wss:// for TLS
    std::string ca_file;  ///< PEM, believed in TLS beside what the system trusts; empty: none
    std::string token;    ///< empty: anonymous follower
    /// Signs each log-in with the device's key (DeviceKey::sign), on the io_context's thread; empty where the token is
    /// bound to no device.
    std::function<std::string(std::string_view text)> sign = {};
    /// Gives the token of the next connection, by a call of `done` on the io_context's thread, at once or later: for an
    /// app whose backend signs short ones. Asked before each connection, and while one lasts half a minute before the
    /// token expires: the session goes on with the next one. "" when there is none now. Then `token` means nothing.
    std::function<void(std::function<void(Token token)> done)> fetch_token = {};
    /// Where check-ins, SOS, counts, incidents and receipts are kept until they are answered, over restarts of the app:
    /// a file of SQLite that the SDK makes, for one device and one client at a time. Empty: in memory alone. It holds
    /// no coordinate (no command has one); what was answered leaves it a minute later.
    std::string queue_file = {};
    std::uint64_t device = 0;                ///< random, kept by the app; 0: no commands
    std::uint64_t counter = 0;               ///< last counter that this device used
    std::string name = "marchwire-cpp/0.1";  ///< for the operator's logs; no person in it
    std::uint64_t jitter_seed = 0;           ///< of the waits between tries; 0: of the device, or by chance
    Millis retry_first{500};                 ///< waits are drawn from 0 to this, doubled with each try, ...
    Millis retry_most{30'000};               ///< ... and to this at most
    std::size_t commands_waiting = 1'000;    ///< unanswered ones kept; more are refused
};

/// One connection to one server. All members and callbacks on the io_context's thread. Commands, feeds and what
/// was folded outlive lost connections; unanswered commands are sent again with the same id.
///
/// As soon as an order for this person stands in the folded `marshal` feed the client sends MarkDelivered for it by
/// itself, once, with an id of the same device (none without a device; none where a feed is resumed from a position
/// that the app kept, until its next snapshot). That the person has seen or acknowledged it is for the app to say.
class Client {
public:
    /// On the app's own io_context, which outlives it. With the shared library: see OwnThread.
    MARCHWIRE_SDK_STATIC Client(boost::asio::io_context& io, const ClientSettings& settings, Callbacks callbacks);
    /// Closes the socket without a word; no callback comes after it.
    MARCHWIRE_SDK_STATIC ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    /// Begins to connect, and goes on until `close`, a refusal or the end of the client.
    MARCHWIRE_SDK_API void connect();
    /// Says goodbye; on_state(Stopped) follows. Unanswered commands stay unanswered.
    MARCHWIRE_SDK_API void close();
    /// As if the network went away: the socket is dropped without a word, and connecting begins anew.
    MARCHWIRE_SDK_API void drop_connection();

    /// From the snapshot on. Outlives lost connections; again for the same feed: nothing happens.
    MARCHWIRE_SDK_API void subscribe(const FeedName& feed);
    /// Goes on after a position that the app kept (with nothing folded).
    MARCHWIRE_SDK_API void subscribe(const FeedName& feed, const Position& resume);
    /// Nothing of it comes any more, and what was folded is forgotten.
    MARCHWIRE_SDK_API void unsubscribe(const FeedName& feed);

    /// `log`: "campaign/march" or "campaign". The reply comes once: from the server, or UNAVAILABLE
    /// from here when too many wait (then the id is zero). What was accepted within the last minute is sent again, with
    /// its id, when the server says HISTORY_CHANGED of a feed of its march: see Callbacks::on_command_lost.
    MARCHWIRE_SDK_API Kept command(const std::string& log, const Command& command, OnReply on_reply);
    /// The same of a `marchwire.v1.Command` in the Protobuf JSON mapping without id, log and madeAtMs:
    /// {"checkIn": {"report": "ON_POST"}}. Text that is none is answered by INVALID_ARGUMENT from here.
    MARCHWIRE_SDK_API Kept command_json(const std::string& log, std::string_view json, OnReply on_reply);
    /// Not stored, not answered; dropped when not connected. `march`: "campaign/march".
    MARCHWIRE_SDK_API void report_position(const std::string& march, const std::vector<Fix>& fixes);
    /// The screen of this device went off, or on again: silence of a phone in a pocket is no alarm. Kept over
    /// reconnects.
    MARCHWIRE_SDK_API void screen(bool off);
    /// Items of the log from `from` (a seq) on, at most `limit`. Answered once; UNAVAILABLE when the connection is
    /// lost.
    MARCHWIRE_SDK_API void get_history(const FeedName& feed, std::uint64_t from, std::uint32_t limit,
                                       OnHistory on_history);

    /// Who may get in to this march, or ("campaign" alone) to its desk; for leads, the national desk and auditors.
    /// `from`: a person, 0 for the first.
    MARCHWIRE_SDK_API void read_access(const std::string& log, PersonId from, OnAccess on_access);

    /// Whether the server has let us in and the connection stands.
    [[nodiscard]] MARCHWIRE_SDK_API bool is_online() const;
    /// The server's clock now, from Welcome and the time since; 0 before the first Welcome.
    [[nodiscard]] MARCHWIRE_SDK_API UtcMs server_time() const;
    /// How many wait for an answer, those of the file too.
    [[nodiscard]] MARCHWIRE_SDK_API std::size_t unanswered_commands() const;
    /// The last counter that this device used, here or before: to be kept for ClientSettings::counter. Receipts that
    /// the client sends by itself use counters too.
    [[nodiscard]] MARCHWIRE_SDK_API std::uint64_t counter() const;
    /// A copy; empty until the first snapshot, and for keyed feeds. Keep it while you walk over a part of it: a loop
    /// over `march(feed)->roster` walks over what is gone.
    [[nodiscard]] MARCHWIRE_SDK_API std::optional<March> march(const FeedName& feed) const;
    /// Of overview and desk, a copy; empty for other feeds.
    [[nodiscard]] MARCHWIRE_SDK_API std::vector<Row> rows(const FeedName& feed) const;
    /// Where the feed stands; empty before its snapshot.
    [[nodiscard]] MARCHWIRE_SDK_API std::optional<Position> position(const FeedName& feed) const;
    /// The folded state as Protobuf JSON of the feed's snapshot message (PublicSnapshot, OpsSnapshot,
    /// MarshalSnapshot, OverviewRows, DeskRows) on one line; empty before it is whole.
    [[nodiscard]] MARCHWIRE_SDK_API std::string state_json(const FeedName& feed) const;

private:
    class Shell;
    std::shared_ptr<Shell> shell_;
};

}  // namespace marchwire::sdk
