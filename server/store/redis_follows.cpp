// Who follows which log of Redis.
#include "store/redis_follows.hpp"

#include <algorithm>
#include <utility>

namespace marchwire::store {

RedisFollows::Wishes RedisFollows::add(std::shared_ptr<FollowState> follow) {
    Wishes wishes;
    const LogId log = follow->log();
    register_.add(std::move(follow));
    const auto [at, fresh] = followed_.try_emplace(log);
    if (fresh) wishes.push_back({Wish::Kind::subscribe, log, {}});
    // What stands between this follow and the others is not published again.
    if (at->second.subscribed) wish_read(log, at->second, wishes);
    return wishes;
}

RedisFollows::Wishes RedisFollows::subscribed(const LogId& log) {
    Wishes wishes;
    const auto found = followed_.find(log);
    if (found == followed_.end()) return wishes;
    found->second.subscribed = true;
    wish_read(log, found->second, wishes);
    return wishes;
}

RedisFollows::Wishes RedisFollows::lost() {
    Wishes wishes;
    for (auto& [log, followed] : followed_) {
        followed.subscribed = followed.reading = false;
        followed.unheard = followed.was_told;
        wishes.push_back({Wish::Kind::subscribe, log, {}});
    }
    return wishes;
}

void RedisFollows::wish_read(const LogId& log, Followed& followed, Wishes& wishes) {
    if (std::exchange(followed.reading, true)) return;
    const auto slowest = register_.slowest(log);
    if (!slowest) {
        followed.reading = false;
        return;
    }
    wishes.push_back({Wish::Kind::read, log, *slowest});
}

RedisFollows::Wishes RedisFollows::heard(const LogId& log, const Entries& entries) {
    Wishes wishes;
    const auto found = followed_.find(log);
    if (found == followed_.end() || entries.empty()) return wishes;
    found->second.was_told = true;
    found->second.newest = std::max(found->second.newest, entries.back().tip.seq);
    register_.tell(log, entries);
    const auto slowest = register_.slowest(log);
    if (slowest && *slowest <= found->second.newest && !found->second.reading) {
        ++gap_fills_;
        wish_read(log, found->second, wishes);
    }
    return wishes;
}

RedisFollows::Wishes RedisFollows::read(const LogId& log, const Entries& entries, bool done) {
    Wishes wishes;
    const auto found = followed_.find(log);
    if (found == followed_.end()) return wishes;
    found->second.reading = false;
    if (!done) return wishes;
    found->second.was_told = true;
    if (std::exchange(found->second.unheard, false) && !entries.empty()) ++gap_fills_;
    if (!entries.empty()) found->second.newest = std::max(found->second.newest, entries.back().tip.seq);
    register_.tell_read(log, entries);
    const auto slowest = register_.slowest(log);
    const bool behind = slowest && *slowest <= found->second.newest;
    if (!slowest || (entries.empty() && !behind)) return wishes;
    // A page may not have been all. After an empty one what was heard before it is believed once: a log that was cut
    // off would be read without end.
    if (entries.empty()) found->second.newest = {};
    wish_read(log, found->second, wishes);
    return wishes;
}

RedisFollows::Wishes RedisFollows::tip(const LogId& log, Seq tip) {
    Wishes wishes;
    const auto found = followed_.find(log);
    if (found == followed_.end()) return wishes;
    const auto slowest = register_.slowest(log);
    if (slowest && *slowest <= tip && !found->second.reading) {
        ++gap_fills_;
        wish_read(log, found->second, wishes);
    }
    return wishes;
}

RedisFollows::Wishes RedisFollows::tidy() {
    Wishes wishes;
    for (auto one = followed_.begin(); one != followed_.end();) {
        if (register_.slowest(one->first)) {
            ++one;
            continue;
        }
        wishes.push_back({Wish::Kind::unsubscribe, one->first, {}});
        one = followed_.erase(one);
    }
    return wishes;
}

bool RedisFollows::have_caught_up() const {
    return std::ranges::all_of(followed_, [](const auto& one) { return one.second.subscribed && !one.second.reading; });
}

std::vector<LogId> RedisFollows::logs() const {
    std::vector<LogId> logs;
    logs.reserve(followed_.size());
    for (const auto& [log, followed] : followed_) {
        if (followed.subscribed) logs.push_back(log);
    }
    return logs;
}

}  // namespace marchwire::store
