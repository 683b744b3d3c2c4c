// Names and numbers: given, read by few and never unseen, erased; and what is sealed is forgotten when its time has
// come.
#include "core/sealed.hpp"

#include "base/limits.hpp"
#include "core/topics.hpp"
#include "core/views.hpp"
#include "support/march_builder.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace marchwire::core {
namespace {

using base::hours;
using base::RefusalCode;
using test::all_of;
using test::MarchBuilder;

/// A march of two sections with everybody who may, or may not, read who somebody is.
struct People {
    MarchBuilder march;
    PersonId anna, lead_of_1, lead_of_2, dispatcher;

    People() {
        march.must(march.desk, SetSections{2});
        anna = march.put(Role::side, 1);
        lead_of_1 = march.put(Role::section_lead, 1);
        lead_of_2 = march.put(Role::section_lead, 2);
        dispatcher = march.put(Role::dispatcher);
    }
    void name_anna() { march.must(march.lead, SetPersonDetails{anna, {}, {}, "sealed"}); }
    [[nodiscard]] bool reads(PersonId who) { return march.tell(who, RevealPerson{anna}).has_value(); }
};

}  // namespace

TEST_CASE("only leads give names and only few read them and each reading is in the log", "[core][person][rights]") {
    People people;
    for (const PersonId who : {people.anna, people.lead_of_1, people.dispatcher}) {
        CHECK(people.march.refused(who, SetPersonDetails{people.anna, {}, {}, "sealed"}).code ==
              RefusalCode::permission_denied);
    }
    CHECK(people.march.refused(people.march.lead, RevealPerson{people.anna}).code == RefusalCode::not_found);
    people.name_anna();
    CHECK(people.march.state.details.at(people.anna) == "sealed");
    // No feed bears it, sealed as it is.
    const auto shown = shown_on(people.march.entries.back().event, topic_index::ops);
    CHECK(std::get<PersonDetailsSet>(*shown).sealed.empty());
    CHECK_FALSE(people.reads(people.anna));
    CHECK_FALSE(people.reads(people.lead_of_2));
    for (const PersonId who : {people.lead_of_1, people.dispatcher, people.march.lead, people.march.desk}) {
        CHECK(people.reads(who));
        const auto& read = std::get<PersonRevealed>(people.march.entries.back().event);
        CHECK(read.person == people.anna);
        CHECK(read.by == who);
    }
    CHECK(people.march.refused(people.march.lead, SetPersonDetails{PersonId{999}, {}, {}, "sealed"}).field == "person");
    CHECK(
        people.march.refused(people.march.lead, SetPersonDetails{people.anna, {}, {}, std::string(2'000, 's')}).code ==
        RefusalCode::invalid_argument);
}

TEST_CASE("whoever is erased cannot be read again and stays on the roster", "[core][person]") {
    People people;
    people.name_anna();
    CHECK(people.march.refused(people.dispatcher, ErasePerson{people.anna}).code == RefusalCode::permission_denied);
    people.march.must(people.march.lead, ErasePerson{people.anna});
    CHECK(std::get<PersonErased>(people.march.entries.back().event).by == people.march.lead);
    CHECK_FALSE(people.march.state.details.contains(people.anna));
    CHECK(people.march.refused(people.march.lead, RevealPerson{people.anna}).code == RefusalCode::not_found);
    CHECK(people.march.refused(people.march.lead, ErasePerson{people.anna}).code == RefusalCode::not_found);
    CHECK(people.march.state.member(people.anna) != nullptr);
    people.name_anna();
    CHECK(people.reads(people.march.lead));
}

TEST_CASE("the answer to a reading is for whoever may read now", "[core][person][rights]") {
    People people;
    people.name_anna();
    const auto answer = [&](PersonId who) {
        return revealed_answer(people.march.state, RevealPerson{people.anna},
                               {people.march.now, people.march.actor(who)});
    };
    CHECK(answer(people.march.lead).value() == "sealed");
    CHECK(answer(people.lead_of_2).error().code == RefusalCode::permission_denied);
    people.march.must(people.march.lead, ErasePerson{people.anna});
    CHECK(answer(people.march.lead).error().code == RefusalCode::not_found);
}

TEST_CASE("what is said of a person is checked before it is sealed", "[core][person]") {
    CHECK(check_details({{}, {}, {}})->field == "name");
    CHECK(check_details({{}, std::string(201, 'a'), {}})->field == "name");
    CHECK(check_details({{}, {}, "call\nme"})->field == "phone");
    CHECK_FALSE(check_details({{}, "Ada Example", {}}).has_value());
    CHECK_FALSE(check_details({{}, {}, "+1 314 555 0100"}).has_value());
}

TEST_CASE("places go a day after the march and restricted blocks three and names a week",
          "[core][retention][privacy]") {
    People people;
    MarchBuilder& march = people.march;
    people.name_anna();
    march.march_off();
    ReportIncident child;
    child.kind = IncidentKind::lost_child;
    child.description = "a yellow raincoat";
    child.place = {PlaceKind::section, 1};
    child.restricted = RestrictedBlock{"Kim Doe", {}, {}};
    child.tell_all = true;
    march.must(march.lead, child);
    march.advance(Phase::rally);
    march.advance(Phase::dispersing);
    march.now = march.now + hours(4);
    march.advance(Phase::closed);
    const UtcMs closed = march.now;
    const auto at = [&](Millis after) {
        march.now = closed + after;
        march.tick();
    };
    const auto gone = [&](SealedClass what) { return bool(forgotten_at(march.state, what)); };

    at(hours(24) - base::seconds(1));
    CHECK_FALSE(gone(SealedClass::places));
    REQUIRE(march.state.incidents.size() == 1);
    CHECK(march.state.incidents[0].place.kind == PlaceKind::section);
    at(hours(24));
    CHECK(gone(SealedClass::places));
    CHECK(march.state.incidents[0].place == Place{});
    CHECK(march.state.restricted.size() == 1);
    // A phone that was off-line tells late: what happened is kept, and not where.
    ReportIncident late;
    late.place = {PlaceKind::section, 1};
    march.must(people.anna, late);
    CHECK(march.state.incidents[1].place == Place{});

    at(hours(72));
    CHECK(gone(SealedClass::restricted));
    CHECK(march.state.restricted.empty());
    CHECK_FALSE(march.state.incidents[0].is_restricted);
    CHECK(march.state.incidents[0].description.empty());
    for (const Order& order : march.state.orders) CHECK(order.text.find("raincoat") == std::string::npos);
    late.restricted = RestrictedBlock{"Lee Roe", {}, {}};
    CHECK(march.refused(people.anna, late).field == "restricted");
    CHECK(people.reads(march.lead));

    at(hours(24 * 7));
    CHECK(gone(SealedClass::persons));
    CHECK(march.state.details.empty());
    CHECK(march.refused(march.lead, SetPersonDetails{people.anna, {}, {}, "sealed"}).code ==
          RefusalCode::invalid_transition);
    CHECK_FALSE(march.state.is_shredded());
}

TEST_CASE("who holds a march's log keeps what is restricted and nothing else", "[core][retention][privacy]") {
    People people;
    MarchBuilder& march = people.march;
    people.name_anna();
    march.march_off();
    march.advance(Phase::rally);
    march.advance(Phase::dispersing);
    march.now = march.now + hours(4);
    march.advance(Phase::closed);
    march.must(march.desk, HoldRetention{"an inquiry"});
    march.now = march.now + hours(24 * 8);
    march.tick();
    CHECK(forgotten_at(march.state, SealedClass::places));
    CHECK(forgotten_at(march.state, SealedClass::persons));
    CHECK_FALSE(forgotten_at(march.state, SealedClass::restricted));
    march.must(march.desk, ReleaseRetention{"it is over"});
    march.tick();
    CHECK(forgotten_at(march.state, SealedClass::restricted));
    const std::size_t entries = march.entries.size();
    march.tick();
    CHECK(all_of<SecretsForgotten>({march.entries.back().event}).size() <= 1);
    CHECK(march.entries.size() == entries);
}

}  // namespace marchwire::core
