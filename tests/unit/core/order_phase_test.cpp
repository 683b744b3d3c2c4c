// What phases and routes order; drills; and who sees an order.
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

TEST_CASE("hold stop and release open their order to all on duty in the same group", "[core][order][phase]") {
    OrderStreet street;
    MarchBuilder& march = street.march;
    auto events = march.must(street.city_lead, Hold{march.state.phase_version, "tram", ""});
    const auto held = all_of<OrderIssued>(events);
    REQUIRE(held.size() == 1);
    CHECK(held.front().order.kind == OrderKind::hold);
    CHECK(held.front().order.receipts.size() == 5);
    CHECK(held.front().order.template_name == "hold");
    CHECK(held.front().order.text.find("tram") == std::string::npos);

    events = march.must(street.city_lead, Release{march.state.phase_version});
    CHECK(all_of<OrderIssued>(events).front().order.kind == OrderKind::resume);
    CHECK(all_of<OrdersEnded>(events).front().orders == std::vector{held.front().order.number});

    events = march.must(street.city_lead, Stop{"a crush", ""});
    CHECK(all_of<OrderIssued>(events).front().order.kind == OrderKind::stop);
    CHECK(all_of<OrdersEnded>(events).size() == 1);
    march.must(street.city_lead, ProposeResume{march.state.phase_version, "clear"});
    events = march.must(march.desk, ConfirmResume{march.state.proposals_made});
    CHECK(all_of<OrderIssued>(events).front().order.kind == OrderKind::resume);

    march.advance(Phase::rally);
    events = march.must(march.lead, AdvancePhase{Phase::dispersing, march.state.phase_version, ""});
    CHECK(all_of<OrderIssued>(events).front().order.kind == OrderKind::disperse);
    // The last entry of the group names what was made.
    CHECK(std::holds_alternative<OrderIssued>(events.back()));
}

TEST_CASE("a mis-tapped hold is taken back by an order as well", "[core][order][phase]") {
    OrderStreet street;
    MarchBuilder& march = street.march;
    march.must(street.city_lead, Hold{march.state.phase_version, "tram", ""});
    const auto events = march.must(march.lead, CorrectPhase{Phase::marching, march.state.phase_version, "slip"});
    CHECK(all_of<OrderIssued>(events).front().order.kind == OrderKind::resume);
}

TEST_CASE("a march that is cancelled tells all who are there and ends what held them", "[core][order][phase]") {
    MarchBuilder march;
    march.advance(Phase::assembling);
    march.on_duty(Role::side, 1);
    const auto events = march.must(march.lead, Cancel{march.state.phase_version, "storm"});
    const auto issued = all_of<OrderIssued>(events);
    REQUIRE(issued.size() == 1);
    CHECK(issued.front().order.kind == OrderKind::info);
    CHECK(issued.front().order.text.starts_with("CANCELLED"));
}

TEST_CASE("a phase with nobody on duty opens no order", "[core][order][phase]") {
    MarchBuilder march;
    march.march_off();
    const auto events = march.must(march.lead, Hold{march.state.phase_version, "tram", ""});
    CHECK(all_of<OrderIssued>(events).empty());
    CHECK(march.state.orders.empty());
}

TEST_CASE("a new route is ordered to all on duty and the one before is superseded", "[core][order][route]") {
    OrderStreet street;
    MarchBuilder& march = street.march;
    march.must(street.city_lead, ActivateRoute{march.approved_route(), 0});
    const auto first = march.state.orders_issued;
    CHECK(street.order(first).kind == OrderKind::reroute);
    CHECK(street.order(first).parameters == std::vector<std::string>{"1"});
    march.must(street.city_lead, ActivateRoute{march.approved_route(), 1});
    CHECK(street.order(first).state == OrderState::superseded);
    CHECK(street.order(first + 1).parameters == std::vector<std::string>{"2"});
}

