// Where Redis is, as a person writes it.
#pragma once

#include "base/outcome.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace marchwire::bus {

struct RedisHost {
    std::string name;  ///< or an IP address, without brackets
    std::uint16_t port = 6379;

    bool operator==(const RedisHost&) const = default;
    [[nodiscard]] std::string text() const;
};

struct RedisAddress {
    enum class Transport : std::uint8_t { plain, tls, local };
    Transport transport = Transport::plain;
    RedisHost host;                    ///< of a local socket none; where there are Sentinels, they know it
    std::string path;                  ///< of a local socket
    std::vector<RedisHost> sentinels;  ///< whoever answers says where the master is
    std::string master;                ///< as the Sentinels call it
    unsigned database = 0;

    bool operator==(const RedisAddress&) const = default;
    /// `redis://host:6379/0`, `rediss://host:6379` (TLS), `unix:///run/redis/redis.sock?db=0`,
    /// `sentinel://host:26379,host:26379/mymaster/0`; ports and databases may be left out. INVALID_ARGUMENT for
    /// everything else, and for an address with a user or a password in it: those have settings of their own
    /// (DESIGN 4.8: no secret in a URL).
    [[nodiscard]] static base::Result<RedisAddress> parse(std::string_view text);
    /// For the operator's logs.
    [[nodiscard]] std::string text() const;
};

}  // namespace marchwire::bus
