// What the log keeps of the column <-> Protobuf.
#include "wire/proto_values.hpp"

namespace marchwire::wire {
namespace {

std::optional<std::uint32_t> told(bool is_told, std::uint32_t metres) {
    return is_told ? std::optional(metres) : std::nullopt;
}

std::optional<core::KnownBy> known_by(int value, Reading& reading, const char* field) {
    if (value == 0) return std::nullopt;
    return reading.word<core::KnownBy>(value, pb::KnownBy_IsValid(value), field);
}

}  // namespace

void put(pb::PassedMark& out, const core::PassedMark& in) {
    out.set_route_version(in.route_version);
    out.set_waypoint(in.waypoint);
    out.set_along_metres(in.along.value);
    out.set_at_ms(in.at.value);
}

core::PassedMark read(const pb::PassedMark& in, Reading&) {
    return {in.route_version(), in.waypoint(), {in.along_metres()}, {in.at_ms()}};
}

void put(pb::ColumnSample& out, const core::ColumnSample& in) {
    out.set_route_version(in.route_version);
    if (in.head_metres) out.set_head_metres(*in.head_metres);
    if (in.tail_metres) out.set_tail_metres(*in.tail_metres);
    if (in.length_metres) out.set_length_metres(*in.length_metres);
    if (in.head_by) out.set_head_by(static_cast<pb::KnownBy>(*in.head_by));
    if (in.tail_by) out.set_tail_by(static_cast<pb::KnownBy>(*in.tail_by));
    out.set_step_off_length_metres(in.step_off_length_metres);
}

core::ColumnSample read(const pb::ColumnSample& in, Reading& reading) {
    core::ColumnSample sample;
    sample.route_version = in.route_version();
    sample.head_metres = told(in.has_head_metres(), in.head_metres());
    sample.tail_metres = told(in.has_tail_metres(), in.tail_metres());
    sample.length_metres = told(in.has_length_metres(), in.length_metres());
    sample.head_by = known_by(in.head_by(), reading, "sample.head_by");
    sample.tail_by = known_by(in.tail_by(), reading, "sample.tail_by");
    sample.step_off_length_metres = in.step_off_length_metres();
    return sample;
}

void put(pb::ColumnRecord& out, const core::ColumnRecord& in) {
    if (in.head.route_version != 0) put(*out.mutable_head(), in.head);
    if (in.tail.route_version != 0) put(*out.mutable_tail(), in.tail);
    if (!in.sampled_at) return;
    put(*out.mutable_sample(), in.sample);
    out.set_sampled_at_ms(in.sampled_at.value);
}

core::ColumnRecord read(const pb::ColumnRecord& in, Reading& reading) {
    return {read(in.head(), reading), read(in.tail(), reading), read(in.sample(), reading), {in.sampled_at_ms()}};
}

}  // namespace marchwire::wire
