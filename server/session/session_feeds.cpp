// The feeds of one client: each seq once and in order, snapshots in pieces, how far it is.
#include "session/session.hpp"
#include "wire/codec.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace marchwire::session {
namespace {

namespace limits = base::limits;
using base::RefusalCode;
using fanout::DeliveryClass;
using fanout::LiveItem;
using wire::DiscontinuityReason;
using wire::FeedKind;

const char* sentence_of(DiscontinuityReason reason) {
    switch (reason) {
        case DiscontinuityReason::history_changed: return "Entries that you hold are not in the log any more.";
        case DiscontinuityReason::history_trimmed: return "You were away for long; nothing is wrong.";
        case DiscontinuityReason::fell_behind: return "You missed more than is sent one by one; nothing is wrong.";
    }
    return "";
}

bool is_for_followers(FeedKind kind) { return kind == FeedKind::public_feed || kind == FeedKind::overview; }

std::uint32_t pieces_of(const std::string& bytes) {
    const std::size_t pieces = (bytes.size() + limits::snapshot_piece_bytes - 1) / limits::snapshot_piece_bytes;
    return static_cast<std::uint32_t>(std::max<std::size_t>(1, pieces));
}

}  // namespace

Session::Subscription* Session::find(SubscriptionId id) {
    const auto found = std::find_if(subscriptions_.begin(), subscriptions_.end(),
                                    [id](const Subscription& one) { return one.id == id; });
    return found == subscriptions_.end() ? nullptr : &*found;
}

Session::Subscription* Session::find(const wire::FeedName& feed) {
    const auto found = std::find_if(subscriptions_.begin(), subscriptions_.end(),
                                    [&](const Subscription& one) { return one.feed == feed; });
    return found == subscriptions_.end() ? nullptr : &*found;
}

// ---- what clients wish -------------------------------------------------------------------------

std::optional<base::Refusal> Session::objection(const wire::FeedName& feed) const {
    if (grant_ || is_for_followers(feed.kind)) return std::nullopt;
    return base::refuse(RefusalCode::permission_denied, "feed", "This feed is for staff: come in by /v1/ops.");
}

void Session::refuse_feed(const wire::FeedName& feed, base::Refusal refusal, Actions& actions) {
    send(DeliveryClass::b, wire::Unsubscribed{feed, std::move(refusal)}, actions);
}

void Session::on(const wire::Subscribe& wish, base::UtcMs now, Actions& actions) {
    if (auto refusal = objection(wish.feed)) return refuse_feed(wish.feed, *std::move(refusal), actions);
    if (!commands_.take(now)) return refuse_feed(wish.feed, too_often(), actions);
    Subscription* feed = find(wish.feed);
    if (feed == nullptr) {
        if (subscriptions_.size() >= limits::subscriptions_per_session) {
            const auto most = std::to_string(limits::subscriptions_per_session);
            return refuse_feed(wish.feed,
                               base::refuse(RefusalCode::too_large, "feed",
                                            "Follow at most " + most + " feeds at once: leave one first."),
                               actions);
        }
        feed = &subscriptions_.emplace_back();
        feed->feed = wish.feed;
    } else {
        // A client that lost its place asks again: what it had is closed and opened anew.
        actions.emplace_back(CloseFeed{feed->id, feed->feed});
        *feed = {};
        feed->feed = wish.feed;
    }
    feed->resume = wish.resume;
    open(*feed, actions);
}

void Session::open(Subscription& feed, Actions& actions) {
    feed.id = next_subscription_++;
    actions.emplace_back(OpenFeed{feed.id, feed.feed, feed.resume, settings_.encoding, actor()});
}

void Session::on(const wire::Unsubscribe& wish, base::UtcMs, Actions& actions) {
    const Subscription* feed = find(wish.feed);
    if (feed == nullptr) {
        const auto refusal = base::refuse(RefusalCode::not_found, "unsubscribe.feed", "You do not follow this feed.");
        return send(DeliveryClass::b, wire::ErrorItem{refusal}, actions);
    }
    actions.emplace_back(CloseFeed{feed->id, feed->feed});
    std::erase_if(subscriptions_, [id = feed->id](const Subscription& one) { return one.id == id; });
    send(DeliveryClass::b, wire::Unsubscribed{wish.feed, std::nullopt}, actions);
}

// ---- from the shard ----------------------------------------------------------------------------

Actions Session::on_feed_refused(const FeedRefused& refused) {
    Actions actions;
    if (closing_ || find(refused.subscription) == nullptr) return actions;
    std::erase_if(subscriptions_, [&](const Subscription& one) { return one.id == refused.subscription; });
    refuse_feed(refused.feed, refused.refusal, actions);
    return actions;
}

bool Session::is_too_much(const std::vector<LiveItem>& items) const {
    const std::size_t most = settings_.door == Door::staff ? limits::queue_bytes_staff : limits::queue_bytes_follower;
    std::size_t bytes = queue_.ordered_bytes() + limits::message_bytes;  // and the words around them
    for (const LiveItem& item : items) bytes += bytes_of(item) ? bytes_of(item)->size() : 0;
    return bytes > most;
}

