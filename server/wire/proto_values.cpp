// Plain values <-> Protobuf, field by field.
#include "wire/proto_values.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace marchwire::wire {
namespace {

constexpr double per_degree = 1e7;

std::int32_t e7(double degrees) {
    // Checked where commands are decided; here it must only not overflow.
    return static_cast<std::int32_t>(std::llround(std::clamp(degrees, -180.0, 180.0) * per_degree));
}

double degrees(std::int32_t value) { return value / per_degree; }

}  // namespace

base::Slug Reading::slug(const std::string& text, const char* field) {
    if (text.empty()) return {};
    auto slug = base::Slug::parse(text, field);
    if (!slug) {
        complain(slug.error());
        return {};
    }
    return *std::move(slug);
}

base::LogId Reading::log(const std::string& text, const char* field) {
    auto log = base::LogId::parse(text);
    if (!log) {
        complain(field, log.error().message);
        return {};
    }
    return *std::move(log);
}

// ---- positions and places ----------------------------------------------------------------------

void put(pb::Position& out, const base::Position& in) {
    out.set_epoch(in.epoch.value);
    out.set_seq(in.seq.value);
    out.set_digest(in.digest);
}

base::Position read(const pb::Position& in, Reading&) {
    return {base::Epoch{in.epoch()}, base::Seq{in.seq()}, in.digest()};
}

void put(pb::Tip& out, const base::Tip& in) {
    out.set_epoch(in.epoch.value);
    out.set_seq(in.seq.value);
    out.set_digest(in.digest.data(), in.digest.size());
}

base::Tip read(const pb::Tip& in, Reading& reading) {
    base::Tip tip{base::Epoch{in.epoch()}, base::Seq{in.seq()}, {}};
    if (in.digest().size() == tip.digest.size()) {
        std::memcpy(tip.digest.data(), in.digest().data(), tip.digest.size());
    } else {
        reading.complain("tip.digest", "A digest has 32 bytes.");
    }
    return tip;
}

void put(pb::LatLon& out, const base::LatLon& in) {
    out.set_lat_e7(e7(in.lat));
    out.set_lon_e7(e7(in.lon));
}

base::LatLon read(const pb::LatLon& in, Reading&) { return {degrees(in.lat_e7()), degrees(in.lon_e7())}; }

void put(pb::Line& out, const std::vector<base::LatLon>& in) {
    // Differences are taken modulo 2^32, so that a line over the date line needs no wider type.
    std::uint32_t lat = 0;
    std::uint32_t lon = 0;
    out.mutable_delta_e7()->Reserve(static_cast<int>(in.size() * 2));
    for (const base::LatLon& at : in) {
        const auto next_lat = static_cast<std::uint32_t>(e7(at.lat));
        const auto next_lon = static_cast<std::uint32_t>(e7(at.lon));
        out.add_delta_e7(static_cast<std::int32_t>(next_lat - lat));
        out.add_delta_e7(static_cast<std::int32_t>(next_lon - lon));
        lat = next_lat;
        lon = next_lon;
    }
}

static std::vector<base::LatLon> read_line(const pb::Line& in, Reading& reading) {
    if (in.delta_e7_size() % 2 != 0) {
        reading.complain("line.delta_e7", "Give latitude and longitude in turn.");
        return {};
    }
    std::vector<base::LatLon> points;
    points.reserve(static_cast<std::size_t>(in.delta_e7_size()) / 2);
    std::uint32_t lat = 0;
    std::uint32_t lon = 0;
    for (int i = 0; i < in.delta_e7_size(); i += 2) {
        lat += static_cast<std::uint32_t>(in.delta_e7(i));
        lon += static_cast<std::uint32_t>(in.delta_e7(i + 1));
        points.push_back({degrees(static_cast<std::int32_t>(lat)), degrees(static_cast<std::int32_t>(lon))});
    }
    return points;
}

void put(pb::Error& out, const base::Refusal& in) {
    out.set_code(static_cast<pb::ErrorCode>(in.code));
    out.set_field(in.field);
    out.set_message(in.message);
    out.set_current_version(in.current_version);
    out.set_current_value(in.current_value);
    out.set_retry_after_ms(in.retry_after_ms);
}

// ---- what a march is ---------------------------------------------------------------------------

void put(pb::PlannedPhase& out, const core::PlannedPhase& in) {
    out.set_phase(static_cast<pb::Phase>(in.phase));
    out.set_at_ms(in.at.value);
}

