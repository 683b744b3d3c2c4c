// Tidiness: functions that fit on a screen, files that can be read, names that say something.
#pragma once

#include "lint/source_text.hpp"

#include <cstddef>
#include <vector>

namespace marchwire::lint {

inline constexpr std::size_t function_lines_max = 60;  ///< from the opening to the closing brace
inline constexpr std::size_t file_lines_max = 500;

[[nodiscard]] std::vector<Finding> check_tidiness(const SourceFile& file);

/// A function's body as the brace scanner sees it; lambdas belong to the function around them.
struct Function {
    std::size_t first_line = 0;
    std::size_t last_line = 0;
};

[[nodiscard]] std::vector<Function> functions_of(std::string_view text);

}  // namespace marchwire::lint
