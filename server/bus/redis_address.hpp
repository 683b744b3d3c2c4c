// Where Redis is, as a person writes it.
#pragma once

#include "base/outcome.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace marchwire::bus {

struct RedisAddress {
    enum class Transport : std::uint8_t { plain, tls, local };
    Transport transport = Transport::plain;
    std::string host;  ///< name or IP address; of a local socket its path
    std::uint16_t port = 6379;
    unsigned database = 0;

    bool operator==(const RedisAddress&) const = default;
    /// `redis://host:6379/0`, `rediss://host:6379` (TLS), `unix:///run/redis/redis.sock?db=0`; port and database may
    /// be left out. INVALID_ARGUMENT for everything else, and for an address with a user or a password in it: those
    /// have settings of their own (DESIGN 4.8: no secret in a URL).
    [[nodiscard]] static base::Result<RedisAddress> parse(std::string_view text);
    /// For the operator's logs.
    [[nodiscard]] std::string text() const;
};

}  // namespace marchwire::bus
