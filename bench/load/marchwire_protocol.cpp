// Marchwire's own: followers on /v1/ws, staff on /v1/ops, notices posted by a national desk's sessions.
#include "load/item_reader.hpp"
#include "load/moment.hpp"
#include "load/protocols.hpp"

#include "marchwire/v1/session.pb.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

namespace marchwire::load {
namespace {

constexpr std::uint32_t fix_at_of_position = 4;

class MarchwireProtocol final : public Protocol {
public:
    MarchwireProtocol(const Plan& plan, Tally& tally) : Protocol(plan, tally), phase_version_(plan.phase_version) {}

    [[nodiscard]] std::string target(const Link& link) const override {
        return token_of(link).empty() ? "/v1/ws" : "/v1/ops";
    }
    [[nodiscard]] std::string subprotocol() const override { return "marchwire.v1.proto"; }

    void opened(Link& link) override;
    void received(Link& link, const Frame& frame, std::int64_t now) override;
    void publish(Link& link, const Stamp& stamp) override;
    void change_topic(Link& link, Followed& feed, std::uint32_t topic) override;
    bool give_order(Link& link, std::int64_t due) override;
    bool expect_order(std::int64_t due) override;
    void check_in(Link& link, std::int64_t due) override;
    void report_position(Link& link) override;

private:
    [[nodiscard]] const std::string& token_of(const Link& link) const;
    /// Another one for each run, since counters begin at 1 and ids are remembered.
    [[nodiscard]] static std::uint64_t device_of(const Link& link) {
        return (static_cast<std::uint64_t>(::getpid()) << 32U) + link.device + 1;
    }
    [[nodiscard]] std::string feed_name(const Link& link, std::uint32_t topic) const;
    [[nodiscard]] std::string march_name(std::uint32_t topic) const {
        return plan_.campaign + "/m" + std::to_string(topic);
    }
    [[nodiscard]] static Followed* feed_of(Link& link, const std::string& feed);
    [[nodiscard]] v1::Command& new_command(Link& link, std::uint32_t topic);
    void say(Link& link, const v1::ClientMessage& message);

    void take(Link& link, const ReadItem& item, std::int64_t now);
    void take_public(Link& link, const ReadItem& item, std::int64_t now);
    void take_entry(Link& link, const ReadItem& item, std::int64_t now);
    void take_other(Link& link, const ReadItem& item, std::int64_t now);
    void on_reply(const Link& link, const v1::Reply& reply, std::int64_t now);
    void on_subscribed(Link& link, const v1::Subscribed& subscribed);
    void on_piece(Link& link, const v1::SnapshotPiece& piece);

