// One readable line per thing that a feed tells.
#pragma once

#include <marchwire/client.hpp>

#include <string>

namespace marchwire::cli {

/// "11:03:20": UTC time of day of a server time; "--:--:--" for none.
[[nodiscard]] std::string clock_text(sdk::UtcMs at);
/// What the item says, for a person; persons by the callsign that `march` knows, else by number. Several
/// lines for rows of many marches. Empty for things that say nothing to people.
[[nodiscard]] std::string item_text(const sdk::Change& change, const sdk::March* march);
/// How the feed stands now, after a snapshot.
[[nodiscard]] std::string snapshot_text(const sdk::March& march);
/// ", cannot be reached at present, since 11:42 UTC"; empty for 0.
[[nodiscard]] std::string unreached_text(sdk::UtcMs since);
/// "order 3 hold open "Stop at the library.", 2 queued, 5 acked, escalated".
[[nodiscard]] std::string order_text(const sdk::Order& order);
/// "incident 2 lost_child urgent assigned at waypoint 4 "red coat", reported by Blue 7, ...".
[[nodiscard]] std::string incident_text(const sdk::Incident& incident, const sdk::March& march);
[[nodiscard]] std::string row_text(const sdk::Row& row);
/// What became of a command: how safe it is stored, or whose yes a proposal waits for.
[[nodiscard]] std::string accepted_text(const sdk::Accepted& accepted, const sdk::Command& command);

}  // namespace marchwire::cli
