// Puts a command to a march: rights first, then existence, then the family that knows it.
#include "core/decide.hpp"

#include "core/decide_family.hpp"

namespace marchwire::core {
namespace {

std::string_view who_may(Action action) {
    switch (action) {
        case Action::own_field: return "Only people on duty report; ask your lead for an invite.";
        case Action::hold_release:
            return "Ask a dispatcher or the city lead to hold or release the march; a section is held by an order.";
        case Action::stop: return "Tell a section lead, a dispatcher or the city lead to stop the march.";
        case Action::resume_after_stop:
            return "Two of the city's leads and the national desk resume after a stop; ask one of them.";
        case Action::correct_phase: return "Ask the city lead to correct the phase.";
        case Action::advance_phase: return "Ask a city lead or the national desk to change the phase.";
        case Action::post_notice: return "Ask a city lead or the national desk to publish this.";
        case Action::create_campaign: return "Ask the national desk to set up the campaign.";
        case Action::set_up_march: return "Ask the march's city lead or the national desk to set this up.";
        case Action::assign_duty: return "Ask a dispatcher or the city lead to change the roster.";
        case Action::route_status: return "Ask the city lead to decide on the route.";
        case Action::alert: return "Ask the section lead, a dispatcher or the city lead to take this alert.";
        case Action::roster_invites: return "Ask a city lead or the national desk for invites and tokens.";
        case Action::issue_order: return "Ask your section lead or the city lead to order this.";
        case Action::cancel_order: return "Ask whoever issued this order, or the city lead, to cancel it.";
        case Action::receipt: return "Only those whom an order is for answer it.";
        case Action::confirm_proposal: return "Ask a dispatcher, a city lead or the national desk to confirm this.";
        case Action::machine: return "Only the march's keeper may do this.";
        case Action::retention_export:
            return "Ask a city lead or the national desk to hold, export or give up this march's log.";
        case Action::mark_passed:
            return "Tell the head or tail marshals, or a dispatcher, that the column has passed there.";
        case Action::on_behalf:
            return "Ask this person's buddy, the section lead, a dispatcher or the city lead to say it.";
        case Action::report: return "Only people of this march report; ask your lead for an invite.";
        case Action::incident:
            return "Ask the section lead, a dispatcher or the city lead; whoever reported it may add to it.";
        case Action::reveal_person:
            return "Ask the section lead, a dispatcher or the city lead: few read names and numbers.";
        case Action::read_restricted: return "Ask the city lead: only few read what is restricted of an incident.";
        case Action::legs_exits:
            return "Ask a dispatcher or the city lead; a section lead where the section has a post.";
        case Action::read_public:
        case Action::read_positions:
        case Action::count_action:
        case Action::read_ops:
        case Action::read_marshal:
        case Action::read_desk:
        case Action::questions:
        case Action::host_only: return "Ask the city lead.";
    }
    return "Ask the city lead.";
}

template <OfCampaign Body>
Decision decide_on(const Ask&, const Body&) {
    return base::invalid("log", "Send this command to the campaign's log, not to a march's.");
}

template <class Body>
Decision put(const Ask& ask, const Body& body) {
    if constexpr (Proposable<Body>) {
        if (ask.permission == Permission::propose) return propose(ask, body);
    }
    return decide_on(ask, body);
}

}  // namespace

base::Refusal denied(std::string message) {
    return base::refuse(base::RefusalCode::permission_denied, "", std::move(message));
}

base::Refusal denied(Action action) { return denied(std::string(who_may(action))); }

base::Refusal conflict(std::string field, std::string message, std::uint32_t version, std::string_view value) {
    auto refusal = base::refuse(base::RefusalCode::conflict, std::move(field), std::move(message));
    refusal.current_version = version;
    refusal.current_value = value;
    return refusal;
}

base::Refusal stale_phase(const MarchState& state) {
    return conflict("phase_version",
                    "The march is now " + std::string(name_of(state.phase)) + "; look again and decide.",
                    state.phase_version, name_of(state.phase));
}

base::Refusal wrong_transition(std::string message) {
    return base::refuse(base::RefusalCode::invalid_transition, "phase", std::move(message));
}

Decision decide(const MarchState& state, const Command& command, const Context& context) {
    const Action action = action_of(command);
    const Permission cell = permission(context.actor, action, state.id);
    // A cell that only reads is no right to act.
    if (cell == Permission::deny || cell == Permission::read || cell == Permission::see_only) {
        return denied(action);
    }
    if (!state.exists() && !std::holds_alternative<CreateMarch>(command.body)) {
        return base::refuse(base::RefusalCode::not_found, "log", "There is no such march; check its name.");
    }
    if (state.is_shredded()) {
        return base::refuse(base::RefusalCode::not_found, "log",
                            "This march was deleted after its time; what is left of it is a line in its campaign.");
    }
    const Ask ask{state, command, context.actor, context.now, state.member(context.actor.person), cell, 0};
    Decision decision = std::visit([&](const auto& body) { return put(ask, body); }, command.body);
    if (decision) add_recipients(state, context.now, *decision);
    return decision;
}

}  // namespace marchwire::core
