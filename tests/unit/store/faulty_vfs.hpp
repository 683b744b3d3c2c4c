// A file layer under SQLite that fails when told to: real error paths, no fake database.
#pragma once

#include <atomic>

namespace marchwire::support {

inline constexpr const char* faulty_vfs_name = "marchwire-faulty";

/// Faults of every file that is opened through it. Any thread.
class FaultyVfs {
public:
    /// The next `count` fsyncs do nothing and report SQLITE_IOERR_FSYNC. Sets `failed()` to 0.
    void fail_syncs(int count);
    /// The next `count` writes do nothing and report SQLITE_FULL. Sets `failed()` to 0.
    void fail_writes(int count);
    /// How many faults were met.
    [[nodiscard]] int failed() const { return failed_; }

    [[nodiscard]] bool sync_fails() { return takes(syncs_); }
    [[nodiscard]] bool write_fails() { return takes(writes_); }

private:
    [[nodiscard]] bool takes(std::atomic<int>& left);

    std::atomic<int> syncs_{0};
    std::atomic<int> writes_{0};
    std::atomic<int> failed_{0};
};

/// The one of this process, registered with SQLite under `faulty_vfs_name` at the first call.
[[nodiscard]] FaultyVfs& faulty_vfs();

}  // namespace marchwire::support
