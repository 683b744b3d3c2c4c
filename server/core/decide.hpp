// decide(state, command, context) -> events or refusal; stamp and apply turn events into entries and state.
#pragma once

#include "core/command.hpp"
#include "core/event.hpp"
#include "core/rights.hpp"

#include <optional>
#include <vector>

namespace marchwire::core {

/// All that a decision may lean on beside the state.
struct Context {
    UtcMs now;
    Actor actor;
};

/// Pure: the same state, command and context give the same answer; nothing is changed. The events
/// are what one entry group will hold, in order, at least one of them. Checks rights first, then
/// existence, versions, transitions and bounds, and names the offending field.
[[nodiscard]] base::Result<std::vector<Event>> decide(const MarchState& state, const Command& command,
                                                      const Context& context);
[[nodiscard]] base::Result<std::vector<Event>> decide(const CampaignState& state, const Command& command,
                                                      const Context& context);

/// Makes the entry that bears `event` after `state.tip`: next seq, audience, topic stamps, public seq.
/// The digest is not known yet: the caller encodes the entry, computes it and hands it to `apply`.
[[nodiscard]] Entry stamp(const MarchState& state, Event event, const Command& command, const Context& context);
[[nodiscard]] Entry stamp(const CampaignState& state, Event event, const Command& command, const Context& context);

/// Folds an entry that was accepted into the state. `entry.seq` must be `state.tip.seq + 1`.
void apply(MarchState& state, const Entry& entry, const base::Digest& digest);
void apply(CampaignState& state, const Entry& entry, const base::Digest& digest);

/// True when the silence of this person's phone is the march's business: at the post, with a phone that is not off.
[[nodiscard]] bool is_listened_for(const Member& member);

/// When the keeper's next Tick is due; 0 when nothing waits. (core/timers)
[[nodiscard]] UtcMs next_due(const MarchState& state);

/// What the keeper's Tick at `now` yields: nudges, alerts raised and stepped, proposals expired,
/// handovers lapsed. Empty when nothing is due. Calling it again after applying yields nothing new.
[[nodiscard]] std::vector<Event> due_events(const MarchState& state, UtcMs now);

/// What ObserveColumn at `now` yields: a sample when a minute has passed, alerts raised and cleared. Empty when nothing
/// is to be said; calling it again after applying yields nothing new. (core/decide_column)
[[nodiscard]] std::vector<Event> column_events(const MarchState& state, const ObserveColumn& seen, UtcMs now);

/// ObserveServers would tell this march something that matters to it.
[[nodiscard]] bool is_news(const MarchState& state, const ServersSeen& servers);

/// What the answer to an accepted ReadRestricted bears, asked with the state that holds it; none for other commands.
/// The refusal, where this actor may not read it (any more).
[[nodiscard]] base::Result<std::optional<RestrictedBlock>> restricted_answer(const MarchState& state,
                                                                             const Command& command,
                                                                             const Context& context);
/// The same of RevealPerson: what is to be opened for its answer.
[[nodiscard]] base::Result<std::string> revealed_answer(const MarchState& state, const RevealPerson& wish,
                                                        const Context& context);
/// What may stand in SetPersonDetails, which is sealed when it is decided: asked by whoever seals.
[[nodiscard]] std::optional<base::Refusal> check_details(const SetPersonDetails& wish);

}  // namespace marchwire::core
