// One shard: its sessions and its turns. What desks do is in desks.cpp.
#include "shard/shard.hpp"

#include "base/door_limits.hpp"
#include "base/limits.hpp"
#include "base/log.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace marchwire::shard {
namespace {

namespace limits = base::limits;

constexpr int beats_per_second = static_cast<int>(limits::session_tick.value / limits::beat.value);
constexpr auto relaxed = std::memory_order_relaxed;
constexpr std::chrono::steady_clock::duration longest_sending = std::chrono::milliseconds(limits::flush_tick.value);

/// Of what may wait in the whole process a shard has its part.
std::shared_ptr<fanout::QueueBudget> budget_of(std::size_t bytes, const Fabric& fabric) {
    return std::make_shared<fanout::QueueBudget>(bytes / fabric.settings().shards);
}

base::Refusal no_such_campaign() {
    return base::refuse(base::RefusalCode::not_found, "feed", "There is no such campaign: check its name.");
}

base::Refusal cut_off() {
    return not_now("This server does not hear the others at present: send the same command again.");
}

}  // namespace

Shard::Shard(Fabric& fabric, std::size_t index)
    : fabric_(fabric),
      index_(index),
      io_(std::make_shared<boost::asio::io_context>(1)),
      mailbox_(io_),
      work_(io_->get_executor()),
      timer_(*io_),
      flush_timer_(*io_),
      machine_now_(base::machine_now()),
      desks_(*this),
      followers_budget_(budget_of(limits::queue_total_bytes_followers, fabric)),
      staff_budget_(budget_of(limits::queue_total_bytes_staff, fabric)),
      admission_(std::make_shared<session::Admission>(fabric.settings().admission, fabric.settings().limits_met)),
      broadcast_(*this),
      followers_(mailbox_, limits::follower_works_a_turn),
      outbox_(fabric.settings().shards) {}

Shard::~Shard() { join(); }

void Shard::start() {
    arm_timer();
    thread_ = std::thread([this] { io_->run(); });
}

void Shard::join() {
    if (!thread_.joinable()) return;
    work_.reset();
    io_->stop();
    thread_.join();
}

void Shard::arm_timer() {
    timer_.expires_after(std::chrono::milliseconds(limits::beat.value));
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (error) return;
        beat();
        arm_timer();
    });
}

void Shard::beat() {
    machine_now_ = is_by_hand() ? machine_now_ + limits::beat : base::machine_now();
    if (fabric_.settings().drive != Drive::by_host) march_beat();
    const auto due = wheel_.take_due(machine_now_);
    due_.insert(due_.end(), due.begin(), due.end());
    if (!due_.empty()) end_turn_later();
    counters_.queued_bytes.store(followers_budget_->used() + staff_budget_->used(), relaxed);
}

void Shard::march_beat() {
    desks_.beat(now());
    if (++beats_ < beats_per_second) return;
    beats_ = 0;
    desks_.second(now());
    broadcast_.tidy(now());
    counters_.deliveries.store(broadcast_.deliveries(), relaxed);
}

void Shard::drain(base::Millis delay) {
    const auto sessions = static_cast<std::int64_t>(std::max<std::size_t>(1, counters_.sessions.load(relaxed)));
    std::int64_t place = 0;
    for (std::size_t slot = 0; slot < seats_.size(); ++slot) {
        if (seats_[slot].port == nullptr) continue;
        touch(static_cast<fanout::Slot>(slot));
        seats_[slot].port->drain({delay.value + delay.value * place / sessions});
        ++place;
    }
}

// ---- sessions ----------------------------------------------------------------------------------

fanout::Slot Shard::join(session::SessionPort& port) {
    fanout::Slot slot = 0;
    if (free_seats_.empty()) {
        slot = static_cast<fanout::Slot>(seats_.size());
        seats_.emplace_back();
    } else {
        slot = free_seats_.back();
        free_seats_.pop_back();
    }
    seats_[slot].port = &port;
    seats_[slot].serial = next_serial_++;
    counters_.sessions.fetch_add(1, relaxed);
    return slot;
}

void Shard::leave(fanout::Slot slot) {
    Seat& seat = seats_.at(slot);
    if (seat.port == nullptr) return;
    for (const Following& feed : seat.feeds) unfollow(slot, feed);
    broadcast_.leave(slot);
    wheel_.forget(slot);
    std::vector<Following>().swap(seat.feeds);
    seat.port = nullptr;
    free_seats_.push_back(slot);
    counters_.sessions.fetch_sub(1, relaxed);
}

Shard::Seat* Shard::seat_of(const SessionKey& key) {
    Seat& seat = seats_.at(key.slot);
    return seat.port != nullptr && seat.serial == key.serial ? &seat : nullptr;
}

