// The words of the public headers.
#include "marchwire/client.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <utility>

namespace marchwire::sdk {
namespace {

using Words = std::span<const std::string_view>;

constexpr std::array<std::string_view, 14> phases = {"unknown",   "planned",        "assembling", "marching", "held",
                                                     "rally",     "call_to_action", "dispersing", "closed",   "stopped",
                                                     "postponed", "cancelled",      "live",       "paused"};
constexpr std::array<std::string_view, 18> roles = {
    "unknown",      "follower", "head",      "side",           "tail",         "intersection",
    "de_escalator", "access",   "medic",     "legal_observer", "section_lead", "police_liaison",
    "dispatcher",   "anchor",   "city_lead", "national_desk",  "auditor",      "keeper"};
constexpr std::array<std::string_view, 10> duties = {"unknown",    "invited",  "confirmed",        "checked_in",
                                                     "on_duty",    "on_break", "handover_pending", "relieved",
                                                     "stood_down", "no_show"};
constexpr std::array<std::string_view, 7> reports = {"unknown",    "on_post",    "moving",  "needs_relief",
                                                     "needs_help", "going_dark", "detained"};
constexpr std::array<std::string_view, 5> ways_of_hearing = {"none", "radio", "phone", "voice", "seen"};
constexpr std::array<std::string_view, 5> count_methods = {"unknown", "estimate", "clicker", "grid", "photo"};
constexpr std::array<std::string_view, 4> alert_presets = {"unknown", "small", "standard", "large"};
constexpr std::array<std::string_view, 6> route_statuses = {"unknown", "draft",      "approved",
                                                            "active",  "superseded", "withdrawn"};
constexpr std::array<std::string_view, 4> severities = {"unknown", "info", "warning", "urgent"};
constexpr std::array<std::string_view, 11> order_kinds = {"unknown",  "hold",    "stop",     "slow",
                                                          "resume",   "reroute", "close_up", "staff_intersection",
                                                          "disperse", "info",    "roll_call"};
constexpr std::array<std::string_view, 5> order_states = {"unknown", "open", "superseded", "cancelled", "closed"};
constexpr std::array<std::string_view, 6> receipt_states = {"unknown", "queued", "delivered",
                                                            "seen",    "acked",  "declined"};
constexpr std::array<std::string_view, 3> ends = {"unknown", "head", "tail"};
/// Their numbers leave room between the families.
constexpr std::array<std::pair<AlertKind, std::string_view>, 22> alert_kinds = {{
    {AlertKind::checkin_missed, "checkin_missed"},
    {AlertKind::order_unacked, "order_unacked"},
    {AlertKind::roll_call_incomplete, "roll_call_incomplete"},
    {AlertKind::gap_open, "gap_open"},
    {AlertKind::head_too_fast, "head_too_fast"},
    {AlertKind::column_stretched, "column_stretched"},
    {AlertKind::off_route, "off_route"},
    {AlertKind::sos_unowned, "sos_unowned"},
    {AlertKind::unreachable, "unreachable"},
    {AlertKind::network_lost, "network_lost"},
    {AlertKind::battery_low, "battery_low"},
    {AlertKind::staffing_low, "staffing_low"},
    {AlertKind::density_high, "density_high"},
    {AlertKind::phase_late, "phase_late"},
    {AlertKind::coverage_lost, "coverage_lost"},
    {AlertKind::person_detained, "person_detained"},
    {AlertKind::lost_child, "lost_child"},
    {AlertKind::intersection_not_ready, "intersection_not_ready"},
    {AlertKind::bus_lag, "bus_lag"},
    {AlertKind::instance_lost, "instance_lost"},
    {AlertKind::retention_ending, "retention_ending"},
    {AlertKind::lead_recovered, "lead_recovered"},
}};
constexpr std::array<std::string_view, 6> alert_states = {"unknown", "raised",    "notifying",
                                                          "acked",   "exhausted", "cleared"};
constexpr std::array<std::string_view, 11> incident_kinds = {"unknown",       "medical", "lost_child", "police",
                                                             "confrontation", "crowd",   "fire",       "vehicle",
                                                             "obstruction",   "weather", "other"};
constexpr std::array<std::string_view, 7> incident_states = {"unknown",  "reported", "triaged", "assigned",
                                                             "on_scene", "resolved", "closed"};
constexpr std::array<std::string_view, 8> intersection_states = {"unknown", "unstaffed",   "team_en_route", "staffed",
                                                                 "held",    "head_passed", "tail_passed",   "released"};
constexpr std::array<std::string_view, 4> levels = {"none", "stored", "synced", "replicated"};
constexpr std::array<std::string_view, 11> error_codes = {
    "unknown",  "invalid_argument", "unauthenticated", "permission_denied", "not_found",  "invalid_transition",
    "conflict", "expired",          "rate_limited",    "too_large",         "unavailable"};
constexpr std::array<std::string_view, 4> reasons = {"unknown", "history_changed", "history_trimmed", "fell_behind"};

template <class Enum>
std::string_view word(Words words, Enum value) {
    const auto number = static_cast<std::size_t>(value);
    return number < words.size() ? words[number] : words[0];
}

/// The zeroth word is "unknown" and nobody's name for anything.
template <class Enum>
std::optional<Enum> named(Words words, std::string_view name) {
    std::string wanted(name);
    std::ranges::replace(wanted, '-', '_');
    const auto found = std::ranges::find(words, wanted);
    if (found == words.begin() || found == words.end()) return std::nullopt;
    return static_cast<Enum>(found - words.begin());
}

constexpr std::array<std::string_view, 5> feed_kinds = {"public", "ops", "marshal", "overview", "desk"};

bool is_slug(std::string_view text) {
    constexpr std::size_t longest = 63;
    return !text.empty() && text.size() <= longest && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

}  // namespace

std::string_view name_of(Phase phase) { return word(phases, phase); }
std::string_view name_of(Role role) { return word(roles, role); }
std::string_view name_of(Duty duty) { return word(duties, duty); }
std::string_view name_of(Report report) { return word(reports, report); }
std::string_view name_of(RouteStatus status) { return word(route_statuses, status); }
std::string_view name_of(Severity severity) { return word(severities, severity); }
std::string_view name_of(HeardBy heard_by) { return word(ways_of_hearing, heard_by); }
std::string_view name_of(CountMethod method) { return word(count_methods, method); }
std::string_view name_of(AlertPreset preset) { return word(alert_presets, preset); }
std::string_view name_of(AlertKind kind) {
    const auto found = std::ranges::find(alert_kinds, kind, [](const auto& one) { return one.first; });
    return found == alert_kinds.end() ? "unknown" : found->second;
}
std::string_view name_of(AlertState state) { return word(alert_states, state); }
std::string_view name_of(OrderKind kind) { return word(order_kinds, kind); }
std::string_view name_of(OrderState state) { return word(order_states, state); }
std::string_view name_of(ReceiptState state) { return word(receipt_states, state); }
std::string_view name_of(End end) { return word(ends, end); }
std::string_view name_of(IncidentKind kind) { return word(incident_kinds, kind); }
std::string_view name_of(IncidentState state) { return word(incident_states, state); }
std::string_view name_of(IntersectionState state) { return word(intersection_states, state); }
std::string_view name_of(Level level) { return word(levels, level); }
std::string_view name_of(ErrorCode code) { return word(error_codes, code); }
std::string_view name_of(DiscontinuityReason reason) { return word(reasons, reason); }

std::optional<Phase> phase_named(std::string_view name) { return named<Phase>(phases, name); }
std::optional<Role> role_named(std::string_view name) { return named<Role>(roles, name); }
std::optional<Report> report_named(std::string_view name) { return named<Report>(reports, name); }
std::optional<HeardBy> heard_by_named(std::string_view name) { return named<HeardBy>(ways_of_hearing, name); }
std::optional<CountMethod> count_method_named(std::string_view name) { return named<CountMethod>(count_methods, name); }
std::optional<AlertPreset> alert_preset_named(std::string_view name) { return named<AlertPreset>(alert_presets, name); }
std::optional<AlertKind> alert_kind_named(std::string_view name) {
    std::string wanted(name);
    std::ranges::replace(wanted, '-', '_');
    const auto found = std::ranges::find(alert_kinds, wanted, [](const auto& one) { return one.second; });
    return found == alert_kinds.end() ? std::nullopt : std::optional(found->first);
}
bool is_about_person(AlertKind kind) {
    return kind == AlertKind::checkin_missed || kind == AlertKind::sos_unowned || kind == AlertKind::unreachable ||
           kind == AlertKind::battery_low || kind == AlertKind::person_detained || kind == AlertKind::lead_recovered;
}
std::optional<Severity> severity_named(std::string_view name) { return named<Severity>(severities, name); }

std::optional<OrderKind> order_kind_named(std::string_view name) { return named<OrderKind>(order_kinds, name); }
std::optional<End> end_named(std::string_view name) { return named<End>(ends, name); }
std::optional<IncidentKind> incident_kind_named(std::string_view name) {
    return named<IncidentKind>(incident_kinds, name);
}
std::optional<IncidentState> incident_state_named(std::string_view name) {
    return named<IncidentState>(incident_states, name);
}

std::optional<IntersectionState> intersection_state_named(std::string_view name) {
    return named<IntersectionState>(intersection_states, name);
}

std::string FeedName::text() const {
    std::string text(word(feed_kinds, kind));
    text += '/' + campaign;
    if (!is_keyed()) text += '/' + march;
    return text;
}

std::optional<FeedName> FeedName::parse(std::string_view text) {
    const auto first = text.find('/');
    if (first == std::string_view::npos) return std::nullopt;
    const auto kind = std::ranges::find(feed_kinds, text.substr(0, first));
    if (kind == feed_kinds.end()) return std::nullopt;
    FeedName name;
    name.kind = static_cast<FeedKind>(kind - feed_kinds.begin());
    const std::string_view log = text.substr(first + 1);
    const auto second = log.find('/');
    const std::string_view campaign = log.substr(0, second);
    if (name.is_keyed() != (second == std::string_view::npos) || !is_slug(campaign)) return std::nullopt;
    name.campaign = campaign;
    if (name.is_keyed()) return name;
    if (!is_slug(log.substr(second + 1))) return std::nullopt;
    name.march = log.substr(second + 1);
    return name;
}

const Route* March::active() const {
    const auto found = std::ranges::find(routes, active_route, &Route::version);
    return active_route == 0 || found == routes.end() ? nullptr : &*found;
}

const Receipt* Order::receipt(PersonId person) const {
    const auto found = std::ranges::find(receipts, person, &Receipt::person);
    return found == receipts.end() ? nullptr : &*found;
}

const Order* March::order(std::uint32_t number) const {
    const auto found = std::ranges::find(orders, number, &Order::number);
    return found == orders.end() ? nullptr : &*found;
}

const Incident* March::incident(std::uint32_t number) const {
    const auto found = std::ranges::find(incidents, number, &Incident::number);
    return found == incidents.end() ? nullptr : &*found;
}

const Intersection* March::intersection(std::uint32_t waypoint) const {
    const auto found = std::ranges::find(intersections, waypoint, &Intersection::waypoint);
    return found == intersections.end() ? nullptr : &*found;
}

const Member* March::member(PersonId person) const {
    if (self && self->person == person) return &*self;
    const auto found = std::ranges::find(roster, person, &Member::person);
    return found == roster.end() ? nullptr : &*found;
}

std::string_view name_of(FaultKind kind) {
    switch (kind) {
        case FaultKind::bad_message: return "bad_message";
        case FaultKind::bad_feed: return "bad_feed";
        case FaultKind::storage: return "storage";
        case FaultKind::callback: return "callback";
        case FaultKind::wrong_version: return "wrong_version";
    }
    return "bad_message";
}

}  // namespace marchwire::sdk
