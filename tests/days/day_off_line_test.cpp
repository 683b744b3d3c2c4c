// A phone is off-line for 20 minutes. What its person did meanwhile arrives later, once, with the time it was made.
#include "day_crew.hpp"

using namespace marchwire;
using namespace marchwire::test;

TEST_CASE("a phone off-line for 20 minutes", "[scenario][day]") {
    play_twice("off-line", [](FieldDay& day) {
        Crew crew(day);
        const PersonId ann = crew.sides[4];
        crew.steps_off(day);
        day.until(11, 5);
        day.off_line(ann);
        (void)day.does(crew.lead, core::Hold{day.state().phase_version, "an ambulance crosses", ""});
        const auto hold = day.newest_order(core::OrderKind::hold);
        for (const PersonId person : crew.marshals) {
            if (person != ann) day.acknowledges(person, hold);
        }
        day.acknowledges(crew.dispatcher, hold);
        // Whoever stands beside her says that she knows.
        (void)day.does(crew.section_leads[2], core::Acknowledge{.order = static_cast<std::uint32_t>(hold),
                                                                .on_behalf_of = {ann},
                                                                .heard_by = core::HeardBy::seen});
        day.until(11, 14);
        (void)day.does(ann, core::CheckIn{core::Report::on_post, {}, 0, 0, {}, {}});
        (void)day.does(ann, core::ReportCount{core::CountMethod::clicker, 90, 100, 110, 3, 0});
        day.all(crew.marshals, core::CheckIn{});
        (void)day.does(crew.lead, core::Release{day.state().phase_version});
        const auto resume = day.newest_order(core::OrderKind::resume);
        for (const PersonId person : crew.marshals) {
            if (person != ann) day.acknowledges(person, resume);
        }
        day.until(11, 25);
        const auto counts = day.events<core::CountReported>().size();
        day.on_line(ann);
        CHECK(day.events<core::CountReported>().size() == counts + 1);
        CHECK(day.member(ann).last_report == core::Report::on_post);
        day.acknowledges(ann, resume);
        CHECK(day.receipt(resume, ann) == core::ReceiptState::acked);
        CHECK(day.receipt(hold, ann) == core::ReceiptState::acked);
    });
}
