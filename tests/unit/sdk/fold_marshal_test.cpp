// What one person on duty sees, event by event: themselves, their section and buddy, phase and route.
#include "fold_fixture.hpp"

namespace marchwire::sdk::test::marshal_folds {
namespace {

/// Person 1 of section 2 with buddy 9; 3 is of the section as well.
constexpr auto team = R"(
    self { person: 1 ordinal: 1 section: 2 buddy: 9 duty: ON_DUTY due_at_ms: 100 }
    section { person: 3 ordinal: 3 section: 2 duty: ON_DUTY due_at_ms: 100 }
    section { person: 9 ordinal: 9 section: 4 duty: ON_BREAK }
)";

std::string after(const std::string& before, const v1::Item& item, FoldResult result = FoldResult::folded) {
    return after_one<MarshalFold>(before, item, result);
}
std::string state(const std::string& text) { return expected<v1::MarshalSnapshot>(text); }

TEST_CASE("a marshal sees the march's data as it was said last", "[sdk][fold]") {
    CHECK(after("", entry(R"(march_created { spec { city: "Reno" } sections: 5 })")) ==
          state(R"(spec { city: "Reno" })"));
    CHECK(
        after(R"(spec { city: "Reno" })", entry(R"(march_updated { version: 2 spec { city: "Reno" state: "NV" } })")) ==
        state(R"(spec { city: "Reno" state: "NV" })"));
}

TEST_CASE("a marshal sees the phase with its sentence and never the reason", "[sdk][fold]") {
    CHECK(after("", entry(R"(phase_changed { version: 4 from: MARCHING to: STOPPED before: MARCHING
                                             reason: "crush at the bridge" public_sentence: "Stay where you are." })")) ==
          state(R"(phase { phase: STOPPED version: 4 since_ms: 5000 sentence: "Stay where you are." })"));
}

TEST_CASE("a marshal sees the active route alone", "[sdk][fold]") {
    const auto active = R"(route { version: 2 status: ACTIVE status_at_ms: 5000 public_from_ms: 70
                                   line { name: "Loop" } })";
    CHECK(
        after(
            R"(route { version: 1 status: ACTIVE line { name: "Old" } })",
            entry(R"(route_status_changed { version: 2 status: ACTIVE public_from_ms: 70 line { name: "Loop" } })")) ==
        state(active));
    for (const auto* other : {"route_status_changed { version: 1 status: SUPERSEDED }",
                              "route_status_changed { version: 3 status: APPROVED }",
                              R"(route_imported { version: 3 line { name: "Draft" } })"}) {
        CHECK(after(active, entry(other)) == state(active));
    }
}

TEST_CASE("a marshal's own check-in and their section's are seen, and nobody else's", "[sdk][fold]") {
    CHECK(after("self { person: 1 nudged: true }", entry("checked_in { person: 1 report: MOVING due_at_ms: 900 }")) ==
          state("self { person: 1 last_check_in_ms: 5000 last_report: MOVING due_at_ms: 900 }"));
    CHECK(after("self { person: 1 } section { person: 3 }", entry("checked_in { person: 3 report: ON_POST }")) ==
          state("self { person: 1 } section { person: 3 last_check_in_ms: 5000 last_report: ON_POST }"));
    CHECK(after(team, entry("checked_in { person: 77 report: NEEDS_HELP }")) == state(team));
}

TEST_CASE("duty changes and nudges reach self and section", "[sdk][fold]") {
    CHECK(after("self { person: 1 duty: ON_DUTY }", entry("duty_changed { person: 1 to: ON_BREAK version: 5 }")) ==
          state("self { person: 1 duty: ON_BREAK duty_version: 5 duty_since_ms: 5000 }"));
    CHECK(after("self { person: 1 } section { person: 3 }", entry("check_in_nudged { person: 3 }")) ==
          state("self { person: 1 } section { person: 3 nudged: true }"));
    CHECK(after(team, entry("duty_changed { person: 77 to: ON_DUTY }")) == state(team));
}

