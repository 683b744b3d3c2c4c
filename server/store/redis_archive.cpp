// The archives of all logs in Redis.
#include "store/redis_archive.hpp"

#include "base/log.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace marchwire::store {

RedisArchive::RedisArchive(const bus::RedisSettings& settings, ArchiveBounds bounds)
    : bounds_(bounds),
      scripts_(ArchiveWork::script_texts()),
      client_(thread_.io(), settings, bus::LinkUse::requests,
              {[this](const auto&) { on_ready(); }, [this](const auto&) { loaded_ = false; }, {}}) {
    thread_.start([] {}, [this](auto) { next(); });
}

void RedisArchive::look(const LogId& log, std::function<void()> done) {
    thread_.post([this, wish = Wish{log, std::move(done)}]() mutable { add(std::move(wish)); });
}

void RedisArchive::stop() {
    thread_.stop([this] {
        client_.stop();
        thread_.quit();
    });
}

void RedisArchive::add(Wish wish) {
    const bool waits = std::ranges::any_of(wishes_, [&](const Wish& one) { return one.log == wish.log; });
    if (waits && !wish.done) return;
    wishes_.push_back(std::move(wish));
    if (!std::exchange(started_, true)) client_.start();
    next();
}

void RedisArchive::on_ready() {
    scripts_.load(client_, [this](const std::string& refused) {
        loaded_ = refused.empty();
        if (!loaded_) base::log_error("archive_scripts_refused", "why=\"{}\"", refused);
        next();
    });
}

void RedisArchive::next() {
    if (work_ || wishes_.empty() || !loaded_ || !client_.takes()) return;
    work_.emplace(wishes_.front().log, bounds_);
    step();
}

void RedisArchive::step() {
    const RedisCommand command = work_->command(scripts_);
    client_.request(command.words(), [this](const bus::Reply* reply) {
        // A lost link: the entries are in the stream or in the archive, and the next look finds out.
        if (reply == nullptr) return end_work();
        const std::size_t before = work_->blocks();
        work_->take(*reply);
        blocks_ += work_->blocks() - before;
        if (!work_->is_over()) return step();
        if (reply->is_error() && bus::fault_of(reply->text) != bus::RedisFault::other) client_.renew(reply->text);
        end_work();
    });
}

void RedisArchive::end_work() {
    const std::string log = work_->log().text();
    if (work_->standing() == ArchiveWork::Standing::failed) {
        base::log_warn("archive_failed", "log={} why=\"{}\"", log, work_->why());
    } else if (work_->blocks() != 0) {
        base::log_info("archived", "log={} blocks={}", log, work_->blocks());
    }
    work_.reset();
    const Wish wish = std::move(wishes_.front());
    wishes_.pop_front();
    if (wish.done) wish.done();
    next();
}

}  // namespace marchwire::store
