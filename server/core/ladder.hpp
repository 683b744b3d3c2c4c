// Who is told of an alert, in which order, and how it goes on when nobody takes it. (internal to core)
#pragma once

#include "core/event.hpp"

#include <cstdint>
#include <vector>

namespace marchwire::core {

inline constexpr std::uint32_t rung_buddy = 0;
inline constexpr std::uint32_t rung_section_lead = 1;
inline constexpr std::uint32_t rung_city_leads = 2;
inline constexpr std::uint32_t rung_national_desk = 3;
inline constexpr std::uint32_t rung_exhausted = 4;

/// A kind's part of the rungs. From the last one it goes to EXHAUSTED, or stays where it is: what ends at the city
/// lead is no matter for the national desk.
struct Ladder {
    std::uint32_t first = rung_buddy;
    std::uint32_t last = rung_national_desk;
    Millis step;
    bool exhausts = true;
};
[[nodiscard]] Ladder ladder_of(AlertKind kind);

/// The person that an alert is about; 0 when it is about no person.
[[nodiscard]] PersonId person_of(const AlertKey& key);
/// The section that it is about, or the person's; 0 is none, or the whole march.
[[nodiscard]] std::uint32_t section_of(const MarchState& state, const AlertKey& key);

/// The ladder's rung as it is manned now; the national desk's is always empty. Who has left for today is on none.
[[nodiscard]] std::vector<PersonId> rung(const MarchState& state, const AlertKey& key, std::uint32_t step);

/// AlertRaised and its first step: of a new alert, or of an open one that is said anew because it is worse or was
/// called again. Its ladder begins at the bottom then, whoever had it.
void raise(const MarchState& state, const AlertKey& key, bool critical, UtcMs now, std::vector<Event>& events);
/// The step to the first manned rung from `from` on. Where no rung is left the alert is EXHAUSTED: it stays open.
[[nodiscard]] AlertStepped step_up(const MarchState& state, const AlertKey& key, std::uint32_t from,
                                   std::uint32_t version, UtcMs now);

}  // namespace marchwire::core
