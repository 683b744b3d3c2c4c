// One feed: where it stands, what it folds to, and what to do with each thing that comes for it. No socket.
#pragma once

#include "feed_fold.hpp"
#include "marchwire/client.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace marchwire::sdk {

enum class Stage : std::uint8_t {
    asked,              ///< Subscribe was sent, or will be with Hello: what comes on old topics is not ours
    awaiting_snapshot,  ///< pieces are due; items are kept
    live,
};
/// What an item or a piece did.
enum class Took : std::uint8_t {
    nothing,  ///< known already, or not ours now
    kept,     ///< until the snapshot is whole
    applied,
    whole,        ///< the last piece: the feed has a new state
    gap,          ///< an item before it is missing: ask again from our position
    refetch,      ///< only a fresh snapshot helps
    contradicts,  ///< so too, and no server says such a thing: pieces out of order, another digest at our position
};

/// One thread. Items kept while a snapshot comes in are bounded by `kept_items_max`, its bytes by
/// `snapshot_bytes_max`; beyond them the snapshot is asked for anew.
class Subscription {
public:
    static constexpr std::size_t kept_items_max = 20'000;
    static constexpr std::size_t snapshot_bytes_max = std::size_t{64} * 1024 * 1024;

    explicit Subscription(FeedName feed, std::optional<Position> resume = std::nullopt);

    [[nodiscard]] const FeedName& feed() const { return feed_; }
    [[nodiscard]] Stage stage() const { return stage_; }
    [[nodiscard]] const std::vector<std::uint32_t>& topics() const { return topics_; }
    [[nodiscard]] const std::optional<Position>& position() const { return position_; }
    [[nodiscard]] const FeedFold& fold() const { return fold_; }

    /// The message that asks for the feed, from where we stand; it goes out now.
    [[nodiscard]] v1::Subscribe ask();
    /// As ask, but for a fresh snapshot.
    [[nodiscard]] v1::Subscribe ask_anew();

    void on_subscribed(const v1::Subscribed& subscribed);
    void on_discontinuity();
    [[nodiscard]] Took on_up_to(const v1::UpTo& up_to);
    [[nodiscard]] Took on_piece(const v1::SnapshotPiece& piece);
    [[nodiscard]] Took on_item(const v1::Item& item);
    /// After `whole`: what was kept, in order; give each to on_item again.
    [[nodiscard]] std::vector<v1::Item> take_kept();

    /// How often in a row the feed was asked for again without an item applied.
    std::uint32_t mendings = 0;
    /// Refused for now: asked again then.
    std::optional<Millis> ask_at;

private:
    [[nodiscard]] Took apply(const v1::Item& item);
    /// The same place in another history.
    [[nodiscard]] bool contradicts(const v1::Position& position) const;

    FeedName feed_;
    FeedFold fold_;
    std::optional<Position> position_;
    std::vector<std::uint32_t> topics_;
    Stage stage_ = Stage::asked;
    std::string pieces_;
    std::uint32_t next_piece_ = 0;
    std::vector<v1::Item> kept_;
};

}  // namespace marchwire::sdk
