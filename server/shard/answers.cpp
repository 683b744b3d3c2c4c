// What a desk answers beside what was decided.
#include "shard/answers.hpp"

#include "base/limits.hpp"

#include <type_traits>
#include <utility>
#include <variant>

namespace marchwire::shard {

using base::Refusal;
using base::RefusalCode;

Refusal not_now(std::string message) {
    Refusal refusal = base::refuse(RefusalCode::unavailable, "", std::move(message));
    refusal.retry_after_ms = base::limits::unavailable_retry.value;
    return refusal;
}

Refusal being_read() { return not_now("The log is being read anew: send the same command again."); }

Refusal other_content() {
    return base::invalid("id", "This id was used for another command: give each command an id of its own.");
}

Refusal expired(const char* message) { return base::refuse(RefusalCode::expired, "id", message); }

Refusal wrong_pin(std::uint64_t left) {
    const std::string what = left == 0
                                 ? "that was the last try, and your call for help stays open: your section lead can "
                                   "end it."
                                 : std::to_string(left) + (left == 1 ? " try is left." : " tries are left.");
    Refusal refusal = base::refuse(RefusalCode::permission_denied, "pin", "This PIN is wrong: " + what);
    refusal.current_value = std::to_string(left);
    return refusal;
}

bool is_machine(const core::Actor& actor) { return actor.host || actor.role == core::Role::keeper; }

bool answer_names_something(const core::CommandBody& body) {
    return std::visit(
        []<class Body>(const Body&) {
            // By one who may only propose, each that can be proposed makes a proposal.
            return core::Proposable<Body> || std::is_same_v<Body, core::AddPerson> ||
                   std::is_same_v<Body, core::IssueToken> || std::is_same_v<Body, core::InviteMarshal> ||
                   std::is_same_v<Body, core::AddDevice> || std::is_same_v<Body, core::RedeemInvite> ||
                   std::is_same_v<Body, core::ImportRoute> || std::is_same_v<Body, core::ProposeResume> ||
                   std::is_same_v<Body, core::ConfirmProposal> || std::is_same_v<Body, core::ConfirmResume> ||
                   std::is_same_v<Body, core::CorrectPhase> || std::is_same_v<Body, core::IssueOrder> ||
                   std::is_same_v<Body, core::OpenRollCall> || std::is_same_v<Body, core::ReportIncident> ||
                   std::is_same_v<Body, core::CancelSos>;
        },
        body);
}

base::Position position_of(const base::Tip& tip) { return {tip.epoch, tip.seq, base::short_digest(tip.digest)}; }

Made made_by(const core::Event& event) {
    if (const auto* person = std::get_if<core::PersonAdded>(&event)) return {person->person.id.value};
    if (const auto* token = std::get_if<core::TokenIssued>(&event)) return {token->token.number};
    if (const auto* invite = std::get_if<core::InviteMade>(&event)) return {invite->invite.number};
    if (const auto* route = std::get_if<core::RouteImported>(&event)) return {route->version};
    if (const auto* notice = std::get_if<core::NoticePosted>(&event)) return {notice->notice.number};
    if (const auto* order = std::get_if<core::OrderIssued>(&event)) return {order->order.number};
    if (const auto* incident = std::get_if<core::IncidentReported>(&event)) return {incident->incident.number};
    // A wrong PIN: one more than the tries that are left.
    if (const auto* typed = std::get_if<core::SosPinMistyped>(&event)) return {typed->tries_left + 1ULL};
    if (const auto* proposal = std::get_if<core::ProposalMade>(&event)) return {proposal->proposal.number, true};
    return {};
}

}  // namespace marchwire::shard
