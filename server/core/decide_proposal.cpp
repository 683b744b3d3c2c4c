// Proposals: what one may only propose waits for another person who may do it (DOMAIN, rights, '+').
#include "core/decide_family.hpp"
#include "core/phase_table.hpp"

#include "base/limits.hpp"

#include <algorithm>

namespace marchwire::core {
namespace {

namespace limits = base::limits;

struct KindOf {
    ProposalKind operator()(std::monostate) const { return ProposalKind::resume; }
    ProposalKind operator()(const AdvancePhase&) const { return ProposalKind::advance_phase; }
    ProposalKind operator()(const Hold&) const { return ProposalKind::hold; }
    ProposalKind operator()(const Release&) const { return ProposalKind::release; }
    ProposalKind operator()(const Stop&) const { return ProposalKind::stop; }
    ProposalKind operator()(const Postpone&) const { return ProposalKind::postpone; }
    ProposalKind operator()(const Cancel&) const { return ProposalKind::cancel; }
    ProposalKind operator()(const ApproveRoute&) const { return ProposalKind::approve_route; }
    ProposalKind operator()(const ActivateRoute&) const { return ProposalKind::activate_route; }
    ProposalKind operator()(const WithdrawRoute&) const { return ProposalKind::withdraw_route; }
    ProposalKind operator()(const PostNotice&) const { return ProposalKind::post_notice; }
    ProposalKind operator()(const SetCallsToAction&) const { return ProposalKind::set_calls_to_action; }
    ProposalKind operator()(const HoldRetention&) const { return ProposalKind::hold_retention; }
    ProposalKind operator()(const ReleaseRetention&) const { return ProposalKind::release_retention; }
    ProposalKind operator()(const RecordExport&) const { return ProposalKind::record_export; }
    ProposalKind operator()(const WaiveExport&) const { return ProposalKind::waive_export; }
};

bool is_of_retention(const ProposedCommand& command) {
    return !std::holds_alternative<std::monostate>(command) && action_of(command) == Action::retention_export;
}

struct ReasonOf {
    template <class Body>
    std::string operator()(const Body& body) const {
        if constexpr (requires { body.reason; }) {
            return body.reason;
        } else {
            return {};
        }
    }
};

base::Refusal not_open() {
    return base::refuse(base::RefusalCode::not_found, "proposal",
                        "This proposal is not open any more; look again, or propose anew.");
}

/// Decides what was proposed as if whoever confirms had asked for it.
struct AsOwn {
    const Ask& ask;
    const ConfirmProposal& wish;

    Decision operator()(std::monostate) const { return not_open(); }
    /// Closing is final: the name is typed by whoever closes, and that is who confirms.
    Decision operator()(AdvancePhase body) const {
        if (body.to == Phase::closed) body.typed_name = wish.typed_name;
        return decide_on(ask, body);
    }
    /// So is this.
    Decision operator()(WaiveExport body) const {
        body.typed_name = wish.typed_name;
        return decide_on(ask, body);
    }
    template <class Body>
    Decision operator()(const Body& body) const {
        return decide_on(ask, body);
    }
};

bool ends(const Events& events, std::uint32_t proposal) {
    return std::ranges::any_of(events, [&](const Event& event) {
        const auto* ended = std::get_if<ProposalEnded>(&event);
        return ended != nullptr && ended->number == proposal;
    });
}

}  // namespace

base::Result<const Proposal*> open_proposal(const Ask& ask, std::uint32_t number) {
    const auto& proposals = ask.state.proposals;
    const auto found = std::ranges::find(proposals, number, &Proposal::number);
    if (found == proposals.end() || ask.now >= found->expires_at) return not_open();
    return &*found;
}

Complaint check_second_person(const Ask& ask, const Proposal& proposal) {
    if (proposal.proposer != ask.actor.person) return std::nullopt;
    return denied("Whoever proposes cannot confirm: that takes a second person.");
}

Decision proposed(const Ask& ask, std::string reason, ProposedCommand command) {
    const MarchState& state = ask.state;
    const ProposalKind kind = std::visit(KindOf{}, command);
    // One person's taps must not use up the room of others.
    const auto own = std::ranges::find_if(state.proposals, [&](const Proposal& open) {
        return open.kind == kind && open.proposer == ask.actor.person && ask.now < open.expires_at;
    });
    if (own != state.proposals.end()) {
        return conflict("proposal", "Your proposal stands already; it waits for somebody to confirm it.", own->number,
                        "open");
    }
    if (state.proposals.size() >= limits::open_proposals) {
        return base::refuse(base::RefusalCode::rate_limited, "proposal",
                            "Too many proposals are open; call a dispatcher or the city lead.");
    }
    Proposal proposal;
    proposal.number = state.proposals_made + 1;
    proposal.kind = kind;
    proposal.proposer = ask.actor.person;
    proposal.reason = std::move(reason);
    proposal.made_at = ask.now;
    proposal.expires_at = ask.now +
                          (is_of_retention(command) ? limits::retention_proposal_life : limits::proposal_life);
    proposal.command = std::move(command);
    return events_of(ProposalMade{std::move(proposal)});
}

Decision propose(const Ask& ask, ProposedCommand command) {
    // What could not be done now is not worth anybody's yes.
    Ask as_own = ask;
    as_own.permission = Permission::act;
    const auto could_be = std::visit(
        [&]<class Body>(const Body& body) -> Decision {
            if constexpr (std::is_same_v<Body, std::monostate>) {
                return not_open();
            } else {
                return decide_on(as_own, body);
            }
        },
        command);
    if (!could_be) return could_be.error();
    std::string reason = std::visit(ReasonOf{}, command);
    return proposed(ask, std::move(reason), std::move(command));
}

Decision decide_on(const Ask& ask, const ConfirmProposal& wish) {
    const auto found = open_proposal(ask, wish.proposal);
    if (!found) return found.error();
    const Proposal& proposal = **found;
    Ask as_own = ask;
    if (proposal.kind == ProposalKind::resume) {
        // Its rules are its own: who may confirm depends on how many leads the city has.
        as_own.permission = permission(ask.actor, Action::resume_after_stop, ask.state.id);
        return decide_on(as_own, ConfirmResume{proposal.number});
    }
    // A first version of the server stored a hold and a stop without what was asked.
    if (std::holds_alternative<std::monostate>(proposal.command)) return not_open();
    const Action action = action_of(proposal.command);
    as_own.permission = permission(ask.actor, action, ask.state.id);
    if (as_own.permission != Permission::act) return denied(action);
    if (auto wrong = check_second_person(ask, proposal)) return *wrong;
    as_own.confirms = proposal.number;
    auto done = std::visit(AsOwn{as_own, wish}, proposal.command);
    if (!done) return done;
    Events events = *std::move(done);
    // A change of phase has ended it with all others. Else it is told first: the last entry names what was made.
    if (!ends(events, proposal.number)) {
        events.insert(events.begin(), ProposalEnded{proposal.number, true, ask.actor.person});
    }
    return events;
}

}  // namespace marchwire::core
