// The store's thread: takes what is queued as one group, does it, commits, answers.
#include "store/table_log.hpp"

#include "base/limits.hpp"
#include "base/log.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace marchwire::store {

namespace limits = base::limits;

TableLog::TableLog(std::unique_ptr<Tables> tables, core::Level level, Drive drive, UtcMs last_alive)
    : tables_(std::move(tables)), level_(level), drive_(drive), last_alive_(last_alive) {
    if (drive_ == Drive::own_thread) thread_ = std::thread([this] { run(); });
}

TableLog::~TableLog() { TableLog::stop(); }

void TableLog::append(AppendRequest request, AppendDone done) {
    expect_consecutive(request);
    post(AppendCall{std::move(request), std::move(done)});
}

void TableLog::open(const LogId& log, OpenDone done) { post(OpenCall{log, std::move(done)}); }

void TableLog::read(const LogId& log, Seq from, std::size_t limit, ReadDone done) {
    post(ReadCall{log, from, limit, std::move(done)});
}

std::unique_ptr<FollowToken> TableLog::follow(const LogId& log, Seq from, Follow follow) {
    auto state = std::make_shared<FollowState>(log, from, std::move(follow));
    post(FollowCall{state});
    return token_of(std::move(state));
}

void TableLog::put_checkpoint(const LogId& log, Checkpoint checkpoint, Done done) {
    post(CheckpointCall{log, std::move(checkpoint), std::move(done)});
}

void TableLog::list(ListDone done) { post(ListCall{std::move(done)}); }

void TableLog::shred(const LogId& log, ShredDone done) { post(ShredCall{log, std::move(done)}); }

void TableLog::read_keys(const LogId& log, std::vector<std::string> names, KeysDone done) {
    post(ReadKeysCall{log, std::move(names), std::move(done)});
}

void TableLog::drop_keys(const LogId& log, std::vector<std::string> names, ShredDone done) {
    post(DropKeysCall{log, std::move(names), std::move(done)});
}

void TableLog::backup(const std::filesystem::path& file, BackupDone done) { post(BackupCall{file, std::move(done)}); }

void TableLog::stop() {
    std::call_once(stopped_, [this] {
        queue_.close();
        if (thread_.joinable()) {
            MARCHWIRE_INVARIANT(thread_.get_id() != std::this_thread::get_id());
            thread_.join();
        } else {
            finish();
        }
    });
}

void TableLog::run() {
    for (;;) {
        if (!catching_up_ && !backup_) queue_.wait();
        if (queue_.closed()) break;
        auto calls = queue_.take_group();
        do_group(calls);
        go_on_with_backup();
    }
    finish();
}

std::size_t TableLog::run_some() {
    MARCHWIRE_INVARIANT(drive_ == Drive::by_caller);
    auto calls = queue_.take_group();
    do_group(calls);
    go_on_with_backup();
    return calls.size();
}

void TableLog::do_group(std::vector<Call>& calls) {
    if (healthy_) {
        for (auto& call : calls) {
            std::visit([this](auto& one) { do_call(one); }, call);
        }
        if (!tables_->commit()) fail();
    }
    if (!healthy_) {
        const auto refusal = unavailable(
            "Not stored: the disk failed. Look at the disk of the data directory, then start the server again.");
        for (auto& call : calls) refuse_call(call, refusal);
        for (auto& call : calls) answer_call(call);
        return;
    }
    scrub(calls);
    tell_follows(calls);
    for (auto& call : calls) answer_call(call);
    tables_->tidy();
    if (healthy_ && !tables_->failure().empty()) fail();
}

void TableLog::go_on_with_backup() {
    if (!backup_) return;
    const auto begun = std::chrono::steady_clock::now();
    const auto copied = backup_->copy->step();
    const auto held = std::chrono::steady_clock::now() - begun;
    auto& longest = backup_->made.longest_step;
    longest = std::max(longest, std::chrono::duration_cast<std::chrono::microseconds>(held));
    if (!copied) return end_backup(copied.error());
    if (*copied == Copied::wholly) end_backup(backup_->made);
}

/// The copy's file is closed before anybody hears that it is there.
void TableLog::end_backup(base::Result<BackupMade> outcome) {
    if (!backup_) return;
    const BackupDone done = std::move(backup_->done);
    backup_.reset();
    done(std::move(outcome));
}

/// Once for all that the group has deleted.
void TableLog::scrub(std::vector<Call>& calls) {
    std::vector<base::Result<Shredded>*> waiting;
    auto what = Tables::Scrub::keys;
    for (auto& call : calls) {
        auto* shred = std::get_if<ShredCall>(&call);
        auto* drop = std::get_if<DropKeysCall>(&call);
        if (shred != nullptr && shred->outcome) {
            what = Tables::Scrub::logs;
            waiting.push_back(&shred->outcome);
        } else if (drop != nullptr && drop->outcome && drop->dropped != 0) {
            waiting.push_back(&drop->outcome);
        }
    }
    if (waiting.empty()) return;
    const std::string why = tables_->scrub(what);
    if (why.empty()) return;
    for (auto* outcome : waiting) *outcome = Shredded{Shredded::Files::not_done, why};
}

void TableLog::fail() {
    healthy_ = false;
    catching_up_ = false;
    end_backup(unavailable("The disk of the data directory failed: no backup was made."));
    base::log_error("store_failed", "reason=\"{}\"", tables_->failure());
}

void TableLog::finish() {
    end_backup(unavailable("The server is stopping: no backup was made."));
    const auto refusal = unavailable("Not stored: the server is stopping. Send the same again after the restart.");
    for (auto& call : queue_.take_all()) {
        refuse_call(call, refusal);
        answer_call(call);
    }
    tables_->close();
}

void TableLog::tell_follows(const std::vector<Call>& calls) {
    for (const auto& call : calls) {
        const auto* append = std::get_if<AppendCall>(&call);
        if (append == nullptr || !append->outcome || !std::holds_alternative<Appended>(*append->outcome)) continue;
        if (append->request.repair) {
            follows_.look_again(append->request.log);
        } else {
            follows_.tell(append->request.log, append->request.entries);
        }
    }
    const auto tip_of = [this](const LogId& log) {
        const auto number = tables_->find(log);
        return number ? tables_->tip(*number).seq : Seq{};
    };
    // One page each, so that a long way back does not hold up the appends.
    for (const auto& follow : follows_.behind(tip_of)) {
        const auto number = tables_->find(follow->log());
        for (const auto& entry : tables_->read(*number, follow->next(), limits::replay_window_entries)) {
            follow->tell_read(entry);
        }
    }
    catching_up_ = !follows_.behind(tip_of).empty();
    if (!tables_->failure().empty()) fail();
}

}  // namespace marchwire::store
