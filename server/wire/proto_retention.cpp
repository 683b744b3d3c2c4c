// The end of a march's log <-> Protobuf.
#include "wire/proto_values.hpp"

namespace marchwire::wire {

void put(pb::Retention& out, const core::Retention& in) {
    out.set_held_by(in.held_by.value);
    out.set_hold_reason(in.hold_reason);
    out.set_held_at_ms(in.held_at.value);
    out.set_exported_by(in.exported_by.value);
    out.set_export_sha256(in.export_sha256);
    out.set_exported_at_ms(in.exported_at.value);
    out.set_waived_by(in.waived_by.value);
    out.set_waived_at_ms(in.waived_at.value);
    out.set_shredded_at_ms(in.shredded_at.value);
    out.set_places_forgotten_at_ms(in.places_forgotten_at.value);
    out.set_restricted_forgotten_at_ms(in.restricted_forgotten_at.value);
    out.set_persons_forgotten_at_ms(in.persons_forgotten_at.value);
}

core::Retention read(const pb::Retention& in, Reading&) {
    core::Retention said;
    said.held_by = base::PersonId{in.held_by()};
    said.hold_reason = in.hold_reason();
    said.held_at = {in.held_at_ms()};
    said.exported_by = base::PersonId{in.exported_by()};
    said.export_sha256 = in.export_sha256();
    said.exported_at = {in.exported_at_ms()};
    said.waived_by = base::PersonId{in.waived_by()};
    said.waived_at = {in.waived_at_ms()};
    said.shredded_at = {in.shredded_at_ms()};
    said.places_forgotten_at = {in.places_forgotten_at_ms()};
    said.restricted_forgotten_at = {in.restricted_forgotten_at_ms()};
    said.persons_forgotten_at = {in.persons_forgotten_at_ms()};
    return said;
}

core::HoldRetention read(const pb::HoldRetention& in, Reading&) { return {in.reason()}; }
core::ReleaseRetention read(const pb::ReleaseRetention& in, Reading&) { return {in.reason()}; }
core::RecordExport read(const pb::RecordExport& in, Reading&) { return {in.sha256()}; }
core::WaiveExport read(const pb::WaiveExport& in, Reading&) { return {in.typed_name()}; }

void put(pb::RetentionHeld& out, const core::RetentionHeld& in) {
    out.set_person(in.person.value);
    out.set_reason(in.reason);
}
core::RetentionHeld read(const pb::RetentionHeld& in, Reading&) { return {base::PersonId{in.person()}, in.reason()}; }

void put(pb::RetentionReleased& out, const core::RetentionReleased& in) {
    out.set_person(in.person.value);
    out.set_reason(in.reason);
}
core::RetentionReleased read(const pb::RetentionReleased& in, Reading&) {
    return {base::PersonId{in.person()}, in.reason()};
}

void put(pb::MarchExported& out, const core::MarchExported& in) {
    out.set_person(in.person.value);
    out.set_sha256(in.sha256);
}
core::MarchExported read(const pb::MarchExported& in, Reading&) { return {base::PersonId{in.person()}, in.sha256()}; }

void put(pb::MarchForgotten& out, const core::MarchForgotten& in) {
    out.set_march(in.march.text());
    if (in.summary == core::MarchSummary{}) return;
    auto& summary = *out.mutable_summary();
    summary.set_city(in.summary.city);
    summary.set_state(in.summary.state);
    summary.set_phase(static_cast<pb::Phase>(in.summary.phase));
    summary.set_ended_at_ms(in.summary.ended_at.value);
}

core::MarchForgotten read(const pb::MarchForgotten& in, Reading& reading) {
    core::MarchForgotten event{reading.slug(in.march(), "march_forgotten.march"), {}};
    if (!in.has_summary()) return event;
    const pb::MarchSummary& summary = in.summary();
    event.summary = {summary.city(),
                     summary.state(),
                     reading.word<core::Phase>(summary.phase(), pb::Phase_IsValid(summary.phase()), "summary.phase"),
                     {summary.ended_at_ms()}};
    return event;
}

}  // namespace marchwire::wire
