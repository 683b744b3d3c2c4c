// How many follow a march in public, on all servers.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace marchwire::shard {

/// What each server told last, for limits::followers_told_life of real time. Bounded by limits::servers_counted. One
/// thread.
class Crowd {
public:
    /// A second has passed.
    void second();
    /// `server` empty: this one.
    void told(const std::string& server, std::uint32_t followers);
    [[nodiscard]] std::uint32_t followers() const;

private:
    struct Told {
        std::uint32_t followers = 0;
        std::int64_t seconds_left = 0;
    };
    std::map<std::string, Told> servers_;
};

}  // namespace marchwire::shard
