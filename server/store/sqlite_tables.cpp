// Reads, writes and COMMIT of the SQLite tables.
#include "store/sqlite_tables.hpp"

#include "base/limits.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <string>
#include <utility>

namespace marchwire::store {
namespace {

constexpr int seq_bits = 40;

std::int64_t place_of(LogNumber log, Seq seq) {
    MARCHWIRE_INVARIANT(seq.value >> seq_bits == 0);
    return (log << seq_bits) | static_cast<std::int64_t>(seq.value);
}

Seq seq_of(std::int64_t place) { return Seq{static_cast<std::uint64_t>(place) & ((std::uint64_t{1} << seq_bits) - 1)}; }

std::int64_t as_signed(std::uint64_t value) { return std::bit_cast<std::int64_t>(value); }

/// A digest of another length than ours never was one: it stays zero and the chain does not verify.
base::Digest digest_of(std::string_view bytes) {
    base::Digest digest{};
    if (bytes.size() == digest.size()) std::copy(bytes.begin(), bytes.end(), digest.begin());
    return digest;
}

base::Epoch epoch_of(std::int64_t number) { return base::Epoch{static_cast<std::uint32_t>(number)}; }

}  // namespace

void SqliteTables::check(int code, const char* what) {
    if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW || !failure_.empty()) return;
    failure_ = std::string(what) + ": " + sqlite3_errstr(code) + " (" + std::to_string(code) + ")";
}

