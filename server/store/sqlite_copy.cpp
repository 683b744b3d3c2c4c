// SQLite's online backup, a few pages at a time.
#include "store/sqlite_copy.hpp"

#include "base/limits.hpp"
#include "store/call.hpp"
#include "store/sqlite_tables.hpp"

#include <string>
#include <utility>

namespace marchwire::store {
namespace {

// Nothing is kept of a copy that was not finished, so it needs no journal, and whoever wants it kept syncs it once. The
// small cache has pages written as they come: the last step has not all of them to write.
constexpr const char* copy_settings = R"sql(
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = 64;
)sql";

}  // namespace

base::Refusal SqliteCopy::broken(int code) const {
    const bool full = (code & 0xFF) == SQLITE_FULL;
    return unavailable("The backup " + file_.string() + " cannot be written: " + sqlite3_errstr(code) + ". " +
                       (full ? "Make room on that disk, or name another." : "Look at that disk, or name another."));
}

base::Result<std::unique_ptr<TablesCopy>> SqliteCopy::begin(sqlite3* source, const std::filesystem::path& file,
                                                            const std::string& vfs) {
    std::unique_ptr<SqliteCopy> copy(new SqliteCopy(file));
    sqlite3* target = nullptr;
    int code = sqlite3_open_v2(file.c_str(), &target,
                               SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                               vfs.empty() ? nullptr : vfs.c_str());
    copy->target_.reset(target);
    if (code == SQLITE_OK) code = sqlite3_exec(target, copy_settings, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return copy->broken(code);
    copy->copying_.reset(sqlite3_backup_init(target, "main", source, "main"));
    if (!copy->copying_) return copy->broken(sqlite3_extended_errcode(target));
    return copy;
}

base::Result<Copied> SqliteCopy::step() {
    const int code = sqlite3_backup_step(copying_.get(), base::limits::backup_step_pages);
    if (code == SQLITE_OK) return Copied::in_part;
    if (code == SQLITE_DONE) return Copied::wholly;
    return broken(code);
}

base::Result<std::unique_ptr<TablesCopy>> SqliteTables::begin_copy(const std::filesystem::path& file) {
    return SqliteCopy::begin(connection_.get(), file, vfs_);
}

}  // namespace marchwire::store
