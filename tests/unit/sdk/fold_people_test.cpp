// The people of a march as ops sees them: duty, check-ins and alerts.
#include "fold_fixture.hpp"

namespace marchwire::sdk::test::people_folds {
namespace {

std::string after(const std::string& before, const v1::Item& item, FoldResult result = FoldResult::folded) {
    return after_one<OpsFold>(before, item, result);
}
std::string state(const std::string& text) { return expected<v1::OpsSnapshot>(text); }

TEST_CASE("who is assigned for the first time is INVITED", "[sdk][fold]") {
    CHECK(after("", entry(R"(duty_assigned { person: 4 ordinal: 1 callsign: "Tail 1" role: TAIL section: 5 buddy: 3
                                             no_phone: true })")) ==
          state(R"(roster { person: 4 ordinal: 1 callsign: "Tail 1" role: TAIL section: 5 buddy: 3 no_phone: true
                            duty: INVITED duty_since_ms: 5000 last_report: ON_POST })"));
}

TEST_CASE("who is assigned anew keeps duty and check-ins", "[sdk][fold]") {
    CHECK(after(R"(roster { person: 4 ordinal: 1 callsign: "Tail 1" role: TAIL section: 5 duty: ON_DUTY
                            duty_version: 3 due_at_ms: 900 last_check_in_ms: 800 })",
                entry(R"(duty_assigned { person: 4 ordinal: 1 callsign: "Head 2" role: HEAD section: 1 })")) ==
          state(R"(roster { person: 4 ordinal: 1 callsign: "Head 2" role: HEAD section: 1 duty: ON_DUTY
                            duty_version: 3 due_at_ms: 900 last_check_in_ms: 800 })"));
}

TEST_CASE("a duty change brings its version and when the next check-in is due", "[sdk][fold]") {
    CHECK(after("roster { person: 4 duty: CONFIRMED nudged: true }",
                entry("duty_changed { person: 4 from: CONFIRMED to: CHECKED_IN version: 2 due_at_ms: 900 }")) ==
          state("roster { person: 4 duty: CHECKED_IN duty_version: 2 duty_since_ms: 5000 due_at_ms: 900 }"));
}

TEST_CASE("a check-in keeps the place and the battery that it does not say", "[sdk][fold]") {
    const auto before = R"(roster { person: 4 last_place { kind: PLACE_POST number: 7 } battery_percent: 64
                                    nudged: true due_at_ms: 100 })";
    CHECK(after(before, entry("checked_in { person: 4 report: NEEDS_RELIEF due_at_ms: 900 }")) ==
          state(R"(roster { person: 4 last_place { kind: PLACE_POST number: 7 } battery_percent: 64
                            last_check_in_ms: 5000 last_report: NEEDS_RELIEF due_at_ms: 900 })"));
    CHECK(after(before, entry(R"(checked_in { person: 4 report: MOVING battery_percent: 60 due_at_ms: 900
                                              place { kind: PLACE_ROUTE_METRE number: 350 } })")) ==
          state(R"(roster { person: 4 last_place { kind: PLACE_ROUTE_METRE number: 350 } battery_percent: 60
                            last_check_in_ms: 5000 last_report: MOVING due_at_ms: 900 })"));
}

TEST_CASE("a nudge stays until the check-in", "[sdk][fold]") {
    CHECK(after("roster { person: 4 due_at_ms: 100 }", entry("check_in_nudged { person: 4 due_at_ms: 100 }")) ==
          state("roster { person: 4 due_at_ms: 100 nudged: true }"));
}

TEST_CASE("a schedule expects all who check in and have a phone", "[sdk][fold]") {
    CHECK(
        after(R"(roster { person: 1 duty: CHECKED_IN nudged: true } roster { person: 2 duty: ON_DUTY }
                   roster { person: 3 duty: HANDOVER_PENDING } roster { person: 4 duty: ON_BREAK }
                   roster { person: 5 duty: ON_DUTY no_phone: true } roster { person: 6 duty: CONFIRMED })",
              entry("check_ins_scheduled { due_at_ms: 900 }")) ==
        state(R"(roster { person: 1 duty: CHECKED_IN due_at_ms: 900 } roster { person: 2 duty: ON_DUTY due_at_ms: 900 }
                   roster { person: 3 duty: HANDOVER_PENDING due_at_ms: 900 } roster { person: 4 duty: ON_BREAK }
                   roster { person: 5 duty: ON_DUTY no_phone: true } roster { person: 6 duty: CONFIRMED })"));
}

