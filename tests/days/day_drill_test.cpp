// The night before: a drill in which everybody is asked once, and which nobody takes for the real thing.
#include "day_crew.hpp"

#include "core/views.hpp"

using namespace marchwire;
using namespace marchwire::test;

TEST_CASE("a drill the night before", "[scenario][day]") {
    play_twice(
        "drill",
        [](FieldDay& day) {
            Crew crew(day);
            day.advances(crew.lead, core::Phase::assembling);
            crew.on_post(day);
            day.advances(crew.lead, core::Phase::marching);
            (void)day.does(crew.lead, core::Hold{day.state().phase_version, "drill of a hold", ""});
            const auto hold = day.newest_order(core::OrderKind::hold);
            CHECK(day.order(hold).text.starts_with("DRILL"));
            for (const PersonId person : crew.marshals) {
                if (person != crew.sides[5]) day.acknowledges(person, hold);
            }
            day.acknowledges(crew.dispatcher, hold);
            day.pass(seconds(35));
            // What the drill is for: who has not answered.
            CHECK(day.alert(core::AlertKind::order_unacked, 0, static_cast<std::uint32_t>(hold)) != nullptr);
            CHECK(day.receipt(hold, crew.sides[5]) == core::ReceiptState::queued);
            day.acknowledges(crew.sides[5], hold);
            (void)day.does(crew.lead, core::Release{day.state().phase_version});
            for (const auto to : {core::Phase::rally, core::Phase::dispersing, core::Phase::closed}) {
                day.advances(crew.lead, to);
            }
            // Nobody outside hears of it.
            for (const core::Entry& entry : day.entries()) CHECK_FALSE(core::public_item(entry).has_value());
        },
        Kind::drill);
}
