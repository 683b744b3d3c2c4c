// How many follow a march in public, on all servers.
#include "shard/crowd.hpp"

#include "base/limits.hpp"

namespace marchwire::shard {

namespace limits = base::limits;

void Crowd::second() {
    for (auto& [server, told] : servers_) --told.seconds_left;
    std::erase_if(servers_, [](const auto& one) { return one.second.seconds_left < 0; });
}

void Crowd::told(const std::string& server, std::uint32_t followers) {
    const bool fits = servers_.contains(server) || servers_.size() < limits::servers_counted;
    if (fits) servers_[server] = {followers, limits::followers_told_life.value / limits::session_tick.value};
}

std::uint32_t Crowd::followers() const {
    std::uint32_t sum = 0;
    for (const auto& [server, told] : servers_) sum += told.followers;
    return sum;
}

}  // namespace marchwire::shard
