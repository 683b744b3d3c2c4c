// What a desk has applied lately: by it the desk knows its own log again when the store has lost the end of it.
#pragma once

#include "store/event_log.hpp"

#include <cstdint>
#include <deque>
#include <vector>

namespace marchwire::shard {

/// Bounded by limits::replay_window_entries. One thread.
class Footprints {
public:
    /// The next entry that was applied; `content_hash` of its command, 0 when that was put to another server.
    void add(const base::Tip& tip, const base::CommandId& command, std::uint64_t content_hash);
    /// This entry was applied, or it is the place before the first entry of all.
    [[nodiscard]] bool hold(const base::Tip& tip) const;
    /// The commands whose entries stand after this seq, with where each was answered.
    [[nodiscard]] std::vector<store::IdRecord> commands_after(base::Seq seq) const;

private:
    struct Print {
        base::Tip tip;
        base::CommandId command;
        std::uint64_t content_hash = 0;
    };
    std::deque<Print> prints_;
};

}  // namespace marchwire::shard
