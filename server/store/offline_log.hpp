// Looking into a data directory while no server runs on it: for `log verify` and `log dump`.
#pragma once

#include "store/data_lock.hpp"
#include "store/event_log.hpp"

#include <filesystem>

namespace marchwire::store {

class SqliteTables;

/// Reads under the directory's exclusive lock and writes nothing, not even after a crash. One thread; every call
/// waits for the disk.
class OfflineLog {
public:
    /// NOT_FOUND when there is no data, CONFLICT when a server runs on it.
    [[nodiscard]] static base::Result<OfflineLog> open(const std::filesystem::path& directory);
    OfflineLog(OfflineLog&&) noexcept;
    ~OfflineLog();

    [[nodiscard]] std::vector<LogId> list();
    /// NOT_FOUND when there is no such log.
    [[nodiscard]] base::Result<OpenedLog> open(const LogId& log);
    /// As EventLog::read; UNAVAILABLE when the file cannot be read.
    [[nodiscard]] base::Result<Entries> read(const LogId& log, Seq from, std::size_t limit);

private:
    OfflineLog(DataLock lock, std::unique_ptr<SqliteTables> tables);

    DataLock lock_;
    std::unique_ptr<SqliteTables> tables_;
};

}  // namespace marchwire::store