TEST_CASE("what is said of somebody who is not on the roster asks for the snapshot", "[sdk][fold]") {
    for (const auto* event : {"duty_changed { person: 9 to: ON_DUTY }", "checked_in { person: 9 report: ON_POST }",
                              "check_in_nudged { person: 9 }"}) {
        CHECK(after("roster { person: 4 }", entry(event), FoldResult::needs_snapshot) == state("roster { person: 4 }"));
    }
}

TEST_CASE("alerts stand in the order of their keys and one of the same key replaces the other", "[sdk][fold]") {
    const auto two = R"(alerts { key { kind: CHECKIN_MISSED subject: 2 } state: RAISED }
                        alerts { key { kind: CHECKIN_MISSED subject: 5 } state: RAISED })";
    CHECK(after("alerts { key { kind: CHECKIN_MISSED subject: 5 } state: RAISED }",
                entry("alert_raised { alert { key { kind: CHECKIN_MISSED subject: 2 } state: RAISED } }")) ==
          state(two));
    CHECK(
        after(two, entry("alert_raised { alert { key { kind: CHECKIN_MISSED subject: 5 } state: RAISED step: 1 } }")) ==
        state(R"(alerts { key { kind: CHECKIN_MISSED subject: 2 } state: RAISED }
                   alerts { key { kind: CHECKIN_MISSED subject: 5 } state: RAISED step: 1 })"));
}

TEST_CASE("an alert climbs its ladder and stops climbing when somebody has it", "[sdk][fold]") {
    const auto climbing = R"(alerts { key { kind: CHECKIN_MISSED subject: 2 } state: NOTIFYING step: 2 version: 3
                                      raised_at_ms: 50 step_at_ms: 800 })";
    CHECK(after("alerts { key { kind: CHECKIN_MISSED subject: 2 } state: RAISED version: 1 raised_at_ms: 50 }",
                entry(R"(alert_stepped { key { kind: CHECKIN_MISSED subject: 2 } state: NOTIFYING step: 2 version: 3
                                         step_at_ms: 800 notified: 7 })")) == state(climbing));
    CHECK(after(climbing, entry("alert_acked { key { kind: CHECKIN_MISSED subject: 2 } version: 4 owner: 7 }")) ==
          state(R"(alerts { key { kind: CHECKIN_MISSED subject: 2 } state: ACKED step: 2 version: 4
                            raised_at_ms: 50 owner: 7 })"));
}

TEST_CASE("a cleared alert is gone and the others stay", "[sdk][fold]") {
    CHECK(after(R"(roster { person: 2 } alerts { key { kind: CHECKIN_MISSED subject: 2 } }
                   alerts { key { kind: CHECKIN_MISSED subject: 5 } })",
                entry("alert_cleared { key { kind: CHECKIN_MISSED subject: 2 } version: 5 }")) ==
          state("roster { person: 2 } alerts { key { kind: CHECKIN_MISSED subject: 5 } }"));
}

TEST_CASE("when an alert is cleared over somebody still nudged only the server knows when they are due",
          "[sdk][fold]") {
    CHECK(after("roster { person: 2 nudged: true } alerts { key { kind: CHECKIN_MISSED subject: 2 } }",
                entry("alert_cleared { key { kind: CHECKIN_MISSED subject: 2 } }"),
                FoldResult::needs_snapshot) == state("roster { person: 2 nudged: true }"));
}

TEST_CASE("a step or an owner of an alert that is not held asks for the snapshot", "[sdk][fold]") {
    for (const auto* event : {"alert_stepped { key { kind: CHECKIN_MISSED subject: 2 } step: 2 }",
                              "alert_acked { key { kind: CHECKIN_MISSED subject: 2 } owner: 7 }"}) {
        CHECK(after("roster { person: 2 }", entry(event), FoldResult::needs_snapshot) == state("roster { person: 2 }"));
    }
}

