// A plan as it is typed: PHASE=LOCAL TIME, once for each phase.
#pragma once

#include "base/outcome.hpp"
#include "core/model.hpp"

#include <string>
#include <vector>

namespace marchwire::cli {

inline constexpr const char* plan_help = "PHASE=LOCAL TIME or PHASE=?, once for each phase of the programme";

/// `texts` in the zone `tz`. INVALID_ARGUMENT in the field `--phase` for what is no phase or no time there.
[[nodiscard]] base::Result<std::vector<core::PlannedPhase>> plan_of(const std::vector<std::string>& texts,
                                                                    const std::string& tz);

}  // namespace marchwire::cli