Shard::Following* Shard::following(Seat& seat, session::SubscriptionId subscription) {
    const auto found = std::find_if(seat.feeds.begin(), seat.feeds.end(),
                                    [&](const Following& feed) { return feed.subscription == subscription; });
    return found == seat.feeds.end() ? nullptr : &*found;
}

void Shard::unfollow(fanout::Slot slot, const Following& feed) {
    for (const base::TopicNumber topic : feed.topics) broadcast_.leave(topic, slot);
    const SubscriberKey key{key_of(slot), feed.subscription};
    Shard& home = fabric_.home_of(feed.feed.log);
    home.do_in_turn(feed.turn, [&home, key, name = feed.feed] { home.desks().close_feed(key, name); });
}

core::Actor Shard::actor_for(fanout::Slot slot, const base::LogId& log) const {
    const session::Grant* grant = seats_.at(slot).port->grant();
    const bool proven = grant && grant->campaign == log.campaign && (!grant->expires_at || now() < grant->expires_at);
    return proven ? grant->actor : core::Actor{};
}

void Shard::open_feed(fanout::Slot slot, session::OpenFeed wish) {
    const SubscriberKey key{key_of(slot), wish.subscription};
    wish.actor = actor_for(slot, wish.feed.log);
    const Turn turn = wish.actor.role == core::Role::follower ? Turn::of_followers : Turn::now;
    seats_[slot].feeds.push_back({wish.subscription, wish.feed, {}, turn});
    const bool hidden = is_drill(wish.feed.log.campaign) && wish.actor.role == core::Role::follower;
    if (hidden) {
        send(index_, Refused{key.session, {wish.subscription, wish.feed, no_such_campaign()}});
        return;
    }
    Shard& home = fabric_.home_of(wish.feed.log);
    home.do_in_turn(turn, [&home, key, wish = std::move(wish)] { home.desks().open_feed(key, wish); });
}

/// From any thread. What followers ask of one march could keep its staff waiting: 5 000 of them ask in a second.
template <class Work>
void Shard::do_in_turn(Turn turn, Work work) {
    if (turn == Turn::now) return mailbox_.post(std::move(work));
    mailbox_.post([this, work = std::move(work)]() mutable { followers_.add(std::move(work)); });
}

void Shard::close_feed(fanout::Slot slot, session::SubscriptionId subscription, const wire::FeedName&) {
    Seat& seat = seats_.at(slot);
    const Following* feed = following(seat, subscription);
    if (feed == nullptr) return;
    unfollow(slot, *feed);
    std::erase_if(seat.feeds, [&](const Following& one) { return one.subscription == subscription; });
}

void Shard::run_command(fanout::Slot slot, session::RunCommand command) {
    const SessionKey key = key_of(slot);
    const base::LogId log = command.message.log;
    Shard& home = fabric_.home_of(log);
    Asked asked;
    asked.actor = actor_for(slot, log);
    asked.content_hash = command.message.content_hash;
    asked.answer = [&home, key, id = command.message.command.id](base::Result<wire::Accepted> outcome) {
        home.send(key.shard, Replied{key, {id, std::move(outcome)}});
    };
    asked.command = std::move(command.message.command);
    // It might have been revoked meanwhile: whoever is cut off from the others cannot know (DESIGN 10).
    if (!fabric_.settings().log.hears()) return send(index_, Replied{key, {asked.command.id, cut_off()}});
    fabric_.put(log, std::move(asked));
}

void Shard::report_position(fanout::Slot slot, const core::Actor&, wire::ReportPosition report) {
    Shard& home = fabric_.home_of(report.march);
    const core::Actor actor = actor_for(slot, report.march);
    home.mailbox().post([&home, actor, report = std::move(report)] {
        home.desks().when_open(report.march, [&home, actor, report] {
            if (auto* desk = home.desks().march(report.march)) desk->report_position(actor, report);
        });
    });
}

void Shard::read_history(fanout::Slot slot, session::ReadHistory request) {
    const SessionKey key = key_of(slot);
    request.actor = actor_for(slot, request.request.feed.log);
    Shard& home = fabric_.home_of(request.request.feed.log);
    home.mailbox().post(
        [&home, key, request = std::move(request)]() mutable { home.desks().read_history(key, std::move(request)); });
}

void Shard::heard_from(fanout::Slot, const session::Grant& grant, wire::Screen screen) {
    const base::LogId log = grant.scope();
    if (log.is_campaign()) return;
    Shard& home = fabric_.home_of(log);
    home.mailbox().post([&home, log, heard = wire::HeardFrom{grant.actor.person, screen}] {
        home.desks().when_open(log, [&home, log, heard] {
            if (auto* desk = home.desks().march(log)) desk->heard_from(heard);
        });
    });
}

