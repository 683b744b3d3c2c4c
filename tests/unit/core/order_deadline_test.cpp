// Who has not answered in time: the alert of an order and its ladder; and roll calls.
#include "order_street.hpp"

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

TEST_CASE("a hold that somebody has not acknowledged goes to the section lead and then to the city lead",
          "[core][order][timers]") {
    OrderStreet street;
    street.march.must(street.lead_one, ordered(OrderKind::hold, to_section(1)));
    const auto number = street.march.state.orders_issued;
    street.march.must(street.ann, Acknowledge{.order = number});
    CHECK(street.pass(seconds(29)).empty());
    auto events = street.pass(seconds(1));
    REQUIRE(events.size() == 2);
    CHECK(std::get<AlertRaised>(events[0]).alert.key == AlertKey{AlertKind::order_unacked, {}, number});
    CHECK(std::get<AlertStepped>(events[1]).notified == std::vector{street.lead_one});
    CHECK(street.order(number).escalated);
    CHECK(street.pass(seconds(29)).empty());
    events = street.pass(seconds(1));
    REQUIRE(events.size() == 1);
    CHECK(std::get<AlertStepped>(events[0]).step == 2);
    CHECK(std::get<AlertStepped>(events[0]).notified == std::vector{street.city_lead});
    events = street.pass(seconds(30));
    REQUIRE(events.size() == 1);
    CHECK(std::get<AlertStepped>(events[0]).state == AlertState::exhausted);
    CHECK(street.pass(minutes(5)).empty());
    REQUIRE(street.alert(AlertKind::order_unacked, number) != nullptr);
    // It ends by itself with the last answer.
    street.march.must(street.ben, Acknowledge{.order = number});
    const auto cleared = all_of<AlertCleared>(street.march.tick());
    REQUIRE(cleared.size() == 1);
    CHECK(street.alert(AlertKind::order_unacked, number) == nullptr);
    CHECK(street.march.tick().empty());
}

TEST_CASE("a stop that is not acknowledged reaches the national desk before nobody is left", "[core][order][timers]") {
    OrderStreet street;
    street.march.must(street.city_lead, Stop{"a crush", ""});
    const auto number = street.march.state.orders_issued;
    std::vector<AlertStepped> steps;
    for (int i = 0; i < 4; ++i) {
        for (const AlertStepped& step : all_of<AlertStepped>(street.pass(seconds(30)))) steps.push_back(step);
    }
    REQUIRE(steps.size() == 4);
    CHECK(steps[0].notified == std::vector{street.lead_one, street.lead_two, street.city_lead});
    CHECK(steps[1].step == 2);
    CHECK(steps[2].step == 3);
    CHECK(steps[2].state == AlertState::notifying);
    CHECK(steps[3].state == AlertState::exhausted);
    CHECK(steps[3].key.number == number);
}

TEST_CASE("one alert speaks of all who have not answered and of the leads of those alone", "[core][order][timers]") {
    OrderStreet street;
    const auto number = street.issue(OrderKind::reroute, to_all());
    for (const PersonId person : {street.cid, street.lead_two}) street.march.must(person, Acknowledge{.order = number});
    CHECK(street.pass(seconds(89)).empty());
    const auto events = street.pass(seconds(1));
    CHECK(all_of<AlertRaised>(events).size() == 1);
    // The issuer is told with them.
    CHECK(all_of<AlertStepped>(events).front().notified == std::vector{street.lead_one, street.city_lead});
}

TEST_CASE("each kind of order has its time", "[core][order][timers]") {
    const auto [kind, due] = GENERATE(table<OrderKind, Millis>({{OrderKind::hold, seconds(30)},
                                                                {OrderKind::stop, seconds(30)},
                                                                {OrderKind::reroute, seconds(90)},
                                                                {OrderKind::slow, seconds(90)},
                                                                {OrderKind::info, minutes(10)}}));
    OrderStreet street;
    const auto number = street.issue(kind, to_section(1));
    CHECK(street.order(number).deadline == street.march.now + due);
    street.march.now = street.march.now + due - Millis{1};
    CHECK(all_of<AlertRaised>(street.march.tick()).empty());
    street.march.now = street.march.now + Millis{1};
    CHECK(all_of<AlertRaised>(street.march.tick()).size() == 1);
}

TEST_CASE("an order that all have answered raises nothing and closes when its time is over", "[core][order][timers]") {
    OrderStreet street;
    const auto info = street.issue(OrderKind::info, to_section(1));
    const auto hold = street.issue(OrderKind::hold, to_section(1));
    street.all_ack(info);
    street.all_ack(hold);
    const auto events = street.pass(minutes(10));
    CHECK(all_of<AlertRaised>(events).empty());
    const auto ended = all_of<OrdersEnded>(events);
    REQUIRE(ended.size() == 1);
    CHECK(ended.front().orders == std::vector{info});
    // A hold holds until somebody says otherwise.
    CHECK(street.order(hold).state == OrderState::open);
}

TEST_CASE("nobody waits for the answer of one who has left for today", "[core][order][timers]") {
    OrderStreet street;
    const auto number = street.issue(OrderKind::hold, to_names({street.ann, street.ben}));
    street.march.must(street.ann, Acknowledge{.order = number});
    street.pass(seconds(30));
    REQUIRE(street.alert(AlertKind::order_unacked, number) != nullptr);
    street.march.must(street.ben, EndDuty{street.march.member(street.ben).duty_version});
    CHECK(next_due(street.march.state) <= street.march.now);
    CHECK(all_of<AlertCleared>(street.march.tick()).size() == 1);
}

