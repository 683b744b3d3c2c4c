// Everything of a march, event by event: the march itself, its routes and proposals.
#include "fold_fixture.hpp"

namespace marchwire::sdk::test::ops_folds {
namespace {

std::string after(const std::string& before, const v1::Item& item, FoldResult result = FoldResult::folded) {
    return after_one<OpsFold>(before, item, result);
}
std::string state(const std::string& text) { return expected<v1::OpsSnapshot>(text); }

TEST_CASE("a march that was created is PLANNED since its entry's time", "[sdk][fold]") {
    CHECK(after("", entry(R"(march_created { topic_base: 65536 spec { city: "Reno" tz: "America/Los_Angeles" }
                                             sections: 5 })")) ==
          state(R"(spec { city: "Reno" tz: "America/Los_Angeles" } spec_version: 1 sections: 5
                   phase: PLANNED phase_version: 1 phase_since_ms: 5000)"));
}

TEST_CASE("an update replaces a march's data under its version", "[sdk][fold]") {
    CHECK(after(R"(spec { city: "Reno" venue: "City Plaza" } spec_version: 1)",
                entry(R"(march_updated { version: 2 spec { city: "Reno" venue: "Federal Building" } })")) ==
          state(R"(spec { city: "Reno" venue: "Federal Building" } spec_version: 2)"));
}

TEST_CASE("sections are as many as were set last", "[sdk][fold]") {
    CHECK(after("sections: 5", entry("sections_set { sections: 8 }")) == state("sections: 8"));
}

TEST_CASE("a phase change brings version, time, the phase before and the public sentence", "[sdk][fold]") {
    const auto held = R"(phase: HELD phase_version: 4 phase_since_ms: 5000 phase_before: MARCHING
                         public_sentence: "We wait for the road to clear.")";
    CHECK(after("phase: MARCHING phase_version: 3 phase_since_ms: 10",
                entry(R"(phase_changed { version: 4 from: MARCHING to: HELD before: MARCHING reason: "ambulance"
                                         public_sentence: "We wait for the road to clear." })")) == state(held));
    CHECK(after(held, entry("phase_changed { version: 5 from: HELD to: MARCHING }")) ==
          state("phase: MARCHING phase_version: 5 phase_since_ms: 5000"));
}

TEST_CASE("a proposal lives until it has ended, and the others live on", "[sdk][fold]") {
    const auto two = R"(proposals { number: 1 kind: PROPOSE_HOLD } proposals { number: 2 kind: PROPOSE_RESUME })";
    CHECK(after("proposals { number: 1 kind: PROPOSE_HOLD }",
                entry("proposal_made { proposal { number: 2 kind: PROPOSE_RESUME } }")) == state(two));
    CHECK(after(two, entry("proposal_ended { number: 1 confirmed: true }")) ==
          state("proposals { number: 2 kind: PROPOSE_RESUME }"));
    CHECK(after(two, entry("proposal_ended { number: 7 }")) == state(two));
}

TEST_CASE("an imported route is a DRAFT until its status changes", "[sdk][fold]") {
    CHECK(after("", entry(R"(route_imported { version: 1 line { name: "Loop" } })")) ==
          state(R"(routes { version: 1 status: DRAFT status_at_ms: 5000 line { name: "Loop" } })"));
    CHECK(after("routes { version: 1 status: DRAFT }", entry("route_status_changed { version: 1 status: APPROVED }")) ==
          state("routes { version: 1 status: APPROVED status_at_ms: 5000 }"));
}

TEST_CASE("an activated route is the active one until it is superseded", "[sdk][fold]") {
    const auto active = R"(routes { version: 1 status: SUPERSEDED }
                           routes { version: 2 status: ACTIVE status_at_ms: 5000 public_from_ms: 777 }
                           active_route: 2)";
    CHECK(after("routes { version: 1 status: SUPERSEDED } routes { version: 2 status: APPROVED }",
                entry("route_status_changed { version: 2 status: ACTIVE public_from_ms: 777 line { } }")) ==
          state(active));
    CHECK(after("routes { version: 1 status: ACTIVE } active_route: 1",
                entry("route_status_changed { version: 1 status: SUPERSEDED }")) ==
          state("routes { version: 1 status: SUPERSEDED status_at_ms: 5000 }"));
    // Withdrawing another one leaves the active one active.
    CHECK(after("routes { version: 1 status: ACTIVE } routes { version: 2 status: APPROVED } active_route: 1",
                entry("route_status_changed { version: 2 status: WITHDRAWN }")) ==
          state("routes { version: 1 status: ACTIVE } "
                "routes { version: 2 status: WITHDRAWN status_at_ms: 5000 } active_route: 1"));
}

TEST_CASE("the status of a route that is not held asks for the snapshot", "[sdk][fold]") {
    CHECK(after("", entry("route_status_changed { version: 3 status: ACTIVE }"), FoldResult::needs_snapshot) ==
          state(""));
}

TEST_CASE("notices and calls to action fold on ops as they do in public", "[sdk][fold]") {
    CHECK(after("notices { number: 1 }", entry("notice_posted { notice { number: 2 posted_at_ms: 9 } }")) ==
          state("notices { number: 1 } notices { number: 2 posted_at_ms: 9 }"));
    CHECK(after("calls_to_action { number: 1 } calls_to_action { number: 2 }",
                entry("calls_to_action_set { calls { number: 1 kind: DONATE } }")) ==
          state("calls_to_action { number: 1 kind: DONATE }"));
}

TEST_CASE("time that counts towards no deadline moves every deadline there is and makes none", "[sdk][fold]") {
    CHECK(after(R"(proposals { number: 1 expires_at_ms: 100 } proposals { number: 2 }
                   roster { person: 1 duty: ON_DUTY duty_since_ms: 10 due_at_ms: 100 }
                   roster { person: 2 duty: HANDOVER_PENDING duty_since_ms: 10 due_at_ms: 100 }
                   roster { person: 3 duty: ON_BREAK duty_since_ms: 10 }
                   alerts { key { kind: CHECKIN_MISSED subject: 1 } step_at_ms: 100 raised_at_ms: 50 }
                   alerts { key { kind: CHECKIN_MISSED subject: 2 } state: ACKED })",
                entry("timers_shifted { by_ms: 7 }")) ==
          state(R"(proposals { number: 1 expires_at_ms: 107 } proposals { number: 2 }
                   roster { person: 1 duty: ON_DUTY duty_since_ms: 10 due_at_ms: 107 }
                   roster { person: 2 duty: HANDOVER_PENDING duty_since_ms: 17 due_at_ms: 107 }
                   roster { person: 3 duty: ON_BREAK duty_since_ms: 10 }
                   alerts { key { kind: CHECKIN_MISSED subject: 1 } step_at_ms: 107 raised_at_ms: 50 }
                   alerts { key { kind: CHECKIN_MISSED subject: 2 } state: ACKED })"));
}

TEST_CASE("the last sample of the column and the newest reports of its ends are held", "[sdk][fold]") {
    const auto sampled =
        "column { sample { route_version: 1 head_metres: 900 step_off_length_metres: 300 } "
        "sampled_at_ms: 5000 }";
    CHECK(after("",
                entry("column_sampled { sample { route_version: 1 head_metres: 900 step_off_length_metres: 300 } }")) ==
          state(sampled));
    const auto passed = "column { head { route_version: 1 waypoint: 3 along_metres: 870 at_ms: 400 } }";
    CHECK(after("", entry("waypoint_passed { end: END_HEAD person: 2 mark { route_version: 1 waypoint: 3 "
                          "along_metres: 870 at_ms: 400 } }")) == state(passed));
    // From a phone that was away; and on the route that replaced it.
    CHECK(after(passed, entry("waypoint_passed { end: END_HEAD mark { route_version: 1 waypoint: 2 at_ms: 300 } }")) ==
          state(passed));
    CHECK(after(passed,
                entry("waypoint_passed { end: END_HEAD mark { route_version: 2 along_metres: 5 at_ms: 300 } }")) ==
          state("column { head { route_version: 2 along_metres: 5 at_ms: 300 } }"));
    // Another step-off has another length.
    CHECK(after(sampled, entry("phase_changed { version: 3 from: ASSEMBLING to: MARCHING }")) ==
          state("phase: MARCHING phase_version: 3 phase_since_ms: 5000 "
                "column { sample { route_version: 1 head_metres: 900 } sampled_at_ms: 5000 }"));
}

TEST_CASE("alerts of one kind about several gaps are several", "[sdk][fold]") {
    const auto
        two = R"(alerts { key { kind: GAP_OPEN number: 1 } version: 1 } alerts { key { kind: GAP_OPEN number: 2 } })";
    CHECK(after("alerts { key { kind: GAP_OPEN number: 2 } }",
                entry("alert_raised { alert { key { kind: GAP_OPEN number: 1 } version: 1 } }")) == state(two));
    CHECK(after(two, entry("alert_cleared { key { kind: GAP_OPEN number: 2 } }")) ==
          state("alerts { key { kind: GAP_OPEN number: 1 } version: 1 }"));
}

TEST_CASE("what moves nothing on ops counts as applied: the keeper, signed tips, a newer server's events",
          "[sdk][fold]") {
    const auto before = "phase: RALLY sections: 5 roster { person: 1 }";
    for (const auto* event : {"keeper_changed { term: 3 }", "tip_signed { tip { seq: 1000 } }", ""}) {
        CHECK(after(before, entry(event)) == state(before));
    }
    CHECK(after(before, of_the_future()) == state(before));
}

TEST_CASE("telemetry is for the app and leaves no trace in the state", "[sdk][fold]") {
    const auto before = "phase: MARCHING roster { person: 1 }";
    for (const auto* item : {"ops_column { head_metres: 320 tail_metres: 10 heads: 3 }",
                             "marshal_position { person: 1 at { lat_e7: 386270000 lon_e7: -901994000 } }",
                             "liveness { person: 1 reachability: REACH_STALE }"}) {
        CHECK(after(before, proto<v1::Item>(item)) == state(before));
    }
}

}  // namespace
}  // namespace marchwire::sdk::test::ops_folds
