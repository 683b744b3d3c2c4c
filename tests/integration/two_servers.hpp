// Two real servers and their Redis. (tests)
#pragma once

#include "real_server.hpp"
#include "support/redis_server.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace marchwire::test {

template <class T>
bool saw(const Somebody& somebody) {
    return std::ranges::any_of(somebody.changes, [](const sdk::Change& c) { return std::holds_alternative<T>(c); });
}

/// Two servers and their Redis.
struct Two {
    explicit Two(std::vector<std::string> further = {}) : more(std::move(further)) {}
    [[nodiscard]] std::vector<std::string> shared() const {
        std::vector<std::string> all = {"--store", redis.address(), "--keys", directory.path() + "/keys.json"};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
    std::vector<std::string> more;
    TemporaryDirectory directory;
    RedisServer redis{directory.path(), {"--appendfsync", "always"}};
    RealServer one{shared()};
    RealServer other{shared()};
};

/// Ten minutes a second, the same on all servers that are given it.
inline std::vector<std::string> fast_clock() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return {"--demo-clock", "2018-06-30T13:00:00Z,600," +
                                std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(now).count())};
}

/// Until the server knows the token that another has just made.
inline void wait_for_token(RealServer& server, const std::string& token) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    for (;;) {
        try {
            Somebody asks(server, token);
            asks.until([&] { return asks.times_online > 0; });
            return;
        } catch (const std::runtime_error&) {
            if (std::chrono::steady_clock::now() > deadline) throw;
        }
    }
}

}  // namespace marchwire::test
