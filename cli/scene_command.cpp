#include "scene_command.hpp"

#include "route_walk.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace marchwire::cli {
namespace {

constexpr double street_aside_metres = 90;
constexpr double passed_metres = 30;  ///< two marks that are nearer to one another are of the same place

template <class Items, class Wanted>
auto first(const Items& items, const Wanted& wanted) {
    const auto found = std::ranges::find_if(items, wanted);
    return found == items.end() ? nullptr : &*found;
}

bool is_on_its_way(const sdk::March& march) {
    return march.phase == sdk::Phase::marching || march.phase == sdk::Phase::rally ||
           march.phase == sdk::Phase::call_to_action;
}

const sdk::Incident* lost_child(const sdk::March& march) {
    return first(march.incidents, [](const sdk::Incident& incident) {
        return incident.kind == sdk::IncidentKind::lost_child && !incident.has_ended();
    });
}

sdk::Command report_of_child() {
    sdk::ReportIncident lost;
    lost.kind = sdk::IncidentKind::lost_child;
    lost.severity = sdk::Severity::urgent;
    lost.place = {sdk::PlaceKind::section, 3};
    lost.description = "Girl of five, yellow coat, red boots";
    lost.restricted = sdk::RestrictedBlock{"Kim Doe", "takes insulin", "the mother waits at the fountain"};
    return lost;
}

std::optional<sdk::Command> about_child(Act act, const sdk::March& march, const sdk::Member& self) {
    const sdk::Incident* child = lost_child(march);
    if (act == Act::report_child) {
        return child == nullptr && is_on_its_way(march) ? std::optional(report_of_child()) : std::nullopt;
    }
    if (child == nullptr) return std::nullopt;
    if (act == Act::take_incident) return sdk::AssignIncident{child->number, child->version, self.person};
    if (act == Act::read_restricted) return sdk::ReadRestricted{child->number};
    if (act == Act::find_child) {
        return sdk::ResolveIncident{child->number, child->version, "found at the first aid tent"};
    }
    sdk::UpdateIncident told;
    told.incident = child->number;
    told.version = child->version;
    told.tell_all = true;
    return told;
}

std::optional<sdk::Command> taking(const sdk::March& march, sdk::AlertKind kind, std::uint64_t subject) {
    const sdk::Alert* open = first(march.alerts, [&](const sdk::Alert& alert) {
        return alert.kind == kind && (subject == 0 || alert.subject == subject) &&
               alert.state != sdk::AlertState::acked && alert.state != sdk::AlertState::cleared;
    });
    if (open == nullptr) return std::nullopt;
    return sdk::AckAlert{open->kind, open->subject, open->version, open->number};
}

std::optional<sdk::Command> heard(const sdk::Member* other, sdk::HeardBy how) {
    if (other == nullptr) return std::nullopt;
    sdk::CheckIn said;
    said.on_behalf_of = other->person;
    said.heard_by = how;
    return said;
}

std::optional<sdk::Command> about_other(const Step& step, const sdk::March& march) {
    const sdk::Member* other = member_called(march, step.about);
    if (other == nullptr) return std::nullopt;
    if (step.act == Act::take_missed_check_in) {
        return taking(march, sdk::AlertKind::checkin_missed, other->person);
    }
    if (step.act == Act::has_no_phone) {
        return sdk::AssignDuty{other->person, other->callsign, other->role, other->section, other->buddy, true};
    }
    const sdk::Order* asks = first(march.orders, [&](const sdk::Order& order) {
        const sdk::Receipt* receipt = order.receipt(other->person);
        return order.state == sdk::OrderState::open && receipt != nullptr && !receipt->is_answered();
    });
    if (asks == nullptr) return std::nullopt;
    return sdk::Acknowledge{asks->number, {other->person}, 0, sdk::HeardBy::seen};
}

/// The next place of the route that this end of the column has not been seen to pass.
std::optional<sdk::Command> passing(const sdk::March& march, sdk::End end) {
    const sdk::Route* route = march.active();
    if (route == nullptr || !is_on_its_way(march)) return std::nullopt;
    const sdk::PassedMark& last = end == sdk::End::head ? march.head_passed : march.tail_passed;
    const sdk::Waypoint* next = nullptr;
    for (const sdk::Waypoint& place : route->waypoints) {
        const bool is_ahead = place.along_metres > last.along_metres + passed_metres;
        if (is_ahead && (next == nullptr || place.along_metres < next->along_metres)) next = &place;
    }
    if (next == nullptr) return std::nullopt;
    return sdk::MarkPassed{next->number, end, route->version};
}

std::optional<sdk::Command> about_route(Act act, const sdk::March& march) {
    const sdk::Route* active = march.active();
    if (active == nullptr) return std::nullopt;
    if (act == Act::close_leg) {
        if (march.phase != sdk::Phase::marching) return std::nullopt;
        return sdk::CloseLeg{leg_to_close(*active), active->version};
    }
    const sdk::Route& newest = march.routes.back();
    if (act == Act::approve_route && newest.status == sdk::RouteStatus::draft) {
        return sdk::ApproveRoute{newest.version};
    }
    if (act == Act::activate_route && newest.status == sdk::RouteStatus::approved) {
        return sdk::ActivateRoute{newest.version, active->version};
    }
    return std::nullopt;
}

std::optional<sdk::Command> about_phase(const Step& step, const sdk::March& march) {
    if (step.act == Act::hold) {
        if (march.phase != sdk::Phase::marching) return std::nullopt;
        return sdk::Hold{march.phase_version, "an ambulance crosses", "We wait for an ambulance."};
    }
    if (step.act == Act::stop) {
        if (march.phase != sdk::Phase::marching) return std::nullopt;
        return sdk::Stop{"a car in the crowd", "The march has stopped. Please wait."};
    }
    if (march.phase != sdk::Phase::stopped) return std::nullopt;
    if (step.act == Act::propose_resume) return sdk::ProposeResume{march.phase_version, "the street is clear"};
    const sdk::Proposal* proposed = first(march.proposals,
                                          [](const sdk::Proposal& proposal) { return proposal.kind == "resume"; });
    if (proposed == nullptr) return std::nullopt;
    return sdk::ConfirmResume{proposed->number};
}

}  // namespace

