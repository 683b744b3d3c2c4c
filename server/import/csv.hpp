// A table out of comma-separated text (RFC 4180): quoted fields, doubled quotes, either line end.
#pragma once

#include "base/outcome.hpp"
#include "import/finding.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace marchwire::import {

struct CsvRecord {
    std::size_t row = 0;  ///< as a spreadsheet numbers it: the header is 1
    std::vector<std::string> fields;
};

/// Every record of the text, blank ones left out, and what is wrong with its form. A byte order mark is
/// skipped. Text that is not UTF-8 (UTF-16, Windows-1252), a quote that is never closed or is followed by
/// text, and whatever is beyond the limits are errors; after one of these the records end early.
struct CsvTable {
    std::vector<CsvRecord> records;
    Findings findings;
};
[[nodiscard]] CsvTable read_csv(std::string_view bytes);

/// Valid UTF-8 (no overlong forms, no surrogates) without NUL?
[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace marchwire::import
