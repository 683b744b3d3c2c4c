// What the shards of one process share: the settings, each other, and who has which topic base.
#pragma once

#include "shard/city.hpp"
#include "shard/log_desk.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace marchwire::shard {

class Shard;

/// Topic numbers are one space in each process: two logs on one base would read each other's items. Kept by shard 0.
class TopicBases {
public:
    /// CONFLICT when another log has it.
    [[nodiscard]] base::Result<void> take(const base::LogId& log, std::uint32_t topic_base);
    /// What the log has in the end; 0: it was not made.
    void settle(const base::LogId& log, std::uint32_t topic_base);

private:
    std::map<std::uint32_t, base::LogId> log_of_;
};

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

    /// Any thread: brings a command to its log's desk, which answers on its own thread.
    void put(const base::LogId& log, Asked asked);

private:
    CitySettings settings_;
    TopicBases topic_bases_;
    std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace marchwire::shard
