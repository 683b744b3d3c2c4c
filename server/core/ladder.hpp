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

/// An alert's part of the rungs. From the last one it goes to EXHAUSTED, or stays where it is: what ends at the city
/// lead is no matter for the national desk.
struct Ladder {
    std::uint32_t first = rung_buddy;
    std::uint32_t last = rung_national_desk;
    Millis step;
    bool exhausts = true;
};
/// By the alert's kind; of an order's alert by the kind of the order.
[[nodiscard]] Ladder ladder_of(const MarchState& state, const AlertKey& key);

[[nodiscard]] bool is_of_order(AlertKind kind);
/// Of the column and what was measured of it: raised and ended by ObserveColumn (core/decide_column).
[[nodiscard]] bool is_of_column(AlertKind kind);
/// The order that an alert is about; null for other alerts, and when it has ended long ago.
[[nodiscard]] const Order* order_of(const MarchState& state, const AlertKey& key);

/// The person that an alert is about; 0 when it is about no person.
[[nodiscard]] PersonId person_of(const AlertKey& key);
/// The section that it is about, or the person's; 0 is none, or the whole march, or an order that may ask many,
/// or a gap between two.
[[nodiscard]] std::uint32_t section_of(const MarchState& state, const AlertKey& key);

/// True when it is about this section, or somebody of it; a gap is about the sections on both sides.
[[nodiscard]] bool is_at_section(const MarchState& state, const AlertKey& key, std::uint32_t section);

/// Of an order's alert: the leads of those who owe an answer still, or of all whom the order asks.
enum class Asked : std::uint8_t { missing, all };
/// The ladder's rung as it is manned now; the national desk's is always empty. Who has left for today is on none but
/// those of a date. The issuer of an order and the owner of an incident stand beside the section leads, dispatchers
/// beside the city leads where it is about the column, the servers or a lost child, and of that the liaison with the
/// police.
/// On the first rung are HEAD marshals where they can put it right, and of an intersection its marshals.
[[nodiscard]] std::vector<PersonId> rung(const MarchState& state, const AlertKey& key, std::uint32_t step,
                                         Asked asked = Asked::missing);

/// AlertRaised, with its `figure`, and its first step: of a new alert, or of an open one that is said anew because it
/// is worse or was called again. Its ladder begins at the bottom then, whoever had it.
void raise(const MarchState& state, const AlertKey& key, bool critical, UtcMs now, std::vector<Event>& events,
           std::uint32_t figure = 0);
/// The same, whether one is open or not: of a new alert.
void raise_first(const MarchState& state, const AlertKey& key, bool critical, UtcMs now, std::vector<Event>& events,
                 std::uint32_t figure = 0);
/// The step to the first manned rung from `from` on. Where no rung is left the alert is EXHAUSTED: it stays open.
[[nodiscard]] AlertStepped step_up(const MarchState& state, const AlertKey& key, std::uint32_t from,
                                   std::uint32_t version, UtcMs now);

}  // namespace marchwire::core