core::PlannedPhase read(const pb::PlannedPhase& in, Reading& reading) {
    return {reading.word<core::Phase>(in.phase(), pb::Phase_IsValid(in.phase()), "plan.phase"), {in.at_ms()}};
}

void put(pb::Notice& out, const core::Notice& in) {
    out.set_number(in.number);
    out.set_severity(static_cast<pb::Severity>(in.severity));
    out.set_language(in.language);
    out.set_text(in.text);
    out.set_posted_at_ms(in.posted_at.value);
    out.set_expires_at_ms(in.expires_at.value);
}

core::Notice read(const pb::Notice& in, Reading& reading) {
    return {in.number(),
            reading.word<core::Severity>(in.severity(), pb::Severity_IsValid(in.severity()), "severity"),
            in.language(),
            in.text(),
            {in.posted_at_ms()},
            {in.expires_at_ms()}};
}

void put(pb::CallToAction& out, const core::CallToAction& in) {
    out.set_number(in.number);
    out.set_kind(static_cast<pb::ActionKind>(in.kind));
    out.set_text(in.text);
    out.set_link(in.link);
    out.set_language(in.language);
}

core::CallToAction read(const pb::CallToAction& in, Reading& reading) {
    return {in.number(), reading.word<core::ActionKind>(in.kind(), pb::ActionKind_IsValid(in.kind()), "calls.kind"),
            in.text(), in.link(), in.language()};
}

void put(pb::MarchSpec& out, const core::MarchSpec& in) {
    out.set_city(in.city);
    out.set_state(in.state);
    out.set_venue(in.venue);
    out.set_tz(in.tz);
    if (in.site) put(*out.mutable_site(), *in.site);
    out.set_kind(static_cast<pb::MarchKind>(in.kind));
    out.set_drill(in.drill);
    put_all(*out.mutable_plan(), in.plan);
    out.set_source(in.source);
}

core::MarchSpec read(const pb::MarchSpec& in, Reading& reading) {
    core::MarchSpec spec;
    spec.city = in.city();
    spec.state = in.state();
    spec.venue = in.venue();
    spec.tz = in.tz();
    if (in.has_site()) spec.site = read(in.site(), reading);
    spec.kind = reading.word<core::MarchKind>(in.kind(), pb::MarchKind_IsValid(in.kind()), "spec.kind");
    spec.drill = in.drill();
    spec.plan = read_all(in.plan(), reading);
    spec.source = in.source();
    return spec;
}

void put(pb::CampaignSpec& out, const core::CampaignSpec& in) {
    out.set_name(in.name);
    out.set_organiser(in.organiser);
    out.set_wave(in.wave);
    out.set_drill(in.drill);
}

core::CampaignSpec read(const pb::CampaignSpec& in, Reading&) {
    return {in.name(), in.organiser(), in.wave(), in.drill()};
}

void put(pb::RouteLine& out, const core::RouteLine& in) {
    out.set_name(in.name);
    put(*out.mutable_line(), in.points);
    for (const core::Waypoint& waypoint : in.waypoints) {
        auto& shown = *out.add_waypoints();
        shown.set_number(waypoint.number);
        shown.set_kind(static_cast<pb::WaypointKind>(waypoint.kind));
        shown.set_name(waypoint.name);
        put(*shown.mutable_at(), waypoint.at);
        shown.set_along_metres(waypoint.along.value);
    }
    for (const std::uint32_t leg : in.closed_legs) out.add_closed_legs(leg);
    out.set_step_free(in.step_free);
    out.set_source(in.source);
}

std::shared_ptr<const core::RouteLine> read(const pb::RouteLine& in, Reading& reading) {
    auto line = std::make_shared<core::RouteLine>();
    line->name = in.name();
    line->points = read_line(in.line(), reading);
    for (const pb::Waypoint& waypoint : in.waypoints()) {
        line->waypoints.push_back({waypoint.number(),
                                   reading.word<core::WaypointKind>(
                                       waypoint.kind(), pb::WaypointKind_IsValid(waypoint.kind()), "waypoints.kind"),
                                   waypoint.name(),
                                   read(waypoint.at(), reading),
                                   {waypoint.along_metres()}});
    }
    line->closed_legs.assign(in.closed_legs().begin(), in.closed_legs().end());
    line->step_free = in.step_free();
    line->source = in.source();
    return line;
}

void put(pb::Route& out, const core::Route& in) {
    out.set_version(in.version);
    out.set_status(static_cast<pb::RouteStatus>(in.status));
    out.set_public_from_ms(in.public_from.value);
    out.set_status_at_ms(in.status_at.value);
    if (in.line) put(*out.mutable_line(), *in.line);
}

