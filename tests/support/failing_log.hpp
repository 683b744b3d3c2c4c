// A log that fails, holds back or loses answers when a test says so, in front of a real one.
#pragma once

#include "store/event_log.hpp"

#include <deque>
#include <memory>
#include <mutex>
#include <vector>

namespace marchwire::support {

/// Passes everything on to `inner` but for the appends that were scripted. Any thread, as EventLog; answers come
/// on the inner store's thread.
class FailingLog final : public store::EventLog {
public:
    enum class Fate : std::uint8_t {
        pass,
        fail,         ///< not stored, answered UNAVAILABLE
        withhold,     ///< stored, but answered only at `release()`: what a caller does before that, it did too early
        hold_back,    ///< not even stored before `release()`
        lose_answer,  ///< stored, but answered UNAVAILABLE, as by a link that broke after the request left
    };
    explicit FailingLog(store::EventLog& inner) : inner_(inner) {}

    /// What becomes of the next appends, one each; after them all pass.
    void script(std::vector<Fate> fates);
    /// Gives all answers and appends that are held, in their order.
    void release();
    /// How many are held.
    [[nodiscard]] std::size_t held();

    void append(store::AppendRequest request, store::AppendDone done) override;
    void open(const base::LogId& log, store::OpenDone done) override { inner_.open(log, std::move(done)); }
    void read(const base::LogId& log, base::Seq from, std::size_t limit, store::ReadDone done) override {
        inner_.read(log, from, limit, std::move(done));
    }
    [[nodiscard]] std::unique_ptr<store::FollowToken> follow(const base::LogId& log, base::Seq from,
                                                             store::Follow follow) override {
        return inner_.follow(log, from, std::move(follow));
    }
    void put_checkpoint(const base::LogId& log, store::Checkpoint checkpoint, store::Done done) override {
        inner_.put_checkpoint(log, std::move(checkpoint), std::move(done));
    }
    void list(store::ListDone done) override { inner_.list(std::move(done)); }
    void shred(const base::LogId& log, store::ShredDone done) override { inner_.shred(log, std::move(done)); }
    void read_keys(const base::LogId& log, std::vector<std::string> names, store::KeysDone done) override {
        inner_.read_keys(log, std::move(names), std::move(done));
    }
    void drop_keys(const base::LogId& log, std::vector<std::string> names, store::ShredDone done) override {
        inner_.drop_keys(log, std::move(names), std::move(done));
    }
    void backup(const std::filesystem::path& file, store::BackupDone done) override {
        inner_.backup(file, std::move(done));
    }
    [[nodiscard]] bool hears() const override { return inner_.hears(); }
    [[nodiscard]] bool healthy() const override { return inner_.healthy(); }
    [[nodiscard]] base::UtcMs last_alive() const override { return inner_.last_alive(); }
    void put_last_alive(base::UtcMs now) override { inner_.put_last_alive(now); }
    /// What is held is answered UNAVAILABLE by the inner store or, when it is an answer, given.
    void stop() override;

private:
    [[nodiscard]] Fate next_fate();
    void hold(std::function<void()> action);

    store::EventLog& inner_;
    std::mutex mutex_;
    std::deque<Fate> script_;
    std::deque<std::function<void()>> held_;
};

}  // namespace marchwire::support
