#include "core/waking.hpp"

#include "base/limits.hpp"
#include "core/decide_family.hpp"
#include "core/duty.hpp"

#include <algorithm>
#include <unordered_map>

namespace marchwire::core {

std::string WakeUp::key() const {
    return march.text() + "/" + std::to_string(order) + "/" + std::to_string(person.value) + "/" + std::to_string(step);
}

std::optional<UtcMs> unreached_since(const Order& order, const Receipt& receipt, const Member& member,
                                     const Moment& moment, const PhoneHeard& phone) {
    if (receipt.state != ReceiptState::queued || member.no_phone || is_gone(member.duty)) return std::nullopt;
    // Whoever came on duty later was asked then.
    const UtcMs asked_at = std::max(order.issued_at, member.duty_since);
    if (phone.lately && moment.now - asked_at < moment.undelivered) return std::nullopt;
    return phone.lately || !phone.at ? asked_at : phone.at;
}

std::vector<Unreached> unreached(const MarchState& state, const Moment& moment, const PhoneOf& phone_of) {
    std::vector<Unreached> recipients;
    for (const Order& order : state.orders) {
        if (order.state != OrderState::open) continue;
        for (const Receipt& receipt : order.receipts) {
            if (receipt.state != ReceiptState::queued || receipt.unreached_since) continue;
            if (recipients.size() == base::limits::unreached_told) return recipients;
            const Member& member = state.roster[receipt.ordinal];
            const auto since = unreached_since(order, receipt, member, moment, phone_of(member.person));
            if (since) recipients.push_back({order.number, receipt.ordinal, *since});
        }
    }
    return recipients;
}

Decision decide_on(const Ask& ask, const ObserveUnreached& wish) {
    if (auto wrong = check_term(ask.state, wish.term)) return *wrong;
    // Whoever has confirmed meanwhile was reached.
    std::map<std::uint32_t, ReceiptsMoved> moved;
    for (const Unreached& one : wish.recipients) {
        const Order* order = ask.state.order(one.order);
        const Receipt* receipt = order == nullptr ? nullptr : order->receipt(one.ordinal);
        if (receipt == nullptr || receipt->state != ReceiptState::queued || receipt->unreached_since) continue;
        ReceiptsMoved& event = moved[one.order];
        event.order = one.order;
        event.receipts.push_back(*receipt);
        event.receipts.back().unreached_since = one.since;
    }
    if (moved.empty()) return base::refuse(base::RefusalCode::not_found, "recipients", "Nothing of this is news.");
    Events events;
    for (auto& [order, event] : moved) events.emplace_back(std::move(event));
    return events;
}

std::vector<WakeUp> Waking::due(const MarchState& state, const Moment& moment, const PhoneOf& phone_of) {
    if (moment.term != term_) called_.clear();
    term_ = moment.term;
    std::erase_if(called_, [&](const auto& entry) {
        const Order* order = state.order(entry.first);
        return order == nullptr || order->state != OrderState::open;
    });
    std::vector<WakeUp> calls;
    for (const Order& order : state.orders) {
        if (order.state != OrderState::open) continue;
        const std::uint8_t step = order.escalated ? 2 : 1;
        auto& called = called_[order.number];
        called.resize(state.roster.size());
        for (const Receipt& receipt : order.receipts) {
            const Member& member = state.roster[receipt.ordinal];
            if (called[receipt.ordinal] >= step || receipt.state != ReceiptState::queued) continue;
            if (!unreached_since(order, receipt, member, moment, phone_of(member.person))) continue;
            called[receipt.ordinal] = step;
            calls.push_back({state.id, moment.term, order.number, order.kind, member.person, step, order.deadline});
        }
    }
    if (calls.empty() || state.pushes.empty()) return calls;
    std::unordered_map<PersonId, std::vector<PushSubscription>> pushes;
    for (const PushSubscription& push : state.pushes) pushes[push.person].push_back(push);
    for (WakeUp& call : calls) {
        if (const auto found = pushes.find(call.person); found != pushes.end()) call.pushes = found->second;
    }
    return calls;
}

}  // namespace marchwire::core
