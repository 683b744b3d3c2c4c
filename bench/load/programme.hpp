// What is said when: events at their due times or as fast as they arrive, orders, positions, churn, slow reading.
#pragma once

#include "load/crowd.hpp"

#include <cstdint>
#include <vector>

namespace marchwire::load {

/// Something that recurs. `every_ns` 0: never.
struct Beat {
    std::int64_t next_ns = 0;
    std::int64_t every_ns = 0;

    /// True, once for each time that has come.
    [[nodiscard]] bool take(std::int64_t now) {
        if (every_ns == 0 || now < next_ns) return false;
        next_ns += every_ns;
        return true;
    }
};

class Programme {
public:
    /// Begins at `start_ns`; orders begin with the window.
    Programme(const Plan& plan, Protocol& protocol, Tally& tally, Crowd& crowd, std::int64_t start_ns);

    /// Does what has come due. How long there is nothing to do.
    [[nodiscard]] std::int64_t step(std::int64_t now);
    /// No events and orders any more.
    void stop();

    [[nodiscard]] std::uint64_t published() const { return published_; }
    /// Those whose way is measured.
    [[nodiscard]] std::uint64_t orders() const { return orders_; }
    [[nodiscard]] std::uint64_t check_ins() const { return check_ins_; }
    /// So many deliveries has one event.
    [[nodiscard]] double subscribers_each() const { return subscribers_each_; }
    /// False: with churn and readers that do not read nobody can say how many deliveries there must be.
    [[nodiscard]] bool is_countable() const;

private:
    void publish_burst();
    void publish(std::int64_t due_ns);
    void expect_orders(std::int64_t window_ns);
    void give_order(std::int64_t due_ns);
    void check_in(std::int64_t due_ns);
    void fill_up(std::int64_t now);
    void change_one_topic();
    void send_pings();
    void flush_publishers();
    [[nodiscard]] std::int64_t until_next(std::int64_t now) const;

    const Plan& plan_;
    Protocol& protocol_;
    Tally& tally_;
    Crowd& crowd_;
    std::vector<std::uint32_t> publishers_, leads_, marshals_, subscribers_;
    std::vector<std::uint32_t> next_number_;
    double subscribers_each_;
    bool stopped_ = false;
    Beat events_, orders_beat_, check_ins_beat_, positions_, churn_, slow_, pings_;
    std::uint64_t published_ = 0;
    std::uint64_t orders_ = 0;
    std::uint64_t check_ins_ = 0;
    std::size_t next_marshal_ = 0;
    std::size_t next_change_ = 0;
};

}  // namespace marchwire::load
