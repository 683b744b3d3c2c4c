// Changes of phase, the proposals that lead to them, and all that follows in the same group.
#include "core/column.hpp"
#include "core/decide_family.hpp"
#include "core/phase_table.hpp"

#include "base/limits.hpp"

#include <algorithm>
#include <optional>

namespace marchwire::core {
namespace {

namespace limits = base::limits;

/// What the public reads when nobody wrote a sentence, and when a resume or a correction leads back into a hold.
std::string sentence_for(Phase phase) {
    if (phase == Phase::held || phase == Phase::paused) return "The march is paused. Please wait where you are.";
    if (phase == Phase::stopped) return "The march has stopped. Please follow the marshals.";
    return {};
}

/// A change of phase with all that follows from it.
struct PhaseChange {
    Phase to = Phase::planned;
    std::string reason;
    std::string public_sentence;
    bool correction = false;
    std::optional<ProposalKind> carries_out = {};  ///< a proposal of this kind asked for just this
};

/// Proposals die at any phase change; those that asked for this very change were confirmed by it.
void end_proposals(const Ask& ask, const PhaseChange& change, Events& events) {
    for (const Proposal& proposal : ask.state.proposals) {
        const bool by_act = proposal.kind == change.carries_out && proposal.proposer != ask.actor.person;
        const bool confirmed = proposal.number == ask.confirms || by_act;
        events.emplace_back(ProposalEnded{proposal.number, confirmed, confirmed ? ask.actor.person : PersonId{}});
    }
}

/// Whoever has checked in is on duty from step-off on.
void begin_duty(const Ask& ask, UtcMs due_at, Events& events) {
    for (const Member& member : ask.state.roster) {
        if (member.duty == Duty::checked_in) {
            events.emplace_back(
                DutyChanged{member.person, Duty::checked_in, Duty::on_duty, member.duty_version + 1, due_at});
        }
    }
}

void reschedule_check_ins(const Ask& ask, Phase to, Events& events) {
    const MarchState& state = ask.state;
    const Millis before = check_in_interval(state.spec.kind, state.phase);
    const Millis after = check_in_interval(state.spec.kind, to);
    if (before == after) return;
    const bool expected = after.value != 0;
    events.emplace_back(CheckInsScheduled{expected ? ask.now + after : UtcMs{}});
    if (expected) return;
    for (const auto& [key, alert] : state.alerts) {
        if (key.kind != AlertKind::checkin_missed) continue;
        clear_missed_check_in(state, key.subject, ask.actor.person, "check-ins have ended", events);
    }
}

Events changed(const Ask& ask, const PhaseChange& change) {
    const MarchState& state = ask.state;
    PhaseChanged event;
    event.version = state.phase_version + 1;
    event.from = state.phase;
    event.to = change.to;
    // A correction brings back the way out that the earlier phase had.
    const auto& history = state.phase_history;
    const Phase left = change.correction && history.size() >= 2 ? history[history.size() - 2].phase : state.phase;
    event.before = phase_to_return_to(left, change.to);
    event.reason = change.reason;
    event.public_sentence = change.public_sentence.empty() ? sentence_for(change.to) : change.public_sentence;
    event.correction = change.correction;
    Events events = events_of(std::move(event));
    end_proposals(ask, change, events);
    reschedule_check_ins(ask, change.to, events);
    if (!has_column(change.to)) clear_column_alerts(state, ask.actor.person, events);
    // A static event steps off with its rally.
    if (change.to == Phase::marching || change.to == Phase::rally) {
        begin_duty(ask, ask.now + check_in_interval(state.spec.kind, change.to), events);
    }
    // People gather, or walk: there is nothing left to keep back.
    if (change.to == Phase::assembling || change.to == Phase::marching) {
        const bool waited_for_it = default_public_from(state.spec.plan, ask.now) > ask.now;
        if (change.to == Phase::marching || (waited_for_it && !has_step_off_time(state.spec.plan))) {
            announce_route(state, ask.now, events);
        }
    }
    order_phase(ask, change.to, events);
    return events;
}

Complaint check_reason(const std::string& reason, Presence presence) {
    return check_text(reason, "reason", limits::reason_characters, presence);
}

Complaint check_sentence(const std::string& sentence) {
    return check_text(sentence, "public_sentence", limits::notice_characters, Presence::optional);
}

std::string refused_from(const MarchState& state, std::string_view wish) {
    return "The march is " + std::string(name_of(state.phase)) + ": it cannot be " + std::string(wish) + " from there.";
}

/// Postpone, Cancel: by one who may advance.
Decision put_off(const Ask& ask, PhaseVerb verb, std::uint32_t phase_version, const std::string& reason,
                 ProposalKind kind, std::string_view wish) {
    if (ask.permission != Permission::act) return denied(Action::advance_phase);
    if (phase_version != ask.state.phase_version) return stale_phase(ask.state);
    if (auto wrong = check_reason(reason, Presence::required)) return *wrong;
    const auto to = phase_after(ask.state.spec.kind, verb, ask.state.phase, ask.state.phase_before);
    if (!to) return wrong_transition(refused_from(ask.state, wish));
    return changed(ask, {*to, reason, {}, false, kind});
}

/// A lead who is on no roster is one as well: the city must not be stuck in STOPPED.
bool city_has_one_lead(const MarchState& state) {
    return std::ranges::count(state.roster, Role::city_lead, &Member::role) <= 1;
}

bool may_confirm(const Ask& ask) {
    if (ask.permission == Permission::propose_or_confirm) return true;
    const bool where_one_lead = ask.permission == Permission::confirm_one_lead ||
                                ask.permission == Permission::propose_confirm_one_lead;
    return where_one_lead && city_has_one_lead(ask.state);
}

bool may_propose_resume(Permission permission) {
    return permission == Permission::propose || permission == Permission::propose_or_confirm ||
           permission == Permission::propose_confirm_one_lead;
}

}  // namespace

Millis check_in_interval(MarchKind kind, Phase phase) {
    if (kind == MarchKind::virtual_event) return {};
    switch (phase) {
        case Phase::marching: return limits::check_in_every_marching;
        case Phase::assembling:
        case Phase::held:
        case Phase::rally:
        case Phase::call_to_action:
        case Phase::dispersing:
        case Phase::stopped: return limits::check_in_every;
        case Phase::planned:
        case Phase::closed:
        case Phase::postponed:
        case Phase::cancelled:
        case Phase::live:
        case Phase::paused: return {};
    }
    return {};
}

Decision decide_on(const Ask& ask, const AdvancePhase& wish) {
    const MarchState& state = ask.state;
    if (ask.permission != Permission::act) return denied(Action::advance_phase);
    if (wish.phase_version != state.phase_version) return stale_phase(state);
    if (!phase_may_change(state.spec.kind, PhaseVerb::advance, state.phase, wish.to, state.phase_before)) {
        return wrong_transition(refused_from(state, name_of(wish.to)));
    }
    if (wish.to == Phase::closed && wish.typed_name != state.id.march.text()) {
        return base::invalid("typed_name", "Closing is final: type the march's name, " + state.id.march.text() + ".");
    }
    return changed(ask, {wish.to, {}, {}, false, {}});
}

Decision decide_on(const Ask& ask, const CorrectPhase& wish) {
    const MarchState& state = ask.state;
    if (wish.phase_version != state.phase_version) return stale_phase(state);
    if (auto wrong = check_reason(wish.reason, Presence::required)) return *wrong;
    if (state.phase == Phase::stopped || phase_is_final(state.phase)) {
        return wrong_transition("A march that is " + std::string(name_of(state.phase)) + " cannot be corrected.");
    }
    if (state.phase_history.empty() || state.phase_history.back().phase != wish.to) {
        return wrong_transition(state.phase_history.empty()
                                    ? "The march has had no other phase yet."
                                    : "Only the phase before, " +
                                          std::string(name_of(state.phase_history.back().phase)) +
                                          ", can be put back.");
    }
    if (ask.now - state.phase_since > limits::correct_phase_within) {
        return base::refuse(base::RefusalCode::expired, "phase",
                            "A phase can be corrected within 10 minutes only; advance it instead.");
    }
    return changed(ask, {wish.to, wish.reason, {}, true, {}});
}

Decision decide_on(const Ask& ask, const Hold& wish) {
    const MarchState& state = ask.state;
    if (ask.permission != Permission::act) return denied(Action::hold_release);
    if (wish.phase_version != state.phase_version) return stale_phase(state);
    if (auto wrong = check_reason(wish.reason, Presence::optional)) return *wrong;
    if (auto wrong = check_sentence(wish.public_sentence)) return *wrong;
    const auto to = phase_after(state.spec.kind, PhaseVerb::hold, state.phase, state.phase_before);
    if (!to) return wrong_transition(refused_from(state, "held"));
    return changed(ask, {*to, wish.reason, wish.public_sentence, false, ProposalKind::hold});
}

Decision decide_on(const Ask& ask, const Release& wish) {
    const MarchState& state = ask.state;
    if (ask.permission != Permission::act) return denied(Action::hold_release);
    if (wish.phase_version != state.phase_version) return stale_phase(state);
    const auto to = phase_after(state.spec.kind, PhaseVerb::release, state.phase, state.phase_before);
    if (!to) return wrong_transition(refused_from(state, "released"));
    return changed(ask, {*to, {}, {}, false, ProposalKind::release});
}

Decision decide_on(const Ask& ask, const Stop& wish) {
    const MarchState& state = ask.state;
    if (ask.permission != Permission::act) return denied(Action::stop);
    if (auto wrong = check_reason(wish.reason, Presence::required)) return *wrong;
    if (auto wrong = check_sentence(wish.public_sentence)) return *wrong;
    const auto to = phase_after(state.spec.kind, PhaseVerb::stop, state.phase, state.phase_before);
    if (!to) return wrong_transition(refused_from(state, "stopped"));
    return changed(ask, {*to, wish.reason, wish.public_sentence, false, ProposalKind::stop});
}

Decision decide_on(const Ask& ask, const ProposeResume& wish) {
    const MarchState& state = ask.state;
    if (!may_propose_resume(ask.permission)) return denied(Action::resume_after_stop);
    if (wish.phase_version != state.phase_version) return stale_phase(state);
    if (auto wrong = check_reason(wish.reason, Presence::optional)) return *wrong;
    if (state.phase != Phase::stopped) return wrong_transition(refused_from(state, "resumed"));
    return proposed(ask, wish.reason, {});
}

Decision decide_on(const Ask& ask, const ConfirmResume& wish) {
    const MarchState& state = ask.state;
    if (!may_confirm(ask)) return denied(Action::resume_after_stop);
    const auto found = open_proposal(ask, wish.proposal);
    if (!found) return found.error();
    const Proposal& proposal = **found;
    if (proposal.kind != ProposalKind::resume) {
        return base::refuse(base::RefusalCode::not_found, "proposal",
                            "This one is not to resume after a stop: confirm it by confirm_proposal.");
    }
    if (auto wrong = check_second_person(ask, proposal)) return *wrong;
    const auto to = phase_after(state.spec.kind, PhaseVerb::resume, state.phase, state.phase_before);
    if (!to) return wrong_transition(refused_from(state, "resumed"));
    Ask confirming = ask;
    confirming.confirms = proposal.number;
    return changed(confirming, {*to, proposal.reason, {}, false, {}});
}

Decision decide_on(const Ask& ask, const Postpone& wish) {
    return put_off(ask, PhaseVerb::postpone, wish.phase_version, wish.reason, ProposalKind::postpone, "postponed");
}

Decision decide_on(const Ask& ask, const Cancel& wish) {
    return put_off(ask, PhaseVerb::cancel, wish.phase_version, wish.reason, ProposalKind::cancel, "cancelled");
}

}  // namespace marchwire::core