core::Route read(const pb::Route& in, Reading& reading) {
    core::Route route;
    route.version = in.version();
    route.status = reading.word<core::RouteStatus>(in.status(), pb::RouteStatus_IsValid(in.status()), "route.status");
    route.public_from = {in.public_from_ms()};
    route.status_at = {in.status_at_ms()};
    if (in.has_line()) route.line = read(in.line(), reading);
    return route;
}

// ---- people ------------------------------------------------------------------------------------

void put(pb::Place& out, const core::Place& in) {
    out.set_kind(static_cast<pb::PlaceKind>(in.kind));
    out.set_number(in.number);
}

core::Place read(const pb::Place& in, Reading& reading) {
    if (!pb::PlaceKind_IsValid(in.kind())) reading.complain("place.kind", "Give a post, a section or a route metre.");
    return {static_cast<core::PlaceKind>(in.kind()), in.number()};
}

void put(pb::Member& out, const core::Member& in) {
    out.set_person(in.person.value);
    out.set_ordinal(in.ordinal);
    out.set_callsign(in.callsign);
    out.set_role(static_cast<pb::Role>(in.role));
    out.set_section(in.section);
    out.set_buddy(in.buddy.value);
    out.set_no_phone(in.no_phone);
    out.set_duty(static_cast<pb::Duty>(in.duty));
    out.set_duty_version(in.duty_version);
    out.set_duty_since_ms(in.duty_since.value);
    out.set_last_check_in_ms(in.last_check_in.value);
    out.set_last_report(static_cast<pb::Report>(in.last_report));
    if (in.last_place.kind != core::PlaceKind::none) put(*out.mutable_last_place(), in.last_place);
    out.set_battery_percent(in.battery_percent);
    out.set_due_at_ms(in.due_at.value);
    out.set_nudged(in.nudged);
    out.set_handover_to(in.handover_to.value);
    out.set_heard_by(static_cast<pb::HeardBy>(in.heard_by));
    out.set_silent_since_ms(in.silent_since.value);
    out.set_language(in.language);
}

core::Member read(const pb::Member& in, Reading& reading) {
    core::Member member;
    member.person = base::PersonId{in.person()};
    member.ordinal = in.ordinal();
    member.callsign = in.callsign();
    member.role = reading.word<core::Role>(in.role(), pb::Role_IsValid(in.role()), "member.role");
    member.section = in.section();
    member.buddy = base::PersonId{in.buddy()};
    member.no_phone = in.no_phone();
    member.duty = reading.word<core::Duty>(in.duty(), pb::Duty_IsValid(in.duty()), "member.duty");
    member.duty_version = in.duty_version();
    member.duty_since = {in.duty_since_ms()};
    member.last_check_in = {in.last_check_in_ms()};
    member.last_report = reading.word<core::Report>(in.last_report(), pb::Report_IsValid(in.last_report()),
                                                    "member.last_report");
    member.last_place = read(in.last_place(), reading);
    member.battery_percent = reading.small(in.battery_percent(), "member.battery_percent");
    member.due_at = {in.due_at_ms()};
    member.nudged = in.nudged();
    member.handover_to = base::PersonId{in.handover_to()};
    member.heard_by = heard_by_of(in.heard_by(), reading);
    member.silent_since = {in.silent_since_ms()};
    member.language = in.language();
    return member;
}

void put(pb::AlertKey& out, const core::AlertKey& in) {
    out.set_kind(static_cast<pb::AlertKind>(in.kind));
    out.set_subject(in.subject.value);
    out.set_number(in.number);
}

core::AlertKey read(const pb::AlertKey& in, Reading& reading) {
    return {reading.word<core::AlertKind>(in.kind(), pb::AlertKind_IsValid(in.kind()), "key.kind"),
            base::PersonId{in.subject()}, in.number()};
}

void put(pb::Alert& out, const core::Alert& in) {
    put(*out.mutable_key(), in.key);
    out.set_state(static_cast<pb::AlertState>(in.state));
    out.set_step(in.step);
    out.set_version(in.version);
    out.set_raised_at_ms(in.raised_at.value);
    out.set_step_at_ms(in.step_at.value);
    out.set_owner(in.owner.value);
    out.set_figure(in.figure);
    out.set_critical(in.critical);
    out.set_duress(static_cast<pb::Duress>(in.duress));
}

