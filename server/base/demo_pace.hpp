// How much more often phones speak under a demo clock.
#pragma once

#include "base/limits.hpp"

#include <algorithm>

namespace marchwire::base {

/// A demo's phones say so many times as often that they are there, else nobody could be missed in a quarter of an
/// hour of its clock. `rate`: of that clock; 1 is real time.
[[nodiscard]] constexpr double demo_pace(double rate) { return std::clamp(rate, 1.0, limits::demo_pace_most); }

}  // namespace marchwire::base
