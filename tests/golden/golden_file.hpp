// Files that hold bytes as they were agreed on. They change only with MARCHWIRE_GOLDEN_REWRITE=1.
#pragma once

#include <string>
#include <string_view>

namespace marchwire::test {

/// Holds `bytes` against tests/golden/data/NAME; a missing file fails. With the variable set it is written instead.
void check_golden(const std::string& name, std::string_view bytes);

/// The whole file of the source tree; the test fails when it cannot be read.
std::string source_file(const std::string& path);

}  // namespace marchwire::test
