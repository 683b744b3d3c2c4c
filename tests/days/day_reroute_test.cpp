// A street on the way is closed while the column is on it: another route is drawn, all are told, and head and tail go
// on along it.
#include "day_crew.hpp"

using namespace marchwire;
using namespace marchwire::test;

TEST_CASE("a reroute around a closed street while the column is on it", "[scenario][day]") {
    play_twice("reroute", [](FieldDay& day) {
        Crew crew(day);
        REQUIRE(day.route(crew.lead, market_street()) == 1);
        crew.steps_off(day);
        day.walks(crew.head, market_street(), 150);
        day.walks(crew.tail, market_street(), 0);
        day.until(11, 10);
        const auto before = day.state().column.sample.head_metres;
        REQUIRE(before.has_value());

        // The same street at first, then one block further north.
        const std::vector<core::LatLon> detour{
            {38.6300, -90.2000}, {38.6290, -90.1900}, {38.6302, -90.1885}, {38.6256, -90.1660}};
        // Who decides on a stale view is refused.
        CHECK(day.refused(crew.lead, core::ActivateRoute{2, 1}).code == base::RefusalCode::not_found);
        REQUIRE(day.route(crew.lead, detour) == 2);
        CHECK(day.refused(crew.lead, core::ActivateRoute{1, 1}).code != base::RefusalCode::unavailable);
        CHECK(day.state().active_route == 2);
        const auto order = day.newest_order(core::OrderKind::reroute);
        for (const PersonId person : crew.marshals) {
            if (person != crew.tail) day.acknowledges(person, order);
        }
        day.acknowledges(crew.dispatcher, order);
        day.walks(crew.head, detour, 810);
        day.walks(crew.tail, detour, 660);
        day.pass(seconds(100));
        // The tail has not said that it knows: 90 s.
        CHECK(day.raised(core::AlertKind::order_unacked) == 1);
        day.acknowledges(crew.tail, order);
        day.pass(minutes(3));
        CHECK(day.alert(core::AlertKind::order_unacked, 0, static_cast<std::uint32_t>(order)) == nullptr);
        CHECK(day.state().column.sample.route_version == 2);
        CHECK(*day.state().column.sample.head_metres >= *before);
    });
}
