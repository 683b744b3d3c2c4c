// White Plains: the start is moved by three hours on the day itself.
#include "day_crew.hpp"

using namespace marchwire;
using namespace marchwire::test;

TEST_CASE("a start that is moved by three hours on the day", "[scenario][day]") {
    play_twice("moved start", [](FieldDay& day) {
        Crew crew(day);
        day.until(9, 30);
        const core::MarchSpec spec = day.state().spec;
        std::vector<core::PlannedPhase> later = spec.plan;
        for (core::PlannedPhase& planned : later) planned.at = planned.at + hours(3);
        (void)day.does(crew.lead, core::Reschedule{later, day.state().spec_version});
        CHECK(day.state().spec.plan == later);
        // Somebody who still has the old plan before them is told, and nothing is changed.
        CHECK(day.refused(crew.lead, core::Reschedule{spec.plan, 1}).code == base::RefusalCode::conflict);
        day.until(11, 30);
        CHECK(day.raised(core::AlertKind::phase_late) == 0);
        // Now it is late: ten minutes after the new time to assemble.
        day.until(13, 12);
        CHECK(day.raised(core::AlertKind::phase_late) == 1);
        day.advances(crew.lead, core::Phase::assembling);
        crew.on_post(day);
        day.until(13, 30);
        CHECK(day.alert(core::AlertKind::phase_late, static_cast<std::uint64_t>(core::Phase::assembling)) == nullptr);
    });
}
