// Orders and receipts as scenes: who is asked, who has answered, what a newer order ends.
#include "order_street.hpp"

#include "core/views.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace marchwire::core {
namespace {

using base::RefusalCode;
using test::all_of;
using test::MarchBuilder;
using test::minutes;
using test::ordered;
using test::OrderStreet;
using test::seconds;
using test::to_all;
using test::to_names;
using test::to_role;
using test::to_section;
namespace limits = base::limits;

TEST_CASE("an order is for whoever of its audience is on duty and never for its issuer", "[core][order]") {
    OrderStreet street;
    street.march.put(Role::side, 1);  // invited, not here
    street.march.on_duty(Role::legal_observer, 1);
    const auto to_everybody = street.issue(OrderKind::info, to_all());
    CHECK(street.recipients(to_everybody) ==
          std::vector{street.ann, street.ben, street.cid, street.lead_one, street.lead_two});
    CHECK(street.recipients(street.issue(OrderKind::hold, to_section(1))) ==
          std::vector{street.ann, street.ben, street.lead_one});
    CHECK(street.recipients(street.issue(OrderKind::slow, to_role(Role::tail))) == std::vector{street.cid});
    CHECK(street.recipients(street.issue(OrderKind::info, to_names({street.cid, street.ann, street.cid}))) ==
          std::vector{street.ann, street.cid});
}

TEST_CASE("an order to nobody is refused and reaches no one", "[core][order]") {
    OrderStreet street;
    const auto refusal = street.march.refused(street.city_lead, ordered(OrderKind::info, to_section(5)));
    CHECK(refusal.code == RefusalCode::not_found);
    CHECK(refusal.field == "audience");
    CHECK(street.march.refused(street.city_lead, ordered(OrderKind::info, to_role(Role::medic))).code ==
          RefusalCode::not_found);
    // Oneself alone is nobody as well.
    CHECK(street.march.refused(street.city_lead, ordered(OrderKind::info, to_names({street.city_lead}))).code ==
          RefusalCode::not_found);
    CHECK(street.march.state.orders.empty());
}

TEST_CASE("whoever comes on duty before the deadline gets the order too and nobody after it", "[core][order]") {
    OrderStreet street;
    const PersonId early = street.march.put(Role::side, 1);
    const PersonId late = street.march.put(Role::side, 1);
    const auto number = street.issue(OrderKind::info, to_section(1));
    street.march.now = street.march.now + minutes(10) - seconds(1);
    const auto added = all_of<RecipientsAdded>(street.march.must(early, CheckIn{}));
    REQUIRE(added.size() == 1);
    CHECK(added.front().ordinals == std::vector{street.march.member(early).ordinal});
    CHECK(street.receipt(number, early).state == ReceiptState::queued);
    street.march.now = street.march.now + seconds(1);
    CHECK(all_of<RecipientsAdded>(street.march.must(late, CheckIn{})).empty());
}

TEST_CASE("whoever is moved to a section gets what was ordered there", "[core][order]") {
    OrderStreet street;
    const auto number = street.issue(OrderKind::hold, to_section(2));
    street.march.assign(street.ann, 2, {});
    CHECK(street.receipt(number, street.ann).state == ReceiptState::queued);
    // Once: a second check-in adds nothing.
    CHECK(all_of<RecipientsAdded>(street.march.must(street.ann, CheckIn{})).empty());
}

TEST_CASE("a receipt moves only to the right whatever comes late or twice", "[core][order][receipt]") {
    OrderStreet street;
    const auto number = street.issue(OrderKind::slow, to_section(1));
    street.march.must(street.ann, MarkDelivered{number});
    CHECK(street.march.refused(street.ann, MarkDelivered{number}).code == RefusalCode::invalid_transition);
    street.march.must(street.ann, MarkSeen{number});
    CHECK(street.march.refused(street.ann, MarkDelivered{number}).code == RefusalCode::invalid_transition);
    street.march.must(street.ann, Acknowledge{.order = number});
    CHECK(street.march.refused(street.ann, MarkSeen{number}).code == RefusalCode::invalid_transition);
    CHECK(street.march.refused(street.ann, Decline{number, "too late"}).code == RefusalCode::invalid_transition);
    CHECK(street.receipt(number, street.ann).state == ReceiptState::acked);
    // Straight to the answer is fine as well.
    street.march.must(street.ben, Decline{number, "a wheelchair needs me here"});
    CHECK(street.receipt(number, street.ben).reason == "a wheelchair needs me here");
    CHECK(street.march.refused(street.ben, Acknowledge{.order = number}).code == RefusalCode::invalid_transition);
}

TEST_CASE("a decline says why", "[core][order][receipt]") {
    OrderStreet street;
    const auto number = street.issue(OrderKind::info, to_section(1));
    CHECK(street.march.refused(street.ann, Decline{number, ""}).field == "reason");
}

TEST_CASE("whoever is not asked cannot answer and a legal observer only sees", "[core][order][receipt]") {
    OrderStreet street;
    const PersonId observer = street.march.on_duty(Role::legal_observer, 1);
    const PersonId stranger = street.march.somebody(Role::side);
    const auto number = street.issue(OrderKind::info, to_section(1));
    for (const CommandBody& body : {CommandBody(MarkDelivered{number}), CommandBody(MarkSeen{number}),
                                    CommandBody(Acknowledge{.order = number}), CommandBody(Decline{number, "no"})}) {
        for (const PersonId person : {street.cid, observer, stranger, street.march.desk}) {
            CHECK(street.march.refused(person, body).code == RefusalCode::permission_denied);
        }
    }
    CHECK(street.march.refused(street.ann, MarkSeen{number + 1}).code == RefusalCode::not_found);
    // Informed: it stands in what the observer's phone shows, without a receipt.
    const auto shown = marshal_snapshot(street.march.state, observer);
    REQUIRE(shown->orders.size() == 1);
    CHECK(shown->orders.front().receipts.empty());
}

TEST_CASE("a late receipt counts for an order that was superseded meanwhile", "[core][order][receipt]") {
    OrderStreet street;
    const auto number = street.issue(OrderKind::hold, to_section(1));
    street.issue(OrderKind::resume, to_section(1));
    REQUIRE(street.order(number).state == OrderState::superseded);
    street.march.must(street.ann, Acknowledge{.order = number});
    CHECK(street.receipt(number, street.ann).state == ReceiptState::acked);
}

TEST_CASE("a section lead says in one tap that the own section has it", "[core][order][receipt]") {
    OrderStreet street;
    const auto number = street.issue(OrderKind::hold, to_section(1));
    street.march.must(street.ann, Decline{number, "cannot stop here"});
    const Acknowledge all{.order = number, .section = 1, .heard_by = HeardBy::radio};
    CHECK(street.march.refused(street.lead_two, all).code == RefusalCode::permission_denied);
    CHECK(street.march.refused(street.lead_one, Acknowledge{.order = number, .section = 1}).field == "heard_by");
    const auto moved = all_of<ReceiptsMoved>(street.march.must(street.lead_one, all));
    REQUIRE(moved.size() == 1);
    CHECK(moved.front().receipts.size() == 2);
    CHECK(street.receipt(number, street.ann).state == ReceiptState::declined);
    CHECK(street.receipt(number, street.ben).by == street.lead_one);
    CHECK(street.receipt(number, street.ben).heard_by == HeardBy::radio);
    CHECK_FALSE(street.receipt(number, street.lead_one).by);
    CHECK(street.march.refused(street.lead_one, all).code == RefusalCode::invalid_transition);
}

TEST_CASE("a marshal speaks for the buddy and for nobody else", "[core][order][receipt]") {
    OrderStreet street;
    const auto number = street.issue(OrderKind::info, to_all());
    Acknowledge heard{.order = number, .on_behalf_of = {street.ben}, .heard_by = HeardBy::voice};
    street.march.must(street.ann, heard);
    CHECK(street.receipt(number, street.ben).state == ReceiptState::acked);
    CHECK(street.receipt(number, street.ben).by == street.ann);
    CHECK(street.receipt(number, street.ann).state == ReceiptState::queued);
    heard.on_behalf_of = {street.cid};
    CHECK(street.march.refused(street.ann, heard).code == RefusalCode::permission_denied);
    // A dispatcher may for all, and need not be asked.
    const PersonId dispatcher = street.march.somebody(Role::dispatcher);
    street.march.must(dispatcher, heard);
    heard.on_behalf_of = {dispatcher};
    CHECK(street.march.refused(dispatcher, heard).code == RefusalCode::not_found);
}

TEST_CASE("who may order whom for what is what the rights say", "[core][order][rights]") {
    OrderStreet street;
    MarchBuilder& march = street.march;
    march.must(street.lead_one, ordered(OrderKind::hold, to_section(1)));
    march.must(street.lead_one, ordered(OrderKind::info, to_names({street.ann})));
    for (const OrderAudience& audience : {to_section(2), to_all(), to_names({street.ann, street.cid})}) {
        CHECK(march.refused(street.lead_one, ordered(OrderKind::slow, audience)).code ==
              RefusalCode::permission_denied);
    }
    const PersonId dispatcher = march.on_duty(Role::dispatcher);
    march.must(dispatcher, ordered(OrderKind::info, to_all()));
    CHECK(march.refused(dispatcher, ordered(OrderKind::slow, to_all())).code == RefusalCode::permission_denied);
    march.must(dispatcher, OpenRollCall{to_section(2), "", {}});
    march.must(march.desk, ordered(OrderKind::info, to_role(Role::city_lead)));
    march.must(march.desk, ordered(OrderKind::info, to_all()));
    CHECK(march.refused(march.desk, ordered(OrderKind::info, to_section(1))).code == RefusalCode::permission_denied);
    CHECK(march.refused(street.ann, ordered(OrderKind::info, to_all())).code == RefusalCode::permission_denied);
}

TEST_CASE("what holds the whole march is no order of its own", "[core][order]") {
    OrderStreet street;
    for (const OrderKind kind : {OrderKind::hold, OrderKind::stop, OrderKind::resume, OrderKind::disperse}) {
        CHECK(street.march.refused(street.city_lead, ordered(kind, to_all())).field == "kind");
    }
    street.march.must(street.city_lead, Stop{"a crush", ""});
    // Two persons resume after a stop: a section cannot be sent on around them.
    CHECK(street.march.refused(street.city_lead, ordered(OrderKind::resume, to_section(1))).code ==
          RefusalCode::invalid_transition);
}

TEST_CASE("an order's words are bounded and fit a message to any phone", "[core][order]") {
    OrderStreet street;
    IssueOrder wish = ordered(OrderKind::info, to_all(), std::string(160, 'a'));
    street.march.must(street.city_lead, wish);
    wish.text.push_back('a');
    CHECK(street.march.refused(street.city_lead, wish).field == "text");
    wish.text.clear();
    CHECK(street.march.refused(street.city_lead, wish).field == "text");
    wish.text = "See the map.";
    wish.parameters.assign(limits::order_parameters + 1, "x");
    CHECK(street.march.refused(street.city_lead, wish).field == "parameters");
    wish.parameters = {std::string(limits::order_parameter_characters + 1, 'x')};
    CHECK(street.march.refused(street.city_lead, wish).field == "parameters");
    wish.parameters.clear();
    wish.audience = to_names(std::vector<PersonId>(limits::order_names + 1, street.ann));
    CHECK(street.march.refused(street.city_lead, wish).field == "audience.names");
    wish.audience = to_names({PersonId{999}});
    CHECK(street.march.refused(street.city_lead, wish).field == "audience.names");
    wish.audience = to_section(99);
    CHECK(street.march.refused(street.city_lead, wish).field == "audience.section");
    wish.audience = to_all();
    wish.deadline = street.march.now;
    CHECK(street.march.refused(street.city_lead, wish).field == "deadline_ms");
}

TEST_CASE("so many orders are open and no more but the march can still be held", "[core][order]") {
    OrderStreet street;
    for (std::size_t i = 0; i < limits::orders_open; ++i) street.issue(OrderKind::info, to_all());
    CHECK(street.march.refused(street.city_lead, ordered(OrderKind::info, to_all())).code == RefusalCode::rate_limited);
    street.march.must(street.city_lead, Hold{street.march.state.phase_version, "tram", ""});
    CHECK(street.order(street.march.state.orders_issued).kind == OrderKind::hold);
}

TEST_CASE("orders that ended are kept for late receipts and the oldest are forgotten", "[core][order]") {
    OrderStreet street;
    for (std::size_t i = 0; i < limits::orders_ended_kept + 3; ++i) street.issue(OrderKind::slow, to_section(1));
    CHECK(street.march.state.orders.size() == limits::orders_ended_kept + 1);
    CHECK(street.march.state.order(1) == nullptr);
    CHECK(street.march.refused(street.ann, Acknowledge{.order = 1}).code == RefusalCode::not_found);
}

TEST_CASE("a newer order of the same matter to the same people supersedes the one before", "[core][order]") {
    OrderStreet street;
    const auto hold_one = street.issue(OrderKind::hold, to_section(1));
    const auto hold_two = street.issue(OrderKind::hold, to_section(2));
    const auto info = street.issue(OrderKind::info, to_section(1));
    const auto resume_one = street.issue(OrderKind::resume, to_section(1));
    CHECK(street.order(hold_one).state == OrderState::superseded);
    CHECK(street.order(hold_one).superseded_by == resume_one);
    CHECK(street.order(hold_two).state == OrderState::open);
    CHECK(street.order(info).state == OrderState::open);
    // What is said to the whole march goes before what was said to a part of it.
    street.march.must(street.city_lead, Hold{street.march.state.phase_version, "tram", ""});
    CHECK(street.order(hold_two).state == OrderState::superseded);
    CHECK(street.order(info).state == OrderState::open);
}

TEST_CASE("an order is cancelled by whoever issued it or by the lead and once", "[core][order]") {
    OrderStreet street;
    street.march.must(street.lead_one, ordered(OrderKind::hold, to_section(1)));
    const auto number = street.march.state.orders_issued;
    CHECK(street.march.refused(street.lead_two, CancelOrder{number, ""}).code == RefusalCode::permission_denied);
    CHECK(street.march.refused(street.ann, CancelOrder{number, ""}).code == RefusalCode::permission_denied);
    street.march.must(street.lead_one, CancelOrder{number, "the tram has gone"});
    CHECK(street.order(number).state == OrderState::cancelled);
    CHECK(street.march.refused(street.city_lead, CancelOrder{number, ""}).code == RefusalCode::invalid_transition);
    CHECK(street.march.refused(street.city_lead, CancelOrder{99, ""}).code == RefusalCode::not_found);
    street.march.must(street.lead_one, ordered(OrderKind::slow, to_section(1)));
    street.march.must(street.march.lead, CancelOrder{street.march.state.orders_issued, ""});
    // The order of a hold goes with the hold.
    street.march.must(street.city_lead, Hold{street.march.state.phase_version, "tram", ""});
    CHECK(street.march.refused(street.city_lead, CancelOrder{street.march.state.orders_issued, ""}).code ==
          RefusalCode::invalid_transition);
}

}  // namespace
}  // namespace marchwire::core
