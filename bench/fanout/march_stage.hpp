// A campaign in a running Marchwire for one case: marches, tokens, a roster, all through the host's door.
#pragma once

#include "admin_client.hpp"

#include "marchwire/v1/session.pb.h"

#include <cstdint>
#include <string>
#include <vector>

namespace marchwire::bench {

/// All of it throws std::runtime_error with the server's refusal.
class MarchStage {
public:
    static inline const std::string campaign = "flag-day";
    static inline const std::string crowded_march = "m0";
    static inline const std::string march_log = campaign + "/" + crowded_march;
    /// Where the street begins; it runs east.
    static constexpr double street_lat = 38.6256, street_lon = -90.19, street_metres = 3'000,
                            metres_per_degree = 86'970;

    /// The campaign with the marches m0 to m{marches - 1}.
    MarchStage(const std::string& data_directory, std::uint32_t marches);

    [[nodiscard]] std::string desk_token();
    /// Of march 0, as all below.
    [[nodiscard]] std::string lead_token();
    [[nodiscard]] std::vector<std::string> marshal_tokens(std::uint32_t count);
    /// All of one role, in this section or, 0, in each in turn.
    [[nodiscard]] std::vector<std::string> marshal_tokens(std::uint32_t count, v1::Role role, std::uint32_t section);
    /// So many on the roster, with the longest callsigns there may be: the snapshot has about 230 bytes of each.
    void fill_roster(std::uint32_t count);
    /// A street of 3 km that all of it walks along, active. Before `step_off`.
    void open_street(std::uint16_t staff_port, const std::string& lead_token);
    /// PLANNED, ASSEMBLING, MARCHING, by the lead: the host may not. The version of the phase.
    [[nodiscard]] std::uint32_t step_off(std::uint16_t staff_port, const std::string& lead_token);

private:
    std::uint64_t put(const std::string& log, const v1::Command& command);
    nlohmann::json ask(const nlohmann::json& request);
    [[nodiscard]] std::uint32_t phase_version();
    [[nodiscard]] std::string token(const char* role, const char* callsign, bool of_march);

    cli::AdminClient admin_;
    std::uint32_t people_ = 0;  ///< made so far: no two have the same callsign
};

}  // namespace marchwire::bench
