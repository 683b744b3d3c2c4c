// Reports for others, counts, the policy of alerts, where phones may be woken, PINs and readiness <-> Protobuf.
#include "wire/proto_values.hpp"

namespace marchwire::wire {

core::HeardBy heard_by_of(int value, Reading& reading) {
    if (!pb::HeardBy_IsValid(value)) {
        reading.complain("heard_by", "Say how you heard: by radio, phone or voice, or seen.");
        return core::HeardBy::none;
    }
    return static_cast<core::HeardBy>(value);
}

void put(pb::Count& out, const core::Count& in) {
    out.set_at_ms(in.at.value);
    out.set_by(in.by.value);
    out.set_method(static_cast<pb::CountMethod>(in.method));
    out.set_low(in.low);
    out.set_value(in.value);
    out.set_high(in.high);
    out.set_section(in.section);
    out.set_density_per_10_m2(in.density_per_10_m2);
}

core::Count read(const pb::Count& in, Reading& reading) {
    core::Count count;
    count.at = {in.at_ms()};
    count.by = base::PersonId{in.by()};
    count.method = reading.word<core::CountMethod>(in.method(), pb::CountMethod_IsValid(in.method()), "count.method");
    count.low = in.low();
    count.value = in.value();
    count.high = in.high();
    count.section = in.section();
    count.density_per_10_m2 = in.density_per_10_m2();
    return count;
}

void put(pb::AlertPolicy& out, const core::AlertPolicy& in) {
    out.set_preset(static_cast<pb::AlertPreset>(in.preset));
    out.set_by_size(in.by_size);
}

core::AlertPolicy read(const pb::AlertPolicy& in, Reading& reading) {
    return {reading.word<core::AlertPreset>(in.preset(), pb::AlertPreset_IsValid(in.preset()), "policy.preset"),
            in.by_size()};
}

void put(pb::PushSubscription& out, const core::PushSubscription& in) {
    out.set_person(in.person.value);
    out.set_device(in.device.value);
    out.set_sealed(in.sealed);
}

void put(pb::SosPin& out, const core::SosPin& in) {
    out.set_person(in.person.value);
    out.set_salt(in.salt);
    out.set_hash(in.hash.data(), in.hash.size());
    if (in.duress_hash != base::Digest{}) out.set_duress_hash(in.duress_hash.data(), in.duress_hash.size());
    out.set_wrong_tries(in.wrong_tries);
    out.set_cried_at(in.cried_at.value);
}

core::SosPin read(const pb::SosPin& in, Reading& reading) {
    constexpr const char* size = "A hash of a PIN has 32 bytes.";
    core::SosPin pin;
    pin.person = base::PersonId{in.person()};
    pin.salt = in.salt();
    pin.hash = read_hash(in.hash(), reading, "sos_pin.hash", size);
    if (!in.duress_hash().empty()) pin.duress_hash = read_hash(in.duress_hash(), reading, "sos_pin.duress_hash", size);
    pin.wrong_tries = in.wrong_tries();
    pin.cried_at = base::Seq{in.cried_at()};
    return pin;
}

void put(pb::SosCancelled& out, const core::SosCancelled& in) {
    out.set_person(in.person.value);
    out.set_version(in.version);
    if (in.duress == core::Duress::none) return;
    out.set_duress(static_cast<pb::Duress>(in.duress));
    out.set_step(in.step);
    out.set_state(static_cast<pb::AlertState>(in.state));
    out.set_step_at_ms(in.step_at.value);
    for (const std::uint32_t ordinal : in.told) out.add_told(ordinal);
}

core::Duress duress_of(int value, Reading& reading) {
    if (value == pb::DURESS_NONE) return core::Duress::none;
    return reading.word<core::Duress>(value, pb::Duress_IsValid(value), "duress");
}

core::SosCancelled read(const pb::SosCancelled& in, Reading& reading) {
    core::SosCancelled event{base::PersonId{in.person()}, in.version()};
    event.duress = duress_of(in.duress(), reading);
    if (event.duress == core::Duress::none) return event;
    event.step = in.step();
    event.state = reading.word<core::AlertState>(in.state(), pb::AlertState_IsValid(in.state()), "sos_cancelled.state");
    event.step_at = {in.step_at_ms()};
    event.told.assign(in.told().begin(), in.told().end());
    return event;
}

void put(pb::Readiness& out, const core::Readiness& in) {
    out.set_is_asked(in.is_asked);
    out.set_needs_route(in.needs_route);
    out.set_has_route(in.has_route);
    out.set_phones_needed(in.phones_needed);
    out.set_phones_checked(in.phones_checked);
    out.set_leads(in.leads);
    out.set_second_persons(in.second_persons);
    out.set_last_drill_at_ms(in.last_drill_at.value);
    for (std::string& point : core::open_points(in)) out.add_open_points(std::move(point));
}

/// What is missing follows from the rest.
core::Readiness read(const pb::Readiness& in, Reading&) {
    return {in.is_asked(),       in.needs_route(), in.has_route(),      in.phones_needed(),
            in.phones_checked(), in.leads(),       in.second_persons(), {in.last_drill_at_ms()}};
}

void put(pb::ServersSeen& out, const core::ServersSeen& in) {
    out.set_bus_lag_ms(in.bus_lag.value);
    out.set_lost(in.lost);
}

core::ServersSeen read(const pb::ServersSeen& in, Reading&) { return {{in.bus_lag_ms()}, in.lost()}; }

core::PushSubscription read(const pb::PushSubscription& in, Reading& reading) {
    if (in.sealed().empty()) reading.complain("push.sealed", "A subscription has something sealed.");
    return {base::PersonId{in.person()}, base::DeviceId{in.device()}, in.sealed()};
}

}  // namespace marchwire::wire
