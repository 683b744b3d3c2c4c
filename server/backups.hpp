// Backups of the running store, for the host: one at a time.
#pragma once

#include "store/backup_file.hpp"
#include "store/event_log.hpp"

#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>

namespace marchwire {

/// The store writes a copy in pieces, on its own thread; what takes long and needs no store (looking through it,
/// syncing it) is done on a thread of this.
class Backups {
public:
    struct Written {
        std::uint64_t bytes = 0;
        std::chrono::microseconds longest_step{};  ///< the store was held up so long at most, each time
    };
    using Done = std::function<void(const base::Result<Written>&)>;

    Backups(store::EventLog& log, store::BackupFile::Live live);
    ~Backups();
    Backups(const Backups&) = delete;
    Backups& operator=(const Backups&) = delete;

    /// Refused as store/backup_file.hpp and EventLog::backup say, CONFLICT while another is written, UNAVAILABLE when
    /// the server stops meanwhile. Any thread; `done` on any, once.
    void write(const std::filesystem::path& file, store::BackupFile::Existing existing, Done done);
    /// Gives up what is being written. No more are taken.
    void finish();

private:
    class Answer;

    [[nodiscard]] base::Result<Written> written(const std::filesystem::path& file,
                                                store::BackupFile::Existing existing);
    [[nodiscard]] std::shared_ptr<Answer> begin_waiting();

    store::EventLog& log_;
    const store::BackupFile::Live live_;
    std::atomic<bool> under_way_{false};
    std::mutex mutex_;
    std::shared_ptr<Answer> waited_for_;  ///< null: the store writes none
    bool ending_ = false;
    boost::asio::thread_pool worker_;
};

}  // namespace marchwire
