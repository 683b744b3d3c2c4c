#include "queue_file.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace marchwire::sdk {
namespace {

// "Marc", so that a file of something else is known for what it is.
constexpr const char* schema = R"(
    PRAGMA application_id = 1298231907;
    CREATE TABLE IF NOT EXISTS facts(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS commands(counter INTEGER PRIMARY KEY, message BLOB NOT NULL, made_wall INTEGER NOT NULL,
                                        answered INTEGER NOT NULL DEFAULT 0);
    CREATE TRIGGER IF NOT EXISTS count AFTER INSERT ON commands BEGIN
        INSERT OR REPLACE INTO facts(name, value) SELECT 'counter', NEW.counter
            WHERE NEW.counter > IFNULL((SELECT value FROM facts WHERE name = 'counter'), 0);
    END;
)";
// secure_delete: what has left the file is overwritten in it. FULL: a stored command outlives a dead battery too.
constexpr const char* settings = R"(
    PRAGMA locking_mode = EXCLUSIVE;
    PRAGMA secure_delete = ON;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA wal_autocheckpoint = 64;
)";

/// What was deleted is in the log of changes as well.
constexpr const char* overwrite = "PRAGMA wal_checkpoint(TRUNCATE)";

/// Counters above 2^63 stay themselves on the way through SQLite's signed numbers.
sqlite3_int64 stored(std::uint64_t number) { return static_cast<sqlite3_int64>(number); }
std::uint64_t loaded(sqlite3_int64 number) { return static_cast<std::uint64_t>(number); }

}  // namespace

void QueueFile::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }
void QueueFile::Finish::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

QueueFile::QueueFile(std::unique_ptr<sqlite3, Close> database) : database_(std::move(database)) {}
QueueFile::~QueueFile() = default;

bool QueueFile::run(const char* sql) {
    if (sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK) return true;
    problem_ = sqlite3_errmsg(database_.get());
    return false;
}

bool QueueFile::prepare(const char* sql, Statement& into) {
    sqlite3_stmt* made = nullptr;
    const int result = sqlite3_prepare_v2(database_.get(), sql, -1, &made, nullptr);
    into.reset(made);
    if (result != SQLITE_OK) problem_ = sqlite3_errmsg(database_.get());
    return result == SQLITE_OK;
}

bool QueueFile::prepare_all() {
    return prepare("INSERT OR REPLACE INTO commands(counter, message, made_wall) VALUES(?, ?, ?)", put_) &&
           prepare("UPDATE commands SET answered = 1 WHERE counter = ?", mark_) &&
           prepare("DELETE FROM commands WHERE counter = ?", erase_) &&
           prepare("INSERT OR REPLACE INTO facts(name, value) VALUES(?, ?)", set_);
}

std::variant<std::unique_ptr<QueueFile>, QueueFile::Failure> QueueFile::try_open(const std::string& path) {
    sqlite3* raw = nullptr;
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    const int result = sqlite3_open_v2(path.c_str(), &raw, flags, nullptr);
    std::unique_ptr<sqlite3, Close> database(raw);
    if (result != SQLITE_OK) return Failure{result, raw != nullptr ? sqlite3_errmsg(raw) : "no memory"};
    std::unique_ptr<QueueFile> file(new QueueFile(std::move(database)));
    if (file->run(settings) && file->run(schema) && file->prepare_all()) return file;
    return Failure{sqlite3_errcode(raw), file->problem_};
}

