// How often this program asks for memory. (tests)
#pragma once

#include <cstddef>

namespace marchwire::net::test {

/// Calls of operator new on this thread since it began; arrays and over-aligned types are not counted.
[[nodiscard]] std::size_t allocations_of_thread();

}  // namespace marchwire::net::test
