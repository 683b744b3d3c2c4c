// Which phones are to be woken, and once each: those that an order waits for and that nobody hears.
#pragma once

#include "core/command.hpp"
#include "core/model.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace marchwire::core {

/// Somebody does not know yet that there is an order. Says neither its text nor any place.
struct WakeUp {
    LogId march;
    Term term;  ///< the keeper's; a later one may call again with the same key
    std::uint32_t order = 0;
    OrderKind kind = OrderKind::info;
    PersonId person;
    std::uint32_t step = 1;                     ///< 1 when it waits, 2 when its alert was raised
    UtcMs deadline;                             ///< the order's, by the march's clock
    std::vector<PushSubscription> pushes = {};  ///< of this person

    /// By which whoever is called knows it again: (march, order, person, step).
    [[nodiscard]] std::string key() const;
    [[nodiscard]] bool is_urgent() const { return kind == OrderKind::hold || kind == OrderKind::stop; }
    bool operator==(const WakeUp&) const = default;
};

/// Of a person's phone.
struct PhoneHeard {
    bool lately = false;
    UtcMs at;  ///< last; 0: never, as far as is known here
};
using PhoneOf = std::function<PhoneHeard(PersonId)>;

struct Moment {
    UtcMs now;
    Term term;           ///< of the keeper that looks
    Millis undelivered;  ///< a phone that is there has said within this that the order has come
};

/// Since when this recipient cannot be reached: nobody has said that the order came, though there was time for that, or
/// the phone is not heard. Nothing for who has confirmed, has no phone, or has left for today.
[[nodiscard]] std::optional<UtcMs> unreached_since(const Order& order, const Receipt& receipt, const Member& member,
                                                   const Moment& moment, const PhoneHeard& phone);

/// Of all open orders, those whose receipts do not say so yet: at most limits::unreached_told, for ObserveUnreached.
[[nodiscard]] std::vector<Unreached> unreached(const MarchState& state, const Moment& moment, const PhoneOf& phone_of);

/// What one keeper has called for in one term. At most a byte for each recipient of an open order.
class Waking {
public:
    /// Call each second. Each (order, person, step) once a term; with a new term everybody may be called again.
    [[nodiscard]] std::vector<WakeUp> due(const MarchState& state, const Moment& moment, const PhoneOf& phone_of);

private:
    Term term_;
    std::map<std::uint32_t, std::vector<std::uint8_t>> called_;  ///< by order: by ordinal the highest step
};

}  // namespace marchwire::core
