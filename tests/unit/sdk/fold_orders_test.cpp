// Orders and their receipts as ops, a section lead and a phone hold them, event by event.
#include "fold_fixture.hpp"

namespace marchwire::sdk::test::order_folds {
namespace {

template <class Fold>
std::string after(const std::string& before, const std::string& event, FoldResult result = FoldResult::folded) {
    return after_one<Fold>(before, entry(event), result);
}
std::string ops(const std::string& text) { return expected<v1::OpsSnapshot>(text); }
std::string marshal(const std::string& text) { return expected<v1::MarshalSnapshot>(text); }

constexpr auto queued = "orders { number: 4 state: ORDER_OPEN receipts { ordinals: [1, 3] states: [1, 1] } }";

TEST_CASE("ops holds an order with the receipts that it came with", "[sdk][fold][order]") {
    CHECK(after<OpsFold>("", R"(order_issued { order { number: 4 kind: ORDER_HOLD state: ORDER_OPEN
                                 receipts { ordinals: [1, 3] states: [1, 1] } } })") ==
          ops("orders { number: 4 kind: ORDER_HOLD state: ORDER_OPEN receipts { ordinals: [1, 3] states: [1, 1] } }"));
}

TEST_CASE("receipts move by their place and keep what was said with them", "[sdk][fold][order]") {
    CHECK(after<OpsFold>(queued, "receipts_moved { order: 4 receipts { ordinals: [3] states: [4] } }") ==
          ops("orders { number: 4 state: ORDER_OPEN receipts { ordinals: [1, 3] states: [1, 4] } }"));
    const auto noted = R"(orders { number: 4 state: ORDER_OPEN receipts { ordinals: [1, 3] states: [5, 4]
                              notes { ordinal: 1 reason: "no" } notes { ordinal: 3 headcount: 9 } } })";
    CHECK(after<OpsFold>(R"(orders { number: 4 state: ORDER_OPEN receipts { ordinals: [1, 3] states: [1, 4]
                              notes { ordinal: 3 headcount: 9 } } })",
                         R"(receipts_moved { order: 4 receipts { ordinals: [1] states: [5]
                              notes { ordinal: 1 reason: "no" } } })") == ops(noted));
    // A count that is said again replaces the one before.
    CHECK(after<OpsFold>(noted, R"(receipts_moved { order: 4 receipts { ordinals: [3] states: [4]
                                     notes { ordinal: 3 headcount: 12 } } })") ==
          ops(R"(orders { number: 4 state: ORDER_OPEN receipts { ordinals: [1, 3] states: [5, 4]
                   notes { ordinal: 1 reason: "no" } notes { ordinal: 3 headcount: 12 } } })"));
}

TEST_CASE("whoever comes on duty in time stands among the recipients by place", "[sdk][fold][order]") {
    CHECK(after<OpsFold>(queued, "recipients_added { order: 4 ordinals: [2, 7] }") ==
          ops("orders { number: 4 state: ORDER_OPEN receipts { ordinals: [1, 2, 3, 7] states: [1, 1, 1, 1] } }"));
    CHECK(after<OpsFold>("", "recipients_added { order: 4 ordinals: [2] }", FoldResult::needs_snapshot) == ops(""));
}

TEST_CASE("ops keeps the orders that ended last and forgets the oldest", "[sdk][fold][order]") {
    CHECK(after<OpsFold>("orders { number: 4 state: ORDER_OPEN } orders { number: 5 state: ORDER_OPEN }",
                         "orders_ended { orders: [4] state: ORDER_SUPERSEDED superseded_by: 5 }") ==
          ops("orders { number: 4 state: ORDER_SUPERSEDED superseded_by: 5 } orders { number: 5 state: ORDER_OPEN }"));
    std::string many = "orders { number: 1 state: ORDER_OPEN }";
    std::string rest = many;
    for (int number = 2; number <= orders_ended_kept + 1; ++number) {
        const std::string one = " orders { number: " + std::to_string(number) + " state: ORDER_CLOSED }";
        many += one;
        if (number > 2) rest += one;
    }
    const std::string last = std::to_string(orders_ended_kept + 2);
    CHECK(after<OpsFold>(many + " orders { number: " + last + " state: ORDER_OPEN }",
                         "orders_ended { orders: [" + last + "] state: ORDER_CLOSED }") ==
          ops(rest + " orders { number: " + last + " state: ORDER_CLOSED }"));
}

