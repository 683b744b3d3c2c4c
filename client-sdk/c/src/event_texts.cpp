#include "event_texts.hpp"

#include <nlohmann/json.hpp>

#include <cctype>
#include <charconv>
#include <cstdint>
#include <stdexcept>
#include <system_error>

namespace marchwire::c {
namespace {

using Json = nlohmann::json;

/// On one line. What is no UTF-8, which a server does not say, is replaced.
std::string line_of(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

/// As the proto names it.
std::string in_capitals(std::string_view word) {
    std::string out(word);
    for (char& one : out) one = static_cast<char>(std::toupper(static_cast<unsigned char>(one)));
    return out;
}
/// 64-bit numbers are strings.
template <class Number>
std::string text_of_number(Number number) {
    return std::to_string(number);
}

Json json_of(const sdk::Error& error) {
    Json json{{"code", in_capitals(sdk::name_of(error.code))}, {"field", error.field}, {"message", error.message}};
    if (error.current_version != 0) json["current_version"] = error.current_version;
    if (!error.current_value.empty()) json["current_value"] = error.current_value;
    if (error.retry_after.count() != 0) json["retry_after_ms"] = error.retry_after.count();
    return json;
}
Json json_of(const sdk::CommandId& id) {
    return {{"device", text_of_number(id.device)}, {"counter", text_of_number(id.counter)}};
}
Json json_of(const sdk::Position& position) {
    return {
        {"epoch", position.epoch}, {"seq", text_of_number(position.seq)}, {"digest", text_of_number(position.digest)}};
}
Json json_of(const sdk::Welcome& welcome) {
    return {{"session", welcome.session},
            {"person", text_of_number(welcome.person)},
            {"role", in_capitals(sdk::name_of(welcome.role))},
            {"march", welcome.march},
            {"demo_clock", welcome.demo_clock},
            {"clock_rate", welcome.clock_rate},
            {"server_time_ms", text_of_number(welcome.server_time)}};
}
Json json_of(const sdk::Accepted& accepted) {
    Json json{{"level", in_capitals(sdk::name_of(accepted.level))},
              {"position", json_of(accepted.position)},
              {"made", text_of_number(accepted.made)},
              {"proposed", accepted.proposed}};
    if (accepted.restricted) {
        json["restricted"] = {{"name", accepted.restricted->name},
                              {"medical", accepted.restricted->medical},
                              {"contact", accepted.restricted->contact}};
    }
    if (!accepted.invite_code.empty()) json["invite_code"] = accepted.invite_code;
    if (accepted.details) json["details"] = {{"name", accepted.details->name}, {"phone", accepted.details->phone}};
    return json;
}

struct StateJson {
    Json operator()(const sdk::Connecting& connecting) const {
        return {{"event", "state"}, {"state", "connecting"}, {"attempt", connecting.attempt}};
    }
    Json operator()(const sdk::Online& online) const {
        return {{"event", "state"}, {"state", "online"}, {"welcome", json_of(online.welcome)}};
    }
    Json operator()(const sdk::Waiting& waiting) const {
        return {{"event", "state"},
                {"state", "waiting"},
                {"retry_in_ms", waiting.retry_in.count()},
                {"reason", waiting.reason}};
    }
    Json operator()(const sdk::Stopped& stopped) const {
        Json json{{"event", "state"}, {"state", "stopped"}, {"reason", stopped.reason}};
        if (stopped.error) json["error"] = json_of(*stopped.error);
        return json;
    }
};

Json json_of(const sdk::PersonAccess& one) {
    Json devices = Json::array();
    for (const sdk::Device& device : one.devices) {
        devices.push_back({{"number", device.number},
                           {"role", in_capitals(sdk::name_of(device.role))},
                           {"since_ms", text_of_number(device.since)},
                           {"expires_at_ms", text_of_number(device.expires_at)},
                           {"invite", device.invite}});
    }
    Json invites = Json::array();
    for (const sdk::Invite& invite : one.invites) {
        invites.push_back({{"number", invite.number},
                           {"role", in_capitals(sdk::name_of(invite.role))},
                           {"state", in_capitals(sdk::name_of(invite.state))},
                           {"expires_at_ms", text_of_number(invite.expires_at)},
                           {"by", text_of_number(invite.by)},
                           {"second_device", invite.second_device},
                           {"code", invite.code}});
    }
    return {{"person", text_of_number(one.person)},
            {"callsign", one.callsign},
            {"devices", std::move(devices)},
            {"invites", std::move(invites)}};
}

// ---- reading ------------------------------------------------------------------------------------

/// A number, or one in a string; throws where it is neither, or does not fit.
template <class Number>
Number number_in(const Json& json) {
    const std::string text = json.is_string() ? json.get<std::string>() : json.dump();
    Number number{};
    const char* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{} || stopped != end) throw std::invalid_argument("no number");
    return number;
}
template <class Number>
Number number_at(const Json& object, const char* key) {
    return object.contains(key) ? number_in<Number>(object.at(key)) : Number{};
}

sdk::Fix fix_in(const Json& json) {
    constexpr double per_degree = 1e7;
    sdk::Fix fix;
    fix.at.lat = number_at<std::int32_t>(json.at("at"), "latE7") / per_degree;
    fix.at.lon = number_at<std::int32_t>(json.at("at"), "lonE7") / per_degree;
    fix.accuracy_metres = number_at<std::uint32_t>(json, "accuracyMetres");
    fix.fix_at = number_at<sdk::UtcMs>(json, "fixAtMs");
    return fix;
}

/// What `read` makes of the text; empty where it is no JSON, or not what `read` expects.
template <class Read>
auto read_json(std::string_view text, const Read& read) -> std::optional<decltype(read(Json()))> {
    try {
        return read(Json::parse(text));
    } catch (const Json::exception&) {
        return std::nullopt;
    } catch (const std::invalid_argument&) {
        return std::nullopt;
    }
}

}  // namespace

std::string text_of(const sdk::ConnectionState& state) { return line_of(std::visit(StateJson{}, state)); }

std::string text_of(const sdk::FeedItem& item) {
    Json json{{"event", "item"}, {"feed", item.feed().text()}};
    if (const auto position = item.position()) json["seq"] = text_of_number(position->seq);
    if (item.at() != 0) json["at_ms"] = text_of_number(item.at());
    std::string line = line_of(json);
    // It is JSON already, and may be long.
    line.pop_back();
    return line + ",\"item\":" + item.json() + "}";
}

std::string text_of_snapshot(const sdk::FeedName& feed) {
    return line_of({{"event", "snapshot"}, {"feed", feed.text()}});
}

std::string text_of(const sdk::Gap& gap) {
    return line_of({{"event", "gap"},
                    {"feed", gap.feed.text()},
                    {"held", text_of_number(gap.held)},
                    {"missing", text_of_number(gap.missing)}});
}

std::string text_of(const sdk::Discontinuity& told) {
    return line_of({{"event", "discontinuity"},
                    {"feed", told.feed.text()},
                    {"reason", in_capitals(sdk::name_of(told.reason))},
                    {"message", told.message}});
}

std::string text_of(const sdk::Skipped& skipped) {
    return line_of({{"event", "skipped"},
                    {"feed", skipped.feed.text()},
                    {"keys", skipped.keys},
                    {"from_ms", text_of_number(skipped.from)},
                    {"to_ms", text_of_number(skipped.to)}});
}

std::string text_of_refused(const sdk::FeedName& feed, const sdk::Error& error) {
    return line_of({{"event", "refused"}, {"feed", feed.text()}, {"error", json_of(error)}});
}

std::string text_of_reply(sdk::CommandId id, const sdk::Outcome& outcome) {
    Json json{{"event", "reply"}, {"id", json_of(id)}};
    if (const auto* accepted = std::get_if<sdk::Accepted>(&outcome)) {
        json["accepted"] = json_of(*accepted);
    } else {
        json["error"] = json_of(std::get<sdk::Error>(outcome));
    }
    return line_of(json);
}

std::string text_of_lost(sdk::CommandId id, const sdk::Error& error) {
    return line_of({{"event", "lost"}, {"id", json_of(id)}, {"error", json_of(error)}});
}

std::string text_of(const sdk::Error& error) { return line_of({{"event", "error"}, {"error", json_of(error)}}); }

std::string text_of(const sdk::Fault& fault) {
    return line_of({{"event", "fault"}, {"kind", in_capitals(sdk::name_of(fault.kind))}, {"message", fault.message}});
}

std::string text_of_token_wanted() { return line_of({{"event", "token_wanted"}}); }

std::string text_of_history(const std::string& feed, const sdk::History& history) {
    Json json{{"event", "history"}, {"feed", feed}, {"more", history.more}};
    if (history.error) json["error"] = json_of(*history.error);
    std::string line = line_of(json);
    line.pop_back();
    line += ",\"items\":[";
    for (const std::string& item : history.items) line += (line.back() == '[' ? "" : ",") + item;
    return line + "]}";
}

std::string text_of(const sdk::Access& access) {
    Json persons = Json::array();
    for (const sdk::PersonAccess& one : access.persons) persons.push_back(json_of(one));
    Json json{{"event", "access"}, {"persons", std::move(persons)}, {"next", text_of_number(access.next)}};
    if (access.error) json["error"] = json_of(*access.error);
    return line_of(json);
}

std::string text_of(const sdk::Redeemed& redeemed) {
    if (const auto* error = std::get_if<sdk::Error>(&redeemed)) return line_of({{"error", json_of(*error)}});
    const auto& came_in = std::get<sdk::CameIn>(redeemed);
    return line_of({{"token", came_in.token}, {"pin_set", came_in.pin_set}});
}

std::string text_of(const sdk::Position& position) { return line_of(json_of(position)); }

std::optional<sdk::Position> position_in(std::string_view text) {
    return read_json(text, [](const Json& json) {
        return sdk::Position{number_in<std::uint32_t>(json.at("epoch")), number_in<std::uint64_t>(json.at("seq")),
                             number_in<std::uint64_t>(json.at("digest"))};
    });
}

std::optional<std::vector<sdk::Fix>> fixes_in(std::string_view text) {
    return read_json(text, [](const Json& json) {
        std::vector<sdk::Fix> fixes;
        if (!json.is_array()) throw std::invalid_argument("no array");
        for (const Json& one : json) fixes.push_back(fix_in(one));
        return fixes;
    });
}

}  // namespace marchwire::c
