// A table from anybody's spreadsheet: rows that can be used, or findings that say what to do.
#include "import/campaign_csv.hpp"
#include "import/csv.hpp"

#include "base/limits.hpp"
#include "support/must.hpp"

using marchwire::test::must;

namespace import = marchwire::import;
namespace limits = marchwire::base::limits;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes = marchwire::test::bytes_of(data, size);
    const auto table = import::read_csv(bytes);
    for (const auto& record : table.records) must(record.fields.size() <= limits::csv_columns);
    const auto draft = import::read_campaign_csv(bytes);
    must(draft.findings.size() <= limits::import_findings);
    for (const auto& finding : draft.findings) must(!finding.message.empty());
    if (!draft.usable()) return 0;
    for (const auto& march : draft.marches) {
        must(!march.slug.empty() && !march.spec.tz.empty() && march.spec.plan.size() <= limits::plan_phases);
    }
    return 0;
}
