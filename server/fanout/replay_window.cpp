// The newest items of one log, kept in memory for resumes.
#include "fanout/replay_window.hpp"

#include "base/outcome.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace marchwire::fanout {
namespace {

const base::Position& in_count(const WindowEntry& entry, Count count) {
    return count == Count::log ? entry.position : entry.public_seen;
}

bool before(const base::Position& position, const WindowEntry& entry, Count count) {
    return position.seq < in_count(entry, count).seq;
}

}  // namespace

ReplayWindow::ReplayWindow(const base::Position& start, const base::Position& public_start)
    : start_(start), public_start_(public_start) {}

void ReplayWindow::add(WindowEntry entry) {
    const base::Position& last = entries_.empty() ? start_ : entries_.back().position;
    MARCHWIRE_INVARIANT(entry.position.seq == last.seq.next());
    entries_.push_back(std::move(entry));
    while (entries_.size() > base::limits::replay_window_entries) {
        start_ = entries_.front().position;
        public_start_ = entries_.front().public_seen;
        entries_.pop_front();
    }
}

Standing ReplayWindow::standing(const base::Position& position, Count count) const {
    const base::Position& start = count == Count::log ? start_ : public_start_;
    if (position == start) return Standing::here;
    if (position.epoch > start.epoch && position.seq <= start.seq) return Standing::changed;
    if (position.seq < start.seq) return Standing::trimmed;
    // Entries that the public does not see share a public position: the last of them ends with it.
    const auto after = first_after(position, count);
    if (after == entries_.begin()) return Standing::changed;
    return in_count(*std::prev(after), count) == position ? Standing::here : Standing::changed;
}

std::deque<WindowEntry>::const_iterator ReplayWindow::first_after(const base::Position& position, Count count) const {
    return std::upper_bound(
        entries_.begin(), entries_.end(), position,
        [count](const base::Position& at, const WindowEntry& entry) { return before(at, entry, count); });
}

std::vector<LiveItem> ReplayWindow::after(const base::Position& position, Count count,
                                          std::span<const base::TopicNumber> topics) const {
    MARCHWIRE_INVARIANT(standing(position, count) == Standing::here);
    std::vector<LiveItem> found;
    for (auto entry = first_after(position, count); entry != entries_.end(); ++entry) {
        const auto wanted = std::find_if(entry->items.begin(), entry->items.end(), [&](const LiveItem& item) {
            return std::find(topics.begin(), topics.end(), item.topic) != topics.end();
        });
        if (wanted != entry->items.end()) found.push_back(*wanted);
    }
    return found;
}

void ReplayWindow::reset(const base::Position& start, const base::Position& public_start) {
    start_ = start;
    public_start_ = public_start;
    entries_.clear();
}

}  // namespace marchwire::fanout