TEST_CASE("a schedule asks nothing of a legal observer", "[sdk][fold]") {
    CHECK(after("roster { person: 1 duty: ON_DUTY role: LEGAL_OBSERVER }",
                entry("check_ins_scheduled { due_at_ms: 900 }")) ==
          state("roster { person: 1 duty: ON_DUTY role: LEGAL_OBSERVER }"));
}

TEST_CASE("an offered handover names who is asked until it is answered", "[sdk][fold]") {
    const auto offered = R"(roster { person: 4 duty: HANDOVER_PENDING duty_version: 3 duty_since_ms: 5000
                                     due_at_ms: 900 handover_to: 6 })";
    CHECK(after("roster { person: 4 duty: ON_DUTY }",
                entry(R"(duty_changed { person: 4 to: HANDOVER_PENDING version: 3 due_at_ms: 900 handover_to: 6 })")) ==
          state(offered));
    CHECK(after(offered, entry("duty_changed { person: 4 to: RELIEVED version: 4 }")) ==
          state("roster { person: 4 duty: RELIEVED duty_version: 4 duty_since_ms: 5000 }"));
}

TEST_CASE("a phone that is silent is so until it is heard and not until somebody else speaks for it", "[sdk][fold]") {
    const auto silent = "roster { person: 4 silent_since_ms: 700 }";
    CHECK(after("roster { person: 4 }", entry("silence_observed { silent { person: 4 since_ms: 700 } }")) ==
          state(silent));
    CHECK(after(silent, entry("silence_observed { heard: 4 }")) == state("roster { person: 4 }"));
    CHECK(after(silent, entry("checked_in { person: 4 report: MOVING reported_by: 5 heard_by: HEARD_BY_VOICE }")) ==
          state(R"(roster { person: 4 silent_since_ms: 700 last_check_in_ms: 5000 last_report: MOVING
                            heard_by: HEARD_BY_VOICE })"));
    CHECK(after(silent, entry("checked_in { person: 4 report: MOVING }")) ==
          state("roster { person: 4 last_check_in_ms: 5000 last_report: MOVING }"));
    CHECK(after("", entry("silence_observed { silent { person: 9 since_ms: 700 } }"), FoldResult::needs_snapshot) ==
          state(""));
}

TEST_CASE("counts stand one behind the other and the policy is the last one", "[sdk][fold]") {
    CHECK(after("counts { at_ms: 1 value: 300 }", entry("count_reported { count { at_ms: 2 value: 400 } }")) ==
          state("counts { at_ms: 1 value: 300 } counts { at_ms: 2 value: 400 }"));
    CHECK(after("policy { preset: PRESET_SMALL by_size: true }",
                entry("policy_set { policy { preset: PRESET_LARGE } }")) == state("policy { preset: PRESET_LARGE }"));
    OpsFold fold;
    for (int i = 0; i < 101; ++i)
        (void)fold.apply(entry("count_reported { count { value: " + std::to_string(i + 1) + " } }"));
    REQUIRE(fold.state.counts_size() == 100);
    CHECK(fold.state.counts(0).value() == 2);
}

TEST_CASE("an alert about a section is no person's", "[sdk][fold]") {
    // Section 4 and person 4: whoever leaves the section takes only the own alerts along.
    CHECK(after(R"(only_section: 2 roster { person: 4 section: 2 }
                   alerts { key { kind: CHECKIN_MISSED subject: 4 } } alerts { key { kind: DENSITY_HIGH subject: 4 } })",
                entry("duty_assigned { person: 4 section: 3 section_before: 2 }")) ==
          state("only_section: 2 alerts { key { kind: DENSITY_HIGH subject: 4 } }"));
    CHECK(after("roster { person: 4 nudged: true } alerts { key { kind: DENSITY_HIGH subject: 4 } }",
                entry("alert_cleared { key { kind: DENSITY_HIGH subject: 4 } }")) ==
          state("roster { person: 4 nudged: true }"));
}

}  // namespace
}  // namespace marchwire::sdk::test::people_folds
