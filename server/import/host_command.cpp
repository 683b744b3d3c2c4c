#include "import/host_command.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

namespace marchwire::import {
namespace {

using Json = nlohmann::json;

std::int32_t e7(double degrees) { return static_cast<std::int32_t>(std::lround(degrees * 1e7)); }

Json json_of(core::LatLon at) { return {{"latE7", e7(at.lat)}, {"lonE7", e7(at.lon)}}; }

Json json_of(const std::vector<core::PlannedPhase>& plan) {
    Json phases = Json::array();
    for (const core::PlannedPhase& step : plan) {
        phases.push_back({{"phase", static_cast<int>(step.phase)}, {"atMs", std::to_string(step.at.value)}});
    }
    return phases;
}

Json json_of(const core::MarchSpec& spec) {
    Json json{{"city", spec.city},
              {"state", spec.state},
              {"venue", spec.venue},
              {"tz", spec.tz},
              {"kind", static_cast<int>(spec.kind)},
              {"drill", spec.drill},
              {"plan", json_of(spec.plan)},
              {"source", spec.source}};
    if (spec.site) json["site"] = json_of(*spec.site);
    return json;
}

Json json_of(const core::CampaignSpec& spec) {
    return {{"name", spec.name}, {"organiser", spec.organiser}, {"wave", spec.wave}, {"drill", spec.drill}};
}

/// Deltas of 1e-7 degrees, lat and lon in turn, the first pair absolute (domain.proto, Line).
Json json_of(const std::vector<core::LatLon>& points) {
    Json deltas = Json::array();
    std::int32_t lat = 0;
    std::int32_t lon = 0;
    for (const core::LatLon at : points) {
        deltas.push_back(e7(at.lat) - lat);
        deltas.push_back(e7(at.lon) - lon);
        lat = e7(at.lat);
        lon = e7(at.lon);
    }
    return {{"deltaE7", std::move(deltas)}};
}

Json json_of(const core::RouteLine& line) {
    Json waypoints = Json::array();
    for (const core::Waypoint& point : line.waypoints) {
        waypoints.push_back({{"number", point.number},
                             {"kind", static_cast<int>(point.kind)},
                             {"name", point.name},
                             {"at", json_of(point.at)},
                             {"alongMetres", point.along.value}});
    }
    return {{"name", line.name},
            {"line", json_of(line.points)},
            {"waypoints", std::move(waypoints)},
            {"closedLegs", line.closed_legs},
            {"stepFree", line.step_free},
            {"source", line.source}};
}

using Field = std::pair<const char*, Json>;
Field field(const core::CreateCampaign& wish) { return {"createCampaign", {{"spec", json_of(wish.spec)}}}; }
Field field(const core::UpdateCampaign& wish) {
    return {"updateCampaign", {{"spec", json_of(wish.spec)}, {"version", wish.version}}};
}
Field field(const core::CreateMarch& wish) {
    return {"createMarch", {{"spec", json_of(wish.spec)}, {"sections", wish.sections}}};
}
Field field(const core::UpdateMarch& wish) {
    return {"updateMarch", {{"spec", json_of(wish.spec)}, {"version", wish.version}}};
}
Field field(const core::MoveVenue& wish) {
    Json venue{{"venue", wish.venue}, {"version", wish.version}};
    if (wish.site) venue["site"] = json_of(*wish.site);
    return {"moveVenue", std::move(venue)};
}
Field field(const core::Reschedule& wish) {
    return {"reschedule", {{"plan", json_of(wish.plan)}, {"version", wish.version}}};
}
Field field(const core::SetSections& wish) { return {"setSections", {{"sections", wish.sections}}}; }
Field field(const core::ImportRoute& wish) { return {"importRoute", {{"line", json_of(*wish.line)}}}; }
Field field(const core::ApproveRoute& wish) { return {"approveRoute", {{"version", wish.version}}}; }
Field field(const core::ActivateRoute& wish) {
    return {"activateRoute", {{"version", wish.version}, {"activeVersion", wish.active_version}}};
}

Field field(const core::RecordImport& wish) {
    return {"recordImport",
            {{"number", wish.number},
             {"fileSha256", wish.file_sha256},
             {"marches", wish.marches},
             {"created", wish.created},
             {"changed", wish.changed},
             {"unchanged", wish.unchanged}}};
}

// ---- reading -----------------------------------------------------------------------------------

std::string lower(std::string_view text) {
    std::string word(text);
    std::ranges::transform(word, word.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return word;
}

std::string text_of(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

/// 64-bit numbers are strings in this mapping, others are numbers.
std::int64_t number_of(const Json& object, const char* key) {
    const auto found = object.find(key);
    if (found == object.end()) return 0;
    if (found->is_number_integer()) return found->get<std::int64_t>();
    const std::string text = found->is_string() ? found->get<std::string>() : "";
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

bool truth_of(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_boolean() && found->get<bool>();
}

core::Phase phase_of(const Json& object) {
    return core::phase_named(lower(text_of(object, "phase"))).value_or(core::Phase::planned);
}

core::ImportRecord import_of(const Json& json) {
    const auto small = [&](const char* key) { return static_cast<std::uint32_t>(number_of(json, key)); };
    return {small("number"),  text_of(json, "fileSha256"), small("marches"),         small("created"),
            small("changed"), small("unchanged"),          {number_of(json, "atMs")}};
}

core::MarchSpec spec_of(const Json& json) {
    core::MarchSpec spec;
    spec.city = text_of(json, "city");
    spec.state = text_of(json, "state");
    spec.venue = text_of(json, "venue");
    spec.tz = text_of(json, "tz");
    spec.source = text_of(json, "source");
    spec.drill = truth_of(json, "drill");
    spec.kind = text_of(json, "kind") == "VIRTUAL" ? core::MarchKind::virtual_event : core::MarchKind::in_person;
    if (const auto site = json.find("site"); site != json.end() && site->is_object()) {
        spec.site = core::LatLon{static_cast<double>(number_of(*site, "latE7")) / 1e7,
                                 static_cast<double>(number_of(*site, "lonE7")) / 1e7};
    }
    for (const Json& step : json.value("plan", Json::array())) {
        spec.plan.push_back({phase_of(step), {number_of(step, "atMs")}});
    }
    return spec;
}

std::optional<core::RouteStatus> usable_status(std::string_view name) {
    for (const auto status : {core::RouteStatus::draft, core::RouteStatus::approved, core::RouteStatus::active}) {
        if (core::name_of(status) == name) return status;
    }
    return std::nullopt;
}

base::Refusal not_understood() {
    return base::refuse(base::RefusalCode::unavailable, "state",
                        "The server's answer is not understood; use a command line of the server's version.");
}

}  // namespace

std::string command_json(const HostCommand& command) {
    auto [name, value] = std::visit([](const auto& body) { return field(body); }, command.body);
    Json json{{name, std::move(value)}};
    if (command.id) {
        json["id"] = {{"device", std::to_string(command.id.device.value)},
                      {"counter", std::to_string(command.id.counter)}};
    }
    return json.dump();
}

base::Result<ExistingMarch> read_march_state(std::string_view text) {
    const Json json = Json::parse(text, nullptr, false);
    if (!json.is_object() || !json.contains("spec")) return not_understood();
    const auto slug = base::Slug::parse(text_of(json, "march"));
    if (!slug) return not_understood();
    ExistingMarch march;
    march.slug = *slug;
    march.spec = spec_of(json.at("spec"));
    march.spec_version = static_cast<std::uint32_t>(number_of(json, "specVersion"));
    march.phase = phase_of(json);
    march.active_route = static_cast<std::uint32_t>(number_of(json, "activeRoute"));
    return march;
}

std::optional<ExistingRoute> find_route(std::string_view text, const core::RouteLine& line) {
    const Json json = Json::parse(text, nullptr, false);
    if (!json.is_object()) return std::nullopt;
    const Json points = json_of(line.points);
    std::optional<ExistingRoute> newest;
    for (const Json& route : json.value("routes", Json::array())) {
        const Json there = route.value("line", Json::object());
        const auto status = usable_status(lower(text_of(route, "status")));
        const bool same = there.value("line", Json::object()) == points && text_of(there, "name") == line.name &&
                          there.value("waypoints", Json::array()).size() == line.waypoints.size();
        if (same && status) newest = {static_cast<std::uint32_t>(number_of(route, "version")), *status};
    }
    return newest;
}

base::Result<ExistingCampaign> read_campaign_state(std::string_view text) {
    const Json json = Json::parse(text, nullptr, false);
    if (!json.is_object() || !json.contains("spec")) return not_understood();
    const Json& spec = json.at("spec");
    ExistingCampaign campaign;
    campaign.spec = {text_of(spec, "name"), text_of(spec, "organiser"),
                     static_cast<std::uint32_t>(number_of(spec, "wave")), truth_of(spec, "drill")};
    campaign.spec_version = static_cast<std::uint32_t>(number_of(json, "specVersion"));
    campaign.last_import = import_of(json.value("lastImport", Json::object()));
    for (const Json& listing : json.value("marches", Json::array())) {
        if (listing.contains("forgottenAtMs")) continue;
        const auto slug = base::Slug::parse(text_of(listing, "march"));
        if (!slug) return not_understood();
        campaign.marches.push_back(*slug);
    }
    return campaign;
}

}  // namespace marchwire::import
