// What the server says: items about the session, and items of a log's feeds.
#include "base/demo_pace.hpp"
#include "base/limits.hpp"
#include "core/topics.hpp"
#include "core/views.hpp"
#include "wire/codec.hpp"
#include "wire/proto_values.hpp"

namespace marchwire::wire {
namespace {

namespace limits = base::limits;

void put_welcome(pb::Welcome& out, const Welcome& in) {
    out.set_protocol(1);
    out.set_server_time_ms(in.server_time.value);
    out.set_session(in.session);
    out.set_person(in.actor.person.value);
    out.set_role(static_cast<pb::Role>(in.actor.role));
    if (!in.scope.campaign.empty()) out.set_march(in.scope.text());
    out.set_demo_clock(in.demo_clock);
    out.set_clock_rate(in.clock_rate);
    out.set_push_key(in.push_key);
    auto& bounds = *out.mutable_limits();
    bounds.set_message_bytes(limits::message_bytes);
    bounds.set_subscriptions(limits::subscriptions_per_session);
    bounds.set_commands_per_second(limits::commands_per_second);
    const auto dead_after = static_cast<double>(limits::dead_after_silence.value) / base::demo_pace(in.clock_rate);
    bounds.set_dead_after_ms(static_cast<std::uint32_t>(dead_after));
}

/// Items that were encoded for a topic, as parts of one answer.
void put_items(pb::History& out, const std::vector<std::string>& items, Encoding encoding) {
    for (const std::string& item : items) {
        if (encoding == Encoding::json) {
            const auto parsed = parse_json(item, *out.add_items());
            MARCHWIRE_INVARIANT(parsed.has_value());
            continue;
        }
        pb::ServerMessage one;
        MARCHWIRE_INVARIANT(one.ParseFromString(item));
        for (pb::Item& part : *one.mutable_items()) out.add_items()->Swap(&part);
    }
}

/// Hashes and keys are the log's own business.
void put_person_access(pb::PersonAccess& out, const PersonAccess& in) {
    wire::put(*out.mutable_person(), in.person);
    for (const core::Token& device : in.devices) {
        wire::put(*out.add_devices(), device);
        out.mutable_devices()->rbegin()->clear_hash();
        out.mutable_devices()->rbegin()->clear_public_key();
    }
    for (const core::Invite& invite : in.invites) {
        wire::put(*out.add_invites(), invite);
        out.mutable_invites()->rbegin()->clear_secret_hash();
    }
    for (const std::string& code : in.codes) out.add_codes(code);
}

/// Writes one item about the session.
struct PutItem {
    pb::Item& out;
    Encoding encoding;

