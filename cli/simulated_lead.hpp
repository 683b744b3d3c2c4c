// One simulated city lead: follows the plan by the server's clock, may hold once, looks after alerts.
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

    struct Place {
        std::string march;  ///< "campaign/march"
        std::string callsign;
        std::uint64_t seed = 0;
        bool is_calm = false;  ///< holds nothing by chance
    };
    /// How far the column is.
    struct Way {
        bool programme_may_go_on = false;  ///< from the walk
        bool is_somebody_on_it = false;
        double head_share = 0;  ///< of the route
    };
    SimulatedLead(boost::asio::io_context& io, const sdk::ClientSettings& settings, Place place, OnPhase on_phase);

    void play(const Way& way);
    void send(const sdk::Command& command, sdk::OnReply on_reply);
    [[nodiscard]] const std::string& callsign() const { return place_.callsign; }
    [[nodiscard]] bool is_online() const { return client_.is_online(); }
    /// The token is worth nothing any more.
    [[nodiscard]] bool is_shut_out() const { return shut_out_; }
    /// Empty before the first snapshot.
    [[nodiscard]] const std::optional<sdk::March>& march() const { return march_; }
    [[nodiscard]] sdk::UtcMs server_time() const { return client_.server_time(); }
    /// The route to walk has changed since the last call.
    [[nodiscard]] bool take_route_changed();

private:
    void look();
    void decide(const sdk::Command& command, std::optional<sdk::Phase> brings_about);
    [[nodiscard]] bool prepare_route();
    [[nodiscard]] bool hold_or_release(double head_share, sdk::UtcMs now);
    [[nodiscard]] bool look_after_alerts(sdk::UtcMs now);
    void advance(sdk::Phase to);

    Place place_;
    sdk::FeedName feed_;
    OnPhase on_phase_;
    std::optional<sdk::March> march_;
    std::optional<double> hold_at_share_;  ///< of the route; empty: this march is never held
    std::uint32_t route_seen_ = 0;
    bool route_changed_ = false;
    bool waiting_ = false;  ///< for an answer
    bool shut_out_ = false;
    sdk::UtcMs not_before_ = 0;  ///< after a refusal
    sdk::Client client_;
};

}  // namespace marchwire::cli
