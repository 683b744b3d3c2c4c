// Public pages: see public_pages.hpp.
#include "shard/public_pages.hpp"

#include "base/hmac.hpp"
#include "base/limits.hpp"

#include <array>
#include <cstdio>
#include <utility>

namespace marchwire::shard {
namespace {

constexpr std::string_view json_type = "application/json; charset=utf-8";
constexpr std::string_view short_cache = "public, max-age=5";

std::string escape_json(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        if (static_cast<unsigned char>(c) < 0x20) {
            std::array<char, 8> code{};
            (void)std::snprintf(code.data(), code.size(), "\\u%04x", static_cast<unsigned>(c));
            out += code.data();
        } else {
            out += c;
        }
    }
    return out;
}

std::string coordinates(const base::LatLon& at) {
    std::array<char, 64> text{};
    // GeoJSON says longitude first; seven digits are a centimetre.
    (void)std::snprintf(text.data(), text.size(), "[%.7f,%.7f]", at.lon, at.lat);
    return text.data();
}

std::string_view name_of(core::PublicWaypointKind kind) {
    // The numbers of both enums agree (core/vocabulary.hpp).
    return core::name_of(static_cast<core::WaypointKind>(kind));
}

std::string quoted_hash(std::string_view body) {
    const base::Hash256 hash = base::sha256(body);
    std::string text = "\"";
    for (std::size_t i = 0; i < 8; ++i) {
        std::array<char, 4> hex{};
        (void)std::snprintf(hex.data(), hex.size(), "%02x", static_cast<unsigned>(hash.at(i)));
        text += hex.data();
    }
    return text + '"';
}

session::PageAnswer page_of(std::string body, std::string_view type, std::string etag) {
    return {200, std::string(type), std::move(body), std::move(etag), std::string(short_cache)};
}

}  // namespace

std::optional<PageName> parse_page(std::string_view target) {
    if (target.size() > base::limits::page_target_bytes) return std::nullopt;
    target = target.substr(0, target.find('?'));
    if (target == "/") return PageName{};
    constexpr std::string_view campaigns = "/v1/campaigns/";
    constexpr std::string_view marches = "/v1/marches/";
    constexpr std::string_view route = "/route.geojson";
    PageName page;
    if (target.starts_with(campaigns)) {
        page.kind = PageKind::campaign;
        target.remove_prefix(campaigns.size());
    } else if (target.starts_with(marches)) {
        target.remove_prefix(marches.size());
        page.kind = target.ends_with(route) ? PageKind::route : PageKind::march;
        if (page.kind == PageKind::route) target.remove_suffix(route.size());
    } else {
        return std::nullopt;
    }
    auto log = base::LogId::parse(target);
    if (!log || log->is_campaign() != (page.kind == PageKind::campaign)) return std::nullopt;
    page.log = std::move(*log);
    return page;
}

session::PageAnswer no_page() {
    return {404, "text/plain; charset=utf-8", "There is no such page. All marches are on /\n", "", "no-store"};
}

session::PageAnswer log_page(const Desks& desks, const PageName& page) {
    if (page.kind == PageKind::campaign) {
        const CampaignDesk* desk = desks.campaign(page.log);
        const auto body = desk == nullptr ? nullptr : desk->public_page();
        return body ? page_of(*body, json_type, quoted_hash(*body)) : no_page();
    }
    MarchDesk* desk = desks.march(page.log);
    if (desk == nullptr) return no_page();
    PublicMarchPage march = desk->public_page();
    if (!march.snapshot) return no_page();
    if (page.kind == PageKind::march) return page_of(*march.snapshot, json_type, march.etag);
    const std::string body = route_geojson(march.route);
    return page_of(body, "application/geo+json", quoted_hash(body));
}

std::string route_geojson(const core::PublicRoute& route) {
    std::string features;
    if (route.points.size() >= 2) {
        features = R"({"type":"Feature","properties":{"kind":"route","name":")" + escape_json(route.name) +
                   R"(","version":)" + std::to_string(route.version) + R"(,"stepFree":)" +
                   (route.step_free ? "true" : "false") + R"(,"source":")" + escape_json(route.source) +
                   R"("},"geometry":{"type":"LineString","coordinates":[)";
        for (std::size_t i = 0; i < route.points.size(); ++i) {
            if (i != 0) features += ',';
            features += coordinates(route.points[i]);
        }
        features += "]}}";
    }
    for (const core::PublicWaypoint& waypoint : route.waypoints) {
        if (!features.empty()) features += ',';
        features += R"({"type":"Feature","properties":{"kind":")";
        features += name_of(waypoint.kind);
        features += R"(","name":")" + escape_json(waypoint.name) + R"("},"geometry":{"type":"Point","coordinates":)" +
                    coordinates(waypoint.at) + "}}";
    }
    return R"({"type":"FeatureCollection","features":[)" + features + "]}";
}

}  // namespace marchwire::shard