    void operator()(const Welcome& in) const { put_welcome(*out.mutable_welcome(), in); }
    void operator()(const Subscribed& in) const {
        auto& item = *out.mutable_subscribed();
        item.set_feed(in.feed.text());
        for (const base::TopicNumber topic : in.topics) item.add_topics(topic.value);
        item.mutable_summary()->set_as_of_ms(in.as_of.value);
        wire::put(*item.mutable_summary()->mutable_phase(), in.phase);
        item.mutable_summary()->set_route_version(in.route_version);
        item.set_resumed(in.resumed);
    }
    void operator()(const Unsubscribed& in) const {
        out.mutable_unsubscribed()->set_feed(in.feed.text());
        if (in.refusal) wire::put(*out.mutable_unsubscribed()->mutable_error(), *in.refusal);
    }
    void operator()(const Reply& in) const {
        auto& item = *out.mutable_reply();
        item.mutable_id()->set_device(in.id.device.value);
        item.mutable_id()->set_counter(in.id.counter);
        if (in.outcome) {
            auto& accepted = *item.mutable_accepted();
            accepted.set_level(static_cast<pb::Level>(in.outcome->level));
            wire::put(*accepted.mutable_position(), in.outcome->position);
            accepted.set_made(in.outcome->made);
            accepted.set_proposed(in.outcome->proposed);
            if (in.outcome->restricted) wire::put(*accepted.mutable_restricted(), *in.outcome->restricted);
            accepted.set_invite_code(in.outcome->invite_code);
            if (in.outcome->details) {
                accepted.mutable_details()->set_name(in.outcome->details->name);
                accepted.mutable_details()->set_phone(in.outcome->details->phone);
            }
        } else {
            wire::put(*item.mutable_error(), in.outcome.error());
        }
    }
    void operator()(const ErrorItem& in) const { wire::put(*out.mutable_error(), in.refusal); }
    void operator()(const Pong& in) const {
        out.mutable_pong()->set_nonce(in.nonce);
        out.mutable_pong()->set_server_time_ms(in.server_time.value);
    }
    void operator()(const UpTo& in) const {
        out.mutable_up_to()->set_feed(in.feed.text());
        wire::put(*out.mutable_up_to()->mutable_position(), in.position);
    }
    void operator()(const Discontinuity& in) const {
        auto& item = *out.mutable_discontinuity();
        item.set_feed(in.feed.text());
        item.set_reason(static_cast<pb::DiscontinuityReason>(in.reason));
        item.set_message(in.message);
    }
    void operator()(const Skipped& in) const {
        auto& item = *out.mutable_skipped();
        item.set_feed(in.feed.text());
        item.set_keys(in.keys);
        item.set_from_ms(in.from.value);
        item.set_to_ms(in.to.value);
    }
    void operator()(const Drain& in) const {
        out.mutable_drain()->set_delay_ms(static_cast<std::uint32_t>(in.delay.value));
        out.mutable_drain()->set_message(in.message);
    }
    void operator()(const SnapshotPiece& in) const {
        auto& item = *out.mutable_snapshot_piece();
        item.set_feed(in.feed.text());
        wire::put(*item.mutable_position(), in.position);
        item.set_piece(in.piece);
        item.set_pieces(in.pieces);
        item.set_bytes(in.bytes);
    }
    void operator()(const History& in) const {
        auto& item = *out.mutable_history();
        item.set_request(in.request);
        item.set_feed(in.feed.text());
        put_items(item, in.items, encoding);
        item.set_more(in.more);
        if (in.refusal) wire::put(*item.mutable_error(), *in.refusal);
    }
    void operator()(const Challenge& in) const { out.mutable_challenge()->set_nonce(in.nonce); }
    void operator()(const Access& in) const {
        auto& item = *out.mutable_access();
        item.set_request(in.request);
        for (const PersonAccess& one : in.persons) put_person_access(*item.add_persons(), one);
        item.set_next(in.next.value);
        if (in.refusal) wire::put(*item.mutable_error(), *in.refusal);
    }
    void operator()(const OverviewRows& in) const {
        auto& item = *out.mutable_overview_rows();
        item.set_campaign(in.campaign.text());
        item.set_name(in.name);
        for (std::size_t i = 0; i < in.rows.size(); ++i) {
            auto& row = *item.add_rows();
            wire::put(row, in.rows[i]);
            if (i < in.columns.size() && in.columns[i].as_of) wire::put(*row.mutable_column(), in.columns[i]);
        }
        item.set_whole(in.whole);
        item.set_imported_at_ms(in.imported_at.value);
        for (const base::Slug& march : in.gone) item.add_gone(march.text());
    }
    void operator()(const DeskRows& in) const {
        auto& item = *out.mutable_desk_rows();
        item.set_campaign(in.campaign.text());
        put_all(*item.mutable_rows(), in.rows);
        item.set_whole(in.whole);
        for (const base::Slug& march : in.gone) item.add_gone(march.text());
    }
};

struct PutPublicItem {
    pb::PublicItem& out;

    void operator()(const core::PublicMarch& in) const { wire::put(*out.mutable_about(), in); }
    void operator()(const core::PublicPhase& in) const { wire::put(*out.mutable_phase(), in); }
    void operator()(const core::PublicRoute& in) const { wire::put(*out.mutable_route(), in); }
    void operator()(const core::PublicClosures& in) const { wire::put(*out.mutable_closures(), in); }
    void operator()(const core::PublicNotice& in) const { wire::put(*out.mutable_notice(), in.notice); }
    void operator()(const core::PublicCalls& in) const {
        put_all(*out.mutable_calls_to_action()->mutable_calls(), in.calls);
    }
};

struct PutTelemetry {
    pb::Item& out;