// ---- parcels -----------------------------------------------------------------------------------

void Shard::send(std::size_t shard, Parcel parcel) {
    outbox_.at(shard).push_back(std::move(parcel));
    if (std::exchange(outbox_posted_, true)) return;
    mailbox_.post([this] { flush_outbox(); });
}

void Shard::flush_outbox() {
    outbox_posted_ = false;
    for (std::size_t i = 0; i < outbox_.size(); ++i) {
        if (outbox_[i].empty()) continue;
        auto parcels = std::exchange(outbox_[i], {});
        if (i == index_) {
            receive(parcels);
            continue;
        }
        Shard& to = fabric_.at(i);
        to.mailbox().post([&to, parcels = std::move(parcels)] { to.receive(parcels); });
    }
}

void Shard::receive(const std::vector<Parcel>& parcels) {
    for (const Parcel& parcel : parcels) {
        std::visit([this](const auto& one) { on(one); }, parcel);
    }
}

void Shard::approach(fanout::Slot slot) const {
    const auto* port = static_cast<const char*>(static_cast<const void*>(seats_[slot].port));
    if (port == nullptr) return;
    constexpr std::size_t line = 64;
    for (std::size_t at = 0; at < session::SessionPort::hot_bytes; at += line) __builtin_prefetch(port + at);
}

void Shard::touch(Touched& touched, fanout::Slot slot) {
    if (std::exchange(seats_[slot].*touched.flag, true)) return;
    touched.slots.push_back(slot);
    end_turn_later();
}

void Shard::end_turn_later() {
    if (std::exchange(turn_end_posted_, true)) return;
    mailbox_.post([this] { end_turn(); });
}

/// Behind everything that was ready in this turn: what waits goes out together, or waits for its tick. A few sessions
/// at a time, and what is left behind what has become ready since: an order waits for no crowd. Whoever says much does
/// not hold up what others wait for: as long as the shard has read, so long it sends.
void Shard::end_turn() {
    turn_end_posted_ = false;
    const auto begun = std::chrono::steady_clock::now();
    const auto now = is_by_hand() ? Broadcast::Instant::max() : begun;
    const auto send_until = left_over_since_ ? begun + std::min(begun - *left_over_since_, longest_sending) : begun;
    if (const auto due = broadcast_.due(); due && *due <= now) broadcast_.begin(now);
    bool left_over = send_some();
    while (left_over && std::chrono::steady_clock::now() < send_until) left_over = send_some();
    left_over_since_.reset();
    if (left_over) {
        left_over_since_ = std::chrono::steady_clock::now();
        end_turn_later();
    } else {
        broadcast_.ended();
    }
    if (const auto next = broadcast_.due()) arm_flush(*next);
}

bool Shard::send_some() {
    const bool to_tick = tick_some(limits::turn_sessions);
    const bool to_send = broadcast_.send_some(limits::turn_sessions);
    const bool to_flush = flush_some(touched_, limits::turn_sessions);
    const bool busy = to_tick || to_send || to_flush;
    const bool newest = flush_some(touched_newest_, busy ? limits::turn_sessions_newest : limits::turn_sessions);
    return busy || newest;
}

void Shard::arm_flush(Broadcast::Instant at) {
    if (flush_armed_ && *flush_armed_ <= at) return;
    flush_armed_ = at;
    flush_timer_.expires_at(at);  // ends an older wait for a later moment
    flush_timer_.async_wait([this](const boost::system::error_code& error) {
        if (error) return;
        flush_armed_.reset();
        end_turn_later();  // perhaps a turn's end is posted already: there is never more than one
    });
}

bool Shard::tick_some(std::size_t sessions) {
    for (; sessions > 0 && !due_.empty(); --sessions) {
        const fanout::Slot slot = due_.front();
        due_.pop_front();
        if (seats_[slot].port == nullptr) continue;
        touch(slot);
        const base::UtcMs next = seats_[slot].port->tick();
        if (next && seats_[slot].port != nullptr) wheel_.set(slot, next);
    }
    return !due_.empty();
}

bool Shard::flush_some(Touched& touched, std::size_t sessions) {
    for (; sessions > 0 && !touched.slots.empty(); --sessions) {
        const fanout::Slot slot = touched.slots.front();
        touched.slots.pop_front();
        seats_[slot].*touched.flag = false;
        if (seats_[slot].port != nullptr) seats_[slot].port->flush();
    }
    return !touched.slots.empty();
}

void Shard::on(const Published& published) {
    broadcast_.take(*published.items, published.behind, std::chrono::steady_clock::now());
    end_turn_later();
}

