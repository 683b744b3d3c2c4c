// The closed word lists of DESIGN 2: kinds, phases, roles, duty. Their numbers are stored; never renumber.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace marchwire::core {

enum class MarchKind : std::uint8_t { in_person = 1, virtual_event = 2 };

enum class Phase : std::uint8_t {
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
    live = 12,    ///< virtual only
    paused = 13,  ///< virtual only
};
inline constexpr std::uint8_t phase_count = 13;

/// What a token or roster entry makes of a person. `keeper` is the machine and in no token.
enum class Role : std::uint8_t {
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
inline constexpr std::uint8_t role_count = 17;

enum class Duty : std::uint8_t {
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

/// What a marshal says of himself in a check-in.
enum class Report : std::uint8_t {
    on_post = 1,
    moving = 2,
    needs_relief = 3,
    needs_help = 4,
    going_dark = 5,  ///< the phone goes off and the buddy has me: silence is no alarm until the next check-in
    detained = 6,    ///< said by the buddy alone
};

/// How a report for somebody else was heard. `none`: it came from the own phone.
enum class HeardBy : std::uint8_t { none = 0, radio = 1, phone = 2, voice = 3, seen = 4 };

/// How people were counted.
enum class CountMethod : std::uint8_t { estimate = 1, clicker = 2, grid = 3, photo = 4 };

enum class PlaceKind : std::uint8_t { none = 0, post = 1, section = 2, route_metre = 3 };

enum class RouteStatus : std::uint8_t { draft = 1, approved = 2, active = 3, superseded = 4, withdrawn = 5 };

enum class WaypointKind : std::uint8_t {
    assembly = 1,
    staging = 2,
    intersection = 3,
    rally = 4,
    exit = 5,
    water = 6,
    toilet = 7,
    first_aid = 8,
    access = 9,
    meeting_point = 10,
};

/// Staging and intersections are for staff alone (DESIGN 5); the public type cannot hold them.
enum class PublicWaypointKind : std::uint8_t {
    assembly = 1,
    rally = 4,
    exit = 5,
    water = 6,
    toilet = 7,
    first_aid = 8,
    access = 9,
    meeting_point = 10,
};
[[nodiscard]] std::optional<PublicWaypointKind> public_kind(WaypointKind kind);

enum class Severity : std::uint8_t { info = 1, warning = 2, urgent = 3 };

enum class ActionKind : std::uint8_t { petition = 1, contact_official = 2, donate = 3, share = 4, attend = 5 };

enum class AlertKind : std::uint8_t {
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
    retention_ending = 80,  ///< the log is deleted soon and nobody has exported it
    lead_recovered = 150,   ///< the host let a lead in again whom nobody confirmed: look whether it is them
};
/// What the number in an alert's key names.
enum class AlertAbout : std::uint8_t {
    person,
    section,       ///< 0 is the whole march
    section_role,  ///< a role in a section: 256 x section + role
    phase,         ///< the planned one
    march,         ///< always 0
    order,         ///< always 0: the key's `number` names the order
    gap,           ///< always 0: the key's `number` names the section ahead of the gap
    incident,      ///< always 0: the key's `number` names the incident
    waypoint,      ///< always 0: the key's `number` names the waypoint of the active route
};
[[nodiscard]] AlertAbout about(AlertKind kind);

enum class IncidentKind : std::uint8_t {
    medical = 1,
    lost_child = 2,
    police = 3,  ///< anything with the police: goes to the liaison, not to the phones of the section
    confrontation = 4,
    crowd = 5,
    fire = 6,
    vehicle = 7,
    obstruction = 8,
    weather = 9,
    other = 10,
};
enum class IncidentState : std::uint8_t {
    reported = 1,
    triaged = 2,
    assigned = 3,
    on_scene = 4,
    resolved = 5,
    closed = 6,
};

/// How far an intersection is that the march crosses (DOMAIN, practice).
enum class IntersectionState : std::uint8_t {
    unstaffed = 1,
    team_en_route = 2,
    staffed = 3,
    held = 4,
    head_passed = 5,
    tail_passed = 6,
    released = 7,
};

/// Which alerts a march raises (DOMAIN, alerts).
enum class AlertPreset : std::uint8_t { small = 1, standard = 2, large = 3 };
enum class AlertState : std::uint8_t { raised = 1, notifying = 2, acked = 3, exhausted = 4, cleared = 5 };

/// The two ends of the column, and what is known of one by what.
enum class End : std::uint8_t { head = 1, tail = 2 };
enum class KnownBy : std::uint8_t { gps = 1, report = 2 };

/// HOLD to RESUME and DISPERSE move people, the rest asks or tells. A roll call is answered with a headcount.
enum class OrderKind : std::uint8_t {
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
enum class OrderState : std::uint8_t { open = 1, superseded = 2, cancelled = 3, closed = 4 };
enum class AudienceKind : std::uint8_t { all = 1, role = 2, section = 3, names = 4 };
/// Moves only right. ESCALATED (DESIGN 2) is no state of its own: the order's `escalated` and no answer.
enum class ReceiptState : std::uint8_t { queued = 1, delivered = 2, seen = 3, acked = 4, declined = 5 };

/// Lower snake case, as in CLI arguments, JSON of the command line and messages to people.
[[nodiscard]] std::string_view name_of(MarchKind kind);
[[nodiscard]] std::string_view name_of(Phase phase);
[[nodiscard]] std::string_view name_of(Role role);
[[nodiscard]] std::string_view name_of(Duty duty);
[[nodiscard]] std::string_view name_of(Report report);
[[nodiscard]] std::string_view name_of(HeardBy heard_by);
[[nodiscard]] std::string_view name_of(CountMethod method);
[[nodiscard]] std::string_view name_of(AlertPreset preset);
[[nodiscard]] std::string_view name_of(RouteStatus status);
[[nodiscard]] std::string_view name_of(WaypointKind kind);
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

/// The reverse; accepts '-' for '_' as well ("city-lead"). Empty when no such word exists.
[[nodiscard]] std::optional<Phase> phase_named(std::string_view name);
[[nodiscard]] std::optional<Role> role_named(std::string_view name);
[[nodiscard]] std::optional<MarchKind> march_kind_named(std::string_view name);
[[nodiscard]] std::optional<WaypointKind> waypoint_kind_named(std::string_view name);
[[nodiscard]] std::optional<Report> report_named(std::string_view name);
[[nodiscard]] std::optional<AlertPreset> alert_preset_named(std::string_view name);
[[nodiscard]] std::optional<Severity> severity_named(std::string_view name);

}  // namespace marchwire::core
