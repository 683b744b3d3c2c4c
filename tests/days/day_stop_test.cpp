// A stop, and the march walks on only when two people say so.
#include "day_crew.hpp"

using namespace marchwire;
using namespace marchwire::test;

TEST_CASE("a stop and a resume by two people", "[scenario][day]") {
    play_twice("stop and resume", [](FieldDay& day) {
        Crew crew(day);
        const PersonId desk = day.desk("Nat");
        crew.steps_off(day);
        day.until(11, 10);
        // A marshal proposes it, a section lead may order it.
        (void)day.does(crew.sides[0], core::Stop{"a car in the crowd", ""});
        CHECK(day.phase() == core::Phase::marching);
        (void)day.does(crew.section_leads[0], core::Stop{"a car in the crowd", "The march has stopped. Please wait."});
        CHECK(day.phase() == core::Phase::stopped);
        const auto stop = day.newest_order(core::OrderKind::stop);
        for (const PersonId person : crew.marshals) {
            if (person != crew.section_leads[0]) day.acknowledges(person, stop);
        }
        day.pass(seconds(40));
        // Not everybody: the dispatcher and the lead have not answered within 30 s.
        CHECK(day.raised(core::AlertKind::order_unacked) == 1);
        day.acknowledges(crew.dispatcher, stop);
        day.acknowledges(crew.lead, stop);

        (void)day.does(crew.lead, core::ProposeResume{day.state().phase_version, "the street is clear"});
        const auto proposal = day.state().proposals_made;
        CHECK(day.refused(crew.lead, core::ConfirmResume{proposal}).code != base::RefusalCode::unavailable);
        CHECK(day.phase() == core::Phase::stopped);
        (void)day.does(desk, core::ConfirmResume{proposal});
        CHECK(day.phase() == core::Phase::marching);
        const auto resume = day.newest_order(core::OrderKind::resume);
        CHECK(day.order(resume).state == core::OrderState::open);
        for (const PersonId person : crew.marshals) day.acknowledges(person, resume);
        CHECK(day.receipt(resume, crew.tail) == core::ReceiptState::acked);
    });
}
