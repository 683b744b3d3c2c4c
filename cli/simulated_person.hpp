// One simulated person on duty: an SDK client of its own, with a place in the column and habits.
#pragma once

#include "gps_noise.hpp"
#include "route_walk.hpp"

#include <marchwire/client.hpp>

#include <cstdint>
#include <memory>
#include <random>
#include <string>

namespace marchwire::cli {

/// Who somebody is in the simulated column.
struct Part {
    std::string callsign;
    std::string role;  ///< as the host's door takes it
    std::uint32_t section = 0;
    double behind_metres = 0;          ///< the head of the column
    sdk::Millis report_every{15'000};  ///< by the server's clock
};

/// What moves everybody of one march.
struct Column {
    const RouteWalk& route;
    double head_metres = 0;
    sdk::Phase phase = sdk::Phase::unknown;
};

/// One thread. Habits come from the seed alone: who falls silent, whose network drops, when somebody checks in.
class SimulatedPerson {
public:
    struct Place {
        std::string march;  ///< "campaign/march"
        const GpsNoise& noise;
        std::uint64_t seed = 0;
    };
    SimulatedPerson(boost::asio::io_context& io, const sdk::ClientSettings& settings, Part part, Place place);

    /// What is to be done at this moment; a few times in each real second.
    void play(const Column& column, sdk::Millis real_now);
    [[nodiscard]] const sdk::Client& client() const { return client_; }

private:
    void check_in(const Column& column, sdk::UtcMs now);
    [[nodiscard]] sdk::Callbacks callbacks();
    void answer_orders(sdk::UtcMs now);
    void report(const Column& column, sdk::UtcMs now, sdk::Millis real_now);
    [[nodiscard]] double own_metres(const Column& column) const;
    [[nodiscard]] bool is_silent(const Column& column) const;

    Part part_;
    Place place_;
    sdk::FeedName feed_;
    std::mt19937_64 chance_;
    std::size_t noise_at_ = 0;
    double silent_from_metres_;  ///< never: beyond every route
    sdk::UtcMs next_check_in_ = 0;
    bool orders_heard_ = false;  ///< since they were last looked at
    sdk::UtcMs answer_at_ = 0;
    sdk::UtcMs next_report_ = 0;
    sdk::Millis next_report_real_{0};
    sdk::Millis next_drop_real_{0};
    sdk::Phase checked_in_for_ = sdk::Phase::unknown;
    std::uint32_t battery_percent_;
    sdk::Client client_;
};

}  // namespace marchwire::cli
