// Who has which feed of one log open.
#include "shard/feed_register.hpp"

#include "base/limits.hpp"
#include "core/rights.hpp"

#include <memory>
#include <utility>

namespace marchwire::shard {

bool is_of_section(const OpenedFeed& feed) {
    return feed.feed.kind == wire::FeedKind::ops &&
           core::permission(feed.actor, core::Action::read_ops, feed.feed.log) == core::Permission::own_section;
}

bool FeedRegister::add(const SubscriberKey& key, OpenedFeed feed) {
    if (feeds_.size() >= base::limits::feeds_per_desk) return false;
    remove(key);
    ++interest_.at(key.session.shard);
    ++kinds_.at(number(feed.feed.kind));
    if (is_of_section(feed)) ++of_sections_;
    if (feed.encoding == wire::Encoding::json) ++json_.at(number(feed.feed.kind));
    feeds_.emplace(key, std::move(feed));
    return true;
}

std::optional<OpenedFeed> FeedRegister::remove(const SubscriberKey& key) {
    const auto found = feeds_.find(key);
    if (found == feeds_.end()) return std::nullopt;
    OpenedFeed feed = std::move(found->second);
    feeds_.erase(found);
    --interest_.at(key.session.shard);
    --kinds_.at(number(feed.feed.kind));
    if (is_of_section(feed)) --of_sections_;
    if (feed.encoding == wire::Encoding::json) --json_.at(number(feed.feed.kind));
    return feed;
}

EncodingSet FeedRegister::encodings(std::initializer_list<wire::FeedKind> kinds) const {
    std::size_t all = 0;
    std::size_t json = 0;
    for (const wire::FeedKind kind : kinds) {
        all += kinds_.at(number(kind));
        json += json_.at(number(kind));
    }
    return {all != json, json != 0};
}

void FeedRegister::publish(Home& home, std::vector<fanout::LiveItem> items, fanout::FlushPace::Behind behind) const {
    if (items.empty() || feeds_.empty()) return;
    const Published published{std::make_shared<const std::vector<fanout::LiveItem>>(std::move(items)), behind};
    for (std::size_t shard = 0; shard < interest_.size(); ++shard) {
        if (interest_[shard] != 0) home.send(shard, published);
    }
}

}  // namespace marchwire::shard
