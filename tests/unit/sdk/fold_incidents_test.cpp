// Incidents as ops, a section lead and a phone hold them, event by event.
#include "fold_fixture.hpp"

namespace marchwire::sdk::test::incident_folds {
namespace {

template <class Fold>
std::string after(const std::string& before, const std::string& event, FoldResult result = FoldResult::folded) {
    return after_one<Fold>(before, entry(event), result);
}
std::string ops(const std::string& text) { return expected<v1::OpsSnapshot>(text); }
std::string marshal(const std::string& text) { return expected<v1::MarshalSnapshot>(text); }

constexpr auto reported = "number: 3 state: INCIDENT_REPORTED version: 1 section: 2 notes { at_ms: 1 }";
constexpr auto resolved = "number: 3 state: INCIDENT_RESOLVED version: 2 section: 2 notes { at_ms: 2 }";

std::string event_of(const std::string& kind, const std::string& incident) {
    return "incident_" + kind + " { incident { " + incident + " } }";
}
std::string held(const std::string& incident) { return "incidents { " + incident + " }"; }

TEST_CASE("ops holds every incident and puts new notes behind the old ones", "[sdk][fold][incident]") {
    CHECK(after<OpsFold>("", event_of("reported", reported)) == ops(held(reported)));
    CHECK(after<OpsFold>(held(reported), event_of("changed", resolved)) ==
          ops(held("number: 3 state: INCIDENT_RESOLVED version: 2 section: 2 notes { at_ms: 1 } notes { at_ms: 2 }")));
    CHECK(after<OpsFold>("", event_of("changed", resolved), FoldResult::needs_snapshot) == ops(""));
}

TEST_CASE("of the notes and of what ended as much is kept as the server keeps", "[sdk][fold][incident]") {
    std::string notes;
    for (int i = 1; i <= incident_notes_kept; ++i) notes += " notes { at_ms: " + std::to_string(i) + " }";
    const std::string rest = notes.substr(std::string(" notes { at_ms: 1 }").size());
    CHECK(after<OpsFold>(held("number: 3" + notes), event_of("changed", "number: 3 notes { at_ms: 99 }")) ==
          ops(held("number: 3" + rest + " notes { at_ms: 99 }")));
    std::string many = held("number: 1 state: INCIDENT_REPORTED");
    std::string kept = held("number: 1 state: INCIDENT_RESOLVED changed_at_ms: 900");
    for (int i = 2; i <= incidents_ended_kept + 1; ++i) {
        const std::string one = " " + held("number: " + std::to_string(i) + " state: INCIDENT_CLOSED changed_at_ms: " +
                                           std::to_string(i == 5 ? 1 : 100 + i));
        many += one;
        if (i != 5) kept += one;
    }
    CHECK(after<OpsFold>(many, event_of("changed", "number: 1 state: INCIDENT_RESOLVED changed_at_ms: 900")) ==
          ops(kept));
}

TEST_CASE("what described a child is taken out of its order and lost time moves the decision",
          "[sdk][fold][incident]") {
    const std::string before = held(reported) + " orders { number: 4 text: \"red coat\" parameters: \"red\" }";
    CHECK(after<OpsFold>(before, "incident_changed { forgets_order: 4 incident { number: 3 version: 2 } }") ==
          ops(held("number: 3 version: 2 notes { at_ms: 1 }") + " orders { number: 4 }"));
    const std::string two = held("number: 1 state: INCIDENT_REPORTED decide_by_ms: 100") + " " +
                            held("number: 2 state: INCIDENT_CLOSED decide_by_ms: 100");
    const std::string later = held("number: 1 state: INCIDENT_REPORTED decide_by_ms: 107") + " " +
                              held("number: 2 state: INCIDENT_CLOSED decide_by_ms: 100");
    CHECK(after<OpsFold>(two, "timers_shifted { by_ms: 7 }") == ops(later));
    CHECK(after<MarshalFold>(two, "timers_shifted { by_ms: 7 }") == marshal(later));
}

TEST_CASE("a section lead holds what is open in the section with its alert", "[sdk][fold][incident]") {
    const std::string here = "only_section: 2 ";
    CHECK(after<OpsFold>(here, event_of("reported", reported)) == ops(here + held(reported)));
    CHECK(after<OpsFold>("only_section: 1 ", event_of("reported", reported)) == ops("only_section: 1 "));
    const std::string alert = " alerts { key { kind: LOST_CHILD number: 3 } }";
    CHECK(after<OpsFold>(here + held(reported) + alert, event_of("changed", resolved)) == ops(here));
    CHECK(after<OpsFold>(here + held(reported) + alert, event_of("changed", "number: 3 state: INCIDENT_CLOSED")) ==
          ops(here));
    // What comes from another section has a past that was not told here.
    CHECK(after<OpsFold>(here, event_of("changed", "number: 3 state: INCIDENT_TRIAGED section: 2"),
                         FoldResult::needs_snapshot) == ops(here));
}

TEST_CASE("a phone holds what is open and the own or of the own section or role", "[sdk][fold][incident]") {
    const auto told = [](const std::string& self, const std::string& incident) {
        const std::string me = "self { " + self + " } ";
        const std::string open = incident + " state: INCIDENT_REPORTED";
        const std::string now = after<MarshalFold>(me, event_of("reported", open));
        if (now == marshal(me)) return false;
        CHECK(now == marshal(me + held(open)));
        return true;
    };
    CHECK(told("person: 7 section: 2", "number: 3 section: 2"));
    CHECK_FALSE(told("person: 7 section: 1", "number: 3 section: 2"));
    CHECK_FALSE(told("person: 7", "number: 3"));
    CHECK(told("person: 7", "number: 3 reporter: 7"));
    CHECK(told("person: 7", "number: 3 owner: 7"));
    CHECK(told("person: 7 role: MEDIC section: 1", "number: 3 section: 2 kind: INCIDENT_MEDICAL"));
    CHECK_FALSE(told("person: 7 role: SIDE section: 2", "number: 3 section: 2 kind: INCIDENT_POLICE"));
    CHECK(told("person: 7 role: POLICE_LIAISON", "number: 3 section: 2 kind: INCIDENT_POLICE"));
    const std::string me = "self { person: 7 section: 2 } ";
    CHECK(after<MarshalFold>(me + held(reported), event_of("changed", resolved)) == marshal(me));
    CHECK(after<MarshalFold>(me, event_of("changed", "number: 3 owner: 7 state: INCIDENT_ASSIGNED"),
                             FoldResult::needs_snapshot) == marshal(me));
    CHECK(after<MarshalFold>(me, event_of("changed", "number: 3 state: INCIDENT_CLOSED")) == marshal(me));
}

TEST_CASE("intersections stand by waypoint and a new route says all of them anew", "[sdk][fold][street]") {
    const auto one = "intersections { waypoint: 7 state: STAFFED version: 2 }";
    const auto both =
        "intersections { waypoint: 4 state: UNSTAFFED version: 1 } "
        "intersections { waypoint: 7 state: INTERSECTION_HELD version: 3 }";
    const auto change =
        "intersections_changed { intersections { waypoint: 7 state: INTERSECTION_HELD version: 3 } "
        "intersections { waypoint: 4 state: UNSTAFFED version: 1 } }";
    CHECK(after<OpsFold>(one, change) == ops(both));
    CHECK(after<MarshalFold>(one, change) == marshal(both));
    const auto anew = "intersections_changed { whole: true intersections { waypoint: 2 state: STAFFED version: 2 } }";
    CHECK(after<OpsFold>(both, anew) == ops("intersections { waypoint: 2 state: STAFFED version: 2 }"));
}

TEST_CASE("what is closed of a route is void with the next one", "[sdk][fold][street]") {
    const auto closed = "closures { route_version: 1 closed_legs: 3 }";
    const auto set = "closures_set { closures { route_version: 1 closed_legs: 3 } }";
    CHECK(after<OpsFold>("", set) == ops(closed));
    CHECK(after<MarshalFold>("", set) == marshal(closed));
    const std::string routes = "routes { version: 1 status: ACTIVE } routes { version: 2 } active_route: 1 ";
    CHECK(after<OpsFold>(routes + closed, "route_status_changed { version: 2 status: ACTIVE }") ==
          ops("routes { version: 1 status: ACTIVE } routes { version: 2 status: ACTIVE status_at_ms: 5000 } "
              "active_route: 2"));
}

}  // namespace
}  // namespace marchwire::sdk::test::incident_folds
