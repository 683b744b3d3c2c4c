// What is due of orders: one alert per order when its deadline has passed without all answers, its ladder, and its end
// when nobody is waited for any more. That somebody was heard, or has left, is looked for at each tick.
#include "core/decide_family.hpp"
#include "core/duty.hpp"

#include "base/limits.hpp"

#include <algorithm>

namespace marchwire::core {
namespace {

namespace limits = base::limits;

constexpr std::uint32_t rung_section_leads = 1;
constexpr std::uint32_t rung_city_leads = 2;

bool is_over(const MarchState& state, const Order* order) {
    return order == nullptr || order->state != OrderState::open || is_complete(state, *order);
}

/// The step from `step` on that has somebody. The national desk is told of a STOP; of others it learns when nobody is
/// left (DOMAIN, alerts).
AlertStepped step_from(const MarchState& state, const Order& order, const Alert& alert, std::uint32_t step, UtcMs now) {
    const auto ordinals = missing(state, order);
    std::vector<PersonId> persons;
    while (step < rung_national_desk && (persons = order_rung(state, order, ordinals, step)).empty()) ++step;
    const bool nobody_left = step > rung_national_desk || (step == rung_national_desk && order.kind != OrderKind::stop);
    if (nobody_left) {
        return {alert.key, AlertState::exhausted, rung_exhausted, alert.version + 1, UtcMs{}, {}};
    }
    const bool halts = order.kind == OrderKind::hold || order.kind == OrderKind::stop;
    const Millis wait = halts ? limits::order_step_halt : limits::ladder_step;
    return {alert.key, AlertState::notifying, step, alert.version + 1, now + wait, std::move(persons)};
}

void raise_unanswered(const MarchState& state, const Order& order, UtcMs now, Events& events) {
    Alert alert;
    alert.key = {alert_of(order.kind), {}, order.number};
    alert.version = 1;
    alert.raised_at = now;
    alert.step_at = now;
    events.emplace_back(AlertRaised{alert});
    events.emplace_back(step_from(state, order, alert, rung_section_leads, now));
}

void check_alert(const MarchState& state, const Alert& alert, UtcMs now, Events& events) {
    if (!is_of_order(alert.key.kind)) return;
    const Order* order = order_of(state, alert.key);
    if (is_over(state, order)) {
        if (now < alert.raised_at) return;
        events.emplace_back(AlertCleared{alert.key, alert.version + 1, PersonId{}, "nobody is waited for"});
    } else if (alert.state == AlertState::notifying && now >= alert.step_at) {
        events.emplace_back(step_from(state, *order, alert, alert.step + 1, now));
    }
}

}  // namespace

const Order* order_of(const MarchState& state, const AlertKey& key) {
    return is_of_order(key.kind) ? state.order(key.number) : nullptr;
}

std::vector<PersonId> order_rung(const MarchState& state, const Order& order,
                                 const std::vector<std::uint32_t>& ordinals, std::uint32_t step) {
    std::vector<bool> sections(limits::sections + 1);
    for (const std::uint32_t ordinal : ordinals) sections[state.roster[ordinal].section] = true;
    std::vector<PersonId> persons;
    for (const Member& member : state.roster) {
        const bool leads = member.role == Role::section_lead && member.section != 0 && sections[member.section];
        const bool told = step == rung_section_leads ? leads || member.person == order.issuer
                                                     : step == rung_city_leads && member.role == Role::city_lead;
        if (told && !is_gone(member.duty)) persons.push_back(member.person);
    }
    return persons;
}

std::vector<PersonId> told_of_order(const MarchState& state, const Order& order, std::uint32_t step) {
    std::vector<std::uint32_t> all;
    all.reserve(order.receipts.size());
    for (const Receipt& receipt : order.receipts) all.push_back(receipt.ordinal);
    std::vector<PersonId> persons;
    for (std::uint32_t reached = rung_section_leads; reached <= std::min(step, rung_city_leads); ++reached) {
        for (const PersonId person : order_rung(state, order, all, reached))
            if (std::ranges::find(persons, person) == persons.end()) persons.push_back(person);
    }
    return persons;
}

void due_of_orders(const MarchState& state, UtcMs now, Events& events) {
    for (const auto& [key, alert] : state.alerts) check_alert(state, alert, now, events);
    OrdersEnded closed;
    for (const Order& order : state.orders) {
        if (order.state != OrderState::open || now < order.deadline) continue;
        if (!is_complete(state, order)) {
            if (!order.escalated) raise_unanswered(state, order, now, events);
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
        if (complete ? !stands(order.kind) : !order.escalated) consider(order.deadline);
    }
    for (const auto& [key, alert] : state.alerts) {
        if (is_of_order(key.kind) && is_over(state, order_of(state, key))) consider(alert.raised_at);
    }
    return next;
}

}  // namespace marchwire::core
