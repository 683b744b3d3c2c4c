// The rights of DOMAIN.md, written here a second time by hand and in its words: never made from the code's table.
#include "core/rights.hpp"

#include "core/command.hpp"
#include "support/march_builder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <type_traits>

namespace marchwire::core {
namespace {

using P = Permission;

const std::map<std::string_view, Permission> words = {
    {"", P::deny},
    {"r", P::read},
    {"w", P::act},
    {"+", P::propose},
    {"own section", P::own_section},
    {"buddy", P::buddy},
    {"own", P::own},
    {"medical", P::medical},
    {"police", P::police},
    {"if assigned", P::if_assigned},
    {"if recipient", P::if_recipient},
    {"see only", P::see_only},
    {"audited", P::audited},
    {"on escalation", P::on_escalation},
    {"propose or confirm", P::propose_or_confirm},
    {"confirm if one lead", P::confirm_one_lead},
    {"+, confirm if one lead", P::propose_confirm_one_lead},
    {"city leads or all", P::city_leads_or_all},
    {"INFO, roll call", P::info_roll_call},
    {"advice", P::advice},
    {"by march", P::by_march},
    {"ask", P::ask},
    {"answer", P::answer},
    {"approve", P::approve},
    {"claim, answer", P::claim_answer},
};

/// A row of DOMAIN.md. HEAD and TAIL are marshals with one cell more; the anchor differs from the dispatcher once.
struct Row {
    Action action;
    std::string_view follower, head_tail, marshal, medic, legal_observer, section_lead, liaison, dispatcher, anchor,
        city_lead, desk, auditor;
};

// clang-format off
constexpr Row rows[] = {
    {Action::read_public, "r", "r", "r", "r", "r", "r", "r", "r", "r", "r", "r", "r"},
    {Action::own_field, "", "w", "w", "w", "w", "w", "w", "w", "w", "w", "w", ""},
    // Own section and buddy, own sector, own section and neighbours: the section's topic, and who says more says so there.
    {Action::read_positions, "", "own section", "own section", "own section", "own", "own section", "r", "r", "r", "r", "on escalation", ""},
    {Action::report, "", "w", "w", "w", "w", "w", "w", "w", "w", "w", "w", ""},
    {Action::read_restricted, "", "", "", "medical", "", "", "if assigned", "if assigned", "if assigned", "audited", "on escalation", "audited"},
    {Action::issue_order, "", "", "", "", "", "own section", "", "INFO, roll call", "INFO, roll call", "w", "city leads or all", ""},
    {Action::hold_release, "", "+", "+", "+", "", "own section", "+", "w", "w", "w", "", ""},
    {Action::mark_passed, "", "w", "", "", "", "own section", "", "w", "w", "w", "", ""},
    {Action::on_behalf, "", "buddy", "buddy", "buddy", "", "own section", "buddy", "w", "w", "w", "", ""},
    {Action::stop, "", "+", "+", "+", "", "w", "+", "w", "w", "w", "advice", ""},
    {Action::resume_after_stop, "", "", "", "", "", "confirm if one lead", "", "+", "+, confirm if one lead", "propose or confirm", "propose or confirm", ""},
    {Action::correct_phase, "", "", "", "", "", "", "", "", "", "w", "", ""},
    {Action::advance_phase, "", "", "", "", "", "", "", "+", "+", "w", "w", ""},
    {Action::legs_exits, "", "", "", "", "", "own section", "", "w", "w", "w", "", ""},
    {Action::count_action, "w", "w", "w", "w", "w", "w", "w", "w", "w", "w", "w", ""},
    {Action::post_notice, "", "", "", "", "", "", "", "+", "+", "w", "w", ""},
    {Action::create_campaign, "", "", "", "", "", "", "", "", "", "", "w", ""},
    {Action::set_up_march, "", "", "", "", "", "", "", "", "", "own", "w", ""},
    {Action::assign_duty, "", "own", "own", "own", "own", "own section", "own", "w", "w", "w", "", ""},
    {Action::incident, "", "own", "own", "medical", "", "own section", "police", "w", "w", "w", "on escalation", ""},
    {Action::cancel_order, "", "", "", "", "", "own", "", "own", "own", "w", "w", ""},
    {Action::receipt, "", "if recipient", "if recipient", "if recipient", "see only", "if recipient", "if recipient", "if recipient", "if recipient", "if recipient", "", ""},
    {Action::reveal_person, "", "", "", "", "", "own section", "", "audited", "audited", "audited", "audited", ""},
    {Action::read_ops, "", "", "", "", "", "own section", "", "r", "r", "r", "by march", "r"},
    {Action::read_marshal, "", "own", "own", "own", "own", "own", "own", "own", "own", "own", "", ""},
    {Action::read_desk, "", "", "", "", "", "", "", "", "", "", "r", "r"},
    {Action::route_status, "", "", "", "", "", "+", "+", "+", "+", "w", "", ""},
    {Action::alert, "", "buddy", "buddy", "medical", "", "own section", "police", "w", "w", "w", "w", ""},
    {Action::roster_invites, "", "", "", "", "", "", "", "", "", "w", "w", "r"},
    {Action::retention_export, "", "", "", "", "", "", "", "", "", "+", "w", "r"},
    {Action::questions, "ask", "ask", "ask", "ask", "ask", "ask", "ask", "claim, answer", "claim, answer", "answer", "approve", "r"},
    // Whoever has a w in a row with a '+'; the row of what was proposed is checked in decide.
    {Action::confirm_proposal, "", "", "", "", "", "w", "", "w", "w", "w", "w", ""},
    {Action::machine, "", "", "", "", "", "", "", "", "", "", "", ""},
    {Action::host_only, "", "", "", "", "", "", "", "", "", "", "", ""},
};
// clang-format on

std::string_view cell(const Row& row, Role role) {
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
        case Role::police_liaison: return row.liaison;
        case Role::dispatcher: return row.dispatcher;
        case Role::anchor: return row.anchor;
        case Role::city_lead: return row.city_lead;
        case Role::national_desk: return row.desk;
        case Role::auditor: return row.auditor;
        case Role::keeper: return row.action == Action::machine ? "w" : "";
    }
    return "";
}

std::vector<Role> all_roles() {
    std::vector<Role> roles;
    for (std::uint8_t i = 1; i <= role_count; ++i) roles.push_back(static_cast<Role>(i));
    return roles;
}

const LogId here{test::slug("flag-day-2018"), test::slug("st-louis-mo")};
const LogId campaign{test::slug("flag-day-2018"), Slug{}};

Actor serving(Role role, const char* march) {
    Actor actor;
    actor.person = PersonId{7};
    actor.role = role;
    if (*march != '\0') actor.march = test::slug(march);
    return actor;
}

TEST_CASE("every role may do in every row what the paper's table says", "[core][rights]") {
    REQUIRE(std::size(rows) == action_count);
    for (const Row& row : rows) {
        for (const Role role : all_roles()) {
            INFO("row " << static_cast<int>(row.action) << ", " << name_of(role));
            CHECK(permission(role, row.action) == words.at(cell(row, role)));
        }
    }
}

TEST_CASE("an action without a row and a role without a column are denied", "[core][rights]") {
    for (const Role role : all_roles()) CHECK(permission(role, static_cast<Action>(action_count)) == P::deny);
    for (const Row& row : rows) CHECK(permission(static_cast<Role>(99), row.action) == P::deny);
}

TEST_CASE("on another march everybody has what followers have", "[core][rights]") {
    for (const Row& row : rows) {
        for (const Role role : all_roles()) {
            INFO("row " << static_cast<int>(row.action) << ", " << name_of(role));
            CHECK(permission(serving(role, "kansas-city-mo"), row.action, here) == words.at(row.follower));
            // Invites of the own march, and a second device of one's own, stand on the campaign's log.
            const bool there = row.action == Action::roster_invites || row.action == Action::own_field;
            CHECK(permission(serving(role, "st-louis-mo"), row.action, campaign) ==
                  words.at(there ? cell(row, role) : row.follower));
            CHECK(permission(serving(role, "st-louis-mo"), row.action, here) == words.at(cell(row, role)));
        }
    }
    CHECK(permission(serving(Role::national_desk, ""), Action::advance_phase, here) == P::act);
    CHECK(permission(serving(Role::auditor, ""), Action::read_ops, here) == P::read);
}

TEST_CASE("the host's command line sets up and does nothing that needs a person", "[core][rights]") {
    Actor host;
    host.host = true;
    for (const Row& row : rows) {
        Permission expected = P::deny;
        if (row.action == Action::read_public) expected = P::read;
        for (const Action set_up :
             {Action::create_campaign, Action::set_up_march, Action::assign_duty, Action::roster_invites,
              Action::route_status, Action::post_notice, Action::host_only}) {
            if (row.action == set_up) expected = P::act;
        }
        INFO("row " << static_cast<int>(row.action));
        CHECK(permission(host, row.action, here) == expected);
    }
}

Action row_of(CommandBody body) { return action_of(Command{{}, {}, Level::none, std::move(body)}); }

TEST_CASE("every command is checked by its row", "[core][rights]") {
    for (const CommandBody& body : {CommandBody(CreateCampaign{}), CommandBody(UpdateCampaign{})}) {
        CHECK(row_of(body) == Action::create_campaign);
    }
    for (const CommandBody& body : {CommandBody(ListMarch{}), CommandBody(CreateMarch{}), CommandBody(UpdateMarch{}),
                                    CommandBody(Reschedule{}), CommandBody(SetSections{}), CommandBody(ImportRoute{}),
                                    CommandBody(RecordImport{}), CommandBody(SetPolicy{})}) {
        CHECK(row_of(body) == Action::set_up_march);
    }
    for (const CommandBody& body :
         {CommandBody(AddPerson{}), CommandBody(IssueToken{}), CommandBody(RevokeToken{}), CommandBody(InviteMarshal{}),
          CommandBody(ConfirmInvite{}), CommandBody(RevokeInvite{})}) {
        CHECK(row_of(body) == Action::roster_invites);
    }
    for (const CommandBody& body : {CommandBody(AdvancePhase{}), CommandBody(Postpone{}), CommandBody(Cancel{})}) {
        CHECK(row_of(body) == Action::advance_phase);
    }
    for (const CommandBody& body :
         {CommandBody(ApproveRoute{}), CommandBody(ActivateRoute{}), CommandBody(WithdrawRoute{})}) {
        CHECK(row_of(body) == Action::route_status);
    }
    for (const CommandBody& body :
         {CommandBody(CheckIn{}), CommandBody(TakeBreak{}), CommandBody(EndDuty{}), CommandBody(RaiseSos{}),
          CommandBody(AnswerHandOver{}), CommandBody(SubscribePush{}), CommandBody(UnsubscribePush{}),
          CommandBody(AddDevice{}), CommandBody(CancelSos{}), CommandBody(SetSosPin{})}) {
        CHECK(row_of(body) == Action::own_field);
    }
    for (const CommandBody& body :
         {CommandBody(Tick{}), CommandBody(TakeKeeping{}), CommandBody(RecordSignedTip{}), CommandBody(RepairLog{}),
          CommandBody(ObserveSilence{}), CommandBody(ObserveUnreached{}), CommandBody(ForgetPush{}),
          CommandBody(ObserveServers{}), CommandBody(RevokePhones{}), CommandBody(RedeemInvite{}),
          CommandBody(ConfirmDuty{}), CommandBody(AnnounceRecovery{}), CommandBody(ForgetMarch{})}) {
        CHECK(row_of(body) == Action::machine);
    }
    for (const CommandBody& body : {CommandBody(IssueOrder{}), CommandBody(OpenRollCall{})}) {
        CHECK(row_of(body) == Action::issue_order);
    }
    CHECK(row_of(CancelOrder{}) == Action::cancel_order);
    for (const CommandBody& body : {CommandBody(HoldRetention{}), CommandBody(ReleaseRetention{}),
                                    CommandBody(RecordExport{}), CommandBody(WaiveExport{})}) {
        CHECK(row_of(body) == Action::retention_export);
    }
}

TEST_CASE("receipts, duties, phases, alerts and incidents are checked by their rows", "[core][rights]") {
    for (const CommandBody& body : {CommandBody(MarkDelivered{}), CommandBody(MarkSeen{}), CommandBody(Acknowledge{}),
                                    CommandBody(Decline{}), CommandBody(AnswerRollCall{})}) {
        CHECK(row_of(body) == Action::receipt);
    }
    CheckIn for_another;
    for_another.on_behalf_of = PersonId{7};
    CHECK(row_of(for_another) == Action::on_behalf);
    CHECK(row_of(CheckInSection{}) == Action::on_behalf);
    CHECK(row_of(HandOver{}) == Action::assign_duty);
    CHECK(row_of(ReportCount{}) == Action::report);
    CHECK(row_of(AssignDuty{}) == Action::assign_duty);
    CHECK(row_of(CorrectPhase{}) == Action::correct_phase);
    CHECK(row_of(Hold{}) == Action::hold_release);
    CHECK(row_of(Release{}) == Action::hold_release);
    CHECK(row_of(Stop{}) == Action::stop);
    CHECK(row_of(ProposeResume{}) == Action::resume_after_stop);
    CHECK(row_of(ConfirmResume{}) == Action::resume_after_stop);
    CHECK(row_of(ConfirmProposal{}) == Action::confirm_proposal);
    CHECK(row_of(AckAlert{}) == Action::alert);
    CHECK(row_of(ClearAlert{}) == Action::alert);
    for (const CommandBody& body :
         {CommandBody(SetIntersection{}), CommandBody(CloseLeg{}), CommandBody(OpenExit{}), CommandBody(CloseExit{})}) {
        CHECK(row_of(body) == Action::legs_exits);
    }
    CHECK(row_of(ReportIncident{}) == Action::report);
    for (const CommandBody& body : {CommandBody(AssignIncident{}), CommandBody(UpdateIncident{}),
                                    CommandBody(ResolveIncident{}), CommandBody(ReopenIncident{})}) {
        CHECK(row_of(body) == Action::incident);
    }
    CHECK(row_of(ReadRestricted{}) == Action::read_restricted);
    CHECK(row_of(RevealPerson{}) == Action::reveal_person);
    CHECK(row_of(SetPersonDetails{}) == Action::roster_invites);
    CHECK(row_of(ErasePerson{}) == Action::roster_invites);
    CHECK(row_of(PostNotice{}) == Action::post_notice);
    CHECK(row_of(SetCallsToAction{}) == Action::post_notice);
}

TEST_CASE("what was proposed is confirmed by the row that the command itself has", "[core][rights]") {
    for (const ProposedCommand& proposed :
         {ProposedCommand(AdvancePhase{}), ProposedCommand(Hold{}), ProposedCommand(Release{}), ProposedCommand(Stop{}),
          ProposedCommand(Postpone{}), ProposedCommand(Cancel{}), ProposedCommand(ApproveRoute{}),
          ProposedCommand(ActivateRoute{}), ProposedCommand(WithdrawRoute{}), ProposedCommand(PostNotice{}),
          ProposedCommand(SetCallsToAction{}), ProposedCommand(HoldRetention{}), ProposedCommand(ReleaseRetention{}),
          ProposedCommand(RecordExport{}), ProposedCommand(WaiveExport{})}) {
        const Action own = std::visit(
            [](const auto& body) {
                if constexpr (std::is_same_v<std::decay_t<decltype(body)>, std::monostate>) {
                    return Action::machine;
                } else {
                    return row_of(body);
                }
            },
            proposed);
        CHECK(action_of(proposed) == own);
        // A row without a '+' has nobody who proposes.
        const auto may_propose = [&](Role role) { return permission(role, own) == P::propose; };
        CHECK(std::ranges::any_of(all_roles(), may_propose));
    }
    CHECK(action_of(ProposedCommand{}) == Action::machine);
}

TEST_CASE("whoever may do what others propose may confirm and nobody else", "[core][rights]") {
    for (const Role role : all_roles()) {
        const auto may_do = [&](Action action) { return permission(role, action) == P::act; };
        const bool somewhere = std::ranges::any_of(std::array{Action::hold_release, Action::stop, Action::advance_phase,
                                                              Action::post_notice, Action::route_status},
                                                   may_do);
        INFO(name_of(role));
        CHECK((permission(role, Action::confirm_proposal) == P::act) == somewhere);
    }
}

TEST_CASE("a cell that only reads is no right to act", "[core][rights]") {
    test::MarchBuilder march;
    const PersonId auditor = march.somebody(Role::auditor);
    for (const CommandBody& body :
         {CommandBody(CheckIn{}), CommandBody(AdvancePhase{Phase::assembling, 1, ""}), CommandBody(PostNotice{}),
          CommandBody(Tick{}), CommandBody(CreateMarch{}), CommandBody(RevokeToken{1, ""})}) {
        CHECK(march.refused(auditor, body).code == base::RefusalCode::permission_denied);
    }
}

}  // namespace
}  // namespace marchwire::core
