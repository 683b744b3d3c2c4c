#include "person_link.hpp"

#include "device_file.hpp"
#include "item_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <random>

namespace marchwire::cli {
namespace {

constexpr std::chrono::seconds patience{10};
constexpr int history_tries = 20;  // a server takes 20 requests a second, after some hundred at once
constexpr sdk::Millis shortest_rest{50};
constexpr std::chrono::milliseconds rows_pause{700};  // all rows are told at once: then there is a pause

base::Refusal no_link(std::string message) {
    return base::refuse(base::RefusalCode::unavailable, "--url", std::move(message));
}

/// What each bearer of a token is refused by, as the connection's end.
base::Refusal ended(const sdk::Stopped& stopped) {
    if (stopped.error) return refusal_of(*stopped.error);
    return base::refuse(base::RefusalCode::unauthenticated, "--token",
                        "The server closed the connection: " + stopped.reason);
}

}  // namespace

base::Result<sdk::ClientSettings> settings_of(const Context& context) {
    sdk::ClientSettings settings;
    settings.url = context.url;
    settings.ca_file = context.ca;
    settings.token = context.token;
    settings.device = random_device_id();
    settings.name = "marchwire-cli/0.1";
    if (context.device.empty()) return settings;
    const auto device = read_device(context.device);
    if (!device) return device.error();
    settings.token = device->token;
    settings.sign = [key = device->key](std::string_view text) { return key.sign(text); };
    return settings;
}

std::uint64_t random_device_id() {
    std::random_device chance;
    const std::uint64_t high = chance();
    return (high << 32U) | chance() | 1U;
}

base::Refusal refusal_of(const sdk::Error& error) {
    base::Refusal refusal;
    refusal.code = error.code == sdk::ErrorCode::unknown ? base::RefusalCode::unavailable
                                                         : static_cast<base::RefusalCode>(error.code);
    refusal.field = error.field;
    refusal.message = error.message;
    refusal.current_version = error.current_version;
    refusal.current_value = error.current_value;
    refusal.retry_after_ms = error.retry_after.count();
    return refusal;
}

PersonLink::PersonLink(const Context& context) {
    const auto settings = settings_of(context);
    if (!settings) {
        refused_ = settings.error();
        return;
    }
    sdk::Callbacks callbacks;
    callbacks.on_state = [this](const sdk::ConnectionState& state) {
        if (const auto* online = std::get_if<sdk::Online>(&state)) welcome_ = online->welcome;
        if (const auto* waiting = std::get_if<sdk::Waiting>(&state)) waiting_for_ = waiting->reason;
        if (const auto* stopped = std::get_if<sdk::Stopped>(&state)) refused_ = ended(*stopped);
    };
    callbacks.on_refused = [this](const sdk::FeedName&, const sdk::Error& error) { feed_refused_ = error; };
    callbacks.on_item = [this](const sdk::FeedItem& item) { take_rows(item); };
    client_.emplace(io_, *settings, std::move(callbacks));
}

bool PersonLink::run_until(const std::function<bool()>& done) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!done() && !refused_) {
        io_.restart();
        if (io_.run_one_until(deadline) == 0 && std::chrono::steady_clock::now() >= deadline) return false;
    }
    return done();
}

base::Result<sdk::Welcome> PersonLink::open() {
    if (refused_) return *refused_;
    client_->connect();
    if (run_until([this] { return welcome_.has_value(); })) return *welcome_;
    if (refused_) return *refused_;
    return no_link("No server answers there (" + waiting_for_ + "): is it running, and is this its staff door?");
}

base::Result<std::string> PersonLink::march_named(const std::string& given) const {
    if (given.find('/') != std::string::npos) return given;
    const std::string scope = welcome_ ? welcome_->march : std::string();
    if (given.empty() && scope.find('/') != std::string::npos) return scope;
    if (!given.empty() && !scope.empty()) return scope.substr(0, scope.find('/')) + "/" + given;
    return base::invalid("--march", "Name the march as CAMPAIGN/MARCH: your token is not for a single one.");
}

base::Result<sdk::March> PersonLink::march_of(const sdk::FeedName& feed) {
    feed_refused_.reset();
    client_->subscribe(feed);
    if (!run_until([&] { return client_->march(feed).has_value() || feed_refused_.has_value(); })) {
        return refused_ ? *refused_ : no_link("The server did not send the march in time: try again.");
    }
    if (feed_refused_) return refusal_of(*feed_refused_);
    return *client_->march(feed);
}

base::Result<sdk::March> PersonLink::march(const std::string& name) {
    const auto ops = sdk::FeedName::parse("ops/" + name);
    if (!ops) return base::invalid("--march", "Name the march as CAMPAIGN/MARCH, as in flag-day-2018/st-louis-mo.");
    auto found = march_of(*ops);
    if (found || found.error().code != base::RefusalCode::permission_denied) return found;
    sdk::FeedName own = *ops;
    own.kind = sdk::FeedKind::marshal;
    return march_of(own);
}

void PersonLink::rest(std::chrono::milliseconds time) {
    const auto until = std::chrono::steady_clock::now() + time;
    io_.restart();
    while (io_.run_one_until(until) != 0) {
    }
}

base::Result<PersonLink::Whole> PersonLink::ops_snapshot(const std::string& name) {
    const auto ops = sdk::FeedName::parse("ops/" + name);
    if (!ops) return base::invalid("--march", "Name the march as CAMPAIGN/MARCH, as in flag-day-2018/st-louis-mo.");
    const auto found = march_of(*ops);
    if (!found) return found.error();
    return Whole{client_->state_json(*ops), client_->position(*ops).value_or(sdk::Position{})};
}

