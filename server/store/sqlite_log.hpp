// The log on disk: SQLite with WAL and synchronous=FULL, one thread, many commands per fsync.
#pragma once

#include "store/data_lock.hpp"
#include "store/table_log.hpp"

#include <filesystem>
#include <string>

namespace marchwire::store {

/// Level SYNCED: an append is answered after COMMIT and so after its fsync. A write, fsync or COMMIT that fails is
/// final: the group and all later calls are UNAVAILABLE, `healthy()` is false, the server is to be started again.
class SqliteLog final : public TableLog {
public:
    struct Options {
        std::string vfs;  ///< SQLite's name of the file layer; "" for the default. Tests put faults there.
    };
    using TableLog::open;
    /// Opens or makes DIRECTORY/marchwire.db under the lock DIRECTORY/lock, both for the owner only. CONFLICT when
    /// another process has the directory, else what is wrong with it; always with `data` as the field.
    [[nodiscard]] static base::Result<std::unique_ptr<SqliteLog>> open(const std::filesystem::path& directory,
                                                                       const Options& options);
    [[nodiscard]] static base::Result<std::unique_ptr<SqliteLog>> open(const std::filesystem::path& directory) {
        return open(directory, Options{});
    }
    ~SqliteLog() override;

private:
    SqliteLog(DataLock lock, std::unique_ptr<Tables> tables, UtcMs last_alive);

    DataLock lock_;
};

}  // namespace marchwire::store
