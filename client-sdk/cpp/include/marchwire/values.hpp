// What the SDK tells an app, as plain values: feeds, places in them, marches, people on duty, alerts.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace marchwire::sdk {

using Millis = std::chrono::milliseconds;
/// Milliseconds since 1970 (UTC) by the server's clock; 0 means none.
using UtcMs = std::int64_t;
/// 0 is nobody.
using PersonId = std::uint64_t;

/// Degrees, WGS 84.
struct LatLon {
    double lat = 0;
    double lon = 0;
    bool operator==(const LatLon&) const = default;
};

/// A place in a feed. Opaque but for seq, which never goes down.
struct Position {
    std::uint32_t epoch = 0;
    std::uint64_t seq = 0;
    std::uint64_t digest = 0;
    bool operator==(const Position&) const = default;
};

enum class FeedKind : std::uint8_t { public_feed, ops, marshal, overview, desk };

/// `public/{campaign}/{march}`, `ops/...`, `marshal/...`, `overview/{campaign}`, `desk/{campaign}`.
struct FeedName {
    FeedKind kind = FeedKind::public_feed;
    std::string campaign;
    std::string march;  ///< empty for overview and desk

    auto operator<=>(const FeedName&) const = default;
    [[nodiscard]] std::string text() const;
    /// Empty when it is no feed's name.
    [[nodiscard]] static std::optional<FeedName> parse(std::string_view text);
    /// Overview and desk: newest value per march, no resume.
    [[nodiscard]] bool is_keyed() const { return kind == FeedKind::overview || kind == FeedKind::desk; }
};

// ---- words: their numbers are those of the wire; a number that this SDK does not know stays as it is ----
enum class MarchKind : std::uint8_t { unknown = 0, in_person = 1, virtual_event = 2 };
enum class Phase : std::uint8_t {
    unknown = 0,
    planned = 1,
    assembling = 2,
    marching = 3,
    held = 4,
    rally = 5,
    call_to_action = 6,
    dispersing = 7,
    closed = 8,
    stopped = 9,
    postponed = 10,
    cancelled = 11,
    live = 12,
    paused = 13,
};
enum class Role : std::uint8_t {
    unknown = 0,
    follower = 1,
    head = 2,
    side = 3,
    tail = 4,
    intersection = 5,
    de_escalator = 6,
    access = 7,
    medic = 8,
    legal_observer = 9,
    section_lead = 10,
    police_liaison = 11,
    dispatcher = 12,
    anchor = 13,
    city_lead = 14,
    national_desk = 15,
    auditor = 16,
    keeper = 17,
};
enum class Duty : std::uint8_t {
    unknown = 0,
    invited = 1,
    confirmed = 2,
    checked_in = 3,
    on_duty = 4,
    on_break = 5,
    handover_pending = 6,
    relieved = 7,
    stood_down = 8,
    no_show = 9,
};
enum class Report : std::uint8_t { unknown = 0, on_post = 1, moving = 2, needs_relief = 3, needs_help = 4 };
enum class PlaceKind : std::uint8_t { none = 0, post = 1, section = 2, route_metre = 3 };
enum class RouteStatus : std::uint8_t {
    unknown = 0,
    draft = 1,
    approved = 2,
    active = 3,
    superseded = 4,
    withdrawn = 5,
};
enum class Severity : std::uint8_t { unknown = 0, info = 1, warning = 2, urgent = 3 };
enum class AlertKind : std::uint8_t {
    unknown = 0,
    checkin_missed = 1,
    order_unacked = 20,
    roll_call_incomplete = 21,
};
enum class OrderKind : std::uint8_t {
    unknown = 0,
    hold = 1,
    stop = 2,
    slow = 3,
    resume = 4,
    reroute = 5,
    close_up = 6,
    staff_intersection = 7,
    disperse = 8,
    info = 9,
    roll_call = 10,
};
enum class OrderState : std::uint8_t { unknown = 0, open = 1, superseded = 2, cancelled = 3, closed = 4 };
enum class AudienceKind : std::uint8_t { unknown = 0, all = 1, role = 2, section = 3, names = 4 };
/// Moves only to the right.
enum class ReceiptState : std::uint8_t { unknown = 0, queued = 1, delivered = 2, seen = 3, acked = 4, declined = 5 };
/// How somebody knows what they say on behalf of another.
enum class HeardBy : std::uint8_t { unknown = 0, radio = 1, phone = 2, voice = 3, seen = 4 };
enum class AlertState : std::uint8_t { unknown = 0, raised = 1, notifying = 2, acked = 3, exhausted = 4, cleared = 5 };
enum class Reachability : std::uint8_t { unknown = 0, live = 1, stale = 2, unreachable = 3 };
/// How safely a command was stored: what each level survives stands in the server's README.
enum class Level : std::uint8_t { none = 0, stored = 1, synced = 2, replicated = 3 };
enum class ErrorCode : std::uint8_t {
    unknown = 0,
    invalid_argument = 1,
    unauthenticated = 2,
    permission_denied = 3,
    not_found = 4,
    invalid_transition = 5,
    conflict = 6,
    expired = 7,
    rate_limited = 8,
    too_large = 9,
    unavailable = 10,
};
enum class DiscontinuityReason : std::uint8_t {
    unknown = 0,
    history_changed = 1,
    history_trimmed = 2,
    fell_behind = 3
};

