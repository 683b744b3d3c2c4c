#include "session_machine.hpp"

#include "to_values.hpp"

#include <algorithm>
#include <utility>

namespace marchwire::sdk {
namespace {

constexpr Millis token_deadline{30'000};
constexpr Millis dial_deadline{10'000};
constexpr Millis greeting_deadline{15'000};
constexpr Millis renewed_ahead{30'000};        ///< a token, before it expires
constexpr Millis well_after{10'000};           ///< online so long: the next wait is a short one
constexpr std::uint32_t mendings_resumed = 3;  ///< then a snapshot is asked for
constexpr std::uint32_t mendings_max = 8;      ///< then the connection is dropped

}  // namespace

SessionMachine::SessionMachine(const ClientSettings& settings)
    : settings_(settings),
      backoff_(settings.retry_first, settings.retry_most,
               settings.jitter_seed != 0 ? settings.jitter_seed : settings.device),
      commands_(settings.device, settings.counter, settings.commands_waiting) {}

// ---- wishes of the app ---------------------------------------------------------------------------

Actions SessionMachine::connect(Millis now) {
    if (link_ != Link::idle && link_ != Link::stopped) return {};
    Actions out;
    begin(now, out);
    return out;
}

void SessionMachine::begin(Millis now, Actions& out) {
    out.push_back(TellState{Connecting{backoff_.tries()}});
    if (!settings_.fetch_token) return dial(now, out);
    link_ = Link::asking;
    deadline_ = now + token_deadline;
    out.push_back(AskToken{});
}

void SessionMachine::dial(Millis now, Actions& out) {
    link_ = Link::dialling;
    deadline_ = now + dial_deadline;
    out.push_back(Dial{});
}

Actions SessionMachine::on_token(const std::string& token, std::optional<Millis> lives, Millis now) {
    const bool renews = link_ == Link::online && std::exchange(renewing_, false);
    if (link_ != Link::asking && !renews) return {};  // too late, or given twice
    Actions out;
    if (token.empty()) {
        if (!renews) wait_and_retry("the app has no token now", now, out);
        return out;
    }
    settings_.token = token;
    plan_renewal(lives, now);
    if (renews) {
        v1::ClientMessage message;
        message.mutable_prove()->set_token(token);
        send(message, now, out);
    } else {
        dial(now, out);
    }
    return out;
}

void SessionMachine::plan_renewal(std::optional<Millis> lives, Millis now) {
    renew_at_.reset();
    if (lives) renew_at_ = now + std::max(*lives - renewed_ahead, *lives * 3 / 4);
}

Actions SessionMachine::on_clock_jump(Millis now) {
    Actions out;
    if (link_ == Link::online) say_ping(now, out);
    return out;
}

void SessionMachine::say_ping(Millis now, Actions& out) {
    v1::ClientMessage ping;
    ping.mutable_ping()->set_nonce(++nonce_);
    send(ping, now, out);
}

Actions SessionMachine::close() {
    if (link_ == Link::stopped) return {};
    Actions out{HangUp{}};
    stop("closed by the app", std::nullopt, out);
    return out;
}

Actions SessionMachine::drop(Millis now) {
    if (link_ == Link::idle || link_ == Link::stopped || link_ == Link::waiting) return {};
    Actions out{Drop{}};
    wait_and_retry("dropped by the app", now, out);
    return out;
}

Actions SessionMachine::subscribe(const FeedName& feed, std::optional<Position> resume, Millis now) {
    const auto [at, is_new] = feeds_.try_emplace(feed.text(), Subscription(feed, resume));
    if (!is_new || link_ != Link::online) return {};
    Actions out;
    v1::ClientMessage message;
    *message.mutable_subscribe() = at->second.ask();
    send(message, now, out);
    return out;
}

Actions SessionMachine::unsubscribe(const FeedName& feed, Millis now) {
    if (feeds_.erase(feed.text()) == 0) return {};
    marked_.erase(feed.text());
    index_topics();
    if (link_ != Link::online) return {};
    Actions out;
    v1::ClientMessage message;
    message.mutable_unsubscribe()->set_feed(feed.text());
    send(message, now, out);
    return out;
}

SessionMachine::Commanded SessionMachine::command(const std::string& log, v1::Command command, Millis now) {
    const auto made = commands_.add(log, std::move(command), now, server_time(now));
    if (!made) return {};
    Commanded result{CommandId{made->id().device(), made->id().counter()}, {}};
    if (is_durable(*made)) {
        result.actions.push_back(KeepCommand{made->id().counter(), made->SerializeAsString(), now});
    } else {
        result.actions.push_back(ReserveCounter{made->id().counter()});
    }
    if (link_ == Link::online) send_commands(now, result.actions);
    return result;
}

Actions SessionMachine::screen(bool off, Millis now) {
    screen_off_ = off;
    Actions out;
    if (link_ == Link::online) say_screen(now, out);
    return out;
}

void SessionMachine::say_screen(Millis now, Actions& out) {
    v1::ClientMessage message;
    message.mutable_screen()->set_off(screen_off_);
    send(message, now, out);
}

Actions SessionMachine::report_position(const std::string& march, const std::vector<Fix>& fixes, Millis now) {
    if (link_ != Link::online || fixes.empty()) return {};
    v1::ClientMessage message;
    v1::ReportPosition& report = *message.mutable_report_position();
    report.set_march(march);
    for (const Fix& fix : fixes) {
        v1::Fix& wire = *report.add_fixes();
        *wire.mutable_at() = wire_point(fix.at);
        wire.set_accuracy_metres(fix.accuracy_metres);
        wire.set_fix_at_ms(fix.fix_at);
    }
    Actions out;
    send(message, now, out);
    return out;
}

Actions SessionMachine::get_history(std::uint64_t request, const FeedName& feed, std::uint64_t from,
                                    std::uint32_t limit, Millis now) {
    if (link_ != Link::online) {
        Error offline{ErrorCode::unavailable, "", "There is no connection now: ask again when online.", 0, "", {}};
        return {TellHistory{request, History{feed, {}, false, offline}}};
    }
    v1::ClientMessage message;
    v1::GetHistory& wish = *message.mutable_get_history();
    wish.set_request(request);
    wish.set_feed(feed.text());
    wish.set_from(from);
    wish.set_limit(limit);
    Actions out;
    send(message, now, out);
    return out;
}

Actions SessionMachine::read_access(std::uint64_t request, const std::string& log, PersonId from, Millis now) {
    if (link_ != Link::online) {
        Error offline{ErrorCode::unavailable, "", "There is no connection now: ask again when online.", 0, "", {}};
        return {TellAccess{request, Access{{}, 0, offline}}};
    }
    v1::ClientMessage message;
    v1::ReadAccess& wish = *message.mutable_read_access();
    wish.set_request(request);
    wish.set_log(log);
    wish.set_from(from);
    Actions out;
    send(message, now, out);
    return out;
}

// ---- from the socket -----------------------------------------------------------------------------

Actions SessionMachine::on_connected(Millis now) {
    if (link_ != Link::dialling) return {};
    link_ = Link::greeting;
    deadline_ = now + greeting_deadline;
    heard_at_ = now;
    Actions out;
    // A token that is bound to a device waits for what is to be signed.
    if (!settings_.sign) say_hello({}, now, out);
    return out;
}

void SessionMachine::say_hello(const std::string& signature, Millis now, Actions& out) {
    v1::ClientMessage message;
    v1::Hello& hello = *message.mutable_hello();
    hello.set_protocol(1);
    hello.set_token(settings_.token);
    hello.set_client(settings_.name);
    hello.set_device(settings_.device);
    for (auto& [name, feed] : feeds_) *hello.add_subscribe() = feed.ask();
    hello.set_signature(signature);
    by_topic_.clear();
    send(message, now, out);
}

Actions SessionMachine::on_message(std::string_view bytes, Millis now) {
    if (link_ != Link::greeting && link_ != Link::online) return {};
    heard_at_ = now;
    Actions out;
    v1::ServerMessage message;
    if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
        give_up("the server sent something that is no message", now, out);
        return out;
    }
    for (const v1::Item& item : message.items()) {
        on_session_item(item, now, out);
        // Given up in the middle of a message: what stands behind belongs to a conversation that is over.
        if (link_ != Link::greeting && link_ != Link::online) break;
    }
    return out;
}

Actions SessionMachine::on_broken(const std::string& why, Millis now) {
    if (link_ != Link::greeting && link_ != Link::online) return {};
    Actions out;
    give_up(why, now, out);
    return out;
}

/// Of what this server says nothing more is believed.
void SessionMachine::give_up(const std::string& why, Millis now, Actions& out) {
    out.push_back(Drop{});
    out.push_back(TellFault{{FaultKind::bad_message, why}});
    wait_and_retry(why, now, out);
}

Actions SessionMachine::on_refused(unsigned status, Millis now) {
    Actions out;
    const std::string reason = "the upgrade to a WebSocket was answered by HTTP " + std::to_string(status);
    constexpr unsigned too_many = 429;
    if (status >= 400 && status < 500 && status != too_many) {
        stop(reason, std::nullopt, out);
    } else {
        wait_and_retry(reason, now, out);
    }
    return out;
}

Actions SessionMachine::on_closed(std::uint16_t code, const std::string& reason, Millis now) {
    if (link_ == Link::stopped || link_ == Link::waiting || link_ == Link::idle) return {};
    Actions out;
    const bool has_expired = last_error_ && last_error_->code == ErrorCode::expired;
    constexpr std::uint16_t unauthenticated = 4012;
    // The app has a newer token, or will have one; and who knows whether it gave the right one.
    const bool helps_itself = settings_.fetch_token && (has_expired || (code == unauthenticated && !asked_once_more_));
    if (helps_itself && !has_expired) asked_once_more_ = true;
    if (closes_for_good(code) && !helps_itself) {
        stop(reason.empty() ? "closed by the server with " + std::to_string(code) : reason, last_error_, out);
    } else {
        wait_and_retry(reason, now, out);
    }
    return out;
}

Actions SessionMachine::on_tick(Millis now) {
    Actions out;
    for (const std::uint64_t counter : commands_.take_forgotten(now)) out.push_back(ForgetCommand{counter});
    switch (link_) {
        case Link::idle:
        case Link::stopped: break;
        case Link::waiting:
            if (now >= deadline_) begin(now, out);
            break;
        case Link::asking:
            if (now >= deadline_) wait_and_retry("the app gave no token in time", now, out);
            break;
        case Link::dialling:
        case Link::greeting:
            if (now < deadline_) break;
            out.push_back(Drop{});
            wait_and_retry("no answer", now, out);
            break;
        case Link::online:
            if (now - heard_at_ >= dead_after_) {
                out.push_back(Drop{});
                wait_and_retry("nothing was heard for " + std::to_string(dead_after_.count()) + " ms", now, out);
                break;
            }
            if (now - said_at_ >= dead_after_ / 2) say_ping(now, out);
            if (renew_at_ && now >= *renew_at_) {
                renew_at_.reset();
                renewing_ = true;
                out.push_back(AskToken{});
            }
            for (auto& [name, feed] : feeds_) {
                if (!feed.ask_at || *feed.ask_at > now) continue;
                v1::ClientMessage message;
                *message.mutable_subscribe() = feed.ask();
                send(message, now, out);
            }
            send_commands(now, out);
            break;
    }
    return out;
}

std::optional<Millis> SessionMachine::next_tick() const {
    const std::optional<Millis> forgotten = commands_.next_forgotten_at();
    if (link_ == Link::idle || link_ == Link::stopped) return forgotten;
    if (link_ != Link::online) return forgotten ? std::min(*forgotten, deadline_) : deadline_;
    Millis next = std::min(heard_at_ + dead_after_, said_at_ + dead_after_ / 2);
    if (forgotten) next = std::min(next, *forgotten);
    if (renew_at_) next = std::min(next, *renew_at_);
    if (const auto command = commands_.next_at()) next = std::min(next, *command);
    for (const auto& [name, feed] : feeds_) {
        if (feed.ask_at) next = std::min(next, *feed.ask_at);
    }
    return next;
}

// ---- what it knows -------------------------------------------------------------------------------

UtcMs SessionMachine::server_time(Millis at) const {
    if (server_time_ == 0) return 0;
    return server_time_ + static_cast<UtcMs>(static_cast<double>((at - clock_at_).count()) * clock_rate_);
}

const Subscription* SessionMachine::subscription(const FeedName& feed) const {
    const auto found = feeds_.find(feed.text());
    return found == feeds_.end() ? nullptr : &found->second;
}

// ---- inside --------------------------------------------------------------------------------------

void SessionMachine::send(const v1::ClientMessage& message, Millis now, Actions& out) {
    said_at_ = now;
    out.push_back(SendMessage{message.SerializeAsString()});
}

void SessionMachine::send_commands(Millis now, Actions& out) {
    for (auto& [command, is_new] : commands_.due(now, [&](Millis made) { return server_time(made); })) {
        // Once it was sent its content is what it is.
        if (is_new && is_durable(command)) {
            out.push_back(KeepCommand{command.id().counter(), command.SerializeAsString(), now});
        }
        v1::ClientMessage message;
        *message.mutable_command() = std::move(command);
        send(message, now, out);
    }
}

void SessionMachine::wait_and_retry(const std::string& reason, Millis now, Actions& out) {
    if (link_ == Link::online && now - online_since_ >= well_after) backoff_.reset();
    Millis wait = drain_ ? backoff_.after(*std::exchange(drain_, std::nullopt)) : backoff_.next();
    if (last_error_) wait = std::max(wait, last_error_->retry_after);
    link_ = Link::waiting;
    renewing_ = false;
    deadline_ = now + wait;
    commands_.lost();
    last_error_.reset();
    out.push_back(TellState{Waiting{wait, reason}});
}

void SessionMachine::stop(const std::string& reason, std::optional<Error> error, Actions& out) {
    link_ = Link::stopped;
    commands_.lost();
    out.push_back(TellState{Stopped{reason, std::move(error)}});
}

/// A gap is mended from our position. Where that does not help, or what came cannot be folded, a snapshot
/// is asked for; where even that does not help, a new connection.
void SessionMachine::ask_again(Subscription& feed, Took why, Millis now, Actions& out) {
    if (why == Took::contradicts) {
        out.push_back(
            TellFault{{FaultKind::bad_feed, "what came for " + feed.feed().text() + " does not fit together"}});
    }
    if (++feed.mendings > mendings_max) {
        feed.mendings = 0;
        out.push_back(Drop{});
        wait_and_retry("feed " + feed.feed().text() + " could not be made whole", now, out);
        return;
    }
    v1::ClientMessage leave;
    leave.mutable_unsubscribe()->set_feed(feed.feed().text());
    send(leave, now, out);
    v1::ClientMessage enter;
    const bool resumes = why == Took::gap && feed.mendings <= mendings_resumed;
    *enter.mutable_subscribe() = resumes ? feed.ask() : feed.ask_anew();
    send(enter, now, out);
    index_topics();
}

void SessionMachine::index_topics() {
    by_topic_.clear();
    for (const auto& [name, feed] : feeds_) {
        for (const std::uint32_t topic : feed.topics()) by_topic_[topic] = name;
    }
}

Subscription* SessionMachine::find(const std::string& feed) {
    const auto found = feeds_.find(feed);
    return found == feeds_.end() ? nullptr : &found->second;
}

/// Rows name their campaign, all else its topic.
Subscription* SessionMachine::find(const v1::Item& item) {
    if (item.has_overview_rows()) return find("overview/" + item.overview_rows().campaign());
    if (item.has_desk_rows()) return find("desk/" + item.desk_rows().campaign());
    const auto found = by_topic_.find(item.topic());
    return found == by_topic_.end() ? nullptr : find(found->second);
}

bool closes_for_good(std::uint16_t code) {
    switch (code) {
        case 1000:  // we closed
        case 1002:  // a frame of ours was broken
        case 1007:  // text that is not UTF-8
        case 1009:  // a message over 64 KB
            return true;
        default: break;
    }
    constexpr std::uint16_t protocol_error = 4010;
    constexpr std::uint16_t origin_refused = 4015;
    return code >= protocol_error && code <= origin_refused;
}

}  // namespace marchwire::sdk
