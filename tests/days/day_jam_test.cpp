// The street jams: all phones of the march fall silent at once. That is one alert and not one each, and what was
// queued meanwhile arrives once.
#include "day_crew.hpp"

using namespace marchwire;
using namespace marchwire::test;

TEST_CASE("the cell jams for 15 minutes", "[scenario][day]") {
    play_twice("jam", [](FieldDay& day) {
        Crew crew(day);
        (void)day.does(crew.lead, core::SetPolicy{core::AlertPreset::standard});
        crew.steps_off(day);
        day.until(11, 5);
        crew.on_post(day);
        for (const PersonId person : crew.marshals) day.off_line(person);
        day.until(11, 12);
        REQUIRE(day.raised(core::AlertKind::network_lost) >= 1);
        CHECK(day.raised(core::AlertKind::unreachable) == 0);
        day.all(crew.marshals, core::CheckIn{core::Report::moving, {}, 0, 0, {}, {}});
        const auto known = day.events<core::CheckedIn>().size();
        day.until(11, 20);
        for (const PersonId person : crew.marshals) day.on_line(person);
        CHECK(day.events<core::CheckedIn>().size() == known + crew.marshals.size());
        for (const PersonId person : crew.marshals) {
            CHECK(day.member(person).last_report == core::Report::moving);
        }
        day.until(11, 33);
        CHECK(day.raised(core::AlertKind::unreachable) == 0);
        CHECK(day.alert(core::AlertKind::network_lost) == nullptr);
    });
}