TEST_CASE("an alert about an order says that it is escalated and lost time moves its deadline", "[sdk][fold][order]") {
    CHECK(after<OpsFold>(queued, "alert_raised { alert { key { kind: ORDER_UNACKED number: 4 } } }") ==
          ops(R"(alerts { key { kind: ORDER_UNACKED number: 4 } }
                 orders { number: 4 state: ORDER_OPEN escalated: true
                          receipts { ordinals: [1, 3] states: [1, 1] } })"));
    CHECK(after<OpsFold>(R"(orders { number: 4 state: ORDER_OPEN deadline_ms: 100 }
                            orders { number: 5 state: ORDER_CLOSED deadline_ms: 100 })",
                         "timers_shifted { by_ms: 7 }") ==
          ops(R"(orders { number: 4 state: ORDER_OPEN deadline_ms: 107 }
                 orders { number: 5 state: ORDER_CLOSED deadline_ms: 100 })"));
}

TEST_CASE("a gap behind a section is no matter of the order of that number", "[sdk][fold][order][column]") {
    CHECK(after<OpsFold>(queued, "alert_raised { alert { key { kind: GAP_OPEN number: 4 } } }") ==
          ops(std::string("alerts { key { kind: GAP_OPEN number: 4 } }") + queued));
    const std::string held = R"(only_section: 2 alerts { key { kind: GAP_OPEN number: 2 } }
                                orders { number: 2 state: ORDER_OPEN audience { kind: AUDIENCE_ALL } })";
    const std::string asked = " receipts { ordinals: [2] states: [1] } }";
    CHECK(after<OpsFold>(held.substr(0, held.size() - 1) + asked + " roster { person: 12 ordinal: 2 section: 2 }",
                         "duty_assigned { person: 12 ordinal: 2 section: 3 section_before: 2 }") == ops(held));
}

TEST_CASE("alerts about two orders are two", "[sdk][fold][order]") {
    CHECK(after<OpsFold>("alerts { key { kind: ORDER_UNACKED number: 4 } }",
                         "alert_raised { alert { key { kind: ORDER_UNACKED number: 3 } } }") ==
          ops(R"(alerts { key { kind: ORDER_UNACKED number: 3 } } alerts { key { kind: ORDER_UNACKED number: 4 } })"));
}

// ---- a section lead ------------------------------------------------------------------------------

/// Of section 2: a lead, a marshal, one who is not here yet and a legal observer.
constexpr auto section = R"(
    only_section: 2
    roster { person: 11 ordinal: 1 role: SECTION_LEAD section: 2 duty: ON_DUTY }
    roster { person: 12 ordinal: 2 role: SIDE section: 2 duty: ON_BREAK }
    roster { person: 13 ordinal: 3 role: SIDE section: 2 duty: INVITED }
    roster { person: 14 ordinal: 4 role: LEGAL_OBSERVER section: 2 duty: ON_DUTY }
)";

TEST_CASE("a section lead's recipients follow from the order and from who is on the street", "[sdk][fold][order]") {
    const auto issued = [](const std::string& audience, const std::string& receipts) {
        const std::string order = "number: 4 state: ORDER_OPEN issuer: 11 audience { " + audience + " }";
        return after<OpsFold>(section, "order_issued { order { " + order + " } }") ==
               ops(section + ("orders { " + order + " " + receipts + " }"));
    };
    CHECK(issued("kind: AUDIENCE_ALL", "receipts { ordinals: [2] states: [1] }"));
    CHECK(issued("kind: AUDIENCE_SECTION section: 2", "receipts { ordinals: [2] states: [1] }"));
    CHECK(issued("kind: AUDIENCE_SECTION section: 1", ""));
    CHECK(issued("kind: AUDIENCE_ROLE role: SIDE", "receipts { ordinals: [2] states: [1] }"));
    CHECK(issued("kind: AUDIENCE_NAMES names: [12, 99]", "receipts { ordinals: [2] states: [1] }"));
}

