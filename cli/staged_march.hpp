// One march on the simulation's stage: its people, where its column is, and the scenes that it plays.
#pragma once

#include "scene_player.hpp"
#include "simulated_lead.hpp"
#include "simulated_person.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace marchwire::cli {

struct StagedMarch {
    std::string name;  ///< "campaign/march"
    sdk::UtcMs first_time = 0;
    bool has_route = false;
    bool is_staffed = false;  ///< more than a lead
    Cast cast;
    std::vector<Playing> plays;
    double pace = 1;  ///< metres a second
    RouteWalk route;
    double head_metres = -1;  ///< not walking yet
    sdk::UtcMs moved_at = 0;
    std::vector<std::unique_ptr<SimulatedLead>> leads;
    std::vector<std::unique_ptr<SimulatedPerson>> persons;
    std::map<std::string, std::uint32_t> tokens;  ///< by callsign
    std::vector<ScenePlayer> players;             ///< one for each of `plays`, once the march was seen

    /// Whoever runs the march now; null: nobody has seen it yet.
    [[nodiscard]] SimulatedLead* acting() const;
    [[nodiscard]] SimulatedPerson* person(std::string_view callsign) const;
    [[nodiscard]] SimulatedLead* lead(std::string_view callsign) const;

    void walk(const sdk::March& march, sdk::UtcMs now);
    [[nodiscard]] double column_length() const;
    [[nodiscard]] SimulatedLead::Way way() const;
};

}  // namespace marchwire::cli
