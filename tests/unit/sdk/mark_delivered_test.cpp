// An order that has come to a phone is told to the server by the client itself, once.
#include "machine_fixture.hpp"

namespace marchwire::sdk::test {
namespace {

const FeedName marshal_feed{FeedKind::marshal, "flag-day-2018", "st-louis-mo"};

/// A side marshal's phone with the marshal feed live at seq 4.
struct Phone : Online {
    explicit Phone(const std::string& orders = {}) {
        (void)machine.subscribe(marshal_feed, std::nullopt, now);
        greet();
        opened = say(Says().subscribed(marshal_feed).piece(marshal_feed, 4, 0, 1, snapshot(orders)));
    }
    static std::string snapshot(const std::string& orders) {
        v1::MarshalSnapshot state;
        state.mutable_self()->set_person(12);
        state.mutable_self()->set_ordinal(2);
        state.mutable_self()->set_role(v1::SIDE);
        state.mutable_self()->set_duty(v1::ON_DUTY);
        for (const char c : orders) {
            v1::Order& order = *state.add_orders();
            order.set_number(static_cast<std::uint32_t>(c - '0'));
            order.mutable_receipts()->add_ordinals(2);
            order.mutable_receipts()->add_states(v1::RECEIPT_QUEUED);
        }
        return state.SerializeAsString();
    }
    Actions issue(std::uint64_t seq, std::uint32_t number, std::uint64_t issuer = 1) {
        Says says;
        v1::Item& item = says.item();
        Says::place(item, seq, seq - 1);
        v1::Order& order = *item.mutable_entry()->mutable_event()->mutable_order_issued()->mutable_order();
        order.set_number(number);
        order.set_state(v1::ORDER_OPEN);
        order.set_issuer(issuer);
        order.mutable_audience()->set_kind(v1::AUDIENCE_ALL);
        return say(says);
    }
    Actions opened;
};

std::vector<std::uint32_t> marked(const Actions& actions) {
    std::vector<std::uint32_t> orders;
    for (const v1::ClientMessage& message : sent(actions)) {
        if (message.command().has_mark_delivered()) orders.push_back(message.command().mark_delivered().order());
    }
    return orders;
}

TEST_CASE("an order on the phone is said to be delivered without the app's doing", "[sdk][order]") {
    Phone phone;
    CHECK(marked(phone.opened).empty());
    const auto actions = phone.issue(5, 3);
    CHECK(marked(actions) == std::vector<std::uint32_t>{3});
    CHECK(sent(actions)[0].command().log() == "flag-day-2018/st-louis-mo");
    CHECK(sent(actions)[0].command().id().device() == device);
    CHECK(phone.machine.counter() == 1);
    // The app sees the order all the same, and no reply to a command that it did not make.
    CHECK(all<TellItem>(actions).size() == 1);
}

TEST_CASE("orders in a snapshot are delivered with it and an order for others is not", "[sdk][order]") {
    Phone phone("36");
    CHECK(marked(phone.opened) == std::vector<std::uint32_t>{3, 6});
    CHECK(marked(phone.issue(5, 7, 12)).empty());
}

TEST_CASE("what was said to be delivered is not said twice", "[sdk][order]") {
    Phone phone("3");
    (void)phone.say(Says().accepted(1, 5));
    CHECK(marked(phone.issue(5, 7)) == std::vector<std::uint32_t>{7});
    // The feed is made whole again before the receipt has come back on it.
    (void)phone.say(Says().subscribed(marshal_feed));
    CHECK(marked(phone.say(Says().piece(marshal_feed, 5, 0, 1, Phone::snapshot("37")))).empty());
}

TEST_CASE("a delivery that had no answer goes out again after a reconnect with its id", "[sdk][order]") {
    Phone phone("3");
    (void)phone.machine.on_closed(0, "reset", phone.now);
    phone.now = *phone.machine.next_tick();
    (void)phone.machine.on_tick(phone.now);
    (void)phone.machine.on_connected(phone.now);
    const auto again = phone.say(Says().welcome());
    REQUIRE(marked(again) == std::vector<std::uint32_t>{3});
    CHECK(sent(again)[0].command().id().counter() == 1);
}

}  // namespace
}  // namespace marchwire::sdk::test
