// Which log has which topic base.
#include "shard/topic_bases.hpp"

#include <string>

namespace marchwire::shard {
namespace {

base::Refusal taken_by_another() {
    return base::refuse(base::RefusalCode::conflict, "topic_base",
                        "Another log of this server has this topic base: leave it out, and the server chooses.");
}

base::Refusal has_another(std::uint32_t topic_base) {
    auto refusal = base::refuse(base::RefusalCode::conflict, "topic_base",
                                "This log has a topic base already: leave it out.");
    refusal.current_value = std::to_string(topic_base);
    return refusal;
}

}  // namespace

base::Result<void> TopicBases::hold(const HeldBase& held) {
    const auto [found, is_new] = log_of_.emplace(held.topic_base, held.log);
    if (!is_new && found->second != held.log) return taken_by_another();
    held_.try_emplace(held.log, Holding{held.topic_base, 0, true});
    return {};
}

base::Result<std::uint32_t> TopicBases::take(const base::LogId& log, std::uint32_t wanted) {
    if (const auto found = held_.find(log); found != held_.end()) {
        Holding& holding = found->second;
        if (wanted != 0 && wanted != holding.topic_base) return has_another(holding.topic_base);
        ++holding.under_way;
        return holding.topic_base;
    }
    if (wanted == 0) {
        const auto chosen = free_one(log);
        if (!chosen) return chosen.error();
        wanted = *chosen;
    }
    if (!log_of_.emplace(wanted, log).second) return taken_by_another();
    held_.emplace(log, Holding{wanted, 1, false});
    return wanted;
}

void TopicBases::settle(const base::LogId& log, Outcome outcome) {
    const auto found = held_.find(log);
    MARCHWIRE_INVARIANT(found != held_.end() && found->second.under_way > 0);
    Holding& holding = found->second;
    --holding.under_way;
    if (outcome == Outcome::kept) holding.kept = true;
    if (holding.kept || holding.under_way > 0) return;
    log_of_.erase(holding.topic_base);
    held_.erase(found);
}

/// Begins where the name says: so two servers mostly give a march the same numbers.
base::Result<std::uint32_t> TopicBases::free_one(const base::LogId& log) const {
    constexpr std::uint32_t bases = 0xFFFF;
    auto index = static_cast<std::uint32_t>(base::stable_hash(log) % bases);
    for (std::uint32_t tried = 0; tried < bases; ++tried) {
        const std::uint32_t topic_base = (index + 1) << 16U;
        if (!log_of_.contains(topic_base)) return topic_base;
        index = (index + 1) % bases;
    }
    return base::refuse(base::RefusalCode::too_large, "log", "This server has no room for another march.");
}

}  // namespace marchwire::shard