    std::uint64_t phase_version_;
    bool held_ = false;
    std::map<std::pair<std::uint32_t, std::uint64_t>, std::int64_t> checked_in_;  ///< by link and counter: when due
    v1::ClientMessage message_;
    v1::ClientMessage report_;
    v1::Item item_;
    std::string bytes_;
};

const std::string& MarchwireProtocol::token_of(const Link& link) const {
    switch (link.part) {
        case Part::subscriber: return plan_.subscriber_token;
        case Part::publisher: return plan_.desk_token;
        case Part::lead:
        case Part::dashboard: return plan_.lead_token;
        case Part::marshal: return plan_.marshal_tokens[link.device % plan_.marshal_tokens.size()];
    }
    return plan_.subscriber_token;
}

std::string MarchwireProtocol::feed_name(const Link& link, std::uint32_t topic) const {
    const std::string kind = link.part == Part::dashboard ? "ops" : plan_.subscriber_feed;
    return kind + "/" + march_name(topic);
}

void MarchwireProtocol::say(Link& link, const v1::ClientMessage& message) {
    bytes_.clear();
    message.AppendToString(&bytes_);
    put_client_frame(link.out, opcode_binary, bytes_);
}

void MarchwireProtocol::opened(Link& link) {
    v1::ClientMessage message;
    auto& hello = *message.mutable_hello();
    hello.set_protocol(1);
    hello.set_client("bench");
    hello.set_token(token_of(link));
    if (!token_of(link).empty()) hello.set_device(device_of(link));
    link.awaited = 1;
    for (const Followed& feed : link.follows) {
        hello.add_subscribe()->set_feed(feed_name(link, feed.topic));
        ++link.awaited;
    }
    say(link, message);
}

// ---- what comes --------------------------------------------------------------------------------

void MarchwireProtocol::received(Link& link, const Frame& frame, std::int64_t now) {
    FieldReader message(frame.payload);
    for (ReadItem item; next_item(message, item);) take(link, item, now);
    if (message.broken()) tally_.wrong("a message that is no ServerMessage");
}

void MarchwireProtocol::take(Link& link, const ReadItem& item, std::int64_t now) {
    if (item.kind == item_public) return take_public(link, item, now);
    if (item.kind == item_marshal_position) {
        const auto made = static_cast<std::int64_t>(value_of(item.body, fix_at_of_position));
        return tally_.position_arrived(utc_ms() - made);
    }
    if (item.kind == item_entry) return take_entry(link, item, now);
    take_other(link, item, now);
}

void MarchwireProtocol::take_public(Link& link, const ReadItem& item, std::int64_t now) {
    Followed* const feed = link.followed_by_wire(item.topic);
    if (feed == nullptr) return;  // a topic just left
    const std::string_view text = notice_text(item.body);
    if (!text.empty()) return tally_.delivered_at(link, *feed, item.seq, item.prev, text, now);
    tally_.moved_to(link, *feed, item.seq, item.prev);
    if (const auto version = public_phase_version(item.body); version != 0) tally_.order_arrived(link, version, now);
}

void MarchwireProtocol::take_entry(Link& link, const ReadItem& item, std::int64_t now) {
    if (Followed* const feed = link.followed_by_wire(item.topic); feed != nullptr) {
        tally_.moved_to(link, *feed, item.seq, item.prev);
    }
    if (const auto version = entry_phase_version(item.body); version != 0) tally_.order_arrived(link, version, now);
}

void MarchwireProtocol::take_other(Link& link, const ReadItem& item, std::int64_t now) {
    if (!item_.ParseFromArray(item.whole.data(), static_cast<int>(item.whole.size()))) {
        return tally_.wrong("an item that cannot be read");
    }
    if (item_.has_welcome()) return answered(link);
    if (item_.has_subscribed()) return on_subscribed(link, item_.subscribed());
    if (item_.has_snapshot_piece()) return on_piece(link, item_.snapshot_piece());
    if (item_.has_up_to()) {
        Followed* const feed = feed_of(link, item_.up_to().feed());
        if (feed != nullptr) feed->last = std::max(feed->last, item_.up_to().position().seq());
        return;
    }
    if (item_.has_discontinuity()) {
        if (Followed* const feed = feed_of(link, item_.discontinuity().feed()); feed != nullptr) feed->begun = false;
        return tally_.gap(link, "discontinuity: " + item_.discontinuity().message());
    }
    if (item_.has_error()) return tally_.wrong("error: " + item_.error().message());
    if (item_.has_unsubscribed() && item_.unsubscribed().has_error()) {
        return tally_.wrong("unsubscribed: " + item_.unsubscribed().error().message());
    }
    if (item_.has_reply()) on_reply(link, item_.reply(), now);
}

/// A check-in for which there was no store in time is counted: how many there are is asked.
void MarchwireProtocol::on_reply(const Link& link, const v1::Reply& reply, std::int64_t now) {
    const auto asked = checked_in_.find({link.index, reply.id().counter()});
    const bool is_check_in = asked != checked_in_.end();
    const bool is_unavailable = is_check_in && reply.error().code() == v1::UNAVAILABLE;
    if (reply.has_error() && !is_unavailable) {
        tally_.wrong("a command was refused: " + reply.error().message());
    }
    if (!is_check_in) return;
    tally_.check_in_answered(asked->second, now, is_unavailable);
    checked_in_.erase(asked);
}

Followed* MarchwireProtocol::feed_of(Link& link, const std::string& feed) {
    const auto at = feed.rfind("/m");
    std::uint32_t topic = 0;
    if (at == std::string::npos) return nullptr;
    std::from_chars(feed.data() + at + 2, feed.data() + feed.size(), topic);
    return link.followed(topic);
}

void MarchwireProtocol::on_subscribed(Link& link, const v1::Subscribed& subscribed) {
    Followed* const feed = feed_of(link, subscribed.feed());
    if (feed == nullptr || subscribed.topics().empty()) return;
    feed->wire = subscribed.topics(0);
    // A slow reader has its snapshot before it for long: it is ready while that waits.
    const bool waits_for_snapshot = link.is_quick() && !feed->subscribed;
    if (!feed->subscribed && !waits_for_snapshot) answered(link);
    feed->subscribed = true;
}

void MarchwireProtocol::on_piece(Link& link, const v1::SnapshotPiece& piece) {
    Followed* const feed = feed_of(link, piece.feed());
    if (feed == nullptr) return;
    if (!feed->begun) {
        feed->begun = true;
        feed->last = piece.position().seq();
    }
    if (piece.piece() + 1 == piece.pieces() && link.is_quick()) answered(link);
}

// ---- what is said ------------------------------------------------------------------------------

v1::Command& MarchwireProtocol::new_command(Link& link, std::uint32_t topic) {
    message_.Clear();
    auto& command = *message_.mutable_command();
    command.mutable_id()->set_device(device_of(link));
    command.mutable_id()->set_counter(++link.counter);
    command.set_log(march_name(topic));
    command.set_made_at_ms(utc_ms());
    return command;
}

void MarchwireProtocol::publish(Link& link, const Stamp& stamp) {
    auto& notice = *new_command(link, stamp.topic).mutable_post_notice();
    notice.set_severity(v1::SEVERITY_INFO);
    notice.set_text(payload_of(stamp));
    say(link, message_);
}

void MarchwireProtocol::change_topic(Link& link, Followed& feed, std::uint32_t topic) {
    v1::ClientMessage message;
    message.mutable_unsubscribe()->set_feed(feed_name(link, feed.topic));
    say(link, message);
    feed = {};
    feed.topic = topic;
    message.mutable_subscribe()->set_feed(feed_name(link, topic));
    say(link, message);
}

bool MarchwireProtocol::give_order(Link& link, std::int64_t due) {
    auto& command = new_command(link, 0);
    if (held_) {
        command.mutable_release()->set_phase_version(static_cast<std::uint32_t>(phase_version_));
    } else {
        auto& hold = *command.mutable_hold();
        hold.set_phase_version(static_cast<std::uint32_t>(phase_version_));
        hold.set_reason("a car on the route");
        hold.set_public_sentence("We wait here for a moment.");
    }
    say(link, message_);
    return expect_order(due);
}

bool MarchwireProtocol::expect_order(std::int64_t due) {
    held_ = !held_;
    ++phase_version_;
    if (held_) tally_.ordered(phase_version_, due);
    return held_;
}

void MarchwireProtocol::check_in(Link& link, std::int64_t due) {
    auto& report = *new_command(link, 0).mutable_check_in();
    report.set_report(v1::ON_POST);
    report.set_battery_percent(80);
    checked_in_[{link.index, link.counter}] = due;
    say(link, message_);
}

/// Half a metre to the north each time, 1.4 m/s being a walk: the place is plausible and never the same.
void MarchwireProtocol::report_position(Link& link) {
    constexpr std::int32_t lat_e7 = 386'270'000;
    constexpr std::int32_t lon_e7 = -901'990'000;
    constexpr std::int32_t step_e7 = 50;
    auto& report = *report_.mutable_report_position();
    report.set_march(march_name(0));
    if (report.fixes().empty()) report.add_fixes();
    auto& fix = *report.mutable_fixes(0);
    fix.mutable_at()->set_lat_e7(lat_e7 + static_cast<std::int32_t>(++link.counter) * step_e7);
    fix.mutable_at()->set_lon_e7(lon_e7 + static_cast<std::int32_t>(link.index % 1'000));
    fix.set_accuracy_metres(8);
    fix.set_fix_at_ms(utc_ms());
    say(link, report_);
}

}  // namespace

std::unique_ptr<Protocol> make_marchwire(const Plan& plan, Tally& tally) {
    return std::make_unique<MarchwireProtocol>(plan, tally);
}

}  // namespace marchwire::load
