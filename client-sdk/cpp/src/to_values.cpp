#include "to_values.hpp"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <cctype>
#include <cmath>

namespace marchwire::sdk {
namespace {

constexpr double degree_parts = 1e7;

/// "CHECKIN_MISSED" to "checkin_missed", and without the prefix that proto names need to be unique.
std::string lower(std::string name, std::string_view prefix = {}) {
    if (name.starts_with(prefix)) name.erase(0, prefix.size());
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return name;
}

template <class To, class From>
To word(From value) {
    return static_cast<To>(static_cast<std::uint8_t>(value));
}

std::vector<PlannedPhase> plan_of(const google::protobuf::RepeatedPtrField<v1::PlannedPhase>& plan) {
    std::vector<PlannedPhase> values;
    for (const v1::PlannedPhase& planned : plan) values.push_back({word<Phase>(planned.phase()), planned.at_ms()});
    return values;
}

/// What PublicMarch and MarchSpec have in common.
template <class About>
void put_about(const About& about, March& march) {
    march.city = about.city();
    march.state = about.state();
    march.venue = about.venue();
    march.tz = about.tz();
    if (about.has_site()) march.site = point_of(about.site());
    march.kind = word<MarchKind>(about.kind());
    march.plan = plan_of(about.plan());
}

void put_phase(const v1::PublicPhase& phase, March& march) {
    march.phase = word<Phase>(phase.phase());
    march.phase_version = phase.version();
    march.phase_since = phase.since_ms();
    march.sentence = phase.sentence();
}

void put_notices(const google::protobuf::RepeatedPtrField<v1::Notice>& notices, March& march) {
    for (const v1::Notice& notice : notices) march.notices.push_back(notice_of(notice));
}

/// What a proposal is about beside its kind; empty where the kind says all.
std::string about_of(const v1::ProposedCommand& command) {
    switch (command.command_case()) {
        case v1::ProposedCommand::kAdvancePhase: return std::string(name_of(word<Phase>(command.advance_phase().to())));
        case v1::ProposedCommand::kApproveRoute: return std::to_string(command.approve_route().version());
        case v1::ProposedCommand::kActivateRoute: return std::to_string(command.activate_route().version());
        case v1::ProposedCommand::kWithdrawRoute: return std::to_string(command.withdraw_route().version());
        case v1::ProposedCommand::kPostNotice: return command.post_notice().text();
        case v1::ProposedCommand::kSetCallsToAction: return std::to_string(command.set_calls_to_action().calls_size());
        default: return {};
    }
}

Place place_of(const v1::Place& place) { return {word<PlaceKind>(place.kind()), place.number()}; }

Alert alert_of(const v1::Alert& alert) {
    return {word<AlertKind>(alert.key().kind()),
            alert.key().subject(),
            word<AlertState>(alert.state()),
            alert.step(),
            alert.version(),
            alert.raised_at_ms(),
            alert.owner(),
            alert.critical(),
            alert.key().number(),
            alert.figure(),
            alert.duress() != v1::DURESS_NONE};
}

void put_alerts(const google::protobuf::RepeatedPtrField<v1::Alert>& alerts, March& march) {
    for (const v1::Alert& alert : alerts) march.alerts.push_back(alert_of(alert));
}

/// A recipient's place in the roster is told of: who that is, is known from the people that the feed holds. Both lists
/// ascend by place.
Receipt receipt_of(const v1::Receipts& receipts, int at, const March& march) {
    Receipt value;
    const std::uint32_t ordinal = receipts.ordinals(at);
    const auto known = std::ranges::lower_bound(march.roster, ordinal, {}, &Member::ordinal);
    if (march.self && march.self->ordinal == ordinal) {
        value.person = march.self->person;
    } else if (known != march.roster.end() && known->ordinal == ordinal) {
        value.person = known->person;
    }
    if (at < receipts.states_size()) value.state = word<ReceiptState>(receipts.states(at));
    const auto& notes = receipts.notes();
    const auto note = std::lower_bound(
        notes.begin(), notes.end(), ordinal,
        [](const v1::ReceiptNote& one, std::uint32_t place) { return one.ordinal() < place; });
    if (note == notes.end() || note->ordinal() != ordinal) return value;
    value.reason = note->reason();
    value.headcount = note->headcount();
    value.by = note->by();
    value.heard_by = word<HeardBy>(note->heard_by());
    value.unreached_since = note->unreached_since_ms();
    return value;
}

Order order_of(const v1::Order& order, const March& march) {
    Order value;
    value.number = order.number();
    value.kind = word<OrderKind>(order.kind());
    value.template_name = order.template_name();
    value.parameters.assign(order.parameters().begin(), order.parameters().end());
    value.text = order.text();
    value.audience = {word<AudienceKind>(order.audience().kind()),
                      word<Role>(order.audience().role()),
                      order.audience().section(),
                      {order.audience().names().begin(), order.audience().names().end()}};
    value.issuer = order.issuer();
    value.issued_at = order.issued_at_ms();
    value.deadline = order.deadline_ms();
    value.state = word<OrderState>(order.state());
    value.superseded_by = order.superseded_by();
    value.escalated = order.escalated();
    const v1::Receipts& receipts = order.receipts();
    for (int at = 0; at < receipts.ordinals_size(); ++at) value.receipts.push_back(receipt_of(receipts, at, march));
    return value;
}

/// After the people of the march.
void put_orders(const google::protobuf::RepeatedPtrField<v1::Order>& orders, March& march) {
    for (const v1::Order& order : orders) march.orders.push_back(order_of(order, march));
}

Route route_of(const v1::Route& route) {
    Route value;
    value.version = route.version();
    value.status = word<RouteStatus>(route.status());
    value.name = route.line().name();
    value.points = points_of(route.line().line());
    value.source = route.line().source();
    for (const v1::Waypoint& waypoint : route.line().waypoints()) {
        value.waypoints.push_back({lower(v1::WaypointKind_Name(waypoint.kind()), "WAYPOINT_"), waypoint.name(),
                                   point_of(waypoint.at()), waypoint.along_metres(), waypoint.number(), false});
    }
    return value;
}

Route route_of(const v1::PublicRoute& route) {
    Route value;
    value.version = route.version();
    value.status = RouteStatus::active;
    value.name = route.name();
    value.points = points_of(route.line());
    value.source = route.source();
    for (const v1::PublicWaypoint& waypoint : route.waypoints()) {
        value.waypoints.push_back({lower(v1::PublicWaypointKind_Name(waypoint.kind()), "PUBLIC_"), waypoint.name(),
                                   point_of(waypoint.at()), waypoint.along_metres(), 0, false});
    }
    return value;
}

/// After the routes of the march.
void put_street(const google::protobuf::RepeatedPtrField<v1::Intersection>& touched, const v1::RouteClosures& closures,
                March& march) {
    const auto active = std::ranges::find(march.routes, march.active_route, &Route::version);
    if (march.active_route == 0 || active == march.routes.end()) return;
    const auto& exits = closures.closed_exits();
    active->closed_legs.assign(closures.closed_legs().begin(), closures.closed_legs().end());
    for (Waypoint& waypoint : active->waypoints) {
        waypoint.closed = std::find(exits.begin(), exits.end(), waypoint.number) != exits.end();
        if (waypoint.kind != "intersection") continue;
        Intersection one{waypoint.number, waypoint.name, IntersectionState::unstaffed, 0, 0};
        const auto known = std::find_if(touched.begin(), touched.end(),
                                        [&](const v1::Intersection& i) { return i.waypoint() == waypoint.number; });
        if (known != touched.end()) {
            one.state = word<IntersectionState>(known->state());
            one.version = known->version();
            one.since = known->since_ms();
        }
        march.intersections.push_back(std::move(one));
    }
    std::ranges::sort(march.intersections, {}, &Intersection::waypoint);
}

void put_closures(const v1::PublicClosures& closures, March& march) {
    if (march.routes.empty()) return;
    Route& route = march.routes.front();
    route.closed_legs.assign(closures.closed_legs().begin(), closures.closed_legs().end());
    for (const std::uint32_t place : closures.closed_waypoints()) {
        if (place < route.waypoints.size()) route.waypoints[place].closed = true;
    }
}

}  // namespace

std::string json_of(const google::protobuf::Message& message) {
    std::string json;
    const auto status = google::protobuf::util::MessageToJsonString(message, &json);
    return status.ok() ? json : std::string{};
}

Position position_of(const v1::Position& position) { return {position.epoch(), position.seq(), position.digest()}; }

void put(const Position& position, v1::Position& into) {
    into.set_epoch(position.epoch);
    into.set_seq(position.seq);
    into.set_digest(position.digest);
}

LatLon point_of(const v1::LatLon& point) { return {point.lat_e7() / degree_parts, point.lon_e7() / degree_parts}; }

v1::LatLon wire_point(const LatLon& point) {
    v1::LatLon wire;
    wire.set_lat_e7(static_cast<std::int32_t>(std::lround(point.lat * degree_parts)));
    wire.set_lon_e7(static_cast<std::int32_t>(std::lround(point.lon * degree_parts)));
    return wire;
}

std::vector<LatLon> points_of(const v1::Line& line) {
    std::vector<LatLon> points;
    std::int64_t lat = 0;
    std::int64_t lon = 0;
    for (int at = 0; at + 1 < line.delta_e7_size(); at += 2) {
        lat += line.delta_e7(at);
        lon += line.delta_e7(at + 1);
        points.push_back({static_cast<double>(lat) / degree_parts, static_cast<double>(lon) / degree_parts});
    }
    return points;
}

Error error_of(const v1::Error& error) {
    return {word<ErrorCode>(error.code()), error.field(),         error.message(),
            error.current_version(),       error.current_value(), Millis(error.retry_after_ms())};
}

Welcome welcome_of(const v1::Welcome& welcome) {
    Welcome value;
    value.session = welcome.session();
    value.person = welcome.person();
    value.role = word<Role>(welcome.role());
    value.march = welcome.march();
    value.demo_clock = welcome.demo_clock();
    value.clock_rate = welcome.clock_rate() > 0 ? welcome.clock_rate() : 1;
    value.server_time = welcome.server_time_ms();
    value.push_key = welcome.push_key();
    return value;
}

Notice notice_of(const v1::Notice& notice) {
    return {notice.number(),       word<Severity>(notice.severity()),
            notice.language(),     notice.text(),
            notice.posted_at_ms(), notice.expires_at_ms()};
}

PassedMark mark_of(const v1::PassedMark& mark) {
    return {mark.route_version(), mark.waypoint(), mark.along_metres(), mark.at_ms()};
}

ColumnSample sample_of(const v1::ColumnSample& sample, UtcMs at) {
    ColumnSample value;
    if (sample.has_head_metres()) value.head_metres = sample.head_metres();
    if (sample.has_tail_metres()) value.tail_metres = sample.tail_metres();
    if (sample.has_length_metres()) value.length_metres = sample.length_metres();
    value.head_by = word<KnownBy>(sample.head_by());
    value.tail_by = word<KnownBy>(sample.tail_by());
    value.at = at;
    return value;
}

PersonAccess person_access_of(const v1::PersonAccess& access) {
    PersonAccess value{access.person().id(), access.person().callsign(), {}, {}};
    for (const v1::Token& device : access.devices()) {
        value.devices.push_back({device.number(), static_cast<Role>(device.role()), device.issued_at_ms(),
                                 device.expires_at_ms(), device.invite()});
    }
    for (int i = 0; i < access.invites_size(); ++i) {
        const v1::Invite& invite = access.invites(i);
        value.invites.push_back({invite.number(), static_cast<Role>(invite.role()),
                                 static_cast<InviteState>(invite.state()), invite.expires_at_ms(), invite.by(),
                                 invite.second_device(), i < access.codes_size() ? access.codes(i) : std::string()});
    }
    return value;
}

RestrictedBlock restricted_of(const v1::RestrictedBlock& block) {
    return {block.name(), block.medical(), block.contact()};
}

Incident incident_of(const v1::Incident& incident) {
    Incident value;
    value.number = incident.number();
    value.kind = word<IncidentKind>(incident.kind());
    value.severity = word<Severity>(incident.severity());
    value.state = word<IncidentState>(incident.state());
    value.version = incident.version();
    value.place = place_of(incident.place());
    value.section = incident.section();
    value.description = incident.description();
    const v1::Methane& methane = incident.methane();
    value.methane = {methane.major(),  methane.exact_place(), methane.type(),    methane.hazards(),
                     methane.access(), methane.casualties(),  methane.services()};
    value.reporter = incident.reporter();
    value.owner = incident.owner();
    value.made_at = incident.made_at_ms();
    value.reported_at = incident.reported_at_ms();
    value.changed_at = incident.changed_at_ms();
    value.decide_by = incident.decide_by_ms();
    value.duplicate_of = incident.duplicate_of();
    value.escalated = incident.escalated();
    value.told_by = incident.told_by();
    value.is_restricted = incident.is_restricted();
    for (const v1::IncidentNote& note : incident.notes()) {
        value.notes.push_back({note.at_ms(), note.by(), word<IncidentState>(note.state()), note.owner(), note.text()});
    }
    return value;
}

Count count_of(const v1::Count& count) {
    return {count.at_ms(), count.by(),      word<CountMethod>(count.method()), count.low(), count.value(),
            count.high(),  count.section(), count.density_per_10_m2()};
}

Proposal proposal_of(const v1::Proposal& proposal) {
    return {proposal.number(),        lower(v1::ProposalKind_Name(proposal.kind()), "PROPOSE_"),
            proposal.proposer(),      proposal.reason(),
            proposal.expires_at_ms(), about_of(proposal.command())};
}

Member member_of(const v1::Member& member) {
    Member value;
    value.person = member.person();
    value.ordinal = member.ordinal();
    value.callsign = member.callsign();
    value.role = word<Role>(member.role());
    value.section = member.section();
    value.buddy = member.buddy();
    value.duty = word<Duty>(member.duty());
    value.duty_version = member.duty_version();
    value.last_check_in = member.last_check_in_ms();
    value.last_report = word<Report>(member.last_report());
    value.last_place = place_of(member.last_place());
    value.battery_percent = member.battery_percent();
    value.due_at = member.due_at_ms();
    value.language = member.language();
    value.no_phone = member.no_phone();
    value.handover_to = member.handover_to();
    value.heard_by = word<HeardBy>(member.heard_by());
    value.silent_since = member.silent_since_ms();
    return value;
}

March march_of(const v1::PublicSnapshot& snapshot) {
    March march;
    put_about(snapshot.about(), march);
    put_phase(snapshot.phase(), march);
    put_notices(snapshot.notices(), march);
    march.active_route = snapshot.route().version();
    if (march.active_route != 0) march.routes.push_back(route_of(snapshot.route()));
    put_closures(snapshot.closures(), march);
    return march;
}

March march_of(const v1::OpsSnapshot& snapshot) {
    March march;
    put_about(snapshot.spec(), march);
    march.phase = word<Phase>(snapshot.phase());
    march.spec_version = snapshot.spec_version();
    march.phase_version = snapshot.phase_version();
    march.phase_since = snapshot.phase_since_ms();
    march.sentence = snapshot.public_sentence();
    for (const v1::Route& route : snapshot.routes()) march.routes.push_back(route_of(route));
    march.active_route = snapshot.active_route();
    for (const v1::Member& member : snapshot.roster()) march.roster.push_back(member_of(member));
    put_alerts(snapshot.alerts(), march);
    put_orders(snapshot.orders(), march);
    put_notices(snapshot.notices(), march);
    march.head_passed = mark_of(snapshot.column().head());
    march.tail_passed = mark_of(snapshot.column().tail());
    march.column_sample = sample_of(snapshot.column().sample(), snapshot.column().sampled_at_ms());
    for (const v1::Proposal& proposal : snapshot.proposals()) march.proposals.push_back(proposal_of(proposal));
    put_street(snapshot.intersections(), snapshot.closures(), march);
    march.preset = word<AlertPreset>(snapshot.policy().preset());
    march.preset_by_size = snapshot.policy().by_size();
    for (const v1::Count& count : snapshot.counts()) march.counts.push_back(count_of(count));
    for (const v1::Incident& one : snapshot.incidents()) march.incidents.push_back(incident_of(one));
    return march;
}

March march_of(const v1::MarshalSnapshot& snapshot) {
    March march;
    put_about(snapshot.spec(), march);
    put_phase(snapshot.phase(), march);
    march.self = member_of(snapshot.self());
    for (const v1::Member& member : snapshot.section()) march.roster.push_back(member_of(member));
    march.active_route = snapshot.route().version();
    if (march.active_route != 0) march.routes.push_back(route_of(snapshot.route()));
    put_street(snapshot.intersections(), snapshot.closures(), march);
    put_notices(snapshot.notices(), march);
    put_alerts(snapshot.alerts(), march);
    put_orders(snapshot.orders(), march);
    for (const v1::Incident& one : snapshot.incidents()) march.incidents.push_back(incident_of(one));
    return march;
}

Row row_of(const v1::OverviewRow& row) {
    Row value;
    value.march = row.march();
    value.city = row.city();
    value.state = row.state();
    value.tz = row.tz();
    value.phase = word<Phase>(row.phase().phase());
    value.sentence = row.phase().sentence();
    value.next = {word<Phase>(row.next().phase()), row.next().at_ms()};
    value.on_duty = row.on_duty_rounded();
    value.followers = row.followers_rounded();
    if (row.column().has_head_metres()) value.head_metres = row.column().head_metres();
    if (row.column().has_tail_metres()) value.tail_metres = row.column().tail_metres();
    value.moving = row.column().moving();
    return value;
}

namespace {

Readiness readiness_of(const v1::Readiness& told) {
    Readiness value;
    value.leads = told.leads();
    value.second_persons = told.second_persons();
    value.needs_route = told.needs_route();
    value.has_route = told.has_route();
    value.phones_needed = told.phones_needed();
    value.phones_checked = told.phones_checked();
    value.last_drill = told.last_drill_at_ms();
    value.open_points.assign(told.open_points().begin(), told.open_points().end());
    return value;
}

}  // namespace

Row row_of(const v1::DeskRow& row) {
    Row value;
    value.march = row.march();
    value.phase = word<Phase>(row.phase());
    value.on_duty = row.on_duty();
    value.overdue = row.overdue();
    value.roster = row.roster();
    value.alerts = static_cast<std::uint32_t>(row.alerts_size());
    if (row.readiness().is_asked()) value.readiness = readiness_of(row.readiness());
    return value;
}

}  // namespace marchwire::sdk
