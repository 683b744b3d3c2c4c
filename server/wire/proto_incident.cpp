// Incidents <-> Protobuf.
#include "wire/proto_values.hpp"

namespace marchwire::wire {
namespace {

core::IncidentKind kind_of_incident(int value, Reading& reading) {
    return reading.word<core::IncidentKind>(value, pb::IncidentKind_IsValid(value), "kind");
}

core::IncidentState state_of_incident(int value, Reading& reading) {
    return reading.word<core::IncidentState>(value, pb::IncidentState_IsValid(value), "state");
}

core::Severity severity_of_incident(int value, Reading& reading) {
    return reading.word<core::Severity>(value, pb::Severity_IsValid(value), "severity");
}

void put(pb::Methane& out, const core::Methane& in) {
    out.set_major(in.major);
    out.set_exact_place(in.exact_place);
    out.set_type(in.type);
    out.set_hazards(in.hazards);
    out.set_access(in.access);
    out.set_casualties(in.casualties);
    out.set_services(in.services);
}

core::Methane read(const pb::Methane& in) {
    return {in.major(), in.exact_place(), in.type(), in.hazards(), in.access(), in.casualties(), in.services()};
}

void put(pb::IncidentNote& out, const core::IncidentNote& in) {
    out.set_at_ms(in.at.value);
    out.set_by(in.by.value);
    out.set_state(static_cast<pb::IncidentState>(in.state));
    out.set_owner(in.owner.value);
    out.set_text(in.text);
}

core::IncidentNote read(const pb::IncidentNote& in, Reading& reading) {
    return {{in.at_ms()},
            base::PersonId{in.by()},
            state_of_incident(in.state(), reading),
            base::PersonId{in.owner()},
            in.text()};
}

std::optional<core::RestrictedBlock> restricted_of(bool is_there, const pb::RestrictedBlock& in, Reading& reading) {
    return is_there ? std::optional(read(in, reading)) : std::nullopt;
}

}  // namespace

void put(pb::RestrictedBlock& out, const core::RestrictedBlock& in) {
    out.set_name(in.name);
    out.set_medical(in.medical);
    out.set_contact(in.contact);
}

core::RestrictedBlock read(const pb::RestrictedBlock& in, Reading&) { return {in.name(), in.medical(), in.contact()}; }

void put(pb::Incident& out, const core::Incident& in) {
    out.set_number(in.number);
    out.set_kind(static_cast<pb::IncidentKind>(in.kind));
    out.set_severity(static_cast<pb::Severity>(in.severity));
    out.set_state(static_cast<pb::IncidentState>(in.state));
    out.set_version(in.version);
    if (in.place.kind != core::PlaceKind::none) put(*out.mutable_place(), in.place);
    out.set_section(in.section);
    out.set_description(in.description);
    if (in.methane != core::Methane{}) put(*out.mutable_methane(), in.methane);
    out.set_reporter(in.reporter.value);
    out.set_owner(in.owner.value);
    out.set_made_at_ms(in.made_at.value);
    out.set_reported_at_ms(in.reported_at.value);
    out.set_changed_at_ms(in.changed_at.value);
    out.set_decide_by_ms(in.decide_by.value);
    out.set_duplicate_of(in.duplicate_of);
    out.set_escalated(in.escalated);
    out.set_told_by(in.told_by);
    out.set_is_restricted(in.is_restricted);
    for (const core::IncidentNote& note : in.notes) put(*out.add_notes(), note);
}

core::Incident read(const pb::Incident& in, Reading& reading) {
    core::Incident incident;
    incident.number = in.number();
    incident.kind = kind_of_incident(in.kind(), reading);
    incident.severity = severity_of_incident(in.severity(), reading);
    incident.state = state_of_incident(in.state(), reading);
    incident.version = in.version();
    incident.place = read(in.place(), reading);
    incident.section = in.section();
    incident.description = in.description();
    incident.methane = read(in.methane());
    incident.reporter = base::PersonId{in.reporter()};
    incident.owner = base::PersonId{in.owner()};
    incident.made_at = {in.made_at_ms()};
    incident.reported_at = {in.reported_at_ms()};
    incident.changed_at = {in.changed_at_ms()};
    incident.decide_by = {in.decide_by_ms()};
    incident.duplicate_of = in.duplicate_of();
    incident.escalated = in.escalated();
    incident.told_by = in.told_by();
    incident.is_restricted = in.is_restricted();
    for (const pb::IncidentNote& note : in.notes()) incident.notes.push_back(read(note, reading));
    return incident;
}

// ---- events ------------------------------------------------------------------------------------

void put(pb::IncidentReported& out, const core::IncidentReported& in) {
    put(*out.mutable_incident(), in.incident);
    if (in.restricted) put(*out.mutable_restricted(), *in.restricted);
}

core::IncidentReported read(const pb::IncidentReported& in, Reading& reading) {
    return {read(in.incident(), reading), restricted_of(in.has_restricted(), in.restricted(), reading)};
}

void put(pb::IncidentChanged& out, const core::IncidentChanged& in) {
    put(*out.mutable_incident(), in.incident);
    if (in.restricted) put(*out.mutable_restricted(), *in.restricted);
    out.set_forgets_order(in.forgets_order);
}

core::IncidentChanged read(const pb::IncidentChanged& in, Reading& reading) {
    return {read(in.incident(), reading), restricted_of(in.has_restricted(), in.restricted(), reading),
            in.forgets_order()};
}

// ---- commands ----------------------------------------------------------------------------------

core::ReportIncident read(const pb::ReportIncident& in, Reading& reading) {
    core::ReportIncident wish;
    wish.kind = kind_of_incident(in.kind(), reading);
    wish.severity = severity_of_incident(in.severity(), reading);
    wish.place = read(in.place(), reading);
    wish.description = in.description();
    wish.methane = read(in.methane());
    wish.restricted = restricted_of(in.has_restricted(), in.restricted(), reading);
    wish.tell_all = in.tell_all();
    return wish;
}

core::UpdateIncident read(const pb::UpdateIncident& in, Reading& reading) {
    core::UpdateIncident wish;
    wish.incident = in.incident();
    wish.version = in.version();
    if (in.state() != 0) wish.state = state_of_incident(in.state(), reading);
    if (in.kind() != 0) wish.kind = kind_of_incident(in.kind(), reading);
    if (in.severity() != 0) wish.severity = severity_of_incident(in.severity(), reading);
    if (in.has_place()) wish.place = read(in.place(), reading);
    wish.description = in.description();
    wish.note = in.note();
    if (in.has_methane()) wish.methane = read(in.methane());
    wish.restricted = restricted_of(in.has_restricted(), in.restricted(), reading);
    wish.duplicate_of = in.duplicate_of();
    wish.escalate = in.escalate();
    wish.tell_all = in.tell_all();
    return wish;
}

}  // namespace marchwire::wire
