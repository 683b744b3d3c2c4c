// Receipts: how far an order has come with those whom it is for. They only move right (DESIGN 2).
#include "core/decide_family.hpp"
#include "core/duty.hpp"

#include "base/limits.hpp"

#include <algorithm>
#include <utility>

namespace marchwire::core {
namespace {

namespace limits = base::limits;
using base::RefusalCode;

base::Refusal no_such_order() {
    return base::refuse(RefusalCode::not_found, "order", "There is no such order, or it ended long ago.");
}

base::Refusal not_right(const Receipt& receipt) {
    return base::refuse(RefusalCode::invalid_transition, "order",
                        "This receipt is " + std::string(name_of(receipt.state)) + " already; receipts only go on.");
}

/// The order and the own receipt. It may have ended: a phone that was off-line is late.
struct Own {
    const Order* order = nullptr;
    Receipt receipt;
};
base::Result<Own> own_receipt(const Ask& ask, std::uint32_t number) {
    const Order* order = ask.state.order(number);
    if (order == nullptr) return no_such_order();
    const Receipt* receipt = ask.self == nullptr ? nullptr : order->receipt(ask.self->ordinal);
    if (receipt == nullptr) return denied(Action::receipt);
    return Own{order, *receipt};
}

/// Whoever confirms, or is heard, has been reached.
Receipt reached(Receipt receipt, ReceiptState state) {
    receipt.state = state;
    receipt.unreached_since = {};
    return receipt;
}

Decision moved(const Own& own, ReceiptState to) {
    if (is_answered(own.receipt.state) || own.receipt.state >= to) return not_right(own.receipt);
    return events_of(ReceiptsMoved{own.order->number, {reached(own.receipt, to)}, {}});
}

/// Of those whom somebody was heard for, by place in the roster.
base::Result<std::vector<std::uint32_t>> spoken_for(const Ask& ask, const Order& order,
                                                    const std::vector<PersonId>& names) {
    std::vector<std::uint32_t> ordinals;
    for (const PersonId name : names) {
        const Member* member = ask.state.member(name);
        if (member == nullptr || order.receipt(member->ordinal) == nullptr) {
            return base::refuse(RefusalCode::not_found, "on_behalf_of", "This order is not for that person.");
        }
        if (!may_speak_for(ask, *member)) return denied(Action::on_behalf);
        ordinals.push_back(member->ordinal);
    }
    std::ranges::sort(ordinals);
    ordinals.erase(std::unique(ordinals.begin(), ordinals.end()), ordinals.end());
    return ordinals;
}

std::vector<std::uint32_t> of_section(const Ask& ask, const Order& order, std::uint32_t section) {
    std::vector<std::uint32_t> ordinals;
    for (const Receipt& receipt : order.receipts) {
        const Member& member = ask.state.roster[receipt.ordinal];
        if (member.section == section && may_speak_for(ask, member)) ordinals.push_back(receipt.ordinal);
    }
    return ordinals;
}

/// Those who have answered themselves stay as they are.
Decision acked_for(const Ask& ask, const Order& order, const std::vector<std::uint32_t>& ordinals, HeardBy heard_by) {
    ReceiptsMoved event{order.number, {}, {}};
    for (const std::uint32_t ordinal : ordinals) {
        Receipt receipt = *order.receipt(ordinal);
        if (is_answered(receipt.state)) continue;
        receipt = reached(std::move(receipt), ReceiptState::acked);
        if (ask.self == nullptr || ask.self->ordinal != ordinal) {
            receipt.by = ask.actor.person;
            receipt.heard_by = heard_by;
        }
        event.receipts.push_back(std::move(receipt));
    }
    if (event.receipts.empty()) {
        return base::refuse(RefusalCode::invalid_transition, "order", "All of these have answered already.");
    }
    return events_of(std::move(event));
}

Complaint check_heard(HeardBy heard_by) {
    if (heard_by != HeardBy::none) return std::nullopt;
    return base::invalid("heard_by", "Say how you know: by radio, by phone, by voice, or seen.");
}

}  // namespace

Decision decide_on(const Ask& ask, const MarkDelivered& wish) {
    const auto own = own_receipt(ask, wish.order);
    return own ? moved(*own, ReceiptState::delivered) : Decision(own.error());
}

Decision decide_on(const Ask& ask, const MarkSeen& wish) {
    const auto own = own_receipt(ask, wish.order);
    return own ? moved(*own, ReceiptState::seen) : Decision(own.error());
}

Decision decide_on(const Ask& ask, const Acknowledge& wish) {
    const Order* order = ask.state.order(wish.order);
    if (order == nullptr) return no_such_order();
    if (order->kind == OrderKind::roll_call) {
        return base::invalid("order", "Answer a roll call with the number of people with you.");
    }
    if (wish.on_behalf_of.empty() && wish.section == 0) {
        const auto own = own_receipt(ask, wish.order);
        return own ? moved(*own, ReceiptState::acked) : Decision(own.error());
    }
    if (auto wrong = check_heard(wish.heard_by)) return *wrong;
    if (!wish.on_behalf_of.empty() && wish.section != 0) {
        return base::invalid("section", "Name people or a section, not both.");
    }
    if (wish.on_behalf_of.size() > limits::order_names) {
        return base::invalid("on_behalf_of", "Name at most " + std::to_string(limits::order_names) + " people.");
    }
    if (wish.section != 0) {
        const auto ordinals = of_section(ask, *order, wish.section);
        if (ordinals.empty()) return denied(Action::on_behalf);
        return acked_for(ask, *order, ordinals, wish.heard_by);
    }
    const auto ordinals = spoken_for(ask, *order, wish.on_behalf_of);
    return ordinals ? acked_for(ask, *order, *ordinals, wish.heard_by) : Decision(ordinals.error());
}

Decision decide_on(const Ask& ask, const Decline& wish) {
    const auto own = own_receipt(ask, wish.order);
    if (!own) return own.error();
    if (auto wrong = check_text(wish.reason, "reason", limits::reason_characters, Presence::required)) return *wrong;
    Own with_reason = *own;
    with_reason.receipt.reason = wish.reason;
    return moved(with_reason, ReceiptState::declined);
}

Decision decide_on(const Ask& ask, const AnswerRollCall& wish) {
    const Order* order = ask.state.order(wish.order);
    if (order == nullptr) return no_such_order();
    if (order->kind != OrderKind::roll_call) {
        return base::invalid("order", "This order is no roll call: acknowledge it.");
    }
    if (wish.headcount > limits::headcount_max) {
        return base::invalid("headcount",
                             "Give the people counted, at most " + std::to_string(limits::headcount_max) + ".");
    }
    Receipt receipt;
    if (!wish.on_behalf_of || wish.on_behalf_of == ask.actor.person) {
        const auto own = own_receipt(ask, wish.order);
        if (!own) return own.error();
        receipt = own->receipt;
        receipt.by = {};
        receipt.heard_by = HeardBy::none;
    } else {
        if (auto wrong = check_heard(wish.heard_by)) return *wrong;
        const auto ordinals = spoken_for(ask, *order, {wish.on_behalf_of});
        if (!ordinals) return ordinals.error();
        receipt = *order->receipt(ordinals->front());
        receipt.by = ask.actor.person;
        receipt.heard_by = wish.heard_by;
    }
    // A count may be said again: people come and go, and fingers slip.
    const bool said_already = receipt.state == ReceiptState::acked && receipt.headcount == wish.headcount;
    if (receipt.state == ReceiptState::declined || said_already) return not_right(receipt);
    receipt.headcount = wish.headcount;
    return events_of(ReceiptsMoved{order->number, {reached(std::move(receipt), ReceiptState::acked)}, {}});
}

}  // namespace marchwire::core
