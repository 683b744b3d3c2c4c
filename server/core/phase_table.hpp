// Every change of phase that DESIGN 2 allows, as data. What is not a row here is refused.
#pragma once

#include "core/vocabulary.hpp"

#include <cstdint>
#include <optional>
#include <span>

namespace marchwire::core {

/// The family of command that causes a change.
enum class PhaseVerb : std::uint8_t { advance, hold, release, stop, resume, postpone, cancel };

/// `back` rows are open only when `to` is the phase that was left (MarchState::phase_before).
enum class PhaseWay : std::uint8_t { onward, back };

struct PhaseTransition {
    MarchKind kind = MarchKind::in_person;
    PhaseVerb verb = PhaseVerb::advance;
    Phase from = Phase::planned;
    Phase to = Phase::planned;
    PhaseWay way = PhaseWay::onward;
};

/// All rows, of both kinds.
[[nodiscard]] std::span<const PhaseTransition> phase_transitions();

/// The row, or none: then the change is refused. `before` is MarchState::phase_before.
[[nodiscard]] bool phase_may_change(MarchKind kind, PhaseVerb verb, Phase from, Phase to, std::optional<Phase> before);

/// Where a verb that leaves no choice leads from here (all but advance); none when it is refused.
[[nodiscard]] std::optional<Phase> phase_after(MarchKind kind, PhaseVerb verb, Phase from, std::optional<Phase> before);

/// True for phases that a march of this kind can be in.
[[nodiscard]] bool phase_belongs(MarchKind kind, Phase phase);

/// True for phases that a plan may name (those that are reached by advancing).
[[nodiscard]] bool phase_can_be_planned(MarchKind kind, Phase phase);

/// Where HELD, PAUSED, STOPPED and POSTPONED return to when entered from `from`; none for others.
[[nodiscard]] std::optional<Phase> phase_to_return_to(Phase from, Phase entered);

/// CLOSED and CANCELLED: nothing follows.
[[nodiscard]] constexpr bool phase_is_final(Phase phase) { return phase == Phase::closed || phase == Phase::cancelled; }

}  // namespace marchwire::core
