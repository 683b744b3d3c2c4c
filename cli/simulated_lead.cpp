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

SimulatedLead::SimulatedLead(boost::asio::io_context& io, const sdk::ClientSettings& settings, Place place,
                             OnPhase on_phase)
    : place_(std::move(place)),
      feed_(*sdk::FeedName::parse("ops/" + place_.march)),
      on_phase_(std::move(on_phase)),
      hold_at_share_(place_.seed % one_held_in == 0 && !place_.is_calm ? std::optional(0.3) : std::nullopt),
      client_(io, settings,
              {.on_state =
                   [this](const sdk::ConnectionState& state) {
                       shut_out_ = shut_out_ || std::holds_alternative<sdk::Stopped>(state);
                   },
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

void SimulatedLead::play(const Way& way) {
    const sdk::UtcMs now = client_.server_time();
    if (!march_ || waiting_ || !client_.is_online() || now < not_before_) return;
    if (prepare_route() || hold_or_release(way.head_share, now) || look_after_alerts(now)) return;
    const auto to = due_phase(*march_, way.programme_may_go_on, now);
    if (to && !(*to == sdk::Phase::closed && way.is_somebody_on_it)) advance(*to);
}

void SimulatedLead::advance(sdk::Phase to) {
    sdk::AdvancePhase wish{to, march_->phase_version, {}};
    if (to == sdk::Phase::closed) wish.typed_name = feed_.march;
    decide(wish, to);
}

bool SimulatedLead::prepare_route() {
    if (march_->active_route != 0 || march_->routes.empty()) return false;
    const sdk::Route& last = march_->routes.back();
    if (last.status == sdk::RouteStatus::draft) {
        decide(sdk::ApproveRoute{last.version}, std::nullopt);
    } else if (last.status == sdk::RouteStatus::approved) {
        decide(sdk::ActivateRoute{last.version, 0}, std::nullopt);
    } else {
        return false;
    }
    return true;
}

bool SimulatedLead::hold_or_release(double head_share, sdk::UtcMs now) {
    if (march_->phase == sdk::Phase::held) {
        if (now >= march_->phase_since + hold_length) decide(sdk::Release{march_->phase_version}, sdk::Phase::marching);
        return true;
    }
    if (march_->phase != sdk::Phase::marching || !hold_at_share_ || head_share < *hold_at_share_) return false;
    hold_at_share_.reset();
    decide(sdk::Hold{march_->phase_version, "the tail must close up", "We wait for everybody to close up."},
           sdk::Phase::held);
    return true;
}

bool SimulatedLead::look_after_alerts(sdk::UtcMs now) {
    const auto open = std::ranges::find_if(march_->alerts, [&](const sdk::Alert& alert) {
        return alert.state != sdk::AlertState::acked && now >= alert.raised_at + alert_left_alone;
    });
    if (open == march_->alerts.end()) return false;
    decide(sdk::AckAlert{open->kind, open->subject, open->version, open->number}, std::nullopt);
    return true;
}

void SimulatedLead::send(const sdk::Command& command, sdk::OnReply on_reply) {
    client_.command(place_.march, command, std::move(on_reply));
}

void SimulatedLead::decide(const sdk::Command& command, std::optional<sdk::Phase> brings_about) {
    waiting_ = true;
    client_.command(place_.march, command, [this, brings_about](sdk::CommandId, const sdk::Outcome& outcome) {
        waiting_ = false;
        if (std::holds_alternative<sdk::Error>(outcome)) {
            not_before_ = client_.server_time() + after_refusal;
        } else if (brings_about) {
            on_phase_(place_.march, *brings_about, client_.server_time());
        }
    });
}

}  // namespace marchwire::cli
