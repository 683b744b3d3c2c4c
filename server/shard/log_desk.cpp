// The desk of one log: see log_desk.hpp for the scheme of draft and committed.
#include "shard/log_desk.hpp"

#include "base/limits.hpp"
#include "base/log.hpp"
#include "core/chain.hpp"
#include "shard/answers.hpp"
#include "wire/codec.hpp"

#include <algorithm>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <utility>

namespace marchwire::shard {

namespace limits = base::limits;
using base::Refusal;
using base::RefusalCode;

template <class State>
LogDesk<State>::LogDesk(DeskPlace place, State state, Vault vault, Audience<State>& audience)
    : place_(std::move(place)),
      chain_key_(place_.chain_key),
      committed_(std::move(state)),
      draft_(committed_),
      vault_(std::move(vault)),
      audience_(audience) {
    draw_keys();
}

/// Of a new log, or of one of a version that sealed nothing.
template <class State>
void LogDesk<State>::draw_keys() {
    if constexpr (std::is_same_v<State, core::MarchState>) {
        const bool over = core::forgotten_at(committed_, core::SealedClass::places) ||
                          core::forgotten_at(committed_, core::SealedClass::restricted);
        if (!over) keys_unstored_ = vault_.draw_missing();
    }
}

template <class State>
store::Checkpoint LogDesk<State>::checkpoint() const {
    return {committed_.tip, vault_.seal_checkpoint(wire::encode_checkpoint(committed_))};
}

// ---- taking commands ---------------------------------------------------------------------------

template <class State>
void LogDesk<State>::submit(Asked asked) {
    if (auto refusal = refused_unseen(asked)) {
        answer(asked, std::move(*refusal));
        return;
    }
    queue_.push_back(std::move(asked));
    pump();
}

template <class State>
std::optional<Refusal> LogDesk<State>::refused_unseen(const Asked& asked) const {
    if (closed_) return not_now("The server is going down: send the same command again after you have reconnected.");
    if (standing_ != Standing::whole) return being_read();
    if (is_machine(asked.actor) && !asked.command.id) return std::nullopt;
    if (!asked.command.id) return base::invalid("id", "Give the command a device and a counter above 0.");
    const auto made_at = asked.command.made_at;
    if (made_at && place_.clock.now() - made_at > limits::id_age) {
        return expired("Made more than 24 hours ago: look whether it still holds and make it anew.");
    }
    if (queue_.size() >= limits::desk_queue_commands) {
        return not_now("Too many commands wait for this march: send the same command again.");
    }
    return std::nullopt;
}

template <class State>
void LogDesk<State>::pump() {
    while (!flying_ && !gathering_ && !queue_.empty()) {
        if (groups_to_gather_ > 0) return gather();
        decide_and_append(take_group());
    }
}

template <class State>
void LogDesk<State>::gather() {
    --groups_to_gather_;
    gathering_ = true;
    in_a_moment(&LogDesk::end_gathering);
}

template <class State>
void LogDesk<State>::end_gathering() {
    gathering_ = false;
    if (!queue_.empty()) decide_and_append(take_group());
    pump();
    tell_quiet();
}

template <class State>
auto LogDesk<State>::take_group() -> Group {
    Group group;
    top_up(group);
    return group;
}

template <class State>
void LogDesk<State>::top_up(Group& group) {
    const auto is_large = [](const Asked& asked) {
        return std::holds_alternative<core::ImportRoute>(asked.command.body);
    };
    if (!group.commands.empty() && is_large(group.commands.front().asked)) return;
    while (!queue_.empty() && group.commands.size() < limits::group_commands) {
        // A route is as large as a thousand check-ins: it travels alone.
        const bool large = is_large(queue_.front());
        if (large && !group.commands.empty()) break;
        Decided one;
        one.asked = std::move(queue_.front());
        queue_.pop_front();
        group.commands.push_back(std::move(one));
        if (large) break;
    }
}

// ---- deciding ----------------------------------------------------------------------------------

template <class State>
void LogDesk<State>::decide_and_append(Group group) {
    store::AppendRequest request = decide_group(group);
    if (request.entries.empty() && (request.lookups.empty() || request.new_log)) {
        // All refused, on what is stored, and there is nothing to look up.
        for (const Decided& one : group.commands) {
            answer(one.asked, one.refusal ? *one.refusal : *group.commands[*one.twin_of].refusal);
        }
        return;
    }
    count(place_.counters.append_tries);
    flying_ = std::move(group);
    place_.log.append(std::move(request), [weak = this->weak_from_this(), home = place_.mailbox](auto outcome) {
        home.post([weak, outcome = std::move(outcome)]() mutable {
            if (const auto self = weak.lock()) self->on_outcome(std::move(outcome));
        });
    });
}

template <class State>
void LogDesk<State>::leave_prints(const core::Entry& entry, std::uint64_t content_hash) {
    if (!follow_) return;
    footprints_.add(committed_.tip, entry.command, content_hash);
    for (const base::CommandId& id : entry.also) footprints_.add(committed_.tip, id, 0);
}

// ---- what the store says -----------------------------------------------------------------------

template <class State>
void LogDesk<State>::on_outcome(store::AppendOutcome outcome) {
    Group group = std::move(*flying_);
    flying_.reset();
    const bool is_gone = !outcome && outcome.error().code == RefusalCode::not_found && committed_.tip.seq;
    if (is_gone && !committed_.is_shredded()) {
        doubt(std::move(group));  // the log itself is gone
    } else if (!outcome) {
        fail(std::move(group), outcome.error());
    } else if (const auto* appended = std::get_if<store::Appended>(&*outcome)) {
        on_appended(std::move(group), *appended);
    } else {
        on_refused(std::move(group), std::get<store::AppendRefused>(*outcome));
    }
    if (!flying_) apply_heard();
    pump();
    tell_quiet();
}

template <class State>
void LogDesk<State>::on_appended(Group group, const store::Appended& appended) {
    // The draft holds this group already: the next one is on its way while this one is told. Unless others have
    // appended behind it: on such a draft it would be refused.
    if (heard_.empty() || heard_.back().tip.seq <= draft_.tip.seq) pump();
    count(place_.counters.appends);
    keys_unstored_ = false;
    count(place_.counters.entries, group.entries.size());
    for (const Fresh& fresh : group.entries) {
        core::apply(committed_, fresh.entry, fresh.digest);
        leave_prints(fresh.entry, fresh.content_hash);
        audience_.stored(fresh.entry, fresh.digest);
    }
    if (!group.entries.empty()) audience_.group_stored();

    std::unordered_map<base::CommandId, const store::KnownId*> known;
    for (const store::KnownId& one : appended.known) known.emplace(one.id, &one);
    for (Decided& one : group.commands) {
        const bool differs = one.twin_of && one.refusal;
        if (differs) {
            answer(one.asked, std::move(*one.refusal));
            continue;
        }
        const Decided& decided = one.twin_of ? group.commands[*one.twin_of] : one;
        if (const auto found = known.find(one.asked.command.id); one.asked.command.id && found != known.end()) {
            answer_known(one, *found->second, appended.level);
        } else if (decided.refusal) {
            answer(one.asked, *decided.refusal);
        } else if (decided.known) {
            answer(one.asked, not_now("The log forgot this id while it was looked up: send the same command again."));
        } else {
            answer(one.asked, accepted(one.asked, decided.last, decided.made, appended.level));
        }
    }
}

template <class State>
void LogDesk<State>::on_refused(Group group, const store::AppendRefused& refused) {
    if (!refused.expected_is_in_log || !apply_missed(refused.missed)) {
        doubt(std::move(group));
        return;
    }
    draft_ = committed_;
    std::unordered_map<base::CommandId, bool> known;
    for (const store::KnownId& one : refused.known) known.emplace(one.id, true);
    for (Decided& one : group.commands) one.known = one.known || known.contains(one.asked.command.id);
    if (++group.tries >= limits::append_tries) {
        fail(std::move(group),
             not_now("Others write to this log faster than this server: send the same command again."));
        return;
    }
    if (!refused.missed.empty()) groups_to_gather_ = limits::groups_to_gather;
    const bool first = group.tries == 1;
    flying_ = std::move(group);
    if (first) return try_again();
    // Those who write at the same time would go on meeting: each waits for a moment of its own, and brings more.
    in_a_moment(&LogDesk::try_again);
}

template <class State>
void LogDesk<State>::in_a_moment(void (LogDesk::*then)()) {
    constexpr std::int64_t most = limits::append_moment.value * 1'000;
    const std::chrono::microseconds moment(std::uniform_int_distribution<std::int64_t>(0, most)(random_));
    place_.mailbox.post_after(moment, [weak = this->weak_from_this(), then] {
        if (const auto self = weak.lock()) (self.get()->*then)();
    });
}

template <class State>
void LogDesk<State>::try_again() {
    Group group = std::move(*flying_);
    flying_.reset();
    apply_heard();
    if (standing_ != Standing::whole) return fail(std::move(group), being_read());
    top_up(group);
    decide_and_append(std::move(group));
    pump();
    tell_quiet();
}

template <class State>
bool LogDesk<State>::apply_missed(const std::vector<store::StoredEntry>& missed) {
    // What follows is in the log, also before an entry that does not.
    const auto wrong = std::ranges::find_if_not(missed, [this](const auto& stored) { return apply_next(stored); });
    if (wrong != missed.begin()) audience_.group_stored();
    return wrong == missed.end();
}

template <class State>
bool LogDesk<State>::apply_next(const store::StoredEntry& stored) {
    auto entry = vault_.decode(stored.bytes);
    const bool follows = entry && entry->seq == committed_.tip.seq.next() &&
                         core::next_digest(chain_key_, committed_.tip.digest, entry->seq, stored.bytes) ==
                             stored.tip.digest;
    if (!follows) return false;
    core::apply(committed_, *entry, stored.tip.digest);
    leave_prints(*entry, 0);
    audience_.stored(*entry, stored.tip.digest);
    return true;
}

// ---- what others append ------------------------------------------------------------------------

template <class State>
void LogDesk<State>::follow(const std::vector<PastEntry>& recent) {
    remember(recent);
    hear_from_here();
}

template <class State>
void LogDesk<State>::remember(const std::vector<PastEntry>& recent) {
    footprints_ = {};
    for (const PastEntry& past : recent) {
        const base::Tip tip{past.entry.epoch, past.entry.seq, past.digest};
        footprints_.add(tip, past.entry.command, 0);
        for (const base::CommandId& id : past.entry.also) footprints_.add(tip, id, 0);
    }
}

template <class State>
void LogDesk<State>::hear_from_here() {
    follow_ = place_.log.follow(
        place_.id, committed_.tip.seq,
        [weak = this->weak_from_this(), home = place_.mailbox](const store::StoredEntry& stored) {
            home.post([weak, stored = store::StoredEntry(stored)]() mutable {
                if (const auto self = weak.lock()) self->hear(std::move(stored));
            });
        });
}

template <class State>
void LogDesk<State>::hear(store::StoredEntry stored) {
    if (standing_ != Standing::whole || stored.tip.seq <= committed_.tip.seq || committed_.is_shredded()) return;
    if (heard_.size() >= limits::replay_window_entries) {
        // A group that is on its way for so long comes back with what it missed; from there all is heard anew.
        heard_.clear();
        return hear_from_here();
    }
    heard_.push_back(std::move(stored));
    if (!flying_) apply_heard();
}

/// While nothing is on its way: draft and committed are the same.
template <class State>
void LogDesk<State>::apply_heard() {
    bool told = false;
    bool follows = true;
    while (!heard_.empty()) {
        const store::StoredEntry stored = std::move(heard_.front());
        heard_.pop_front();
        if (stored.tip.seq <= committed_.tip.seq) continue;  // our own, or told with a refusal
        follows = apply_next(stored);
        if (!follows) break;
        core::apply(draft_, vault_.decode(stored.bytes).value(), stored.tip.digest);
        told = true;
    }
    if (told) audience_.group_stored();
    if (!follows) doubt({});
}

template <class State>
void LogDesk<State>::fail(Group group, const Refusal& why) {
    // Nothing of the group is in the log: the draft goes back to what is.
    draft_ = committed_;
    Refusal refusal = why;
    if (refusal.code == RefusalCode::unavailable && refusal.retry_after_ms == 0) {
        refusal.retry_after_ms = limits::unavailable_retry.value;
    }
    for (const Decided& one : group.commands) answer(one.asked, refusal);
}

// ---- answers -----------------------------------------------------------------------------------

template <class State>
void LogDesk<State>::answer_known(Decided one, const store::KnownId& known, core::Level level) {
    if (known.standing == store::KnownId::Standing::below_window) {
        answer(one.asked, expired("Too old for this log to know whether it was taken: look, and make it anew."));
        return;
    }
    const bool other = known.content_hash != 0 && known.content_hash != one.asked.content_hash;
    if (other) {
        answer(one.asked, other_content());
        return;
    }
    if (!answer_names_something(one.asked.command.body)) {
        answer(one.asked, accepted(one.asked, known.answered, {}, level));
        return;
    }
    ++reads_;
    auto told = [weak = this->weak_from_this(), asked = std::move(one.asked), tip = known.answered, level](auto read) {
        const auto self = weak.lock();
        if (!self) return;
        --self->reads_;
        if (!read || read->empty()) {
            self->answer(asked, not_now("The answer could not be read again: send the same command again."));
        } else {
            const auto entry = wire::decode_stored(read->front().bytes);
            self->answer(asked, self->accepted(asked, tip, entry ? made_by(entry->event) : Made{}, level));
        }
        self->tell_quiet();
    };
    place_.log.read(place_.id, known.answered.seq, 1, [home = place_.mailbox, told = std::move(told)](auto read) {
        home.post([told, read = std::move(read)] { told(read); });
    });
}

template <class State>
base::Result<wire::Accepted> LogDesk<State>::accepted(const Asked& asked, const base::Tip& last, Made made,
                                                      core::Level level) const {
    if (asked.command.min_level > level) {
        Refusal refusal = not_now("Stored, but below the level that was asked for: send the same command again.");
        refusal.field = "min_level";
        refusal.current_value = std::to_string(last.epoch.value) + "/" + std::to_string(last.seq.value);
        return refusal;
    }
    wire::Accepted accepted{level, position_of(last), made.number, made.proposed};
    if constexpr (std::is_same_v<State, core::MarchState>) {
        auto restricted = core::restricted_answer(committed_, asked.command, {place_.clock.now(), asked.actor});
        if (!restricted) return restricted.error();
        accepted.restricted = *std::move(restricted);
    }
    return accepted;
}

template <class State>
void LogDesk<State>::answer(const Asked& asked, base::Result<wire::Accepted> outcome) {
    if (outcome) {
        count(place_.counters.accepted);
    } else {
        place_.counters.count_refusal(outcome.error().code);
    }
    asked.answer(std::move(outcome));
}

// ---- end and new beginning ---------------------------------------------------------------------

template <class State>
void LogDesk<State>::close(std::function<void()> quiet) {
    closed_ = true;
    when_quiet(std::move(quiet));
}

template <class State>
void LogDesk<State>::when_quiet(std::function<void()> quiet) {
    quiet_.push_back(std::move(quiet));
    tell_quiet();
}

template <class State>
void LogDesk<State>::tell_quiet() {
    if (!idle()) return;
    for (const auto& quiet : std::exchange(quiet_, {})) quiet();
}

template <class State>
void LogDesk<State>::restart(State state, Vault vault, const std::vector<PastEntry>& recent) {
    committed_ = std::move(state);
    draft_ = committed_;
    vault_ = std::move(vault);
    draw_keys();
    standing_ = Standing::whole;
    if (follow_) follow(recent);
}

template class LogDesk<core::MarchState>;
template class LogDesk<core::CampaignState>;

}  // namespace marchwire::shard
