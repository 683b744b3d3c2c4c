// The ordered items of one march: made once per entry and topic, kept so that clients resume.
#pragma once

#include "fanout/replay_window.hpp"
#include "shard/feed_register.hpp"
#include "shard/log_opening.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

namespace marchwire::shard {

/// Bounded by limits::replay_window_entries. One thread (the desk's).
class MarchItems {
public:
    explicit MarchItems(const OpenedDesk<core::MarchState>& opened);

    /// Makes the items of an entry that is stored, in the encodings of the open feeds that may hold their topics (else
    /// on demand, at a resume).
    [[nodiscard]] std::vector<fanout::LiveItem> add(std::uint32_t topic_base, const core::Entry& entry,
                                                    const base::Digest& digest, const FeedRegister& feeds);

    /// The newest entry's, in each count. The public digest changes with public items only: how much happens
    /// behind does not show.
    [[nodiscard]] const base::Position& position() const { return position_; }
    [[nodiscard]] const base::Position& public_position() const { return public_; }

    [[nodiscard]] fanout::Standing standing(const base::Position& position, fanout::Count count) const {
        return window_.standing(position, count);
    }
    /// After `position`, which stands `here`, each with bytes of this encoding.
    [[nodiscard]] std::vector<fanout::LiveItem> after(const base::Position& position, fanout::Count count,
                                                      std::span<const base::TopicNumber> topics,
                                                      wire::Encoding encoding) const;
    /// Public items from this public seq on; none when the window begins after it.
    [[nodiscard]] std::optional<std::vector<fanout::LiveItem>> public_from(base::Seq from,
                                                                           wire::Encoding encoding) const;
    /// This person was given another role or section after `position`: what came before on the new topics is
    /// not in any resume.
    [[nodiscard]] bool reassigned_after(base::PersonId person, const base::Position& position) const;

private:
    [[nodiscard]] std::vector<fanout::LiveItem> make(std::uint32_t topic_base, const core::Entry& entry,
                                                     const FeedRegister& feeds) const;
    [[nodiscard]] const core::Entry* entry_of(const fanout::LiveItem& item) const;

    /// Gives the item bytes of this encoding.
    void complete(fanout::LiveItem& item, wire::Encoding encoding) const;

    fanout::ReplayWindow window_;
    std::deque<core::Entry> entries_;            ///< those of the window
    std::deque<fanout::LiveItem> public_items_;  ///< the public ones among them, no public seq left out
    base::Position position_;
    base::Position public_;
};

}  // namespace marchwire::shard
