// The one page for people until there is a dashboard: every march that the public may see, with no script.
#pragma once

#include "core/views.hpp"
#include "session/ports.hpp"
#include "shard/desks.hpp"

#include <string>
#include <vector>

namespace marchwire::shard {

/// A march on the front page.
struct FrontRow {
    std::string campaign_name;
    base::LogId log;
    core::OverviewRow row;
};
/// On the thread of the desks.
[[nodiscard]] std::vector<FrontRow> front_rows(const Desks& desks);

/// A section for each campaign, the soonest first. In it stand the marches that are under way, then those to come by
/// their next start (those whose time is not known behind them), then those that are over; all times local to the
/// march. `notice` stands on top (a demo clock's). Without rows the page says how marches get here.
[[nodiscard]] session::PageAnswer front_page(std::vector<FrontRow> rows, base::UtcMs now, const std::string& notice);

}  // namespace marchwire::shard
