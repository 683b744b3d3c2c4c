// Where a Redis is.
#include "store/redis_place.hpp"

#include <fstream>
#include <utility>

namespace marchwire::store {

base::Result<bus::RedisSettings> redis_settings(const RedisPlace& place) {
    auto address = bus::RedisAddress::parse(place.address);
    if (!address) return address.error();
    bus::RedisSettings settings;
    settings.address = *std::move(address);
    settings.user = place.user;
    settings.ca_file = place.ca_file;
    if (place.password_file.empty()) return settings;
    std::ifstream file(place.password_file);
    if (!std::getline(file, settings.password) || settings.password.empty()) {
        return base::invalid("redis_password_file",
                             "Cannot read a password from the first line of " + place.password_file + ".");
    }
    return settings;
}

}  // namespace marchwire::store
