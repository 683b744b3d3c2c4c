// The city lead's phone is lost in the crowd and revoked: it can do nothing more, and the march goes on without it.
#include "day_crew.hpp"

using namespace marchwire;
using namespace marchwire::test;

TEST_CASE("a lead's phone is lost and revoked", "[scenario][day]") {
    play_twice("lost phone", [](FieldDay& day) {
        Crew crew(day);
        const PersonId deputy = day.person("Bea", core::Role::city_lead);
        crew.steps_off(day);
        (void)day.does(deputy, core::CheckIn{});
        day.until(11, 12);
        day.revokes(crew.lead);
        CHECK(day.refused(crew.lead, core::Hold{day.state().phase_version, "whoever has found it", ""}).code ==
              base::RefusalCode::unauthenticated);
        CHECK(day.phase() == core::Phase::marching);
        // She is without a phone: her deputy speaks for her, and she is missed by nobody.
        crew.on_post_but_lead(day);
        day.checks_in_for(deputy, crew.lead, core::HeardBy::seen);
        (void)day.does(deputy, core::CheckIn{});
        (void)day.does(deputy, core::Hold{day.state().phase_version, "to close up", ""});
        const auto hold = day.newest_order(core::OrderKind::hold);
        CHECK(day.order(hold).receipt(day.member(crew.lead).ordinal) != nullptr);
        for (const PersonId person : crew.marshals) day.acknowledges(person, hold);
        day.acknowledges(crew.dispatcher, hold);
        (void)day.does(deputy, core::Acknowledge{.order = static_cast<std::uint32_t>(hold),
                                                 .on_behalf_of = {crew.lead},
                                                 .heard_by = core::HeardBy::seen});
        CHECK(day.receipt(hold, crew.lead) == core::ReceiptState::acked);
        day.pass(minutes(2));
        CHECK(day.raised(core::AlertKind::order_unacked) == 0);
        // With another phone she is herself again.
        day.has_a_new_phone(crew.lead);
        (void)day.does(crew.lead, core::Release{day.state().phase_version});
        CHECK(day.phase() == core::Phase::marching);
    });
}
