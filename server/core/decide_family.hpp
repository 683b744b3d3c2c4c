// What the families of decide share: the question that is being decided, and refusals. (internal to core)
#pragma once

#include "core/decide.hpp"
#include "core/text_bounds.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace marchwire::core {

using Events = std::vector<Event>;
using Decision = base::Result<Events>;

/// One command put to a march: everything that its family may look at. References live as long as
/// the call of `decide`.
struct Ask {
    const MarchState& state;
    const Command& command;
    const Actor& actor;
    UtcMs now;
    const Member* self;          ///< the actor's roster entry; null when there is none
    Permission permission;       ///< the actor's cell of the table: never `deny`
    std::uint32_t confirms = 0;  ///< the proposal that is carried out by this; 0 is none

    /// The actor's section by the roster, else as told at Hello; 0 is none.
    [[nodiscard]] std::uint32_t section() const { return self != nullptr ? self->section : actor.section; }
};

// ---- refusals ----------------------------------------------------------------------------------
[[nodiscard]] base::Refusal denied(std::string message);
/// The sentence that says who may instead.
[[nodiscard]] base::Refusal denied(Action action);
[[nodiscard]] base::Refusal conflict(std::string field, std::string message, std::uint32_t version,
                                     std::string_view value);
[[nodiscard]] base::Refusal stale_phase(const MarchState& state);
[[nodiscard]] base::Refusal wrong_transition(std::string message);

template <class... Each>
[[nodiscard]] Events events_of(Each&&... each) {
    Events events;
    events.reserve(sizeof...(each));
    (events.emplace_back(std::forward<Each>(each)), ...);
    return events;
}

// ---- proposals ---------------------------------------------------------------------------------
/// A proposal of what was asked for, which is only kept when it could be done now.
[[nodiscard]] Decision propose(const Ask& ask, ProposedCommand command);
/// ProposalMade, or why there is no room for one more of this person's.
[[nodiscard]] Decision proposed(const Ask& ask, std::string reason, ProposedCommand command);
[[nodiscard]] base::Result<const Proposal*> open_proposal(const Ask& ask, std::uint32_t number);
/// Proposer and confirmer are two persons, whatever tokens they hold.
[[nodiscard]] Complaint check_second_person(const Ask& ask, const Proposal& proposal);

// ---- shared consequences -----------------------------------------------------------------------
/// The place as it is stored: bounded, and never finer than 50 m along the route.
[[nodiscard]] base::Result<Place> stored_place(const MarchState& state, Place place);
/// When somebody with this duty is next expected to check in, counted from now; 0 when not at all.
[[nodiscard]] UtcMs next_check_in(const MarchState& state, const Member& member, Duty duty, UtcMs now);
/// How often in this phase; 0 when no check-ins are expected.
[[nodiscard]] Millis check_in_interval(MarchKind kind, Phase phase);
/// What a change of the roster's size makes of a policy that goes by it: PolicySet, or nothing.
void follow_size(const MarchState& state, std::size_t roster, Events& events);
[[nodiscard]] base::Refusal not_on_roster();
/// Where a check-in leads a duty, step by step (DESIGN 2). On duty begins with the first 'on post' or when the march is
/// past its assembling; whoever is detained has left.
struct DutySteps {
    Duty steps[2]{};
    int count = 0;
    void add(Duty duty) { steps[count++] = duty; }
};
[[nodiscard]] DutySteps steps_of(const MarchState& state, Duty duty, Report report);
/// Adds AlertCleared for this person's missed check-in, when one is open.
void clear_missed_check_in(const MarchState& state, PersonId person, PersonId by, std::string reason, Events& events);
/// Who may speak for this person (DOMAIN, rights: on behalf of others). A buddy may, whatever else they are.
[[nodiscard]] bool may_speak_for(const Ask& ask, const Member& person);
/// RecipientsAdded for whoever comes on duty, or to another place, by these events.
void add_recipients(const MarchState& state, UtcMs now, Events& events);
/// An order that another command opens. Its words are ours: each phone shows the template in its own language.
struct FollowingOrder {
    OrderKind kind = OrderKind::info;
    std::string template_name;
    std::string text;
    std::vector<std::string> parameters = {};
    Millis to_answer = {};      ///< 0: what the kind has
    bool to_confirmed = false;  ///< also to those who are not there yet
    bool ends_walking = false;  ///< whatever said whether people walk is over
};
/// OrdersEnded for what it supersedes and, last, OrderIssued to all on duty; only the former when it reaches nobody.
void open_order(const Ask& ask, FollowingOrder follows, Events& events);
/// An INFO order to all on duty in place of `replaces` (0: of none), which ends. Answers its number; 0 when nobody is
/// on duty, or the text is empty: then the other one ends without it.
std::uint32_t inform_all(const Ask& ask, std::string template_name, std::string text, std::uint32_t replaces,
                         Events& events);
