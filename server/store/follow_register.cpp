// Follows: told in order from where each began, first from the tables, then straight from the appends.
#include "store/follow_register.hpp"

#include <algorithm>
#include <utility>

namespace marchwire::store {
namespace {

class Token final : public FollowToken {
public:
    explicit Token(std::shared_ptr<FollowState> follow) : follow_(std::move(follow)) {}
    Token(const Token&) = delete;
    Token& operator=(const Token&) = delete;
    ~Token() override { follow_->end(); }

private:
    std::shared_ptr<FollowState> follow_;
};

}  // namespace

FollowState::FollowState(LogId log, Seq from, Follow callback)
    : log_(std::move(log)), next_(from.next()), callback_(std::move(callback)) {}

void FollowState::tell(const StoredEntry& entry) {
    if (entry.tip.seq == next_) tell_read(entry);
}

void FollowState::tell_read(const StoredEntry& entry) {
    if (entry.tip.seq < next_) return;
    next_ = entry.tip.seq.next();
    const std::lock_guard lock(mutex_);
    if (!ended_) callback_(entry);
}

void FollowState::end() {
    const std::lock_guard lock(mutex_);
    ended_ = true;
}

bool FollowState::ended() {
    const std::lock_guard lock(mutex_);
    return ended_;
}

std::unique_ptr<FollowToken> token_of(std::shared_ptr<FollowState> follow) {
    return std::make_unique<Token>(std::move(follow));
}

void FollowRegister::add(std::shared_ptr<FollowState> follow) {
    auto& of_log = follows_[follow->log()];
    std::erase_if(of_log, [](const auto& one) { return one->ended(); });
    of_log.push_back(follow);
    catching_up_.push_back(std::move(follow));
}

void FollowRegister::tell(const LogId& log, const std::vector<StoredEntry>& entries) {
    tell_each(log, entries, &FollowState::tell);
}

void FollowRegister::tell_read(const LogId& log, const std::vector<StoredEntry>& entries) {
    tell_each(log, entries, &FollowState::tell_read);
}

void FollowRegister::look_again(const LogId& log) {
    const auto found = follows_.find(log);
    if (found != follows_.end()) catching_up_.insert(catching_up_.end(), found->second.begin(), found->second.end());
}

void FollowRegister::tell_each(const LogId& log, const std::vector<StoredEntry>& entries,
                               void (FollowState::*way)(const StoredEntry&)) {
    const auto found = follows_.find(log);
    if (found == follows_.end()) return;
    for (const auto& follow : found->second) {
        for (const auto& entry : entries) ((*follow).*way)(entry);
    }
    std::erase_if(found->second, [](const auto& one) { return one->ended(); });
    if (found->second.empty()) follows_.erase(found);
}

std::optional<Seq> FollowRegister::slowest(const LogId& log) {
    std::optional<Seq> slowest;
    const auto found = follows_.find(log);
    if (found == follows_.end()) return slowest;
    std::erase_if(found->second, [](const auto& one) { return one->ended(); });
    for (const auto& follow : found->second) {
        if (!slowest || follow->next() < *slowest) slowest = follow->next();
    }
    if (found->second.empty()) follows_.erase(found);
    return slowest;
}

std::vector<std::shared_ptr<FollowState>> FollowRegister::behind(const std::function<Seq(const LogId&)>& tip_of) {
    std::erase_if(catching_up_,
                  [&tip_of](const auto& one) { return one->ended() || one->next() > tip_of(one->log()); });
    return catching_up_;
}

}  // namespace marchwire::store
