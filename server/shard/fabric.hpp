// What the shards of one process share: the settings, each other, and who has which topic base.
#pragma once

#include "shard/city.hpp"
#include "shard/log_desk.hpp"
#include "shard/topic_bases.hpp"

#include <cstddef>
#include <memory>
#include <vector>

namespace marchwire::shard {

class Shard;

/// Immutable once built, but for what says which thread it belongs to.
class Fabric {
public:
    explicit Fabric(CitySettings settings);
    ~Fabric();

    [[nodiscard]] const CitySettings& settings() const { return settings_; }
    [[nodiscard]] std::size_t size() const { return shards_.size(); }
    [[nodiscard]] Shard& at(std::size_t shard) const { return *shards_.at(shard); }
    [[nodiscard]] Shard& home_of(const base::LogId& log) const;
    /// On shard 0's thread.
    [[nodiscard]] TopicBases& topic_bases() { return topic_bases_; }

    /// With other servers on the store: from now on this one keeps its share of the marches.
    void take_duties();
    /// Any thread: brings a command to its log's desk, which answers on its own thread. One that makes or lists a log
    /// and says no topic base is given one on the way.
    void put(const base::LogId& log, Asked asked);

private:
    void put_with_base(Shard& home, const base::LogId& log, Asked asked);

    CitySettings settings_;
    TopicBases topic_bases_;
    std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace marchwire::shard
