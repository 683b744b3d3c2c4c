// Opens a log of the store: checkpoint, rest of the entries, chain checked, and the newest entries for resumes.
#pragma once

#include "core/decide.hpp"
#include "shard/log_desk.hpp"

#include <cstddef>
#include <functional>
#include <vector>

namespace marchwire::shard {

/// A log as it stood when it was opened.
template <class State>
struct OpenedDesk {
    State state;
    Vault vault;
    base::Seq checkpointed;         ///< what the newest checkpoint that was used holds; 0: none
    std::vector<PastEntry> recent;  ///< the newest, at most limits::window_at_opening, oldest first, up to the tip
    base::Position before;          ///< position just before `recent`
    base::Position before_public;   ///< the same in public count
};

template <class State>
using OpeningDone = std::function<void(base::Result<OpenedDesk<State>>)>;

/// `done` is called once on the mailbox's thread. Refusals: the store's; UNAVAILABLE naming the log and the seq where
/// its chain does not hold or an entry cannot be read. A checkpoint that cannot be read is passed over: the log is
/// folded from its first entry.
void open_march_log(const DeskPlace& place, OpeningDone<core::MarchState> done);
void open_campaign_log(const DeskPlace& place, OpeningDone<core::CampaignState> done);

}  // namespace marchwire::shard
