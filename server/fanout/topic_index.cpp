// Which sessions of one shard follow which topics.
#include "fanout/topic_index.hpp"

#include "base/outcome.hpp"

#include <algorithm>

namespace marchwire::fanout {

TopicIndex::Following* TopicIndex::find(base::TopicNumber topic, Slot slot) {
    if (slot >= following_.size()) return nullptr;
    std::vector<Following>& mine = following_[slot];
    const auto found = std::ranges::find(mine, topic, &Following::topic);
    return found == mine.end() ? nullptr : &*found;
}

void TopicIndex::subscribe(base::TopicNumber topic, Slot slot) {
    if (Following* known = find(topic, slot)) {
        ++known->times;
        return;
    }
    if (slot >= following_.size()) following_.resize(slot + 1UL);
    std::vector<Slot>& slots = topics_[topic];
    following_[slot].push_back({topic, static_cast<std::uint32_t>(slots.size()), 1});
    slots.push_back(slot);
    ++subscriptions_;
}

bool TopicIndex::unsubscribe(base::TopicNumber topic, Slot slot) {
    Following* known = find(topic, slot);
    if (known == nullptr) return false;
    if (--known->times > 0) return true;
    take_out(*known);
    std::vector<Following>& mine = following_[slot];
    *known = mine.back();
    mine.pop_back();
    if (mine.empty()) std::vector<Following>().swap(mine);
    return true;
}

void TopicIndex::remove(Slot slot) {
    if (slot >= following_.size()) return;
    for (const Following& one : following_[slot]) take_out(one);
    std::vector<Following>().swap(following_[slot]);
}

void TopicIndex::take_out(const Following& following) {
    const auto found = topics_.find(following.topic);
    MARCHWIRE_INVARIANT(found != topics_.end());
    std::vector<Slot>& slots = found->second;
    // The last one takes the place of the one that leaves.
    const Slot last = slots.back();
    Following* moved = find(following.topic, last);
    MARCHWIRE_INVARIANT(moved != nullptr);
    moved->place = following.place;
    slots[following.place] = last;
    slots.pop_back();
    if (slots.empty()) topics_.erase(found);
    --subscriptions_;
}

std::span<const Slot> TopicIndex::subscribers(base::TopicNumber topic) const {
    const auto found = topics_.find(topic);
    if (found == topics_.end()) return {};
    return found->second;
}

}  // namespace marchwire::fanout
