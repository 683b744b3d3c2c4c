// What the shards of one process share.
#include "shard/fabric.hpp"

#include "shard/shard.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace marchwire::shard {
namespace {

/// Which log a command gives its topic base to, and the field that says which; null for all other commands.
struct Naming {
    base::LogId log;
    std::uint32_t* topic_base = nullptr;
};

Naming naming(const base::LogId& log, core::Command& command) {
    if (auto* campaign = std::get_if<core::CreateCampaign>(&command.body)) return {log, &campaign->topic_base};
    if (auto* march = std::get_if<core::CreateMarch>(&command.body)) return {log, &march->topic_base};
    if (auto* listing = std::get_if<core::ListMarch>(&command.body)) {
        return {{log.campaign, listing->march}, &listing->topic_base};
    }
    return {};
}

/// Where nobody can say whether it was stored, the base is not given to another log.
TopicBases::Outcome outcome_of(const base::Result<wire::Accepted>& answer) {
    const bool refused = answer.has_error() && answer.error().code != base::RefusalCode::unavailable;
    return refused ? TopicBases::Outcome::unused : TopicBases::Outcome::kept;
}

}  // namespace

Fabric::Fabric(CitySettings settings) : settings_(std::move(settings)) {
    MARCHWIRE_INVARIANT(settings_.shards > 0);
    for (std::size_t i = 0; i < settings_.shards; ++i) shards_.push_back(std::make_unique<Shard>(*this, i));
}

Fabric::~Fabric() = default;

Shard& Fabric::home_of(const base::LogId& log) const { return *shards_[base::stable_hash(log) % shards_.size()]; }

void Fabric::take_duties() {
    if (settings_.bus == nullptr) return;
    const auto now = [this] { return settings_.clock.now(); };
    settings_.bus->keep(now, [this](const bus::Duties& duties) {
        for (const auto& shard : shards_) {
            std::vector<bus::Kept> kept;
            std::vector<base::LogId> campaigns;
            std::ranges::copy_if(duties.kept, std::back_inserter(kept),
                                 [&](const bus::Kept& one) { return &home_of(one.march) == shard.get(); });
            std::ranges::copy_if(duties.campaigns, std::back_inserter(campaigns),
                                 [&](const base::LogId& log) { return &home_of(log) == shard.get(); });
            bus::Duties own{std::move(kept), std::move(campaigns), duties.peers};
            shard->mailbox().post([home = shard.get(), own = std::move(own)] { home->desks().take_duties(own); });
        }
    });
}

void Fabric::put(const base::LogId& log, Asked asked) {
    Shard& home = home_of(log);
    if (naming(log, asked.command).topic_base == nullptr) {
        home.mailbox().post(
            [&home, log, asked = std::move(asked)]() mutable { home.desks().submit(log, std::move(asked)); });
        return;
    }
    at(0).mailbox().post(
        [this, &home, log, asked = std::move(asked)]() mutable { put_with_base(home, log, std::move(asked)); });
}

void Fabric::put_with_base(Shard& home, const base::LogId& log, Asked asked) {
    const Naming named = naming(log, asked.command);
    const auto taken = topic_bases_.take(named.log, *named.topic_base);
    if (!taken) {
        home.mailbox().post([refusal = taken.error(), answer = std::move(asked.answer)] { answer(refusal); });
        return;
    }
    *named.topic_base = *taken;
    asked.answer = [this, held = named.log, answer = std::move(asked.answer)](auto outcome) {
        // Before the answer: who hears it may use the base in the next command.
        at(0).mailbox().post([this, held, became = outcome_of(outcome)] { topic_bases_.settle(held, became); });
        answer(std::move(outcome));
    };
    home.mailbox().post(
        [&home, log, asked = std::move(asked)]() mutable { home.desks().submit(log, std::move(asked)); });
}

}  // namespace marchwire::shard
