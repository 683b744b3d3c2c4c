// Lock, database and thread put together.
#include "store/sqlite_log.hpp"

#include "store/sqlite_tables.hpp"

#include <utility>

namespace marchwire::store {

base::Result<std::unique_ptr<SqliteLog>> SqliteLog::open(const std::filesystem::path& directory,
                                                         const Options& options) {
    auto lock = DataLock::take(directory);
    if (!lock) return lock.error();
    auto tables = SqliteTables::open(directory / "marchwire.db", SqliteTables::Mode::write, options.vfs);
    if (!tables) return tables.error();
    const UtcMs last_alive = (*tables)->last_alive();
    return std::unique_ptr<SqliteLog>(new SqliteLog(std::move(*lock), std::move(*tables), last_alive));
}

SqliteLog::SqliteLog(DataLock lock, std::unique_ptr<Tables> tables, UtcMs last_alive)
    : TableLog(std::move(tables), core::Level::synced, Drive::own_thread, last_alive), lock_(std::move(lock)) {}

// Before the lock goes: the thread may still be writing.
SqliteLog::~SqliteLog() { stop(); }

}  // namespace marchwire::store
