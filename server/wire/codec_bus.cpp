// Between the servers of one deployment.
#include "wire/bus_messages.hpp"

#include "marchwire/v1/bus.pb.h"
#include "wire/proto_values.hpp"

#include <utility>

namespace marchwire::wire {
namespace {

std::optional<std::uint32_t> metres(bool known, std::uint32_t value) {
    return known ? std::optional(value) : std::nullopt;
}

core::PublicColumn read(const pb::PublicColumn& in) {
    return {{in.as_of_ms()},
            in.route_version(),
            metres(in.has_head_metres(), in.head_metres()),
            metres(in.has_tail_metres(), in.tail_metres()),
            in.moving(),
            {in.head_reported_at_ms()},
            {in.tail_reported_at_ms()}};
}

core::Phase read_phase(pb::Phase phase, Reading& reading) {
    return reading.word<core::Phase>(phase, pb::Phase_IsValid(phase), "phase");
}

core::OverviewRow read_row(const pb::OverviewRow& in, Reading& reading) {
    core::OverviewRow row;
    row.march = reading.slug(in.march(), "march");
    row.city = in.city();
    row.state = in.state();
    row.tz = in.tz();
    if (in.has_site()) row.site = read(in.site(), reading);
    row.kind = reading.word<core::MarchKind>(in.kind(), pb::MarchKind_IsValid(in.kind()), "kind");
    row.phase = {
        read_phase(in.phase().phase(), reading), in.phase().version(), {in.phase().since_ms()}, in.phase().sentence()};
    if (in.has_next()) row.next = read(in.next(), reading);
    row.as_of = {in.as_of_ms()};
    row.on_duty_rounded = in.on_duty_rounded();
    row.followers_rounded = in.followers_rounded();
    return row;
}

core::DeskRow read_row(const pb::DeskRow& in, Reading& reading) {
    core::DeskRow row;
    row.march = reading.slug(in.march(), "march");
    row.phase = read_phase(in.phase(), reading);
    row.roster = in.roster();
    row.on_duty = in.on_duty();
    row.overdue = in.overdue();
    row.alerts = read_all(in.alerts(), reading);
    row.as_of = {in.as_of_ms()};
    row.readiness = read(in.readiness(), reading);
    return row;
}

struct PutBus {
    pb::BusMessage& out;

    void operator()(const PositionsTold& in) const {
        auto& positions = *out.mutable_positions();
        positions.set_person(in.person.value);
        for (const core::Fix& fix : in.fixes) {
            auto& one = *positions.add_fixes();
            put(*one.mutable_at(), fix.at);
            one.set_accuracy_metres(fix.accuracy_metres);
            one.set_fix_at_ms(fix.fix_at.value);
        }
    }
    void operator()(const HeardFrom& in) const {
        if (in.screen == Screen::untold) return out.set_heard_from(in.person.value);
        out.mutable_screen()->set_person(in.person.value);
        out.mutable_screen()->set_off(in.screen == Screen::off);
    }
    void operator()(const core::PublicColumn& in) const { put(*out.mutable_public_column(), in); }
    void operator()(const MarchRow& in) const {
        auto& row = *out.mutable_row();
        put(*row.mutable_overview(), in.overview);
        put(*row.mutable_column(), in.column);
        put(*row.mutable_desk(), in.desk);
        row.set_drill(in.drill);
    }
    void operator()(const FollowersTold& in) const {
        out.mutable_followers()->set_server(in.server);
        out.mutable_followers()->set_followers(in.followers);
    }
    void operator()(const HistoryDoubted&) const { out.mutable_history_doubted(); }
};

BusMessage read_message(const pb::BusMessage& in, Reading& reading) {
    switch (in.what_case()) {
        case pb::BusMessage::kPositions: {
            PositionsTold told{base::PersonId{in.positions().person()}, {}};
            for (const pb::Fix& fix : in.positions().fixes()) {
                told.fixes.push_back({read(fix.at(), reading), fix.accuracy_metres(), {fix.fix_at_ms()}});
            }
            return told;
        }
        case pb::BusMessage::kHeardFrom: return HeardFrom{base::PersonId{in.heard_from()}, Screen::untold};
        case pb::BusMessage::kScreen:
            return HeardFrom{base::PersonId{in.screen().person()}, in.screen().off() ? Screen::off : Screen::on};
        case pb::BusMessage::kPublicColumn: return read(in.public_column());
        case pb::BusMessage::kRow:
            return MarchRow{read_row(in.row().overview(), reading), read(in.row().column()),
                            read_row(in.row().desk(), reading), in.row().drill()};
        case pb::BusMessage::kFollowers: return FollowersTold{in.followers().server(), in.followers().followers()};
        case pb::BusMessage::kHistoryDoubted: return HistoryDoubted{};
        case pb::BusMessage::WHAT_NOT_SET:
            reading.complain("what", "This message says nothing that this version knows.");
            break;
    }
    return HeardFrom{};
}

}  // namespace

std::string encode_bus(const BusMessage& message) {
    pb::BusMessage out;
    std::visit(PutBus{out}, message);
    return bytes_of(out);
}

base::Result<BusMessage> decode_bus(std::string_view bytes) {
    pb::BusMessage in;
    if (!in.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
        return base::invalid("", "These bytes are no message of Marchwire's bus.");
    }
    Reading reading;
    BusMessage message = read_message(in, reading);
    if (reading.refusal()) return *reading.refusal();
    return message;
}

}  // namespace marchwire::wire
