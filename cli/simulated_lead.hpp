// One simulated city lead: follows the plan by the server's clock, holds once, looks after alerts.
#pragma once

#include "route_walk.hpp"

#include <marchwire/client.hpp>

#include <functional>
#include <optional>
#include <random>
#include <string>

namespace marchwire::cli {

/// One thread. Acts on the folded ops feed, one command at a time.
class SimulatedLead {
public:
    /// Told of each phase that this lead brought about.
    using OnPhase = std::function<void(const std::string& march, sdk::Phase phase, sdk::UtcMs at)>;

    SimulatedLead(boost::asio::io_context& io, const sdk::ClientSettings& settings, std::string march,
                  std::uint64_t seed, OnPhase on_phase);

    void play(bool column_has_come_in, double head_share);
    /// Empty before the first snapshot.
    [[nodiscard]] const std::optional<sdk::March>& march() const { return march_; }
    [[nodiscard]] sdk::UtcMs server_time() const { return client_.server_time(); }
    /// The route to walk has changed since the last call.
    [[nodiscard]] bool take_route_changed();

private:
    void look();
    void send(const sdk::Command& command, std::optional<sdk::Phase> brings_about);
    [[nodiscard]] bool prepare_route();
    [[nodiscard]] bool hold_or_release(double head_share, sdk::UtcMs now);
    [[nodiscard]] bool look_after_alerts(sdk::UtcMs now);
    void advance(sdk::Phase to);

    std::string name_;
    sdk::FeedName feed_;
    OnPhase on_phase_;
    std::optional<sdk::March> march_;
    std::optional<double> hold_at_share_;  ///< of the route; empty: this march is never held
    std::uint32_t route_seen_ = 0;
    bool route_changed_ = false;
    bool waiting_ = false;       ///< for an answer
    sdk::UtcMs not_before_ = 0;  ///< after a refusal
    sdk::Client client_;
};

}  // namespace marchwire::cli
