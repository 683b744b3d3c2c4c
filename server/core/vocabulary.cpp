#include "core/vocabulary.hpp"

#include <array>
#include <cstddef>

namespace marchwire::core {
namespace {

template <class Enum>
struct Word {
    Enum value;
    std::string_view name;
};

template <class Enum, std::size_t Size>
using Words = std::array<Word<Enum>, Size>;

constexpr Words<MarchKind, 2> march_kinds{{{MarchKind::in_person, "in_person"}, {MarchKind::virtual_event, "virtual"}}};

constexpr Words<Phase, phase_count> phases{{{Phase::planned, "planned"},
                                            {Phase::assembling, "assembling"},
                                            {Phase::marching, "marching"},
                                            {Phase::held, "held"},
                                            {Phase::rally, "rally"},
                                            {Phase::call_to_action, "call_to_action"},
                                            {Phase::dispersing, "dispersing"},
                                            {Phase::closed, "closed"},
                                            {Phase::stopped, "stopped"},
                                            {Phase::postponed, "postponed"},
                                            {Phase::cancelled, "cancelled"},
                                            {Phase::live, "live"},
                                            {Phase::paused, "paused"}}};

constexpr Words<Role, role_count> roles{{{Role::follower, "follower"},
                                         {Role::head, "head"},
                                         {Role::side, "side"},
                                         {Role::tail, "tail"},
                                         {Role::intersection, "intersection"},
                                         {Role::de_escalator, "de_escalator"},
                                         {Role::access, "access"},
                                         {Role::medic, "medic"},
                                         {Role::legal_observer, "legal_observer"},
                                         {Role::section_lead, "section_lead"},
                                         {Role::police_liaison, "police_liaison"},
                                         {Role::dispatcher, "dispatcher"},
                                         {Role::anchor, "anchor"},
                                         {Role::city_lead, "city_lead"},
                                         {Role::national_desk, "national_desk"},
                                         {Role::auditor, "auditor"},
                                         {Role::keeper, "keeper"}}};

constexpr Words<Duty, 9> duties{{{Duty::invited, "invited"},
                                 {Duty::confirmed, "confirmed"},
                                 {Duty::checked_in, "checked_in"},
                                 {Duty::on_duty, "on_duty"},
                                 {Duty::on_break, "on_break"},
                                 {Duty::handover_pending, "handover_pending"},
                                 {Duty::relieved, "relieved"},
                                 {Duty::stood_down, "stood_down"},
                                 {Duty::no_show, "no_show"}}};

constexpr Words<Report, 6> reports{{{Report::on_post, "on_post"},
                                    {Report::moving, "moving"},
                                    {Report::needs_relief, "needs_relief"},
                                    {Report::needs_help, "needs_help"},
                                    {Report::going_dark, "going_dark"},
                                    {Report::detained, "detained"}}};

constexpr Words<HeardBy, 5> ways_of_hearing{{{HeardBy::none, "none"},
                                             {HeardBy::radio, "radio"},
                                             {HeardBy::phone, "phone"},
                                             {HeardBy::voice, "voice"},
                                             {HeardBy::seen, "seen"}}};

constexpr Words<CountMethod, 4> count_methods{{{CountMethod::estimate, "estimate"},
                                               {CountMethod::clicker, "clicker"},
                                               {CountMethod::grid, "grid"},
                                               {CountMethod::photo, "photo"}}};

constexpr Words<AlertPreset, 3> alert_presets{
    {{AlertPreset::small, "small"}, {AlertPreset::standard, "standard"}, {AlertPreset::large, "large"}}};

constexpr Words<RouteStatus, 5> route_statuses{{{RouteStatus::draft, "draft"},
                                                {RouteStatus::approved, "approved"},
                                                {RouteStatus::active, "active"},
                                                {RouteStatus::superseded, "superseded"},
                                                {RouteStatus::withdrawn, "withdrawn"}}};

constexpr Words<WaypointKind, 10> waypoint_kinds{{{WaypointKind::assembly, "assembly"},
                                                  {WaypointKind::staging, "staging"},
                                                  {WaypointKind::intersection, "intersection"},
                                                  {WaypointKind::rally, "rally"},
                                                  {WaypointKind::exit, "exit"},
                                                  {WaypointKind::water, "water"},
                                                  {WaypointKind::toilet, "toilet"},
                                                  {WaypointKind::first_aid, "first_aid"},
                                                  {WaypointKind::access, "access"},
                                                  {WaypointKind::meeting_point, "meeting_point"}}};

constexpr Words<Severity, 3> severities{
    {{Severity::info, "info"}, {Severity::warning, "warning"}, {Severity::urgent, "urgent"}}};

constexpr Words<AlertKind, 22> alert_kinds{{{AlertKind::checkin_missed, "checkin_missed"},
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
                                            {AlertKind::lead_recovered, "lead_recovered"}}};

constexpr Words<OrderKind, 10> order_kinds{{{OrderKind::hold, "hold"},
                                            {OrderKind::stop, "stop"},
                                            {OrderKind::slow, "slow"},
                                            {OrderKind::resume, "resume"},
                                            {OrderKind::reroute, "reroute"},
                                            {OrderKind::close_up, "close_up"},
                                            {OrderKind::staff_intersection, "staff_intersection"},
                                            {OrderKind::disperse, "disperse"},
                                            {OrderKind::info, "info"},
                                            {OrderKind::roll_call, "roll_call"}}};

constexpr Words<OrderState, 4> order_states{{{OrderState::open, "open"},
                                             {OrderState::superseded, "superseded"},
                                             {OrderState::cancelled, "cancelled"},
                                             {OrderState::closed, "closed"}}};

constexpr Words<ReceiptState, 5> receipt_states{{{ReceiptState::queued, "queued"},
                                                 {ReceiptState::delivered, "delivered"},
                                                 {ReceiptState::seen, "seen"},
                                                 {ReceiptState::acked, "acked"},
                                                 {ReceiptState::declined, "declined"}}};

constexpr Words<End, 2> ends{{{End::head, "head"}, {End::tail, "tail"}}};

constexpr Words<IncidentKind, 10> incident_kinds{{{IncidentKind::medical, "medical"},
                                                  {IncidentKind::lost_child, "lost_child"},
                                                  {IncidentKind::police, "police"},
                                                  {IncidentKind::confrontation, "confrontation"},
                                                  {IncidentKind::crowd, "crowd"},
                                                  {IncidentKind::fire, "fire"},
                                                  {IncidentKind::vehicle, "vehicle"},
                                                  {IncidentKind::obstruction, "obstruction"},
                                                  {IncidentKind::weather, "weather"},
                                                  {IncidentKind::other, "other"}}};

constexpr Words<IncidentState, 6> incident_states{{{IncidentState::reported, "reported"},
                                                   {IncidentState::triaged, "triaged"},
                                                   {IncidentState::assigned, "assigned"},
                                                   {IncidentState::on_scene, "on_scene"},
                                                   {IncidentState::resolved, "resolved"},
                                                   {IncidentState::closed, "closed"}}};

constexpr Words<IntersectionState, 7> intersection_states{{{IntersectionState::unstaffed, "unstaffed"},
                                                           {IntersectionState::team_en_route, "team_en_route"},
                                                           {IntersectionState::staffed, "staffed"},
                                                           {IntersectionState::held, "held"},
                                                           {IntersectionState::head_passed, "head_passed"},
                                                           {IntersectionState::tail_passed, "tail_passed"},
                                                           {IntersectionState::released, "released"}}};

constexpr Words<AlertState, 5> alert_states{{{AlertState::raised, "raised"},
                                             {AlertState::notifying, "notifying"},
                                             {AlertState::acked, "acked"},
                                             {AlertState::exhausted, "exhausted"},
                                             {AlertState::cleared, "cleared"}}};

template <class Enum, std::size_t Size>
std::string_view name_in(const Words<Enum, Size>& words, Enum value) {
    for (const auto& word : words) {
        if (word.value == value) {
            return word.name;
        }
    }
    return "unknown";
}

bool same_word(std::string_view given, std::string_view name) {
    if (given.size() != name.size()) {
        return false;
    }
    for (std::size_t i = 0; i < name.size(); ++i) {
        if ((given[i] == '-' ? '_' : given[i]) != name[i]) {
            return false;
        }
    }
    return true;
}

template <class Enum, std::size_t Size>
std::optional<Enum> value_in(const Words<Enum, Size>& words, std::string_view given) {
    for (const auto& word : words) {
        if (same_word(given, word.name)) {
            return word.value;
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<PublicWaypointKind> public_kind(WaypointKind kind) {
    switch (kind) {
        case WaypointKind::staging:
        case WaypointKind::intersection: return std::nullopt;
        case WaypointKind::assembly: return PublicWaypointKind::assembly;
        case WaypointKind::rally: return PublicWaypointKind::rally;
        case WaypointKind::exit: return PublicWaypointKind::exit;
        case WaypointKind::water: return PublicWaypointKind::water;
        case WaypointKind::toilet: return PublicWaypointKind::toilet;
        case WaypointKind::first_aid: return PublicWaypointKind::first_aid;
        case WaypointKind::access: return PublicWaypointKind::access;
        case WaypointKind::meeting_point: return PublicWaypointKind::meeting_point;
    }
    return std::nullopt;
}

AlertAbout about(AlertKind kind) {
    switch (kind) {
        case AlertKind::checkin_missed:
        case AlertKind::sos_unowned:
        case AlertKind::unreachable:
        case AlertKind::battery_low:
        case AlertKind::person_detained:
        case AlertKind::lead_recovered: return AlertAbout::person;
        case AlertKind::network_lost:
        case AlertKind::density_high: return AlertAbout::section;
        case AlertKind::coverage_lost: return AlertAbout::section_role;
        case AlertKind::phase_late: return AlertAbout::phase;
        case AlertKind::staffing_low:
        case AlertKind::head_too_fast:
        case AlertKind::column_stretched:
        case AlertKind::off_route:
        case AlertKind::bus_lag:
        case AlertKind::instance_lost:
        case AlertKind::retention_ending: return AlertAbout::march;
        case AlertKind::gap_open: return AlertAbout::gap;
        case AlertKind::lost_child: return AlertAbout::incident;
        case AlertKind::intersection_not_ready: return AlertAbout::waypoint;
        case AlertKind::order_unacked:
        case AlertKind::roll_call_incomplete: return AlertAbout::order;
    }
    return AlertAbout::march;
}

std::string_view name_of(MarchKind kind) { return name_in(march_kinds, kind); }
std::string_view name_of(Phase phase) { return name_in(phases, phase); }
std::string_view name_of(Role role) { return name_in(roles, role); }
std::string_view name_of(Duty duty) { return name_in(duties, duty); }
std::string_view name_of(Report report) { return name_in(reports, report); }
std::string_view name_of(HeardBy heard_by) { return name_in(ways_of_hearing, heard_by); }
std::string_view name_of(CountMethod method) { return name_in(count_methods, method); }
std::string_view name_of(AlertPreset preset) { return name_in(alert_presets, preset); }
std::string_view name_of(RouteStatus status) { return name_in(route_statuses, status); }
std::string_view name_of(WaypointKind kind) { return name_in(waypoint_kinds, kind); }
std::string_view name_of(Severity severity) { return name_in(severities, severity); }
std::string_view name_of(AlertKind kind) { return name_in(alert_kinds, kind); }
std::string_view name_of(AlertState state) { return name_in(alert_states, state); }
std::string_view name_of(OrderKind kind) { return name_in(order_kinds, kind); }
std::string_view name_of(OrderState state) { return name_in(order_states, state); }
std::string_view name_of(ReceiptState state) { return name_in(receipt_states, state); }
std::string_view name_of(End end) { return name_in(ends, end); }
std::string_view name_of(IncidentKind kind) { return name_in(incident_kinds, kind); }
std::string_view name_of(IncidentState state) { return name_in(incident_states, state); }
std::string_view name_of(IntersectionState state) { return name_in(intersection_states, state); }

std::optional<Phase> phase_named(std::string_view name) { return value_in(phases, name); }
std::optional<Role> role_named(std::string_view name) { return value_in(roles, name); }
std::optional<MarchKind> march_kind_named(std::string_view name) { return value_in(march_kinds, name); }
std::optional<WaypointKind> waypoint_kind_named(std::string_view name) { return value_in(waypoint_kinds, name); }
std::optional<Report> report_named(std::string_view name) { return value_in(reports, name); }
std::optional<AlertPreset> alert_preset_named(std::string_view name) { return value_in(alert_presets, name); }
std::optional<Severity> severity_named(std::string_view name) { return value_in(severities, name); }

}  // namespace marchwire::core
