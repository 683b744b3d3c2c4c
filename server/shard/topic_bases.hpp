// Which log has which topic base. Topic numbers are one space in each process: two logs on one base would read each
// other's items.
#pragma once

#include "base/ids.hpp"
#include "base/outcome.hpp"

#include <cstddef>
#include <cstdint>
#include <map>

namespace marchwire::shard {

/// A log, whether it exists or is only listed by its campaign, and its topic base.
struct HeldBase {
    base::LogId log;
    std::uint32_t topic_base = 0;
};

/// One base a log, from the first command that names the log until the end of the process. Kept by shard 0.
class TopicBases {
public:
    /// What the store says. CONFLICT when another log has it.
    [[nodiscard]] base::Result<void> hold(const HeldBase& held);
    /// For a command that makes or lists the log. `wanted` 0: the base that the log has, or else a free one. CONFLICT
    /// when another log has `wanted` or this one another; TOO_LARGE when none is free.
    [[nodiscard]] base::Result<std::uint32_t> take(const base::LogId& log, std::uint32_t wanted);
    /// What became of it.
    enum class Outcome : std::uint8_t {
        kept,    ///< the log has it, or may have
        unused,  ///< the command was refused: free again, unless another command has it or had it
    };
    /// Once for each `take` that gave one.
    void settle(const base::LogId& log, Outcome outcome);

private:
    struct Holding {
        std::uint32_t topic_base = 0;
        std::size_t under_way = 0;  ///< commands that are not settled
        bool kept = false;
    };
    [[nodiscard]] base::Result<std::uint32_t> free_one(const base::LogId& log) const;

    std::map<base::LogId, Holding> held_;
    std::map<std::uint32_t, base::LogId> log_of_;
};

}  // namespace marchwire::shard
