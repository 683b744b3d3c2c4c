// Opening the database: settings, schema, statements, and the tips of all logs.
#include "base/limits.hpp"
#include "store/sqlite_tables.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <string>

namespace marchwire::store {
namespace {

constexpr std::int64_t schema_version = 2;  // 2: keys

// An entry's place is its log's number << 40 | seq: one narrow key, entries of a log side by side.
constexpr const char* schema = R"sql(
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS logs (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS entries (
    place INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, digest BLOB NOT NULL, bytes BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS ids (
    log INTEGER NOT NULL, device INTEGER NOT NULL, counter INTEGER NOT NULL, content_hash INTEGER NOT NULL,
    at INTEGER NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, digest BLOB NOT NULL,
    PRIMARY KEY (log, device, counter)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS checkpoints (
    log INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, digest BLOB NOT NULL, bytes BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS keys (
    log INTEGER NOT NULL, name TEXT NOT NULL, wrapped BLOB NOT NULL, PRIMARY KEY (log, name)) WITHOUT ROWID;
)sql";

// Exclusive locking: DATA/lock keeps others out, and the WAL's index then lives in memory and not in a file.
constexpr const char* settings = R"sql(
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA secure_delete = ON;
PRAGMA wal_autocheckpoint = 0;
PRAGMA journal_size_limit = 67108864;
PRAGMA cache_size = -65536;
PRAGMA temp_store = MEMORY;
)sql";

int run_sql(sqlite3* connection, const char* sql) { return sqlite3_exec(connection, sql, nullptr, nullptr, nullptr); }

}  // namespace

base::Result<std::unique_ptr<SqliteTables>> SqliteTables::open(const std::filesystem::path& file, Mode mode,
                                                               const std::string& vfs) {
    std::unique_ptr<SqliteTables> tables(new SqliteTables(mode));
    if (auto connected = tables->connect(file, vfs); !connected) return connected.error();
    if (auto prepared = tables->prepare(); !prepared) return prepared.error();
    if (auto loaded = tables->load_logs(); !loaded) return loaded.error();
    return tables;
}

base::Refusal SqliteTables::broken(const std::string& what) const {
    const char* reason = connection_ ? sqlite3_errmsg(connection_.get()) : "no memory";
    return base::refuse(
        base::RefusalCode::unavailable, "data",
        "Cannot " + what + " " + file_.string() + ": " + reason + ". Look at the disk and the owner of the file.");
}

base::Result<void> SqliteTables::connect(const std::filesystem::path& file, const std::string& vfs) {
    file_ = file;
    vfs_ = vfs;
    if (mode_ == Mode::write) {
        // For the owner only from its first moment on; the WAL takes its mode from this file.
        const int made = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (made >= 0) ::close(made);
    }
    sqlite3* connection = nullptr;
    const int opened = sqlite3_open_v2(file.c_str(), &connection,
                                       SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                                       vfs.empty() ? nullptr : vfs.c_str());
    connection_.reset(connection);
    if (opened != SQLITE_OK) return broken("open");
    if (run_sql(connection, settings) != SQLITE_OK) return broken("set up");

    Statement version(connection, "PRAGMA user_version");
    if (!version || version.step() != SQLITE_ROW) return broken("read");
    const auto found = version.number(0);
    version.reset();
    if (found > schema_version || (found == 0 && mode_ == Mode::look)) {
        return base::refuse(base::RefusalCode::invalid_argument, "data",
                            file.string() + " was written by another version; use the Marchwire that wrote it.");
    }
    if (mode_ == Mode::look) {
        sqlite3_db_config(connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
        if (run_sql(connection, "PRAGMA query_only = ON") != SQLITE_OK) return broken("set up");
        return {};
    }
    if (found < schema_version) {
        const std::string make = std::string("BEGIN IMMEDIATE;") + schema +
                                 "PRAGMA user_version = " + std::to_string(schema_version) + "; COMMIT;";
        if (run_sql(connection, make.c_str()) != SQLITE_OK) return broken("make the tables of");
    }
    // From an empty WAL on, so that its frames are counted from 0.
    if (sqlite3_wal_checkpoint_v2(connection, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr) != SQLITE_OK) {
        return broken("checkpoint");
    }
    const auto told = [](void* frames, sqlite3*, const char*, int count) {
        *static_cast<int*>(frames) = count;
        return SQLITE_OK;
    };
    sqlite3_wal_hook(connection, told, &wal_frames_);
    return {};
}

base::Result<void> SqliteTables::prepare() {
    const struct {
        Statement& statement;
        const char* sql;
    } all[] = {
        {sql_.begin, "BEGIN IMMEDIATE"},
        {sql_.commit, "COMMIT"},
        {sql_.rollback, "ROLLBACK"},
        {sql_.add_log, "INSERT INTO logs (number, name) VALUES (?1, ?2)"},
        {sql_.add_entry, "INSERT INTO entries (place, epoch, digest, bytes) VALUES (?1, ?2, ?3, ?4)"},
        {sql_.read_entries,
         "SELECT place, epoch, digest, bytes FROM entries WHERE place >= ?1 AND place < ?2 ORDER BY place"},
        {sql_.read_tip,
         "SELECT place, epoch, digest FROM entries WHERE place >= ?1 AND place < ?2 ORDER BY place DESC LIMIT 1"},
        {sql_.add_id,
         "INSERT OR REPLACE INTO ids (log, device, counter, content_hash, at, epoch, seq, digest) "
         "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"},
        {sql_.find_id,
         "SELECT content_hash, at, epoch, seq, digest FROM ids WHERE log = ?1 AND device = ?2 AND counter = ?3"},
        {sql_.highest_counter, "SELECT counter FROM ids WHERE log = ?1 AND device = ?2 ORDER BY counter DESC LIMIT 1"},
        {sql_.forget_ids, "DELETE FROM ids WHERE log = ?1 AND device = ?2 AND counter <= ?3"},
        {sql_.put_checkpoint,
         "INSERT OR REPLACE INTO checkpoints (log, epoch, seq, digest, bytes) VALUES (?1, ?2, ?3, ?4, ?5)"},
        {sql_.checkpoint, "SELECT epoch, seq, digest, bytes FROM checkpoints WHERE log = ?1"},
        {sql_.checkpoint_seq, "SELECT seq FROM checkpoints WHERE log = ?1"},
        {sql_.put_meta, "INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)"},
        {sql_.drop_log, "DELETE FROM logs WHERE number = ?1"},
        {sql_.drop_entries, "DELETE FROM entries WHERE place >= ?1 AND place < ?2"},
        {sql_.drop_ids, "DELETE FROM ids WHERE log = ?1"},
        {sql_.drop_checkpoint, "DELETE FROM checkpoints WHERE log = ?1"},
        {sql_.drop_keys, "DELETE FROM keys WHERE log = ?1"},
        {sql_.key, "SELECT wrapped FROM keys WHERE log = ?1 AND name = ?2"},
        {sql_.put_key, "INSERT OR REPLACE INTO keys (log, name, wrapped) VALUES (?1, ?2, ?3)"},
        {sql_.drop_key, "DELETE FROM keys WHERE log = ?1 AND name = ?2"},
        {sql_.read_meta, "SELECT value FROM meta WHERE key = ?1"},
    };
    for (const auto& one : all) {
        one.statement = Statement(connection_.get(), one.sql);
        if (!one.statement) return broken("prepare for");
    }
    return {};
}

base::Result<void> SqliteTables::load_logs() {
    Statement names(connection_.get(), "SELECT number, name FROM logs ORDER BY number");
    if (!names) return broken("read");
    int code = names.step();
    for (; code == SQLITE_ROW; code = names.step()) {
        auto id = LogId::parse(names.bytes(1));
        if (!id) return broken("read the names of the logs in");
        numbers_.emplace(*id, names.number(0));
        logs_.emplace(names.number(0), OneLog{*id, {}, {}});
    }
    if (code != SQLITE_DONE) return broken("read");
    for (auto& [number, log] : logs_) {
        log.tip = tip_at(number, Seq{(std::uint64_t{1} << 40) - 1}).value_or(Tip{});
    }
    if (!failure_.empty()) return broken("read");
    return {};
}

}  // namespace marchwire::store
