// How many are inside a listener's door, and how many of an address have not yet said who they are.
#pragma once

#include "base/limits.hpp"

#include <atomic>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace marchwire::net {

/// Connections come and go on all shards and are admitted by one acceptor. The mutex is taken once when a
/// connection begins, once when it proves itself or ends: never on the way of a message.
class DoorCount {
public:
    /// False when this address has too many that are unproven already.
    [[nodiscard]] bool enter(const std::string& address, std::size_t unproven_max) {
        const std::scoped_lock lock(mutex_);
        auto& unproven = unproven_[address];
        if (unproven >= unproven_max) return false;
        ++unproven;
        unproven_all_.fetch_add(1, std::memory_order_relaxed);
        inside_.fetch_add(1, std::memory_order_relaxed);
        return true;
    }
    /// Proven, or gone.
    void prove(const std::string& address) {
        const std::scoped_lock lock(mutex_);
        const auto found = unproven_.find(address);
        if (found == unproven_.end()) return;
        unproven_all_.fetch_sub(1, std::memory_order_relaxed);
        if (--found->second == 0) unproven_.erase(found);
    }
    void leave() { inside_.fetch_sub(1, std::memory_order_relaxed); }
    [[nodiscard]] std::size_t inside() const { return inside_.load(std::memory_order_relaxed); }
    [[nodiscard]] std::size_t unproven() const { return unproven_all_.load(std::memory_order_relaxed); }

private:
    std::mutex mutex_;
    std::map<std::string, std::size_t> unproven_;  ///< bounded by connections_max
    std::atomic<std::size_t> inside_{0};
    std::atomic<std::size_t> unproven_all_{0};
};

/// One connection's stay: counted from its making to its end, however it ends.
class Stay {
public:
    Stay(std::shared_ptr<DoorCount> count, std::string address)
        : count_(std::move(count)), address_(std::move(address)) {}
    Stay(const Stay&) = delete;
    Stay& operator=(const Stay&) = delete;
    ~Stay() {
        prove();
        count_->leave();
    }
    /// Many inside have not yet said who they are: whoever comes now has less time for it.
    [[nodiscard]] bool is_crowded() const { return count_->unproven() >= base::limits::staff_crowded; }
    void prove() {
        if (unproven_) count_->prove(address_);
        unproven_ = false;
    }

private:
    std::shared_ptr<DoorCount> count_;
    std::string address_;
    bool unproven_ = true;
};

}  // namespace marchwire::net
