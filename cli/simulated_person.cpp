#include "simulated_person.hpp"

#include "programme.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace marchwire::cli {
namespace {

constexpr sdk::UtcMs check_in_every = 14 * minute;  ///< the server asks after 20
constexpr sdk::UtcMs check_in_spread = 3 * minute;  ///< a crowd does not tap at once
constexpr sdk::UtcMs answer_within = 40'000;        ///< an order is read and answered; a few are late for a hold
constexpr sdk::Millis report_every_real{800};       ///< however fast the demo clock runs
constexpr int one_silent_in = 12;
constexpr int one_with_bad_network_in = 6;
constexpr double never = 1e9;

bool is_on_the_street(sdk::Phase phase) {
    return phase == sdk::Phase::assembling || phase == sdk::Phase::marching || phase == sdk::Phase::held ||
           phase == sdk::Phase::rally || phase == sdk::Phase::call_to_action || phase == sdk::Phase::dispersing;
}

std::int64_t between(std::mt19937_64& chance, std::int64_t from, std::int64_t to) {
    return std::uniform_int_distribution<std::int64_t>(from, to)(chance);
}

}  // namespace

SimulatedPerson::SimulatedPerson(boost::asio::io_context& io, const sdk::ClientSettings& settings, Part part,
                                 Place place)
    : part_(std::move(part)),
      place_(std::move(place)),
      feed_(*sdk::FeedName::parse("marshal/" + place_.march)),
      chance_(place_.seed),
      noise_at_(static_cast<std::size_t>(between(chance_, 0, 1'000'000))),
      silent_from_metres_(between(chance_, 1, one_silent_in) == 1 && !place_.is_calm
                              ? static_cast<double>(between(chance_, 100, 800))
                              : never),
      next_drop_real_(between(chance_, 1, one_with_bad_network_in) == 1 ? sdk::Millis(1) : sdk::Millis(0)),
      battery_percent_(static_cast<std::uint32_t>(between(chance_, 35, 100))),
      client_(io, settings, callbacks()) {
    client_.subscribe(feed_);
    client_.connect();
}

void SimulatedPerson::play(const Column& column, sdk::Millis real_now) {
    // A bad network: dropped now and then, and the client comes back by itself.
    if (next_drop_real_ != sdk::Millis(0) && real_now >= next_drop_real_) {
        if (next_drop_real_ != sdk::Millis(1)) client_.drop_connection();
        next_drop_real_ = real_now + sdk::Millis(between(chance_, 20'000, 90'000));
    }
    const sdk::UtcMs now = client_.server_time();
    if (now == 0 || is_idle_ || is_silent(column)) return;
    answer_orders(now);  // also at home: that the start has moved
    if (!is_on_the_street(column.phase)) return;
    check_in(column, now);
    report(column, now, real_now);
}

void SimulatedPerson::send(const sdk::Command& command, sdk::OnReply on_reply) {
    client_.command(place_.march, command, std::move(on_reply));
}

void SimulatedPerson::off_line(bool also_person) {
    is_idle_ = also_person;
    client_.close();
}

void SimulatedPerson::on_line() {
    is_idle_ = false;
    client_.connect();
}

bool SimulatedPerson::is_silent(const Column& column) const {
    return column.phase == sdk::Phase::marching && own_metres(column) > silent_from_metres_;
}

double SimulatedPerson::own_metres(const Column& column) const {
    const double behind = part_.behind_share * column.length_metres + part_.behind_metres;
    return std::clamp(column.head_metres - behind, 0.0, column.route.length_metres());
}

void SimulatedPerson::check_in(const Column& column, sdk::UtcMs now) {
    if (column.phase != checked_in_for_) {
        checked_in_for_ = column.phase;
        next_check_in_ = now + between(chance_, 0, check_in_spread);
    }
    if (now < next_check_in_ || client_.unanswered_commands() > 0) return;
    next_check_in_ = now + check_in_every - between(chance_, 0, check_in_spread);
    constexpr double snap = 50;
    sdk::CheckIn said;
    said.report = column.phase == sdk::Phase::marching ? sdk::Report::moving : sdk::Report::on_post;
    if (column.route.length_metres() > 0) {
        said.place = {sdk::PlaceKind::route_metre,
                      static_cast<std::uint32_t>(std::lround(own_metres(column) / snap) * std::lround(snap))};
    }
    battery_percent_ = std::max<std::uint32_t>(5, battery_percent_ - 1);
    said.battery_percent = battery_percent_;
    client_.command(place_.march, said, {});
}

sdk::Callbacks SimulatedPerson::callbacks() {
    sdk::Callbacks all;
    all.on_snapshot = [this](const sdk::FeedName&) { orders_heard_ = true; };
    all.on_item = [this](const sdk::FeedItem& item) {
        const sdk::Change change = item.change();
        const bool asks = std::holds_alternative<sdk::OrderIssued>(change) ||
                          std::holds_alternative<sdk::ReceiptsMoved>(change);
        orders_heard_ = orders_heard_ || asks;
    };
    return all;
}

void SimulatedPerson::answer_orders(sdk::UtcMs now) {
    if (!orders_heard_ || client_.unanswered_commands() > 0) return;
    if (answer_at_ == 0) answer_at_ = now + between(chance_, 0, answer_within);
    if (now < answer_at_) return;
    orders_heard_ = false;
    answer_at_ = 0;
    const auto march = client_.march(feed_);
    if (!march || !march->self) return;
    for (const sdk::Order& order : march->orders) {
        const sdk::Receipt* own = order.receipt(march->self->person);
        if (own == nullptr || own->is_answered()) continue;
        if (order.kind == sdk::OrderKind::roll_call) {
            client_.command(place_.march, sdk::AnswerRollCall{order.number, 1, 0, sdk::HeardBy::none}, {});
        } else {
            client_.command(place_.march, sdk::Acknowledge{order.number, {}, 0, sdk::HeardBy::none}, {});
        }
    }
}

void SimulatedPerson::report(const Column& column, sdk::UtcMs now, sdk::Millis real_now) {
    if (!part_.has_gps || column.route.length_metres() <= 0 || now < next_report_ || real_now < next_report_real_)
        return;
    next_report_ = now + part_.report_every.count();
    next_report_real_ = real_now + report_every_real;
    const GpsOffset off = place_.noise.at(noise_at_++);
    const double off_metres = std::hypot(off.east, off.north);
    sdk::Fix fix;
    fix.at = shifted(column.route.at(own_metres(column)), off);
    fix.accuracy_metres = static_cast<std::uint32_t>(5 + std::lround(off_metres));
    fix.fix_at = now;
    client_.report_position(place_.march, {fix});
}

}  // namespace marchwire::cli
