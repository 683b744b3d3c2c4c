// What one topic has for its followers at one flush: items laid end to end, framed once, shared by all.
#pragma once

#include "fanout/item.hpp"

#include <array>
#include <span>
#include <vector>

namespace marchwire::fanout {

/// Immutable but for frames that are made when the first session of that encoding asks. One thread.
class Run {
public:
    /// Items of class A or B of one topic, in order, at least one.
    explicit Run(std::vector<LiveItem> items);

    [[nodiscard]] base::TopicNumber topic() const { return items_.front().topic; }
    [[nodiscard]] base::Seq first() const { return items_.front().position.seq; }
    [[nodiscard]] const base::Position& last() const { return items_.back().position; }
    /// A when one of its items is.
    [[nodiscard]] DeliveryClass delivery() const { return delivery_; }
    [[nodiscard]] std::span<const LiveItem> items() const { return items_; }
    /// The whole run as one message, of a single item that item's own; null when an item was not encoded so (then
    /// nobody needed it yet).
    [[nodiscard]] const wire::Frame& frame(wire::Encoding encoding) const;

private:
    std::vector<LiveItem> items_;
    DeliveryClass delivery_ = DeliveryClass::b;
    mutable std::array<wire::Frame, wire::encoding_count> frames_;
};

/// One message of those of the items that have one in this encoding; null when none has.
[[nodiscard]] wire::Frame frame_of(std::span<const LiveItem* const> items, wire::Encoding encoding);

/// Cuts items of one topic into runs of at most `bytes_max` (but at least one item each).
[[nodiscard]] std::vector<Run> make_runs(std::vector<LiveItem> items, std::size_t bytes_max);

}  // namespace marchwire::fanout