/// Lower snake case, as the command line shows and takes them; "unknown" for numbers of a newer server.
[[nodiscard]] std::string_view name_of(Phase phase);
[[nodiscard]] std::string_view name_of(Role role);
[[nodiscard]] std::string_view name_of(Duty duty);
[[nodiscard]] std::string_view name_of(Report report);
[[nodiscard]] std::string_view name_of(RouteStatus status);
[[nodiscard]] std::string_view name_of(Severity severity);
[[nodiscard]] std::string_view name_of(AlertKind kind);
[[nodiscard]] std::string_view name_of(AlertState state);
[[nodiscard]] std::string_view name_of(OrderKind kind);
[[nodiscard]] std::string_view name_of(OrderState state);
[[nodiscard]] std::string_view name_of(ReceiptState state);
[[nodiscard]] std::string_view name_of(Level level);
[[nodiscard]] std::string_view name_of(ErrorCode code);
[[nodiscard]] std::string_view name_of(DiscontinuityReason reason);
/// The reverse; '-' is taken for '_'. Empty when there is no such word.
[[nodiscard]] std::optional<Phase> phase_named(std::string_view name);
[[nodiscard]] std::optional<Role> role_named(std::string_view name);
[[nodiscard]] std::optional<Report> report_named(std::string_view name);
[[nodiscard]] std::optional<Severity> severity_named(std::string_view name);
[[nodiscard]] std::optional<OrderKind> order_kind_named(std::string_view name);
[[nodiscard]] std::optional<HeardBy> heard_by_named(std::string_view name);

/// Why something was refused: `field` is the path of what was wrong, `message` says what to do.
struct Error {
    ErrorCode code = ErrorCode::unknown;
    std::string field;
    std::string message;
    std::uint32_t current_version = 0;  ///< CONFLICT: the thing's version now
    std::string current_value;
    Millis retry_after{0};
};

// ---- a march -----------------------------------------------------------------------------------
struct PlannedPhase {
    Phase phase = Phase::unknown;
    UtcMs at = 0;  ///< 0: no time is known
};
struct Place {
    PlaceKind kind = PlaceKind::none;
    std::uint32_t number = 0;  ///< waypoint, section, or metres from the start
};
struct Waypoint {
    std::string kind;  ///< "assembly", "rally", ...
    std::string name;
    LatLon at;
    double along_metres = 0;
};
struct Route {
    std::uint32_t version = 0;  ///< 0: none
    RouteStatus status = RouteStatus::unknown;
    std::string name;
    std::vector<LatLon> points;  ///< empty before the route is public
    std::vector<Waypoint> waypoints;
    std::string source;
};
struct Member {
    PersonId person = 0;
    std::uint32_t ordinal = 0;  ///< place in the roster: changes of receipts name it
    std::string callsign;
    Role role = Role::unknown;
    std::uint32_t section = 0;
    PersonId buddy = 0;
    Duty duty = Duty::unknown;
    std::uint32_t duty_version = 0;
    UtcMs last_check_in = 0;
    Report last_report = Report::unknown;
    Place last_place;
    std::uint32_t battery_percent = 0;  ///< 0: not said
    UtcMs due_at = 0;                   ///< next check-in; 0: none is expected
};
struct Alert {
    AlertKind kind = AlertKind::unknown;
    PersonId subject = 0;
    AlertState state = AlertState::unknown;
    std::uint32_t step = 0;
    std::uint32_t version = 0;
    UtcMs raised_at = 0;
    PersonId owner = 0;
    std::uint32_t number = 0;  ///< the order that it is about; 0: it is about `subject`
};
/// Whom an order is for. What does not belong to the kind is empty.
struct OrderAudience {
    AudienceKind kind = AudienceKind::all;
    Role role = Role::unknown;
    std::uint32_t section = 0;
    std::vector<PersonId> names;
};
/// How far an order has come with one recipient.
struct Receipt {
    PersonId person = 0;  ///< 0: on no list that this feed holds
    ReceiptState state = ReceiptState::unknown;
    std::string reason;                   ///< declined: why
    std::uint32_t headcount = 0;          ///< answer to a roll call
    PersonId by = 0;                      ///< who said it on behalf of the person; 0: the person
    HeardBy heard_by = HeardBy::unknown;  ///< with `by`

