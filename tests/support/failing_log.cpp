// Scripted faults in front of a log.
#include "support/failing_log.hpp"

#include <utility>

namespace marchwire::support {
namespace {

store::AppendOutcome not_stored() {
    return base::refuse(base::RefusalCode::unavailable, "", "The test said so; send the same again.");
}

}  // namespace

void FailingLog::script(std::vector<Fate> fates) {
    const std::lock_guard lock(mutex_);
    script_.insert(script_.end(), fates.begin(), fates.end());
}

FailingLog::Fate FailingLog::next_fate() {
    const std::lock_guard lock(mutex_);
    if (script_.empty()) return Fate::pass;
    const auto fate = script_.front();
    script_.pop_front();
    return fate;
}

void FailingLog::hold(std::function<void()> action) {
    const std::lock_guard lock(mutex_);
    held_.push_back(std::move(action));
}

std::size_t FailingLog::held() {
    const std::lock_guard lock(mutex_);
    return held_.size();
}

void FailingLog::release() {
    std::deque<std::function<void()>> held;
    {
        const std::lock_guard lock(mutex_);
        held.swap(held_);
    }
    for (auto& action : held) action();
}

void FailingLog::append(store::AppendRequest request, store::AppendDone done) {
    switch (next_fate()) {
        case Fate::pass: inner_.append(std::move(request), std::move(done)); return;
        case Fate::fail:
            // The inner list brings the answer onto the store's thread and into its order.
            inner_.list([done = std::move(done)](const auto&) { done(not_stored()); });
            return;
        case Fate::withhold:
            inner_.append(std::move(request), [this, done = std::move(done)](store::AppendOutcome outcome) {
                hold([this, done, outcome = std::move(outcome)] {
                    inner_.list([done, outcome](const auto&) { done(outcome); });
                });
            });
            return;
        case Fate::hold_back:
            hold([this, request = std::move(request), done = std::move(done)] { inner_.append(request, done); });
            return;
        case Fate::lose_answer:
            inner_.append(std::move(request), [done = std::move(done)](const auto&) { done(not_stored()); });
            return;
    }
}

void FailingLog::stop() {
    release();
    inner_.stop();
}

}  // namespace marchwire::support
