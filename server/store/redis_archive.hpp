// The archives of all logs in Redis, kept on a thread and a link of their own: packing holds up no append.
#pragma once

#include "bus/redis_client.hpp"
#include "bus/redis_thread.hpp"
#include "store/archive_work.hpp"

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>

namespace marchwire::store {

/// One log after the other, as often as it is told to look at it. What fails is logged, and tried again when it is told
/// the next time. It opens its link when it has something to do.
class RedisArchive {
public:
    RedisArchive(const bus::RedisSettings& settings, ArchiveBounds bounds);
    ~RedisArchive() { stop(); }
    RedisArchive(const RedisArchive&) = delete;
    RedisArchive& operator=(const RedisArchive&) = delete;

    /// Whether so many entries in a stream are too many.
    [[nodiscard]] bool is_due(std::uint64_t entries) const { return entries > bounds_.beyond; }
    /// Archives what is too much. `done`, which may be none, is called on the archive's thread whatever came of it; not
    /// at all after stop(). Any thread.
    void look(const LogId& log, std::function<void()> done = {});
    /// What is under way is dropped. Any thread but the archive's own.
    void stop();
    /// Blocks of which the entries are out of the stream, by this server. Any thread.
    [[nodiscard]] std::uint64_t blocks() const { return blocks_; }

private:
    struct Wish {
        LogId log;
        std::function<void()> done;
    };
    void add(Wish wish);
    void on_ready();
    void next();
    void step();
    void end_work();

    const ArchiveBounds bounds_;
    bus::RedisThread thread_;
    bus::ScriptSet scripts_;
    bus::RedisClient client_;
    bool started_ = false;
    bool loaded_ = false;
    std::deque<Wish> wishes_;  ///< of each log one, and those for which somebody waits
    std::optional<ArchiveWork> work_;
    std::atomic<std::uint64_t> blocks_{0};
};

}  // namespace marchwire::store
