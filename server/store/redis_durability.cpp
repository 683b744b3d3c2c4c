// Settings of a Redis that lose entries.
#include "store/redis_durability.hpp"

#include <string_view>

namespace marchwire::store {
namespace {

/// Of a setting; empty when it is not told.
std::string_view value_of(const bus::Reply& config, std::string_view name) {
    for (std::size_t i = 0; i + 1 < config.items.size(); i += 2) {
        if (config.items[i].text == name) return config.items[i + 1].text;
    }
    return {};
}

}  // namespace

std::string durability_objection(const bus::ServerFacts& facts) {
    if (!facts.append_only) {
        return "This Redis keeps nothing on disk (appendonly no): all is gone when it ends. Set appendonly yes.";
    }
    if (facts.evicts) {
        return "This Redis deletes logs when its memory is full (maxmemory-policy allkeys-...). Set maxmemory-policy "
               "noeviction.";
    }
    return {};
}

std::string durability_objection(const bus::Reply& config, bool has_replicas) {
    const std::string_view sync = value_of(config, "appendfsync");
    const std::string_view replicas = value_of(config, "min-replicas-to-write");
    if (sync.empty() || replicas.empty()) {
        return "This Redis does not say how it is set (" + (config.is_error() ? config.text : "CONFIG GET") +
               "): give its user +config|get, or start without --require-durable.";
    }
    if (sync == "no") {
        return "This Redis leaves it to the system when its file reaches the disk (appendfsync no). Set appendfsync "
               "always, or everysec if its last second may be lost with the machine.";
    }
    if (has_replicas && replicas == "0") {
        return "This Redis goes on alone when its replicas are gone, and what it takes then is lost when one of them "
               "takes over (min-replicas-to-write 0). Set min-replicas-to-write 1.";
    }
    return {};
}

base::Refusal backed_up_by_redis() {
    return base::invalid(
        "store",
        "The logs are in Redis, which makes its own backups: on its host copy the appendonlydir, or run BGSAVE and "
        "copy "
        "dump.rdb. The servers' key file is in neither: keep a copy of it, elsewhere. docs/BACKUP.md says more.");
}

}  // namespace marchwire::store
