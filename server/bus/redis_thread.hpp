// A thread for links to Redis and for what is done over them.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

namespace marchwire::bus {

/// One io_context, one thread, one beat. The first member of whoever has it: what lives on it is made after it, begins
/// with `start` and has ended when `stop` returns.
class RedisThread {
public:
    using SteadyTime = std::chrono::steady_clock::time_point;

    [[nodiscard]] boost::asio::io_context& io() { return io_; }
    template <class Do>
    void post(Do act) {
        boost::asio::post(io_, std::move(act));
    }

    /// Once: does `begin`, then `beat` at once and every limits::beat.
    void start(std::function<void()> begin, std::function<void(SteadyTime)> beat);
    /// Does `end`, which leads to `quit` sooner or later, and waits for that. Any thread but this one. Again: does
    /// nothing.
    void stop(std::function<void()> end);
    /// On the thread: nothing more is done.
    void quit();

private:
    void run();
    void beat_on();

    boost::asio::io_context io_{1};
    boost::asio::steady_timer timer_{io_};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
    std::function<void(SteadyTime)> beat_;
    std::once_flag stopped_;
    std::thread thread_;
};

}  // namespace marchwire::bus
