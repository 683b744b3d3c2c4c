// Who follows which log, how far each has been told, and how a follow ends.
#pragma once

#include "store/event_log.hpp"

#include <mutex>
#include <optional>
#include <unordered_map>

namespace marchwire::store {

/// One follow. The store's thread tells it; its token's owner ends it from any thread.
class FollowState {
public:
    FollowState(LogId log, Seq from, Follow callback);

    [[nodiscard]] const LogId& log() const { return log_; }
    /// The entry that is told next. Store's thread only.
    [[nodiscard]] Seq next() const { return next_; }
    /// Tells the entry when it is the next one. Store's thread only.
    void tell(const StoredEntry& entry);
    /// The same of an entry that was read behind the one told last: what should stand between them was lost.
    void tell_read(const StoredEntry& entry);
    /// Waits for a callback that is running on another thread; may be called inside it.
    void end();
    [[nodiscard]] bool ended();

private:
    const LogId log_;
    Seq next_;
    // Recursive: a callback may end its own follow.
    std::recursive_mutex mutex_;
    bool ended_ = false;
    Follow callback_;
};

[[nodiscard]] std::unique_ptr<FollowToken> token_of(std::shared_ptr<FollowState> follow);

/// All follows of a store. Store's thread only.
class FollowRegister {
public:
    void add(std::shared_ptr<FollowState> follow);
    /// New entries of a log, straight after their COMMIT.
    void tell(const LogId& log, const std::vector<StoredEntry>& entries);
    /// Entries as they stand in the log, read from where the slowest follow stood.
    void tell_read(const LogId& log, const std::vector<StoredEntry>& entries);
    /// A log was repaired: its follows are behind again.
    void look_again(const LogId& log);
    /// The entry that the follow of this log that is furthest behind is told next; none when nobody follows it.
    [[nodiscard]] std::optional<Seq> slowest(const LogId& log);
    /// The follows of which `tip_of(log)` says that they are behind.
    [[nodiscard]] std::vector<std::shared_ptr<FollowState>> behind(const std::function<Seq(const LogId&)>& tip_of);

private:
    void tell_each(const LogId& log, const std::vector<StoredEntry>& entries,
                   void (FollowState::*way)(const StoredEntry&));

    std::unordered_map<LogId, std::vector<std::shared_ptr<FollowState>>> follows_;
    std::vector<std::shared_ptr<FollowState>> catching_up_;  ///< not yet at the tip
};

}  // namespace marchwire::store
