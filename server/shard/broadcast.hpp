// From desks to sessions: what topics have for their followers on one shard, gathered and sent in few writes.
#pragma once

#include "fanout/flush_pace.hpp"
#include "fanout/newest_table.hpp"
#include "fanout/run.hpp"
#include "fanout/topic_index.hpp"
#include "session/ports.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

namespace marchwire::shard {

/// The sessions of a shard, by slot.
class Seats {
public:
    virtual ~Seats() = default;
    /// Null when nobody sits there any more.
    [[nodiscard]] virtual session::SessionPort* port(fanout::Slot slot) = 0;
    /// This seat is served soon: its memory may be fetched meanwhile.
    virtual void approach(fanout::Slot slot) const = 0;
    /// Asks for a flush of this session at the end of the turn.
    virtual void touch(fanout::Slot slot) = 0;
    /// The same, but it has only newest values to send, which yield to all else.
    virtual void touch_newest(fanout::Slot slot) = 0;
};

/// Adaptive flush: what comes goes out at the end of its turn while the shard has time to spare; under load it gathers
/// until the tick, until limits::flush_events or batch_bytes of a topic wait, or until a class A item comes, and then
/// leaves as one run per topic that all its followers share. Class C gathers in tables with a slower tick. Costs of a
/// publish are those of its own topics' followers.
///
/// Sending goes a few seats at a time, so that the shard reads in between. What comes due meanwhile is taken along by
/// those who still wait for what was before it, in one run; a round for all others stands behind. An order goes before
/// all other rounds. One thread (the shard's).
class Broadcast {
public:
    using Instant = fanout::FlushPace::Instant;
    explicit Broadcast(Seats& seats);

    void follow(base::TopicNumber topic, fanout::Slot slot) { topics_.subscribe(topic, slot); }
    void leave(base::TopicNumber topic, fanout::Slot slot);
    /// Takes a session out everywhere.
    void leave(fanout::Slot slot) { topics_.remove(slot); }

    void take(std::span<const fanout::LiveItem> items, fanout::FlushPace::Behind behind, Instant now);
    /// Values that a desk gave to a newcomer: those that are there already are the same.
    void take_newest(std::span<const fanout::LiveItem> items);
    /// When `begin` is to be called next; none while nothing waits. At or before now: at the end of this turn.
    [[nodiscard]] std::optional<Instant> due() const;
    /// What is due by then goes from now on: by `send_some`, and by the flush of the sessions that are touched.
    void begin(Instant by);
    /// Serves so many seats; true while others are still to be served.
    [[nodiscard]] bool send_some(std::size_t seats);
    /// All that was begun has been sent, by the touched sessions too: how long that took paces what comes next.
    void ended();

    [[nodiscard]] const fanout::NewestTable* newest(base::TopicNumber topic) const;
    /// Each second: newest values that have expired, tables that nobody follows.
    void tidy(base::UtcMs now);
    /// Items handed to sessions since the beginning.
    [[nodiscard]] std::uint64_t deliveries() const { return deliveries_; }

private:
    /// What one topic has waiting. Those of a topic that shares its feeds with others wait in `shared_`.
    struct Waiting {
        std::vector<fanout::LiveItem> items;
        std::size_t count = 0;
        std::size_t bytes = 0;
    };
    /// Followers of one topic who are still to be given its items. Each of them stands in one round of the topic only,
    /// so rounds may go in any order.
    struct Round {
        base::TopicNumber topic;
        bool urgent = false;  ///< bears an item of class A
        std::vector<fanout::LiveItem> items;
        std::vector<fanout::Slot> receivers;  ///< as they were at its begin: a session may leave meanwhile
        std::size_t next = 0;
        std::vector<fanout::Run> runs;  ///< of the items; empty until they are needed
    };
    [[nodiscard]] std::optional<Instant> ordered_due() const;
    void begin_ordered();
    void begin_round(base::TopicNumber topic, std::vector<fanout::LiveItem> items);
    [[nodiscard]] std::vector<fanout::Slot> not_yet_in_a_round(base::TopicNumber topic);
    void give_shared(std::vector<fanout::LiveItem> items);
    void tell_newest();
    void serve(Round& round);
    void touch_after(fanout::Slot slot, session::AfterDelivery after);

    Seats& seats_;
    fanout::TopicIndex topics_;
    std::unordered_map<base::TopicNumber, Waiting> waiting_;
    /// By the base of a log's topics, as they came: of an entry on several topics of a feed the first is told, and it
    /// says the most (core/shown_on).
    std::map<std::uint32_t, std::vector<fanout::LiveItem>> shared_;
    std::unordered_map<base::TopicNumber, fanout::NewestTable> tables_;
    std::vector<base::TopicNumber> changed_tables_;
    fanout::FlushPace ordered_pace_;
    fanout::FlushPace newest_pace_;
    bool full_ = false;                    ///< enough waits for no tick to be waited for
    bool urgent_ = false;                  ///< a class A item waits
    std::deque<Round> rounds_;             ///< the urgent ones first
    std::vector<bool> marked_;             ///< scratch, by slot: all false between calls
    std::vector<fanout::Slot> receivers_;  ///< scratch: a session may leave while it is given something
    std::uint64_t deliveries_ = 0;
};

}  // namespace marchwire::shard
