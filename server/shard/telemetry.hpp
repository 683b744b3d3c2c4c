// What of a march is never logged: positions, the column, who is reachable. Class C, newest value per key.
#pragma once

#include "base/limits.hpp"
#include "core/column.hpp"
#include "core/column_watch.hpp"
#include "core/command.hpp"
#include "core/waking.hpp"
#include "shard/feed_register.hpp"
#include "shard/keyed_items.hpp"
#include "wire/bus_messages.hpp"
#include "wire/messages.hpp"

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace marchwire::shard {

/// Bounded by the roster. One thread (the desk's); times come in.
class Telemetry {
public:
    /// Phones are silent in real time: a demo clock that runs `clock_rate` times as fast waits longer, as far as its
    /// phones do not speak more often (base::demo_pace).
    explicit Telemetry(double clock_rate = 1) : clock_rate_(clock_rate) {}

    /// So long by the march's clock is what `length` is for phones.
    [[nodiscard]] base::Millis real(base::Millis length) const;
    /// Items for staff; none when nothing new was learned or the person is not on the roster.
    [[nodiscard]] std::vector<fanout::LiveItem> take(const core::MarchState& state, base::PersonId person,
                                                     const std::vector<core::Fix>& fixes, base::UtcMs now,
                                                     const FeedRegister& feeds);
    /// Items when this changes what is said of the person.
    [[nodiscard]] std::vector<fanout::LiveItem> heard(const core::MarchState& state, const wire::HeardFrom& said,
                                                      base::UtcMs now, const FeedRegister& feeds);
    /// Who fell silent and who speaks again of those whom the march listens for, as far as `state` does not hold it
    /// yet. Nothing after an interruption, until everybody had time to speak.
    [[nodiscard]] core::ObserveSilence silence(const core::MarchState& state, base::UtcMs now) const;
    /// When this person's phone has said something. Just after an interruption those who had no time to speak count as
    /// heard.
    [[nodiscard]] core::PhoneHeard phone_of(base::PersonId person, base::UtcMs now) const;
    /// Who makes the public column: one server for all, so that all show the same.
    enum class PublicColumn : std::uint8_t { made_here, comes_from_the_keeper };
    /// Each second: the columns, and who fell silent.
    [[nodiscard]] std::vector<fanout::LiveItem> second(const core::MarchState& state, base::UtcMs now,
                                                       PublicColumn column, const FeedRegister& feeds);
    /// Positions and signs of life were missed until now: nothing is concluded from silence for a while, and the column
    /// says so.
    void interrupted(base::UtcMs now);
    /// The march's keeper has made this one.
    [[nodiscard]] std::vector<fanout::LiveItem> take_public_column(const core::MarchState& state,
                                                                   const core::PublicColumn& column, base::UtcMs now,
                                                                   const FeedRegister& feeds);
    /// What a new subscriber of these topics is given.
    [[nodiscard]] std::vector<fanout::LiveItem> newest(const std::vector<base::TopicNumber>& topics,
                                                       wire::Encoding encoding) {
        return items_.on(topics, encoding);
    }
    /// What the march's keeper may tell it of the column now, without its term.
    [[nodiscard]] const core::ObserveColumn& column_seen() const { return watch_.seen(); }
    /// As last made or taken; as_of 0: nothing is known.
    [[nodiscard]] const core::PublicColumn& public_column() const { return public_column_; }

private:
    struct Heard {
        base::UtcMs at;
        wire::Reachability told = wire::Reachability::live;
        bool pocketed = false;  ///< the page has said that its screen is off
    };
    [[nodiscard]] wire::Reachability reachability(const Heard& heard, base::UtcMs now) const;
    void listen_for_all(const core::MarchState& state);
    enum class KeyKind : std::uint8_t { public_column = 1, ops_column, position, liveness };
    [[nodiscard]] fanout::LiveItem put(const core::MarchState& state, std::uint32_t topic_index, KeyKind kind,
                                       std::uint64_t subject, const wire::TelemetryItem& value,
                                       const FeedRegister& feeds, base::UtcMs expires_at = {});

    [[nodiscard]] fanout::LiveItem show(const core::MarchState& state, base::UtcMs now, const FeedRegister& feeds);

    /// To ops, and to the leads of the sections who may see this person.
    void tell(const core::MarchState& state, KeyKind kind, base::PersonId person, const wire::TelemetryItem& value,
              const FeedRegister& feeds, base::UtcMs expires_at, std::vector<fanout::LiveItem>& items);

    core::Column column_;
    core::ColumnWatch watch_;
    KeyedItems items_;
    core::PublicColumn public_column_;
    std::unordered_map<base::PersonId, Heard> heard_;
    base::UtcMs public_sent_at_;
    base::UtcMs unsure_until_;
    double clock_rate_;
    base::UtcMs interrupted_at_;
    bool missed_some_ = false;     ///< an interruption after which not all were listened for anew
    std::size_t unreachable_ = 0;  ///< in heard_, as told
};

}  // namespace marchwire::shard
