// What the doors of a server let in, by its settings and the machine.
#pragma once

#include "base/config.hpp"
#include "base/limit_table.hpp"
#include "net/net_settings.hpp"
#include "ops/metrics.hpp"

#include <memory>
#include <vector>

namespace marchwire {

/// What all doors have together.
[[nodiscard]] std::shared_ptr<net::HouseCount> house_for(const base::Config& config);
/// Of these the public door never takes the last part.
[[nodiscard]] net::DoorLimits door_limits(const base::Config& config, session::Door door, const net::HouseCount& house);
/// Health and metrics, apart from the house.
[[nodiscard]] net::DoorLimits admin_limits();
/// How often each limit was met.
void add_limit_figures(const base::LimitCounts& met, std::vector<ops::Figure>& figures);

/// At the start of the process: no core dumps, and a word to whoever runs this as root.
void harden_process();

}  // namespace marchwire
