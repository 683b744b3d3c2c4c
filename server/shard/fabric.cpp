// What the shards of one process share.
#include "shard/fabric.hpp"

#include "shard/shard.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace marchwire::shard {
namespace {

std::optional<std::uint32_t> base_of_creation(const core::Command& command) {
    if (const auto* campaign = std::get_if<core::CreateCampaign>(&command.body)) return campaign->topic_base;
    if (const auto* march = std::get_if<core::CreateMarch>(&command.body)) return march->topic_base;
    return std::nullopt;
}

}  // namespace

base::Result<void> TopicBases::take(const base::LogId& log, std::uint32_t topic_base) {
    const auto [found, is_new] = log_of_.emplace(topic_base, log);
    if (is_new || found->second == log) return {};
    return base::refuse(base::RefusalCode::conflict, "topic_base",
                        "Another log of this server has this topic base: choose another multiple of 65536.");
}

void TopicBases::settle(const base::LogId& log, std::uint32_t topic_base) {
    std::erase_if(log_of_, [&](const auto& one) { return one.second == log && one.first != topic_base; });
    if (topic_base != 0) log_of_.emplace(topic_base, log);
}

Fabric::Fabric(CitySettings settings) : settings_(std::move(settings)) {
    MARCHWIRE_INVARIANT(settings_.shards > 0);
    for (std::size_t i = 0; i < settings_.shards; ++i) shards_.push_back(std::make_unique<Shard>(*this, i));
}

Fabric::~Fabric() = default;

Shard& Fabric::home_of(const base::LogId& log) const { return *shards_[base::stable_hash(log) % shards_.size()]; }

void Fabric::put(const base::LogId& log, Asked asked) {
    Shard& home = home_of(log);
    const auto topic_base = base_of_creation(asked.command);
    if (!topic_base) {
        home.mailbox().post(
            [&home, log, asked = std::move(asked)]() mutable { home.desks().submit(log, std::move(asked)); });
        return;
    }
    at(0).mailbox().post([this, &home, log, topic_base = *topic_base, asked = std::move(asked)]() mutable {
        if (auto taken = topic_bases_.take(log, topic_base); !taken) {
            home.mailbox().post([refusal = taken.error(), answer = std::move(asked.answer)] { answer(refusal); });
            return;
        }
        home.mailbox().post([this, &home, log, asked = std::move(asked)]() mutable {
            home.desks().create(log, std::move(asked), [this, log](std::uint32_t in_the_end) {
                at(0).mailbox().post([this, log, in_the_end] { topic_bases_.settle(log, in_the_end); });
            });
        });
    });
}

}  // namespace marchwire::shard
