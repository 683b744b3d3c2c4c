// Where a Redis is and how to be let in, as settings name it.
#pragma once

#include "bus/redis_client.hpp"

#include <string>

namespace marchwire::store {

struct RedisPlace {
    std::string address;        ///< redis://, rediss://, unix:// or sentinel://
    std::string user;           ///< empty: the default user
    std::string password_file;  ///< empty: no password
    std::string ca_file;        ///< PEM; empty: what the system trusts
};

/// Reads the password. INVALID_ARGUMENT for an address that is none, and a file without a password.
[[nodiscard]] base::Result<bus::RedisSettings> redis_settings(const RedisPlace& place);

}  // namespace marchwire::store
