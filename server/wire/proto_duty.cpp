// Reports for others, counts, the policy of alerts and where phones may be woken <-> Protobuf.
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
