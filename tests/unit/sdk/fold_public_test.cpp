// What everybody sees of a march, item by item.
#include "fold_fixture.hpp"

namespace marchwire::sdk::test::public_folds {
namespace {

v1::Item public_item(const std::string& text) { return proto<v1::Item>("public_item { " + text + " }"); }

std::string after(const std::string& before, const v1::Item& item, FoldResult result = FoldResult::folded) {
    return after_one<PublicFold>(before, item, result);
}
std::string state(const std::string& text) { return expected<v1::PublicSnapshot>(text); }

TEST_CASE("what is said about a march replaces what was said before", "[sdk][fold]") {
    CHECK(after(R"(about { city: "St Louis" venue: "Kiener Plaza" } phase { version: 3 })",
                public_item(R"(about { city: "St. Louis" state: "MO" })")) ==
          state(R"(about { city: "St. Louis" state: "MO" } phase { version: 3 })"));
}

TEST_CASE("a public phase replaces the one before, its sentence with it", "[sdk][fold]") {
    CHECK(after(R"(phase { phase: HELD version: 4 since_ms: 10 sentence: "We wait." })",
                public_item("phase { phase: MARCHING version: 5 since_ms: 20 }")) ==
          state("phase { phase: MARCHING version: 5 since_ms: 20 }"));
}

TEST_CASE("a public route replaces the one before, and one without a version takes it away", "[sdk][fold]") {
    const auto active = R"(route { version: 2 name: "Loop" line { delta_e7: [1, 2, 3, 4] } })";
    CHECK(after(R"(route { version: 1 name: "Old" step_free: true })", public_item(active)) == state(active));
    CHECK(after(active, public_item("route { }")) == state("route { }"));
}

TEST_CASE("a public notice comes after those that are there", "[sdk][fold]") {
    CHECK(after(R"(notices { number: 1 text: "Bring water" })",
                public_item(R"(notice { number: 2 severity: SEVERITY_URGENT text: "Rain" })")) ==
          state(R"(notices { number: 1 text: "Bring water" }
                   notices { number: 2 severity: SEVERITY_URGENT text: "Rain" })"));
}

TEST_CASE("as many public notices are kept as a snapshot holds, the newest ones", "[sdk][fold]") {
    PublicFold fold;
    for (std::uint32_t number = 1; number <= notices_kept + 2; ++number) {
        v1::Item item;
        item.mutable_public_item()->mutable_notice()->set_number(number);
        CHECK(fold.apply(item) == FoldResult::folded);
    }
    REQUIRE(fold.state.notices_size() == notices_kept);
    CHECK(fold.state.notices(0).number() == 3);
    CHECK(fold.state.notices(notices_kept - 1).number() == notices_kept + 2);
}

TEST_CASE("calls to action replace all that were there", "[sdk][fold]") {
    CHECK(after(R"(calls_to_action { number: 1 text: "Sign" } calls_to_action { number: 2 text: "Give" })",
                public_item(R"(calls_to_action { calls { number: 1 kind: CONTACT_OFFICIAL text: "Call" } })")) ==
          state(R"(calls_to_action { number: 1 kind: CONTACT_OFFICIAL text: "Call" })"));
    CHECK(after(R"(calls_to_action { number: 1 text: "Sign" })", public_item("calls_to_action { }")) == state(""));
}

TEST_CASE("what is closed is the newest word and void with another route", "[sdk][fold][street]") {
    const auto closed = "route { version: 2 } closures { route_version: 2 closed_legs: 1 closed_waypoints: 3 }";
    CHECK(after("route { version: 2 }",
                public_item("closures { route_version: 2 closed_legs: 1 closed_waypoints: 3 }")) == state(closed));
    CHECK(
        after(closed, public_item("route { version: 2 name: \"again\" }")) ==
        state("route { version: 2 name: \"again\" } closures { route_version: 2 closed_legs: 1 closed_waypoints: 3 }"));
    CHECK(after(closed, public_item("route { version: 3 }")) == state("route { version: 3 }"));
}

TEST_CASE("the public column is the newest one whole", "[sdk][fold]") {
    CHECK(after("column { as_of_ms: 1 route_version: 2 head_metres: 300 tail_metres: 0 moving: true }",
                proto<v1::Item>("public_column { as_of_ms: 9 route_version: 2 moving: true }")) ==
          state("column { as_of_ms: 9 route_version: 2 moving: true }"));
}

TEST_CASE("what a newer server says on a public feed changes nothing and counts as applied", "[sdk][fold]") {
    const auto before = "phase { phase: RALLY version: 6 }";
    CHECK(after(before, public_item("")) == state(before));
    CHECK(after(before, of_the_future()) == state(before));
}

}  // namespace
}  // namespace marchwire::sdk::test::public_folds
