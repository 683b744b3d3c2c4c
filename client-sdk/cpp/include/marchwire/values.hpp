// What the SDK tells an app, as plain values: feeds, places in them, marches, people on duty, alerts.
#pragma once

#include "marchwire/api.hpp"
#include "marchwire/words.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace marchwire::sdk {

/// A length of time.
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
/// Who a feed is for: anybody; those who see all of a march; one marshal; anybody, for a campaign; its national desk.
enum class FeedKind : std::uint8_t { public_feed, ops, marshal, overview, desk };

/// `public/{campaign}/{march}`, `ops/...`, `marshal/...`, `overview/{campaign}`, `desk/{campaign}`.
struct FeedName {
    FeedKind kind = FeedKind::public_feed;
    std::string campaign;
    std::string march;  ///< empty for overview and desk

    auto operator<=>(const FeedName&) const = default;
    /// As in the comment above.
    [[nodiscard]] MARCHWIRE_SDK_API std::string text() const;
    /// Empty when it is no feed's name.
    [[nodiscard]] MARCHWIRE_SDK_API static std::optional<FeedName> parse(std::string_view text);
    /// Overview and desk: newest value per march, no resume.
    [[nodiscard]] bool is_keyed() const { return kind == FeedKind::overview || kind == FeedKind::desk; }
};

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
/// A step of the plan.
struct PlannedPhase {
    Phase phase = Phase::unknown;
    UtcMs at = 0;  ///< 0: no time is known
};
/// Where somebody is, in words of the march: no coordinate.
struct Place {
    PlaceKind kind = PlaceKind::none;
    std::uint32_t number = 0;  ///< waypoint, section, or metres from the start
};
/// A named point of a route, `along_metres` from its start.
struct Waypoint {
    std::string kind;  ///< "assembly", "rally", ...
    std::string name;
    LatLon at;
    double along_metres = 0;
    std::uint32_t number = 0;  ///< staff; 0: this feed does not say
    bool closed = false;       ///< an exit that is closed now
};
/// A version of the route.
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
/// A person on the roster, with the duty and what was heard last.
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
/// Something that somebody has to look at. Owned by `owner` once it was taken; 0: nobody has it.
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

    /// Whether the person said yes or no.
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
    [[nodiscard]] MARCHWIRE_SDK_API const Receipt* receipt(PersonId person) const;
};
/// What the public is told, until `expires_at`.
struct Notice {
    std::uint32_t number = 0;
    Severity severity = Severity::unknown;
    std::string language;
    std::string text;
    UtcMs posted_at = 0;
    UtcMs expires_at = 0;
};
/// A command that waits for another person to confirm it, until `expires_at`.
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
/// Something that happened, with who has it and its timeline.
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
    /// Whether nobody needs to do anything about it any more.
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
    /// Null before a route is active.
    [[nodiscard]] MARCHWIRE_SDK_API const Route* active() const;
    /// On the roster, or self; null when not there.
    [[nodiscard]] MARCHWIRE_SDK_API const Member* member(PersonId person) const;
    /// Null when this feed does not hold it.
    [[nodiscard]] MARCHWIRE_SDK_API const Order* order(std::uint32_t number) const;
    /// Null when this feed does not hold it.
    [[nodiscard]] MARCHWIRE_SDK_API const Incident* incident(std::uint32_t number) const;
    /// By its waypoint; null when the active route has none there.
    [[nodiscard]] MARCHWIRE_SDK_API const Intersection* intersection(std::uint32_t waypoint) const;
};

}  // namespace marchwire::sdk
