// Duty as DESIGN 2 has it: who is expected to check in, and what a check-in makes of a duty. (internal to core)
#pragma once

#include "core/model.hpp"

namespace marchwire::core {

/// On the street, in whatever state: counted as there.
[[nodiscard]] constexpr bool is_present(Duty duty) {
    return duty == Duty::checked_in || duty == Duty::on_duty || duty == Duty::on_break ||
           duty == Duty::handover_pending;
}

/// Left for today, or never came: nobody to turn to.
[[nodiscard]] constexpr bool is_gone(Duty duty) {
    return duty == Duty::relieved || duty == Duty::stood_down || duty == Duty::no_show;
}

/// True when this person would be missed: on the street and not on a break, with a phone, and commanded
/// (legal observers are informed and never commanded).
[[nodiscard]] constexpr bool is_expected(const Member& member, Duty duty) {
    const bool working = duty == Duty::checked_in || duty == Duty::on_duty || duty == Duty::handover_pending;
    return working && !member.no_phone && member.role != Role::legal_observer;
}

}  // namespace marchwire::core
