// Topics of a log and their 32-bit numbers: base (unique per log, low 16 bits zero) plus an index.
#pragma once

#include "base/ids.hpp"
#include "base/limits.hpp"
#include "core/vocabulary.hpp"

#include <cstdint>
#include <string>

namespace marchwire::core {

/// Indices inside a log's 65 536. A march uses public, staff, ops, section, role, section_ops and person; a
/// campaign uses overview and desk. Positions (class C telemetry) travel on the same topics.
namespace topic_index {
inline constexpr std::uint32_t public_feed = 1;
inline constexpr std::uint32_t staff = 2;
inline constexpr std::uint32_t ops = 3;
inline constexpr std::uint32_t overview = 4;
inline constexpr std::uint32_t desk = 5;
inline constexpr std::uint32_t section_first = 16;       ///< section n is section_first + n
inline constexpr std::uint32_t role_first = 96;          ///< role r is role_first + its number
inline constexpr std::uint32_t section_ops_first = 128;  ///< what only the lead of section n sees of its people
inline constexpr std::uint32_t person_first = 256;       ///< person of ordinal o is person_first + o

[[nodiscard]] constexpr std::uint32_t section(std::uint32_t number) { return section_first + number; }
[[nodiscard]] constexpr std::uint32_t role(Role role) { return role_first + static_cast<std::uint32_t>(role); }
[[nodiscard]] constexpr std::uint32_t section_ops(std::uint32_t number) { return section_ops_first + number; }
[[nodiscard]] constexpr std::uint32_t person(std::uint32_t ordinal) { return person_first + ordinal; }

static_assert(section_first + base::limits::sections < role_first);
static_assert(role_first + role_count < section_ops_first);
static_assert(section_ops_first + base::limits::sections < person_first);
static_assert(person_first + base::limits::roster_entries < 65'536);
}  // namespace topic_index

[[nodiscard]] constexpr base::TopicNumber topic_number(std::uint32_t topic_base, std::uint32_t index) {
    return base::TopicNumber{topic_base | index};
}
[[nodiscard]] constexpr std::uint32_t index_of(base::TopicNumber topic) { return topic.value & 0xFFFFU; }
[[nodiscard]] constexpr std::uint32_t base_of(base::TopicNumber topic) { return topic.value & 0xFFFF0000U; }

/// `public`, `staff`, `ops`, `section:3`, `section_ops:3`, `role:medic`, `person:12` (the ordinal): for logs and docs.
[[nodiscard]] std::string topic_name(std::uint32_t index);

}  // namespace marchwire::core
