// A medic goes silent: the phone is lost and nobody answers. The march hears of it in steps and ends it by a person.
#include "day_crew.hpp"

using namespace marchwire;
using namespace marchwire::test;

TEST_CASE("a medic who goes silent is looked for and found", "[scenario][day]") {
    play_twice("silent medic", [](FieldDay& day) {
        Crew crew(day);
        (void)day.does(crew.lead, core::SetPolicy{core::AlertPreset::standard});
        crew.steps_off(day);
        day.until(11, 5);
        day.phone_off(crew.medic);
        // After three minutes the phone counts as unreachable; its march is told.
        day.pass(minutes(6));
        REQUIRE(day.alert(core::AlertKind::unreachable, crew.medic.value) != nullptr);
        // The check-in is missed as well: 20 minutes, 5 of grace, and then up the ladder.
        day.until(11, 15);
        (void)day.does(crew.lead, core::CheckIn{});
        (void)day.does(crew.dispatcher, core::CheckIn{});
        for (const PersonId person : crew.marshals) {
            if (person != crew.medic) (void)day.does(person, core::CheckIn{});
        }
        day.until(11, 29);
        const core::Alert* missed = day.alert(core::AlertKind::checkin_missed, crew.medic.value);
        REQUIRE(missed != nullptr);
        CHECK(missed->step >= 1);
        (void)day.does(crew.section_leads[1], core::AckAlert{missed->key, missed->version});
        CHECK(day.alert(core::AlertKind::checkin_missed, crew.medic.value)->owner == crew.section_leads[1]);
        // The buddy has found her, and says so for her.
        day.checks_in_for(crew.sides[2], crew.medic, core::HeardBy::seen);
        CHECK(day.alert(core::AlertKind::checkin_missed, crew.medic.value) == nullptr);
        day.phone_on(crew.medic);
        day.pass(minutes(9));
        CHECK(day.alert(core::AlertKind::unreachable, crew.medic.value) == nullptr);
        CHECK(day.raised(core::AlertKind::unreachable) == 1);
        CHECK(day.raised(core::AlertKind::checkin_missed) == 1);
    });
}
