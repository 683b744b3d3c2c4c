// Randomness that nobody can guess.
#pragma once

#include <cstddef>
#include <string>

namespace marchwire::base {

/// From the system's source; a machine without one ends the process.
[[nodiscard]] std::string random_bytes(std::size_t count);

}  // namespace marchwire::base
