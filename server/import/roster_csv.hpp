// A march's roster from a CSV file: every row is checked before anything is sent anywhere.
//
// Columns, in any order, by the names of their header (other names are told and left out):
//   callsign, role     required; callsign: as it is said on the air, no name
//   section            1 ..; empty: none
//   buddy              the callsign of another row
//   language           a BCP 47 tag such as es or en-US; empty: not said
//   no_phone           yes or no (empty): checked by the section lead, never unreachable
//   name, phone        who they are, for the few who may read it: stored sealed
#pragma once

#include "core/model.hpp"
#include "import/finding.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace marchwire::import {

struct DraftMember {
    std::size_t row = 0;  ///< as a spreadsheet numbers it
    std::string callsign;
    core::Role role = core::Role::side;
    std::uint32_t section = 0;
    std::string buddy;  ///< callsign; empty: none
    bool no_phone = false;
    std::string name, phone;
    std::string language;
};

struct RosterDraft {
    std::vector<DraftMember> members;
    Findings findings;
    /// With one error nothing may be sent: nothing is half-imported.
    [[nodiscard]] bool usable() const { return count_of(findings, Weight::error) == 0 && !members.empty(); }
};

/// `sections`: how many the march has. Pure; any thread.
[[nodiscard]] RosterDraft read_roster_csv(std::string_view bytes, std::uint32_t sections);

}  // namespace marchwire::import
