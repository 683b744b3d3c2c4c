// How much more often phones speak under a demo clock.
#pragma once

#include <algorithm>

namespace marchwire::base {

/// A demo's phones say so many times as often that they are there, else nobody could be missed in a quarter of an
/// hour of its clock. Faster than this they would be a load, and a hiccup of the machine would look like a jam. Ours.
inline constexpr double demo_pace_most = 20;

/// `rate`: of the clock; 1 is real time.
[[nodiscard]] constexpr double demo_pace(double rate) { return std::clamp(rate, 1.0, demo_pace_most); }

}  // namespace marchwire::base
