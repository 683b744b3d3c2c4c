// The newest items of one log, kept in memory so that a client that was away resumes without a gap.
#pragma once

#include "base/limits.hpp"
#include "fanout/item.hpp"

#include <cstddef>
#include <deque>
#include <optional>
#include <span>
#include <vector>

namespace marchwire::fanout {

/// One entry of a log with its items on every topic that bore it.
struct WindowEntry {
    base::Position position;     ///< the log's
    base::Position public_seen;  ///< the public position after this entry
    std::vector<LiveItem> items;
};

/// Which of a log's two counts a client's position is in.
enum class Count : std::uint8_t { log, public_items };

/// Where a client's position stands.
enum class Standing : std::uint8_t {
    here,     ///< resume: items after it are all in the window
    trimmed,  ///< before the window: nothing is wrong, take the snapshot
    changed,  ///< not in this log: other epoch or digest, or beyond its tip
};

/// Bounded by limits::replay_window_entries. One thread (the desk's).
class ReplayWindow {
public:
    /// `start`: the log's tip when the desk opened it; positions before it are trimmed.
    ReplayWindow(const base::Position& start, const base::Position& public_start);

    void add(WindowEntry entry);
    [[nodiscard]] Standing standing(const base::Position& position, Count count) const;
    /// Items after `position` (which must be `here`) on any of the topics, each seq once, in order.
    [[nodiscard]] std::vector<LiveItem> after(const base::Position& position, Count count,
                                              std::span<const base::TopicNumber> topics) const;
    [[nodiscard]] std::size_t size() const { return entries_.size(); }
    void reset(const base::Position& start, const base::Position& public_start);

private:
    [[nodiscard]] std::deque<WindowEntry>::const_iterator first_after(const base::Position& position,
                                                                      Count count) const;

    base::Position start_;         ///< position just before the first entry of the window
    base::Position public_start_;  ///< the same in public count
    std::deque<WindowEntry> entries_;
};

}  // namespace marchwire::fanout
