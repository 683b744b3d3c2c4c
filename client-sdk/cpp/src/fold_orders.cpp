// Orders and receipts in the folds of ops and marshal.
#include "feed_fold.hpp"

#include <algorithm>

namespace marchwire::sdk {
namespace {

bool is_on_the_street(v1::Duty duty) {
    return duty == v1::CHECKED_IN || duty == v1::ON_DUTY || duty == v1::ON_BREAK || duty == v1::HANDOVER_PENDING;
}

bool is_meant(const v1::OrderAudience& audience, const v1::Member& member) {
    switch (audience.kind()) {
        case v1::AUDIENCE_ALL: return true;
        case v1::AUDIENCE_ROLE: return member.role() == audience.role();
        case v1::AUDIENCE_SECTION: return member.section() != 0 && member.section() == audience.section();
        case v1::AUDIENCE_NAMES: {
            const auto& names = audience.names();
            return std::find(names.begin(), names.end(), member.person()) != names.end();
        }
        default: return false;  // a newer server's
    }
}

/// Where this place of the roster stands, or would stand, among the recipients.
int place_of(const v1::Receipts& receipts, std::uint32_t ordinal) {
    const auto& ordinals = receipts.ordinals();
    return static_cast<int>(std::lower_bound(ordinals.begin(), ordinals.end(), ordinal) - ordinals.begin());
}

void drop_note(v1::Receipts& receipts, std::uint32_t ordinal) {
    auto& notes = *receipts.mutable_notes();
    notes.erase(std::remove_if(notes.begin(), notes.end(),
                               [&](const v1::ReceiptNote& note) { return note.ordinal() == ordinal; }),
                notes.end());
}

void put_note(v1::Receipts& receipts, const v1::ReceiptNote& note) {
    drop_note(receipts, note.ordinal());
    auto& notes = *receipts.mutable_notes();
    *notes.Add() = note;
    for (int at = notes.size() - 1; at > 0 && notes[at].ordinal() < notes[at - 1].ordinal(); --at) {
        notes.SwapElements(at, at - 1);
    }
}

bool names(const v1::OrdersEnded& event, const v1::Order& order) {
    return std::find(event.orders().begin(), event.orders().end(), order.number()) != event.orders().end();
}

}  // namespace

std::uint32_t order_about(const v1::AlertKey& key) {
    const bool is_of_order = key.kind() == v1::ORDER_UNACKED || key.kind() == v1::ROLL_CALL_INCOMPLETE;
    return is_of_order ? key.number() : 0;
}

v1::Order* find_order(Orders& orders, std::uint32_t number) {
    const auto found = std::find_if(orders.begin(), orders.end(),
                                    [&](const v1::Order& order) { return order.number() == number; });
    return found == orders.end() ? nullptr : &*found;
}

bool is_recipient(const v1::Order& order, const v1::Member& member) {
    const bool comes = order.audience().with_confirmed() && member.duty() == v1::CONFIRMED;
    return (is_on_the_street(member.duty()) || comes) && member.role() != v1::LEGAL_OBSERVER &&
           member.person() != order.issuer() && is_meant(order.audience(), member);
}

bool holds_receipt(const v1::Order& order, std::uint32_t ordinal) {
    const int at = place_of(order.receipts(), ordinal);
    return at < order.receipts().ordinals_size() && order.receipts().ordinals(at) == ordinal;
}

void add_receipt(v1::Order& order, std::uint32_t ordinal) {
    if (holds_receipt(order, ordinal)) return;
    v1::Receipts& receipts = *order.mutable_receipts();
    const int place = place_of(receipts, ordinal);
    receipts.add_ordinals(ordinal);
    receipts.add_states(v1::RECEIPT_QUEUED);
    for (int at = receipts.ordinals_size() - 1; at > place; --at) {
        receipts.mutable_ordinals()->SwapElements(at, at - 1);
        receipts.mutable_states()->SwapElements(at, at - 1);
    }
}

void move_receipts(v1::Order& order, const v1::Receipts& moved) {
    for (int i = 0; i < moved.ordinals_size() && i < moved.states_size(); ++i) {
        if (!holds_receipt(order, moved.ordinals(i))) continue;
        v1::Receipts& receipts = *order.mutable_receipts();
        receipts.set_states(place_of(receipts, moved.ordinals(i)), moved.states(i));
        drop_note(receipts, moved.ordinals(i));
    }
    for (const v1::ReceiptNote& note : moved.notes()) {
        if (holds_receipt(order, note.ordinal())) put_note(*order.mutable_receipts(), note);
    }
}

void drop_receipt(v1::Order& order, std::uint32_t ordinal) {
    if (!holds_receipt(order, ordinal)) return;
    v1::Receipts& receipts = *order.mutable_receipts();
    const int at = place_of(receipts, ordinal);
    receipts.mutable_ordinals()->erase(receipts.ordinals().begin() + at);
    receipts.mutable_states()->erase(receipts.states().begin() + at);
    drop_note(receipts, ordinal);
    if (receipts.ordinals_size() == 0) order.clear_receipts();
}

void shift_orders(Orders& orders, std::int64_t by_ms) {
    for (v1::Order& order : orders) {
        if (order.state() == v1::ORDER_OPEN) order.set_deadline_ms(order.deadline_ms() + by_ms);
    }
}

void end_orders(Orders& orders, const v1::OrdersEnded& event) {
    for (v1::Order& order : orders) {
        if (!names(event, order)) continue;
        order.set_state(event.state());
        order.set_superseded_by(event.superseded_by());
    }
    const auto ended = [](const v1::Order& order) { return order.state() != v1::ORDER_OPEN; };
    auto too_many = std::count_if(orders.begin(), orders.end(), ended) - orders_ended_kept;
    for (; too_many > 0; --too_many) orders.erase(std::find_if(orders.begin(), orders.end(), ended));
}

void erase_orders(Orders& orders, const v1::OrdersEnded& event) {
    orders.erase(
        std::remove_if(orders.begin(), orders.end(), [&](const v1::Order& order) { return names(event, order); }),
        orders.end());
}

}  // namespace marchwire::sdk
