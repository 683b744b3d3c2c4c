// An order and its receipts: what was asked, of whom, until when, and how far it has come with each (DESIGN 2).
#pragma once

#include "base/ids.hpp"
#include "base/units.hpp"
#include "core/vocabulary.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace marchwire::core {

using base::Millis;
using base::PersonId;
using base::UtcMs;

struct Member;
struct MarchState;

/// Whom an order is for. What does not belong to the kind is empty.
struct OrderAudience {
    AudienceKind kind = AudienceKind::all;
    std::optional<Role> role = {};
    std::uint32_t section = 0;
    std::vector<PersonId> names = {};  ///< on the roster, at most limits::order_names
    bool with_confirmed = false;       ///< all: also those who have confirmed and are not there yet
    bool operator==(const OrderAudience&) const = default;
};

/// One recipient's. Recipients are places in the roster: half a day's orders of 500 people stay small.
struct Receipt {
    std::uint32_t ordinal = 0;
    ReceiptState state = ReceiptState::queued;
    std::string reason = {};           ///< DECLINED: why
    std::uint32_t headcount = 0;       ///< answer to a roll call
    PersonId by = {};                  ///< who said it on behalf of the recipient; 0: the recipient
    HeardBy heard_by = HeardBy::none;  ///< with `by`
    UtcMs unreached_since = {};        ///< QUEUED: this person cannot be reached at present; 0: nobody says so
    bool operator==(const Receipt&) const = default;
};

struct Order {
    std::uint32_t number = 0;  ///< from 1 in each march
    OrderKind kind = OrderKind::info;
    std::string template_name;            ///< each phone shows it in its own language; empty: the text is as written
    std::vector<std::string> parameters;  ///< of the template
    std::string text;                     ///< as it goes into an SMS, at most limits::order_characters
    OrderAudience audience;
    PersonId issuer;  ///< never a recipient; 0 is the host's command line
    UtcMs issued_at;
    UtcMs deadline;  ///< then whoever has not answered is escalated
    OrderState state = OrderState::open;
    std::uint32_t superseded_by = 0;  ///< the order's number
    bool escalated = false;           ///< its alert was raised; not again
    std::vector<Receipt> receipts;    ///< by ordinal
    bool operator==(const Order&) const = default;

    /// Null when this place of the roster is no recipient.
    [[nodiscard]] const Receipt* receipt(std::uint32_t ordinal) const;
};

[[nodiscard]] constexpr bool is_answered(ReceiptState state) {
    return state == ReceiptState::acked || state == ReceiptState::declined;
}

/// HOLD, STOP, RESUME, DISPERSE: the newest one says whether people walk.
[[nodiscard]] constexpr bool moves_people(OrderKind kind) {
    return kind == OrderKind::hold || kind == OrderKind::stop || kind == OrderKind::resume ||
           kind == OrderKind::disperse;
}

/// Holds until another order or a cancellation ends it, though all have answered.
[[nodiscard]] constexpr bool stands(OrderKind kind) {
    return kind == OrderKind::hold || kind == OrderKind::stop || kind == OrderKind::slow ||
           kind == OrderKind::close_up || kind == OrderKind::staff_intersection;
}

/// How long recipients have where the issuer names no deadline.
[[nodiscard]] Millis time_to_answer(OrderKind kind);

/// The alert that is raised when the deadline passes without all answers.
[[nodiscard]] AlertKind alert_of(OrderKind kind);

/// By role, section or name, whatever the duty.
[[nodiscard]] bool is_meant(const OrderAudience& audience, const Member& member);

/// Would get this order now: on the street (or expected there, where that is said), meant, commanded (no legal
/// observer), not the issuer.
[[nodiscard]] bool is_recipient(const Order& order, const Member& member, Duty duty);

/// Places in the roster of those who still owe an answer and have not left for today, ascending.
[[nodiscard]] std::vector<std::uint32_t> missing(const MarchState& state, const Order& order);

/// Nobody is waited for.
[[nodiscard]] bool is_complete(const MarchState& state, const Order& order);

}  // namespace marchwire::core
