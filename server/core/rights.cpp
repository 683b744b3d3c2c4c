// The rights table of DOMAIN.md as data, and which row each command is checked by.
#include "core/rights.hpp"

#include "core/command.hpp"

#include <array>
#include <cstddef>
#include <type_traits>

namespace marchwire::core {
namespace {

using P = Permission;

/// One row of the table in DOMAIN.md, in its order of columns. HEAD and TAIL stand apart from the
/// other marshals, and the anchor from the dispatcher, because single cells differ.
struct Row {
    Action action;
    P follower, head_tail, marshal, medic, legal_observer, section_lead, police_liaison, dispatcher, anchor, city_lead,
        national_desk, auditor;
};

constexpr P no = P::deny;
constexpr P r = P::read;
constexpr P w = P::act;
constexpr P pro = P::propose;  // '+' in DOMAIN.md
constexpr P sec = P::own_section;

// clang-format off
constexpr std::array<Row, action_count> rights_table{{
    //                          follower head_tail marshal  medic       legal      section  liaison  dispatcher anchor  city lead  national desk  auditor
    {Action::read_public,       r,   r,        r,        r,          r,         r,       r,       r,   r,   r,   r,   r},
    {Action::own_field,         no,  w,        w,        w,          w,         w,       w,       w,   w,   w,   w,   no},
    {Action::read_positions,    no,  sec,      sec,      sec,        P::own,    sec,     r,       r,   r,   r,   P::on_escalation, no},
    {Action::report,            no,  w,        w,        w,          w,         w,       w,       w,   w,   w,   w,   no},
    {Action::read_restricted,   no,  no,       no,       P::medical, no,        no,      P::if_assigned, P::if_assigned, P::if_assigned, P::audited, P::on_escalation, P::audited},
    {Action::issue_order,       no,  no,       no,       no,         no,        sec,     no,      P::info_roll_call, P::info_roll_call, w, P::city_leads_or_all, no},
    {Action::hold_release,      no,  pro,      pro,      pro,        no,        sec,     pro,     w,   w,   w,   no,  no},
    {Action::mark_passed,       no,  w,        no,       no,         no,        sec,     no,      w,   w,   w,   no,  no},
    {Action::on_behalf,         no,  P::buddy, P::buddy, P::buddy,   no,        sec,     P::buddy, w,  w,   w,   no,  no},
    {Action::stop,              no,  pro,      pro,      pro,        no,        w,       pro,     w,   w,   w,   P::advice, no},
    {Action::resume_after_stop, no,  no,       no,       no,         no,        P::confirm_one_lead, no, pro, P::propose_confirm_one_lead, P::propose_or_confirm, P::propose_or_confirm, no},
    {Action::correct_phase,     no,  no,       no,       no,         no,        no,      no,      no,  no,  w,   no,  no},
    {Action::advance_phase,     no,  no,       no,       no,         no,        no,      no,      pro, pro, w,   w,   no},
    {Action::legs_exits,        no,  no,       no,       no,         no,        sec,     no,      w,   w,   w,   no,  no},
    {Action::count_action,      w,   w,        w,        w,          w,         w,       w,       w,   w,   w,   w,   no},
    {Action::post_notice,       no,  no,       no,       no,         no,        no,      no,      pro, pro, w,   w,   no},
    {Action::create_campaign,   no,  no,       no,       no,         no,        no,      no,      no,  no,  no,  w,   no},
    {Action::set_up_march,      no,  no,       no,       no,         no,        no,      no,      no,  no,  P::own, w, no},
    {Action::assign_duty,       no,  P::own,   P::own,   P::own,     P::own,    sec,     P::own,  w,   w,   w,   no,  no},
    {Action::incident,          no,  P::own,   P::own,   P::medical, no,        sec,     P::police, w, w,   w,   P::on_escalation, no},
    {Action::cancel_order,      no,  no,       no,       no,         no,        P::own,  no,      P::own, P::own, w, w, no},
    {Action::receipt,           no,  P::if_recipient, P::if_recipient, P::if_recipient, P::see_only, P::if_recipient, P::if_recipient, P::if_recipient, P::if_recipient, P::if_recipient, no, no},
    {Action::reveal_person,     no,  no,       no,       no,         no,        sec,     no,      P::audited, P::audited, P::audited, P::audited, no},
    {Action::read_ops,          no,  no,       no,       no,         no,        sec,     no,      r,   r,   r,   P::by_march, r},
    {Action::read_marshal,      no,  P::own,   P::own,   P::own,     P::own,    P::own,  P::own,  P::own, P::own, P::own, no, no},
    {Action::read_desk,         no,  no,       no,       no,         no,        no,      no,      no,  no,  no,  r,   r},
    {Action::route_status,      no,  no,       no,       no,         no,        pro,     pro,     pro, pro, w,   no,  no},
    {Action::alert,             no,  P::buddy, P::buddy, P::medical, no,        sec,     P::police, w, w,   w,   w,   no},
    {Action::roster_invites,    no,  no,       no,       no,         no,        no,      no,      no,  no,  w,   w,   r},
    {Action::retention_export,  no,  no,       no,       no,         no,        no,      no,      no,  no,  pro, w,   r},
    {Action::questions,         P::ask, P::ask, P::ask,  P::ask,     P::ask,    P::ask,  P::ask,  P::claim_answer, P::claim_answer, P::answer, P::approve, r},
    {Action::confirm_proposal,  no,  no,       no,       no,         no,        w,       no,      w,   w,   w,   w,   no},
    {Action::machine,           no,  no,       no,       no,         no,        no,      no,      no,  no,  no,  no,  no},
    {Action::host_only,         no,  no,       no,       no,         no,        no,      no,      no,  no,  no,  no,  no},
}};
// clang-format on

constexpr bool every_action_has_its_row() {
    for (std::size_t i = 0; i < rights_table.size(); ++i) {
        if (rights_table[i].action != static_cast<Action>(i)) {
            return false;
        }
    }
    return true;
}
static_assert(every_action_has_its_row(), "rows stand in the order of Action, none left out");
static_assert(static_cast<std::uint8_t>(Action::host_only) + 1 == action_count);

/// What the host's own command line may do: set things up, and nothing that needs a person.
constexpr Permission host_permission(Action action) {
    switch (action) {
        case Action::read_public: return P::read;
        case Action::create_campaign:
        case Action::set_up_march:
        case Action::assign_duty:
        case Action::roster_invites:
        case Action::route_status:
        case Action::post_notice:
        case Action::host_only: return P::act;
        case Action::own_field:
        case Action::read_positions:
        case Action::report:
        case Action::read_restricted:
        case Action::issue_order:
        case Action::hold_release:
        case Action::mark_passed:
        case Action::on_behalf:
        case Action::stop:
        case Action::resume_after_stop:
        case Action::correct_phase:
        case Action::advance_phase:
        case Action::legs_exits:
        case Action::count_action:
        case Action::incident:
        case Action::cancel_order:
        case Action::receipt:
        case Action::reveal_person:
        case Action::read_ops:
        case Action::read_marshal:
        case Action::read_desk:
        case Action::alert:
        case Action::retention_export:
        case Action::questions:
        case Action::confirm_proposal:
        case Action::machine: return P::deny;
    }
    return P::deny;
}

struct RowOf {
    template <class Body>
    Action operator()(const Body&) const {
        return of(static_cast<const Body*>(nullptr));
    }
    /// Nothing was proposed that anybody may do by confirming.
    static Action of(const std::monostate*) { return Action::machine; }
    static Action of(const CreateCampaign*) { return Action::create_campaign; }
    static Action of(const UpdateCampaign*) { return Action::create_campaign; }
    static Action of(const ListMarch*) { return Action::set_up_march; }
    static Action of(const AddPerson*) { return Action::roster_invites; }
    static Action of(const IssueToken*) { return Action::roster_invites; }
    static Action of(const RevokeToken*) { return Action::roster_invites; }
    static Action of(const CreateMarch*) { return Action::set_up_march; }
    static Action of(const UpdateMarch*) { return Action::set_up_march; }
    static Action of(const MoveVenue*) { return Action::set_up_march; }
    static Action of(const Reschedule*) { return Action::set_up_march; }
    static Action of(const SetSections*) { return Action::set_up_march; }
    static Action of(const RecordImport*) { return Action::set_up_march; }
    static Action of(const AssignDuty*) { return Action::assign_duty; }
    static Action of(const ImportRoute*) { return Action::set_up_march; }
    static Action of(const AdvancePhase*) { return Action::advance_phase; }
    static Action of(const CorrectPhase*) { return Action::correct_phase; }
    static Action of(const Hold*) { return Action::hold_release; }
    static Action of(const Release*) { return Action::hold_release; }
    static Action of(const Stop*) { return Action::stop; }
    static Action of(const ProposeResume*) { return Action::resume_after_stop; }
    static Action of(const ConfirmResume*) { return Action::resume_after_stop; }
    static Action of(const Postpone*) { return Action::advance_phase; }
    static Action of(const Cancel*) { return Action::advance_phase; }
    static Action of(const ApproveRoute*) { return Action::route_status; }
    static Action of(const ActivateRoute*) { return Action::route_status; }
    static Action of(const WithdrawRoute*) { return Action::route_status; }
    Action operator()(const CheckIn& wish) const { return wish.on_behalf_of ? Action::on_behalf : Action::own_field; }
    static Action of(const CheckInSection*) { return Action::on_behalf; }
    static Action of(const HandOver*) { return Action::assign_duty; }
    static Action of(const AnswerHandOver*) { return Action::own_field; }
    static Action of(const RaiseSos*) { return Action::own_field; }
    static Action of(const CancelSos*) { return Action::own_field; }
    Action operator()(const SetSosPin& wish) const { return wish.made.person ? Action::machine : Action::own_field; }
    static Action of(const ReportCount*) { return Action::report; }
    static Action of(const SetPolicy*) { return Action::set_up_march; }
    static Action of(const RevokePhones*) { return Action::machine; }
    static Action of(const InviteMarshal*) { return Action::roster_invites; }
    static Action of(const AddDevice*) { return Action::own_field; }
    static Action of(const ConfirmInvite*) { return Action::roster_invites; }
    static Action of(const RevokeInvite*) { return Action::roster_invites; }
    static Action of(const RedeemInvite*) { return Action::machine; }
    static Action of(const ConfirmDuty*) { return Action::machine; }
    static Action of(const AnnounceRecovery*) { return Action::machine; }
    static Action of(const ObserveServers*) { return Action::machine; }
    static Action of(const ObserveSilence*) { return Action::machine; }
    static Action of(const ObserveUnreached*) { return Action::machine; }
    static Action of(const SubscribePush*) { return Action::own_field; }
    static Action of(const UnsubscribePush*) { return Action::own_field; }
    static Action of(const ForgetPush*) { return Action::machine; }
    static Action of(const TakeBreak*) { return Action::own_field; }
    static Action of(const EndDuty*) { return Action::own_field; }
    static Action of(const AckAlert*) { return Action::alert; }
    static Action of(const ClearAlert*) { return Action::alert; }
    static Action of(const PostNotice*) { return Action::post_notice; }
    static Action of(const SetCallsToAction*) { return Action::post_notice; }
    static Action of(const ConfirmProposal*) { return Action::confirm_proposal; }
    static Action of(const IssueOrder*) { return Action::issue_order; }
    static Action of(const OpenRollCall*) { return Action::issue_order; }
    static Action of(const CancelOrder*) { return Action::cancel_order; }
    static Action of(const MarkDelivered*) { return Action::receipt; }
    static Action of(const MarkSeen*) { return Action::receipt; }
    static Action of(const Acknowledge*) { return Action::receipt; }
    static Action of(const Decline*) { return Action::receipt; }
    static Action of(const AnswerRollCall*) { return Action::receipt; }
    static Action of(const Tick*) { return Action::machine; }
    static Action of(const TakeKeeping*) { return Action::machine; }
    static Action of(const RecordSignedTip*) { return Action::machine; }
    static Action of(const RepairLog*) { return Action::machine; }
    static Action of(const MarkPassed*) { return Action::mark_passed; }
    static Action of(const ObserveColumn*) { return Action::machine; }
    static Action of(const ReportIncident*) { return Action::report; }
    static Action of(const AssignIncident*) { return Action::incident; }
    static Action of(const UpdateIncident*) { return Action::incident; }
    static Action of(const ResolveIncident*) { return Action::incident; }
    static Action of(const ReopenIncident*) { return Action::incident; }
    static Action of(const ReadRestricted*) { return Action::read_restricted; }
    static Action of(const HoldRetention*) { return Action::retention_export; }
    static Action of(const ReleaseRetention*) { return Action::retention_export; }
    static Action of(const RecordExport*) { return Action::retention_export; }
    static Action of(const WaiveExport*) { return Action::retention_export; }
    static Action of(const ForgetMarch*) { return Action::machine; }
    static Action of(const SetPersonDetails*) { return Action::roster_invites; }
    static Action of(const RevealPerson*) { return Action::reveal_person; }
    static Action of(const ErasePerson*) { return Action::roster_invites; }
    static Action of(const SetIntersection*) { return Action::legs_exits; }
    static Action of(const CloseLeg*) { return Action::legs_exits; }
    static Action of(const OpenExit*) { return Action::legs_exits; }
    static Action of(const CloseExit*) { return Action::legs_exits; }
};

}  // namespace

Permission permission(Role role, Action action) {
    const auto index = static_cast<std::size_t>(action);
    if (index >= rights_table.size()) {
        return P::deny;
    }
    const Row& row = rights_table[index];
    switch (role) {
        case Role::follower: return row.follower;
        case Role::head:
        case Role::tail: return row.head_tail;
        case Role::side:
        case Role::intersection:
        case Role::de_escalator:
        case Role::access: return row.marshal;
        case Role::medic: return row.medic;
        case Role::legal_observer: return row.legal_observer;
        case Role::section_lead: return row.section_lead;
        case Role::police_liaison: return row.police_liaison;
        case Role::dispatcher: return row.dispatcher;
        case Role::anchor: return row.anchor;
        case Role::city_lead: return row.city_lead;
        case Role::national_desk: return row.national_desk;
        case Role::auditor: return row.auditor;
        case Role::keeper: return action == Action::machine ? P::act : P::deny;
    }
    return P::deny;
}

Permission permission(const Actor& actor, Action action, const LogId& log) {
    if (actor.host) {
        return host_permission(action);
    }
    // People of a march invite and add devices on its campaign's log: decide looks that it is of their march.
    const bool on_campaign = log.is_campaign() && (action == Action::roster_invites || action == Action::own_field);
    const bool elsewhere = !actor.march.empty() && actor.march != log.march && !on_campaign;
    return permission(elsewhere ? Role::follower : actor.role, action);
}

Action action_of(const Command& command) { return std::visit(RowOf{}, command.body); }

Action action_of(const ProposedCommand& command) { return std::visit(RowOf{}, command); }

}  // namespace marchwire::core
