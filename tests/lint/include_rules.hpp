// The arrows of the house: which folder may include which, and which third-party library.
#pragma once

#include "lint/source_text.hpp"

#include <vector>

namespace marchwire::lint {

/// Checks files below server/, client-sdk/ and cli/; other files may include what they like.
[[nodiscard]] std::vector<Finding> check_includes(const SourceFile& file);

}  // namespace marchwire::lint
