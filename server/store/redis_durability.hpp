// Which settings of a Redis lose entries that were acknowledged, and what to set instead. Pure.
#pragma once

#include "bus/redis_link.hpp"
#include "bus/redis_reply.hpp"

#include <string>

namespace marchwire::store {

/// By what it says of itself when it is greeted. Empty: nothing that would lose them.
[[nodiscard]] std::string durability_objection(const bus::ServerFacts& facts);
/// By its answer to `CONFIG GET appendfsync min-replicas-to-write`. `has_replicas`: they are waited for, or take over.
[[nodiscard]] std::string durability_objection(const bus::Reply& config, bool has_replicas);

}  // namespace marchwire::store
