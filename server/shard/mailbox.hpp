// The one way from thread to thread: work that owns its data, done later on a shard's own thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <memory>
#include <utility>

namespace marchwire::shard {

/// Names a shard's thread. Copies name the same. Keeps the io_context alive, since a store may answer after
/// the shard has gone: then the work is dropped unrun. What is posted first is done first. Not bounded itself: commands
/// are bounded by the desks' queues and the sessions' rates, items by what desks store, store answers by what was
/// asked.
class Mailbox {
public:
    explicit Mailbox(std::shared_ptr<boost::asio::io_context> to) : to_(std::move(to)) {}

    template <class Work>
    void post(Work&& work) const {
        boost::asio::post(*to_, std::forward<Work>(work));
    }
    /// Real time, also where a test drives the clock.
    template <class Work>
    void post_after(std::chrono::microseconds delay, Work work) const {
        auto timer = std::make_shared<boost::asio::steady_timer>(*to_, delay);
        timer->async_wait([timer, work = std::move(work)](const auto& error) {
            if (!error) work();
        });
    }

private:
    std::shared_ptr<boost::asio::io_context> to_;
};

}  // namespace marchwire::shard
