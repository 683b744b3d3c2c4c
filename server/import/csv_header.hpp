// The first row of a table: which column is where. (internal to import)
#pragma once

#include "import/csv.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace marchwire::import {

/// Column name -> its index in each record.
using Columns = std::map<std::string, std::size_t, std::less<>>;

/// Without blanks at its ends.
[[nodiscard]] std::string_view trimmed(std::string_view text);

/// Maps the header's names; errors for required ones that are missing and for names twice, warnings for unknown ones.
[[nodiscard]] Columns read_header(const CsvRecord& header, const std::function<bool(std::string_view)>& is_known,
                                  std::span<const std::string_view> required, Findings& findings);

}  // namespace marchwire::import