base::Result<sdk::History> PersonLink::history(const std::string& name, std::uint64_t from, std::uint32_t limit) {
    const auto ops = sdk::FeedName::parse("ops/" + name);
    if (!ops) return base::invalid("--march", "Name the march as CAMPAIGN/MARCH, as in flag-day-2018/st-louis-mo.");
    for (int tries = 0; tries < history_tries; ++tries) {
        std::optional<sdk::History> answer;
        client_->get_history(*ops, from, limit, [&](const sdk::History& history) { answer = history; });
        if (!run_until([&] { return answer.has_value(); })) break;
        if (!answer->error) return *answer;
        if (answer->error->code != sdk::ErrorCode::rate_limited) return refusal_of(*answer->error);
        rest(std::max(answer->error->retry_after, shortest_rest));
    }
    return refused_ ? *refused_ : no_link("The server did not send the log in time: try again.");
}

void PersonLink::take_rows(const sdk::FeedItem& item) {
    const sdk::Change change = item.change();
    const auto* rows = std::get_if<sdk::RowsChanged>(&change);
    if (rows == nullptr) return;
    ++rows_told_;
    if (rows->whole) rows_.clear();
    for (const sdk::Row& row : rows->rows) rows_.insert_or_assign(row.march, row);
    for (const std::string& march : rows->gone) rows_.erase(march);
}

base::Result<std::map<std::string, sdk::Row>> PersonLink::desk(const std::string& campaign) {
    const auto feed = sdk::FeedName::parse("desk/" + campaign);
    if (!feed) return base::invalid("campaign", "Name the campaign, as in flag-day-2018.");
    feed_refused_.reset();
    client_->subscribe(*feed);
    if (!run_until([this] { return rows_told_ != 0 || feed_refused_.has_value(); })) {
        return refused_ ? *refused_ : no_link("The server did not send the desk in time: try again.");
    }
    if (feed_refused_) return refusal_of(*feed_refused_);
    const auto deadline = std::chrono::steady_clock::now() + patience;
    for (std::uint64_t before = 0; before != rows_told_ && std::chrono::steady_clock::now() < deadline;) {
        before = rows_told_;
        rest(rows_pause);
    }
    return rows_;
}

base::Result<sdk::Accepted> PersonLink::send(const std::string& log, const sdk::Command& command) {
    std::optional<sdk::Outcome> outcome;
    client_->command(log, command, [&](sdk::CommandId, const sdk::Outcome& answer) { outcome = answer; });
    if (!run_until([&] { return outcome.has_value(); })) {
        return refused_ ? *refused_
                        : no_link("No answer came in time: it may have been stored; look before you repeat it.");
    }
    if (const auto* error = std::get_if<sdk::Error>(&*outcome)) return refusal_of(*error);
    return std::get<sdk::Accepted>(*outcome);
}

base::Result<sdk::Access> PersonLink::access(const std::string& log, sdk::PersonId from) {
    std::optional<sdk::Access> access;
    client_->read_access(log, from, [&](const sdk::Access& answer) { access = answer; });
    if (!run_until([&] { return access.has_value(); })) {
        return refused_ ? *refused_ : no_link("The server did not answer in time: try again.");
    }
    if (access->error) return refusal_of(*access->error);
    return *access;
}

void look(Context& context, const std::string& march_given, const std::function<void(const sdk::March&)>& show) {
    PersonLink link(context);
    if (const auto opened = link.open(); !opened) return report(context, opened.error());
    const auto name = link.march_named(march_given);
    if (!name) return report(context, name.error());
    const auto march = link.march(*name);
    if (!march) return report(context, march.error());
    show(*march);
}

base::Result<sdk::Member> called(const sdk::March& march, const std::string& callsign, std::string_view flag) {
    if (march.self && march.self->callsign == callsign) return *march.self;
    const auto found = std::ranges::find(march.roster, callsign, &sdk::Member::callsign);
    if (found != march.roster.end()) return *found;
    return base::refuse(base::RefusalCode::not_found, std::string(flag),
                        "Nobody whom you may see on this march is called that; look at `watch` or ask your lead.");
}

void run_verb(Context& context, const PersonVerb& verb) {
    PersonLink link(context);
    const auto opened = link.open();
    if (!opened) return report(context, opened.error());
    const auto name = link.march_named(verb.march_given);
    if (!name) return report(context, name.error());
    sdk::March state;
    if (verb.needs_state) {
        auto found = link.march(*name);
        if (!found) return report(context, found.error());
        state = *std::move(found);
        // The ops feed names nobody as the reader.
        const sdk::Member* self = state.member(opened->person);
        if (!state.self && self != nullptr) state.self = *self;
    }
    const auto command = verb.make(state);
    if (!command) return report(context, command.error());
    const auto accepted = link.send(*name, *command);
    if (!accepted) return report(context, accepted.error());
    const std::string level(sdk::name_of(accepted->level));
    nlohmann::json answer{{"ok", true},
                          {"level", level},
                          {"position", {{"epoch", accepted->position.epoch}, {"seq", accepted->position.seq}}},
                          {"made", accepted->made},
                          {"proposed", accepted->proposed}};
    if (const auto& block = accepted->restricted) {
        answer["restricted"] = {{"name", block->name}, {"medical", block->medical}, {"contact", block->contact}};
    }
    if (const auto& details = accepted->details) {
        answer["details"] = {{"name", details->name}, {"phone", details->phone}};
    }
    print(context, answer, accepted_text(*accepted, *command));
}

}  // namespace marchwire::cli
