// Duty as DESIGN 2 has it: who is expected to check in, who counts as what, and when something is due about somebody.
// (internal to core)
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

/// At the post: present, and not on a break.
[[nodiscard]] constexpr bool is_working(Duty duty) { return is_present(duty) && duty != Duty::on_break; }

/// True when this person would be missed: on the street and not on a break, with a phone, and commanded
/// (legal observers are informed and never commanded).
[[nodiscard]] constexpr bool is_expected(const Member& member, Duty duty) {
    return is_working(duty) && !member.no_phone && member.role != Role::legal_observer;
}

/// Counts as staff of the street: neither those who only watch nor those who are far away.
[[nodiscard]] constexpr bool is_staff(Role role) { return role != Role::legal_observer && role != Role::anchor; }

/// Whose absence is COVERAGE_LOST, where the roster has one at all (DOMAIN, alerts).
[[nodiscard]] constexpr bool is_required(Role role) {
    return role == Role::medic || role == Role::tail || role == Role::police_liaison;
}

/// A role in a section as one number: the subject of COVERAGE_LOST.
inline constexpr std::uint32_t cover_section_unit = 256;
[[nodiscard]] constexpr std::uint32_t cover_of(std::uint32_t section, Role role) {
    return section * cover_section_unit + static_cast<std::uint32_t>(role);
}
[[nodiscard]] constexpr std::uint32_t section_of_cover(std::uint32_t cover) { return cover / cover_section_unit; }

/// Buddies are so both ways, even where only one names the other.
[[nodiscard]] constexpr bool are_buddies(const Member& a, const Member& b) {
    return (a.buddy && a.buddy == b.person) || (b.buddy && b.buddy == a.person);
}

/// The phone is off and somebody has this person: silence says nothing.
[[nodiscard]] constexpr bool is_dark(const Member& member) { return member.last_report == Report::going_dark; }

/// When something is due about this member next: a nudge, an alert, the end of an offered handover, a no-show. 0 when
/// nothing is.
[[nodiscard]] UtcMs due_about(const MarchState& state, const Member& member);

}  // namespace marchwire::core