TEST_CASE("an order's alert ends with the order", "[core][order][timers]") {
    OrderStreet street;
    const auto number = street.issue(OrderKind::hold, to_section(1));
    street.pass(seconds(30));
    const auto events = street.march.must(street.city_lead, ordered(OrderKind::resume, to_section(1)));
    CHECK(all_of<AlertCleared>(events).size() == 1);
    CHECK(street.alert(AlertKind::order_unacked, number) == nullptr);
}

TEST_CASE("an alert that was cleared by hand is not raised again by the same order", "[core][order][timers]") {
    OrderStreet street;
    const auto number = street.issue(OrderKind::hold, to_section(1));
    street.pass(seconds(30));
    const Alert* alert = street.alert(AlertKind::order_unacked, number);
    REQUIRE(alert != nullptr);
    street.march.must(street.city_lead, ClearAlert{alert->key, alert->version, "I see them standing"});
    CHECK(street.pass(minutes(2)).empty());
}

TEST_CASE("whoever owes the answer does not take the alert about it", "[core][order][timers]") {
    OrderStreet street;
    const auto number = street.issue(OrderKind::hold, to_section(1));
    street.pass(seconds(30));
    const Alert* alert = street.alert(AlertKind::order_unacked, number);
    REQUIRE(alert != nullptr);
    const AckAlert take{alert->key, alert->version};
    CHECK(street.march.refused(street.lead_one, take).code == RefusalCode::permission_denied);
    CHECK(street.march.refused(street.lead_two, take).code == RefusalCode::permission_denied);
    street.march.must(street.lead_one, Acknowledge{.order = number});
    street.march.must(street.lead_one, take);
    // Taken: it climbs no further, and still ends with the last answer.
    CHECK(street.pass(minutes(5)).empty());
    street.all_ack(number);
    CHECK(all_of<AlertCleared>(street.march.tick()).size() == 1);
}

TEST_CASE("a ladder with nobody on it is exhausted at once and stays open", "[core][order][timers]") {
    MarchBuilder march;
    march.march_off();
    march.on_duty(Role::side);
    march.must(march.lead, ordered(OrderKind::info, to_all()));
    march.now = march.now + minutes(10);
    const auto steps = all_of<AlertStepped>(march.tick());
    REQUIRE(steps.size() == 1);
    CHECK(steps.front().state == AlertState::exhausted);
}

TEST_CASE("time that nobody kept counts towards no order's deadline", "[core][order][timers][keeper]") {
    OrderStreet street;
    const auto number = street.issue(OrderKind::hold, to_section(1));
    street.march.now = street.march.now + seconds(10);
    const UtcMs idle_since = street.march.now;
    street.march.now = street.march.now + minutes(20);
    REQUIRE(
        street.march.tell(MarchBuilder::keeper(), TakeKeeping{street.march.state.term.next(), idle_since}).has_value());
    CHECK(street.order(number).deadline == street.march.now + seconds(20));
    CHECK(all_of<AlertRaised>(street.march.tick()).empty());
    CHECK(all_of<AlertRaised>(street.pass(seconds(20))).size() == 1);
}

// ---- roll call -----------------------------------------------------------------------------------

TEST_CASE("a roll call is answered with a headcount and ends with the list of who is missing", "[core][roll_call]") {
    OrderStreet street;
    street.march.must(street.city_lead, OpenRollCall{to_all(), "", {}});
    const auto number = street.march.state.orders_issued;
    CHECK_FALSE(street.order(number).text.empty());
    street.march.must(street.ann, AnswerRollCall{number, 40, {}, HeardBy::none});
    CHECK(street.receipt(number, street.ann).headcount == 40);
    CHECK(street.receipt(number, street.ann).state == ReceiptState::acked);
    CHECK(street.march.refused(street.ben, Acknowledge{.order = number}).field == "order");
    street.march.must(street.lead_two, AnswerRollCall{number, 25, street.cid, HeardBy::radio});
    CHECK(street.receipt(number, street.cid).by == street.lead_two);
    // A count is put right by saying it again.
    street.march.must(street.ann, AnswerRollCall{number, 41, {}, HeardBy::none});
    CHECK(street.march.refused(street.ann, AnswerRollCall{number, 41, {}, HeardBy::none}).code ==
          RefusalCode::invalid_transition);

    CHECK(street.pass(minutes(3) - seconds(1)).empty());
    const auto events = street.pass(seconds(1));
    CHECK(all_of<AlertRaised>(events).front().alert.key == AlertKey{AlertKind::roll_call_incomplete, {}, number});
    CHECK(missing(street.march.state, street.order(number)) ==
          std::vector{street.march.member(street.ben).ordinal, street.march.member(street.lead_one).ordinal,
                      street.march.member(street.lead_two).ordinal});
}

TEST_CASE("only a roll call takes a headcount", "[core][roll_call]") {
    OrderStreet street;
    const auto number = street.issue(OrderKind::info, to_all());
    CHECK(street.march.refused(street.ann, AnswerRollCall{number, 3, {}, HeardBy::none}).field == "order");
    CHECK(street.march.refused(street.city_lead, ordered(OrderKind::roll_call, to_all())).field == "kind");
    street.march.must(street.city_lead, OpenRollCall{to_all(), "Count those with a wheelchair.", {}});
    const auto roll_call = street.march.state.orders_issued;
    CHECK(street.march.refused(street.ann, AnswerRollCall{roll_call, limits::headcount_max + 1, {}, {}}).field ==
          "headcount");
    CHECK(street.march.refused(street.cid, AnswerRollCall{roll_call, 1, street.ann, HeardBy::seen}).code ==
          RefusalCode::permission_denied);
}

}  // namespace
}  // namespace marchwire::core
