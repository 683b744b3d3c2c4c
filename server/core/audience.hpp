// Who sees an event: the topics of its log that bear it. (internal to core)
#pragma once

#include "core/event.hpp"

#include <cstdint>
#include <vector>

namespace marchwire::core {

/// Topic indices (topics.hpp), each once, of an event that follows on `state`. On `ops` stands every event
/// of a march; on the public topic exactly what has a public item, and nothing of a drill; on the others
/// what a marshal's phone may show of the march, of a section and of a person, and what its lead sees of a section.
/// Entries of a campaign bear no topic: overview and desk are keyed boards.
[[nodiscard]] std::vector<std::uint32_t> audience(const MarchState& state, const Event& event);

/// Persons on the ladder of an alert up to a step, and its subject: those who are told of it.
[[nodiscard]] std::vector<PersonId> told_of(const MarchState& state, const AlertKey& key, std::uint32_t step);
/// The same of an SOS that was cancelled under duress: leads alone, and none who is near the person.
[[nodiscard]] std::vector<PersonId> told_of_duress(const MarchState& state, const AlertKey& key, std::uint32_t step,
                                                   Duress duress);

}  // namespace marchwire::core
