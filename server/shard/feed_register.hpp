// Who has which feed of one log open, and on which shards they are.
#pragma once

#include "fanout/item.hpp"
#include "shard/home.hpp"
#include "shard/parcel.hpp"

#include <array>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <unordered_map>
#include <vector>

namespace marchwire::shard {

/// The encodings that somebody needs, by wire::Encoding.
using EncodingSet = std::array<bool, wire::encoding_count>;

[[nodiscard]] inline EncodingSet only(wire::Encoding encoding) {
    EncodingSet set{};
    set.at(static_cast<std::size_t>(encoding)) = true;
    return set;
}

/// One open feed as its desk remembers it: enough to open it anew when what it may see changes.
struct OpenedFeed {
    wire::FeedName feed;
    wire::Encoding encoding = wire::Encoding::proto;
    core::Actor actor;
};

/// A section lead's `ops`: own section's topics alone.
[[nodiscard]] bool is_of_section(const OpenedFeed& feed);

/// Bounded by limits::feeds_per_desk. One thread (the desk's).
class FeedRegister {
public:
    explicit FeedRegister(std::size_t shards) : interest_(shards, 0) {}

    /// False when the bound is reached.
    [[nodiscard]] bool add(const SubscriberKey& key, OpenedFeed feed);
    /// What it was; none when it was not there (refused, or closed before).
    std::optional<OpenedFeed> remove(const SubscriberKey& key);

    [[nodiscard]] const std::unordered_map<SubscriberKey, OpenedFeed>& all() const { return feeds_; }
    [[nodiscard]] std::size_t count(wire::FeedKind kind) const { return kinds_.at(number(kind)); }
    [[nodiscard]] bool wants(wire::FeedKind kind) const { return count(kind) != 0; }
    /// Some section lead follows the own section.
    [[nodiscard]] bool wants_sections() const { return of_sections_ != 0; }
    /// What items of these feeds are made in while somebody follows: what is missing is made when a resume asks.
    [[nodiscard]] EncodingSet encodings(std::initializer_list<wire::FeedKind> kinds) const;
    /// To every shard that has an open feed of this log.
    void publish(Home& home, std::vector<fanout::LiveItem> items,
                 fanout::FlushPace::Behind behind = fanout::FlushPace::Behind::nothing) const;

private:
    static constexpr std::size_t number(wire::FeedKind kind) { return static_cast<std::size_t>(kind); }

    std::unordered_map<SubscriberKey, OpenedFeed> feeds_;
    std::vector<std::size_t> interest_;   ///< open feeds by shard
    std::array<std::size_t, 5> kinds_{};  ///< by wire::FeedKind
    std::array<std::size_t, 5> json_{};   ///< of them in JSON
    std::size_t of_sections_ = 0;         ///< those of `ops` that are of one section
};

}  // namespace marchwire::shard
