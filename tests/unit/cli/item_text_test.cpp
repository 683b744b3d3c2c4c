// What people read in a line of text: proposals, and what became of a command.
#include "item_text.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>

namespace marchwire::cli {
namespace {

TEST_CASE("a proposal is read with its number and who made it and what it is about", "[cli][watch]") {
    sdk::March march;
    sdk::Member& dispatcher = march.roster.emplace_back();
    dispatcher.person = 7;
    dispatcher.callsign = "Dispatch 1";
    const sdk::Proposal next{3, "advance_phase", 7, "", 0, "rally"};
    CHECK(item_text(sdk::ProposalMade{next}, &march) == "proposal 3 by Dispatch 1 to advance phase: rally");
    const sdk::Proposal hold{4, "hold", 9, "somebody fell", 0, ""};
    CHECK(item_text(sdk::ProposalMade{hold}, &march) == "proposal 4 by person 9 to hold \"somebody fell\"");
    march.proposals = {next, hold};
    const std::string told = snapshot_text(march);
    CHECK(told.find("proposal 3 to advance phase: rally waits; proposal 4 to hold waits") != std::string::npos);
}

TEST_CASE("who may only propose is told whose yes it waits for", "[cli]") {
    const sdk::Accepted proposed{sdk::Level::synced, {1, 40, 0}, 3, true};
    const std::pair<sdk::Command, const char*> cases[] = {
        {sdk::Hold{}, "a dispatcher or a city lead"},
        {sdk::Stop{}, "a section lead, a dispatcher or a city lead"},
        {sdk::ApproveRoute{}, "a city lead"},
        {sdk::AdvancePhase{}, "a city lead or the national desk"},
        {sdk::PostNotice{}, "a city lead or the national desk"},
    };
    for (const auto& [command, confirmer] : cases) {
        CHECK(accepted_text(proposed, command) ==
              "proposed as number 3; waits for " + std::string(confirmer) + " to confirm it\n");
    }
}

TEST_CASE("an order is read with its text and its receipts with who they are of", "[cli][watch]") {
    sdk::March march;
    sdk::Member& ann = march.roster.emplace_back();
    ann.person = 7;
    ann.ordinal = 2;
    ann.callsign = "Side 1";
    CHECK(item_text(sdk::OrderIssued{4, sdk::OrderKind::slow, "Close up."}, &march) == "order 4 slow \"Close up.\"");
    const sdk::ReceiptsMoved moved{4, {{2, sdk::ReceiptState::acked}, {9, sdk::ReceiptState::declined}}};
    CHECK(item_text(moved, &march) == "order 4: Side 1 acked, number 9 of the roster declined");
    CHECK(item_text(sdk::OrdersEnded{{2, 4}, sdk::OrderState::superseded, 5}, &march) == "order 2 4 superseded by 5");
    const sdk::AlertChanged alert{sdk::AlertKind::order_unacked, 0, sdk::AlertState::notifying, 2, 4};
    CHECK(item_text(alert, &march) == "alert order_unacked of order 4 notifying step 2");
}

TEST_CASE("an incident is read with who has it and what is restricted is read once", "[cli][incident]") {
    sdk::March march;
    sdk::Member& ann = march.roster.emplace_back();
    ann.person = 7;
    ann.callsign = "Side 1";
    sdk::IncidentChanged changed{2,
                                 sdk::IncidentKind::lost_child,
                                 sdk::Severity::urgent,
                                 sdk::IncidentState::assigned,
                                 7,
                                 "red coat",
                                 "by the fountain"};
    CHECK(item_text(changed, &march) == "incident 2 lost_child assigned of Side 1 \"red coat\" \"by the fountain\"");
    CHECK(item_text(sdk::RestrictedRead{2, 7}, &march) == "Side 1 has read what is restricted of incident 2");
    const sdk::AlertChanged alert{sdk::AlertKind::lost_child, 0, sdk::AlertState::notifying, 1, 2};
    CHECK(item_text(alert, &march) == "alert lost_child of incident 2 notifying step 1");
    sdk::Incident incident;
    incident.number = 2;
    incident.kind = sdk::IncidentKind::lost_child;
    incident.severity = sdk::Severity::urgent;
    incident.state = sdk::IncidentState::reported;
    incident.description = "red coat";
    incident.reporter = 7;
    incident.is_restricted = true;
    CHECK(incident_text(incident, march) ==
          "incident 2 lost_child urgent reported \"red coat\", reported by Side 1, more is restricted");
    const sdk::Accepted answer{sdk::Level::synced, {1, 40, 0}, 0, false, sdk::RestrictedBlock{"Kim Doe", "asthma", ""}};
    CHECK(accepted_text(answer, sdk::ReadRestricted{2}) == "synced at 40\nname: Kim Doe\nmedical: asthma\ncontact: \n");
}

TEST_CASE("what becomes of the street is read in a line", "[cli][street]") {
    const sdk::IntersectionsChanged changed{
        {{4, sdk::IntersectionState::held}, {7, sdk::IntersectionState::head_passed}}, false};
    CHECK(item_text(changed, nullptr) == "intersection 4 held, 7 head_passed");
    CHECK(item_text(sdk::ClosuresSet{1, 2}, nullptr) == "closed: 1 legs, 2 exits");
    sdk::AlertChanged alert{sdk::AlertKind::intersection_not_ready, 0, sdk::AlertState::raised, 0, 4};
    alert.figure = 240;
    CHECK(item_text(alert, nullptr) == "alert intersection_not_ready of waypoint 4 (240 s) raised step 0");
}

TEST_CASE("an order in a list says how far it has come", "[cli]") {
    sdk::Order order;
    order.number = 3;
    order.kind = sdk::OrderKind::hold;
    order.state = sdk::OrderState::open;
    order.text = "Stop here.";
    order.receipts.resize(3);
    order.receipts[0].state = sdk::ReceiptState::acked;
    order.receipts[1].state = sdk::ReceiptState::queued;
    order.receipts[2].state = sdk::ReceiptState::acked;
    order.escalated = true;
    CHECK(order_text(order) == "order 3 hold open \"Stop here.\", 1 queued, 2 acked, escalated");
}

TEST_CASE("what was done is told with how safe it is and the number of what it made", "[cli]") {
    CHECK(accepted_text({sdk::Level::synced, {1, 40, 0}, 0, false}, sdk::Hold{}) == "synced at 40\n");
    CHECK(accepted_text({sdk::Level::synced, {1, 41, 0}, 2, false}, sdk::PostNotice{}) == "synced at 41, number 2\n");
}

}  // namespace
}  // namespace marchwire::cli
