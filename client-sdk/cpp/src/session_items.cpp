// What the machine does with each item that the server sends.
#include "session_machine.hpp"
#include "to_values.hpp"

#include <algorithm>

namespace marchwire::sdk {
namespace {

constexpr Millis least_dead_after{1'000};
constexpr Millis ask_again_after{1'000};  ///< a feed that is refused for now

bool passes(const v1::Error& error) { return error.code() == v1::UNAVAILABLE || error.code() == v1::RATE_LIMITED; }

}  // namespace

void SessionMachine::on_session_item(const v1::Item& item, Millis now, Actions& out) {
    const bool may_come_first = item.has_welcome() || item.has_challenge() || item.has_error();
    if (link_ == Link::greeting && !may_come_first) return give_up("the server spoke before it said welcome", now, out);
    switch (item.item_case()) {
        case v1::Item::kWelcome: on_welcome(item.welcome(), now, out); break;
        case v1::Item::kSubscribed:
            if (Subscription* feed = find(item.subscribed().feed())) {
                feed->on_subscribed(item.subscribed());
                index_topics();
            }
            break;
        case v1::Item::kUnsubscribed: on_unsubscribed(item.unsubscribed(), now, out); break;
        case v1::Item::kReply: on_reply(item.reply(), now, out); break;
        case v1::Item::kError:
            last_error_ = error_of(item.error());
            out.push_back(TellError{*last_error_});
            break;
        case v1::Item::kPong:
            server_time_ = item.pong().server_time_ms();
            clock_at_ = now;
            break;
        case v1::Item::kUpTo:
            if (Subscription* feed = find(item.up_to().feed())) {
                if (feed->on_up_to(item.up_to()) == Took::contradicts) ask_again(*feed, Took::contradicts, now, out);
            }
            break;
        case v1::Item::kDiscontinuity:
            if (Subscription* feed = find(item.discontinuity().feed())) {
                feed->on_discontinuity();
                const auto reason = static_cast<std::uint8_t>(item.discontinuity().reason());
                out.push_back(TellDiscontinuity{
                    {feed->feed(), static_cast<DiscontinuityReason>(reason), item.discontinuity().message()}});
                if (item.discontinuity().reason() == v1::HISTORY_CHANGED) {
                    commands_.history_changed(feed->feed().campaign + '/' + feed->feed().march, now);
                    send_commands(now, out);
                }
            }
            break;
        case v1::Item::kSkipped:
            if (const Subscription* feed = find(item.skipped().feed())) {
                const v1::Skipped& skipped = item.skipped();
                out.push_back(TellSkipped{{feed->feed(), skipped.keys(), skipped.from_ms(), skipped.to_ms()}});
            }
            break;
        case v1::Item::kDrain: drain_ = Millis(item.drain().delay_ms()); break;
        case v1::Item::kSnapshotPiece: on_piece(item.snapshot_piece(), now, out); break;
        case v1::Item::kHistory: on_history(item.history(), out); break;
        case v1::Item::kChallenge: on_challenge(item.challenge(), now, out); break;
        case v1::Item::kAccess: on_access(item.access(), out); break;
        default: on_feed_item(item, now, out);  // an item of a feed, known or of a newer server
    }
}

void SessionMachine::on_reply(const v1::Reply& reply, Millis now, Actions& out) {
    if (auto answer = commands_.on_reply(reply, now)) {
        const CommandId id{reply.id().device(), reply.id().counter()};
        // What was refused does not come back; what was accepted may be asked for again, should its log lose it.
        if (answer->is_durable && reply.has_error()) out.push_back(ForgetCommand{id.counter});
        if (answer->is_durable && !reply.has_error()) out.push_back(MarkAnswered{id.counter});
        if (answer->is_second) {
            out.push_back(TellLost{id, std::get<Error>(answer->outcome)});
        } else {
            out.push_back(TellReply{id, std::move(answer->outcome)});
        }
    }
    send_commands(now, out);
}

void SessionMachine::on_welcome(const v1::Welcome& welcome, Millis now, Actions& out) {
    constexpr std::uint32_t spoken = 1;
    if (welcome.protocol() != spoken) {
        const std::string why = "the server speaks version " + std::to_string(welcome.protocol()) +
                                " of the protocol, and this SDK version 1: update the app";
        out.push_back(Drop{});
        out.push_back(TellFault{{FaultKind::wrong_version, why}});
        return stop(why, std::nullopt, out);
    }
    if (link_ == Link::online) return;
    link_ = Link::online;
    asked_once_more_ = false;
    online_since_ = now;
    const Welcome said = welcome_of(welcome);
    server_time_ = said.server_time;
    clock_at_ = now;
    clock_rate_ = said.clock_rate;
    if (welcome.limits().dead_after_ms() != 0) {
        dead_after_ = std::max(least_dead_after, Millis(welcome.limits().dead_after_ms()));
    }
    out.push_back(TellState{Online{said}});
    if (screen_off_) say_screen(now, out);  // a Hello counts as on
    send_commands(now, out);
}

/// The first one is answered in Hello, later ones by themselves.
void SessionMachine::on_challenge(const v1::Challenge& challenge, Millis now, Actions& out) {
    if (!settings_.sign) return;
    const std::string signature = settings_.sign("marchwire.v1 login\n" + challenge.nonce() +
                                                 hash_of_secret(settings_.token));
    if (link_ == Link::greeting) return say_hello(signature, now, out);
    v1::ClientMessage message;
    message.mutable_prove()->set_signature(signature);
    send(message, now, out);
}

void SessionMachine::on_unsubscribed(const v1::Unsubscribed& gone, Millis now, Actions& out) {
    Subscription* feed = find(gone.feed());
    if (feed == nullptr || !gone.has_error()) return;  // the answer to our own wish
    if (passes(gone.error())) {
        feed->ask_at = now + std::max(ask_again_after, Millis(gone.error().retry_after_ms()));
        return;
    }
    const FeedName name = feed->feed();
    feeds_.erase(gone.feed());
    index_topics();
    out.push_back(TellRefused{name, error_of(gone.error())});
}

void SessionMachine::on_feed_item(const v1::Item& item, Millis now, Actions& out) {
    if (Subscription* feed = find(item)) give(*feed, item, now, out);
}

void SessionMachine::give(Subscription& feed, const v1::Item& item, Millis now, Actions& out) {
    const auto held = feed.position();
    switch (const Took took = feed.on_item(item)) {
        case Took::nothing:
        case Took::kept:
        case Took::whole: break;
        case Took::applied:
            out.push_back(TellItem{feed.feed(), item});
            mark_delivered(feed, now, out);
            break;
        case Took::gap:
            out.push_back(TellGap{{feed.feed(), held->seq, item.prev()}});
            ask_again(feed, took, now, out);
            break;
        case Took::contradicts: ask_again(feed, took, now, out); break;
        case Took::refetch:
            // The app sees the item all the same; the state follows with the snapshot.
            if (feed.stage() == Stage::live && feed.position()) out.push_back(TellItem{feed.feed(), item});
            ask_again(feed, took, now, out);
            break;
    }
}

void SessionMachine::on_piece(const v1::SnapshotPiece& piece, Millis now, Actions& out) {
    Subscription* feed = find(piece.feed());
    if (feed == nullptr) return;
    const Took took = feed->on_piece(piece);
    if (took == Took::contradicts) ask_again(*feed, took, now, out);
    if (took != Took::whole) return;
    out.push_back(TellSnapshot{feed->feed()});
    mark_delivered(*feed, now, out);
    for (const v1::Item& item : feed->take_kept()) {
        if (feed->stage() != Stage::live || link_ != Link::online) break;
        give(*feed, item, now, out);
    }
}

/// What is queued for this person has come: the server hears of it once, however often the feed is made whole again.
void SessionMachine::mark_delivered(const Subscription& feed, Millis now, Actions& out) {
    if (feed.feed().kind != FeedKind::marshal) return;
    const auto queued = feed.fold().queued_orders();
    auto& marked = marked_[feed.feed().text()];
    std::erase_if(marked, [&](std::uint32_t order) { return std::ranges::find(queued, order) == queued.end(); });
    const std::string log = feed.feed().campaign + '/' + feed.feed().march;
    for (const std::uint32_t order : queued) {
        if (marked.contains(order)) continue;
        v1::Command receipt;
        receipt.mutable_mark_delivered()->set_order(order);
        auto [id, actions] = command(log, std::move(receipt), now);
        if (!id) continue;
        marked.insert(order);
        for (Action& action : actions) out.push_back(std::move(action));
    }
}

void SessionMachine::on_access(const v1::Access& access, Actions& out) {
    Access answer;
    for (const v1::PersonAccess& one : access.persons()) answer.persons.push_back(person_access_of(one));
    answer.next = access.next();
    if (access.has_error()) answer.error = error_of(access.error());
    out.push_back(TellAccess{access.request(), std::move(answer)});
}

void SessionMachine::on_history(const v1::History& history, Actions& out) const {
    History answer;
    if (const auto feed = FeedName::parse(history.feed())) answer.feed = *feed;
    for (const v1::Item& item : history.items()) answer.items.push_back(json_of(item));
    answer.more = history.more();
    if (history.has_error()) answer.error = error_of(history.error());
    out.push_back(TellHistory{history.request(), std::move(answer)});
}

}  // namespace marchwire::sdk
