// Who follows which log of Redis: told by pub/sub, and by reading whatever pub/sub did not tell.
#pragma once

#include "store/follow_register.hpp"

#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace marchwire::store {

/// A machine: what was heard and read goes in, what is to be subscribed to and read comes out. Pub/sub is at most once
/// and says nothing of what was before: so a log is subscribed to first and then read from where each follow stands,
/// and again whenever what is heard does not follow what was told. One thread.
class RedisFollows {
public:
    struct Wish {
        enum class Kind : std::uint8_t { subscribe, unsubscribe, read } kind = Kind::read;
        LogId log;
        Seq from;  ///< of a read
    };
    using Wishes = std::vector<Wish>;

    [[nodiscard]] Wishes add(std::shared_ptr<FollowState> follow);
    /// The channel of this log is listened to from now on.
    [[nodiscard]] Wishes subscribed(const LogId& log);
    /// All subscriptions are gone: they are wished for again.
    [[nodiscard]] Wishes lost();
    /// Entries were published.
    [[nodiscard]] Wishes heard(const LogId& log, const Entries& entries);
    /// Answer of a read that was wished for; without entries it is tried again at the next check.
    [[nodiscard]] Wishes read(const LogId& log, const Entries& entries, bool done);
    /// A log's tip, asked for now and then: pub/sub may have lost the last entries.
    [[nodiscard]] Wishes tip(const LogId& log, Seq tip);
    /// Ends what nobody follows any more.
    [[nodiscard]] Wishes tidy();
    /// Every log is subscribed to, and was read since.
    [[nodiscard]] bool have_caught_up() const;
    /// Logs of which the tip should be asked for.
    [[nodiscard]] std::vector<LogId> logs() const;
    /// How often entries were read because pub/sub had not told them, after the first read of each log.
    [[nodiscard]] std::uint64_t gap_fills() const { return gap_fills_; }

private:
    struct Followed {
        bool subscribed = false;
        bool reading = false;
        bool was_told = false;  ///< something of it: what comes later should be told by pub/sub
        bool unheard = false;   ///< the subscription was lost since then: what was published meanwhile told nobody
        Seq newest;             ///< seen of this log
    };
    void wish_read(const LogId& log, Followed& followed, Wishes& wishes);

    FollowRegister register_;
    std::unordered_map<LogId, Followed> followed_;
    std::uint64_t gap_fills_ = 0;
};

}  // namespace marchwire::store
