// The street of the active route <-> Protobuf: intersections, closed legs and exits.
#include "wire/proto_values.hpp"

namespace marchwire::wire {
namespace {

using Numbers = google::protobuf::RepeatedField<std::uint32_t>;

void put_numbers(Numbers& out, const std::vector<std::uint32_t>& in) { out.Assign(in.begin(), in.end()); }
std::vector<std::uint32_t> numbers_of(const Numbers& in) { return {in.begin(), in.end()}; }

core::IntersectionState intersection_state(int value, Reading& reading) {
    return reading.word<core::IntersectionState>(value, pb::IntersectionState_IsValid(value), "state");
}

}  // namespace

void put(pb::Intersection& out, const core::Intersection& in) {
    out.set_waypoint(in.waypoint);
    out.set_state(static_cast<pb::IntersectionState>(in.state));
    out.set_version(in.version);
    out.set_since_ms(in.since.value);
}

core::Intersection read(const pb::Intersection& in, Reading& reading) {
    return {in.waypoint(), intersection_state(in.state(), reading), in.version(), {in.since_ms()}};
}

void put(pb::RouteClosures& out, const core::RouteClosures& in) {
    out.set_route_version(in.route_version);
    put_numbers(*out.mutable_closed_legs(), in.closed_legs);
    put_numbers(*out.mutable_closed_exits(), in.closed_exits);
    put_numbers(*out.mutable_public_closed(), in.public_closed);
}

core::RouteClosures read(const pb::RouteClosures& in, Reading&) {
    return {in.route_version(), numbers_of(in.closed_legs()), numbers_of(in.closed_exits()),
            numbers_of(in.public_closed())};
}

void put(pb::PublicClosures& out, const core::PublicClosures& in) {
    out.set_route_version(in.route_version);
    put_numbers(*out.mutable_closed_legs(), in.closed_legs);
    put_numbers(*out.mutable_closed_waypoints(), in.closed_waypoints);
}

void put(pb::IntersectionsChanged& out, const core::IntersectionsChanged& in) {
    out.set_route_version(in.route_version);
    put_all(*out.mutable_intersections(), in.intersections);
    out.set_whole(in.whole);
}

core::IntersectionsChanged read(const pb::IntersectionsChanged& in, Reading& reading) {
    return {in.route_version(), read_all(in.intersections(), reading), in.whole()};
}

core::SetIntersection read(const pb::SetIntersection& in, Reading& reading) {
    return {in.waypoint(), intersection_state(in.state(), reading), in.version(), in.route_version()};
}

}  // namespace marchwire::wire
