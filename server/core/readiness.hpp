// What a march still lacks before its day, for the national desk. One half is known to the march's log, the other to
// its campaign's.
#pragma once

#include "core/model.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace marchwire::core {

struct Readiness {
    bool is_asked = false;             ///< false: a drill, or over; nothing else counts then
    bool needs_route = false;          ///< people walk
    bool has_route = false;            ///< one is active
    std::uint32_t phones_needed = 0;   ///< people of the roster who are to be reached
    std::uint32_t phones_checked = 0;  ///< of them: came in by an invite, or have checked in
    // Of the campaign:
    std::uint32_t leads = 0;           ///< city leads with a device that is in
    std::uint32_t second_persons = 0;  ///< who could confirm a resume with the only lead
    UtcMs last_drill_at;               ///< when the last of this city ended, or was last moved on; 0: none is known
    bool operator==(const Readiness&) const = default;
};

/// The march's half.
[[nodiscard]] Readiness readiness_of(const MarchState& state);

/// Who of each march has a device that is in.
struct Enrolment {
    std::uint32_t leads = 0;           ///< city leads
    std::uint32_t second_persons = 0;  ///< section leads and anchors
};
[[nodiscard]] std::map<Slug, Enrolment> enrolments(const CampaignState& state);
/// Of a drill that was deleted after its time the name alone is left, and when that was: by the march whose name stands
/// before its `-drill`, when the last of them ended.
[[nodiscard]] std::map<std::string, UtcMs> forgotten_drills(const CampaignState& state);

/// True when somebody else than the only lead, or a second lead, can confirm a resume.
[[nodiscard]] bool has_second_person(const Readiness& readiness);
/// What is missing, each with what to do about it; empty: the march is ready.
[[nodiscard]] std::vector<std::string> open_points(const Readiness& readiness);

}  // namespace marchwire::core