std::optional<LogNumber> SqliteTables::find(const LogId& log) {
    const auto found = numbers_.find(log);
    return found == numbers_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<LogId> SqliteTables::logs() {
    std::vector<LogId> ids;
    ids.reserve(logs_.size());
    for (const auto& [number, log] : logs_) ids.push_back(log.id);
    return ids;
}

LogNumber SqliteTables::create(const LogId& log) {
    begin_write();
    const LogNumber number = logs_.empty() ? 1 : logs_.rbegin()->first + 1;
    const std::string name = log.text();
    check(sql_.add_log.bind(1, number).bind_text(2, name).run(), "create a log");
    numbers_.emplace(log, number);
    logs_.emplace(number, OneLog{log, {}, {}});
    return number;
}

Tip SqliteTables::tip(LogNumber log) { return at(log).tip; }

std::optional<Tip> SqliteTables::tip_at(LogNumber log, Seq seq) {
    // Seq 2^40 - 1 asks for the last entry there is; any other only for its own.
    const bool last = seq.value + 1 == std::uint64_t{1} << seq_bits;
    if (seq.value >> seq_bits != 0) return std::nullopt;
    auto& sql = sql_.read_tip;
    const int code = sql.bind(1, place_of(log, last ? Seq{1} : seq)).bind(2, place_of(log, seq) + 1).step();
    check(code, "read a tip");
    std::optional<Tip> tip;
    if (code == SQLITE_ROW) tip = Tip{epoch_of(sql.number(1)), seq_of(sql.number(0)), digest_of(sql.bytes(2))};
    sql.reset();
    return tip;
}

Entries SqliteTables::read(LogNumber log, Seq from, std::size_t limit) {
    Entries page;
    if (limit == 0 || from > at(log).tip.seq) return page;
    auto& sql = sql_.read_entries;
    sql.bind(1, place_of(log, from)).bind(2, place_of(log + 1, Seq{}));
    std::size_t bytes = 0;
    int code = SQLITE_DONE;
    while (page.size() < limit && (code = sql.step()) == SQLITE_ROW) {
        const auto entry = sql.bytes(3);
        bytes += entry.size();
        if (bytes > base::limits::log_page_bytes) break;
        page.push_back({{epoch_of(sql.number(1)), seq_of(sql.number(0)), digest_of(sql.bytes(2))}, std::string(entry)});
    }
    check(code, "read entries");
    sql.reset();
    return page;
}

void SqliteTables::add(LogNumber log, const std::vector<StoredEntry>& entries) {
    if (entries.empty()) return;
    begin_write();
    for (const auto& entry : entries) {
        sql_.add_entry.bind(1, place_of(log, entry.tip.seq)).bind(2, std::int64_t{entry.tip.epoch.value});
        check(sql_.add_entry.bind(3, entry.tip.digest).bind(4, entry.bytes).run(), "append");
    }
    at(log).tip = entries.back().tip;
}

std::uint64_t SqliteTables::highest_counter(LogNumber log, base::DeviceId device) {
    auto& highest = at(log).highest;
    if (const auto found = highest.find(device); found != highest.end()) return found->second;
    auto& sql = sql_.highest_counter;
    const int code = sql.bind(1, log).bind(2, as_signed(device.value)).step();
    check(code, "look up a device");
    const auto counter = code == SQLITE_ROW ? static_cast<std::uint64_t>(sql.number(0)) : 0;
    sql.reset();
    // Only of devices with something stored: names that anybody makes up take no memory.
    if (counter != 0) highest.emplace(device, counter);
    return counter;
}

std::optional<RememberedId> SqliteTables::remembered(LogNumber log, CommandId id) {
    auto& sql = sql_.find_id;
    const int code = sql.bind(1, log).bind(2, as_signed(id.device.value)).bind(3, as_signed(id.counter)).step();
    check(code, "look up an id");
    std::optional<RememberedId> found;
    if (code == SQLITE_ROW) {
        const Tip answered{epoch_of(sql.number(2)), Seq{static_cast<std::uint64_t>(sql.number(3))},
                           digest_of(sql.bytes(4))};
        found = RememberedId{std::bit_cast<std::uint64_t>(sql.number(0)), answered, UtcMs{sql.number(1)}};
    }
    sql.reset();
    return found;
}

void SqliteTables::remember(LogNumber log, const IdRecord& id, UtcMs now) {
    begin_write();
    const std::int64_t device = as_signed(id.id.device.value);
    auto& sql = sql_.add_id;
    sql.bind(1, log).bind(2, device).bind(3, as_signed(id.id.counter)).bind(4, as_signed(id.content_hash));
    sql.bind(5, now.value).bind(6, std::int64_t{id.answered.epoch.value}).bind(7, as_signed(id.answered.seq.value));
    check(sql.bind(8, id.answered.digest).run(), "remember an id");

    auto& highest = at(log).highest[id.id.device];
    const auto before = highest;
    highest = std::max(highest, id.id.counter);
    // Not at each command: the rules look at the window themselves, this only keeps the table small.
    constexpr std::uint64_t forget_every = 64;
    if (highest >= base::limits::id_window && highest / forget_every != before / forget_every) {
        sql_.forget_ids.bind(1, log).bind(2, device).bind(3, as_signed(highest - base::limits::id_window));
        check(sql_.forget_ids.run(), "forget old ids");
    }
}

Checkpoint SqliteTables::checkpoint(LogNumber log) {
    Checkpoint found;
    auto& sql = sql_.checkpoint;
    const int code = sql.bind(1, log).step();
    check(code, "read a checkpoint");
    if (code == SQLITE_ROW) {
        found.tip = {epoch_of(sql.number(0)), Seq{static_cast<std::uint64_t>(sql.number(1))}, digest_of(sql.bytes(2))};
        found.bytes = sql.bytes(3);
    }
    sql.reset();
    return found;
}

Seq SqliteTables::checkpoint_seq(LogNumber log) {
    auto& sql = sql_.checkpoint_seq;
    const int code = sql.bind(1, log).step();
    check(code, "read a checkpoint");
    const Seq seq{code == SQLITE_ROW ? static_cast<std::uint64_t>(sql.number(0)) : 0};
    sql.reset();
    return seq;
}

void SqliteTables::put_checkpoint(LogNumber log, const Checkpoint& checkpoint) {
    begin_write();
    auto& sql = sql_.put_checkpoint;
    sql.bind(1, log).bind(2, std::int64_t{checkpoint.tip.epoch.value}).bind(3, as_signed(checkpoint.tip.seq.value));
    check(sql.bind(4, checkpoint.tip.digest).bind(5, checkpoint.bytes).run(), "store a checkpoint");
}

void SqliteTables::put_last_alive(UtcMs now) {
    begin_write();
    check(sql_.put_meta.bind_text(1, "last_alive").bind(2, now.value).run(), "store a time");
}

UtcMs SqliteTables::last_alive() {
    const int code = sql_.read_meta.bind_text(1, "last_alive").step();
    check(code, "read a time");
    const UtcMs at{code == SQLITE_ROW ? sql_.read_meta.number(0) : 0};
    sql_.read_meta.reset();
    return at;
}

std::optional<StoredKey> SqliteTables::key(LogNumber log, const std::string& name) {
    const int code = sql_.key.bind(1, log).bind_text(2, name).step();
    check(code, "read a key");
    std::optional<StoredKey> found;
    if (code == SQLITE_ROW) found = StoredKey{name, std::string(sql_.key.bytes(0))};
    sql_.key.reset();
    return found;
}

void SqliteTables::put_key(LogNumber log, const StoredKey& key) {
    begin_write();
    check(sql_.put_key.bind(1, log).bind_text(2, key.name).bind(3, key.wrapped).run(), "store a key");
}

bool SqliteTables::drop_key(LogNumber log, const std::string& name) {
    begin_write();
    check(sql_.drop_key.bind(1, log).bind_text(2, name).run(), "delete a key");
    return sqlite3_changes(connection_.get()) != 0;
}

void SqliteTables::remove(LogNumber log) {
    begin_write();
    check(sql_.drop_entries.bind(1, place_of(log, Seq{})).bind(2, place_of(log + 1, Seq{})).run(), "delete entries");
    check(sql_.drop_ids.bind(1, log).run(), "delete ids");
    check(sql_.drop_checkpoint.bind(1, log).run(), "delete a checkpoint");
    check(sql_.drop_keys.bind(1, log).run(), "delete keys");
    check(sql_.drop_log.bind(1, log).run(), "delete a log");
    numbers_.erase(at(log).id);
    logs_.erase(log);
}

int SqliteTables::empty_wal() {
    const int code = sqlite3_wal_checkpoint_v2(connection_.get(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr,
                                               nullptr);
    if (code == SQLITE_OK) wal_frames_ = 0;
    return code;
}

/// Three steps: what was deleted is still in the WAL until it is emptied; VACUUM leaves no free page and no half-full
/// one with old bytes behind; and it goes through the WAL itself. Of a key the first is enough: secure_delete puts
/// zeros over a row, and a march that is under way should not wait for the whole file to be written anew.
std::string SqliteTables::scrub(Scrub what) {
    int code = empty_wal();
    if (code == SQLITE_OK && what == Scrub::logs)
        code = sqlite3_exec(connection_.get(), "VACUUM", nullptr, nullptr, nullptr);
    if (code == SQLITE_OK && what == Scrub::logs) code = empty_wal();
    if (code == SQLITE_OK) return {};
    return "SQLite could not make its file anew (" + std::string(sqlite3_errstr(code)) +
           "): give the disk as much room as the file has, and shred or restart again.";
}

void SqliteTables::begin_write() {
    MARCHWIRE_INVARIANT(mode_ == Mode::write);
    if (in_group_) return;
    in_group_ = true;
    check(sql_.begin.run(), "begin");
}

bool SqliteTables::commit() {
    const bool writes = std::exchange(in_group_, false);
    if (writes && failure_.empty()) check(sql_.commit.run(), "commit");
    const bool committed = failure_.empty();
    if (writes && !committed) strike_failed_commit();
    return committed;
}

void SqliteTables::tidy() {
    if (mode_ != Mode::write || !failure_.empty() || wal_frames_ < base::limits::wal_pages) return;
    int in_wal = 0;
    int moved = 0;
    const int code = sqlite3_wal_checkpoint_v2(connection_.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, &in_wal, &moved);
    check(code, "checkpoint");
    // All moved: the next COMMIT begins the WAL anew, over the same blocks of the file.
    if (code == SQLITE_OK && in_wal == moved) wal_frames_ = 0;
}

/// A COMMIT whose fsync failed may still stand whole in the WAL and would come back at the next start, though its
/// callers were told that it was not stored. The first frame after the last good COMMIT is struck out, so that
/// recovery ends before it.
void SqliteTables::strike_failed_commit() {
    // May itself fail, as SQLite rolls back on its own after some errors.
    static_cast<void>(sql_.rollback.run());
    const int wal = ::open((file_.string() + "-wal").c_str(), O_WRONLY | O_CLOEXEC);
    if (wal < 0) return;
    Statement page(connection_.get(), "PRAGMA page_size");
    const std::int64_t page_bytes = page && page.step() == SQLITE_ROW ? page.number(0) : 4096;
    constexpr std::int64_t wal_header = 32;
    constexpr std::int64_t frame_header = 24;
    const std::int64_t at = wal_header + wal_frames_ * (frame_header + page_bytes);
    constexpr std::array<char, 24> zeros{};
    if (::lseek(wal, 0, SEEK_END) > at && ::pwrite(wal, zeros.data(), zeros.size(), at) > 0) ::fsync(wal);
    ::close(wal);
}

void SqliteTables::close() {
    if (mode_ == Mode::write && connection_ && failure_.empty()) {
        sqlite3_wal_checkpoint_v2(connection_.get(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    }
    if (!failure_.empty()) {
        sqlite3_db_config(connection_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    }
    sql_ = {};
    connection_.reset();
}

}  // namespace marchwire::store
