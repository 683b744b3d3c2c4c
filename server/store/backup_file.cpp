// Places, checks and names of backups.
#include "store/backup_file.hpp"

#include "store/sqlite_statement.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <initializer_list>
#include <string>

namespace marchwire::store {
namespace {

namespace fs = std::filesystem;
using base::RefusalCode;

base::Refusal refused(RefusalCode code, std::string message) { return base::refuse(code, "file", std::move(message)); }

base::Refusal not_written(const fs::path& file, int error) {
    std::string remedy = "Look at that disk, or name another place.";
    if (error == ENOSPC || error == EDQUOT) remedy = "Make room on that disk, or name another.";
    if (error == EACCES || error == EPERM || error == EROFS) {
        remedy =
            "Name a directory that the server's user may write to; the packaged server may write to "
            "/var/lib/marchwire-backups.";
    }
    return refused(RefusalCode::unavailable,
                   "The backup " + file.string() + " cannot be written: " + std::strerror(error) + ". " + remedy);
}

fs::path part_of(const fs::path& file) { return file.string() + ".part"; }

/// Its directory as it really is: a link may lead into what is live.
base::Result<fs::path> real_place(const fs::path& file) {
    if (!file.is_absolute() || !file.has_filename()) {
        return refused(RefusalCode::invalid_argument, "Name the file of the backup by its whole path.");
    }
    std::error_code error;
    const fs::path directory = fs::canonical(file.parent_path(), error);
    if (error || !fs::is_directory(directory, error)) {
        return refused(RefusalCode::not_found, "There is no directory " + file.parent_path().string() +
                                                   " that the server may look into; make it first, for its user.");
    }
    return directory / file.filename();
}

base::Result<void> check_not_live(const fs::path& place, const BackupFile::Live& live) {
    // Neither it nor what is written beside it.
    std::error_code error;
    if (place.parent_path() == fs::canonical(live.data, error)) {
        return refused(RefusalCode::invalid_argument,
                       "This is where the running server has its own files: name another place, best on another disk.");
    }
    const fs::path keys = fs::weakly_canonical(live.keys, error);
    if (place == keys || part_of(place) == keys) {
        return refused(RefusalCode::invalid_argument, "This is the key file; name another place.");
    }
    return {};
}

base::Result<void> check_free(const fs::path& place, BackupFile::Existing existing) {
    std::error_code error;
    const auto status = fs::symlink_status(place, error);
    if (!fs::exists(status)) return {};
    if (!fs::is_regular_file(status)) {
        return refused(RefusalCode::invalid_argument, place.string() + " is no plain file; name another.");
    }
    if (existing == BackupFile::Existing::replaced) return {};
    return refused(RefusalCode::conflict,
                   place.string() + " is there already: name another file, or say --force to replace it.");
}

/// What a backup that was cut off has left. A journal of an older file must not be taken for this one's.
void remove_leftovers(const fs::path& part) {
    std::error_code error;
    for (const char* of : {"", "-wal", "-shm", "-journal"}) {
        const fs::path leftover = part.string() + of;
        if (fs::is_regular_file(fs::symlink_status(leftover, error))) fs::remove(leftover, error);
    }
}

int sync_of(const fs::path& path, int flags) {
    const int opened = ::open(path.c_str(), flags | O_CLOEXEC);
    if (opened < 0) return errno;
    const int error = ::fsync(opened) == 0 ? 0 : errno;
    ::close(opened);
    return error;
}

/// "" when each page is as it should be. The copy says of itself, as the file that it was copied from does, that a WAL
/// belongs to it: from here on it is one file.
std::string damage_in(const fs::path& part) {
    sqlite3* opened = nullptr;
    const int code = sqlite3_open_v2(part.c_str(), &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
    const Connection connection(opened);
    if (code != SQLITE_OK) return sqlite3_errstr(code);
    const char* alone = "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE;";
    if (sqlite3_exec(opened, alone, nullptr, nullptr, nullptr) != SQLITE_OK) return sqlite3_errmsg(opened);
    Statement version(opened, "PRAGMA user_version");
    if (!version || version.step() != SQLITE_ROW) return sqlite3_errmsg(opened);
    if (version.number(0) == 0) return "it holds no tables";
    Statement check(opened, "PRAGMA integrity_check(1)");
    if (!check || check.step() != SQLITE_ROW) return sqlite3_errmsg(opened);
    const std::string said(check.bytes(0));
    return said == "ok" ? std::string() : said;
}

}  // namespace

BackupFile::BackupFile(fs::path file, Existing existing)
    : file_(std::move(file)), part_(part_of(file_)), existing_(existing) {}

BackupFile::BackupFile(BackupFile&& other) noexcept
    : file_(std::move(other.file_)), part_(std::exchange(other.part_, {})), existing_(other.existing_) {}

BackupFile::~BackupFile() {
    if (!part_.empty()) remove_leftovers(part_);
}

base::Result<BackupFile> BackupFile::make(const fs::path& file, Existing existing, const Live& live) {
    const auto place = real_place(file);
    if (!place) return place.error();
    if (auto apart = check_not_live(*place, live); !apart) return apart.error();
    if (auto free = check_free(*place, existing); !free) return free.error();
    BackupFile backup(*place, existing);
    remove_leftovers(backup.part_);
    const int made = ::open(backup.part_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (made < 0) return not_written(backup.part_, errno);
    ::close(made);
    return backup;
}

base::Result<std::uint64_t> BackupFile::keep() {
    if (const std::string damage = damage_in(part_); !damage.empty()) {
        return refused(RefusalCode::unavailable, "The backup was written and is damaged (" + damage +
                                                     "): look at the disk of the data and at that of the backup.");
    }
    if (const int error = sync_of(part_, O_RDWR); error != 0) return not_written(part_, error);
    std::error_code error;
    const std::uint64_t bytes = fs::file_size(part_, error);
    if (auto named = name(); !named) return named.error();
    return bytes;
}

base::Result<void> BackupFile::name() {
    if (auto free = check_free(file_, existing_); !free) return free.error();
    if (::rename(part_.c_str(), file_.c_str()) != 0) return not_written(file_, errno);
    part_.clear();
    const int error = sync_of(file_.parent_path(), O_RDONLY | O_DIRECTORY);
    if (error != 0) return not_written(file_, error);
    return {};
}

}  // namespace marchwire::store
