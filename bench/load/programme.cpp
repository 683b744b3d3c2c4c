#include "load/programme.hpp"

#include <algorithm>

namespace marchwire::load {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::int64_t slow_every_ns = second_ns / 10;
constexpr std::int64_t look_again_ns = second_ns / 100;

Beat beat(std::int64_t start, double per_second) {
    return {start, per_second > 0 ? static_cast<std::int64_t>(second_ns / per_second) : 0};
}

}  // namespace

Programme::Programme(const Plan& plan, Protocol& protocol, Tally& tally, Crowd& crowd, std::int64_t start_ns)
    : plan_(plan),
      protocol_(protocol),
      tally_(tally),
      crowd_(crowd),
      publishers_(crowd.of(Part::publisher)),
      leads_(crowd.of(Part::lead)),
      marshals_(crowd.of(Part::marshal)),
      subscribers_(crowd.of(Part::subscriber)),
      next_number_(plan.topics),
      subscribers_each_(static_cast<double>(plan.subscribers) * plan.topics_each / plan.topics) {
    const std::int64_t window = start_ns + plan.warm_ms * 1'000'000LL;
    if (plan.pattern == Pattern::paced) events_ = beat(start_ns, plan.events_per_second / plan.burst);
    orders_beat_ = beat(window, plan.orders_per_second);
    check_ins_beat_ = beat(start_ns, plan.check_ins_per_second);
    if (plan.check_ins_per_second == 0) positions_ = beat(start_ns, static_cast<double>(marshals_.size()));
    churn_ = beat(start_ns, plan.churn_per_second);
    if (plan.slow > 0) slow_ = {start_ns, slow_every_ns};
    if (plan.stalled_pinging > 0) pings_ = {start_ns, second_ns};
    if (plan.orders_by_others) expect_orders(window);
}

/// All of them before they are given: who hears of one must know when it was due.
void Programme::expect_orders(std::int64_t window_ns) {
    const std::int64_t end = window_ns + plan_.window_ms * 1'000'000LL;
    for (; orders_beat_.every_ns != 0 && orders_beat_.next_ns < end; orders_beat_.next_ns += orders_beat_.every_ns) {
        if (protocol_.expect_order(orders_beat_.next_ns)) ++orders_;
    }
    orders_beat_ = {};
}

bool Programme::is_countable() const { return plan_.churn_per_second == 0 && plan_.slow == 0 && plan_.stalled == 0; }

std::int64_t Programme::step(std::int64_t now) {
    if (!stopped_) {
        while (events_.every_ns != 0 && now >= events_.next_ns) publish_burst();
        if (plan_.pattern == Pattern::saturated) fill_up(now);
        while (!leads_.empty() && orders_beat_.take(now)) give_order(orders_beat_.next_ns - orders_beat_.every_ns);
        while (check_ins_beat_.take(now)) check_in(check_ins_beat_.next_ns - check_ins_beat_.every_ns);
        flush_publishers();
    }
    while (positions_.take(now)) {
        Link& marshal = crowd_.link(marshals_[next_marshal_++ % marshals_.size()]);
        protocol_.report_position(marshal);
        crowd_.flush(marshal);
    }
    while (churn_.take(now)) change_one_topic();
    while (slow_.take(now)) {
        crowd_.read_slowly(static_cast<std::size_t>(plan_.slow_bytes_per_second * (slow_every_ns / 1e9)));
    }
    while (pings_.take(now)) send_pings();
    return until_next(now);
}

std::int64_t Programme::until_next(std::int64_t now) const {
    std::int64_t next = now + look_again_ns;
    for (const Beat* one : {&events_, &orders_beat_, &check_ins_beat_, &positions_, &churn_, &slow_, &pings_}) {
        const bool is_said = one == &events_ || one == &orders_beat_ || one == &check_ins_beat_;
        const bool is_over = stopped_ && is_said;
        if (one->every_ns != 0 && !is_over) next = std::min(next, one->next_ns);
    }
    return next - now;
}

void Programme::stop() { stopped_ = true; }

void Programme::give_order(std::int64_t due_ns) {
    Link& lead = crowd_.link(leads_.front());
    if (protocol_.give_order(lead, due_ns)) ++orders_;
    crowd_.flush(lead);
}

void Programme::check_in(std::int64_t due_ns) {
    Link& marshal = crowd_.link(marshals_[next_marshal_++ % marshals_.size()]);
    protocol_.check_in(marshal, due_ns);
    crowd_.flush(marshal);
    ++check_ins_;
}

/// Stamped with when they were due, as are orders and check-ins: a generator or server that is late pays for it.
void Programme::publish_burst() {
    const std::int64_t due = events_.next_ns;
    events_.next_ns += events_.every_ns;
    for (std::uint32_t i = 0; i < plan_.burst; ++i) publish(due);
}

/// Topics in turn, and the publishers by topic: those of one topic share its events, so that a session keeps within
/// its rate. With several topics each has one publisher, and its numbers stay in order.
void Programme::publish(std::int64_t due_ns) {
    const auto topic = static_cast<std::uint32_t>(published_ % plan_.topics);
    const std::size_t who = plan_.topics > 1 ? topic % publishers_.size() : published_ % publishers_.size();
    protocol_.publish(crowd_.link(publishers_[who]), {due_ns, topic, next_number_[topic]++});
    ++published_;
}

void Programme::fill_up(std::int64_t now) {
    const double arrived = static_cast<double>(tally_.deliveries()) / subscribers_each_;
    while (static_cast<double>(published_) - arrived < plan_.outstanding) publish(now);
}

void Programme::flush_publishers() {
    for (const std::uint32_t index : publishers_) {
        Link& publisher = crowd_.link(index);
        if (!publisher.out.empty() && publisher.stage == Stage::ready) crowd_.flush(publisher);
    }
}

/// Each change moves one subscriber by a topic; all in turn.
void Programme::change_one_topic() {
    Link& link = crowd_.link(subscribers_[next_change_++ % subscribers_.size()]);
    if (link.stage != Stage::ready || !link.is_quick()) return;
    Followed& feed = link.follows[next_change_ % link.follows.size()];
    std::uint32_t topic = (feed.topic + 1) % plan_.topics;
    while (link.followed(topic) != nullptr) topic = (topic + 1) % plan_.topics;
    protocol_.change_topic(link, feed, topic);
    crowd_.flush(link);
}

void Programme::send_pings() {
    for (const std::uint32_t index : subscribers_) {
        Link& link = crowd_.link(index);
        if (link.habit != Habit::stalled_pinging || link.stage != Stage::ready) continue;
        put_client_frame(link.out, opcode_ping, "still here");
        crowd_.flush(link);
    }
}

}  // namespace marchwire::load