const sdk::Member* member_called(const sdk::March& march, std::string_view callsign) {
    return first(march.roster, [&](const sdk::Member& member) { return member.callsign == callsign; });
}

std::optional<sdk::Command> command_of(const Step& step, const sdk::March& march, const sdk::Member& self) {
    switch (step.act) {
        case Act::report_child:
        case Act::take_incident:
        case Act::tell_all:
        case Act::read_restricted:
        case Act::find_child: return about_child(step.act, march, self);
        case Act::decide_about_police: return taking(march, sdk::AlertKind::lost_child, 0);
        case Act::watch_closely: return sdk::SetPolicy{sdk::AlertPreset::standard};
        case Act::see: return heard(member_called(march, step.about), sdk::HeardBy::seen);
        case Act::hear_voice: return heard(member_called(march, step.about), sdk::HeardBy::voice);
        case Act::hear_radio: return heard(member_called(march, step.about), sdk::HeardBy::radio);
        case Act::take_missed_check_in:
        case Act::has_no_phone:
        case Act::acknowledge_for: return about_other(step, march);
        case Act::close_leg:
        case Act::approve_route:
        case Act::activate_route: return about_route(step.act, march);
        case Act::hold:
        case Act::stop:
        case Act::propose_resume:
        case Act::confirm_resume: return about_phase(step, march);
        case Act::check_in: return sdk::CheckIn{};
        case Act::count: return sdk::ReportCount{sdk::CountMethod::grid, 600, 800, 1'000, 0, 0};
        case Act::pass_head: return passing(march, sdk::End::head);
        case Act::pass_tail: return passing(march, sdk::End::tail);
        case Act::go_home:
            if (march.phase != sdk::Phase::dispersing) return std::nullopt;
            return sdk::EndDuty{self.duty_version};
        case Act::fall_silent:
        case Act::be_heard:
        case Act::off_line:
        case Act::on_line:
        case Act::draw_detour:
        case Act::move_start:
        case Act::revoke:
        case Act::new_phone: return std::nullopt;
    }
    return std::nullopt;
}

std::uint32_t leg_to_close(const sdk::Route& route) {
    const double middle = RouteWalk(route.points).length_metres() / 2;
    for (std::size_t leg = 1; leg + 1 < route.points.size(); ++leg) {
        const std::vector<sdk::LatLon> before(route.points.begin(),
                                              route.points.begin() + static_cast<std::ptrdiff_t>(leg) + 1);
        if (RouteWalk(before).length_metres() >= middle) return static_cast<std::uint32_t>(leg);
    }
    return 0;
}

std::vector<sdk::LatLon> detour_of(const sdk::Route& route) {
    const std::size_t leg = leg_to_close(route);
    std::vector<sdk::LatLon> points;
    for (std::size_t at = 0; at < route.points.size(); ++at) {
        points.push_back(route.points[at]);
        if (at != leg || at + 1 == route.points.size()) continue;
        const sdk::LatLon& from = route.points[at];
        const sdk::LatLon& to = route.points[at + 1];
        const double shrink = std::cos(from.lat * std::numbers::pi / 180);
        const double east = (to.lon - from.lon) * shrink;
        const double north = to.lat - from.lat;
        const double length = std::hypot(east, north);
        const GpsOffset left{-north / length * street_aside_metres, east / length * street_aside_metres};
        points.push_back(shifted(from, left));
        points.push_back(shifted(to, left));
    }
    return points;
}

}  // namespace marchwire::cli
