// A child is lost: all on duty look for it, nobody hears its name, and somebody decides about the police in time.
#include "day_crew.hpp"

using namespace marchwire;
using namespace marchwire::test;

TEST_CASE("a lost child is told to all, never by name, and found", "[scenario][day]") {
    play_twice("lost child", [](FieldDay& day) {
        Crew crew(day);
        crew.steps_off(day);
        day.until(11, 8);
        core::ReportIncident lost;
        lost.kind = core::IncidentKind::lost_child;
        lost.place = {core::PlaceKind::section, 2};
        lost.description = "Girl of five, yellow coat, red boots";
        lost.restricted = core::RestrictedBlock{"Kim Doe", "takes insulin", "the mother waits at the fountain"};
        (void)day.does(crew.section_leads[1], lost);
        REQUIRE(day.state().incidents.size() == 1);
        const auto incident = [&]() -> const core::Incident& { return day.state().incidents.front(); };

        // The dispatcher takes it, and has all on duty look for her.
        (void)day.does(crew.dispatcher, core::AssignIncident{1, incident().version, crew.dispatcher});
        core::UpdateIncident tell_all;
        tell_all.incident = 1;
        tell_all.version = incident().version;
        tell_all.tell_all = true;
        (void)day.does(crew.dispatcher, tell_all);
        const auto order = incident().told_by;
        REQUIRE(order != 0);
        CHECK(day.order(order).text.find("yellow coat") != std::string::npos);
        CHECK(day.order(order).text.find("Kim") == std::string::npos);
        for (const PersonId person : crew.marshals) day.acknowledges(person, order);

        // Her name is read by few, and each reading is in the log.
        CHECK(day.refused(crew.sides[0], core::ReadRestricted{1}).code == base::RefusalCode::permission_denied);
        (void)day.does(crew.lead, core::ReadRestricted{1});
        CHECK(day.events<core::RestrictedRead>().size() == 1);

        // A quarter of an hour after the report somebody must decide about the police.
        day.until(11, 15);
        crew.on_post(day);
        CHECK(day.raised(core::AlertKind::lost_child) == 0);
        day.until(11, 24);
        REQUIRE(day.raised(core::AlertKind::lost_child) == 1);
        const core::AlertKey key = day.events<core::AlertRaised>().back().alert.key;
        (void)day.does(crew.lead, core::AckAlert{key, day.state().alerts.at(key).version});
        CHECK(day.state().alerts.at(key).owner == crew.lead);

        (void)day.does(crew.dispatcher, core::ResolveIncident{1, incident().version, "found at the first aid tent"});
        CHECK(incident().state == core::IncidentState::resolved);
        CHECK(incident().description.empty());
        CHECK_FALSE(day.state().alerts.contains(key));
        // All who looked are told; what described her is gone.
        const auto found = day.newest_order(core::OrderKind::info);
        CHECK(found != order);
        CHECK(day.order(found).text.find("yellow coat") == std::string::npos);
        for (const PersonId person : crew.marshals) day.acknowledges(person, found);
        CHECK(day.receipt(found, crew.tail) == core::ReceiptState::acked);
    });
}
