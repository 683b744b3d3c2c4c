// Which settings of a Redis lose entries that were acknowledged, what to set instead, and who backs it up. Pure.
#pragma once

#include "base/outcome.hpp"
#include "bus/redis_link.hpp"
#include "bus/redis_reply.hpp"

#include <string>

namespace marchwire::store {

/// By what it says of itself when it is greeted. Empty: nothing that would lose them.
[[nodiscard]] std::string durability_objection(const bus::ServerFacts& facts);
/// By its answer to `CONFIG GET appendfsync min-replicas-to-write`. `has_replicas`: they are waited for, or take over.
[[nodiscard]] std::string durability_objection(const bus::Reply& config, bool has_replicas);

/// To whoever asks this server for a backup.
[[nodiscard]] base::Refusal backed_up_by_redis();

}  // namespace marchwire::store