    void operator()(const core::PublicColumn& in) const { wire::put(*out.mutable_public_column(), in); }
    void operator()(const core::OpsColumn& in) const {
        auto& column = *out.mutable_ops_column();
        column.set_as_of_ms(in.as_of.value);
        column.set_route_version(in.route_version);
        if (in.head.along) column.set_head_metres(in.head.along->value);
        if (in.tail.along) column.set_tail_metres(in.tail.along->value);
        column.set_heads(in.head.marshals);
        column.set_tails(in.tail.marshals);
        column.set_stale(in.stale);
        column.set_head_spread_metres(in.head.spread.value);
        column.set_tail_spread_metres(in.tail.spread.value);
        if (const auto length = in.length()) column.set_length_metres(length->value);
        if (in.head.pace) column.set_head_pace(*in.head.pace);
        if (in.tail.pace) column.set_tail_pace(*in.tail.pace);
        if (in.head.at_end) column.set_head_at_end_ms(in.head.at_end->value);
        if (in.tail.at_end) column.set_tail_at_end_ms(in.tail.at_end->value);
        for (const core::Gap& gap : in.gaps) {
            auto& shown = *column.add_gaps();
            shown.set_ahead(gap.ahead);
            shown.set_behind(gap.behind);
            shown.set_metres(gap.metres.value);
            shown.set_holds_intersection(gap.holds_intersection);
        }
        for (const core::Arrival& arrival : in.arrivals) {
            auto& shown = *column.add_arrivals();
            shown.set_waypoint(arrival.waypoint);
            shown.set_at_ms(arrival.at.value);
        }
        if (in.head.known_by) column.set_head_by(static_cast<pb::KnownBy>(*in.head.known_by));
        if (in.tail.known_by) column.set_tail_by(static_cast<pb::KnownBy>(*in.tail.known_by));
        column.set_head_reported_at_ms(in.head.reported_at.value);
        column.set_tail_reported_at_ms(in.tail.reported_at.value);
        if (in.off_route) column.set_off_route_metres(in.off_route->value);
    }
    void operator()(const core::TrackedPosition& in) const {
        auto& position = *out.mutable_marshal_position();
        position.set_person(in.person.value);
        wire::put(*position.mutable_at(), in.fix.at);
        position.set_accuracy_metres(in.fix.accuracy_metres);
        position.set_fix_at_ms(in.fix.fix_at.value);
        if (in.along) position.set_along_metres(static_cast<std::uint32_t>(in.along->value));
        position.set_flagged(in.flagged);
    }
    void operator()(const Liveness& in) const {
        auto& liveness = *out.mutable_liveness();
        liveness.set_person(in.person.value);
        liveness.set_reachability(static_cast<pb::Reachability>(in.reachability));
        liveness.set_heard_at_ms(in.heard_at.value);
    }
};

void place(pb::Item& item, base::TopicNumber topic, const base::Position& position, base::Seq prev) {
    item.set_topic(topic.value);
    wire::put(*item.mutable_position(), position);
    item.set_prev(prev.value);
}

}  // namespace

std::string encode(const SessionItem& item, Encoding encoding) {
    pb::Item out;
    std::visit(PutItem{out, encoding}, item);
    return item_of(out, encoding);
}

Frame message_of(const SessionItem& item, Encoding encoding) { return make_message(encode(item, encoding), encoding); }

std::string encode_public(base::TopicNumber topic, const base::Position& position, base::Seq prev,
                          const core::PublicItem& item, Encoding encoding) {
    pb::Item out;
    place(out, topic, position, prev);
    std::visit(PutPublicItem{*out.mutable_public_item()}, item);
    return item_of(out, encoding);
}

std::string encode_entry(base::TopicNumber topic, const base::Position& position, base::Seq prev,
                         const core::Entry& entry, Encoding encoding) {
    pb::Item out;
    place(out, topic, position, prev);
    auto& shown = *out.mutable_entry();
    shown.set_at_ms(entry.at.value);
    shown.set_made_at_ms(entry.made_at.value);
    shown.set_actor(entry.actor.value);
    shown.set_actor_role(static_cast<pb::Role>(entry.actor_role));
    const auto part = core::shown_on(entry.event, core::index_of(topic));
    wire::put(*shown.mutable_event(), part ? *part : entry.event);
    // As many as were lost: too much for a message, and of use to no dashboard.
    if (shown.event().has_log_repaired()) shown.mutable_event()->mutable_log_repaired()->clear_lost();
    return item_of(out, encoding);
}

std::string encode_telemetry(base::TopicNumber topic, const TelemetryItem& item, Encoding encoding) {
    pb::Item out;
    out.set_topic(topic.value);
    std::visit(PutTelemetry{out}, item);
    return item_of(out, encoding);
}

}  // namespace marchwire::wire
