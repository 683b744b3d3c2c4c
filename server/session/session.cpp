// The conversation with one client: Hello, commands, deadlines, farewell. Its feeds are in session_feeds.cpp.
#include "session/session.hpp"

#include "base/door_limits.hpp"
#include "wire/codec.hpp"

#include <algorithm>
#include <utility>

namespace marchwire::session {
namespace {

namespace limits = base::limits;
using base::RefusalCode;
using fanout::DeliveryClass;
using wire::CloseCode;

constexpr std::uint32_t protocol_version = 1;

std::size_t ordered_bytes_max(Door door) {
    return door == Door::staff ? limits::queue_bytes_staff : limits::queue_bytes_follower;
}

base::Millis hello_deadline(const SessionSettings& settings) {
    if (settings.door == Door::followers) return limits::hello_deadline_public;
    return settings.crowded ? limits::hello_deadline_staff_crowded : limits::hello_deadline_staff;
}

/// Ours are base64url, which has no dot; what an app signs has two.
bool is_of_app(std::string_view token) { return token.find('.') != std::string_view::npos; }

/// Of subscriptions, commands and reads. Whoever has come as a follower has no queue of an off-line day to hand in.
std::uint32_t burst(Door door) { return door == Door::staff ? limits::commands_burst : limits::follower_burst; }

RateLimit frames_of(Door door) {
    return door == Door::staff ? RateLimit(limits::client_frames_per_second, limits::client_frames_burst)
                               : RateLimit(limits::follower_frames_per_second, limits::follower_frames_burst);
}

}  // namespace

Session::Session(SessionSettings settings, const Backend& backend, base::UtcMs now, std::string login_seed)
    : backend_(backend),
      queue_({ordered_bytes_max(settings.door), limits::queue_answer_bytes}, backend.budget(settings.door)),
      settings_(std::move(settings)),
      admission_(backend.admission()),
      frames_(frames_of(settings_.door)),
      commands_(limits::commands_per_second, burst(settings_.door)),
      begun_at_(now),
      heard_at_(now),
      pinged_at_(now) {
    if (login_seed.empty()) return;
    login_ = std::make_unique<Login>();
    login_->seed = std::move(login_seed);
    challenge();
}

// ---- from the socket ---------------------------------------------------------------------------

Actions Session::on_frames(std::uint32_t count, base::UtcMs now) {
    Actions actions;
    if (closing_) return actions;
    heard_at_ = now;
    if (frames_.take(now, count)) {
        tell_heard(now, actions);
    } else {
        admission_->count(base::Limit::client_frames);
        actions.emplace_back(Blame{});
        close_in_order(CloseCode::too_many_messages, "Send fewer messages, each whole, and positions in batches.",
                       actions);
    }
    return actions;
}

Actions Session::on_message(std::string_view bytes, base::UtcMs now) {
    Actions actions;
    if (closing_) return actions;
    auto message = wire::decode_client(bytes, settings_.encoding);
    if (!message) {
        send(DeliveryClass::b, wire::answer_to_refused(bytes, settings_.encoding, std::move(message).error()), actions);
        return actions;
    }
    if (!greeted_ && (is_awaited() || !std::holds_alternative<wire::Hello>(*message))) {
        actions.emplace_back(Blame{});
        close(CloseCode::protocol_error, is_awaited() ? "Wait for Welcome." : "Send Hello first.", actions);
        return actions;
    }
    if (is_over(now)) {
        end_at_expiry(actions);
        return actions;
    }
    std::visit([&](auto& said) { on(std::move(said), now, actions); }, *message);
    return actions;
}

Actions Session::on_tick(base::UtcMs now) {
    Actions actions;
    if (closing_) return actions;
    if (!greeted_ && now - begun_at_ >= hello_deadline(settings_)) {
        admission_->count(base::Limit::hello_deadline);
        close(CloseCode::hello_timeout, "Send Hello as soon as the connection is open.", actions);
    } else if (now - heard_at_ >= limits::dead_after_silence) {
        admission_->count(base::Limit::silence);
        close_in_order(CloseCode::silent, "Answer pings, or say something now and then.", actions);
    } else if (grant_ && grant_->expires_at && backend_.now() >= grant_->expires_at) {
        close_in_order(CloseCode::unauthenticated, "Your token has expired: ask your lead for a new one.", actions);
    } else if (is_over(now)) {
        end_at_expiry(actions);
    } else if (must_prove() && now - login_->proven_at >= limits::proof_life) {
        ask_for_proof(now, actions);
    }
    for (Subscription& feed : subscriptions_) {
        const bool many = feed.seen.seq.value >= feed.sent.seq.value + limits::up_to_every_entries;
        if (many || now - feed.up_to_at >= limits::up_to_every) send_up_to(feed, now, actions);
    }
    return actions;
}

base::UtcMs Session::next_due(base::UtcMs now) const {
    if (closing_) return {};
    if (!greeted_) return begun_at_ + hello_deadline(settings_);
    base::UtcMs due = std::min(std::max(heard_at_, pinged_at_) + limits::ping_after_idle,
                               heard_at_ + limits::dead_after_silence);
    if (grant_ && grant_->expires_at) due = std::min(due, now + limits::session_tick);
    if (login_ && login_->ends_at) due = std::min(due, login_->ends_at);
    if (must_prove()) {
        const base::UtcMs asked_at = login_->proven_at + limits::proof_life;
        due = std::min(due, login_->asked ? asked_at + limits::proof_deadline : asked_at);
    }
    for (const Subscription& feed : subscriptions_) {
        const bool behind = feed.open && feed.seen.seq > feed.sent.seq;
        if (behind) due = std::min(due, now + limits::session_tick);
    }
    return due;
}

// ---- what clients say --------------------------------------------------------------------------

std::optional<Close> Session::objection(const wire::Hello& hello) const {
    if (greeted_) return Close{CloseCode::protocol_error, "Say Hello once."};
    if (hello.protocol != protocol_version) {
        return Close{CloseCode::wrong_version, "This server speaks protocol version 1."};
    }
    const bool staff = settings_.door == Door::staff;
    if (staff && hello.token.empty()) {
        return Close{CloseCode::wrong_door, "This door wants a token: without one follow by /v1/ws."};
    }
    if (!staff && !hello.token.empty()) {
        return Close{CloseCode::wrong_door, "Staff come in by /v1/ops: this door takes no token."};
    }
    if (staff && !settings_.origin_trusted) {
        return Close{CloseCode::origin_refused, "Tokens are not taken from pages of this origin."};
    }
    return std::nullopt;
}

void Session::on(const wire::Hello& hello, base::UtcMs now, Actions& actions) {
    if (auto refused = objection(hello)) return close(refused->code, std::move(refused->reason), actions);
    if (is_of_app(hello.token)) return log_in_by_app(hello, now, actions);
    if (!hello.token.empty() && !log_in(hello, now, actions)) return;
    greet(hello, now, actions);
}

void Session::greet(const wire::Hello& hello, base::UtcMs now, Actions& actions) {
    greeted_ = true;
    device_ = hello.device;
    wire::Welcome welcome;
    welcome.server_time = backend_.now();
    welcome.session = settings_.name;
    welcome.actor = actor();
    if (grant_) welcome.scope = grant_->scope();
    welcome.demo_clock = std::string(settings_.demo_clock);
    welcome.clock_rate = settings_.clock_rate;
    if (grant_) welcome.push_key = std::string(settings_.push_key);
    send(DeliveryClass::b, welcome, actions);
    // Whoever has just come looks at the screen.
    if (grant_) on(wire::Screen::on, now, actions);
    for (const wire::Subscribe& wish : hello.subscribe) on(wish, now, actions);
}

void Session::tell_heard(base::UtcMs now, Actions& actions) {
    if (!grant_ || (told_heard_at_ && now - *told_heard_at_ < base::seconds(1))) return;
    told_heard_at_ = now;
    actions.emplace_back(Heard{});
}

void Session::on(wire::Screen said, base::UtcMs now, Actions& actions) {
    if (!grant_) return;  // nobody listens for followers
    told_heard_at_ = now;
    actions.emplace_back(Heard{said});
}

base::Refusal Session::too_often() {
    admission_->count(base::Limit::commands);
    base::Refusal refusal = base::refuse(RefusalCode::rate_limited, "",
                                         "Send fewer at once: try again a little later.");
    refusal.retry_after_ms = commands_.retry_after().value;
    return refusal;
}

std::optional<base::Refusal> Session::objection(const wire::CommandMessage& command, base::UtcMs now) {
    if (!grant_) {
        return base::refuse(RefusalCode::permission_denied, "", "Followers only read: staff come in by /v1/ops.");
    }
    if (command.command.id.device != device_) {
        return base::invalid("command.id.device", "Use the device of your Hello: ids of other devices are theirs.");
    }
    if (!commands_.take(now)) return too_often();
    return std::nullopt;
}

void Session::on(wire::CommandMessage command, base::UtcMs now, Actions& actions) {
    if (auto refusal = objection(command, now)) {
        return send(DeliveryClass::b, wire::Reply{command.command.id, *std::move(refusal)}, actions);
    }
    actions.emplace_back(RunCommand{std::move(command), actor()});
}

void Session::on(wire::ReportPosition report, base::UtcMs, Actions& actions) {
    if (!grant_) {
        const auto refusal = base::refuse(RefusalCode::permission_denied, "report_position",
                                          "Nobody asks where followers are: do not send positions.");
        return send(DeliveryClass::b, wire::ErrorItem{refusal}, actions);
    }
    actions.emplace_back(TakePositions{std::move(report)});
}

void Session::on(const wire::GetHistory& request, base::UtcMs now, Actions& actions) {
    auto refusal = objection(request.feed);
    if (!refusal && !commands_.take(now)) refusal = too_often();
    if (refusal) {
        return send(DeliveryClass::b, wire::History{request.request, request.feed, {}, false, std::move(refusal)},
                    actions);
    }
    actions.emplace_back(ReadHistory{request, settings_.encoding, actor()});
}

void Session::on(const wire::Ping& ping, base::UtcMs, Actions& actions) {
    send(DeliveryClass::b, wire::Pong{ping.nonce, backend_.now()}, actions);
}

// ---- from the shard ----------------------------------------------------------------------------

Actions Session::on_reply(const wire::Reply& reply) {
    Actions actions;
    send(DeliveryClass::b, reply, actions);
    return actions;
}

Actions Session::on_history(const wire::History& history) {
    Actions actions;
    const auto refusal = base::refuse(RefusalCode::too_large, "get_history",
                                      "Other answers wait for you to read them: ask again then, or for fewer entries.");
    answer(history, wire::History{history.request, history.feed, {}, false, refusal}, actions);
    return actions;
}

Actions Session::on_access(const wire::Access& access) {
    Actions actions;
    const auto refusal = base::refuse(RefusalCode::too_large, "read_access",
                                      "Other answers wait for you to read them: ask again then, or for fewer people.");
    answer(access, wire::Access{access.request, {}, {}, refusal}, actions);
    return actions;
}

Actions Session::on_revoked() {
    Actions actions;
    queue_.clear();
    close(CloseCode::revoked, "Your token was revoked: ask your lead.", actions);
    return actions;
}

Actions Session::on_drain(base::Millis delay) {
    Actions actions;
    send(DeliveryClass::a, wire::Drain{delay, "The server restarts: come back after this delay."}, actions);
    close_in_order(CloseCode::drain, "The server restarts.", actions);
    return actions;
}

// ---- to the socket -----------------------------------------------------------------------------

bool Session::take_ping(base::UtcMs now) {
    const bool quiet = now - heard_at_ >= limits::ping_after_idle && now - pinged_at_ >= limits::ping_after_idle;
    if (!quiet || closing_) return false;
    pinged_at_ = now;
    return true;
}

void Session::send(DeliveryClass delivery, const wire::SessionItem& item, Actions& actions) {
    if (closing_) return;
    (void)push(delivery, wire::message_of(item, settings_.encoding), actions);
}

/// Class D: where no room is for it, why.
void Session::answer(const wire::SessionItem& item, const wire::SessionItem& too_much, Actions& actions) {
    if (closing_) return;
    if (queue_.push(DeliveryClass::d, wire::message_of(item, settings_.encoding)) != fanout::Pushed::refused) return;
    admission_->count(base::Limit::queue_answers);
    send(DeliveryClass::b, too_much, actions);
}

bool Session::push(DeliveryClass delivery, wire::Frame message, Actions& actions) {
    if (closing_) return false;
    if (queue_.push(delivery, std::move(message)) != fanout::Pushed::refused) return true;
    admission_->count(settings_.door == Door::staff ? base::Limit::queue_staff : base::Limit::queue_followers);
    // What waits would keep the close frame from a client that does not read: it resumes from what it has.
    queue_.clear();
    close(CloseCode::too_slow, "More was waiting for you than is kept: come back and resume.", actions);
    return false;
}

void Session::close(CloseCode code, std::string reason, Actions& actions) {
    if (std::exchange(closing_, true)) return;
    for (Subscription& feed : subscriptions_) feed.snapshot = {};
    newest_waits_ = false;
    actions.emplace_back(Close{code, std::move(reason)});
}

void Session::close_in_order(CloseCode code, std::string reason, Actions& actions) {
    for (Subscription& feed : subscriptions_) send_up_to(feed, {}, actions);
    close(code, std::move(reason), actions);
}

}  // namespace marchwire::session