/// What a change of phase orders: HOLD, STOP, RESUME, DISPERSE, or that the march is postponed or cancelled; none for
/// others. A march that is closed ends its orders.
void order_phase(const Ask& ask, Phase to, Events& events);
/// Raises and ends alerts of orders, and closes orders (core/order_timers). Their ladder is climbed as every other.
void due_of_orders(const MarchState& state, UtcMs now, Events& events);
[[nodiscard]] UtcMs next_due_of_orders(const MarchState& state);
/// Time that did not count moves something of what is due; dates of the calendar stay. (core/timers)
[[nodiscard]] bool has_deadlines(const MarchState& state);
/// An alert of an order of which nobody is waited for any more, or whose kind is off: it ends, and climbs no further.
[[nodiscard]] bool is_idle_order_alert(const MarchState& state, const AlertKey& key);
/// So long a condition of the column must hold before its alert is raised, and be gone before it clears; 0 of other
/// kinds.
[[nodiscard]] Millis raise_time(AlertKind kind);
[[nodiscard]] Millis clear_time(AlertKind kind);
/// AlertCleared for all alerts of the column: there is none any more.
void clear_column_alerts(const MarchState& state, PersonId by, Events& events);
/// WaypointPassed for what was reported on the route until now, put on the one that replaces it.
void put_marks_on(const MarchState& state, const Route& route, UtcMs now, Events& events);
/// What of intersections, legs and exits still applies on a route that becomes active, and the end of alerts about
/// intersections of the one before.
void put_board_on(const MarchState& state, const Route& route, Events& events);
/// ClosuresSet once more: the route becomes public, and followers have not heard of what is closed.
void say_closures_again(const MarchState& state, Events& events);
/// A keeper that was overtaken must not speak any more (DESIGN 3).
[[nodiscard]] Complaint check_term(const MarchState& state, Term term);

/// Whole and bounded? Field paths begin with `spec.`.
[[nodiscard]] Complaint check_spec(const MarchSpec& spec);
[[nodiscard]] Complaint check_plan(MarchKind kind, const std::vector<PlannedPhase>& plan, std::string_view field);
[[nodiscard]] Complaint check_topic_base(std::uint32_t base);
[[nodiscard]] Complaint check_calls(const std::vector<CallToAction>& calls);
/// As stored: degrees at 1e-7, so that a replayed state equals the one that was decided on.
[[nodiscard]] LatLon as_stored(LatLon at);
[[nodiscard]] bool is_on_earth(LatLon at);

/// RouteStatusChanged for the active route when it is not public yet, with the plan's default.
void announce_route(const MarchState& state, UtcMs public_from, Events& events);
[[nodiscard]] bool has_step_off_time(const std::vector<PlannedPhase>& plan);
/// An hour before the planned step-off. Where no time is known: when the march assembles.
[[nodiscard]] UtcMs default_public_from(const std::vector<PlannedPhase>& plan, UtcMs now);

