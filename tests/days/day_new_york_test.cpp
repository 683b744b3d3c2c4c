// New York 2018: the rally has ended, and an hour later people are still leaving the place where they gathered.
#include "day_crew.hpp"

using namespace marchwire;
using namespace marchwire::test;

TEST_CASE("a column that still leaves the assembly an hour after the rally has ended", "[scenario][day]") {
    play_twice("still leaving", [](FieldDay& day) {
        Crew crew(day);
        day.route(crew.lead, market_street());
        crew.steps_off(day);
        day.walks(crew.head, market_street(), 100, 1.6);
        day.walks(crew.tail, market_street(), 0, 0);
        for (const int minute : {18, 36}) {
            day.until(11, minute);
            crew.on_post(day);
        }
        day.advances(crew.lead, core::Phase::rally);
        for (const int minute : {0, 25}) {
            day.until(12, minute);
            crew.on_post(day);
        }
        day.advances(crew.lead, core::Phase::dispersing);
        day.acknowledges(crew.dispatcher, day.newest_order(core::OrderKind::disperse));
        day.until(12, 50);
        crew.on_post(day);
        day.until(13, 10);
        crew.on_post(day);
        day.until(13, 30);
        // The column is told until nobody is on it, whatever the programme says: its tail has not left.
        const auto& sample = day.state().column.sample;
        REQUIRE(sample.tail_metres.has_value());
        CHECK(*sample.tail_metres <= 100);
        CHECK(*sample.head_metres >= 2'800);
        day.goes_on(crew.tail, 1.6);
        day.pass(minutes(10));
        CHECK(*day.state().column.sample.tail_metres >= 600);
        // Whoever walks at the tail is still on duty, and is asked how they are.
        CHECK(day.member(crew.tail).duty == core::Duty::on_duty);
        CHECK(day.raised(core::AlertKind::checkin_missed) == 0);
    });
}
