// A log that does not hold what its desk stands on: how that is found out, and what becomes of the desk.
#include "base/limits.hpp"
#include "base/log.hpp"
#include "shard/log_desk.hpp"
#include "shard/log_repair.hpp"

#include <deque>
#include <utility>

namespace marchwire::shard {

namespace limits = base::limits;
using base::Refusal;
using base::RefusalCode;

template <class State>
void LogDesk<State>::check_history() {
    // A log that was shredded is to be gone.
    if (committed_.is_shredded()) return;
    // A group that is on its way finds out by itself.
    if (flying_ || standing_ != Standing::whole || committed_.tip.seq.value == 0) return;
    place_.log.read(place_.id, committed_.tip.seq, 1,
                    [weak = this->weak_from_this(), home = place_.mailbox, asked = committed_.tip](auto read) {
                        home.post([weak, asked, read = std::move(read)] {
                            if (const auto self = weak.lock()) self->on_checked(asked, read);
                        });
                    });
}

template <class State>
void LogDesk<State>::on_checked(const base::Tip& asked, const base::Result<store::Entries>& read) {
    if (flying_ || standing_ != Standing::whole) return;
    const bool gone = read ? read->empty() || read->front().tip != asked : read.error().code == RefusalCode::not_found;
    if (gone) doubt({});
}

template <class State>
void LogDesk<State>::doubt(Group group) {
    base::log_error("history_doubted", "log={} seq={}", place_.id.text(), committed_.tip.seq.value);
    standing_ = Standing::doubted;
    seconds_doubted_ = 0;
    heard_.clear();
    const Refusal why = being_read();
    fail(std::move(group), why);
    std::deque<Asked> waiting = std::exchange(queue_, {});
    for (const Asked& asked : waiting) answer(asked, why);
    audience_.history_doubted();
    find();
}

template <class State>
void LogDesk<State>::second() {
    if (standing_ == Standing::changed) return;
    if (standing_ == Standing::whole) return check_now_and_then();
    ++seconds_doubted_;
    if (standing_ != Standing::doubted) return;
    audience_.history_doubted();
    find();
}

/// At once when the store has been away: then it may have come back with less.
template <class State>
void LogDesk<State>::check_now_and_then() {
    if (!follow_) return;  // nothing is lost of a store that this server has alone
    constexpr auto every = limits::bus_tail_check_every.value / limits::session_tick.value;
    const bool heard = std::exchange(hears_, place_.log.hears());
    if (!hears_ || (heard && ++seconds_unchecked_ < every)) return;
    seconds_unchecked_ = 0;
    check_history();
}

template <class State>
void LogDesk<State>::find() {
    standing_ = Standing::searched;
    const bool nobodys = seconds_doubted_ * limits::session_tick.value >= limits::repair_wait.value;
    // On a store that this server has alone nobody else would repair it, and nothing is lost while it runs.
    const RepairTurn turn = !follow_ || nobodys   ? RepairTurn::nobodys
                            : audience_.repairs() ? RepairTurn::ours
                                                  : RepairTurn::others;
    find_log(place_, committed_, vault_, footprints_, turn, [weak = this->weak_from_this()](const FoundLog& found) {
        if (const auto self = weak.lock()) self->on_found(found);
    });
}

template <class State>
void LogDesk<State>::on_found(const FoundLog& found) {
    using Verdict = FoundLog::Verdict;
    standing_ = Standing::doubted;
    if (found.verdict == Verdict::repaired) {
        count(place_.counters.repairs);
        core::apply(committed_, *found.repair, found.digest);
        footprints_.add(committed_.tip, {}, 0);
        audience_.stored(*found.repair, found.digest);
        audience_.group_stored();
        go_on();
    } else if (found.verdict == Verdict::goes_on && apply_missed(found.next)) {
        go_on();
    } else if (found.verdict == Verdict::shredded) {
        base::log_info("history_ended", "log={} seq={}", place_.id.text(), committed_.tip.seq.value);
        standing_ = Standing::changed;
        audience_.history_ended();
    } else if (found.verdict != Verdict::later) {
        base::log_error("history_changed", "log={} seq={}", place_.id.text(), committed_.tip.seq.value);
        standing_ = Standing::changed;
        audience_.history_changed();
    }
    tell_quiet();
}

template <class State>
void LogDesk<State>::go_on() {
    draft_ = committed_;
    standing_ = Standing::whole;
    hear_from_here();
}

template void LogDesk<core::MarchState>::check_history();
template void LogDesk<core::CampaignState>::check_history();
template void LogDesk<core::MarchState>::on_checked(const base::Tip&, const base::Result<store::Entries>&);
template void LogDesk<core::CampaignState>::on_checked(const base::Tip&, const base::Result<store::Entries>&);
template void LogDesk<core::MarchState>::doubt(Group);
template void LogDesk<core::CampaignState>::doubt(Group);
template void LogDesk<core::MarchState>::second();
template void LogDesk<core::CampaignState>::second();
template void LogDesk<core::MarchState>::check_now_and_then();
template void LogDesk<core::CampaignState>::check_now_and_then();
template void LogDesk<core::MarchState>::find();
template void LogDesk<core::CampaignState>::find();
template void LogDesk<core::MarchState>::on_found(const FoundLog&);
template void LogDesk<core::CampaignState>::on_found(const FoundLog&);
template void LogDesk<core::MarchState>::go_on();
template void LogDesk<core::CampaignState>::go_on();

}  // namespace marchwire::shard
