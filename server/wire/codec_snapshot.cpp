// Snapshots of feeds, and states for the host.
#include "wire/codec.hpp"
#include "wire/proto_values.hpp"

#include <algorithm>

namespace marchwire::wire {
namespace {

std::string encoded(const google::protobuf::Message& message, Encoding encoding) {
    return encoding == Encoding::json ? json_of(message) : bytes_of(message);
}

}  // namespace

void put(pb::OpsSnapshot& out, const core::MarchState& in) {
    out.set_campaign(in.id.campaign.text());
    out.set_march(in.id.march.text());
    put(*out.mutable_position(), base::Position{in.tip.epoch, in.tip.seq, base::short_digest(in.tip.digest)});
    put(*out.mutable_spec(), in.spec);
    out.set_spec_version(in.spec_version);
    out.set_phase(static_cast<pb::Phase>(in.phase));
    out.set_phase_version(in.phase_version);
    out.set_phase_since_ms(in.phase_since.value);
    if (in.phase_before) out.set_phase_before(static_cast<pb::Phase>(*in.phase_before));
    put_all(*out.mutable_proposals(), in.proposals);
    out.set_sections(in.sections);
    put_all(*out.mutable_routes(), in.routes);
    out.set_active_route(in.active_route);
    put_all(*out.mutable_roster(), in.roster);
    put_all(*out.mutable_notices(), in.notices);
    put_all(*out.mutable_calls_to_action(), in.calls_to_action);
    for (const auto& [key, alert] : in.alerts) put(*out.add_alerts(), alert);
    out.set_public_sentence(in.public_sentence);
    put_all(*out.mutable_orders(), in.orders);
    if (in.column != core::ColumnRecord{}) put(*out.mutable_column(), in.column);
    put_all(*out.mutable_counts(), in.counts);
    put_all(*out.mutable_incidents(), in.incidents);
    put_all(*out.mutable_intersections(), in.intersections);
    if (in.closures != core::RouteClosures{}) put(*out.mutable_closures(), in.closures);
    if (in.retention != core::Retention{}) put(*out.mutable_retention(), in.retention);
}

std::string encode_snapshot(const core::PublicSnapshot& snapshot, const core::PublicColumn& column, Encoding encoding) {
    pb::PublicSnapshot out;
    out.set_campaign(snapshot.log.campaign.text());
    out.set_march(snapshot.log.march.text());
    put(*out.mutable_position(), snapshot.position);
    put(*out.mutable_about(), snapshot.march);
    put(*out.mutable_phase(), snapshot.phase);
    if (snapshot.route.version != 0) put(*out.mutable_route(), snapshot.route);
    put_all(*out.mutable_notices(), snapshot.notices);
    put_all(*out.mutable_calls_to_action(), snapshot.calls_to_action);
    if (column.as_of) put(*out.mutable_column(), column);
    if (snapshot.closures.route_version != 0) put(*out.mutable_closures(), snapshot.closures);
    return encoded(out, encoding);
}

std::string encode_snapshot(const core::MarchState& ops, Encoding encoding) {
    pb::OpsSnapshot out;
    put(out, ops);
    put(*out.mutable_policy(), ops.policy);
    // Whoever it is about reads ops.
    auto& alerts = *out.mutable_alerts();
    const auto of_desk = [](const pb::Alert& alert) { return alert.duress() == pb::DURESS_DESK; };
    alerts.erase(std::remove_if(alerts.begin(), alerts.end(), of_desk), alerts.end());
    return encoded(out, encoding);
}

std::string encode_snapshot(const core::SectionSnapshot& snapshot, Encoding encoding) {
    pb::OpsSnapshot out;
    put(out, snapshot.state);
    out.set_only_section(snapshot.section);
    return encoded(out, encoding);
}

std::string encode_snapshot(const core::MarshalSnapshot& snapshot, Encoding encoding) {
    pb::MarshalSnapshot out;
    out.set_campaign(snapshot.log.campaign.text());
    out.set_march(snapshot.log.march.text());
    put(*out.mutable_position(), snapshot.position);
    put(*out.mutable_spec(), snapshot.march);
    put(*out.mutable_phase(), snapshot.phase);
    put(*out.mutable_self(), snapshot.self);
    put_all(*out.mutable_section(), snapshot.section);
    if (snapshot.route) put(*out.mutable_route(), *snapshot.route);
    put_all(*out.mutable_notices(), snapshot.notices);
    put_all(*out.mutable_alerts(), snapshot.alerts);
    put_all(*out.mutable_orders(), snapshot.orders);
    put_all(*out.mutable_incidents(), snapshot.incidents);
    put_all(*out.mutable_intersections(), snapshot.intersections);
    if (snapshot.closures != core::RouteClosures{}) put(*out.mutable_closures(), snapshot.closures);
    return encoded(out, encoding);
}

std::string state_json(const core::MarchState& state) {
    pb::OpsSnapshot out;
    put(out, state);
    put(*out.mutable_policy(), state.policy);
    return json_of(out);
}

}  // namespace marchwire::wire