void Shard::on(const Opened& opened) {
    Seat* seat = seat_of(opened.to);
    Following* feed = seat == nullptr ? nullptr : following(*seat, opened.feed.subscription);
    if (feed == nullptr) return;  // left or closed meanwhile, and its desk was told
    for (const base::TopicNumber topic : feed->topics) broadcast_.leave(topic, opened.to.slot);
    feed->topics.assign(opened.feed.topics.begin(), opened.feed.topics.end());
    for (const base::TopicNumber topic : feed->topics) broadcast_.follow(topic, opened.to.slot);
    broadcast_.take_newest(opened.feed.newest);
    touch(opened.to.slot);
    seat->port->feed_opened(opened.feed);
}

void Shard::on(const Refused& refused) {
    Seat* seat = seat_of(refused.to);
    Following* feed = seat == nullptr ? nullptr : following(*seat, refused.feed.subscription);
    if (feed == nullptr) return;
    for (const base::TopicNumber topic : feed->topics) broadcast_.leave(topic, refused.to.slot);
    std::erase_if(seat->feeds, [&](const Following& one) { return one.subscription == refused.feed.subscription; });
    touch(refused.to.slot);
    seat->port->feed_refused(refused.feed);
}

void Shard::on(const Replied& replied) {
    Seat* seat = seat_of(replied.to);
    if (seat == nullptr) return;
    touch(replied.to.slot);
    seat->port->replied(replied.reply);
}

void Shard::on(const HistoryRead& read) {
    Seat* seat = seat_of(read.to);
    if (seat == nullptr) return;
    touch(read.to.slot);
    seat->port->history_read(read.history);
}

void Shard::on(const DrillChanged& changed) {
    if (!changed.drill) {
        drills_.erase(changed.campaign);
        return;
    }
    if (!drills_.insert(changed.campaign).second) return;
    for (std::size_t i = 0; i < seats_.size(); ++i) {
        const auto slot = static_cast<fanout::Slot>(i);
        const auto feeds = seats_[i].feeds;
        for (const Following& feed : feeds) {
            const base::LogId& log = feed.feed.log;
            const bool hidden = log.campaign == changed.campaign && seats_[i].port != nullptr &&
                                actor_for(slot, log).role == core::Role::follower;
            if (!hidden) continue;
            const SubscriberKey key{key_of(slot), feed.subscription};
            Shard& home = fabric_.home_of(log);
            home.mailbox().post([&home, key, name = feed.feed] { home.desks().close_feed(key, name); });
            on(Refused{key.session, {feed.subscription, feed.feed, no_such_campaign()}});
        }
    }
}

// ---- home --------------------------------------------------------------------------------------

bool Shard::wakes() const { return fabric_.settings().wake != nullptr; }

void Shard::wake(core::WakeUp call) const {
    if (wakes()) fabric_.settings().wake(std::move(call));
}

base::Result<std::string> Shard::seal_push(const base::LogId& march, base::PersonId person,
                                           const core::SubscribePush& wish) const {
    if (const auto& seal = fabric_.settings().seal_push) return seal(march, person, wish);
    return base::refuse(base::RefusalCode::not_found, "endpoint",
                        "This server sends no pushes: its operator sets push_contact.");
}

Pins* Shard::pins() const { return fabric_.settings().pins; }

std::string Shard::invite_code(const base::Slug& campaign, std::uint32_t number) const {
    return fabric_.settings().invite_code(campaign, number);
}

base::Hash256 Shard::chain_key(const base::LogId& log) const { return fabric_.settings().chain_key(log); }

std::array<std::uint8_t, 64> Shard::sign_tip(const base::LogId& log, const base::Tip& tip) const {
    return fabric_.settings().sign_tip(log, tip);
}

void Shard::hold_base(const HeldBase& held) {
    Shard& first = fabric_.at(0);
    first.mailbox().post([this, held] {
        if (const auto free = fabric_.topic_bases().hold(held); !free) {
            base::log_error("topic_base_taken", "log={} base={}", held.log.text(), held.topic_base);
        }
    });
}

void Shard::put(const base::LogId& log, Asked asked) { fabric_.put(log, std::move(asked)); }

void Shard::row_changed(const base::LogId& march, MarchRow row) {
    Shard& home = fabric_.home_of(march.campaign_log());
    home.mailbox().post([&home, march, row = std::move(row)] {
        // A keeper's first row may come before its server has opened the campaign, and is not told again.
        home.desks().when_open(march.campaign_log(), [&home, march, row] {
            if (auto* desk = home.desks().campaign(march.campaign_log())) desk->row_changed(march.march, row);
        });
    });
}

}  // namespace marchwire::shard
