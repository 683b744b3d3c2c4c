// One row of a campaign's table -> one march, with everything that is wrong in it. (internal to import)
#pragma once

#include "import/campaign_csv.hpp"
#include "import/csv.hpp"

#include <map>
#include <string>
#include <string_view>

namespace marchwire::import {

/// Column name -> its index in each record.
using Columns = std::map<std::string, std::size_t, std::less<>>;

/// Maps the header's names; errors for required ones that are missing and for names twice, warnings for
/// unknown ones.
[[nodiscard]] Columns read_header(const CsvRecord& header, Findings& findings);

/// Without its slug but for a column `slug`. None when the row has an error.
[[nodiscard]] std::optional<DraftMarch> read_march(const CsvRecord& record, const Columns& columns, Findings& findings);

}  // namespace marchwire::import
