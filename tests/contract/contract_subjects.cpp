// The stores that are held to the contract.
#include "event_log_contract.hpp"
#include "store/memory_log.hpp"
#include "store/redis_log.hpp"
#include "store/sqlite_log.hpp"
#include "support/redis_server.hpp"

namespace marchwire::contract {
namespace {

std::unique_ptr<store::EventLog> open_redis(const std::filesystem::path& directory) {
    store::RedisLogSettings settings;
    settings.redis = test::RedisServer::settings_of(directory.string());
    return store::RedisLog::open(settings).value();
}

}  // namespace

std::vector<Subject> subjects() {
    return {
        {"memory", false, {}, [](const auto&) { return std::make_unique<store::MemoryLog>(); }},
        {"sqlite", true, {}, [](const auto& directory) { return store::SqliteLog::open(directory).value(); }},
        {"redis", true, [](const auto& directory) { return std::make_shared<test::RedisServer>(directory.string()); },
         open_redis},
    };
}

}  // namespace marchwire::contract
