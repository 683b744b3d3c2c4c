// What one session has still to send.
#include "fanout/send_queue.hpp"

#include "base/outcome.hpp"

#include <utility>

namespace marchwire::fanout {
namespace {

/// From so many messages taken on the front of a line is cut off, so that a line that is never empty stays short.
constexpr std::size_t cut_after = 64;

}  // namespace

Pushed SendQueue::push(DeliveryClass delivery, wire::Frame message) {
    MARCHWIRE_INVARIANT(message != nullptr);
    MARCHWIRE_INVARIANT(delivery != DeliveryClass::c);  // those wait in their topic's table
    const bool answer = delivery == DeliveryClass::d;
    Line& line = answer ? answers_ : ordered_;
    const std::size_t bytes = message->size();
    if (line.bytes + bytes > (answer ? limits_.answer_bytes : limits_.ordered_bytes)) return Pushed::refused;
    if (!budget_->take(bytes)) return Pushed::refused;
    line.bytes += bytes;
    line.messages.push_back(std::move(message));
    return Pushed::accepted;
}

wire::Frame SendQueue::next(Line& line) {
    if (line.empty()) return nullptr;
    wire::Frame message = std::move(line.messages[line.head++]);
    line.bytes -= message->size();
    budget_->give_back(message->size());
    if (line.empty()) {
        std::vector<wire::Frame>().swap(line.messages);  // = {} would keep the memory
        line.head = 0;
    } else if (line.head >= cut_after && line.head * 2 >= line.messages.size()) {
        line.messages.erase(line.messages.begin(), line.messages.begin() + static_cast<std::ptrdiff_t>(line.head));
        line.head = 0;
    }
    return message;
}

void SendQueue::clear() {
    budget_->give_back(bytes());
    ordered_ = {};
    answers_ = {};
}

}  // namespace marchwire::fanout
