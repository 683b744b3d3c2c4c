// What arrived: counted, timed and checked.
#pragma once

#include "load/histogram.hpp"
#include "load/link.hpp"
#include "load/payload.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace marchwire::load {

class Tally {
public:
    /// The number that the payload bears must follow the last of its topic: for subjects without positions.
    void delivered_by_number(Link& link, std::string_view payload, std::int64_t now);
    /// marchwire: `prev` and `seq` must follow on, and all must have the same payload at the same seq.
    void delivered_at(Link& link, Followed& feed, std::uint64_t seq, std::uint64_t prev, std::string_view payload,
                      std::int64_t now);
    /// Something ordered without a payload (a phase), or a new place to go on from.
    void moved_to(Link& link, Followed& feed, std::uint64_t seq, std::uint64_t prev);

    /// An order has been given, to be known again by its version.
    void ordered(std::uint64_t version, std::int64_t now) { ordered_ns_[version] = now; }
    void order_arrived(const Link& link, std::uint64_t version, std::int64_t now);
    /// A marshal's position on a dashboard, and how old it was.
    void position_arrived(std::int64_t age_ms);

    /// A marshal's check-in that was due then has its answer. Counted with the window in which it was due.
    void check_in_answered(std::int64_t due, std::int64_t now, bool unavailable);

    void open_window(std::int64_t now);
    void close_window(std::int64_t now);
    [[nodiscard]] bool is_measuring() const { return measuring_; }

    /// Something that must not be: counted by its sentence.
    void wrong(const std::string& what);
    /// Missing or repeated: of quick readers wrong, of others the subject's way with slow ones.
    void gap(const Link& link, const std::string& what);
    void cut(const Link& link);

    [[nodiscard]] std::uint64_t deliveries() const { return deliveries_; }
    [[nodiscard]] std::uint64_t in_window() const { return in_window_; }
    [[nodiscard]] std::int64_t window_ns() const { return window_end_ - window_begin_; }
    [[nodiscard]] const Histogram& latency() const { return latency_; }
    [[nodiscard]] const Histogram& order_latency() const { return order_latency_; }
    /// From each order to the last who had it, in milliseconds.
    [[nodiscard]] std::vector<double> order_last_ms() const;
    [[nodiscard]] std::uint64_t order_arrivals() const { return order_arrivals_; }
    [[nodiscard]] const Histogram& position_age() const { return position_age_; }
    [[nodiscard]] const Histogram& check_in_latency() const { return check_in_latency_; }
    [[nodiscard]] std::uint64_t check_ins_answered() const { return check_ins_answered_; }
    [[nodiscard]] std::uint64_t check_ins_unavailable() const { return check_ins_unavailable_; }
    [[nodiscard]] const std::map<std::string, std::uint64_t>& wrongs() const { return wrongs_; }
    [[nodiscard]] std::uint64_t slow_gaps() const { return slow_gaps_; }
    [[nodiscard]] std::uint64_t cuts() const { return cuts_; }
    [[nodiscard]] std::uint64_t slow_cuts() const { return slow_cuts_; }

private:
    void count(const Link& link, const Stamp& stamp, std::int64_t now);
    void agree(std::uint32_t topic, std::uint64_t seq, std::uint32_t number);

    bool measuring_ = false;
    std::uint64_t deliveries_ = 0;
    std::uint64_t in_window_ = 0;
    std::int64_t window_begin_ = 0;
    std::int64_t window_end_ = 0;
    Histogram latency_;
    Histogram order_latency_;
    Histogram position_age_;
    Histogram check_in_latency_;
    std::uint64_t check_ins_answered_ = 0;
    std::uint64_t check_ins_unavailable_ = 0;
    std::uint64_t order_arrivals_ = 0;
    std::map<std::uint64_t, std::int64_t> ordered_ns_;
    std::map<std::uint64_t, std::int64_t> order_last_ns_;
    std::map<std::string, std::uint64_t> wrongs_;
    std::uint64_t slow_gaps_ = 0;
    std::uint64_t cuts_ = 0;
    std::uint64_t slow_cuts_ = 0;
    std::vector<std::vector<std::uint32_t>> number_at_;  ///< by topic and seq: the number there, plus one
};

}  // namespace marchwire::load