    [[nodiscard]] bool is_answered() const { return state == ReceiptState::acked || state == ReceiptState::declined; }
};
/// An instruction with its receipts. Shown by its template where the app has it in the person's language, else by
/// its text (at most 160 characters; as somebody wrote it where there is no template).
struct Order {
    std::uint32_t number = 0;
    OrderKind kind = OrderKind::unknown;
    std::string template_name;
    std::vector<std::string> parameters;
    std::string text;
    OrderAudience audience;
    PersonId issuer = 0;
    UtcMs issued_at = 0;
    UtcMs deadline = 0;
    OrderState state = OrderState::unknown;
    std::uint32_t superseded_by = 0;  ///< the order's number
    bool escalated = false;           ///< past the deadline, and its alert was raised
    std::vector<Receipt> receipts;    ///< ops: all; a section lead's: of that section; marshal: the own one, if asked

    /// Null when the person is not asked, as far as this feed tells.
    [[nodiscard]] const Receipt* receipt(PersonId person) const;
};
struct Notice {
    std::uint32_t number = 0;
    Severity severity = Severity::unknown;
    std::string language;
    std::string text;
    UtcMs posted_at = 0;
    UtcMs expires_at = 0;
};
struct Proposal {
    std::uint32_t number = 0;
    std::string kind;  ///< "resume", "hold", "stop", "advance_phase", "approve_route", ...
    PersonId proposer = 0;
    std::string reason;
    UtcMs expires_at = 0;
    std::string about;  ///< in short what is proposed beside its kind: the phase, the route's version, the notice
};
/// The folded state of a public, ops or marshal feed. What the feed does not hold is empty.
struct March {
    std::string city, state, venue, tz;
    std::optional<LatLon> site;
    MarchKind kind = MarchKind::unknown;
    std::vector<PlannedPhase> plan;
    Phase phase = Phase::unknown;
    std::uint32_t phase_version = 0;
    UtcMs phase_since = 0;
    std::string sentence;       ///< HELD and STOPPED: what people are told
    std::vector<Route> routes;  ///< by version; public and marshal: the active one alone
    std::uint32_t active_route = 0;
    std::vector<Member> roster;  ///< ops: all; marshal: own section and buddy
    std::optional<Member> self;  ///< marshal
    std::vector<Alert> alerts;
    std::vector<Order> orders;  ///< by number: open ones; ops: also the last 24 that ended
    std::vector<Notice> notices;
    std::vector<Proposal> proposals;

    [[nodiscard]] const Route* active() const;
    /// On the roster, or self; null when not there.
    [[nodiscard]] const Member* member(PersonId person) const;
    [[nodiscard]] const Order* order(std::uint32_t number) const;
};
/// A march's row of the overview or the desk.
struct Row {
    std::string march;
    std::string city, state, tz;  ///< overview
    Phase phase = Phase::unknown;
    std::string sentence;
    PlannedPhase next;
    std::uint32_t on_duty = 0;    ///< overview: rounded, 0 under 5
    std::uint32_t followers = 0;  ///< overview: who watch the march now; rounded, 0 under 5
    std::uint32_t overdue = 0;    ///< desk
    std::uint32_t roster = 0;     ///< desk
    std::uint32_t alerts = 0;     ///< desk: open ones shown
    std::optional<std::uint32_t> head_metres, tail_metres;
    bool moving = false;
};

}  // namespace marchwire::sdk
