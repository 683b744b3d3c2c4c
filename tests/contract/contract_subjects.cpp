// The stores that are held to the contract.
#include "event_log_contract.hpp"
#include "store/memory_log.hpp"
#include "store/redis_log.hpp"
#include "store/sqlite_log.hpp"
#include "support/archiving_log.hpp"
#include "support/redis_server.hpp"

namespace marchwire::contract {
namespace {

std::shared_ptr<void> start_redis(const std::filesystem::path& directory) {
    return std::make_shared<test::RedisServer>(directory.string());
}

std::unique_ptr<store::RedisLog> open_redis(const std::filesystem::path& directory, store::ArchiveBounds archive = {}) {
    store::RedisLogSettings settings;
    settings.redis = test::RedisServer::settings_of(directory.string());
    settings.archive = archive;
    return store::RedisLog::open(settings).value();
}

/// So little stays in the stream that most tests read from blocks, and from several.
std::unique_ptr<store::EventLog> open_archiving(const std::filesystem::path& directory) {
    constexpr store::ArchiveBounds bounds{1, 300, 3UL * 1024 * 1024};
    return std::make_unique<test::ArchivingLog>(open_redis(directory, bounds));
}

}  // namespace

std::vector<Subject> subjects() {
    return {
        {"memory", false, {}, [](const auto&) { return std::make_unique<store::MemoryLog>(); }},
        {"sqlite", true, {}, [](const auto& directory) { return store::SqliteLog::open(directory).value(); }},
        {"redis", true, start_redis, [](const auto& directory) { return open_redis(directory); }},
        {"redis with an archive", true, start_redis, open_archiving},
    };
}

}  // namespace marchwire::contract
