// Archiving the oldest entries of one log, step by step, as a machine: commands come out, replies go in.
#pragma once

#include "base/limits.hpp"
#include "bus/script_set.hpp"
#include "store/redis_codec.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace marchwire::store {

/// When entries go from the stream of a log into its archive, and how many at once. Tests name less.
struct ArchiveBounds {
    std::size_t beyond = base::limits::archive_beyond;
    std::size_t block_entries = base::limits::archive_block_entries;
    std::size_t block_bytes = base::limits::archive_block_bytes;  ///< at most limits::archive_block_bytes
};

/// Reads the oldest entries that are not archived, puts them as a block into the archive, compares what is read back of
/// it entry by entry, and only then has them taken from the stream: by a script that looks once more whether block and
/// entries are these. Another server may do the same at the same time, and each may end between any two steps: what was
/// put and not taken from the stream yet is put again by the next one.
class ArchiveWork {
public:
    enum class Standing : std::uint8_t {
        looking,   ///< for entries that are to be archived; the answer has them
        putting,   ///< the block; the answer is what Redis keeps of it
        trimming,  ///< the stream
        done,      ///< nothing is left to archive
        failed,    ///< `why` says why
    };
    /// The scripts by their place in `scripts`.
    [[nodiscard]] static std::vector<std::string_view> script_texts();

    ArchiveWork(LogId log, ArchiveBounds bounds) : log_(std::move(log)), bounds_(bounds) {}

    [[nodiscard]] Standing standing() const { return standing_; }
    [[nodiscard]] bool is_over() const { return standing_ == Standing::done || standing_ == Standing::failed; }
    /// What is to be sent next; its answer goes to `take`. Keep this object until it was sent.
    [[nodiscard]] RedisCommand command(const bus::ScriptSet& scripts) const;
    /// After a trim it begins with the next block.
    void take(const bus::Reply& reply);

    [[nodiscard]] const LogId& log() const { return log_; }
    [[nodiscard]] const std::string& why() const { return why_; }
    /// Blocks of which the entries are out of the stream.
    [[nodiscard]] std::size_t blocks() const { return blocks_; }

private:
    void take_entries(const bus::Reply& reply);
    void take_put(const bus::Reply& reply);
    void fail(std::string why);

    const LogId log_;
    const ArchiveBounds bounds_;
    Standing standing_ = Standing::looking;
    std::string why_;
    Entries entries_;
    std::string block_;
    std::string block_hash_;  ///< SHA-1, by Redis
    std::size_t blocks_ = 0;
};

}  // namespace marchwire::store
