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
    double behind_share = 0;           ///< of the column's length, behind its head
    double behind_metres = 0;          ///< and so much more; negative: further ahead
    sdk::Millis report_every{15'000};  ///< by the server's clock
    bool has_phone = true;
    bool has_gps = true;
};

/// What moves everybody of one march.
struct Column {
    const RouteWalk& route;
    double head_metres = 0;
    double length_metres = 0;
    sdk::Phase phase = sdk::Phase::unknown;
};

/// One thread. Habits come from the seed alone: who falls silent, whose network drops, when somebody checks in.
class SimulatedPerson {
public:
    struct Place {
        std::string march;  ///< "campaign/march"
        const GpsNoise& noise;
        std::uint64_t seed = 0;
        bool is_calm = false;  ///< does not fall silent by chance
    };
    SimulatedPerson(boost::asio::io_context& io, const sdk::ClientSettings& settings, Part part, Place place);

    /// What is to be done at this moment; a few times in each real second.
    void play(const Column& column, sdk::Millis real_now);
    [[nodiscard]] const std::string& callsign() const { return part_.callsign; }
    [[nodiscard]] bool is_online() const { return client_.is_online(); }
    void send(const sdk::Command& command, sdk::OnReply on_reply);

    /// Until on_line(). What the person does meanwhile waits in the phone; `also_person`: they do nothing either.
    void off_line(bool also_person);
    void on_line();
    /// Does nothing more by habit: their day is over.
    void go_home() { is_idle_ = true; }

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
    bool is_idle_ = false;
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
