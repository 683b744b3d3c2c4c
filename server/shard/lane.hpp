// Work that has time, a little of it in each turn: a crowd that comes at once keeps nobody waiting who works.
#pragma once

#include "shard/mailbox.hpp"

#include <cstddef>
#include <deque>
#include <functional>
#include <utility>

namespace marchwire::shard {

/// In order; between two portions everything else that is ready on the shard has its turn. On the shard's thread, which
/// outlives it. Not bounded itself: what followers may ask for at once is, by session and by connections.
class Lane {
public:
    Lane(Mailbox mailbox, std::size_t portion) : mailbox_(std::move(mailbox)), portion_(portion) {}

    void add(std::function<void()> work) {
        waiting_.push_back(std::move(work));
        if (waiting_.size() == 1) go_on_later();
    }
    [[nodiscard]] std::size_t size() const { return waiting_.size(); }

private:
    void go_on_later() {
        mailbox_.post([this] { go_on(); });
    }
    void go_on() {
        for (std::size_t i = 0; i < portion_ && !waiting_.empty(); ++i) {
            const std::function<void()> work = std::move(waiting_.front());
            work();
            waiting_.pop_front();
        }
        if (!waiting_.empty()) go_on_later();
    }

    Mailbox mailbox_;
    std::size_t portion_;
    std::deque<std::function<void()>> waiting_;
};

}  // namespace marchwire::shard
