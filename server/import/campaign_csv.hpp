// A campaign's marches from a CSV file: every row is checked before anything is sent anywhere.
//
// Columns, in any order, by the names of their header (other names are told and left out):
//   city, tz                      required
//   state, venue, lat, lon        state: two letters; lat and lon together
//   start_local, start_phase      when the phase `start_phase` begins (default: marching; virtual: live)
//   <phase>_local                 assembling, marching, rally, call_to_action, dispersing, closed, live: the
//                                 local time; '?': planned, but no time is known; empty: not in the programme
//   kind                          in_person (default) or virtual
//   crowd_low, crowd_high         digits; checked and shown, not kept: a plan has no crowd
//   slug                          instead of the one made from city and state
//   source                        where the plan was taken from
#pragma once

#include "base/hmac.hpp"
#include "core/model.hpp"
#include "import/finding.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace marchwire::import {

struct DraftMarch {
    std::size_t row = 0;  ///< as a spreadsheet numbers it
    base::Slug slug;      ///< city and state; and venue where a city has several
    core::MarchSpec spec;
    std::optional<std::uint32_t> crowd_low;
    std::optional<std::uint32_t> crowd_high;
};

struct CampaignDraft {
    base::Hash256 file_hash{};
    std::vector<DraftMarch> marches;
    Findings findings;  ///< at most limits::import_findings
    /// With one error nothing may be sent: nothing is half-imported.
    [[nodiscard]] bool usable() const { return count_of(findings, Weight::error) == 0 && !marches.empty(); }
};

/// Pure but for the system's zone tables; any thread. A row that cannot be read is not among `marches`.
[[nodiscard]] CampaignDraft read_campaign_csv(std::string_view bytes);

}  // namespace marchwire::import
