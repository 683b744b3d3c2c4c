// The conditions that alerts stand on: when they came, when they went, and what is not watched. (internal to core)
//
// A condition is a function of the state. When an event changes it, the fold notes in MarchState::watches by when the
// alert has to be raised or ended; the keeper's tick does that then. So raising needs a condition that lasts its raise
// time, and ending one that was gone for its clear time, each time the same in a replay.
#pragma once

#include "core/event.hpp"

#include <cstdint>
#include <vector>

namespace marchwire::core {

struct Condition {
    bool holds = false;
    bool critical = false;
    std::uint32_t figure = 0;  ///< as in Alert
};

/// A date, and no deadline of anybody: time during which the servers were down counts.
[[nodiscard]] constexpr bool is_of_calendar(AlertKind kind) { return kind == AlertKind::retention_ending; }
/// True when the march's preset has this kind. SOS and a detained person are never off.
[[nodiscard]] bool is_on(const AlertPolicy& policy, AlertKind kind);

/// Folds into `watches` what `event`, which `state` holds already, has changed.
void watch(MarchState& state, const Event& event, UtcMs at);
/// The same of an alert that was just ended: by a person, or (0) by the keeper.
void watch_ended(MarchState& state, const Alert& ended, PersonId by, UtcMs at);
/// A shift of all deadlines (TimersShifted).
void shift_watches(MarchState& state, Millis by);

/// Something is done about this one at `now`.
[[nodiscard]] bool is_due(const Watch& watched, UtcMs now);
/// Alerts to raise and to end at `now`.
void due_watches(const MarchState& state, UtcMs now, std::vector<Event>& events);

}  // namespace marchwire::core
