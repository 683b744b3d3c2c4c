// Rows of the boards that span the marches of a campaign.
#pragma once

#include "marchwire/values.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace marchwire::sdk {

/// What a march lacks before its day.
struct Readiness {
    std::uint32_t leads = 0;           ///< city leads with a device that is in
    std::uint32_t second_persons = 0;  ///< section leads and anchors with one
    bool needs_route = false, has_route = false;
    std::uint32_t phones_needed = 0, phones_checked = 0;
    UtcMs last_drill = 0;                  ///< 0: none is known
    std::vector<std::string> open_points;  ///< what is missing and what to do; empty: it is ready
};
/// A march's row of the overview or the desk.
struct Row {
    std::string march;
    std::string city, state, tz;  ///< overview
    Phase phase = Phase::unknown;
    std::string sentence;
    PlannedPhase next;
    std::uint32_t on_duty = 0;                          ///< overview: rounded, 0 under 5
    std::uint32_t followers = 0;                        ///< overview: who watch the march now; rounded, 0 under 5
    std::uint32_t overdue = 0, roster = 0, alerts = 0;  ///< desk; alerts: open ones shown
    std::optional<std::uint32_t> head_metres, tail_metres;
    bool moving = false;
    std::optional<Readiness> readiness = {};  ///< desk; none of a drill, or when it is over
};

}  // namespace marchwire::sdk
