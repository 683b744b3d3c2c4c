// A log that does not hold what a desk stands on: what became of it, and the repair of one that was cut (DESIGN 4.4).
#pragma once

#include "shard/footprints.hpp"
#include "shard/log_desk.hpp"

#include <functional>
#include <optional>

namespace marchwire::shard {

/// Who writes the repair of a log that was cut. The store takes one, whoever comes first.
enum class RepairTurn : std::uint8_t {
    ours,     ///< at once: this server keeps the march
    others,   ///< wait for whoever does
    nobodys,  ///< nobody has done it: what is gone wholly is made anew by any server, else what is there counts
};

/// What became of the log.
struct FoundLog {
    enum class Verdict : std::uint8_t {
        later,     ///< the store does not answer, or it is the others' turn: ask again
        goes_on,   ///< `next` follows what the desk stands on: others have repaired it
        repaired,  ///< by us: `repair` is stored
        shredded,  ///< it was deleted after its time, and is not brought back
        changed,   ///< other entries stand there, or fewer: the desk must be read anew
    };
    Verdict verdict = Verdict::later;
    store::Entries next;
    std::optional<core::Entry> repair;
    base::Digest digest{};
};

/// Looks, and repairs where it is this server's turn: the fold `stood`, which was verified entry by entry, goes on
/// under the next epoch. `done` is called once, later, on the mailbox's thread.
void find_log(const DeskPlace& place, const core::MarchState& stood, const Vault& vault, const Footprints& footprints,
              RepairTurn turn, std::function<void(FoundLog)> done);
void find_log(const DeskPlace& place, const core::CampaignState& stood, const Vault& vault,
              const Footprints& footprints, RepairTurn turn, std::function<void(FoundLog)> done);

}  // namespace marchwire::shard
