// What a march is told when the host lets one of its leads in again whom nobody confirmed.
#include "core/topics.hpp"

#include "support/march_builder.hpp"

#include <catch2/catch.hpp>

namespace marchwire::core {
namespace {

using base::RefusalCode;
using test::all_of;
using test::MarchBuilder;

/// A march that two lead.
struct TwoLeads {
    MarchBuilder march;
    PersonId lost = march.on_duty(Role::city_lead);
    PersonId other = march.on_duty(Role::city_lead);

    std::vector<Event> announce(std::uint32_t token) {
        const auto told = march.tell(MarchBuilder::keeper(), AnnounceRecovery{lost, token});
        return told ? *told : std::vector<Event>{};
    }
    [[nodiscard]] const Alert* alert() const { return march.open(AlertKind::lead_recovered, lost.value); }
};

TEST_CASE("the other leads and the national desk hear that a lead was let in again by the host", "[core][recovery]") {
    TwoLeads two;
    const auto stepped = all_of<AlertStepped>(two.announce(7));
    REQUIRE(two.alert() != nullptr);
    CHECK(two.alert()->figure == 7);
    REQUIRE(stepped.size() == 1);
    CHECK(stepped[0].notified.size() >= 1);
    CHECK(std::ranges::count(stepped[0].notified, two.other) == 1);
    CHECK(std::ranges::count(stepped[0].notified, two.lost) == 0);
    const auto climbed = all_of<AlertStepped>(two.march.pass(base::minutes(2)));
    REQUIRE(climbed.size() == 1);
    CHECK(climbed[0].step == 3);
}

TEST_CASE("each server says it and the march hears it once while a second recovery is said anew", "[core][recovery]") {
    TwoLeads two;
    CHECK_FALSE(two.announce(7).empty());
    CHECK(two.announce(7).empty());
    CHECK_FALSE(two.announce(9).empty());
    CHECK(two.alert()->figure == 9);
    CHECK(two.announce(7).empty());
}

TEST_CASE("whoever was let in again does not say that it is well", "[core][recovery]") {
    TwoLeads two;
    (void)two.announce(7);
    const Alert alert = *two.alert();
    CHECK(two.march.refused(two.lost, AckAlert{alert.key, alert.version}).code == RefusalCode::permission_denied);
    CHECK(two.march.refused(two.lost, ClearAlert{alert.key, alert.version, "it is me"}).code ==
          RefusalCode::permission_denied);
    two.march.must(two.other, ClearAlert{alert.key, alert.version, "I have heard the voice"});
    CHECK(two.alert() == nullptr);
}

}  // namespace
}  // namespace marchwire::core