Actions Session::on_feed_opened(FeedOpened opened, base::UtcMs now) {
    Actions actions;
    Subscription* feed = closing_ ? nullptr : find(opened.subscription);
    if (feed == nullptr) return actions;
    if (opened.resumed && is_too_much(opened.items)) {
        actions.emplace_back(CloseFeed{feed->id, feed->feed});
        feed->open = false;
        feed->resume.reset();
        feed->fell_behind = true;
        open(*feed, actions);
        return actions;
    }
    if (std::exchange(feed->fell_behind, false)) opened.discontinuity = DiscontinuityReason::fell_behind;
    if (opened.discontinuity) {
        const DiscontinuityReason reason = *opened.discontinuity;
        send(DeliveryClass::a, wire::Discontinuity{feed->feed, reason, sentence_of(reason)}, actions);
    }
    feed->topics = std::move(opened.topics);
    feed->open = true;
    feed->up_to_at = now;
    feed->seen = opened.position;
    feed->sent = opened.resumed && feed->resume ? *feed->resume : opened.position;
    feed->snapshot = {};
    send(DeliveryClass::b,
         wire::Subscribed{feed->feed, feed->topics, opened.as_of, opened.phase, opened.route_version, opened.resumed},
         actions);
    if (opened.snapshot) feed->snapshot = {opened.snapshot, opened.position, 0, pieces_of(*opened.snapshot)};
    send_missed(*feed, opened, actions);
    for (const LiveItem& item : opened.newest) push_newest(item);
    return actions;
}

void Session::send_missed(Subscription& feed, const FeedOpened& opened, Actions& actions) {
    for (const LiveItem& item : opened.items) {
        if (item.position.seq <= feed.sent.seq) continue;
        MARCHWIRE_INVARIANT(bytes_of(item) != nullptr);  // the desk makes them for the encoding that was asked for
        if (!push(item.delivery, bytes_of(item), actions)) return;
        feed.sent = item.position;
    }
    send_up_to(feed, feed.up_to_at, actions);
}

Actions Session::on_item(const LiveItem& item) {
    Actions actions;
    if (closing_) return actions;
    const fanout::Bytes& bytes = bytes_of(item);
    bool wanted = false;
    for (Subscription& feed : subscriptions_) {
        const auto& topics = feed.topics;
        if (!feed.open || std::find(topics.begin(), topics.end(), item.topic) == topics.end()) continue;
        if (item.delivery == DeliveryClass::c) {
            wanted = true;
            continue;
        }
        // The same entry came on another topic, or is in the snapshot.
        if (item.position.seq <= feed.sent.seq) continue;
        feed.seen = std::max(feed.seen, item.position);
        if (!bytes) continue;
        feed.sent = item.position;
        wanted = true;
    }
    if (!wanted || !bytes) return actions;
    if (item.delivery == DeliveryClass::c) {
        push_newest(item);
    } else {
        (void)push(item.delivery, bytes, actions);
    }
    return actions;
}

void Session::push_newest(const LiveItem& item) {
    // A value larger than all that may wait is left out like one that was skipped: a newer one will come.
    if (bytes_of(item)) (void)queue_.push_newest(item.key, bytes_of(item));
}

void Session::send_up_to(Subscription& feed, base::UtcMs now, Actions& actions) {
    const bool behind = feed.open && feed.seen.seq > feed.sent.seq;
    if (!behind || feed.snapshot.bytes) return;
    feed.sent = feed.seen;
    feed.up_to_at = now;
    send(DeliveryClass::b, wire::UpTo{feed.feed, feed.seen}, actions);
}

// ---- to the socket -----------------------------------------------------------------------------

bool Session::has_output() const {
    return !queue_.empty() || std::any_of(subscriptions_.begin(), subscriptions_.end(),
                                          [](const Subscription& one) { return one.snapshot.bytes != nullptr; });
}

fanout::Batch Session::take(std::size_t bytes_max) {
    if (!queue_.answering()) push_piece();
    return queue_.take(bytes_max);
}

void Session::push_piece() {
    const auto next = std::find_if(subscriptions_.begin(), subscriptions_.end(),
                                   [](const Subscription& one) { return one.snapshot.bytes != nullptr; });
    if (next == subscriptions_.end()) return;
    Snapshot& snapshot = next->snapshot;
    wire::SnapshotPiece piece{next->feed, snapshot.position, snapshot.next_piece, snapshot.pieces, {}};
    piece.bytes = snapshot.bytes->substr(snapshot.next_piece * limits::snapshot_piece_bytes,
                                         limits::snapshot_piece_bytes);
    const auto pushed = queue_.push(DeliveryClass::d,
                                    std::make_shared<const std::string>(wire::encode(piece, settings_.encoding)));
    MARCHWIRE_INVARIANT(pushed == fanout::Pushed::accepted);  // no other answer waits
    if (++snapshot.next_piece == snapshot.pieces) snapshot = {};
}

}  // namespace marchwire::session
