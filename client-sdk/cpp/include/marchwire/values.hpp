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
enum class Report : std::uint8_t {
    unknown = 0,
    on_post = 1,
    moving = 2,
    needs_relief = 3,
    needs_help = 4,
    going_dark = 5,  ///< the phone goes off and the buddy has this person
    detained = 6,    ///< said by the buddy alone
};
/// How a report for somebody else was heard; none: it came from the own phone.
enum class HeardBy : std::uint8_t { none = 0, radio = 1, phone = 2, voice = 3, seen = 4 };
enum class CountMethod : std::uint8_t { unknown = 0, estimate = 1, clicker = 2, grid = 3, photo = 4 };
/// Which alerts are on; unknown: this feed does not say.
enum class AlertPreset : std::uint8_t { unknown = 0, small = 1, standard = 2, large = 3 };
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
    gap_open = 30,
    head_too_fast = 31,
    column_stretched = 32,
    off_route = 33,
    sos_unowned = 40,
    unreachable = 41,
    network_lost = 42,
    battery_low = 43,
    staffing_low = 44,
    density_high = 45,
    phase_late = 46,
    coverage_lost = 47,
    person_detained = 48,
    lost_child = 60,
    intersection_not_ready = 61,
    bus_lag = 70,
    instance_lost = 71,
    retention_ending = 80,
    lead_recovered = 150,  ///< the host let this lead in again whom nobody confirmed; figure: the token's number
};
enum class IncidentKind : std::uint8_t {
    unknown = 0,
    medical = 1,
    lost_child = 2,
    police = 3,
    confrontation = 4,
    crowd = 5,
    fire = 6,
    vehicle = 7,
    obstruction = 8,
    weather = 9,
    other = 10,
};
enum class IncidentState : std::uint8_t {
    unknown = 0,
    reported = 1,
    triaged = 2,
    assigned = 3,
    on_scene = 4,
    resolved = 5,
    closed = 6,
};
enum class IntersectionState : std::uint8_t {
    unknown = 0,
    unstaffed = 1,
    team_en_route = 2,
    staffed = 3,
    held = 4,
    head_passed = 5,
    tail_passed = 6,
    released = 7,
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
/// The ends of the column, and what is known of one by what.
enum class End : std::uint8_t { unknown = 0, head = 1, tail = 2 };
enum class KnownBy : std::uint8_t { unknown = 0, gps = 1, report = 2 };
enum class AlertState : std::uint8_t { unknown = 0, raised = 1, notifying = 2, acked = 3, exhausted = 4, cleared = 5 };
enum class Reachability : std::uint8_t { unknown = 0, live = 1, stale = 2, unreachable = 3, pocketed = 4 };
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
[[nodiscard]] std::string_view name_of(HeardBy heard_by);
[[nodiscard]] std::string_view name_of(CountMethod method);
[[nodiscard]] std::string_view name_of(AlertPreset preset);
[[nodiscard]] std::string_view name_of(RouteStatus status);
[[nodiscard]] std::string_view name_of(Severity severity);
[[nodiscard]] std::string_view name_of(AlertKind kind);
[[nodiscard]] std::string_view name_of(AlertState state);
[[nodiscard]] std::string_view name_of(OrderKind kind);
[[nodiscard]] std::string_view name_of(OrderState state);
[[nodiscard]] std::string_view name_of(ReceiptState state);
[[nodiscard]] std::string_view name_of(End end);
[[nodiscard]] std::string_view name_of(IncidentKind kind);
[[nodiscard]] std::string_view name_of(IncidentState state);
[[nodiscard]] std::string_view name_of(IntersectionState state);
[[nodiscard]] std::string_view name_of(Level level);
[[nodiscard]] std::string_view name_of(ErrorCode code);
[[nodiscard]] std::string_view name_of(DiscontinuityReason reason);
/// The reverse; '-' is taken for '_'. Empty when there is no such word.
[[nodiscard]] std::optional<Phase> phase_named(std::string_view name);
[[nodiscard]] std::optional<Role> role_named(std::string_view name);
[[nodiscard]] std::optional<Report> report_named(std::string_view name);
[[nodiscard]] std::optional<HeardBy> heard_by_named(std::string_view name);
[[nodiscard]] std::optional<CountMethod> count_method_named(std::string_view name);
[[nodiscard]] std::optional<AlertPreset> alert_preset_named(std::string_view name);
[[nodiscard]] std::optional<AlertKind> alert_kind_named(std::string_view name);
/// True when an alert's subject is a person. Else it is a section (0: the whole march), for coverage_lost 256 x section
/// + role, for phase_late the planned phase, for staffing_low and the servers' 0.
[[nodiscard]] bool is_about_person(AlertKind kind);
[[nodiscard]] std::optional<Severity> severity_named(std::string_view name);
[[nodiscard]] std::optional<OrderKind> order_kind_named(std::string_view name);
[[nodiscard]] std::optional<End> end_named(std::string_view name);
[[nodiscard]] std::optional<IncidentKind> incident_kind_named(std::string_view name);
[[nodiscard]] std::optional<IncidentState> incident_state_named(std::string_view name);
[[nodiscard]] std::optional<IntersectionState> intersection_state_named(std::string_view name);

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
    std::uint32_t number = 0;  ///< staff; 0: this feed does not say
    bool closed = false;       ///< an exit that is closed now
};
struct Route {
    std::uint32_t version = 0;  ///< 0: none
    RouteStatus status = RouteStatus::unknown;
    std::string name;
    std::vector<LatLon> points;  ///< empty before the route is public
    std::vector<Waypoint> waypoints;
    std::string source;
    std::vector<std::uint32_t> closed_legs;  ///< of the active one: index of each leg's first point
};
/// Of the active route, each of them, as the column comes and goes.
struct Intersection {
    std::uint32_t waypoint = 0;
    std::string name;
    IntersectionState state = IntersectionState::unknown;
    std::uint32_t version = 0;  ///< 0: nobody has touched it yet
    UtcMs since = 0;
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
    bool no_phone = false;
    PersonId handover_to = 0;  ///< handover_pending: who is asked to take over
    HeardBy heard_by = HeardBy::none;
    UtcMs silent_since = 0;  ///< ops: the phone was not heard after this; 0: it is heard
    std::string language;    ///< ops: BCP 47; empty: not said
};
struct Alert {
    AlertKind kind = AlertKind::unknown;
    std::uint64_t subject = 0;  ///< see is_about_person
    AlertState state = AlertState::unknown;
    std::uint32_t step = 0;
    std::uint32_t version = 0;
    UtcMs raised_at = 0;
    PersonId owner = 0;
    bool critical = false;
    std::uint32_t number = 0;  ///< the order, incident or waypoint; GAP_OPEN: the section ahead of it; 0: see `subject`
    std::uint32_t figure = 0;  ///< when raised: metres of a gap or beside the route, percent of a pace or a length,
                               ///< seconds to go
    bool under_duress = false;  ///< an SOS that its person was made to cancel: say nothing of it to them
};
/// One count of people; at least one of value and density is there.
struct Count {
    UtcMs at = 0;
    PersonId by = 0;
    CountMethod method = CountMethod::unknown;
    std::uint32_t low = 0, value = 0, high = 0;
    std::uint32_t section = 0;            ///< 0: the whole march
    std::uint32_t density_per_10_m2 = 0;  ///< 0: not said
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
    std::string reason;                ///< declined: why
    std::uint32_t headcount = 0;       ///< answer to a roll call
    PersonId by = 0;                   ///< who said it on behalf of the person; 0: the person
    HeardBy heard_by = HeardBy::none;  ///< with `by`
    UtcMs unreached_since = 0;         ///< queued: this person cannot be reached at present; 0: nobody says so

