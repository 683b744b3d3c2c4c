// The rules of the contract: what is appended, what is refused, what is known of an id.
#include "base/limits.hpp"
#include "store/table_log.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace marchwire::store {

namespace limits = base::limits;

namespace {

/// Without looking at what is remembered: counters of more than 63 bits are nobody's honest count, and a
/// table keeps signed numbers.
bool is_below_window(std::uint64_t counter, std::uint64_t highest) {
    return counter >> 63 != 0 || (highest > counter && highest - counter >= limits::id_window);
}

}  // namespace

void TableLog::do_call(AppendCall& call) { call.outcome = appended(call.request); }

AppendOutcome TableLog::appended(const AppendRequest& request) {
    if (auto refusal = objection(request)) return *std::move(refusal);
    auto log = tables_->find(request.log);
    if (request.repair && shredded_.contains(request.log)) return no_such_log(request.log);
    if (request.repair) return repaired(log ? *log : tables_->create(request.log), request);
    if (request.new_log) {
        if (log) return log_exists(request.log);
        log = tables_->create(request.log);
        shredded_.erase(request.log);
    }
    if (!log) return no_such_log(request.log);

    std::vector<KnownId> known;
    for (const auto& id : request.ids) look_up(*log, id.id, request.now, known);
    const bool id_is_known = !known.empty();
    for (const auto& id : request.lookups) look_up(*log, id, request.now, known);
    if (id_is_known || tables_->tip(*log) != request.expected) return refused(*log, request, std::move(known));

    tables_->add(*log, request.entries);
    for (const auto& key : request.keys) tables_->put_key(*log, key);
    for (const auto& id : request.ids) {
        if (id.id) tables_->remember(*log, id, request.now);
    }
    return Appended{level_, std::move(known)};
}

AppendOutcome TableLog::repaired(LogNumber log, const AppendRequest& request) {
    if (tables_->tip(log) != request.expected) {
        return AppendRefused{tables_->tip(log), is_in_log(log, request.expected), {}, {}};
    }
    tables_->add(log, request.entries);
    for (const auto& id : request.ids) tables_->remember(log, id, request.now);
    for (const auto& key : request.keys) tables_->put_key(log, key);
    tables_->put_checkpoint(log, *request.repair);
    return Appended{level_, {}};
}

AppendRefused TableLog::refused(LogNumber log, const AppendRequest& request, std::vector<KnownId> known) {
    AppendRefused answer;
    answer.tip = tables_->tip(log);
    answer.known = std::move(known);
    answer.expected_is_in_log = is_in_log(log, request.expected);
    if (answer.expected_is_in_log && answer.tip != request.expected) {
        answer.missed = tables_->read(log, request.expected.seq.next(), limits::replay_window_entries);
    }
    return answer;
}

bool TableLog::is_in_log(LogNumber log, const Tip& tip) {
    if (!tip.seq) return tip == Tip{};
    return tables_->tip_at(log, tip.seq) == tip;
}

void TableLog::look_up(LogNumber log, CommandId id, UtcMs now, std::vector<KnownId>& known) {
    if (!id) return;
    const std::uint64_t highest = tables_->highest_counter(log, id.device);
    if (is_below_window(id.counter, highest)) {
        known.push_back({id, KnownId::Standing::below_window, 0, {}});
        return;
    }
    if (id.counter > highest) return;
    const auto found = tables_->remembered(log, id);
    if (!found) return;
    if (now - found->at > limits::id_age) {
        known.push_back({id, KnownId::Standing::below_window, 0, {}});
    } else {
        known.push_back({id, KnownId::Standing::known, found->content_hash, found->answered});
    }
}

void TableLog::do_call(OpenCall& call) {
    const auto log = tables_->find(call.log);
    if (!log) {
        call.outcome = no_such_log(call.log);
        return;
    }
    call.outcome = OpenedLog{tables_->tip(*log), tables_->checkpoint(*log)};
}

void TableLog::do_call(ReadCall& call) {
    const auto log = tables_->find(call.log);
    if (!log) {
        call.outcome = no_such_log(call.log);
        return;
    }
    call.outcome = tables_->read(*log, std::max(call.from, Seq{1}), call.limit);
}

void TableLog::do_call(CheckpointCall& call) {
    const auto log = tables_->find(call.log);
    if (!log) {
        call.outcome = no_such_log(call.log);
    } else if (auto refusal = objection(call.checkpoint)) {
        call.outcome = *std::move(refusal);
    } else if (call.checkpoint.tip.seq >= tables_->checkpoint_seq(*log)) {
        tables_->put_checkpoint(*log, call.checkpoint);
    }
}

void TableLog::do_call(ListCall& call) { call.outcome = tables_->logs(); }

void TableLog::do_call(ShredCall& call) {
    const auto log = tables_->find(call.log);
    if (!log) {
        call.outcome = no_such_log(call.log);
        return;
    }
    tables_->remove(*log);
    shredded_.insert(call.log);
    call.outcome = Shredded{};
}

void TableLog::do_call(ReadKeysCall& call) {
    std::vector<StoredKey> found;
    const auto log = tables_->find(call.log);
    for (const auto& name : call.names) {
        if (auto key = log ? tables_->key(*log, name) : std::nullopt) found.push_back(*std::move(key));
    }
    call.outcome = std::move(found);
}

void TableLog::do_call(DropKeysCall& call) {
    const auto log = tables_->find(call.log);
    if (!log) {
        call.outcome = no_such_log(call.log);
        return;
    }
    for (const auto& name : call.names) call.dropped += tables_->drop_key(*log, name) ? 1U : 0U;
    call.outcome = Shredded{};
}

/// Answered when it is written.
void TableLog::do_call(BackupCall& call) {
    if (backup_) {
        call.outcome = base::refuse(base::RefusalCode::conflict, "",
                                    "A backup is being written already: wait until that one is done.");
        return;
    }
    auto copy = tables_->begin_copy(call.file);
    if (!copy) {
        call.outcome = copy.error();
        return;
    }
    backup_ = Backup{*std::move(copy), std::exchange(call.done, nullptr), {}};
}

void TableLog::do_call(AliveCall& call) { tables_->put_last_alive(call.now); }
void TableLog::do_call(FollowCall& call) { follows_.add(call.follow); }
// Its answer was settled when it was queued.
void TableLog::do_call(RefusedCall&) {}

}  // namespace marchwire::store