// ---- families ----------------------------------------------------------------------------------
[[nodiscard]] Decision decide_on(const Ask& ask, const CreateMarch& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const UpdateMarch& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const MoveVenue& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const Reschedule& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const SetSections& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const AssignDuty& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const ImportRoute& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const AdvancePhase& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const CorrectPhase& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const Hold& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const Release& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const Stop& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const ProposeResume& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const ConfirmResume& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const Postpone& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const Cancel& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const ApproveRoute& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const ActivateRoute& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const WithdrawRoute& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const CheckIn& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const TakeBreak& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const EndDuty& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const ConfirmDuty& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const AnnounceRecovery& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const HandOver& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const AnswerHandOver& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const CheckInSection& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const RaiseSos& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const CancelSos& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const SetSosPin& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const ReportCount& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const SetPolicy& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const ObserveSilence& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const ObserveUnreached& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const ObserveServers& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const SubscribePush& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const UnsubscribePush& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const ForgetPush& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const AckAlert& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const ClearAlert& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const PostNotice& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const SetCallsToAction& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const ConfirmProposal& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const IssueOrder& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const CancelOrder& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const OpenRollCall& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const MarkDelivered& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const MarkSeen& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const Acknowledge& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const Decline& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const AnswerRollCall& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const Tick& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const TakeKeeping& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const RecordSignedTip& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const RepairLog& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const MarkPassed& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const ObserveColumn& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const ReportIncident& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const AssignIncident& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const UpdateIncident& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const ResolveIncident& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const ReopenIncident& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const ReadRestricted& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const HoldRetention& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const ReleaseRetention& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const RecordExport& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const WaiveExport& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const SetPersonDetails& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const RevealPerson& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const ErasePerson& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const SetIntersection& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const CloseLeg& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const OpenExit& wish);
[[nodiscard]] Decision decide_on(const Ask& ask, const CloseExit& wish);

/// Of both logs: a repair goes on from `tip`, which must be beyond what was found.
[[nodiscard]] Decision repaired(const Tip& tip, const RepairLog& wish);

// ---- a campaign's log --------------------------------------------------------------------------
/// One command put to a campaign.
struct CampaignAsk {
    const CampaignState& state;
    const Actor& actor;
    UtcMs now;
    Permission permission;
};

[[nodiscard]] Decision decide_on(const CampaignAsk& ask, const AddPerson& wish);
[[nodiscard]] Decision decide_on(const CampaignAsk& ask, const IssueToken& wish);
[[nodiscard]] Decision decide_on(const CampaignAsk& ask, const RevokeToken& wish);
[[nodiscard]] Decision decide_on(const CampaignAsk& ask, const RevokePhones& wish);
[[nodiscard]] Decision decide_on(const CampaignAsk& ask, const InviteMarshal& wish);
[[nodiscard]] Decision decide_on(const CampaignAsk& ask, const AddDevice& wish);
[[nodiscard]] Decision decide_on(const CampaignAsk& ask, const ConfirmInvite& wish);
[[nodiscard]] Decision decide_on(const CampaignAsk& ask, const RevokeInvite& wish);
[[nodiscard]] Decision decide_on(const CampaignAsk& ask, const RedeemInvite& wish);

/// Commands of who may speak as whom.
template <class Body>
concept OfAccess = std::is_same_v<Body, AddPerson> || std::is_same_v<Body, IssueToken> ||
    std::is_same_v<Body, RevokeToken> || std::is_same_v<Body, RevokePhones> || std::is_same_v<Body, InviteMarshal> ||
    std::is_same_v<Body, AddDevice> || std::is_same_v<Body, ConfirmInvite> || std::is_same_v<Body, RevokeInvite> ||
    std::is_same_v<Body, RedeemInvite>;

/// Commands that belong on the campaign's log.
template <class Body>
concept OfCampaign = OfAccess<Body> || std::is_same_v<Body, CreateCampaign> || std::is_same_v<Body, UpdateCampaign> ||
    std::is_same_v<Body, ListMarch> || std::is_same_v<Body, RecordImport> || std::is_same_v<Body, ForgetMarch>;

}  // namespace marchwire::core
