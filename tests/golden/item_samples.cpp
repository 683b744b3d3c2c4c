#include "golden/item_samples.hpp"

#include <utility>

namespace marchwire::test {
namespace {

using base::UtcMs;
using wire::Encoding;

const base::LogId st_louis = base::LogId::parse("flag-day-2018/st-louis-mo").value();
const base::TopicNumber public_topic{65'537};
const base::TopicNumber ops_topic{65'539};
const base::Position position{base::Epoch{1}, base::Seq{42}, 0x0123456789ABCDEFULL};
const base::LatLon arch{38.6247, -90.1848};
constexpr UtcMs noon{1'528'992'000'000};
constexpr UtcMs later{1'528'995'600'000};

wire::FeedName feed(wire::FeedKind kind) { return {kind, st_louis}; }
const wire::FeedName public_feed = feed(wire::FeedKind::public_feed);

core::PublicPhase held() { return {core::Phase::held, 4, noon, "We wait here for a moment."}; }

core::PublicMarch about() {
    return {"St. Louis",
            "MO",
            "Kiener Plaza",
            "America/Chicago",
            arch,
            core::MarchKind::in_person,
            {{core::Phase::marching, noon}},
            "the organisers' list"};
}

core::Notice notice() { return {3, core::Severity::warning, "en", "Water at the library.", noon, later}; }

core::CallToAction call() {
    return {1, core::ActionKind::petition, "Sign the petition", "https://example.org/sign", "en"};
}

core::PublicRoute route() {
    return {2,
            "Plaza to Arch",
            {{38.627, -90.194}, arch},
            {{core::PublicWaypointKind::assembly, "Kiener Plaza", {38.627, -90.194}, {12.5}}},
            true,
            {840.5},
            "drawn from named landmarks"};
}

core::OpsColumn ops_column() {
    core::OpsColumn column;
    column.as_of = noon;
    column.route_version = 2;
    column.head = {base::Metres{612.5}, 2, base::Metres{8.5}, 1.25, later, core::KnownBy::gps, noon};
    column.tail = {base::Metres{198.5}, 1, base::Metres{4.5}, 1.125, later, core::KnownBy::report, noon};
    column.stale = true;
    column.off_route = base::Metres{12.5};
    column.gaps = {{2, 3, base::Metres{45.5}, true}};
    column.arrivals = {{4, later}};
    return column;
}

core::PublicColumn column() { return {noon, 2, 600, 200, true, noon, later}; }

core::Alert alert() {
    return {{core::AlertKind::checkin_missed, base::PersonId{7}, 4},
            core::AlertState::notifying,
            1,
            2,
            noon,
            later,
            base::PersonId{8},
            true,
            45,
            core::Duress::section};
}

core::Order order() {
    core::Order made;
    made.number = 4;
    made.kind = core::OrderKind::slow;
    made.template_name = "slow";
    made.parameters = {"Market Street"};
    made.text = "SLOW: let the tail close up, Market Street.";
    made.audience = {core::AudienceKind::section, core::Role::side, 2, {base::PersonId{7}}, true};
    made.issuer = base::PersonId{8};
    made.issued_at = noon;
    made.deadline = later;
    made.state = core::OrderState::superseded;
    made.superseded_by = 5;
    made.escalated = true;
    made.receipts = {
        {0, core::ReceiptState::delivered, {}, 0, {}, core::HeardBy::none},
        {1, core::ReceiptState::declined, "no way through", 12, base::PersonId{9}, core::HeardBy::radio, noon}};
    return made;
}

core::Intersection intersection() { return {4, core::IntersectionState::held, 3, noon}; }
core::RouteClosures closures() { return {1, {0}, {5}, {2}}; }
core::Retention retention() {
    return {base::PersonId{5},
            "an inquiry",
            noon,
            base::PersonId{6},
            std::string(64, '7'),
            noon,
            base::PersonId{7},
            noon,
            noon,
            later,
            later,
            later};
}
core::PublicClosures public_closures() { return {2, {0}, {2}}; }

core::Incident incident() {
    core::Incident made;
    made.number = 3;
    made.kind = core::IncidentKind::lost_child;
    made.severity = core::Severity::urgent;
    made.state = core::IncidentState::assigned;
    made.version = 4;
    made.place = {core::PlaceKind::section, 2};
    made.section = 2;
    made.description = "red coat, about five";
    made.methane = {true, "the fountain", "a child alone", "traffic", "from 4th Street", 1, "police asked for"};
    made.reporter = base::PersonId{7};
    made.owner = base::PersonId{8};
    made.made_at = made.reported_at = made.changed_at = noon;
    made.decide_by = later;
    made.duplicate_of = 2;
    made.escalated = true;
    made.told_by = 4;
    made.is_restricted = true;
    made.notes = {{noon, base::PersonId{7}, core::IncidentState::reported, base::PersonId{8}, "by the fountain"}};
    return made;
}

core::Member member(std::uint64_t person, std::uint32_t ordinal) {
    core::Member one;
    one.person = base::PersonId{person};
    one.ordinal = ordinal;
    one.callsign = "Blue " + std::to_string(person);
    one.role = core::Role::side;
    one.section = 2;
    one.buddy = base::PersonId{9};
    one.no_phone = true;
    one.duty = core::Duty::on_duty;
    one.duty_version = 3;
    one.duty_since = noon;
    one.last_check_in = noon;
    one.last_report = core::Report::moving;
    one.last_place = {core::PlaceKind::section, 2};
    one.battery_percent = 80;
    one.due_at = later;
    one.nudged = true;
    one.handover_to = base::PersonId{9};
    one.heard_by = core::HeardBy::voice;
    one.silent_since = noon;
    one.language = "es-MX";
    return one;
}

core::MarchSpec spec() {
    core::MarchSpec made;
    made.city = "St. Louis";
    made.state = "MO";
    made.venue = "Kiener Plaza";
    made.tz = "America/Chicago";
    made.site = arch;
    made.drill = true;
    made.plan = {{core::Phase::marching, noon}};
    made.source = "the organisers' list";
    return made;
}

core::Route staff_route() {
    core::RouteLine line;
    line.name = "Plaza to Arch";
    line.points = {{38.627, -90.194}, arch};
    line.waypoints = {{1, core::WaypointKind::staging, "Behind the stage", arch, {12.5}}};
    line.closed_legs = {1};
    line.step_free = true;
    line.source = "drawn from named landmarks";
    core::Route made;
    made.version = 1;
    made.status = core::RouteStatus::active;
    made.public_from = noon;
    made.status_at = noon;
    made.line = std::make_shared<const core::RouteLine>(std::move(line));
    return made;
}

wire::Welcome welcome() {
    wire::Welcome made;
    made.server_time = noon;
    made.session = "s-17";
    made.actor.person = base::PersonId{7};
    made.actor.role = core::Role::side;
    made.scope = st_louis;
    made.demo_clock = "the day of 2018-06-14";
    made.clock_rate = 60;
    made.push_key = "a point of P-256";
    return made;
}

base::Refusal conflict() {
    base::Refusal made = base::refuse(base::RefusalCode::conflict, "phase_version", "Look again and decide anew.");
    made.current_version = 4;
    made.current_value = "held";
    made.retry_after_ms = 1'000;
    return made;
}

core::OverviewRow overview_row() {
    core::OverviewRow row;
    row.march = st_louis.march;
    row.city = "St. Louis";
    row.state = "MO";
    row.tz = "America/Chicago";
    row.site = arch;
    row.phase = held();
    row.next = {core::Phase::rally, later};
    row.as_of = noon;
    row.on_duty_rounded = 25;
    row.followers_rounded = 1'240;
    return row;
}

/// One person with a device and an invite for a second.
wire::Access access() {
    core::Token device;
    device.number = 4;
    device.person = base::PersonId{7};
    device.role = core::Role::tail;
    device.march = base::Slug::parse("st-louis-mo").value();
    device.issued_at = noon;
    device.expires_at = later;
    device.invite = 2;
    device.recovery = true;
    core::Invite invite;
    invite.number = 3;
    invite.person = device.person;
    invite.role = device.role;
    invite.march = device.march;
    invite.made_at = noon;
    invite.expires_at = later;
    invite.by = base::PersonId{1};
    invite.wrong_codes = 1;
    invite.second_device = true;
    wire::PersonAccess person{{device.person, "tail-1", device.march}, {device}, {invite}, {"3-K7QF-M2PX"}};
    return {9, {std::move(person)}, base::PersonId{8}, conflict()};
}

ItemSample session_item(std::string name, wire::SessionItem item) {
    return {std::move(name), [item = std::move(item)](Encoding encoding) { return wire::encode(item, encoding); }};
}

ItemSample public_item(std::string name, core::PublicItem item) {
    return {"public_item." + std::move(name), [item = std::move(item)](Encoding encoding) {
                return wire::encode_public(public_topic, position, base::Seq{40}, item, encoding);
            }};
}

ItemSample telemetry(std::string name, wire::TelemetryItem item) {
    return {std::move(name),
            [item = std::move(item)](Encoding encoding) { return wire::encode_telemetry(ops_topic, item, encoding); }};
}

std::string entry_item(Encoding encoding) {
    core::Entry entry;
    entry.at = noon;
    entry.made_at = noon;
    entry.actor = base::PersonId{7};
    entry.actor_role = core::Role::side;
    entry.event = core::SectionsSet{5};
    return wire::encode_entry(ops_topic, position, base::Seq{41}, entry, encoding);
}

std::string history_item(Encoding encoding) {
    const wire::History history{5, feed(wire::FeedKind::ops), {entry_item(encoding)}, true, conflict()};
    return wire::encode(history, encoding);
}

core::MarchState ops_state() {
    core::MarchState state;
    state.id = st_louis;
    state.tip = {base::Epoch{1}, base::Seq{42}, {}};
    state.tip.digest.fill(0xAB);
    state.spec = spec();
    state.spec_version = 2;
    state.phase = core::Phase::held;
    state.phase_version = 4;
    state.phase_since = noon;
    state.phase_before = core::Phase::marching;
    state.public_sentence = "We wait here for a moment.";
    state.proposals = {{1, core::ProposalKind::resume, base::PersonId{8}, "the car is gone", noon, later, {}},
                       {2, core::ProposalKind::advance_phase, base::PersonId{7}, "all are here", noon, later,
                        core::AdvancePhase{core::Phase::closed, 4, "st-louis-mo"}}};
    state.sections = 5;
    state.routes = {staff_route()};
    state.active_route = 1;
    state.roster = {member(6, 0), member(7, 1)};
    state.notices = {notice()};
    state.calls_to_action = {call()};
    state.alerts.emplace(alert().key, alert());
    state.orders = {order()};
    state.incidents = {incident()};
    state.intersections = {intersection()};
    state.closures = closures();
    state.retention = retention();
    state.column.head = {1, 4, {612.5}, noon};
    state.column.tail = {1, 2, {198.5}, noon};
    state.column.sample = {1, 600, 200, 400, core::KnownBy::gps, core::KnownBy::report, 410};
    state.column.sampled_at = noon;
    state.counts = {{noon, base::PersonId{7}, core::CountMethod::photo, 3'500, 4'000, 5'000, 2, 15}};
    return state;
}

core::MarshalSnapshot marshal_snapshot() {
    return {st_louis,   position,  spec(),    held(),       member(7, 1),     {member(6, 2)}, staff_route(),
            {notice()}, {alert()}, {order()}, {incident()}, {intersection()}, closures()};
}

}  // namespace

std::vector<ItemSample> item_samples() {
    const wire::Subscribed subscribed{public_feed, {public_topic}, noon, held(), 2, true};
    const wire::Reply reply{
        {base::DeviceId{7}, 3},
        wire::Accepted{core::Level::synced, position, 9, true, core::RestrictedBlock{"Kim Doe", "asthma", "555-0100"},
                       "9-K7QF-M2PX", wire::PersonDetails{"Ada Example", "+1 314 555 0100"}}};
    const wire::Reply refusal{{base::DeviceId{7}, 4}, conflict()};
    const wire::DeskRows desk{
        st_louis.campaign,
        {{st_louis.march, core::Phase::held, 30, 25, 2, {alert()}, noon, {true, true, true, 30, 28, 1, 2, noon}}},
        true,
        {st_louis.march}};
    const wire::OverviewRows overview{st_louis.campaign, "Flag Day", {overview_row()}, {column()}, true, later,
                                      {st_louis.march}};
    const core::TrackedPosition tracked{base::PersonId{7}, {arch, 12, noon}, base::Metres{450}, true};
    return {
        session_item("welcome", welcome()),
        session_item("subscribed", subscribed),
        session_item("unsubscribed", wire::Unsubscribed{public_feed, conflict()}),
        session_item("reply.accepted", reply),
        session_item("reply.error", refusal),
        session_item("error", wire::ErrorItem{conflict()}),
        session_item("pong", wire::Pong{5, noon}),
        session_item("up_to", wire::UpTo{public_feed, position}),
        session_item("discontinuity", wire::Discontinuity{public_feed, wire::DiscontinuityReason::history_changed,
                                                          "Entries that you hold are not in the log any more."}),
        session_item("skipped", wire::Skipped{public_feed, 3, noon, later}),
        session_item("drain", wire::Drain{base::seconds(5), "The server restarts."}),
        session_item("snapshot_piece", wire::SnapshotPiece{public_feed, position, 1, 2, "piece"}),
        {"history", history_item},
        session_item("challenge", wire::Challenge{std::string(32, 'n')}),
        session_item("access", access()),
        public_item("about", about()),
        public_item("phase", held()),
        public_item("route", route()),
        public_item("notice", core::PublicNotice{notice()}),
        public_item("calls_to_action", core::PublicCalls{{call()}}),
        public_item("closures", public_closures()),
        {"entry", entry_item},
        session_item("overview_rows", overview),
        session_item("desk_rows", desk),
        telemetry("public_column", column()),
        telemetry("ops_column", ops_column()),
        telemetry("marshal_position", tracked),
        telemetry("liveness", wire::Liveness{base::PersonId{7}, wire::Reachability::stale, noon}),
    };
}

std::vector<SnapshotSample> snapshot_samples() {
    const core::PublicSnapshot snapshot{st_louis, position,   about(),  held(),
                                        route(),  {notice()}, {call()}, public_closures()};
    return {
        {"PublicSnapshot",
         [snapshot](Encoding encoding) { return wire::encode_snapshot(snapshot, column(), encoding); }},
        {"OpsSnapshot", [](Encoding encoding) { return wire::encode_snapshot(ops_state(), encoding); }},
        {"OpsSnapshot.section",
         [](Encoding encoding) {
             return wire::encode_snapshot(core::SectionSnapshot{2, ops_state()}, encoding);
         }},
        {"MarshalSnapshot", [](Encoding encoding) { return wire::encode_snapshot(marshal_snapshot(), encoding); }},
    };
}

}  // namespace marchwire::test
