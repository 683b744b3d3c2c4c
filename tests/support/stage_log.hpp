// An event log for tests that stands before another one: appends can be held back or fail, and it is known when all
// is quiet.
#pragma once

#include "store/event_log.hpp"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <utility>

namespace marchwire::test {

/// On one thread, before a log that is driven by its caller.
class StageLog final : public store::EventLog {
public:
    explicit StageLog(store::EventLog& behind) : behind_(&behind) {}

    /// From now on another log stands behind: the store was put back to an older state, or has lost all.
    void turn_to(store::EventLog& behind) { behind_ = &behind; }

    /// What is appended from now on waits until `release`.
    void hold_appends() { holding_ = true; }
    void release() {
        holding_ = false;
        auto held = std::exchange(held_, {});
        for (auto& [request, done] : held) append(std::move(request), std::move(done));
    }
    /// The next appends are answered UNAVAILABLE and nothing is stored.
    void fail_appends(int count) { failing_ = count; }
    /// The next append is answered as if its writer stood on entries that are not in the log: a tail was lost.
    void disown_next_append() { disowning_ = true; }
    /// Answered as stored at no more than this level.
    void answer_at(core::Level level) { level_ = level; }

    [[nodiscard]] std::size_t held() const { return held_.size(); }
    [[nodiscard]] std::size_t appends() const { return appends_; }

    /// Called before each append is passed on: another writer may come first.
    std::function<void()> before_append;

    void append(store::AppendRequest request, store::AppendDone done) override {
        if (before_append) before_append();
        if (holding_) {
            held_.emplace_back(std::move(request), std::move(done));
            return;
        }
        ++appends_;
        if (failing_ > 0) {
            --failing_;
            // Later, like every answer: behind a call that changes nothing.
            behind_->list([done = std::move(done)](const auto&) {
                done(base::refuse(base::RefusalCode::unavailable, "", "The disk is full."));
            });
            return;
        }
        if (std::exchange(disowning_, false)) {
            behind_->list([done = std::move(done)](const auto&) {
                store::AppendRefused refused;
                refused.expected_is_in_log = false;
                done(std::move(refused));
            });
            return;
        }
        behind_->append(std::move(request), [level = level_, done = std::move(done)](store::AppendOutcome outcome) {
            if (outcome) {
                if (auto* appended = std::get_if<store::Appended>(&*outcome)) {
                    appended->level = std::min(appended->level, level);
                }
            }
            done(std::move(outcome));
        });
    }
    /// The next logs are not opened: UNAVAILABLE.
    void fail_opens(int count) { failing_opens_ = count; }
    void open(const base::LogId& log, store::OpenDone done) override {
        if (failing_opens_ > 0) {
            --failing_opens_;
            behind_->list([done = std::move(done)](const auto&) {
                done(base::refuse(base::RefusalCode::unavailable, "", "The disk is slow."));
            });
            return;
        }
        behind_->open(log, std::move(done));
    }
    void read(const base::LogId& log, base::Seq from, std::size_t limit, store::ReadDone done) override {
        behind_->read(log, from, limit, std::move(done));
    }
    [[nodiscard]] std::unique_ptr<store::FollowToken> follow(const base::LogId& log, base::Seq from,
                                                             store::Follow follow) override {
        return behind_->follow(log, from, std::move(follow));
    }
    void put_checkpoint(const base::LogId& log, store::Checkpoint checkpoint, store::Done done) override {
        behind_->put_checkpoint(log, std::move(checkpoint), std::move(done));
    }
    void list(store::ListDone done) override { behind_->list(std::move(done)); }
    void shred(const base::LogId& log, store::ShredDone done) override { behind_->shred(log, std::move(done)); }
    void read_keys(const base::LogId& log, std::vector<std::string> names, store::KeysDone done) override {
        behind_->read_keys(log, std::move(names), std::move(done));
    }
    void drop_keys(const base::LogId& log, std::vector<std::string> names, store::ShredDone done) override {
        if (!losing_drops_) behind_->drop_keys(log, std::move(names), std::move(done));
    }
    /// What is to be dropped is not, and nobody is answered: the server is about to die.
    void lose_drops(bool losing) { losing_drops_ = losing; }
    void backup(const std::filesystem::path& file, store::BackupDone done) override {
        behind_->backup(file, std::move(done));
    }
    /// What others append is not heard: the server is cut off from them.
    void cut_off(bool cut_off) { cut_off_ = cut_off; }
    [[nodiscard]] bool hears() const override { return !cut_off_; }
    [[nodiscard]] bool healthy() const override { return behind_->healthy(); }
    [[nodiscard]] base::UtcMs last_alive() const override { return behind_->last_alive(); }
    void put_last_alive(base::UtcMs now) override { behind_->put_last_alive(now); }
    void stop() override { behind_->stop(); }

private:
    store::EventLog* behind_;
    bool holding_ = false;
    bool disowning_ = false;
    bool losing_drops_ = false;
    bool cut_off_ = false;
    int failing_ = 0;
    int failing_opens_ = 0;
    core::Level level_ = core::Level::replicated;
    std::size_t appends_ = 0;
    std::deque<std::pair<store::AppendRequest, store::AppendDone>> held_;
};

}  // namespace marchwire::test