core::Alert read(const pb::Alert& in, Reading& reading) {
    return {read(in.key(), reading),
            reading.word<core::AlertState>(in.state(), pb::AlertState_IsValid(in.state()), "alert.state"),
            in.step(),
            in.version(),
            {in.raised_at_ms()},
            {in.step_at_ms()},
            base::PersonId{in.owner()},
            in.critical(),
            in.figure(),
            duress_of(in.duress(), reading)};
}

void put(pb::MarchListing& out, const core::MarchListing& in) {
    out.set_march(in.march.text());
    out.set_topic_base(in.topic_base);
    out.set_listed_at_ms(in.listed_at.value);
    out.set_forgotten_at_ms(in.forgotten_at.value);
}

core::MarchListing read(const pb::MarchListing& in, Reading& reading) {
    return {reading.slug(in.march(), "march"), in.topic_base(), {in.listed_at_ms()}, {in.forgotten_at_ms()}};
}

void put(pb::ImportRecord& out, const core::ImportRecord& in) {
    out.set_number(in.number);
    out.set_file_sha256(in.file_sha256);
    out.set_marches(in.marches);
    out.set_created(in.created);
    out.set_changed(in.changed);
    out.set_unchanged(in.unchanged);
    out.set_at_ms(in.at.value);
}

core::ImportRecord read(const pb::ImportRecord& in, Reading&) {
    return {in.number(), in.file_sha256(), in.marches(), in.created(), in.changed(), in.unchanged(), {in.at_ms()}};
}

// ---- what everybody sees -----------------------------------------------------------------------

void put(pb::PublicMarch& out, const core::PublicMarch& in) {
    out.set_city(in.city);
    out.set_state(in.state);
    out.set_venue(in.venue);
    out.set_tz(in.tz);
    if (in.site) put(*out.mutable_site(), *in.site);
    out.set_kind(static_cast<pb::MarchKind>(in.kind));
    put_all(*out.mutable_plan(), in.plan);
    out.set_source(in.source);
}

void put(pb::PublicPhase& out, const core::PublicPhase& in) {
    out.set_phase(static_cast<pb::Phase>(in.phase));
    out.set_version(in.version);
    out.set_since_ms(in.since.value);
    out.set_sentence(in.sentence);
}

void put(pb::PublicRoute& out, const core::PublicRoute& in) {
    out.set_version(in.version);
    out.set_name(in.name);
    put(*out.mutable_line(), in.points);
    for (const core::PublicWaypoint& waypoint : in.waypoints) {
        auto& shown = *out.add_waypoints();
        shown.set_kind(static_cast<pb::PublicWaypointKind>(waypoint.kind));
        shown.set_name(waypoint.name);
        put(*shown.mutable_at(), waypoint.at);
        shown.set_along_metres(waypoint.along.value);
    }
    out.set_step_free(in.step_free);
    out.set_length_metres(in.length.value);
    out.set_source(in.source);
}

void put(pb::PublicColumn& out, const core::PublicColumn& in) {
    out.set_as_of_ms(in.as_of.value);
    out.set_route_version(in.route_version);
    if (in.head_metres) out.set_head_metres(*in.head_metres);
    if (in.tail_metres) out.set_tail_metres(*in.tail_metres);
    out.set_moving(in.moving);
    out.set_head_reported_at_ms(in.head_reported_at.value);
    out.set_tail_reported_at_ms(in.tail_reported_at.value);
}

void put(pb::OverviewRow& out, const core::OverviewRow& in) {
    out.set_march(in.march.text());
    out.set_city(in.city);
    out.set_state(in.state);
    out.set_tz(in.tz);
    if (in.site) put(*out.mutable_site(), *in.site);
    out.set_kind(static_cast<pb::MarchKind>(in.kind));
    put(*out.mutable_phase(), in.phase);
    if (in.next.at) put(*out.mutable_next(), in.next);
    out.set_as_of_ms(in.as_of.value);
    out.set_on_duty_rounded(in.on_duty_rounded);
    out.set_followers_rounded(in.followers_rounded);
}

void put(pb::DeskRow& out, const core::DeskRow& in) {
    out.set_march(in.march.text());
    out.set_phase(static_cast<pb::Phase>(in.phase));
    out.set_roster(in.roster);
    out.set_on_duty(in.on_duty);
    out.set_overdue(in.overdue);
    put_all(*out.mutable_alerts(), in.alerts);
    out.set_as_of_ms(in.as_of.value);
    if (in.readiness.is_asked) put(*out.mutable_readiness(), in.readiness);
}

}  // namespace marchwire::wire