TEST_CASE("a section lead hears nothing of the receipts of others and forgets what ended", "[sdk][fold][order]") {
    const std::string held = std::string(section) +
                             "orders { number: 4 state: ORDER_OPEN receipts { ordinals: [2] states: [1] } }";
    CHECK(after<OpsFold>(held, "receipts_moved { order: 4 receipts { ordinals: [2, 8] states: [4, 4] } }") ==
          ops(std::string(section) + "orders { number: 4 state: ORDER_OPEN receipts { ordinals: [2] states: [4] } }"));
    CHECK(after<OpsFold>(held, "recipients_added { order: 4 ordinals: [8] }") == ops(held));
    CHECK(after<OpsFold>(held, "orders_ended { orders: [4] state: ORDER_CANCELLED }") == ops(section));
    CHECK(after<OpsFold>(section, "receipts_moved { order: 4 receipts { ordinals: [2] states: [4] } }") ==
          ops(section));
}

TEST_CASE("with a person the section's receipts leave too", "[sdk][fold][order]") {
    CHECK(after<OpsFold>(R"(only_section: 2 roster { person: 12 ordinal: 2 section: 2 }
              orders { number: 4 state: ORDER_OPEN escalated: true audience { kind: AUDIENCE_ALL }
                       receipts { ordinals: [2] states: [1] notes { ordinal: 2 headcount: 3 } } }
              orders { number: 5 state: ORDER_OPEN audience { kind: AUDIENCE_NAMES names: [12] }
                       receipts { ordinals: [2] states: [1] } })",
                         "duty_assigned { person: 12 ordinal: 2 section: 3 section_before: 2 }") ==
          ops("only_section: 2 orders { number: 4 state: ORDER_OPEN audience { kind: AUDIENCE_ALL } }"));
}

// ---- a phone -------------------------------------------------------------------------------------

constexpr auto self = "self { person: 12 ordinal: 2 role: SIDE section: 2 duty: ON_DUTY } ";

TEST_CASE("a phone knows whether an order is for its bearer", "[sdk][fold][order]") {
    const auto issued = [](const std::string& who, const std::string& order, const std::string& receipt) {
        return after<MarshalFold>(who, "order_issued { order { state: ORDER_OPEN " + order + " } }") ==
               marshal(who + "orders { state: ORDER_OPEN " + order + " " + receipt + " }");
    };
    const std::string own = "receipts { ordinals: [2] states: [1] }";
    CHECK(issued(self, "number: 4 issuer: 1 audience { kind: AUDIENCE_ALL }", own));
    CHECK(issued(self, "number: 4 issuer: 12 audience { kind: AUDIENCE_ALL }", ""));
    CHECK(issued("self { person: 12 ordinal: 2 duty: CONFIRMED } ", "number: 4 audience { kind: AUDIENCE_ALL }", ""));
    CHECK(issued("self { person: 12 ordinal: 2 role: LEGAL_OBSERVER duty: ON_DUTY } ",
                 "number: 4 audience { kind: AUDIENCE_ALL }", ""));
    // A word of a newer server: shown, and not taken for one's own.
    CHECK(issued(self, "number: 4 audience { section: 2 }", ""));
}

TEST_CASE("a phone follows the own receipt and forgets an order with its end", "[sdk][fold][order]") {
    const std::string open = std::string(self) + "orders { number: 4 state: ORDER_OPEN }";
    const auto asked = std::string(self) +
                       "orders { number: 4 state: ORDER_OPEN receipts { ordinals: [2] states: [1] } }";
    CHECK(after<MarshalFold>(open, "recipients_added { order: 4 ordinals: [2] }") == marshal(asked));
    CHECK(after<MarshalFold>(self, "recipients_added { order: 4 ordinals: [2] }", FoldResult::needs_snapshot) ==
          marshal(self));
    CHECK(after<MarshalFold>(asked, "receipts_moved { order: 4 receipts { ordinals: [2] states: [4] } }") ==
          marshal(std::string(self) + "orders { number: 4 state: ORDER_OPEN receipts { ordinals: [2] states: [4] } }"));
    CHECK(after<MarshalFold>(asked, "orders_ended { orders: [3, 4] state: ORDER_CLOSED }") == marshal(self));
    CHECK(after<MarshalFold>(self, "receipts_moved { order: 4 receipts { ordinals: [2] states: [4] } }") ==
          marshal(self));
}

TEST_CASE("whoever gets another role hears other orders and needs the snapshot", "[sdk][fold][order]") {
    CHECK(after<MarshalFold>(self, "duty_assigned { person: 12 ordinal: 2 role: TAIL section: 2 section_before: 2 }",
                             FoldResult::needs_snapshot) ==
          marshal("self { person: 12 ordinal: 2 role: TAIL section: 2 duty: ON_DUTY }"));
}

}  // namespace
}  // namespace marchwire::sdk::test::order_folds
