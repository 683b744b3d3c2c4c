// What a store keeps, as plain tables: the rules of the contract stand above it (table_log.hpp), memory and
// SQLite below it.
#pragma once

#include "store/event_log.hpp"

#include <filesystem>
#include <memory>
#include <optional>

namespace marchwire::store {

/// A log's number in its tables, from 1.
using LogNumber = std::int64_t;

struct RememberedId {
    std::uint64_t content_hash = 0;
    Tip answered;
    UtcMs at;
};

enum class Copied : std::uint8_t { in_part, wholly };

/// A copy of tables that is being written, on their thread. Gone before they are closed.
class TablesCopy {
public:
    virtual ~TablesCopy() = default;
    /// Writes some more of it. A refusal is final: UNAVAILABLE, with what is wrong with the file.
    [[nodiscard]] virtual base::Result<Copied> step() = 0;
};

/// One thread. Writes belong to an open group and count only after `commit()` said true. A disk error makes
/// reads come back empty and `commit()` say false; it is final, and `failure()` says what it was.
class Tables {
public:
    virtual ~Tables() = default;

    [[nodiscard]] virtual std::optional<LogNumber> find(const LogId& log) = 0;
    [[nodiscard]] virtual std::vector<LogId> logs() = 0;
    /// Makes an empty log that does not exist yet.
    virtual LogNumber create(const LogId& log) = 0;

    [[nodiscard]] virtual Tip tip(LogNumber log) = 0;
    [[nodiscard]] virtual std::optional<Tip> tip_at(LogNumber log, Seq seq) = 0;
    /// In order from `from`, at most `limit` entries and limits::log_page_bytes.
    [[nodiscard]] virtual Entries read(LogNumber log, Seq from, std::size_t limit) = 0;
    /// Entries follow the tip, without a gap but before that of a repair.
    virtual void add(LogNumber log, const std::vector<StoredEntry>& entries) = 0;

    /// 0 when nothing of the device is remembered.
    [[nodiscard]] virtual std::uint64_t highest_counter(LogNumber log, base::DeviceId device) = 0;
    [[nodiscard]] virtual std::optional<RememberedId> remembered(LogNumber log, CommandId id) = 0;
    /// Also forgets, sooner or later, what fell out of the device's window.
    virtual void remember(LogNumber log, const IdRecord& id, UtcMs now) = 0;

    /// Zero tip and empty when there is none.
    [[nodiscard]] virtual Checkpoint checkpoint(LogNumber log) = 0;
    /// Of the stored checkpoint; 0 when there is none.
    [[nodiscard]] virtual Seq checkpoint_seq(LogNumber log) = 0;
    virtual void put_checkpoint(LogNumber log, const Checkpoint& checkpoint) = 0;
    virtual void put_last_alive(UtcMs now) = 0;

    [[nodiscard]] virtual std::optional<StoredKey> key(LogNumber log, const std::string& name) = 0;
    virtual void put_key(LogNumber log, const StoredKey& key) = 0;
    /// False: it was not there.
    [[nodiscard]] virtual bool drop_key(LogNumber log, const std::string& name) = 0;

    /// Takes the log and all that is kept of it out of the tables.
    virtual void remove(LogNumber log) = 0;
    /// Behind the commit of a removal: no file holds what was removed any more. Else why not; "" when it is done.
    enum class Scrub : std::uint8_t { keys, logs };
    [[nodiscard]] virtual std::string scrub(Scrub what) = 0;

    /// Begins a copy in an empty file of the caller's. What is committed before its last step is in it.
    /// INVALID_ARGUMENT when these tables are in no file, UNAVAILABLE when that one cannot be opened.
    [[nodiscard]] virtual base::Result<std::unique_ptr<TablesCopy>> begin_copy(const std::filesystem::path& file) = 0;

    [[nodiscard]] virtual bool commit() = 0;
    /// What no answer has to wait for: called when those of a group are out. What goes wrong is told by `failure()`.
    virtual void tidy() = 0;
    /// "" while all is well.
    [[nodiscard]] virtual std::string failure() const = 0;
    /// The last call, on the thread of all others.
    virtual void close() = 0;
};

}  // namespace marchwire::store
