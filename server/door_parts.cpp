#include "door_parts.hpp"

#include "base/capacity.hpp"
#include "base/door_limits.hpp"
#include "base/limits.hpp"
#include "base/log.hpp"

#include <string>

namespace marchwire {

std::shared_ptr<net::HouseCount> house_for(const base::Config& config) {
    auto house = std::make_shared<net::HouseCount>();
    const base::Machine machine = base::look_at_machine();
    house->connections_max = base::connections_for(machine, config.connections);
    base::log_info("room", "connections={} followers={} memory_mb={} descriptors={}", house->connections_max,
                   base::public_part(house->connections_max), machine.memory_bytes >> 20U, machine.descriptors);
    if (house->connections_max < config.connections) {
        base::log_warn("connections_lowered",
                       "asked={} remedy=\"the limit of descriptors is too low: raise LimitNOFILE or ulimit -n\"",
                       config.connections);
    }
    return house;
}

net::DoorLimits door_limits(const base::Config& config, session::Door door, const net::HouseCount& house) {
    const bool open = door == session::Door::followers;
    net::DoorLimits limits = net::limits_of(door);
    limits.connections = open ? base::public_part(house.connections_max) : house.connections_max;
    limits.handshakes = open ? base::public_part(house.handshakes_max) : house.handshakes_max;
    limits.connections_per_address = config.connections_per_address;
    limits.address_newcomers_per_second = config.newcomers_per_address;
    return limits;
}

net::DoorLimits admin_limits() {
    net::DoorLimits limits = net::limits_of(session::Door::followers);
    limits.connections = base::limits::admin_http_connections;
    // All who look at health and metrics may come from one address.
    limits.address_newcomers_per_second = limits.newcomers_per_second;
    limits.address_newcomers_burst = limits.newcomers_burst;
    return limits;
}

void add_limit_figures(const base::LimitCounts& met, std::vector<ops::Figure>& figures) {
    for (const base::LimitRow& row : base::limit_table()) {
        figures.push_back({"marchwire_limited_total",
                           "Times that a client met a limit; docs/LIMITS.md says which there are.",
                           ops::Kind::counter,
                           static_cast<double>(met.of(row.limit)),
                           {{"limit", std::string(row.name)}}});
    }
}

void harden_process() {
    if (!base::forbid_core_dumps()) {
        base::log_warn("core_dumps", "remedy=\"the system would not forbid them: set LimitCORE=0 for this service\"");
    }
    if (base::runs_as_root()) {
        base::log_warn("runs_as_root", "remedy=\"give the server a user of its own: it needs nothing of root\"");
    }
}

}  // namespace marchwire
