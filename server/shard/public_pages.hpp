// What plain HTTP shows of the desks: snapshots as JSON and routes as GeoJSON. Page / is in front_page.hpp.
#pragma once

#include "core/views.hpp"
#include "session/ports.hpp"
#include "shard/desks.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

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

/// A route as a GeoJSON FeatureCollection: its line and its public waypoints.
[[nodiscard]] std::string route_geojson(const core::PublicRoute& route);

}  // namespace marchwire::shard
