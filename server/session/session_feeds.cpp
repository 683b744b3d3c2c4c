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

void Session::forget(SubscriptionId id) {
    subscriptions_.erase(std::remove_if(subscriptions_.begin(), subscriptions_.end(),
                                        [id](const Subscription& one) { return one.id == id; }),
                         subscriptions_.end());
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
            admission_->count(base::Limit::subscriptions);
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
    forget(feed->id);
    send(DeliveryClass::b, wire::Unsubscribed{wish.feed, std::nullopt}, actions);
}

// ---- from the shard ----------------------------------------------------------------------------

Actions Session::on_feed_refused(const FeedRefused& refused) {
    Actions actions;
    if (closing_ || find(refused.subscription) == nullptr) return actions;
    forget(refused.subscription);
    refuse_feed(refused.feed, refused.refusal, actions);
    return actions;
}

bool Session::is_too_much(const std::vector<LiveItem>& items) const {
    const std::size_t most = settings_.door == Door::staff ? limits::queue_bytes_staff : limits::queue_bytes_follower;
    std::size_t bytes = queue_.ordered_bytes() + limits::message_bytes;  // and the words around them
    for (const LiveItem& item : items) bytes += message_of(item) ? message_of(item)->size() : 0;
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
    feed->topics.clear();
    for (const base::TopicNumber topic : opened.topics) feed->topics.push_back({topic, 0, 0, {}});
    feed->open = true;
    feed->up_to_at = now;
    feed->seen = opened.position;
    feed->sent = opened.resumed && feed->resume ? *feed->resume : opened.position;
    feed->snapshot = std::move(opened.snapshot);
    feed->next_piece = 0;
    newest_waits_ = true;
    send(DeliveryClass::b,
         wire::Subscribed{feed->feed, std::move(opened.topics), opened.as_of, opened.phase, opened.route_version,
                          opened.resumed},
         actions);
    if (opened.heading) (void)push(DeliveryClass::b, std::move(opened.heading), actions);
    send_missed(*feed, opened, actions);
    return actions;
}

void Session::send_missed(Subscription& feed, const FeedOpened& opened, Actions& actions) {
    std::vector<const LiveItem*> missed;
    for (const LiveItem& item : opened.items) {
        if (item.position.seq <= feed.sent.seq) continue;
        MARCHWIRE_INVARIANT(message_of(item) != nullptr);  // the desk makes them for the encoding that was asked for
        feed.sent = item.position;
        missed.push_back(&item);
    }
    if (push_items(missed, actions)) send_up_to(feed, feed.up_to_at, actions);
}

/// Laid together into messages of at most a batch. False when the session is closed by it.
bool Session::push_items(std::span<const LiveItem* const> items, Actions& actions) {
    while (!items.empty()) {
        std::size_t count = 0;
        std::size_t bytes = 0;
        auto delivery = DeliveryClass::b;
        for (; count < items.size(); ++count) {
            bytes += message_of(*items[count])->size();
            if (count != 0 && bytes > limits::batch_bytes) break;
            if (items[count]->delivery == DeliveryClass::a) delivery = DeliveryClass::a;
        }
        if (!push(delivery, fanout::frame_of(items.first(count), settings_.encoding), actions)) return false;
        items = items.subspan(count);
    }
    return true;
}

RunStep Session::on_run(const fanout::Run& run, Outlet outlet, Actions& actions) {
    if (closing_) return RunStep::nothing;
    const auto feed = std::ranges::find_if(subscriptions_,
                                           [&](const Subscription& one) { return one.follows(run.topic()); });
    // What is in the snapshot, or came with the resume, is not sent again.
    if (feed == subscriptions_.end() || run.last().seq <= feed->sent.seq) return RunStep::nothing;
    const wire::Frame& whole = run.frame(settings_.encoding);
    if (run.first() <= feed->sent.seq || !whole) {
        actions = on_items(run.items());
        return RunStep::queued;
    }
    feed->seen = feed->sent = run.last();
    const bool alone = outlet == Outlet::open && subscriptions_.size() == 1 && !queue_.ordered_waits();
    if (alone) return RunStep::write;
    (void)push(run.delivery(), whole, actions);
    return RunStep::queued;
}

