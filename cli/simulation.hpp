// A day of marches played by simulated people, each an SDK client of its own in this one process.
#pragma once

#include "admin_client.hpp"
#include "base/ids.hpp"
#include "earlier_tokens.hpp"
#include "gps_noise.hpp"
#include "scene_stage.hpp"
#include "staged_march.hpp"
#include "verb.hpp"

#include <nlohmann/json_fwd.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace marchwire::cli {

struct SimulationSettings {
    std::string samples = "samples";  ///< its tracks/ gives the noise of GPS
    std::string campaign;             ///< empty: all
    std::uint64_t seed = 1;
    std::size_t clients_max = 400;
    std::uint32_t seconds = 0;  ///< 0: until Ctrl-C
};

/// Hires people through the host's door, one at a time, and plays with those who are there already: the
/// first march moves while the last is still being staffed. One thread.
class Simulation {
public:
    Simulation(Context& context, SimulationSettings settings);
    ~Simulation();
    /// Until Ctrl-C or the given time. False: it could not begin, and why was reported.
    [[nodiscard]] bool run();

private:
    struct Hire {
        std::size_t march = 0;
        Part part;
        bool is_lead = false;
        bool plays = true;  ///< false: too many for this run, only the token of an earlier one is ended
    };

    [[nodiscard]] base::Result<void> read_tracks();
    [[nodiscard]] base::Result<void> find_marches();
    [[nodiscard]] base::Result<void> find_march(const base::LogId& log);
    [[nodiscard]] base::Result<void> find_earlier_tokens();
    void plan_hires();
    /// One step: ends a token that this person holds of an earlier run, or gives out the new one.
    void hire_next();
    [[nodiscard]] base::Result<nlohmann::json> ask_for(const Hire& hire, std::optional<std::uint32_t> earlier);
    void place(const Hire& hire, const std::string& token);
    /// Whoever has lost their phone gets another one.
    void hire_again(StagedMarch& march, std::string_view callsign);
    void tick();
    void told_phase(const std::string& march, sdk::Phase phase, sdk::UtcMs at);
    [[nodiscard]] std::uint64_t seed_of(const std::string& march, const std::string& callsign) const;

    Context& context_;
    SimulationSettings settings_;
    AdminClient admin_;
    GpsNoise noise_;
    boost::asio::io_context io_{1};
    boost::asio::steady_timer hire_timer_{io_};
    boost::asio::steady_timer tick_timer_{io_};
    std::vector<std::unique_ptr<StagedMarch>> marches_;
    std::deque<Hire> hires_;
    EarlierTokens earlier_;
    SceneStage scenes_;
};

}  // namespace marchwire::cli
