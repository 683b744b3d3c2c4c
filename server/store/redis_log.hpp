// The log in Redis: many servers on one Redis, each told by pub/sub what the others append.
#pragma once

#include "bus/redis_client.hpp"
#include "store/archive_work.hpp"
#include "store/event_log.hpp"

#include <cstdint>
#include <functional>
#include <memory>

namespace marchwire::store {

struct RedisLogSettings {
    bus::RedisSettings redis;
    /// Tells whose keys the logs were made with: the first server leaves it, others must have the same. Not secret.
    /// Empty: nothing is left and nothing compared, for who only reads.
    std::string keys_mark;
    /// How many replicas must have a group before it is answered at level REPLICATED (one WAIT a group); 0: none is
    /// waited for. Fewer in time: the answer says STORED.
    unsigned replicas = 0;
    ArchiveBounds archive{};
    /// Use no Redis whose settings lose what was acknowledged, neither at the start nor after a failover.
    bool require_durable = false;
};

/// Level STORED, or REPLICATED as settings say. Calls travel in groups, at most limits::redis_groups at once, and are
/// answered in their order. Over a lost link a call is sent again for limits::redis_call_deadline; an append that was
/// done although its answer was lost is found by its entries and answered as done. Then UNAVAILABLE, which here may
/// mean: not known to be stored. The same request is safe again, and a follow tells what did appear.
///
/// Beside the contract of EventLog: any number of processes may append to the same logs. Whenever a checkpoint is put,
/// the oldest entries beyond ArchiveBounds go into verified blocks, from which they are read like all others.
class RedisLog final : public EventLog {
public:
    /// Waits for a server that can be used, limits::redis_call_deadline at most; the refusal says what is wrong with
    /// what was found.
    [[nodiscard]] static base::Result<std::unique_ptr<RedisLog>> open(const RedisLogSettings& settings);
    ~RedisLog() override;
    RedisLog(const RedisLog&) = delete;
    RedisLog& operator=(const RedisLog&) = delete;

    void append(AppendRequest request, AppendDone done) override;
    void open(const LogId& log, OpenDone done) override;
    void read(const LogId& log, Seq from, std::size_t limit, ReadDone done) override;
    [[nodiscard]] std::unique_ptr<FollowToken> follow(const LogId& log, Seq from, Follow follow) override;
    void put_checkpoint(const LogId& log, Checkpoint checkpoint, Done done) override;
    void list(ListDone done) override;
    void shred(const LogId& log, ShredDone done) override;
    void read_keys(const LogId& log, std::vector<std::string> names, KeysDone done) override;
    void drop_keys(const LogId& log, std::vector<std::string> names, ShredDone done) override;
    void backup(const std::filesystem::path& file, BackupDone done) override;
    [[nodiscard]] bool healthy() const override;
    [[nodiscard]] bool hears() const override;
    void catch_up(const std::function<void()>& done) override;
    [[nodiscard]] UtcMs last_alive() const override;
    void put_last_alive(UtcMs now) override;
    void stop() override;
    /// Archives what is too much in the stream without waiting for a checkpoint. `done` on a thread of its own, not at
    /// all after stop(). Any thread.
    void archive(const LogId& log, std::function<void()> done);
    /// Blocks that this server has archived. Any thread.
    [[nodiscard]] std::uint64_t archived_blocks() const;
    /// How often a follow had to read what pub/sub had not told. Any thread.
    [[nodiscard]] std::uint64_t gap_fills() const;
    /// Of the server that was found by `open`.
    [[nodiscard]] const bus::ServerFacts& server() const;

private:
    class Machine;
    explicit RedisLog(const RedisLogSettings& settings);

    std::unique_ptr<Machine> machine_;
};

}  // namespace marchwire::store
