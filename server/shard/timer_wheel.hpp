// When which session is to be looked at: one wheel per shard instead of a timer per session.
#pragma once

#include "base/units.hpp"
#include "fanout/topic_index.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace marchwire::shard {

/// Rounded up to a tooth of limits::session_tick. A slot has one moment; setting an earlier one replaces it, a later
/// one is ignored. What is set twice costs an entry more until its tooth comes. Times come in; one thread.
class TimerWheel {
public:
    /// A moment beyond one turn comes round again.
    static constexpr std::size_t teeth = 128;

    void set(fanout::Slot slot, base::UtcMs at);
    void forget(fanout::Slot slot);
    /// Slots whose moment has come by `now`, each once; they have none then. Times must not go back.
    [[nodiscard]] std::vector<fanout::Slot> take_due(base::UtcMs now);

private:
    struct Entry {
        fanout::Slot slot = 0;
        std::int64_t tooth = 0;
    };
    std::vector<std::vector<Entry>> wheel_{teeth};
    std::vector<std::int64_t> tooth_of_;  ///< by slot; 0 is none
    std::int64_t turned_to_ = 0;
};

}  // namespace marchwire::shard
