// Who walks where in a simulated march.
#pragma once

#include "scene.hpp"
#include "simulated_person.hpp"

#include <vector>

namespace marchwire::cli {

inline constexpr double column_metres = 250;  ///< the usual length
inline constexpr sdk::Millis often{5'000};
inline constexpr sdk::Millis seldom{15'000};

/// All but the leads.
[[nodiscard]] std::vector<Part> parts_of(Crew crew);

}  // namespace marchwire::cli
