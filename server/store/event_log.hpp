// The ordered log of a march or campaign, as every store keeps it. The contract that all of them pass
// is tests/contract/event_log_contract.cpp.
#pragma once

#include "base/ids.hpp"
#include "base/outcome.hpp"
#include "base/units.hpp"
#include "core/command.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace marchwire::store {

using base::CommandId;
using base::Digest;
using base::LogId;
using base::Seq;
using base::Tip;
using base::UtcMs;

/// An entry as stored: opaque bytes with its place in the chain. Immutable once appended.
struct StoredEntry {
    Tip tip;  ///< this entry's own epoch, seq and digest
    std::string bytes;
};

/// A command's id with what it said, written atomically with the entries that it caused.
struct IdRecord {
    CommandId id;
    /// Over the command's content: the same id with another is INVALID_ARGUMENT. 0: not known (after a repair).
    std::uint64_t content_hash = 0;
    Tip answered;  ///< last entry that the command caused
};

/// What the log remembers of an id: not seen; answered before; or too old to know.
struct KnownId {
    enum class Standing : std::uint8_t { known, below_window };
    CommandId id;
    Standing standing = Standing::known;
    std::uint64_t content_hash = 0;
    Tip answered;
};

/// A fold of the log up to `tip`, so that opening does not replay it all. Opaque bytes.
struct Checkpoint {
    Tip tip;
    std::string bytes;
};

/// A key of what the log keeps sealed, under a key that no store has: whoever deletes it has deleted what it sealed.
struct StoredKey {
    std::string name;     ///< at most limits::stored_key_bytes, as `wrapped`
    std::string wrapped;  ///< opaque
    bool operator==(const StoredKey&) const = default;
};

/// One group: decided on `expected`, stored whole or not at all.
struct AppendRequest {
    LogId log;
    Tip expected;                      ///< the log's tip that the group was decided on
    std::vector<StoredEntry> entries;  ///< consecutive from expected.seq + 1; may be empty (ids only)
    std::vector<IdRecord> ids;         ///< of the accepted commands: looked up and, when fresh, remembered
    std::vector<CommandId> lookups;    ///< of the refused ones: looked up only
    std::vector<StoredKey> keys;       ///< kept in the same step, in place of those of their names
    UtcMs now;                         ///< remembered with the ids: they live limits::id_age
    bool new_log = false;              ///< true: the log must not exist yet (expected is the zero tip)
    /// A repair: the log was found cut, with `expected` as its tip (the zero tip: it is gone, and is made anew). Its
    /// one entry bears a higher epoch and a seq beyond what was lost, and this is the state after it, kept in the same
    /// step. Ids are remembered without being looked up. Refused, telling nothing as missed, when the tip is another.
    std::optional<Checkpoint> repair;
};

/// Stored, at this level. `known` answers lookups (never ids: a known one refuses the group).
struct Appended {
    core::Level level = core::Level::none;
    std::vector<KnownId> known;
};
/// Nothing was stored: the log's tip is another, or an id of the group was known. `missed` are the
/// entries after `expected` (at most limits::replay_window_entries; empty when `expected` is not in
/// the log), `known` what is remembered of ids and lookups.
struct AppendRefused {
    Tip tip;
    bool expected_is_in_log = true;
    std::vector<StoredEntry> missed;
    std::vector<KnownId> known;
};
/// NOT_FOUND (no such log), CONFLICT (new_log and it exists), UNAVAILABLE (not stored; nothing of it
/// will appear later; the same request is safe again; of Redis: see redis_log.hpp), TOO_LARGE.
using AppendOutcome = base::Result<std::variant<Appended, AppendRefused>>;

/// What opening gives: the newest checkpoint (tip.seq 0 and empty when there is none) and the tip.
struct OpenedLog {
    Tip tip;
    Checkpoint checkpoint;
};

/// Entries `from` .. in order, at most `limit` and at most 4 MiB of bytes; empty when `from` is
/// beyond the tip.
using Entries = std::vector<StoredEntry>;

/// What became of the bytes of a log that was shredded, or of keys that were dropped. No call finds them any more,
/// whichever it is.
struct Shredded {
    enum class Files : std::uint8_t {
        rewritten,  ///< no file of this store holds them
        asked,      ///< Redis was asked to write its file anew, and does so behind this answer
        not_done,   ///< a file may hold them still: `why`
    };
    Files files = Files::rewritten;
    std::string why;
};

