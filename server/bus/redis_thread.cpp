// A thread for links to Redis.
#include "bus/redis_thread.hpp"

#include "base/limits.hpp"
#include "base/outcome.hpp"

#include <exception>

namespace marchwire::bus {

void RedisThread::start(std::function<void()> begin, std::function<void(SteadyTime)> beat) {
    beat_ = std::move(beat);
    post([this, begin = std::move(begin)] {
        begin();
        beat_on();
    });
    thread_ = std::thread([this] { run(); });
}

void RedisThread::stop(std::function<void()> end) {
    std::call_once(stopped_, [&] {
        MARCHWIRE_INVARIANT(thread_.get_id() != std::this_thread::get_id());
        post(std::move(end));
        thread_.join();
    });
}

void RedisThread::quit() {
    timer_.cancel();
    work_.reset();
    io_.stop();
}

void RedisThread::run() {
    try {
        io_.run();
    } catch (const std::exception& failed) {
        base::invariant_broken(failed.what(), __FILE__, __LINE__);
    }
}

void RedisThread::beat_on() {
    beat_(std::chrono::steady_clock::now());
    timer_.expires_after(std::chrono::milliseconds(base::limits::beat.value));
    timer_.async_wait([this](const auto& error) {
        if (!error) beat_on();
    });
}

}  // namespace marchwire::bus
