// Phones that fall silent: one by one, or a whole street at once (DOMAIN, alerts: UNREACHABLE, NETWORK_LOST).
#include "support/march_builder.hpp"

#include <catch2/catch.hpp>

namespace marchwire::core {
namespace {

using base::RefusalCode;
using test::all_of;
using test::MarchBuilder;
using test::minutes;
using test::seconds;

/// A march of ten marshals in section 1 and ten in section 2, under way; a city lead and the section leads with them.
struct Crowd {
    MarchBuilder march;
    PersonId city_lead;
    PersonId lead_of_1;
    std::vector<PersonId> first, second;

    Crowd() {
        march.march_off();
        march.must(march.lead, SetPolicy{AlertPreset::standard});
        city_lead = march.on_duty(Role::city_lead);
        lead_of_1 = march.on_duty(Role::section_lead, 1);
        for (int i = 0; i < 10; ++i) first.push_back(march.on_duty(Role::side, 1));
        for (int i = 0; i < 10; ++i) second.push_back(march.on_duty(Role::side, 2));
        march.pass(minutes(5));
    }
    MarchBuilder::Outcome see(std::vector<PersonId> silent, std::vector<PersonId> heard = {}) {
        ObserveSilence seen{march.state.term, {}, std::move(heard)};
        for (const PersonId person : silent) seen.silent.push_back({person, march.now - seconds(180)});
        return march.tell(MarchBuilder::keeper(), seen);
    }
    std::vector<Event> tick() { return march.pass(seconds(1)); }
    [[nodiscard]] const Alert* unreachable(PersonId person) const {
        return march.open(AlertKind::unreachable, person.value);
    }
};

TEST_CASE("a silent phone is told to the section lead then to the city and ends there", "[core][silence]") {
    Crowd crowd;
    MarchBuilder& march = crowd.march;
    REQUIRE(crowd.see({crowd.first[0]}).has_value());
    auto steps = all_of<AlertStepped>(crowd.tick());
    REQUIRE(steps.size() == 1);
    CHECK(steps.front().notified == std::vector{crowd.lead_of_1});
    steps = all_of<AlertStepped>(march.pass(minutes(2)));
    REQUIRE(steps.size() == 1);
    CHECK(steps.front().notified == std::vector{crowd.city_lead});
    CHECK(march.pass(minutes(10)).empty());
    const Alert& alert = *crowd.unreachable(crowd.first[0]);
    march.must(crowd.city_lead, AckAlert{alert.key, alert.version});
    CHECK(crowd.unreachable(crowd.first[0])->owner == crowd.city_lead);
}

TEST_CASE("a phone that is heard again ends the alert after twice its time and a check-in at once", "[core][silence]") {
    Crowd crowd;
    MarchBuilder& march = crowd.march;
    const PersonId side = crowd.first[0];
    REQUIRE(crowd.see({side}).has_value());
    crowd.tick();
    REQUIRE(crowd.see({}, {side}).has_value());
    march.pass(seconds(359));
    REQUIRE(crowd.unreachable(side) != nullptr);
    march.pass(seconds(1));
    CHECK(crowd.unreachable(side) == nullptr);

    REQUIRE(crowd.see({side}).has_value());
    crowd.tick();
    REQUIRE(crowd.unreachable(side) != nullptr);
    march.must(side, CheckIn{});
    crowd.tick();
    CHECK(crowd.unreachable(side) == nullptr);
    CHECK_FALSE(march.member(side).silent_since);
}

TEST_CASE("whoever was heard of by voice is no mystery though the phone stays silent", "[core][silence]") {
    Crowd crowd;
    const PersonId side = crowd.first[0];
    REQUIRE(crowd.see({side}).has_value());
    crowd.tick();
    REQUIRE(crowd.unreachable(side) != nullptr);
    CheckIn said;
    said.on_behalf_of = side;
    said.heard_by = HeardBy::voice;
    crowd.march.must(crowd.lead_of_1, said);
    crowd.tick();
    CHECK(crowd.unreachable(side) == nullptr);
    CHECK(crowd.march.member(side).silent_since);
}

TEST_CASE("a section that falls silent at once is one calm alert in place of theirs", "[core][silence]") {
    Crowd crowd;
    MarchBuilder& march = crowd.march;
    REQUIRE(crowd.see({crowd.first[0], crowd.first[1]}).has_value());
    crowd.tick();
    REQUIRE(crowd.unreachable(crowd.first[0]) != nullptr);
    march.now = march.now + minutes(2);
    REQUIRE(crowd.see({crowd.first[2], crowd.first[3]}).has_value());
    const auto events = crowd.tick();
    REQUIRE(march.open(AlertKind::network_lost, 1) != nullptr);
    CHECK(march.open(AlertKind::network_lost, 0) == nullptr);
    CHECK(march.open(AlertKind::network_lost, 2) == nullptr);
    for (int i = 0; i < 4; ++i) CHECK(crowd.unreachable(crowd.first[static_cast<std::size_t>(i)]) == nullptr);
    for (const AlertRaised& raised : all_of<AlertRaised>(events)) {
        CHECK(raised.alert.key.kind == AlertKind::network_lost);
    }
    // Others of the section who fall silent meanwhile are part of it; those of another section are not.
    REQUIRE(crowd.see({crowd.first[4], crowd.second[0]}).has_value());
    crowd.tick();
    CHECK(crowd.unreachable(crowd.first[4]) == nullptr);
    CHECK(crowd.unreachable(crowd.second[0]) != nullptr);
}

TEST_CASE("three of eleven or silence one after the other is no network", "[core][silence]") {
    Crowd crowd;
    MarchBuilder& march = crowd.march;
    // Eleven are listened for in section 1, with its lead: three are not over thirty percent.
    REQUIRE(crowd.see({crowd.first[0], crowd.first[1], crowd.first[2]}).has_value());
    crowd.tick();
    CHECK(march.open(AlertKind::network_lost, 1) == nullptr);
    CHECK(crowd.unreachable(crowd.first[2]) != nullptr);
    march.now = march.now + minutes(6);
    REQUIRE(crowd.see({crowd.first[3]}).has_value());
    crowd.tick();
    CHECK(march.open(AlertKind::network_lost, 1) == nullptr);
    CHECK(crowd.unreachable(crowd.first[3]) != nullptr);
}

TEST_CASE("a march that falls silent is one alert and not one for each section", "[core][silence]") {
    Crowd crowd;
    MarchBuilder& march = crowd.march;
    std::vector<PersonId> silent(crowd.first.begin(), crowd.first.begin() + 6);
    silent.insert(silent.end(), crowd.second.begin(), crowd.second.begin() + 6);
    REQUIRE(crowd.see(silent).has_value());
    const auto raised = all_of<AlertRaised>(crowd.tick());
    REQUIRE(raised.size() == 1);
    CHECK(raised.front().alert.key == AlertKey{AlertKind::network_lost, {}});
    CHECK(march.state.alerts.size() == 1);
}

// Once the network is back the phones hand in what they kept: check-ins, by which they are heard. The alert stayed.
TEST_CASE("a network that is back by check-ins ends its alert", "[core][silence]") {
    Crowd crowd;
    MarchBuilder& march = crowd.march;
    const std::vector<PersonId> some(crowd.first.begin(), crowd.first.begin() + 5);
    REQUIRE(crowd.see(some).has_value());
    crowd.tick();
    REQUIRE(march.open(AlertKind::network_lost, 1) != nullptr);
    for (const PersonId person : some) march.must(person, CheckIn{});
    march.pass(minutes(10) - seconds(1));
    REQUIRE(march.open(AlertKind::network_lost, 1) != nullptr);
    march.pass(seconds(1));
    CHECK(march.open(AlertKind::network_lost, 1) == nullptr);

    std::vector<PersonId> everybody = crowd.first;
    everybody.insert(everybody.end(), crowd.second.begin(), crowd.second.end());
    REQUIRE(crowd.see(everybody).has_value());
    crowd.tick();
    REQUIRE(march.open(AlertKind::network_lost, 0) != nullptr);
    for (const PersonId person : everybody) march.must(person, CheckIn{});
    march.pass(minutes(10));
    CHECK(march.open(AlertKind::network_lost, 0) == nullptr);
}

TEST_CASE("when the network is back for ten minutes who is still silent is told of by name", "[core][silence]") {
    Crowd crowd;
    MarchBuilder& march = crowd.march;
    const std::vector<PersonId> silent(crowd.first.begin(), crowd.first.begin() + 5);
    REQUIRE(crowd.see(silent).has_value());
    crowd.tick();
    REQUIRE(march.open(AlertKind::network_lost, 1) != nullptr);
    REQUIRE(crowd.see({}, {crowd.first[0], crowd.first[1], crowd.first[2]}).has_value());
    march.pass(minutes(10) - seconds(1));
    REQUIRE(march.open(AlertKind::network_lost, 1) != nullptr);
    CHECK(crowd.unreachable(crowd.first[3]) == nullptr);
    march.pass(seconds(2));
    CHECK(march.open(AlertKind::network_lost, 1) == nullptr);
    CHECK(crowd.unreachable(crowd.first[3]) == nullptr);
    march.pass(seconds(30));
    CHECK(crowd.unreachable(crowd.first[0]) == nullptr);
    CHECK(crowd.unreachable(crowd.first[3]) != nullptr);
    CHECK(crowd.unreachable(crowd.first[4]) != nullptr);
}

TEST_CASE("nobody without a phone gone dark on a break or only watching is unreachable", "[core][silence]") {
    Crowd crowd;
    MarchBuilder& march = crowd.march;
    const PersonId no_phone = march.somebody(Role::side);
    march.assign(no_phone, 1, {}, true);
    march.must(crowd.lead_of_1, CheckIn{Report::on_post, {}, 0, 0, no_phone, HeardBy::seen});
    const PersonId observer = march.on_duty(Role::legal_observer);
    const PersonId resting = crowd.first[0];
    march.must(resting, TakeBreak{march.member(resting).duty_version});
    const PersonId dark = march.on_duty(Role::side, 1, crowd.first[1]);
    march.must(dark, CheckIn{Report::going_dark, {}, 0, 0});
    const auto outcome = crowd.see({no_phone, observer, resting, dark, PersonId{99}});
    REQUIRE(outcome.has_error());
    CHECK(outcome.error().code == RefusalCode::not_found);
    // Who goes dark while the alert is open ends it.
    REQUIRE(crowd.see({crowd.first[2]}).has_value());
    crowd.tick();
    REQUIRE(crowd.unreachable(crowd.first[2]) != nullptr);
    march.must(crowd.first[2], TakeBreak{march.member(crowd.first[2]).duty_version});
    crowd.tick();
    CHECK(crowd.unreachable(crowd.first[2]) == nullptr);
}

TEST_CASE("what the keeper saw already is no news and an overtaken keeper sees nothing", "[core][silence]") {
    Crowd crowd;
    REQUIRE(crowd.see({crowd.first[0]}).has_value());
    CHECK(crowd.see({crowd.first[0]}).error().code == RefusalCode::not_found);
    CHECK(crowd.see({}, {crowd.first[1]}).error().code == RefusalCode::not_found);
    REQUIRE(crowd.march.tell(MarchBuilder::keeper(), TakeKeeping{Term{5}, {}}).has_value());
    ObserveSilence seen{Term{4}, {}, {crowd.first[0]}};
    CHECK(crowd.march.tell(MarchBuilder::keeper(), seen).error().code == RefusalCode::conflict);
    CHECK(crowd.march.refused(crowd.city_lead, ObserveSilence{}).code == RefusalCode::permission_denied);
}

}  // namespace
}  // namespace marchwire::core
