// The wheel of a shard.
#include "shard/timer_wheel.hpp"

#include "base/limits.hpp"

#include <algorithm>

namespace marchwire::shard {
namespace {

constexpr std::int64_t tooth_ms = base::limits::session_tick.value;

}  // namespace

void TimerWheel::set(fanout::Slot slot, base::UtcMs at) {
    if (slot >= tooth_of_.size()) tooth_of_.resize(slot + 1UL);
    const std::int64_t tooth = std::max(turned_to_ + 1, (at.value + tooth_ms - 1) / tooth_ms);
    std::int64_t& mine = tooth_of_[slot];
    if (mine != 0 && mine <= tooth) return;
    mine = tooth;
    wheel_[static_cast<std::size_t>(tooth) % teeth].push_back({slot, tooth});
}

void TimerWheel::forget(fanout::Slot slot) {
    if (slot < tooth_of_.size()) tooth_of_[slot] = 0;
}

std::vector<fanout::Slot> TimerWheel::take_due(base::UtcMs now) {
    std::vector<fanout::Slot> due;
    const std::int64_t until = now.value / tooth_ms;
    // After a long pause one turn has every tooth.
    turned_to_ = std::max(turned_to_, until - static_cast<std::int64_t>(teeth));
    while (turned_to_ < until) {
        ++turned_to_;
        std::vector<Entry>& tooth = wheel_[static_cast<std::size_t>(turned_to_) % teeth];
        std::erase_if(tooth, [&](const Entry& entry) {
            if (tooth_of_[entry.slot] != entry.tooth) return true;  // replaced, forgotten or due already
            if (entry.tooth > until) return false;                  // comes round again
            tooth_of_[entry.slot] = 0;
            due.push_back(entry.slot);
            return true;
        });
    }
    return due;
}

}  // namespace marchwire::shard