/// Notes where each feed stands; true when one of them is to be sent this item.
bool Session::wants(const LiveItem& item) {
    bool wanted = false;
    for (Subscription& feed : subscriptions_) {
        // The same entry may have come on another topic, or be in the snapshot.
        if (!feed.follows(item.topic) || item.position.seq <= feed.sent.seq) continue;
        feed.seen = std::max(feed.seen, item.position);
        if (!message_of(item)) continue;
        feed.sent = item.position;
        wanted = true;
    }
    return wanted;
}

Actions Session::on_items(std::span<const LiveItem> items) {
    Actions actions;
    if (closing_) return actions;
    std::vector<const LiveItem*> wanted;
    for (const LiveItem& item : items) {
        if (wants(item)) wanted.push_back(&item);
    }
    (void)push_items(wanted, actions);
    return actions;
}

void Session::send_up_to(Subscription& feed, base::UtcMs now, Actions& actions) {
    const bool behind = feed.open && feed.seen.seq > feed.sent.seq;
    if (!behind || feed.snapshot) return;
    feed.sent = feed.seen;
    feed.up_to_at = now;
    send(DeliveryClass::b, wire::UpTo{feed.feed, feed.seen}, actions);
}

// ---- to the socket -----------------------------------------------------------------------------

bool Session::answer_waits() const {
    return queue_.answer_waits() ||
           std::ranges::any_of(subscriptions_, [](const Subscription& one) { return one.snapshot != nullptr; });
}

wire::Frame Session::next_yielding() {
    if (std::exchange(answers_turn_, false)) {
        if (wire::Frame answer = next_answer()) return answer;
    }
    if (wire::Frame newest = next_newest()) {
        answers_turn_ = true;
        return newest;
    }
    return next_answer();
}

wire::Frame Session::next_newest() {
    if (!newest_waits_) return nullptr;
    for (Subscription& feed : subscriptions_) {
        if (!feed.open) continue;
        for (Seen& seen : feed.topics) {
            if (wire::Frame frame = newer(feed, seen)) return frame;
        }
    }
    newest_waits_ = false;
    return nullptr;
}

wire::Frame Session::newer(const Subscription& feed, Seen& seen) {
    const fanout::NewestTable* table = backend_.newest(seen.topic);
    if (table == nullptr || table->version() <= seen.version) return nullptr;
    const auto& part = table->after(seen.version, settings_.encoding, limits::yielding_bytes);
    // A client that has just come has not missed what was replaced before.
    if (seen.had_all_at) seen.skipped += part.version - seen.version - part.values;
    seen.version = part.version;
    if (seen.version < table->version()) return part.frame;
    const base::UtcMs now = backend_.now();
    if (const auto skipped = std::exchange(seen.skipped, 0); skipped != 0) {
        const auto keys = static_cast<std::uint32_t>(std::min<std::uint64_t>(skipped, UINT32_MAX));
        const auto told = queue_.push(
            DeliveryClass::b,
            wire::message_of(wire::Skipped{feed.feed, keys, seen.had_all_at, now}, settings_.encoding));
        if (told == fanout::Pushed::refused) seen.skipped = skipped;  // told with the next
    }
    seen.had_all_at = now;
    return part.frame;
}

wire::Frame Session::next_answer() {
    if (wire::Frame answer = queue_.next_answer()) return answer;
    const auto feed = std::ranges::find_if(subscriptions_,
                                           [](const Subscription& one) { return one.snapshot != nullptr; });
    if (feed == subscriptions_.end()) return nullptr;
    wire::Frame piece = (*feed->snapshot)[feed->next_piece];
    if (++feed->next_piece == feed->snapshot->size()) feed->snapshot = nullptr;
    return piece;
}

}  // namespace marchwire::session
