// A normal day in St. Louis: they gather, walk, rally and go home, and nothing happens that anybody must be woken for.
#include "day_crew.hpp"

using namespace marchwire;
using namespace marchwire::test;

TEST_CASE("a normal day in St. Louis", "[scenario][day]") {
    play_twice("normal day", [](FieldDay& day) {
        Crew crew(day);
        day.route(crew.lead, market_street(),
                  {{1, core::WaypointKind::assembly, "Memorial Plaza", {38.6300, -90.2000}, {}},
                   {2, core::WaypointKind::rally, "The Arch", {38.6256, -90.1660}, {}}});
        crew.steps_off(day);
        day.walks(crew.head, market_street(), 120);
        day.walks(crew.tail, market_street(), 0);
        for (int minute : {15, 30, 45}) {
            day.until(11, minute);
            crew.on_post(day);
            (void)day.does(crew.dispatcher, core::ReportCount{core::CountMethod::grid, 600, 800, 1'000, 0, 0});
        }
        CHECK(day.state().column.sample.head_metres.has_value());
        day.advances(crew.lead, core::Phase::rally);
        day.until(12, 4);
        crew.on_post(day);
        day.until(12, 30);
        day.advances(crew.lead, core::Phase::dispersing);
        const auto go_home = day.newest_order(core::OrderKind::disperse);
        for (const PersonId person : crew.marshals) day.acknowledges(person, go_home);
        day.acknowledges(crew.dispatcher, go_home);
        crew.on_post(day);
        day.until(12, 50);
        for (const PersonId person : crew.marshals)
            (void)day.does(person, core::EndDuty{day.member(person).duty_version});
        day.advances(crew.lead, core::Phase::closed);
        CHECK(day.phase() == core::Phase::closed);
        CHECK(day.raised(core::AlertKind::checkin_missed) == 0);
        CHECK(day.raised(core::AlertKind::unreachable) == 0);
        CHECK(day.raised(core::AlertKind::order_unacked) == 0);
    });
}
