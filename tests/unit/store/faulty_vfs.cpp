// Every call goes on to SQLite's own file layer, but for the faults.
#include "faulty_vfs.hpp"

#include <sqlite3.h>

namespace marchwire::support {
namespace {

FaultyVfs the_faults;

/// SQLite gives us szOsFile bytes: ours first, the real file's behind them.
struct File {
    sqlite3_file base;
    sqlite3_file* real;
};

sqlite3_file* real(sqlite3_file* file) { return reinterpret_cast<File*>(file)->real; }

int close(sqlite3_file* f) { return real(f)->pMethods->xClose(real(f)); }
int read(sqlite3_file* f, void* to, int count, sqlite3_int64 at) {
    return real(f)->pMethods->xRead(real(f), to, count, at);
}
int write(sqlite3_file* f, const void* from, int count, sqlite3_int64 at) {
    if (the_faults.write_fails()) return SQLITE_FULL;
    return real(f)->pMethods->xWrite(real(f), from, count, at);
}
int truncate(sqlite3_file* f, sqlite3_int64 size) { return real(f)->pMethods->xTruncate(real(f), size); }
int sync(sqlite3_file* f, int flags) {
    if (the_faults.sync_fails()) return SQLITE_IOERR_FSYNC;
    return real(f)->pMethods->xSync(real(f), flags);
}
int file_size(sqlite3_file* f, sqlite3_int64* size) { return real(f)->pMethods->xFileSize(real(f), size); }
int lock(sqlite3_file* f, int level) { return real(f)->pMethods->xLock(real(f), level); }
int unlock(sqlite3_file* f, int level) { return real(f)->pMethods->xUnlock(real(f), level); }
int check_lock(sqlite3_file* f, int* held) { return real(f)->pMethods->xCheckReservedLock(real(f), held); }
int control(sqlite3_file* f, int what, void* with) { return real(f)->pMethods->xFileControl(real(f), what, with); }
int sector(sqlite3_file* f) { return real(f)->pMethods->xSectorSize(real(f)); }
int traits(sqlite3_file* f) { return real(f)->pMethods->xDeviceCharacteristics(real(f)); }

// Version 1: no shared memory, which the store's exclusive lock makes needless.
const sqlite3_io_methods methods = {1,       close,   read,       write,   truncate, sync,   file_size,
                                    lock,    unlock,  check_lock, control, sector,   traits, nullptr,
                                    nullptr, nullptr, nullptr,    nullptr, nullptr};

int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    sqlite3_vfs* next = sqlite3_vfs_find(nullptr);
    auto* ours = reinterpret_cast<File*>(file);
    ours->real = reinterpret_cast<sqlite3_file*>(ours + 1);
    const int code = next->xOpen(next, name, ours->real, flags, out_flags);
    ours->base.pMethods = code == SQLITE_OK ? &methods : nullptr;
    return code;
}

sqlite3_vfs make_vfs() {
    sqlite3_vfs vfs = *sqlite3_vfs_find(nullptr);
    vfs.pNext = nullptr;
    vfs.zName = faulty_vfs_name;
    vfs.szOsFile += static_cast<int>(sizeof(File));
    vfs.xOpen = open;
    return vfs;
}

}  // namespace

void FaultyVfs::fail_syncs(int count) {
    failed_ = 0;
    syncs_ = count;
}

void FaultyVfs::fail_writes(int count) {
    failed_ = 0;
    writes_ = count;
}

bool FaultyVfs::takes(std::atomic<int>& left) {
    int now = left;
    while (now > 0 && !left.compare_exchange_weak(now, now - 1)) {
    }
    if (now > 0) ++failed_;
    return now > 0;
}

FaultyVfs& faulty_vfs() {
    static sqlite3_vfs vfs = make_vfs();
    static const int registered = sqlite3_vfs_register(&vfs, 0);
    static_cast<void>(registered);
    return the_faults;
}

}  // namespace marchwire::support
