// A log in Redis that archives after every append, as far as it may, before the append is answered. (tests)
#pragma once

#include "store/redis_log.hpp"

#include <future>
#include <memory>
#include <utility>

namespace marchwire::test {

/// So whatever is asked of it next finds blocks where others find a stream.
class ArchivingLog final : public store::EventLog {
public:
    explicit ArchivingLog(std::unique_ptr<store::RedisLog> log) : log_(std::move(log)) {}

    void append(store::AppendRequest request, store::AppendDone done) override {
        auto archived = [this, log = request.log, done = std::move(done)](store::AppendOutcome outcome) {
            // On the store's thread: what was called later waits as well.
            if (outcome && std::holds_alternative<store::Appended>(*outcome)) archive(log);
            done(std::move(outcome));
        };
        log_->append(std::move(request), std::move(archived));
    }
    void open(const base::LogId& log, store::OpenDone done) override { log_->open(log, std::move(done)); }
    void read(const base::LogId& log, base::Seq from, std::size_t limit, store::ReadDone done) override {
        log_->read(log, from, limit, std::move(done));
    }
    [[nodiscard]] std::unique_ptr<store::FollowToken> follow(const base::LogId& log, base::Seq from,
                                                             store::Follow follow) override {
        return log_->follow(log, from, std::move(follow));
    }
    void put_checkpoint(const base::LogId& log, store::Checkpoint checkpoint, store::Done done) override {
        log_->put_checkpoint(log, std::move(checkpoint), std::move(done));
    }
    void list(store::ListDone done) override { log_->list(std::move(done)); }
    void shred(const base::LogId& log, store::ShredDone done) override { log_->shred(log, std::move(done)); }
    void read_keys(const base::LogId& log, std::vector<std::string> names, store::KeysDone done) override {
        log_->read_keys(log, std::move(names), std::move(done));
    }
    void drop_keys(const base::LogId& log, std::vector<std::string> names, store::ShredDone done) override {
        log_->drop_keys(log, std::move(names), std::move(done));
    }
    void backup(const std::filesystem::path& file, store::BackupDone done) override {
        log_->backup(file, std::move(done));
    }
    [[nodiscard]] bool healthy() const override { return log_->healthy(); }
    [[nodiscard]] base::UtcMs last_alive() const override { return log_->last_alive(); }
    void put_last_alive(base::UtcMs now) override { log_->put_last_alive(now); }
    void stop() override { log_->stop(); }

private:
    void archive(const base::LogId& log) {
        auto promise = std::make_shared<std::promise<void>>();
        auto archived = promise->get_future();
        log_->archive(log, [promise = std::move(promise)] { promise->set_value(); });
        archived.wait();
    }

    std::unique_ptr<store::RedisLog> log_;
};

}  // namespace marchwire::test
