// What is due of orders: one alert per order when its deadline has passed without all answers, and its end
// when nobody is waited for any more. That somebody was heard, or has left, is looked for at each tick.
#include "core/conditions.hpp"
#include "core/decide_family.hpp"
#include "core/ladder.hpp"

#include <utility>

namespace marchwire::core {
namespace {

bool is_over(const MarchState& state, const Order* order) {
    return order == nullptr || order->state != OrderState::open || is_complete(state, *order);
}

/// Its deadline calls for an alert, where the march's preset has that.
bool may_alert(const MarchState& state, const Order& order) {
    return !order.escalated && is_on(state.policy, alert_of(order.kind));
}

}  // namespace

bool is_idle_order_alert(const MarchState& state, const AlertKey& key) {
    return is_of_order(key.kind) && (!is_on(state.policy, key.kind) || is_over(state, order_of(state, key)));
}

void due_of_orders(const MarchState& state, UtcMs now, Events& events) {
    for (const auto& [key, alert] : state.alerts) {
        if (now < alert.raised_at || !is_idle_order_alert(state, key)) continue;
        const bool on = is_on(state.policy, key.kind);
        events.emplace_back(
            AlertCleared{key, alert.version + 1, PersonId{}, on ? "nobody is waited for" : "such alerts are off"});
    }
    OrdersEnded closed;
    for (const Order& order : state.orders) {
        if (order.state != OrderState::open || now < order.deadline) continue;
        if (!is_complete(state, order)) {
            if (may_alert(state, order)) raise(state, {alert_of(order.kind), {}, order.number}, false, now, events);
        } else if (!stands(order.kind)) {
            closed.orders.push_back(order.number);
        }
    }
    if (!closed.orders.empty()) events.emplace_back(std::move(closed));
}

UtcMs next_due_of_orders(const MarchState& state) {
    UtcMs next;
    const auto consider = [&](UtcMs at) {
        if (at && (!next || at < next)) next = at;
    };
    for (const Order& order : state.orders) {
        if (order.state != OrderState::open) continue;
        const bool complete = is_complete(state, order);
        if (complete ? !stands(order.kind) : may_alert(state, order)) consider(order.deadline);
    }
    for (const auto& [key, alert] : state.alerts) {
        if (is_idle_order_alert(state, key)) consider(alert.raised_at);
    }
    return next;
}

}  // namespace marchwire::core
