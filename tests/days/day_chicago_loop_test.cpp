// Chicago 2018: a loop so short that the head is back at the start before the tail has left it.
#include "day_crew.hpp"

using namespace marchwire;
using namespace marchwire::test;

TEST_CASE("a loop so short that the head is back before the tail has left", "[scenario][day]") {
    play_twice("loop", [](FieldDay& day) {
        Crew crew(day);
        // Once around four blocks of 200 m, back to the plaza.
        const std::vector<core::LatLon> loop{
            {41.8840, -87.6300}, {41.8840, -87.6276}, {41.8858, -87.6276}, {41.8858, -87.6300}, {41.8840, -87.6300}};
        day.route(crew.lead, loop);
        crew.steps_off(day);
        // Behind the head 700 m of people, so the tail waits in the plaza.
        day.walks(crew.head, loop, 20);
        day.walks(crew.tail, loop, 0, 0);
        day.pass(minutes(2));
        double head_before = 0;
        for (int minute = 0; minute < 9; ++minute) {
            day.pass(minutes(1));
            const auto& sample = day.state().column.sample;
            REQUIRE(sample.head_metres.has_value());
            REQUIRE(sample.tail_metres.has_value());
            // The head goes on, and the tail stays where it is: at the start and not at the end, which is the same
            // place.
            CHECK(*sample.head_metres + 100 >= head_before);
            CHECK(*sample.tail_metres <= 100);
            head_before = *sample.head_metres;
        }
        CHECK(head_before >= 600);
        day.goes_on(crew.tail);
        day.pass(minutes(6));
        CHECK(*day.state().column.sample.tail_metres >= 200);
        CHECK(*day.state().column.sample.head_metres >= 700);
        CHECK(day.raised(core::AlertKind::off_route) == 0);
    });
}
