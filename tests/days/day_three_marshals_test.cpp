// A city of three marshals without GPS, run by what they see and say.
#include "day_crew.hpp"

using namespace marchwire;
using namespace marchwire::test;

TEST_CASE("a city of three marshals with no GPS at all", "[scenario][day]") {
    play_twice("three marshals", [](FieldDay& day) {
        const PersonId lead = day.person("Ada", core::Role::city_lead);
        const PersonId head = day.person("Hal", core::Role::head, 1);
        const PersonId tail = day.person("Tess", core::Role::tail, 1, {}, true);  // has no phone
        day.route(lead, market_street(),
                  {{1, core::WaypointKind::assembly, "Memorial Plaza", {38.6300, -90.2000}, {}},
                   {2, core::WaypointKind::water, "City Garden", {38.6290, -90.1900}, {}},
                   {3, core::WaypointKind::rally, "The Arch", {38.6256, -90.1660}, {}}});
        day.until(10, 30);
        day.advances(lead, core::Phase::assembling);
        (void)day.does(lead, core::CheckIn{});
        (void)day.does(head, core::CheckIn{});
        day.checks_in_for(lead, tail, core::HeardBy::voice);
        day.until(10, 55);
        day.advances(lead, core::Phase::marching);
        day.until(11, 5);
        (void)day.does(head, core::MarkPassed{2, core::End::head, 0});
        day.until(11, 12);
        (void)day.does(lead, core::MarkPassed{2, core::End::tail, 0});
        (void)day.does(head, core::CheckIn{});
        (void)day.does(lead, core::CheckIn{});
        day.checks_in_for(lead, tail, core::HeardBy::radio);
        CHECK(day.state().column.head.waypoint == 2);
        CHECK(day.state().column.tail.waypoint == 2);
        day.until(11, 20);
        (void)day.does(head, core::MarkPassed{3, core::End::head, 0});
        CHECK(day.state().column.head.waypoint == 3);
        day.until(11, 25);
        day.advances(lead, core::Phase::rally);
        // A small march: few alerts, and none of them about phones that are not there.
        CHECK(day.state().policy.preset == core::AlertPreset::small);
        CHECK(day.raised(core::AlertKind::unreachable) == 0);
        CHECK(day.raised(core::AlertKind::checkin_missed) == 0);
    });
}