QueueFile::Opened QueueFile::open(const std::string& path, std::uint64_t device) {
    Opened opened;
    auto tried = try_open(path);
    const auto* failure = std::get_if<Failure>(&tried);
    // Not one that another client holds, or a disk that fails for the moment.
    if (failure != nullptr && (failure->code == SQLITE_NOTADB || failure->code == SQLITE_CORRUPT)) {
        opened.problem = "the queue's file is broken (" + failure->problem + "): it is kept as " + path + ".broken";
        for (const char* part : {"", "-wal"}) {
            (void)std::rename((path + part).c_str(), (path + ".broken" + part).c_str());
        }
        tried = try_open(path);
        failure = std::get_if<Failure>(&tried);
    }
    if (failure != nullptr) {
        opened.problem = "nothing can be kept in " + path + ": " + failure->problem;
        return opened;
    }
    auto& file = std::get<std::unique_ptr<QueueFile>>(tried);
    const std::uint64_t owner = file->value_of("device");
    if (owner != 0 && owner != device) {
        opened.problem = "the queue's file " + path + " is another device's: it is left as it is";
        return opened;
    }
    if ((owner == 0 && !file->set_value("device", device)) || !file->run("DELETE FROM commands WHERE answered = 1") ||
        !file->run(overwrite)) {
        opened.problem = "nothing can be kept in " + path + ": " + file->problem_;
        return opened;
    }
    opened.rows = file->rows();
    opened.counter = file->value_of("counter");
    if (!opened.rows.empty()) opened.counter = std::max(opened.counter, opened.rows.back().counter);
    opened.file = std::move(file);
    return opened;
}

std::vector<QueueFile::Row> QueueFile::rows() {
    std::vector<Row> rows;
    Statement all;
    if (!prepare("SELECT counter, message, made_wall FROM commands ORDER BY counter", all)) return rows;
    while (sqlite3_step(all.get()) == SQLITE_ROW) {
        Row row;
        row.counter = loaded(sqlite3_column_int64(all.get(), 0));
        const auto* bytes = static_cast<const char*>(sqlite3_column_blob(all.get(), 1));
        if (bytes != nullptr) row.message.assign(bytes, static_cast<std::size_t>(sqlite3_column_bytes(all.get(), 1)));
        row.made_wall = sqlite3_column_int64(all.get(), 2);
        rows.push_back(std::move(row));
    }
    return rows;
}

bool QueueFile::step(Statement& statement) {
    const int result = sqlite3_step(statement.get());
    if (result != SQLITE_DONE) problem_ = sqlite3_errmsg(database_.get());
    sqlite3_reset(statement.get());
    sqlite3_clear_bindings(statement.get());
    return result == SQLITE_DONE;
}

bool QueueFile::put(const Row& row) {
    sqlite3_bind_int64(put_.get(), 1, stored(row.counter));
    sqlite3_bind_blob64(put_.get(), 2, row.message.data(), row.message.size(), SQLITE_STATIC);
    sqlite3_bind_int64(put_.get(), 3, row.made_wall);
    return step(put_);
}

// Should these be lost, the command goes out once more with its id and has no second effect: they wait for no disk.
void QueueFile::mark_answered(std::uint64_t counter) {
    (void)run("PRAGMA synchronous = NORMAL");
    sqlite3_bind_int64(mark_.get(), 1, stored(counter));
    (void)step(mark_);
    (void)run("PRAGMA synchronous = FULL");
}

void QueueFile::erase(std::uint64_t counter) {
    (void)run("PRAGMA synchronous = NORMAL");
    sqlite3_bind_int64(erase_.get(), 1, stored(counter));
    (void)step(erase_);
    (void)run("PRAGMA synchronous = FULL");
    (void)run(overwrite);
}

bool QueueFile::reserve(std::uint64_t counter) { return set_value("counter", counter); }

std::uint64_t QueueFile::value_of(std::string_view name) {
    Statement one;
    if (!prepare("SELECT value FROM facts WHERE name = ?", one)) return 0;
    sqlite3_bind_text(one.get(), 1, name.data(), static_cast<int>(name.size()), SQLITE_STATIC);
    return sqlite3_step(one.get()) == SQLITE_ROW ? loaded(sqlite3_column_int64(one.get(), 0)) : 0;
}

bool QueueFile::set_value(std::string_view name, std::uint64_t value) {
    sqlite3_bind_text(set_.get(), 1, name.data(), static_cast<int>(name.size()), SQLITE_STATIC);
    sqlite3_bind_int64(set_.get(), 2, stored(value));
    return step(set_);
}

}  // namespace marchwire::sdk
