// What may be written of an incident: bounded texts, none of which tells the name of a child. (internal to core)
#pragma once

#include "core/model.hpp"
#include "core/text_bounds.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace marchwire::core {

/// A text that many may read, at most so many characters.
struct Line {
    const std::string& text;
    const char* field;
    std::size_t most;
};

/// None of them tells the name, or a part of it; an empty name is in no text.
[[nodiscard]] Complaint check_lines(const std::vector<Line>& lines, const std::string& name);
[[nodiscard]] Complaint check_methane(const Methane& methane, const std::string& name);
[[nodiscard]] Complaint check_restricted(const MarchState& state, const std::optional<RestrictedBlock>& block);
/// Of the restricted block of this incident; empty where nothing is known.
[[nodiscard]] std::string known_name(const MarchState& state, std::uint32_t incident);

}  // namespace marchwire::core
