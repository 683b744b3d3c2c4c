#include "core/order.hpp"

#include "base/limits.hpp"
#include "core/duty.hpp"
#include "core/model.hpp"

#include <algorithm>

namespace marchwire::core {
namespace {

/// Whoever has left for today is not waited for.
bool is_awaited(const MarchState& state, const Receipt& receipt) {
    return !is_answered(receipt.state) && !is_gone(state.roster[receipt.ordinal].duty);
}

}  // namespace

const Receipt* Order::receipt(std::uint32_t ordinal) const {
    const auto found = std::ranges::lower_bound(receipts, ordinal, {}, &Receipt::ordinal);
    return found == receipts.end() || found->ordinal != ordinal ? nullptr : &*found;
}

Millis time_to_answer(OrderKind kind) {
    namespace limits = base::limits;
    switch (kind) {
        case OrderKind::hold:
        case OrderKind::stop: return limits::order_due_halt;
        case OrderKind::info: return limits::order_due_info;
        case OrderKind::roll_call: return limits::roll_call_due;
        case OrderKind::slow:
        case OrderKind::resume:
        case OrderKind::reroute:
        case OrderKind::close_up:
        case OrderKind::staff_intersection:
        case OrderKind::disperse: return limits::order_due;
    }
    return limits::order_due;
}

AlertKind alert_of(OrderKind kind) {
    return kind == OrderKind::roll_call ? AlertKind::roll_call_incomplete : AlertKind::order_unacked;
}

bool is_meant(const OrderAudience& audience, const Member& member) {
    switch (audience.kind) {
        case AudienceKind::all: return true;
        case AudienceKind::role: return member.role == audience.role;
        case AudienceKind::section: return member.section != 0 && member.section == audience.section;
        case AudienceKind::names: return std::ranges::find(audience.names, member.person) != audience.names.end();
    }
    return false;
}

bool is_recipient(const Order& order, const Member& member, Duty duty) {
    const bool comes = order.audience.with_confirmed && duty == Duty::confirmed;
    return (is_present(duty) || comes) && member.role != Role::legal_observer && member.person != order.issuer &&
           is_meant(order.audience, member);
}

std::vector<std::uint32_t> missing(const MarchState& state, const Order& order) {
    std::vector<std::uint32_t> ordinals;
    for (const Receipt& receipt : order.receipts) {
        if (is_awaited(state, receipt)) ordinals.push_back(receipt.ordinal);
    }
    return ordinals;
}

bool is_complete(const MarchState& state, const Order& order) {
    return std::ranges::none_of(order.receipts, [&](const Receipt& receipt) { return is_awaited(state, receipt); });
}

}  // namespace marchwire::core
