#include "outbox/deliveries.hpp"

#include "base/limits.hpp"
#include "base/outcome.hpp"

#include <algorithm>

namespace marchwire::outbox {
namespace {

namespace limits = base::limits;

/// Before the try after so many: anything up to a wait that doubles.
base::Millis wait_after(int tries, double chance) {
    std::int64_t most = limits::outbox_retry_first.value;
    for (int i = 1; i < tries && most < limits::outbox_retry_most.value; ++i) most *= 2;
    most = std::min(most, limits::outbox_retry_most.value);
    return {static_cast<std::int64_t>(static_cast<double>(most) * std::clamp(chance, 0.0, 1.0))};
}

/// Worth another try: it may be otherwise then.
bool may_pass(const Answer& answer) {
    constexpr std::uint32_t request_timeout = 408;
    constexpr std::uint32_t too_many_requests = 429;
    if (answer.status == 0) return !answer.hopeless;
    return answer.status >= 500 || answer.status == request_timeout || answer.status == too_many_requests;
}

}  // namespace

void Deliveries::put(Delivery delivery, base::UtcMs at) {
    Queue& queue = queue_of(delivery);
    const std::uint64_t number = delivery.number;
    queue.due.emplace(at, number);
    queue.all.emplace(number, std::pair(at, std::move(delivery)));
}

Delivery Deliveries::take(Queue& queue, std::uint64_t number) {
    const auto found = queue.all.find(number);
    MARCHWIRE_INVARIANT(found != queue.all.end());
    queue.due.erase({found->second.first, number});
    Delivery delivery = std::move(found->second.second);
    queue.all.erase(found);
    return delivery;
}

std::optional<Delivery> Deliveries::push(Delivery delivery, base::UtcMs now) {
    std::optional<Delivery> dropped;
    if (waiting() >= limits::outbox_waiting) {
        Queue& calm = queues_[1];
        if (calm.all.empty()) return delivery;
        dropped = take(calm, calm.all.begin()->first);
    }
    delivery.number = ++numbered_;
    put(std::move(delivery), now);
    return dropped;
}

Deliveries::Next Deliveries::next(base::UtcMs now) {
    std::optional<base::UtcMs> soonest;
    for (Queue& queue : queues_) {
        if (queue.due.empty()) continue;
        const auto [at, number] = *queue.due.begin();
        if (at <= now) return take(queue, number);
        soonest = soonest ? std::min(*soonest, at) : at;
    }
    if (soonest) return *soonest;
    return {};
}

Verdict Deliveries::answered(Delivery delivery, const Answer& answer, base::UtcMs now, double chance) {
    constexpr std::uint32_t not_found = 404;
    constexpr std::uint32_t no_longer_there = 410;
    if (answer.status >= 200 && answer.status < 300) return Verdict::done;
    if (answer.status == not_found || answer.status == no_longer_there) return Verdict::gone;
    if (!may_pass(answer)) return Verdict::refused;
    ++delivery.tries;
    const base::Millis wait = std::max(wait_after(delivery.tries, chance), answer.retry_after);
    if (delivery.tries >= limits::outbox_tries || now + wait > delivery.until) return Verdict::exhausted;
    put(std::move(delivery), now + wait);
    return Verdict::retried;
}

}  // namespace marchwire::outbox
