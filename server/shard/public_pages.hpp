// What plain HTTP shows of the desks: snapshots as JSON, routes as GeoJSON, and one page of all marches.
#pragma once

#include "core/views.hpp"
#include "session/ports.hpp"
#include "shard/desks.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace marchwire::shard {

enum class PageKind : std::uint8_t { front, campaign, march, route };

struct PageName {
    PageKind kind = PageKind::front;
    base::LogId log;  ///< empty for the front page
};

/// Which page a request target names, its query left out; none when there is no such page.
[[nodiscard]] std::optional<PageName> parse_page(std::string_view target);

[[nodiscard]] session::PageAnswer no_page();

/// A campaign's, a march's or a route's page, on the thread of its desks. Caches may keep it for a few seconds and ask
/// again by ETag.
[[nodiscard]] session::PageAnswer log_page(const Desks& desks, const PageName& page);

/// A march on the front page.
struct FrontRow {
    std::string campaign_name;
    base::LogId log;
    core::OverviewRow row;
};
[[nodiscard]] std::vector<FrontRow> front_rows(const Desks& desks);
/// All marches by their next start, in their own local time; those whose time is not known last. `notice` stands on
/// top (a demo clock's).
[[nodiscard]] session::PageAnswer front_page(std::vector<FrontRow> rows, base::UtcMs now, const std::string& notice);

/// A route as a GeoJSON FeatureCollection: its line and its public waypoints.
[[nodiscard]] std::string route_geojson(const core::PublicRoute& route);

}  // namespace marchwire::shard
