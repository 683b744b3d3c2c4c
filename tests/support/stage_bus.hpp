// A bus between servers in one thread: what is told is heard at once, and the test says who keeps which march.
#pragma once

#include "bus/bus.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace marchwire::test {

class StageBus;

/// Outlives its buses.
struct StageHub {
    struct Listener {
        const StageBus* owner;
        base::LogId log;
        bus::Bus::Heard heard;
    };
    std::vector<StageBus*> buses;
    std::size_t made = 0;
    std::vector<std::weak_ptr<Listener>> listeners;
    std::map<base::LogId, std::map<std::string, std::string>> rows;
    std::vector<base::LogId> campaigns;
    std::map<base::LogId, std::pair<StageBus*, base::UtcMs>> keepers;  ///< and when it was last kept before
    bool is_mute = false;                                              ///< what is told reaches nobody
    bus::Peers peers;

    /// This one keeps the march from now on; null: nobody does.
    void give(const base::LogId& march, StageBus* to, base::UtcMs kept_before);
};

class StageBus final : public bus::Bus {
public:
    explicit StageBus(StageHub& hub) : hub_(hub), number_(++hub.made) { hub_.buses.push_back(this); }
    ~StageBus() override { std::erase(hub_.buses, this); }
    StageBus(const StageBus&) = delete;
    StageBus& operator=(const StageBus&) = delete;

    [[nodiscard]] std::string name() const override { return std::to_string(number_); }
    void tell(const base::LogId& log, std::string bytes) override {
        if (hub_.is_mute) return;
        const auto listeners = hub_.listeners;
        for (const auto& one : listeners) {
            const auto listener = one.lock();
            if (listener && listener->owner != this && listener->log == log) listener->heard(bytes);
        }
    }
    [[nodiscard]] std::unique_ptr<bus::Listening> listen(const base::LogId& log, Heard heard) override {
        auto listener = std::make_shared<StageHub::Listener>(StageHub::Listener{this, log, std::move(heard)});
        std::erase_if(hub_.listeners, [](const auto& one) { return one.expired(); });
        hub_.listeners.push_back(listener);
        return std::make_unique<Token>(std::move(listener));
    }
    void put(const base::LogId& log, const std::string& name, std::string bytes) override {
        hub_.rows[log][name] = bytes;
        tell(log, std::move(bytes));
    }
    void rows(const base::LogId& log, std::function<void(std::vector<Row>)> told) override {
        told({hub_.rows[log].begin(), hub_.rows[log].end()});
    }
    void keep(std::function<base::UtcMs()>, std::function<void(bus::Duties)> told) override {
        told_ = std::move(told);
        tell_duties();
    }
    void catch_up(std::function<void()> done) override { done(); }
    void stop() override { told_ = nullptr; }

    void tell_duties() {
        if (!told_) return;
        bus::Duties duties;
        duties.campaigns = hub_.campaigns;
        duties.peers = hub_.peers;
        for (const auto& [march, keeper] : hub_.keepers) {
            if (keeper.first == this) duties.kept.push_back({march, keeper.second});
        }
        told_(duties);
    }
    [[nodiscard]] std::size_t listening() const {
        return static_cast<std::size_t>(std::ranges::count_if(hub_.listeners, [this](const auto& one) {
            const auto listener = one.lock();
            return listener && listener->owner == this;
        }));
    }

private:
    struct Token final : bus::Listening {
        explicit Token(std::shared_ptr<StageHub::Listener> one) : listener(std::move(one)) {}
        std::shared_ptr<StageHub::Listener> listener;
    };
    StageHub& hub_;
    const std::size_t number_;
    std::function<void(bus::Duties)> told_;
};

inline void StageHub::give(const base::LogId& march, StageBus* to, base::UtcMs kept_before) {
    keepers[march] = {to, kept_before};
    for (StageBus* one : buses) one->tell_duties();
}

}  // namespace marchwire::test
