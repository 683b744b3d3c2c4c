// The calls of one way out that are still to be made: which is next, which is tried again and when, which is given up.
// A machine without sockets, clock or chance.
#pragma once

#include "base/units.hpp"
#include "core/waking.hpp"
#include "outbox/request.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <variant>

namespace marchwire::outbox {

/// One call: to the webhook, or to one of the person's devices.
struct Delivery {
    std::shared_ptr<const core::WakeUp> call;
    std::size_t push = 0;  ///< of call->pushes
    base::UtcMs until;     ///< by the machine's clock: not tried beyond it
    int tries = 0;         ///< made so far
    std::uint64_t number = 0;
};

/// What an answer means.
enum class Verdict : std::uint8_t {
    done,       ///< 2xx: whoever was called has it
    retried,    ///< waits for its next try
    refused,    ///< it would be refused again: a 4xx, a redirect, an address that may not be called
    exhausted,  ///< too many tries, or its time is over
    gone,       ///< 404, 410: nobody is there any more
};

/// At most limits::outbox_waiting. Urgent ones before all others, else by time. `now` is the machine's steady time.
class Deliveries {
public:
    /// One that had to go since there is no room: the oldest that is not urgent, or, when all are, this one.
    [[nodiscard]] std::optional<Delivery> push(Delivery delivery, base::UtcMs now);
    /// The next to be made at `now`, which is no longer waiting; else when there is one; else nothing.
    using Next = std::variant<std::monostate, Delivery, base::UtcMs>;
    [[nodiscard]] Next next(base::UtcMs now);
    /// What `next` gave was answered. `chance` is anything from 0 to 1: retries are spread over their wait (full
    /// jitter), but never before the receiver wants them.
    [[nodiscard]] Verdict answered(Delivery delivery, const Answer& answer, base::UtcMs now, double chance);
    [[nodiscard]] std::size_t waiting() const { return queues_[0].all.size() + queues_[1].all.size(); }

private:
    struct Queue {
        std::map<std::uint64_t, std::pair<base::UtcMs, Delivery>> all;  ///< by number: by age
        std::set<std::pair<base::UtcMs, std::uint64_t>> due;
    };
    void put(Delivery delivery, base::UtcMs at);
    [[nodiscard]] static Delivery take(Queue& queue, std::uint64_t number);
    [[nodiscard]] Queue& queue_of(const Delivery& delivery) { return queues_[delivery.call->is_urgent() ? 0 : 1]; }

    std::array<Queue, 2> queues_;  ///< urgent, calm
    std::uint64_t numbered_ = 0;
};

}  // namespace marchwire::outbox
