// The scripts that a link calls: loaded whenever it has become ready.
#pragma once

#include "bus/redis_client.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace marchwire::bus {

/// One thread, the client's. A server that has lost its scripts (NOSCRIPT) has them again after RedisClient::renew.
class ScriptSet {
public:
    /// The texts outlive it.
    explicit ScriptSet(std::vector<std::string_view> texts) : texts_(std::move(texts)), names_(texts_.size()) {}

    /// To be called when the link has become ready. `done` once: with an empty text, or what Redis has against them;
    /// not at all when the link is lost meanwhile.
    void load(RedisClient& client, std::function<void(std::string)> done);
    /// By the place of its text.
    [[nodiscard]] const std::string& name(std::size_t index) const { return names_.at(index); }

private:
    std::vector<std::string_view> texts_;
    std::vector<std::string> names_;
};

}  // namespace marchwire::bus
