// Which sessions of one shard follow which topics.
#include "fanout/topic_index.hpp"

#include "base/outcome.hpp"

#include <algorithm>

namespace marchwire::fanout {

void TopicIndex::subscribe(base::TopicNumber topic, Slot slot) {
    std::vector<Following>& mine = following_[slot];
    const auto known = std::find_if(mine.begin(), mine.end(), [&](const Following& one) { return one.topic == topic; });
    if (known != mine.end()) {
        ++known->times;
        return;
    }
    mine.push_back({topic, 1});
    Topic& followed = topics_[topic];
    followed.place.emplace(slot, static_cast<std::uint32_t>(followed.slots.size()));
    followed.slots.push_back(slot);
    ++subscriptions_;
}

bool TopicIndex::unsubscribe(base::TopicNumber topic, Slot slot) {
    const auto mine = following_.find(slot);
    if (mine == following_.end()) return false;
    std::vector<Following>& all = mine->second;
    const auto known = std::find_if(all.begin(), all.end(), [&](const Following& one) { return one.topic == topic; });
    if (known == all.end()) return false;
    if (--known->times > 0) return true;
    *known = all.back();
    all.pop_back();
    if (all.empty()) following_.erase(mine);
    take_out(topic, slot);
    return true;
}

void TopicIndex::remove(Slot slot) {
    const auto mine = following_.find(slot);
    if (mine == following_.end()) return;
    for (const Following& one : mine->second) take_out(one.topic, slot);
    following_.erase(mine);
}

void TopicIndex::take_out(base::TopicNumber topic, Slot slot) {
    const auto found = topics_.find(topic);
    MARCHWIRE_INVARIANT(found != topics_.end());
    Topic& followed = found->second;
    const auto place = followed.place.find(slot);
    MARCHWIRE_INVARIANT(place != followed.place.end());
    // The last one takes the place of the one that leaves.
    const Slot last = followed.slots.back();
    followed.slots[place->second] = last;
    followed.place[last] = place->second;
    followed.slots.pop_back();
    followed.place.erase(slot);
    if (followed.slots.empty()) topics_.erase(found);
    --subscriptions_;
}

std::span<const Slot> TopicIndex::subscribers(base::TopicNumber topic) const {
    const auto found = topics_.find(topic);
    if (found == topics_.end()) return {};
    return found->second.slots;
}

}  // namespace marchwire::fanout