TEST_CASE("a closed march has no open order", "[core][order][phase]") {
    OrderStreet street;
    MarchBuilder& march = street.march;
    street.issue(OrderKind::info, to_all());
    march.advance(Phase::rally);
    march.advance(Phase::dispersing);
    march.advance(Phase::closed);
    CHECK(std::ranges::none_of(march.state.orders, [](const Order& o) { return o.state == OrderState::open; }));
    CHECK(march.refused(street.city_lead, ordered(OrderKind::info, to_all())).code == RefusalCode::invalid_transition);
}

TEST_CASE("every order of a drill begins with DRILL", "[core][order][drill]") {
    OrderStreet street;
    street.march.state.spec.drill = true;
    const auto number = street.issue(OrderKind::info, to_all());
    CHECK(street.order(number).text == "DRILL Close the gap at the library.");
    street.march.must(street.city_lead, Hold{street.march.state.phase_version, "practice", ""});
    CHECK(street.order(number + 1).text.starts_with("DRILL HOLD"));
    CHECK(street.march.refused(street.city_lead, ordered(OrderKind::info, to_all(), std::string(155, 'a'))).field ==
          "text");
}

// ---- who sees it ---------------------------------------------------------------------------------

TEST_CASE("a phone is told of an order and of the own receipt and of nobody else's", "[core][order][views]") {
    OrderStreet street;
    const auto number = street.issue(OrderKind::hold, to_section(1));
    const Entry issued = street.march.entries.back();
    const auto on = [&](std::uint32_t index) {
        return std::ranges::count(issued.topics, index, &TopicStamp::index) == 1;
    };
    CHECK(on(topic_index::ops));
    CHECK(on(topic_index::section(1)));
    CHECK_FALSE(on(topic_index::staff));
    CHECK_FALSE(shown_on(issued.event, topic_index::ops).has_value());
    CHECK(std::get<OrderIssued>(*shown_on(issued.event, topic_index::section(1))).order.receipts.empty());

    street.march.must(street.lead_one, Acknowledge{.order = number, .section = 1, .heard_by = HeardBy::seen});
    const Entry moved = street.march.entries.back();
    REQUIRE(std::get<ReceiptsMoved>(moved.event).receipts.size() == 3);
    const auto ordinal = street.march.member(street.ben).ordinal;
    const auto own = std::get<ReceiptsMoved>(*shown_on(moved.event, topic_index::person(ordinal)));
    REQUIRE(own.receipts.size() == 1);
    CHECK(own.receipts.front().ordinal == ordinal);

    const auto shown = marshal_snapshot(street.march.state, street.ben);
    REQUIRE(shown->orders.size() == 1);
    CHECK(shown->orders.front().receipts.size() == 1);
    CHECK(marshal_snapshot(street.march.state, street.cid)->orders.empty());
}

TEST_CASE("a section lead sees who of the own section has answered", "[core][order][views]") {
    OrderStreet street;
    const auto number = street.issue(OrderKind::info, to_all());
    const auto two = section_snapshot(street.march.state, 2);
    REQUIRE(two.state.orders.size() == 1);
    CHECK(two.state.orders.front().receipts.size() == 2);
    const auto to_ann = street.issue(OrderKind::info, to_names({street.ann}));
    CHECK(section_snapshot(street.march.state, 2).state.orders.size() == 1);
    CHECK(section_snapshot(street.march.state, 1).state.orders.size() == 2);
    street.march.now = street.march.now + minutes(10);
    street.march.tick();
    CHECK(section_snapshot(street.march.state, 2).state.alerts.size() == 1);
    CHECK(section_snapshot(street.march.state, 1).state.alerts.contains({AlertKind::order_unacked, {}, to_ann}));
    CHECK(section_snapshot(street.march.state, 2).state.alerts.contains({AlertKind::order_unacked, {}, number}));
}

}  // namespace
}  // namespace marchwire::core
