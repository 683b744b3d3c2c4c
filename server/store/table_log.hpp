// The contract of event_log.hpp over plain tables: one queue, groups, answers after COMMIT, follows.
#pragma once

#include "store/call_queue.hpp"
#include "store/follow_register.hpp"
#include "store/tables.hpp"

#include <atomic>
#include <mutex>
#include <set>
#include <span>
#include <thread>

namespace marchwire::store {

/// An EventLog whose rules are here and whose rows are in Tables. What is queued is taken as one group
/// (limits::store_group_*), in the order of the calls, and answered in that order after one COMMIT. A call
/// after `stop()` is dropped without an answer: there is no thread left to give it.
class TableLog : public EventLog {
public:
    enum class Drive : std::uint8_t {
        own_thread,
        by_caller,  ///< nothing happens but in `run_some()`; for tests and simulation
    };
    TableLog(std::unique_ptr<Tables> tables, core::Level level, Drive drive, UtcMs last_alive = {});
    TableLog(const TableLog&) = delete;
    TableLog& operator=(const TableLog&) = delete;
    ~TableLog() override;

    void append(AppendRequest request, AppendDone done) override;
    void open(const LogId& log, OpenDone done) override;
    void read(const LogId& log, Seq from, std::size_t limit, ReadDone done) override;
    [[nodiscard]] std::unique_ptr<FollowToken> follow(const LogId& log, Seq from, Follow follow) override;
    void put_checkpoint(const LogId& log, Checkpoint checkpoint, Done done) override;
    void list(ListDone done) override;
    void shred(const LogId& log, ShredDone done) override;
    void read_keys(const LogId& log, std::vector<std::string> names, KeysDone done) override;
    void drop_keys(const LogId& log, std::vector<std::string> names, ShredDone done) override;
    void backup(const std::filesystem::path& file, BackupDone done) override;
    /// Any thread but the store's own. Again: does nothing.
    void stop() override;

    [[nodiscard]] bool healthy() const override { return healthy_; }
    [[nodiscard]] UtcMs last_alive() const override { return last_alive_; }
    void put_last_alive(UtcMs now) override { post(AliveCall{now}); }
    /// Drive::by_caller only: does one group on this thread. How many calls it answered; 0 when idle.
    std::size_t run_some();

private:
    /// After `stop()` dropped.
    void post(Call call) { (void)queue_.push(std::move(call)); }
    void run();
    void do_group(std::vector<Call>& calls);
    void finish();

    void do_call(AppendCall& call);
    void do_call(OpenCall& call);
    void do_call(ReadCall& call);
    void do_call(CheckpointCall& call);
    void do_call(ListCall& call);
    void do_call(ShredCall& call);
    void do_call(ReadKeysCall& call);
    void do_call(DropKeysCall& call);
    void do_call(BackupCall& call);
    void do_call(AliveCall& call);
    void do_call(FollowCall& call);
    void do_call(RefusedCall& call);

    [[nodiscard]] AppendOutcome appended(const AppendRequest& request);
    [[nodiscard]] AppendOutcome repaired(LogNumber log, const AppendRequest& request);
    [[nodiscard]] AppendRefused refused(LogNumber log, const AppendRequest& request, std::vector<KnownId> known);
    [[nodiscard]] bool is_in_log(LogNumber log, const Tip& tip);
    void look_up(LogNumber log, CommandId id, UtcMs now, std::vector<KnownId>& known);
    void scrub(std::vector<Call>& calls);
    void tell_follows(const std::vector<Call>& calls);
    void fail();
    /// One step of the backup that is being written, if any.
    void go_on_with_backup();
    void end_backup(base::Result<BackupMade> outcome);

    struct Backup {
        std::unique_ptr<TablesCopy> copy;
        BackupDone done;
        BackupMade made;
    };

    const std::unique_ptr<Tables> tables_;
    const core::Level level_;
    const Drive drive_;
    const UtcMs last_alive_;
    FollowRegister follows_;
    std::set<LogId> shredded_;      ///< and not made anew: none of them is repaired. At most the logs that there were
    std::optional<Backup> backup_;  ///< that is being written
    bool catching_up_ = false;      ///< some follow is behind: do not sleep
    std::atomic<bool> healthy_{true};

    CallQueue<Call> queue_{"Too much waits for the disk; try again."};
    std::once_flag stopped_;
    std::thread thread_;
};

}  // namespace marchwire::store