    [[nodiscard]] bool is_answered() const { return state == ReceiptState::acked || state == ReceiptState::declined; }
};
/// An instruction with its receipts. Shown by its template where the app knows that one, else by its text.
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
/// Where an end of the column was last seen to pass.
struct PassedMark {
    std::uint32_t route_version = 0;  ///< 0: never
    std::uint32_t waypoint = 0;       ///< 0: it was seen on an earlier version of the route
    double along_metres = 0;
    UtcMs at = 0;
};
/// The column as the log has it, once a minute; metres in steps of 100.
struct ColumnSample {
    std::optional<std::uint32_t> head_metres, tail_metres, length_metres;
    KnownBy head_by = KnownBy::unknown, tail_by = KnownBy::unknown;
    UtcMs at = 0;  ///< 0: there was none
};
/// What emergency services ask for; what is not known is empty.
struct Methane {
    bool major = false;
    std::string exact_place, type, hazards, access;
    std::uint32_t casualties = 0;
    std::string services;  ///< there, or asked for
    bool operator==(const Methane&) const = default;
};
/// A line of an incident's timeline: its state and owner from then on.
struct IncidentNote {
    UtcMs at = 0;
    PersonId by = 0;
    IncidentState state = IncidentState::unknown;
    PersonId owner = 0;
    std::string text;
};
struct Incident {
    std::uint32_t number = 0;
    IncidentKind kind = IncidentKind::unknown;
    Severity severity = Severity::unknown;
    IncidentState state = IncidentState::unknown;
    std::uint32_t version = 0;
    Place place;
    std::uint32_t section = 0;
    std::string description;
    Methane methane;
    PersonId reporter = 0;
    PersonId owner = 0;  ///< 0: nobody's yet
    UtcMs made_at = 0, reported_at = 0, changed_at = 0;
    UtcMs decide_by = 0;  ///< lost child: about the police
    std::uint32_t duplicate_of = 0;
    bool escalated = false;           ///< to the national desk
    std::uint32_t told_by = 0;        ///< the order by which all on duty were told
    bool is_restricted = false;       ///< there is more: see ReadRestricted
    std::vector<IncidentNote> notes;  ///< newest 20, oldest first
    [[nodiscard]] bool has_ended() const { return state == IncidentState::resolved || state == IncidentState::closed; }
};
/// The folded state of a public, ops or marshal feed. What the feed does not hold is empty.
struct March {
    std::string city, state, venue, tz;
    std::optional<LatLon> site;
    MarchKind kind = MarchKind::unknown;
    std::vector<PlannedPhase> plan;
    std::uint32_t spec_version = 0;  ///< ops: of place, plan and the like
    Phase phase = Phase::unknown;
    std::uint32_t phase_version = 0;
    UtcMs phase_since = 0;
    std::string sentence;       ///< HELD and STOPPED: what people are told
    std::vector<Route> routes;  ///< by version; public and marshal: the active one alone
    std::uint32_t active_route = 0;
    std::vector<Member> roster;  ///< ops: all; marshal: own section and buddy
    std::optional<Member> self;  ///< marshal
    std::vector<Alert> alerts;
    std::vector<Order> orders;                ///< by number: open ones; ops: also the last 24 that ended
    std::vector<Intersection> intersections;  ///< ops and marshal: by waypoint
    std::vector<Incident> incidents;          ///< by number; ops: also the last 24 that ended
    std::vector<Notice> notices;
    std::vector<Proposal> proposals;
    PassedMark head_passed, tail_passed;        ///< ops
    ColumnSample column_sample;                 ///< ops
    AlertPreset preset = AlertPreset::unknown;  ///< ops
    bool preset_by_size = false;                ///< the roster's size says so, and not a person
    std::vector<Count> counts;                  ///< ops; oldest first, the newest 100
    [[nodiscard]] const Route* active() const;
    /// On the roster, or self; null when not there.
    [[nodiscard]] const Member* member(PersonId person) const;
    [[nodiscard]] const Order* order(std::uint32_t number) const;
    [[nodiscard]] const Incident* incident(std::uint32_t number) const;
    [[nodiscard]] const Intersection* intersection(std::uint32_t waypoint) const;
};

}  // namespace marchwire::sdk
