// Newest values by key, in the order of their change.
#include "fanout/newest_table.hpp"

#include "fanout/run.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace marchwire::fanout {
namespace {

/// Followers that fell behind at different times make parts of their own: more than so many are not worth keeping.
constexpr std::size_t parts_kept = 64;

}  // namespace

void NewestTable::put(const LiveItem& item) {
    Entry& entry = entries_[item.key];
    const bool same = entry.version != 0 && std::ranges::any_of(item.messages, [&](const wire::Frame& one) {
                          return one && std::ranges::find(entry.item.messages, one) != entry.item.messages.end();
                      });
    if (same) {
        for (std::size_t i = 0; i < item.messages.size(); ++i) {
            if (!entry.item.messages[i]) entry.item.messages[i] = item.messages[i];
        }
        return;
    }
    entry.item = item;
    if (entry.version > published_) return;  // nobody has seen what it replaces
    entry.version = ++version_;
    order_.push_back({entry.version, item.key});
    tidy_order();
}

/// Outdated places leave when they are more than the values.
void NewestTable::tidy_order() {
    if (order_.size() < 2 * entries_.size() + parts_kept) return;
    std::erase_if(order_, [this](const Place& place) {
        const auto found = entries_.find(place.key);
        return found == entries_.end() || found->second.version != place.version;
    });
}

bool NewestTable::publish() {
    if (published_ == version_) return false;
    published_ = version_;
    for (auto& parts : parts_) parts.clear();
    return true;
}

const NewestTable::Part& NewestTable::after(std::uint64_t version, wire::Encoding encoding,
                                            std::size_t bytes_max) const {
    auto& parts = parts_[static_cast<std::size_t>(encoding)];
    if (const auto kept = parts.find(version); kept != parts.end()) return kept->second;
    if (parts.size() >= parts_kept) parts.clear();
    std::vector<const LiveItem*> items;
    std::size_t bytes = 0;
    Part part;
    part.version = published_;
    auto place = std::ranges::upper_bound(order_, version, {}, &Place::version);
    for (; place != order_.end() && place->version <= published_; ++place) {
        const auto found = entries_.find(place->key);
        if (found == entries_.end() || found->second.version != place->version) continue;
        const wire::Frame& value = in(found->second.item.messages, encoding);
        if (!value) continue;
        if (!items.empty() && bytes + value->size() > bytes_max) {
            part.version = place->version - 1;
            break;
        }
        bytes += value->size();
        items.push_back(&found->second.item);
    }
    part.values = items.size();
    part.frame = frame_of(items, encoding);
    return parts.emplace(version, std::move(part)).first->second;
}

void NewestTable::expire(base::UtcMs now) {
    std::erase_if(entries_, [now](const auto& entry) {
        const base::UtcMs at = entry.second.item.expires_at;
        return at && at <= now;
    });
}

}  // namespace marchwire::fanout
