// A store's tables in SQLite: one connection, on one thread at a time, that does all writes and all checkpoints.
#pragma once

#include "store/sqlite_statement.hpp"
#include "store/tables.hpp"

#include <filesystem>
#include <map>
#include <unordered_map>

namespace marchwire::store {

class SqliteTables final : public Tables {
public:
    enum class Mode : std::uint8_t {
        write,
        look,  ///< the file must exist; nothing is written, not even a checkpoint
    };
    /// The caller holds the directory's DataLock. `vfs` empty: SQLite's default. Refused with what is wrong
    /// with the file and what to do.
    [[nodiscard]] static base::Result<std::unique_ptr<SqliteTables>> open(const std::filesystem::path& file, Mode mode,
                                                                          const std::string& vfs);

    [[nodiscard]] std::optional<LogNumber> find(const LogId& log) override;
    [[nodiscard]] std::vector<LogId> logs() override;
    LogNumber create(const LogId& log) override;

    [[nodiscard]] Tip tip(LogNumber log) override;
    [[nodiscard]] std::optional<Tip> tip_at(LogNumber log, Seq seq) override;
    [[nodiscard]] Entries read(LogNumber log, Seq from, std::size_t limit) override;
    void add(LogNumber log, const std::vector<StoredEntry>& entries) override;

    [[nodiscard]] std::uint64_t highest_counter(LogNumber log, base::DeviceId device) override;
    [[nodiscard]] std::optional<RememberedId> remembered(LogNumber log, CommandId id) override;
    void remember(LogNumber log, const IdRecord& id, UtcMs now) override;

    [[nodiscard]] Checkpoint checkpoint(LogNumber log) override;
    [[nodiscard]] Seq checkpoint_seq(LogNumber log) override;
    void put_checkpoint(LogNumber log, const Checkpoint& checkpoint) override;
    void put_last_alive(UtcMs now) override;
    [[nodiscard]] std::optional<StoredKey> key(LogNumber log, const std::string& name) override;
    void put_key(LogNumber log, const StoredKey& key) override;
    [[nodiscard]] bool drop_key(LogNumber log, const std::string& name) override;
    [[nodiscard]] UtcMs last_alive();

    void remove(LogNumber log) override;
    /// What was deleted is overwritten (secure_delete), the WAL emptied and the file made anew (VACUUM). Takes a copy
    /// of all that is stored, on the disk and in memory, and as long as that takes.
    [[nodiscard]] std::string scrub(Scrub what) override;

    /// The tables' file as it is after the last COMMIT, in pieces of limits::backup_step_pages.
    [[nodiscard]] base::Result<std::unique_ptr<TablesCopy>> begin_copy(const std::filesystem::path& file) override;

    [[nodiscard]] bool commit() override;
    /// Empties the WAL when it is long: that syncs the database, which takes as long as several COMMITs.
    void tidy() override;
    [[nodiscard]] std::string failure() const override { return failure_; }
    void close() override;

private:
    struct OneLog {
        LogId id;
        Tip tip;
        std::unordered_map<base::DeviceId, std::uint64_t> highest;  ///< of the devices asked for so far
    };
    struct Statements {
        Statement begin, commit, rollback;
        Statement add_log, add_entry, read_entries, read_tip;
        Statement add_id, find_id, highest_counter, forget_ids;
        Statement put_checkpoint, checkpoint, checkpoint_seq, put_meta, read_meta;
        Statement drop_log, drop_entries, drop_ids, drop_checkpoint, drop_keys;
        Statement key, put_key, drop_key;
    };

    explicit SqliteTables(Mode mode) : mode_(mode) {}
    [[nodiscard]] base::Result<void> connect(const std::filesystem::path& file, const std::string& vfs);
    [[nodiscard]] base::Result<void> prepare();
    [[nodiscard]] base::Result<void> load_logs();
    [[nodiscard]] base::Refusal broken(const std::string& what) const;

    [[nodiscard]] OneLog& at(LogNumber log) { return logs_.at(log); }
    void begin_write();
    /// The WAL's frames into the database, and the WAL's file to nothing. SQLITE_BUSY: not all of it.
    [[nodiscard]] int empty_wal();
    /// Notes the first error; it is final.
    void check(int code, const char* what);
    void strike_failed_commit();

    const Mode mode_;
    std::string vfs_;  ///< of the file and its copies
    std::filesystem::path file_;
    Connection connection_;
    Statements sql_;  // after the connection: statements go first
    std::unordered_map<LogId, LogNumber> numbers_;
    std::map<LogNumber, OneLog> logs_;
    bool in_group_ = false;
    int wal_frames_ = 0;  ///< committed frames in the WAL, told by SQLite at each COMMIT
    std::string failure_;
};

}  // namespace marchwire::store
