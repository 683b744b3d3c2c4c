// Alerts that stand on conditions, and cries for help: raised, escalated, owned, cleared (DOMAIN, alerts).
#include "core/topics.hpp"
#include "core/views.hpp"

#include "support/march_builder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace marchwire::core {
namespace {

using base::RefusalCode;
using test::all_of;
using test::MarchBuilder;
using test::minutes;
using test::seconds;

/// A march under way with all alerts on: section 2 with its lead, a medic and a side marshal; a city lead.
struct Watched {
    MarchBuilder march;
    PersonId city_lead, section_lead, medic, side;

    Watched() {
        march.march_off();
        march.must(march.lead, SetPolicy{AlertPreset::large});
        city_lead = march.on_duty(Role::city_lead);
        section_lead = march.on_duty(Role::section_lead, 2);
        medic = march.on_duty(Role::medic, 2);
        side = march.on_duty(Role::side, 2, medic);
    }
    void leave(PersonId person) { march.must(person, TakeBreak{march.member(person).duty_version}); }
    void ack(PersonId person, const Alert& alert) { march.must(person, AckAlert{alert.key, alert.version}); }
};

std::vector<AlertStepped> steps(const std::vector<Event>& events, AlertKind kind) {
    auto found = all_of<AlertStepped>(events);
    std::erase_if(found, [&](const AlertStepped& step) { return step.key.kind != kind; });
    return found;
}

// ---- a cry for help ----------------------------------------------------------------------------

TEST_CASE("a cry for help is told to buddy and section at once and climbs each minute until it is exhausted",
          "[core][sos]") {
    Watched street;
    MarchBuilder& march = street.march;
    const auto first = steps(march.must(street.side, RaiseSos{}), AlertKind::sos_unowned);
    REQUIRE(first.size() == 1);
    CHECK(first.front().step == 0);
    CHECK(first.front().notified == std::vector{street.section_lead, street.medic});
    CHECK(march.pass(seconds(59)).empty());
    auto climbed = steps(march.pass(seconds(1)), AlertKind::sos_unowned);
    REQUIRE(climbed.size() == 1);
    CHECK(climbed.front().step == 1);
    CHECK(climbed.front().notified == std::vector{street.section_lead});
    climbed = steps(march.pass(minutes(1)), AlertKind::sos_unowned);
    REQUIRE(climbed.size() == 1);
    CHECK(climbed.front().notified == std::vector{street.city_lead});
    climbed = steps(march.pass(minutes(2)), AlertKind::sos_unowned);
    REQUIRE(climbed.size() == 2);
    CHECK(climbed[0].step == 3);
    CHECK(climbed[1].state == AlertState::exhausted);
    CHECK(march.open(AlertKind::sos_unowned, street.side.value)->state == AlertState::exhausted);
}

TEST_CASE("a cry that somebody owns climbs no further and its owner ends it", "[core][sos]") {
    Watched street;
    MarchBuilder& march = street.march;
    march.must(street.side, RaiseSos{});
    CHECK(march.refused(street.side, AckAlert{{AlertKind::sos_unowned, street.side}, 2}).code ==
          RefusalCode::permission_denied);
    street.ack(street.medic, *march.open(AlertKind::sos_unowned, street.side.value));
    CHECK(march.open(AlertKind::sos_unowned, street.side.value)->owner == street.medic);
    CHECK(march.pass(minutes(5)).empty());
    const Alert& alert = *march.open(AlertKind::sos_unowned, street.side.value);
    march.must(street.medic, ClearAlert{alert.key, alert.version, "an ankle, walking again"});
    CHECK(march.open(AlertKind::sos_unowned, street.side.value) == nullptr);
}

TEST_CASE("a cry is stored each time and begins its ladder anew when somebody had it or nobody came", "[core][sos]") {
    Watched street;
    MarchBuilder& march = street.march;
    march.must(street.side, RaiseSos{});
    const auto again = march.must(street.side, RaiseSos{});
    CHECK(again.size() == 1);
    CHECK(all_of<SosRaised>(again).size() == 1);
    street.ack(street.medic, *march.open(AlertKind::sos_unowned, street.side.value));
    const auto anew = march.must(street.side, RaiseSos{});
    REQUIRE(steps(anew, AlertKind::sos_unowned).size() == 1);
    CHECK(march.open(AlertKind::sos_unowned, street.side.value)->state == AlertState::notifying);
    CHECK_FALSE(march.open(AlertKind::sos_unowned, street.side.value)->owner);
    march.pass(minutes(5));
    REQUIRE(march.open(AlertKind::sos_unowned, street.side.value)->state == AlertState::exhausted);
    march.must(street.side, RaiseSos{});
    CHECK(march.open(AlertKind::sos_unowned, street.side.value)->state == AlertState::notifying);
}

TEST_CASE("whoever is on no roster is heard as well and the city is told", "[core][sos]") {
    Watched street;
    const auto told = steps(street.march.must(street.march.lead, RaiseSos{}), AlertKind::sos_unowned);
    REQUIRE(told.size() == 1);
    CHECK(told.front().notified == std::vector{street.city_lead});
}

TEST_CASE("a whole section hears a cry by one item on its topic and shows it after a reconnect", "[core][sos]") {
    Watched street;
    MarchBuilder& march = street.march;
    const PersonId near = march.on_duty(Role::side, 2);
    const PersonId far = march.on_duty(Role::side, 3);
    march.must(street.side, RaiseSos{});
    const auto& topics = march.entries.back().topics;
    const auto bears = [&](std::uint32_t index) {
        return std::ranges::any_of(topics, [&](const TopicStamp& stamp) { return stamp.index == index; });
    };
    CHECK(bears(topic_index::section(2)));
    CHECK_FALSE(bears(topic_index::person(march.member(near).ordinal)));
    CHECK(marshal_snapshot(march.state, near)->alerts.size() == 1);
    CHECK(marshal_snapshot(march.state, far)->alerts.empty());
}

// ---- conditions of the street ------------------------------------------------------------------

TEST_CASE("a section whose only medic is away for two minutes has lost its cover", "[core][coverage]") {
    Watched street;
    MarchBuilder& march = street.march;
    const std::uint64_t medic_of_2 = 2 * 256 + static_cast<std::uint64_t>(Role::medic);
    street.leave(street.medic);
    CHECK(march.pass(seconds(119)).empty());
    auto told = steps(march.pass(seconds(1)), AlertKind::coverage_lost);
    REQUIRE(told.size() == 1);
    CHECK(told.front().key.subject.value == medic_of_2);
    CHECK(told.front().notified == std::vector{street.section_lead});
    told = steps(march.pass(minutes(2)), AlertKind::coverage_lost);
    REQUIRE(told.size() == 1);
    CHECK(told.front().notified == std::vector{street.city_lead});
    street.ack(street.section_lead, *march.open(AlertKind::coverage_lost, medic_of_2));
    // Back for as long as twice the time that raised it, then it is over; a shorter visit ends nothing.
    march.must(street.medic, CheckIn{});
    march.pass(seconds(239));
    REQUIRE(march.open(AlertKind::coverage_lost, medic_of_2) != nullptr);
    street.leave(street.medic);
    march.pass(minutes(5));
    CHECK(march.open(AlertKind::coverage_lost, medic_of_2) != nullptr);
    march.must(street.medic, CheckIn{});
    march.pass(seconds(240));
    CHECK(march.open(AlertKind::coverage_lost, medic_of_2) == nullptr);
}

TEST_CASE("a medic who is back within two minutes was no alert and while people gather nobody is missing",
          "[core][coverage]") {
    Watched street;
    street.leave(street.medic);
    street.march.pass(seconds(100));
    street.march.must(street.medic, CheckIn{});
    CHECK(steps(street.march.pass(minutes(10)), AlertKind::coverage_lost).empty());

    MarchBuilder march;
    march.must(march.lead, SetPolicy{AlertPreset::large});
    march.put(Role::medic, 1);
    march.advance(Phase::assembling);
    CHECK(steps(march.pass(minutes(20)), AlertKind::coverage_lost).empty());
    march.advance(Phase::marching);
    CHECK(steps(march.pass(minutes(2)), AlertKind::coverage_lost).size() == 1);
}

TEST_CASE("fewer than one marshal for a hundred people is told to the city and ends there", "[core][staffing]") {
    Watched street;
    MarchBuilder& march = street.march;
    const ReportCount four_hundred{CountMethod::clicker, 350, 400, 450, 0, 0};
    march.must(street.side, four_hundred);
    CHECK(steps(march.pass(minutes(2)), AlertKind::staffing_low).empty());
    march.must(street.side, ReportCount{CountMethod::photo, 400, 401, 600, 0, 0});
    CHECK(steps(march.pass(seconds(59)), AlertKind::staffing_low).empty());
    const auto told = steps(march.pass(seconds(1)), AlertKind::staffing_low);
    REQUIRE(told.size() == 1);
    CHECK(told.front().notified == std::vector{street.city_lead});
    CHECK(steps(march.pass(minutes(10)), AlertKind::staffing_low).empty());
    street.ack(street.city_lead, *march.open(AlertKind::staffing_low));
    march.on_duty(Role::side);
    march.pass(seconds(120));
    CHECK(march.open(AlertKind::staffing_low) == nullptr);
    // All counts are there, the older ones too.
    REQUIRE(march.state.counts.size() == 2);
    CHECK(march.state.counts[0].value == 400);
    CHECK(march.state.counts[1].high == 600);
}

TEST_CASE("observers and people far away do not count as staff", "[core][staffing]") {
    Watched street;
    street.march.must(street.side, ReportCount{CountMethod::clicker, 450, 450, 450, 0, 0});
    street.march.on_duty(Role::legal_observer);
    street.march.on_duty(Role::anchor);
    street.march.pass(minutes(1));
    CHECK(street.march.open(AlertKind::staffing_low) != nullptr);
}

TEST_CASE("three people on a square metre warn and four are critical whoever had it", "[core][density]") {
    Watched street;
    MarchBuilder& march = street.march;
    const auto report = [&](std::uint32_t per_10) {
        march.must(street.side, ReportCount{CountMethod::grid, 0, 0, 0, 2, per_10});
        return steps(march.pass(seconds(1)), AlertKind::density_high);
    };
    CHECK(report(29).empty());
    const auto warned = report(30);
    REQUIRE(warned.size() == 1);
    CHECK(warned.front().notified == std::vector{street.section_lead});
    street.ack(street.section_lead, *march.open(AlertKind::density_high, 2));
    CHECK(report(35).empty());
    const auto critical = report(40);
    REQUIRE(critical.size() == 1);
    CHECK(march.open(AlertKind::density_high, 2)->critical);
    CHECK(march.open(AlertKind::density_high, 2)->state == AlertState::notifying);
    CHECK(march.open(AlertKind::density_high, 3) == nullptr);
    const auto climbed = steps(march.pass(minutes(6)), AlertKind::density_high);
    REQUIRE(climbed.size() == 3);
    CHECK(climbed.back().state == AlertState::exhausted);
    report(20);
    CHECK(march.open(AlertKind::density_high, 2) == nullptr);
}

TEST_CASE("what a person has ended is not raised again before it has gone or got worse", "[core][density]") {
    Watched street;
    MarchBuilder& march = street.march;
    const auto report = [&](std::uint32_t per_10) {
        march.must(street.side, ReportCount{CountMethod::grid, 0, 0, 0, 2, per_10});
        return steps(march.pass(seconds(1)), AlertKind::density_high).size();
    };
    REQUIRE(report(32) == 1);
    const Alert& alert = *march.open(AlertKind::density_high, 2);
    march.must(street.section_lead, ClearAlert{alert.key, alert.version, "I see to it"});
    CHECK(march.pass(minutes(5)).empty());
    CHECK(report(33) == 0);
    CHECK(report(41) == 1);
    const Alert& worse = *march.open(AlertKind::density_high, 2);
    march.must(street.section_lead, ClearAlert{worse.key, worse.version, "gates are open"});
    CHECK(report(25) == 0);
    CHECK(report(31) == 1);
}

TEST_CASE("a count that cannot be names its field", "[core][count]") {
    Watched street;
    const auto field = [&](ReportCount wish) {
        const auto refusal = street.march.refused(street.side, wish);
        CHECK(refusal.code == RefusalCode::invalid_argument);
        return refusal.field;
    };
    CHECK(field({CountMethod::grid, 5, 4, 6, 0, 0}) == "value");
    CHECK(field({CountMethod::grid, 3, 4, 3, 0, 0}) == "value");
    CHECK(field({CountMethod::grid, 0, 0, 0, 0, 0}) == "value");
    CHECK(field({CountMethod::grid, 1, 1, 1'000'001, 0, 0}) == "high");
    CHECK(field({CountMethod::grid, 0, 0, 0, 0, 151}) == "density_per_10_m2");
    CHECK(field({CountMethod::grid, 1, 1, 1, 6, 0}) == "section");
}

TEST_CASE("a battery warns at a fifth and wants a handover at a tenth and ends when it is charged", "[core][battery]") {
    Watched street;
    MarchBuilder& march = street.march;
    const auto say = [&](std::uint8_t percent) {
        march.must(street.side, CheckIn{Report::on_post, {}, percent, 0});
        return steps(march.pass(seconds(1)), AlertKind::battery_low);
    };
    CHECK(say(21).empty());
    const auto warned = say(20);
    REQUIRE(warned.size() == 1);
    CHECK(warned.front().notified == std::vector{street.section_lead});
    street.ack(street.section_lead, *march.open(AlertKind::battery_low, street.side.value));
    CHECK(say(12).empty());
    CHECK(say(10).size() == 1);
    CHECK(march.open(AlertKind::battery_low, street.side.value)->critical);
    const auto climbed = steps(march.pass(minutes(10)), AlertKind::battery_low);
    REQUIRE(climbed.size() == 1);
    CHECK(climbed.front().notified == std::vector{street.city_lead});
    say(60);
    CHECK(march.open(AlertKind::battery_low, street.side.value) == nullptr);
}

TEST_CASE("a phase that is ten minutes late is told to the city and ends when it begins", "[core][late]") {
    MarchBuilder march;
    const PersonId city_lead = march.on_duty(Role::city_lead);
    march.now = march.step_off - minutes(60);
    march.advance(Phase::assembling);
    CHECK(steps(march.pass(minutes(70) - seconds(1)), AlertKind::phase_late).empty());
    const auto told = steps(march.pass(seconds(1)), AlertKind::phase_late);
    REQUIRE(told.size() == 1);
    CHECK(told.front().key.subject.value == static_cast<std::uint64_t>(Phase::marching));
    CHECK(told.front().notified == std::vector{city_lead});
    march.advance(Phase::marching);
    march.pass(seconds(1));
    CHECK(march.open(AlertKind::phase_late, static_cast<std::uint64_t>(Phase::marching)) == nullptr);
}

TEST_CASE("a plan that is moved moves its lateness and without a known time nothing is late", "[core][late]") {
    MarchBuilder march;
    march.on_duty(Role::city_lead);
    const auto late = [&] { return march.open(AlertKind::phase_late, static_cast<std::uint64_t>(Phase::marching)); };
    march.advance(Phase::assembling);
    march.now = march.step_off + minutes(5);
    march.must(march.lead,
               Reschedule{{{Phase::assembling, march.step_off}, {Phase::marching, march.step_off + minutes(180)}},
                          march.state.spec_version});
    march.pass(minutes(184));
    CHECK(late() == nullptr);
    march.pass(minutes(2));
    REQUIRE(late() != nullptr);
    march.must(march.lead,
               Reschedule{{{Phase::assembling, march.step_off}, {Phase::marching, UtcMs{}}}, march.state.spec_version});
    march.pass(seconds(1));
    CHECK(late() == nullptr);
    march.pass(minutes(600));
    CHECK(late() == nullptr);
}

TEST_CASE("a plan of days ago is nobody's lateness", "[core][late]") {
    MarchBuilder march;
    march.now = march.step_off + base::hours(48);
    march.must(march.lead, Reschedule{march.state.spec.plan, march.state.spec_version});
    march.advance(Phase::assembling);
    CHECK(steps(march.pass(minutes(60)), AlertKind::phase_late).empty());
}

TEST_CASE("a rally before and after the march is late by the one that comes next", "[core][late]") {
    MarchBuilder march;
    march.must(march.lead, Reschedule{{{Phase::assembling, march.now},
                                       {Phase::rally, march.now + minutes(10)},
                                       {Phase::marching, march.now + minutes(40)},
                                       {Phase::rally, march.now + minutes(90)}},
                                      march.state.spec_version});
    march.advance(Phase::assembling);
    march.pass(minutes(10));
    march.advance(Phase::rally);
    march.pass(minutes(30));
    march.advance(Phase::marching);
    march.pass(minutes(59));
    CHECK(march.open(AlertKind::phase_late, static_cast<std::uint64_t>(Phase::rally)) == nullptr);
    march.pass(minutes(1));
    CHECK(march.open(AlertKind::phase_late, static_cast<std::uint64_t>(Phase::rally)) != nullptr);
    CHECK(march.open(AlertKind::phase_late, static_cast<std::uint64_t>(Phase::marching)) == nullptr);
}

// ---- which are on ------------------------------------------------------------------------------

TEST_CASE("the size of the roster chooses the preset until a lead does", "[core][policy]") {
    MarchBuilder march;
    for (int i = 0; i < 19; ++i) march.put(Role::side);
    CHECK(march.state.policy == AlertPolicy{AlertPreset::small, true});
    march.put(Role::side);
    CHECK(march.state.policy == AlertPolicy{AlertPreset::standard, true});
    CHECK(std::holds_alternative<PolicySet>(march.entries.back().event));
    march.must(march.lead, SetPolicy{AlertPreset::large});
    march.put(Role::side);
    CHECK(march.state.policy == AlertPolicy{AlertPreset::large, false});
    march.must(march.lead, SetPolicy{});
    CHECK(march.state.policy == AlertPolicy{AlertPreset::standard, true});
    CHECK(march.refused(march.lead, SetPolicy{}).code == RefusalCode::invalid_transition);
    CHECK(march.refused(march.on_duty(Role::dispatcher), SetPolicy{AlertPreset::small}).code ==
          RefusalCode::permission_denied);
    for (int i = 0; i < 78; ++i) march.put(Role::side);
    CHECK(march.state.policy == AlertPolicy{AlertPreset::large, true});
}

TEST_CASE("an alert that is not on is not raised and one that is turned off ends", "[core][policy]") {
    Watched street;
    MarchBuilder& march = street.march;
    march.must(street.side, ReportCount{CountMethod::grid, 0, 0, 0, 2, 35});
    march.pass(seconds(1));
    REQUIRE(march.open(AlertKind::density_high, 2) != nullptr);
    march.must(march.lead, SetPolicy{AlertPreset::standard});
    march.pass(seconds(1));
    CHECK(march.open(AlertKind::density_high, 2) == nullptr);
    march.must(march.lead, SetPolicy{AlertPreset::small});
    street.leave(street.medic);
    march.pass(minutes(10));
    CHECK(march.open(AlertKind::coverage_lost, 2 * 256 + static_cast<std::uint64_t>(Role::medic)) == nullptr);
    // And it holds when it is turned on.
    march.must(march.lead, SetPolicy{AlertPreset::standard});
    march.pass(minutes(2));
    CHECK(march.open(AlertKind::coverage_lost, 2 * 256 + static_cast<std::uint64_t>(Role::medic)) != nullptr);
}

TEST_CASE("an alert for the city where the city has nobody is exhausted at once and stays open", "[core][alert]") {
    MarchBuilder march;
    march.march_off();
    march.must(march.lead, SetPolicy{AlertPreset::large});
    const PersonId side = march.on_duty(Role::side);
    march.must(side, ReportCount{CountMethod::photo, 500, 500, 500, 0, 0});
    march.pass(minutes(1));
    REQUIRE(march.open(AlertKind::staffing_low) != nullptr);
    CHECK(march.open(AlertKind::staffing_low)->state == AlertState::exhausted);
    march.must(march.lead, AckAlert{{AlertKind::staffing_low, {}}, march.open(AlertKind::staffing_low)->version});
    CHECK(march.open(AlertKind::staffing_low)->state == AlertState::acked);
}

TEST_CASE("a section's number is no person so whoever has that number may take its alert", "[core][alert]") {
    Watched street;
    MarchBuilder& march = street.march;
    // The national desk's person is number 2, as the section is.
    REQUIRE(march.desk == PersonId{2});
    march.must(street.side, ReportCount{CountMethod::grid, 0, 0, 0, 2, 35});
    march.pass(seconds(1));
    street.ack(march.desk, *march.open(AlertKind::density_high, 2));
    CHECK(march.open(AlertKind::density_high, 2)->owner == march.desk);
}

TEST_CASE("time in which no server ran counts for no condition", "[core][alert][keeper]") {
    Watched street;
    MarchBuilder& march = street.march;
    street.leave(street.medic);
    march.pass(seconds(60));
    const UtcMs idle_since = march.now;
    march.now = march.now + minutes(30);
    REQUIRE(march.tell(MarchBuilder::keeper(), TakeKeeping{march.state.term.next(), idle_since}).has_value());
    CHECK(steps(march.pass(seconds(59)), AlertKind::coverage_lost).empty());
    CHECK(steps(march.pass(seconds(1)), AlertKind::coverage_lost).size() == 1);
}

}  // namespace
}  // namespace marchwire::core
