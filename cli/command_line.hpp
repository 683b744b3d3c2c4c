// The whole of `marchwire`, callable from main and from tests.
#pragma once

#include "verb.hpp"

#include <span>
#include <string>

namespace marchwire::cli {

/// Parses and runs one verb; `arguments` are without the program's name. Wrong usage is told on `err`.
[[nodiscard]] ExitCode run(std::span<const std::string> arguments, Context& context);

}  // namespace marchwire::cli
