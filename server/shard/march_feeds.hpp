// The feeds of one march: who may open which, resume or snapshot, and history.
#pragma once

#include "shard/feed_register.hpp"
#include "shard/march_items.hpp"
#include "shard/telemetry.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

namespace marchwire::shard {

/// What a march is at one moment, for those who open a feed of it. References of the desk.
struct MarchView {
    const core::MarchState& state;  ///< committed
    const MarchItems& items;
    Telemetry& telemetry;  ///< makes what is missing in an encoding
};

/// Which topics of a march an actor may follow by a feed: the one place where reading is allowed. A drill is
/// NOT_FOUND for followers.
[[nodiscard]] base::Result<std::vector<base::TopicNumber>> feed_topics(const core::MarchState& state,
                                                                       const core::Actor& actor, wire::FeedKind kind);

/// One thread (the desk's).
class MarchFeeds {
public:
    MarchFeeds(Home& home, MarchView view) : home_(home), view_(view), register_(home.shards()) {}

    void open(const SubscriberKey& key, const session::OpenFeed& wish);
    void close(const SubscriberKey& key) { register_.remove(key); }

    /// The role or section of these changed: their marshal feeds are opened anew, or closed.
    void rights_changed(const std::unordered_set<base::PersonId>& persons);
    /// The log is another one than before: everybody is told, and gets the snapshot.
    void history_changed();
    /// The march was shredded: whoever follows it is told so, and follows it no more.
    void end_all();

    [[nodiscard]] const FeedRegister& open_feeds() const { return register_; }
    /// The public snapshot as JSON, column included; shared until something in it changes.
    [[nodiscard]] std::shared_ptr<const std::string> public_json() {
        return public_snapshot(wire::Encoding::json).bytes;
    }

private:
    struct Kept {
        base::Position position;
        base::UtcMs column_at;
        std::shared_ptr<const std::string> bytes;  ///< the snapshot's message
        session::SnapshotPieces pieces;            ///< the same, cut
    };
    /// Answers with a snapshot, without or with a reason why what the client holds is void.
    void send_opened(const SubscriberKey& key, const OpenedFeed& feed, std::vector<base::TopicNumber> topics,
                     const std::optional<base::Position>& resume,
                     std::optional<wire::DiscontinuityReason> discontinuity);
    void refuse(const SubscriberKey& key, const wire::FeedName& feed, base::Refusal refusal);
    [[nodiscard]] session::SnapshotPieces snapshot(const OpenedFeed& feed);
    [[nodiscard]] const Kept& public_snapshot(wire::Encoding encoding);
    [[nodiscard]] const Kept& ops_snapshot(wire::Encoding encoding);
    [[nodiscard]] Kept keep(wire::FeedKind kind, const base::Position& position, std::string bytes,
                            wire::Encoding encoding) const;

    Home& home_;
    MarchView view_;
    FeedRegister register_;
    std::array<Kept, wire::encoding_count> public_kept_;
    std::array<Kept, wire::encoding_count> ops_kept_;
};

}  // namespace marchwire::shard
