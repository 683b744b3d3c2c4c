#include "simulated_lead.hpp"

#include "programme.hpp"

#include <algorithm>
#include <utility>

namespace marchwire::cli {
namespace {

constexpr sdk::UtcMs hold_length = 4 * minute;
constexpr sdk::UtcMs after_refusal = 2 * minute;
constexpr sdk::UtcMs alert_left_alone = 8 * minute;  ///< so long the ladder is left to climb
constexpr std::uint64_t one_held_in = 3;

}  // namespace

SimulatedLead::SimulatedLead(boost::asio::io_context& io, const sdk::ClientSettings& settings, std::string march,
                             std::uint64_t seed, OnPhase on_phase)
    : name_(std::move(march)),
      feed_(*sdk::FeedName::parse("ops/" + name_)),
      on_phase_(std::move(on_phase)),
      hold_at_share_(seed % one_held_in == 0 ? std::optional(0.3) : std::nullopt),
      client_(io, settings,
              {.on_state = {},
               .on_item =
                   [this](const sdk::FeedItem& item) {
                       if (item.position()) look();
                   },
               .on_snapshot = [this](const sdk::FeedName&) { look(); },
               .on_gap = {},
               .on_discontinuity = {},
               .on_skipped = {},
               .on_refused = {},
               .on_error = {},
               .on_command_lost = {}}) {
    client_.subscribe(feed_);
    client_.connect();
}

void SimulatedLead::look() {
    march_ = client_.march(feed_);
    if (!march_ || march_->active_route == route_seen_) return;
    route_seen_ = march_->active_route;
    route_changed_ = true;
}

bool SimulatedLead::take_route_changed() { return std::exchange(route_changed_, false); }

void SimulatedLead::play(bool column_has_come_in, double head_share) {
    const sdk::UtcMs now = client_.server_time();
    if (!march_ || waiting_ || !client_.is_online() || now < not_before_) return;
    if (prepare_route() || hold_or_release(head_share, now) || look_after_alerts(now)) return;
    if (const auto to = due_phase(*march_, column_has_come_in, now)) advance(*to);
}

void SimulatedLead::advance(sdk::Phase to) {
    sdk::AdvancePhase wish{to, march_->phase_version, {}};
    if (to == sdk::Phase::closed) wish.typed_name = feed_.march;
    send(wish, to);
}

bool SimulatedLead::prepare_route() {
    if (march_->active_route != 0 || march_->routes.empty()) return false;
    const sdk::Route& last = march_->routes.back();
    if (last.status == sdk::RouteStatus::draft) {
        send(sdk::ApproveRoute{last.version}, std::nullopt);
    } else if (last.status == sdk::RouteStatus::approved) {
        send(sdk::ActivateRoute{last.version, 0}, std::nullopt);
    } else {
        return false;
    }
    return true;
}

bool SimulatedLead::hold_or_release(double head_share, sdk::UtcMs now) {
    if (march_->phase == sdk::Phase::held) {
        if (now >= march_->phase_since + hold_length) send(sdk::Release{march_->phase_version}, sdk::Phase::marching);
        return true;
    }
    if (march_->phase != sdk::Phase::marching || !hold_at_share_ || head_share < *hold_at_share_) return false;
    hold_at_share_.reset();
    send(sdk::Hold{march_->phase_version, "the tail must close up", "We wait for everybody to close up."},
         sdk::Phase::held);
    return true;
}

bool SimulatedLead::look_after_alerts(sdk::UtcMs now) {
    const auto open = std::ranges::find_if(march_->alerts, [&](const sdk::Alert& alert) {
        return alert.state != sdk::AlertState::acked && now >= alert.raised_at + alert_left_alone;
    });
    if (open == march_->alerts.end()) return false;
    send(sdk::AckAlert{open->kind, open->subject, open->version, open->number}, std::nullopt);
    return true;
}

void SimulatedLead::send(const sdk::Command& command, std::optional<sdk::Phase> brings_about) {
    waiting_ = true;
    client_.command(name_, command, [this, brings_about](sdk::CommandId, const sdk::Outcome& outcome) {
        waiting_ = false;
        if (std::holds_alternative<sdk::Error>(outcome)) {
            not_before_ = client_.server_time() + after_refusal;
        } else if (brings_about) {
            on_phase_(name_, *brings_about, client_.server_time());
        }
    });
}

}  // namespace marchwire::cli