TEST_CASE("a schedule and lost time move the deadlines of self, section and alerts", "[sdk][fold]") {
    CHECK(after(team, entry("check_ins_scheduled { due_at_ms: 900 }")) == state(R"(
        self { person: 1 ordinal: 1 section: 2 buddy: 9 duty: ON_DUTY due_at_ms: 900 }
        section { person: 3 ordinal: 3 section: 2 duty: ON_DUTY due_at_ms: 900 }
        section { person: 9 ordinal: 9 section: 4 duty: ON_BREAK })"));
    CHECK(after(R"(self { person: 1 due_at_ms: 100 } section { person: 3 due_at_ms: 100 } section { person: 9 }
                   alerts { key { subject: 3 } step_at_ms: 50 } alerts { key { subject: 9 } })",
                entry("timers_shifted { by_ms: 7 }")) ==
          state(R"(self { person: 1 due_at_ms: 107 } section { person: 3 due_at_ms: 107 } section { person: 9 }
                   alerts { key { subject: 3 } step_at_ms: 57 } alerts { key { subject: 9 } })"));
    // Before the snapshot says who one is, there is nobody to expect.
    CHECK(after("", entry("check_ins_scheduled { due_at_ms: 900 }")) == state(""));
}

TEST_CASE("who is new in the march and comes into one's section stands there by ordinal", "[sdk][fold]") {
    CHECK(after(team, entry(R"(duty_assigned { person: 5 ordinal: 5 callsign: "Side 5" role: SIDE section: 2
                                               section_before: 2 })")) ==
          state(R"(self { person: 1 ordinal: 1 section: 2 buddy: 9 duty: ON_DUTY due_at_ms: 100 }
                   section { person: 3 ordinal: 3 section: 2 duty: ON_DUTY due_at_ms: 100 }
                   section { person: 5 ordinal: 5 callsign: "Side 5" role: SIDE section: 2
                             duty: INVITED duty_since_ms: 5000 last_report: ON_POST }
                   section { person: 9 ordinal: 9 section: 4 duty: ON_BREAK })"));
}

TEST_CASE("who comes near with a past that was not told asks for the snapshot", "[sdk][fold]") {
    // Out of another section, or as a buddy from anywhere.
    for (const auto* event : {"duty_assigned { person: 5 section: 2 section_before: 4 }",
                              "duty_assigned { person: 5 section: 4 section_before: 4 buddy: 1 }"}) {
        CHECK(after(team, entry(event), FoldResult::needs_snapshot) == state(team));
    }
}

TEST_CASE("somebody of another section who is no buddy is not seen", "[sdk][fold]") {
    CHECK(after(team, entry("duty_assigned { person: 5 section: 4 section_before: 4 }")) == state(team));
}

TEST_CASE("who leaves one's section is not seen any more", "[sdk][fold]") {
    CHECK(after(team, entry("duty_assigned { person: 3 ordinal: 3 section: 4 section_before: 2 }")) == state(R"(
        self { person: 1 ordinal: 1 section: 2 buddy: 9 duty: ON_DUTY due_at_ms: 100 }
        section { person: 9 ordinal: 9 section: 4 duty: ON_BREAK })"));
}

TEST_CASE("who moves to another section forgets the old one and asks for the new one", "[sdk][fold]") {
    CHECK(after(team, entry("duty_assigned { person: 1 ordinal: 1 section: 4 section_before: 2 buddy: 9 }"),
                FoldResult::needs_snapshot) == state(R"(
        self { person: 1 ordinal: 1 section: 4 buddy: 9 duty: ON_DUTY due_at_ms: 100 }
        section { person: 9 ordinal: 9 section: 4 duty: ON_BREAK })"));
}

TEST_CASE("a buddy who is known already needs no snapshot and one who is not does", "[sdk][fold]") {
    CHECK(after(team, entry("duty_assigned { person: 1 ordinal: 1 section: 2 section_before: 2 buddy: 3 }")) ==
          state(R"(self { person: 1 ordinal: 1 section: 2 buddy: 3 duty: ON_DUTY due_at_ms: 100 }
                   section { person: 3 ordinal: 3 section: 2 duty: ON_DUTY due_at_ms: 100 })"));
    CHECK(after(team, entry("duty_assigned { person: 1 ordinal: 1 section: 2 section_before: 2 buddy: 8 }"),
                FoldResult::needs_snapshot) ==
          state(R"(self { person: 1 ordinal: 1 section: 2 buddy: 8 duty: ON_DUTY due_at_ms: 100 }
                   section { person: 3 ordinal: 3 section: 2 duty: ON_DUTY due_at_ms: 100 })"));
}

TEST_CASE("an alert that reaches one's rung is seen until it is cleared", "[sdk][fold]") {
    const auto raised = R"(alerts { key { kind: CHECKIN_MISSED subject: 3 } state: RAISED version: 1 step_at_ms: 50 })";
    CHECK(after("", entry(R"(alert_raised { alert { key { kind: CHECKIN_MISSED subject: 3 } state: RAISED version: 1
                                                    step_at_ms: 50 } })")) == state(raised));
    CHECK(after(raised, entry("alert_acked { key { kind: CHECKIN_MISSED subject: 3 } version: 2 owner: 1 }")) ==
          state("alerts { key { kind: CHECKIN_MISSED subject: 3 } state: ACKED version: 2 owner: 1 }"));
    CHECK(after(raised, entry("alert_cleared { key { kind: CHECKIN_MISSED subject: 3 } version: 2 }")) == state(""));
    CHECK(after("section { person: 3 nudged: true }",
                entry("alert_cleared { key { kind: CHECKIN_MISSED subject: 3 } }"),
                FoldResult::needs_snapshot) == state("section { person: 3 nudged: true }"));
}

TEST_CASE("an alert that was raised before it reached one's rung asks for the snapshot", "[sdk][fold]") {
    for (const auto* event : {"alert_stepped { key { kind: CHECKIN_MISSED subject: 3 } step: 2 }",
                              "alert_acked { key { kind: CHECKIN_MISSED subject: 3 } owner: 1 }"}) {
        CHECK(after(team, entry(event), FoldResult::needs_snapshot) == state(team));
    }
}

TEST_CASE("notices reach a marshal and what is for ops alone moves nothing", "[sdk][fold]") {
    CHECK(after("notices { number: 1 }", entry("notice_posted { notice { number: 2 } }")) ==
          state("notices { number: 1 } notices { number: 2 }"));
    for (const auto* event : {"sections_set { sections: 8 }", "proposal_made { proposal { number: 1 } }",
                              "calls_to_action_set { calls { number: 1 } }", "keeper_changed { term: 3 }", ""}) {
        CHECK(after(team, entry(event)) == state(team));
    }
    CHECK(after(team, of_the_future()) == state(team));
}

TEST_CASE("whoever offers me a duty comes near with the snapshot and leaves with the answer", "[sdk][fold]") {
    const auto me = "self { person: 1 section: 2 }";
    CHECK(after(me, entry("duty_changed { person: 4 to: HANDOVER_PENDING handover_to: 1 }"),
                FoldResult::needs_snapshot) == state(me));
    CHECK(after(me, entry("duty_changed { person: 4 to: HANDOVER_PENDING handover_to: 9 }")) == state(me));
    CHECK(after(std::string(me) + "section { person: 4 section: 3 duty: HANDOVER_PENDING handover_to: 1 }",
                entry("duty_changed { person: 4 to: ON_DUTY version: 5 }")) == state(me));
}

}  // namespace
}  // namespace marchwire::sdk::test::marshal_folds
