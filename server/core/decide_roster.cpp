// Who stands on the roster, as what and where.
#include "core/decide_family.hpp"
#include "core/phase_table.hpp"

#include "base/limits.hpp"

#include <algorithm>

namespace marchwire::core {
namespace {

namespace limits = base::limits;

/// Roles that stand on a march's roster.
bool is_of_march(Role role) {
    return role != Role::follower && role != Role::national_desk && role != Role::auditor && role != Role::keeper;
}

Complaint check_section(const MarchState& state, std::uint32_t section) {
    if (section > state.sections) {
        return base::invalid("section",
                             "This march has sections 1 to " + std::to_string(state.sections) + "; 0 is none.");
    }
    return std::nullopt;
}

Complaint check_member(const Ask& ask, const AssignDuty& wish) {
    const MarchState& state = ask.state;
    if (!wish.person) return base::invalid("person", "Name the person by number.");
    if (auto wrong = check_text(wish.callsign, "callsign", limits::callsign_characters, Presence::required)) {
        return wrong;
    }
    if (!is_of_march(wish.role)) {
        return base::invalid("role", "Give a role on the march; the national desk and auditors need none.");
    }
    if (auto wrong = check_section(state, wish.section)) return wrong;
    if (auto wrong = check_language(wish.language, "language")) return wrong;
    if (wish.buddy == wish.person) return base::invalid("buddy", "Nobody is their own buddy.");
    if (wish.buddy && state.member(wish.buddy) == nullptr) {
        return base::invalid("buddy", "Put the buddy on the roster first.");
    }
    const Member* same = state.called(wish.callsign);
    if (same != nullptr && same->person != wish.person) {
        return conflict("callsign", "Somebody on this march has this callsign; choose another.", 0, wish.callsign);
    }
    return std::nullopt;
}

/// The section lead's right ends at the own section, for the place left as for the place taken.
bool may_assign(const Ask& ask, const Member* member, std::uint32_t section) {
    if (ask.permission == Permission::act) return true;
    if (ask.permission != Permission::own_section || ask.section() == 0) return false;
    return section == ask.section() && (member == nullptr || member->section == ask.section());
}

}  // namespace

Decision decide_on(const Ask& ask, const AssignDuty& wish) {
    const MarchState& state = ask.state;
    if (phase_is_final(state.phase)) {
        return wrong_transition("The march is " + std::string(name_of(state.phase)) + "; its roster stands.");
    }
    const Member* member = state.member(wish.person);
    if (!may_assign(ask, member, wish.section)) return denied(Action::assign_duty);
    if (auto wrong = check_member(ask, wish)) return *wrong;
    if (member == nullptr && state.roster.size() >= limits::roster_entries) {
        return base::refuse(base::RefusalCode::too_large, "person",
                            "A march has at most " + std::to_string(limits::roster_entries) + " people on duty.");
    }
    DutyAssigned assigned;
    assigned.person = wish.person;
    assigned.ordinal = member != nullptr ? member->ordinal : static_cast<std::uint32_t>(state.roster.size());
    assigned.callsign = wish.callsign;
    assigned.role = wish.role;
    assigned.section = wish.section;
    assigned.section_before = member != nullptr ? member->section : wish.section;
    assigned.buddy = wish.buddy;
    assigned.no_phone = wish.no_phone;
    assigned.language = wish.language.empty() && member != nullptr ? member->language : wish.language;
    Events events = events_of(std::move(assigned));
    if (member == nullptr) follow_size(state, state.roster.size() + 1, events);
    // Whoever has no phone now, or is not commanded, is not missed any more.
    if (member != nullptr && (wish.no_phone || wish.role == Role::legal_observer)) {
        clear_missed_check_in(state, wish.person, ask.actor.person, "is not expected to check in", events);
    }
    return events;
}

}  // namespace marchwire::core
