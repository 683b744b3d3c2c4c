// One row of a campaign's table -> one march, with everything that is wrong in it. (internal to import)
#pragma once

#include "import/campaign_csv.hpp"
#include "import/csv_header.hpp"

#include <optional>

namespace marchwire::import {

/// Of a campaign's table.
[[nodiscard]] Columns read_header(const CsvRecord& header, Findings& findings);

/// Without its slug but for a column `slug`. None when the row has an error.
[[nodiscard]] std::optional<DraftMarch> read_march(const CsvRecord& record, const Columns& columns, Findings& findings);

}  // namespace marchwire::import
