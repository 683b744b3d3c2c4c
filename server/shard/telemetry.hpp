// What of a march is never logged: positions, the column, who is reachable. Class C, newest value per key.
#pragma once

#include "core/column.hpp"
#include "shard/feed_register.hpp"

#include <optional>
#include <unordered_map>
#include <vector>

namespace marchwire::shard {

/// Bounded by the roster. One thread (the desk's); times come in.
class Telemetry {
public:
    /// Item for staff; none when nothing new was learned or the person is not on the roster.
    [[nodiscard]] std::optional<fanout::LiveItem> take(const core::MarchState& state, base::PersonId person,
                                                       const std::vector<core::Fix>& fixes, base::UtcMs now,
                                                       const EncodingSet& encodings);
    /// Item when this changes what is said of the person.
    [[nodiscard]] std::optional<fanout::LiveItem> heard(const core::MarchState& state, base::PersonId person,
                                                        base::UtcMs now, const EncodingSet& encodings);
    /// Each second: the columns, and who fell silent.
    [[nodiscard]] std::vector<fanout::LiveItem> second(const core::MarchState& state, base::UtcMs now,
                                                       const FeedRegister& feeds);
    /// What a new subscriber of this feed is given.
    [[nodiscard]] std::vector<fanout::LiveItem> newest(const core::MarchState& state, wire::FeedKind kind,
                                                       base::UtcMs now, wire::Encoding encoding) const;
    /// As last computed; as_of 0: nothing is known.
    [[nodiscard]] const core::PublicColumn& public_column() const { return public_column_; }

private:
    struct Heard {
        base::UtcMs at;
        wire::Reachability told = wire::Reachability::live;
    };
    core::Column column_;
    core::PublicColumn public_column_;
    core::OpsColumn ops_column_;
    std::unordered_map<base::PersonId, Heard> heard_;
    base::UtcMs public_sent_at_;
};

}  // namespace marchwire::shard
