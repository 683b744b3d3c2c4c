// A duty's own changes: break, end, and the handover to somebody else.
#include "core/decide_family.hpp"
#include "core/duty.hpp"

#include <algorithm>

namespace marchwire::core {
namespace {

base::Refusal not_from(Duty duty, std::string_view whose, std::string_view rule) {
    return base::refuse(base::RefusalCode::invalid_transition, "duty",
                        std::string(whose) + " " + std::string(name_of(duty)) + "; " + std::string(rule));
}

/// This member's duty, in the version that was seen.
Complaint check_version(const Member& member, std::uint32_t version) {
    if (member.duty_version == version) return std::nullopt;
    return conflict("duty_version", "This duty has changed meanwhile; look again.", member.duty_version,
                    name_of(member.duty));
}

/// One's own duty, in the version that was seen.
base::Result<const Member*> own_duty(const Ask& ask, std::uint32_t version) {
    if (ask.self == nullptr) return not_on_roster();
    if (auto wrong = check_version(*ask.self, version)) return *wrong;
    return ask.self;
}

Events leave_street(const Ask& ask, const Member& self, Duty to, std::string reason) {
    Events events = events_of(DutyChanged{self.person, self.duty, to, self.duty_version + 1, UtcMs{}});
    clear_missed_check_in(ask.state, self.person, self.person, std::move(reason), events);
    return events;
}

/// Marshals of the street stand in for one another; what needs more than that needs the same role, since rights come
/// with the token and not with the roster.
bool is_marshal(Role role) {
    return role == Role::head || role == Role::side || role == Role::tail || role == Role::intersection ||
           role == Role::de_escalator || role == Role::access;
}

bool can_take(const Member& taker, const Member& duty) {
    return taker.role == duty.role || (is_marshal(taker.role) && is_marshal(duty.role));
}

/// Whose duty is handed over: the own one by anybody, others' by who may assign them (DOMAIN, rights).
base::Result<const Member*> duty_to_hand_over(const Ask& ask, PersonId person) {
    const bool own = !person || person == ask.actor.person;
    if (own && ask.self == nullptr) return not_on_roster();
    const Member* member = own ? ask.self : ask.state.member(person);
    if (member == nullptr) {
        return base::refuse(base::RefusalCode::not_found, "person", "This person is not on the march's roster.");
    }
    const bool in_section = ask.permission == Permission::own_section && ask.section() != 0 &&
                            member->section == ask.section();
    if (!own && ask.permission != Permission::act && !in_section) return denied(Action::assign_duty);
    return member;
}

Complaint check_taker(const Ask& ask, const Member& duty, const Member* taker) {
    if (taker == nullptr) return base::invalid("to", "Name somebody of this march's roster.");
    if (taker->person == duty.person) return base::invalid("to", "Name somebody else to take over.");
    if (taker->duty == Duty::handover_pending) {
        return base::invalid("to", "This person is handing over a duty of their own; name somebody else.");
    }
    if (!can_take(*taker, duty)) {
        return base::invalid("to", "A " + std::string(name_of(duty.role)) + " is relieved by another " +
                                       std::string(name_of(duty.role)) +
                                       (is_marshal(duty.role) ? " or marshal." : "."));
    }
    const bool asked = std::ranges::any_of(ask.state.roster, [&](const Member& other) {
        return other.duty == Duty::handover_pending && other.handover_to == taker->person;
    });
    if (asked) return base::invalid("to", "This person is asked to take over another duty; wait for the answer.");
    return std::nullopt;
}

/// The taker stands where the other stood, as what the other was.
void take_post(const Ask& ask, const Member& duty, const Member& taker, Events& events) {
    if (taker.section != duty.section || taker.role != duty.role) {
        DutyAssigned assigned;
        assigned.person = taker.person;
        assigned.ordinal = taker.ordinal;
        assigned.callsign = taker.callsign;
        assigned.role = duty.role;
        assigned.section = duty.section;
        assigned.section_before = taker.section;
        assigned.buddy = taker.buddy;
        assigned.no_phone = taker.no_phone;
        events.emplace_back(std::move(assigned));
    }
    const UtcMs due_at = next_check_in(ask.state, taker, Duty::on_duty, ask.now);
    std::uint32_t version = taker.duty_version;
    Duty from = taker.duty;
    if (!is_present(from)) {
        events.emplace_back(DutyChanged{taker.person, from, Duty::checked_in, ++version, due_at});
        from = Duty::checked_in;
    }
    if (from != Duty::on_duty) {
        events.emplace_back(DutyChanged{taker.person, from, Duty::on_duty, ++version, due_at});
    }
}

}  // namespace

Decision decide_on(const Ask& ask, const ConfirmDuty& wish) {
    const Member* member = ask.state.member(wish.person);
    if (member == nullptr) {
        return base::refuse(base::RefusalCode::not_found, "person", "This person is not on the roster of this march.");
    }
    if (member->duty != Duty::invited) return not_from(member->duty, "This person is", "only who is invited confirms.");
    return events_of(DutyChanged{wish.person, Duty::invited, Duty::confirmed, member->duty_version + 1, {}});
}

Decision decide_on(const Ask& ask, const TakeBreak& wish) {
    const auto self = own_duty(ask, wish.duty_version);
    if (!self) return self.error();
    if ((*self)->duty != Duty::on_duty) return not_from((*self)->duty, "You are", "a break is taken from duty.");
    return leave_street(ask, **self, Duty::on_break, "on a break");
}

Decision decide_on(const Ask& ask, const EndDuty& wish) {
    const auto self = own_duty(ask, wish.duty_version);
    if (!self) return self.error();
    // Whoever has confirmed and cannot come says so by this as well.
    if (!is_present((*self)->duty) && (*self)->duty != Duty::confirmed) {
        return not_from((*self)->duty, "You are", "there is no duty to end.");
    }
    return leave_street(ask, **self, Duty::stood_down, "duty has ended");
}

Decision decide_on(const Ask& ask, const HandOver& wish) {
    const auto found = duty_to_hand_over(ask, wish.person);
    if (!found) return found.error();
    const Member& duty = **found;
    if (auto wrong = check_version(duty, wish.duty_version)) return *wrong;
    if (duty.duty != Duty::on_duty)
        return not_from(duty.duty, "This person is", "a duty is handed over by who is on it.");
    if (auto wrong = check_taker(ask, duty, ask.state.member(wish.to))) return *wrong;
    // Whoever hands over goes on checking in until somebody else stands there.
    return events_of(
        DutyChanged{duty.person, duty.duty, Duty::handover_pending, duty.duty_version + 1, duty.due_at, wish.to});
}

Decision decide_on(const Ask& ask, const AnswerHandOver& wish) {
    if (ask.self == nullptr) return not_on_roster();
    const Member* duty = ask.state.member(wish.person);
    if (duty == nullptr || duty->duty != Duty::handover_pending || duty->handover_to != ask.actor.person) {
        return base::refuse(base::RefusalCode::not_found, "person", "This duty is not offered to you any more.");
    }
    if (auto wrong = check_version(*duty, wish.duty_version)) return *wrong;
    const std::uint32_t version = duty->duty_version + 1;
    if (!wish.takes) {
        return events_of(DutyChanged{duty->person, duty->duty, Duty::on_duty, version,
                                     next_check_in(ask.state, *duty, Duty::on_duty, ask.now)});
    }
    if (ask.self->duty == Duty::handover_pending) {
        return not_from(ask.self->duty, "You are", "hand over your own duty first.");
    }
    Events events;
    take_post(ask, *duty, *ask.self, events);
    events.emplace_back(DutyChanged{duty->person, duty->duty, Duty::relieved, version, UtcMs{}});
    clear_missed_check_in(ask.state, duty->person, ask.actor.person, "was relieved", events);
    return events;
}

}  // namespace marchwire::core
