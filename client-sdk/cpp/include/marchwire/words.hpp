// The words of the domain, as enums, and their names. Their numbers are those of the wire; a number that this SDK does
// not know stays as it is.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace marchwire::sdk {

/// People on a street, or on their screens.
enum class MarchKind : std::uint8_t { unknown = 0, in_person = 1, virtual_event = 2 };
/// Where a march stands. Held: it stands and goes on by Release; stopped: by two people alone. Live and paused are
/// those of a virtual event.
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
/// What a person is on a march, and so what they may do: docs of the server.
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
/// How far a person has come with their duty, from the invite to the end.
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
/// What a check-in says.
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
/// How people were counted.
enum class CountMethod : std::uint8_t { unknown = 0, estimate = 1, clicker = 2, grid = 3, photo = 4 };
/// Which alerts are on; unknown: this feed does not say.
enum class AlertPreset : std::uint8_t { unknown = 0, small = 1, standard = 2, large = 3 };
/// What the number of a Place counts; none: no place was said.
enum class PlaceKind : std::uint8_t { none = 0, post = 1, section = 2, route_metre = 3 };
/// Where a version of the route stands: one is active at most.
enum class RouteStatus : std::uint8_t {
    unknown = 0,
    draft = 1,
    approved = 2,
    active = 3,
    superseded = 4,
    withdrawn = 5,
};
/// Of notices and incidents.
enum class Severity : std::uint8_t { unknown = 0, info = 1, warning = 2, urgent = 3 };
/// What an alert is about.
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
/// What happened.
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
/// How far an incident has come, from its report on.
enum class IncidentState : std::uint8_t {
    unknown = 0,
    reported = 1,
    triaged = 2,
    assigned = 3,
    on_scene = 4,
    resolved = 5,
    closed = 6,
};
/// How an intersection stands to the column: moves to the right, or from held to staffed.
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
/// What is ordered.
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
/// Whether an order still asks for something; superseded: by another one of its kind.
enum class OrderState : std::uint8_t { unknown = 0, open = 1, superseded = 2, cancelled = 3, closed = 4 };
/// By what an order chooses whom it asks.
enum class AudienceKind : std::uint8_t { unknown = 0, all = 1, role = 2, section = 3, names = 4 };
/// Moves only to the right.
enum class ReceiptState : std::uint8_t { unknown = 0, queued = 1, delivered = 2, seen = 3, acked = 4, declined = 5 };
/// The ends of the column.
enum class End : std::uint8_t { unknown = 0, head = 1, tail = 2 };
/// By what it is known where an end of the column is: by GPS, or somebody saw it.
enum class KnownBy : std::uint8_t { unknown = 0, gps = 1, report = 2 };
/// Exhausted: everybody on the ladder was told, and nobody has it.
enum class AlertState : std::uint8_t { unknown = 0, raised = 1, notifying = 2, acked = 3, exhausted = 4, cleared = 5 };
/// How a marshal's phone was last heard; pocketed: with its screen off, which is no alarm.
enum class Reachability : std::uint8_t { unknown = 0, live = 1, stale = 2, unreachable = 3, pocketed = 4 };
/// How safely a command was stored: what each level survives stands in the server's README.
enum class Level : std::uint8_t { none = 0, stored = 1, synced = 2, replicated = 3 };
/// Why something was refused. Trying again as it is helps with rate_limited and unavailable alone.
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
/// Why a feed does not go on where it stood: entries were lost or changed; they are not kept any longer; the client was
/// too slow. A snapshot follows.
enum class DiscontinuityReason : std::uint8_t {
    unknown = 0,
    history_changed = 1,
    history_trimmed = 2,
    fell_behind = 3
};

#pragma GCC visibility push(default)
/// @{
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
/// @}
/// @{
/// The reverse; '-' is taken for '_'. Empty when there is no such word.
[[nodiscard]] std::optional<Phase> phase_named(std::string_view name);
[[nodiscard]] std::optional<Role> role_named(std::string_view name);
[[nodiscard]] std::optional<Report> report_named(std::string_view name);
[[nodiscard]] std::optional<HeardBy> heard_by_named(std::string_view name);
[[nodiscard]] std::optional<CountMethod> count_method_named(std::string_view name);
[[nodiscard]] std::optional<AlertPreset> alert_preset_named(std::string_view name);
[[nodiscard]] std::optional<AlertKind> alert_kind_named(std::string_view name);
[[nodiscard]] std::optional<Severity> severity_named(std::string_view name);
[[nodiscard]] std::optional<OrderKind> order_kind_named(std::string_view name);
[[nodiscard]] std::optional<End> end_named(std::string_view name);
[[nodiscard]] std::optional<IncidentKind> incident_kind_named(std::string_view name);
[[nodiscard]] std::optional<IncidentState> incident_state_named(std::string_view name);
[[nodiscard]] std::optional<IntersectionState> intersection_state_named(std::string_view name);
/// @}
/// True when an alert's subject is a person. Else it is a section (0: the whole march), for coverage_lost 256 x section
/// + role, for phase_late the planned phase, for staffing_low and the servers' 0.
[[nodiscard]] bool is_about_person(AlertKind kind);
#pragma GCC visibility pop

}  // namespace marchwire::sdk