/// A file holds all that is stored.
struct BackupMade {
    std::chrono::microseconds longest_step{};  ///< other calls were held up by its writing so long at most, each
};

using AppendDone = std::function<void(AppendOutcome)>;
using OpenDone = std::function<void(base::Result<OpenedLog>)>;
using KeysDone = std::function<void(base::Result<std::vector<StoredKey>>)>;
using ReadDone = std::function<void(base::Result<Entries>)>;
using ShredDone = std::function<void(base::Result<Shredded>)>;
using BackupDone = std::function<void(base::Result<BackupMade>)>;
using ListDone = std::function<void(base::Result<std::vector<LogId>>)>;
using Done = std::function<void(base::Result<void>)>;
using Follow = std::function<void(const StoredEntry&)>;

/// Ends its follow when destroyed; after that the callback is not called again.
class FollowToken {
public:
    virtual ~FollowToken() = default;
};

/// Thread rules: every method may be called on any thread and returns at once; its answer is called
/// exactly once, later, on the store's own thread, never from inside the call. Answers of one log come
/// in the order of the calls. After `stop()` pending calls are answered UNAVAILABLE.
///
/// Guarantees: an append is whole or absent, also after a crash at any instant; once answered
/// Appended it is in every later read, open and append until the machine loses its disk (level SYNCED).
class EventLog {
public:
    virtual ~EventLog() = default;

    virtual void append(AppendRequest request, AppendDone done) = 0;
    /// Opens (and reads the tip of) a log; NOT_FOUND when it was never created by an append with new_log.
    virtual void open(const LogId& log, OpenDone done) = 0;
    virtual void read(const LogId& log, Seq from, std::size_t limit, ReadDone done) = 0;
    /// Calls back for each entry appended by anybody after `from`, in order, none twice, none left out but those that a
    /// repair found lost.
    [[nodiscard]] virtual std::unique_ptr<FollowToken> follow(const LogId& log, Seq from, Follow follow) = 0;
    /// Keeps the newest checkpoint of a log; an older one than the stored is ignored.
    virtual void put_checkpoint(const LogId& log, Checkpoint checkpoint, Done done) = 0;
    virtual void list(ListDone done) = 0;
    /// Those of these keys that are there; none of a log that is not.
    virtual void read_keys(const LogId& log, std::vector<std::string> names, KeysDone done) = 0;
    /// Deletes those that are there, also from files. NOT_FOUND when there is no such log.
    virtual void drop_keys(const LogId& log, std::vector<std::string> names, ShredDone done) = 0;
    /// Deletes all that is kept of a log, also from files and lists. NOT_FOUND when it is not there. From then on the
    /// name is free for an append with new_log, and a repair of what was is NOT_FOUND (for limits::shred_marked).
    virtual void shred(const LogId& log, ShredDone done) = 0;
    /// Writes all that is stored to `file`, an empty one that the caller has made: as it stands at one moment between
    /// this call and its answer, with all that was answered before the call. Other calls are done between its pieces.
    /// A store of this kind opens it; who wants it to be kept has it synced (store/backup_file.hpp). INVALID_ARGUMENT,
    /// saying what to do instead, where nothing is in a file of this store; CONFLICT while another one is written;
    /// UNAVAILABLE when it cannot be written.
    virtual void backup(const std::filesystem::path& file, BackupDone done) = 0;

    /// False for good after a write that failed (SQLite), or while the link is down (Redis): calls are UNAVAILABLE.
    /// Any thread.
    [[nodiscard]] virtual bool healthy() const = 0;
    /// What others append is heard now, and all that they had appended while it was not has been told. Always, where
    /// nobody else appends. Any thread.
    [[nodiscard]] virtual bool hears() const { return true; }
    /// `done` once what others had appended by now has been told to whoever follows it. At once, where nobody else
    /// appends. For a host who moves the clock.
    virtual void catch_up(const std::function<void()>& done) { done(); }
    /// When a server last ran on what is stored, as read at opening; 0: never, or nothing of it was kept.
    [[nodiscard]] virtual UtcMs last_alive() const = 0;
    /// Remembers that one runs now. Any thread; not answered.
    virtual void put_last_alive(UtcMs now) = 0;

    /// No further calls are taken; returns when the store's thread has ended.
    virtual void stop() = 0;
};

}  // namespace marchwire::store
