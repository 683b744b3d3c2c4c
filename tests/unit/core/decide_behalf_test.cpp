// Reports for others: by whom, of whom, how they were heard, and what goes with a phone that is off.
#include "support/march_builder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace marchwire::core {
namespace {

using base::RefusalCode;
using test::all_of;
using test::MarchBuilder;
using test::minutes;

CheckIn about(PersonId person, Report report = Report::on_post, HeardBy heard_by = HeardBy::radio) {
    CheckIn said;
    said.report = report;
    said.on_behalf_of = person;
    said.heard_by = heard_by;
    return said;
}

/// Section 2 under way: its lead, two buddies, and one without a phone.
struct Section {
    MarchBuilder march;
    PersonId section_lead, buddy, side, no_phone;
    Section() {
        march.march_off();
        section_lead = march.on_duty(Role::section_lead, 2);
        buddy = march.on_duty(Role::side, 2);
        side = march.on_duty(Role::side, 2, buddy);
        no_phone = march.somebody(Role::side);
        march.assign(no_phone, 2, {}, true);
    }
};

TEST_CASE("a report for somebody else is theirs with who said so and how they were heard", "[core][on_behalf]") {
    Section section;
    MarchBuilder& march = section.march;
    march.pass(minutes(25));
    REQUIRE(march.missed(section.side) != nullptr);
    const auto events = march.must(section.buddy, about(section.side, Report::moving, HeardBy::voice));
    const auto said = all_of<CheckedIn>(events);
    REQUIRE(said.size() == 1);
    CHECK(said.front().person == section.side);
    CHECK(said.front().reported_by == section.buddy);
    CHECK(said.front().heard_by == HeardBy::voice);
    CHECK(march.missed(section.side) == nullptr);
    CHECK(march.member(section.side).due_at == march.now + minutes(20));
    CHECK(march.member(section.side).heard_by == HeardBy::voice);
}

TEST_CASE("buddies both ways the section lead dispatchers and leads report for others", "[core][on_behalf]") {
    Section section;
    MarchBuilder& march = section.march;
    march.must(section.side, about(section.buddy));
    march.must(section.buddy, about(section.side));
    march.must(section.section_lead, about(section.side));
    for (const Role role : {Role::dispatcher, Role::anchor, Role::city_lead}) {
        march.must(march.somebody(role), about(section.side));
    }
    for (const Role role : {Role::side, Role::medic, Role::police_liaison, Role::section_lead}) {
        INFO(name_of(role));
        CHECK(march.refused(march.on_duty(role, 3), about(section.side)).code == RefusalCode::permission_denied);
    }
    for (const Role role : {Role::legal_observer, Role::national_desk, Role::auditor}) {
        INFO(name_of(role));
        CHECK(march.refused(march.somebody(role), about(section.side)).code == RefusalCode::permission_denied);
    }
}

TEST_CASE("a report for others says how they were heard and nothing of their phone", "[core][on_behalf]") {
    Section section;
    MarchBuilder& march = section.march;
    CHECK(march.refused(section.buddy, about(section.side, Report::on_post, HeardBy::none)).field == "heard_by");
    CheckIn own;
    own.heard_by = HeardBy::radio;
    CHECK(march.refused(section.side, own).field == "heard_by");
    CheckIn battery = about(section.side);
    battery.battery_percent = 40;
    CHECK(march.refused(section.buddy, battery).field == "battery_percent");
    CHECK(march.refused(march.lead, about(PersonId{99})).code == RefusalCode::not_found);
    CHECK(march.refused(section.section_lead, about(section.section_lead)).field == "on_behalf_of");
}

TEST_CASE("somebody without a phone comes by the word of the section lead", "[core][on_behalf]") {
    Section section;
    section.march.must(section.section_lead, about(section.no_phone, Report::on_post, HeardBy::seen));
    CHECK(section.march.member(section.no_phone).duty == Duty::on_duty);
    CHECK_FALSE(section.march.member(section.no_phone).due_at);
}

TEST_CASE("one tap of the section lead says that the section's missing are there", "[core][on_behalf]") {
    Section section;
    MarchBuilder& march = section.march;
    march.must(section.section_lead, about(section.no_phone, Report::on_post, HeardBy::seen));
    const PersonId elsewhere = march.on_duty(Role::side, 3);
    const PersonId resting = march.on_duty(Role::side, 2);
    march.must(resting, TakeBreak{march.member(resting).duty_version});
    march.pass(minutes(20));
    march.must(section.buddy, CheckIn{});
    march.must(section.section_lead, CheckIn{});
    march.pass(minutes(5));
    REQUIRE(march.missed(section.side) != nullptr);
    const auto said = all_of<CheckedIn>(march.must(section.section_lead, CheckInSection{0, HeardBy::seen}));
    std::vector<PersonId> people;
    for (const CheckedIn& one : said) people.push_back(one.person);
    CHECK(people == std::vector{section.side, section.no_phone});
    CHECK(march.missed(section.side) == nullptr);
    CHECK(march.missed(elsewhere) != nullptr);
    CHECK(march.member(resting).duty == Duty::on_break);
}

TEST_CASE("a section is spoken for by its own lead or by who may speak for all", "[core][on_behalf]") {
    Section section;
    MarchBuilder& march = section.march;
    march.pass(minutes(21));
    CHECK(march.refused(section.section_lead, CheckInSection{3, HeardBy::seen}).code == RefusalCode::permission_denied);
    CHECK(march.refused(section.buddy, CheckInSection{2, HeardBy::seen}).code == RefusalCode::permission_denied);
    CHECK(march.refused(march.lead, CheckInSection{0, HeardBy::seen}).field == "section");
    CHECK(march.refused(march.lead, CheckInSection{9, HeardBy::seen}).field == "section");
    CHECK(march.refused(march.lead, CheckInSection{2, HeardBy::none}).field == "heard_by");
    march.must(march.lead, CheckInSection{2, HeardBy::radio});
    CHECK(march.refused(march.lead, CheckInSection{2, HeardBy::radio}).code == RefusalCode::not_found);
}

TEST_CASE("going dark needs a buddy on the street and the buddy is nudged instead", "[core][going_dark]") {
    Section section;
    MarchBuilder& march = section.march;
    CheckIn dark;
    dark.report = Report::going_dark;
    CHECK(march.refused(section.section_lead, dark).field == "report");
    march.must(section.side, dark);
    march.must(section.buddy, dark);
    march.must(section.buddy, EndDuty{march.member(section.buddy).duty_version});
    CHECK(march.refused(section.side, dark).field == "report");

    Section other;
    other.march.must(other.side, dark);
    other.march.now = other.march.member(other.side).due_at;
    other.march.tick();
    const auto is_of_buddy = [&](const TopicStamp& stamp) {
        return stamp.index == topic_index::person(other.march.member(other.buddy).ordinal);
    };
    bool told = false;
    for (const Entry& entry : other.march.entries) {
        const auto* nudged = std::get_if<CheckInNudged>(&entry.event);
        if (nudged != nullptr && nudged->person == other.side) told = std::ranges::any_of(entry.topics, is_of_buddy);
    }
    CHECK(told);
}

TEST_CASE("only a buddy says that somebody was detained and the city and the observers are told at once",
          "[core][detained]") {
    Section section;
    MarchBuilder& march = section.march;
    const PersonId observer = march.on_duty(Role::legal_observer);
    const PersonId city_lead = march.on_duty(Role::city_lead);
    CheckIn own;
    own.report = Report::detained;
    CHECK(march.refused(section.side, own).field == "report");
    CHECK(march.refused(section.section_lead, about(section.side, Report::detained)).field == "report");
    CHECK(march.refused(march.lead, about(section.side, Report::detained)).field == "report");

    const auto events = march.must(section.buddy, about(section.side, Report::detained, HeardBy::seen));
    CHECK(march.member(section.side).duty == Duty::stood_down);
    CHECK_FALSE(march.member(section.side).due_at);
    const auto steps = all_of<AlertStepped>(events);
    REQUIRE(steps.size() == 1);
    CHECK(steps.front().notified == std::vector{observer, city_lead});
    const auto climbed = all_of<AlertStepped>(march.pass(base::seconds(120)));
    REQUIRE(climbed.size() == 2);
    CHECK(climbed[0].step == 3);
    CHECK(climbed[1].state == AlertState::exhausted);
    // The phone may be in other hands: what it says ends nothing.
    march.must(section.side, CheckIn{});
    REQUIRE(march.open(AlertKind::person_detained, section.side.value) != nullptr);
    const Alert& alert = *march.open(AlertKind::person_detained, section.side.value);
    march.must(city_lead, AckAlert{alert.key, alert.version});
    march.must(city_lead, ClearAlert{alert.key, alert.version, "released at noon"});
    CHECK(march.open(AlertKind::person_detained, section.side.value) == nullptr);
}

}  // namespace
}  // namespace marchwire::core
