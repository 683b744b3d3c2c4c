// The keys of a log as its servers have them, for tests that read what they stored.
#pragma once

#include "shard/vault.hpp"

#include <chrono>
#include <future>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

namespace marchwire::test {

/// Waits for the store's thread.
[[nodiscard]] inline shard::Vault vault_of(store::EventLog& log, const base::LogId& id,
                                           const base::Hash256& chain_key) {
    using Keys = base::Result<std::vector<store::StoredKey>>;
    const auto answered = std::make_shared<std::promise<Keys>>();
    log.read_keys(id, shard::Vault::key_names(), [answered](Keys keys) { answered->set_value(std::move(keys)); });
    auto answer = answered->get_future();
    if (answer.wait_for(std::chrono::seconds(10)) != std::future_status::ready) {
        throw std::runtime_error("the store does not answer");
    }
    shard::Vault vault(chain_key, id);
    vault.take(answer.get().value());
    return vault;
}

}  // namespace marchwire::test
