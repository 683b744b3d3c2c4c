// Somebody is detained: whoever takes their phone from them sees nothing on it (DOMAIN, check-ins).
#include "day.hpp"
#include "support/stage_bus.hpp"

#include <catch2/catch.hpp>

namespace marchwire::test {
namespace {

/// By the buddy, who saw it.
void report_detained(Day& day) {
    core::CheckIn said;
    said.report = core::Report::detained;
    said.on_behalf_of = day.anna_grant.actor.person;
    said.heard_by = core::HeardBy::seen;
    day.stage.must(*day.ben, said);
}

session::Grant another_phone(Day& day) {
    return day.stage.another_phone(day.anna_grant.actor.person, core::Role::side, day.stage.march.march);
}

}  // namespace

TEST_CASE("the phone of somebody who is detained is worth nothing at once and nobody else's", "[scenario][detained]") {
    Day day;
    day.march_off();
    const auto second_phone = day.stage.seat(another_phone(day));
    report_detained(day);
    day.stage.settle();
    CHECK(day.anna->revoked);
    CHECK(second_phone->revoked);
    CHECK_FALSE(day.ben->revoked);
    CHECK(says(day.stage.state(), "PERSON_DETAINED"));
}

TEST_CASE("somebody who is back with another phone keeps it though the server starts anew", "[scenario][detained]") {
    Day day;
    day.march_off();
    report_detained(day);
    day.stage.wait(base::minutes(40));
    const session::Grant later = another_phone(day);
    day.hang_up();
    day.stage.go_down();
    REQUIRE(day.stage.come_up(day.stage.clock.now()).has_value());
    day.stage.wait(base::seconds(3));
    const auto back = day.stage.seat(later);
    day.stage.must(*back, core::CheckIn{});
    CHECK_FALSE(back->revoked);
}

TEST_CASE("whoever keeps the march next revokes the phone where the keeper was lost before it did",
          "[scenario][detained][servers]") {
    StageHub hub;
    StageBus one{hub}, other{hub};
    Day day{&one};
    hub.campaigns = {day.stage.campaign};
    (void)day.stage.another(other);
    hub.give(day.stage.march, &one, day.stage.clock.now());
    day.march_off();
    hub.give(day.stage.march, nullptr, day.stage.clock.now());
    day.stage.settle();
    report_detained(day);
    day.stage.wait(base::seconds(3));
    CHECK_FALSE(day.anna->revoked);
    hub.give(day.stage.march, &other, day.stage.clock.now());
    day.stage.wait(base::seconds(3));
    CHECK(day.anna->revoked);
    CHECK_FALSE(day.ben->revoked);
}

}  // namespace marchwire::test
