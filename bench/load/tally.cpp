#include "load/tally.hpp"

namespace marchwire::load {

void Tally::count(const Link& link, const Stamp& stamp, std::int64_t now) {
    ++deliveries_;
    if (!measuring_) return;
    ++in_window_;
    // What was due before the window and comes within it is late; it counts as such.
    if (link.is_quick()) latency_.add(now - stamp.at_ns);
}

void Tally::delivered_by_number(Link& link, std::string_view payload, std::int64_t now) {
    const auto stamp = read_payload(payload);
    if (!stamp) return wrong("a payload that nobody published");
    Followed* const feed = link.followed(stamp->topic);
    // One that was on its way when the topic was left.
    if (feed == nullptr) return;
    if (feed->begun && stamp->number != feed->last + 1) {
        gap(link, stamp->number > feed->last ? "a number is missing" : "a number came again or late");
    }
    feed->begun = true;
    feed->last = stamp->number;
    count(link, *stamp, now);
}

void Tally::delivered_at(Link& link, Followed& feed, std::uint64_t seq, std::uint64_t prev, std::string_view payload,
                         std::int64_t now) {
    const auto stamp = read_payload(payload);
    if (!stamp) return wrong("a payload that nobody published");
    moved_to(link, feed, seq, prev);
    agree(feed.topic, seq, stamp->number);
    count(link, *stamp, now);
}

void Tally::moved_to(Link& link, Followed& feed, std::uint64_t seq, std::uint64_t prev) {
    if (feed.begun && seq <= feed.last) gap(link, "a position came again or went down");
    if (feed.begun && prev > feed.last) gap(link, "an item is missing: prev is beyond what came");
    feed.begun = true;
    feed.last = seq;
}

void Tally::agree(std::uint32_t topic, std::uint64_t seq, std::uint32_t number) {
    if (topic >= number_at_.size()) number_at_.resize(topic + 1UL);
    auto& numbers = number_at_[topic];
    if (seq >= numbers.size()) numbers.resize(seq * 2 + 64);
    if (numbers[seq] == 0) numbers[seq] = number + 1;
    if (numbers[seq] != number + 1) wrong("two subscribers hold different items at one position");
}

void Tally::order_arrived(const Link& link, std::uint64_t version, std::int64_t now) {
    const auto given = ordered_ns_.find(version);
    if (given == ordered_ns_.end() || link.part != Part::subscriber) return;
    ++order_arrivals_;
    order_latency_.add(now - given->second);
    order_last_ns_[version] = now;
}

std::vector<double> Tally::order_last_ms() const {
    std::vector<double> all;
    for (const auto& [version, last] : order_last_ns_) {
        all.push_back(static_cast<double>(last - ordered_ns_.at(version)) / 1e6);
    }
    return all;
}

void Tally::position_arrived(std::int64_t age_ms) {
    ++deliveries_;
    if (!measuring_) return;
    ++in_window_;
    position_age_.add(age_ms * 1'000'000);
}

void Tally::check_in_answered(std::int64_t due, std::int64_t now, bool unavailable) {
    ++check_ins_answered_;
    if (unavailable) {
        ++check_ins_unavailable_;
    } else if (window_begin_ != 0 && due >= window_begin_) {
        check_in_latency_.add(now - due);
    }
}

void Tally::open_window(std::int64_t now) {
    measuring_ = true;
    window_begin_ = now;
}

void Tally::close_window(std::int64_t now) {
    measuring_ = false;
    window_end_ = now;
}

void Tally::wrong(const std::string& what) { ++wrongs_[what]; }

void Tally::gap(const Link& link, const std::string& what) {
    if (link.is_quick()) return wrong(what);
    ++slow_gaps_;
}

void Tally::cut(const Link& link) { ++(link.is_quick() ? cuts_ : slow_cuts_); }

}  // namespace marchwire::load
