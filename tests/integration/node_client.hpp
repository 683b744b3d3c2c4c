// Node programs of tests/integration/node with the packages of their lock file. (tests)
#pragma once

#include <string>

namespace marchwire::test {

/// Path of a program that is ready to run by `node`. Packages are installed once, in the build directory: the source
/// tree stays as it is. Throws std::runtime_error with npm's words.
[[nodiscard]] std::string node_program(const std::string& name);

}  // namespace marchwire::test
