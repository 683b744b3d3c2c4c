// The people of a middling march: those whom the days of this folder are about.
#pragma once

#include "field_day.hpp"

#include <string>
#include <vector>

namespace marchwire::test {

/// A street of about 3 km east along Market Street, with three places on it.
inline std::vector<core::LatLon> market_street() {
    return {{38.6300, -90.2000}, {38.6290, -90.1900}, {38.6256, -90.1660}};
}

/// A city lead, three sections with a lead and two marshals each who are buddies, a head, a tail and a medic.
struct Crew {
    explicit Crew(FieldDay& day) {
        lead = day.person("Ada", core::Role::city_lead);
        dispatcher = day.person("Dis", core::Role::dispatcher);
        for (std::uint32_t section = 1; section <= 3; ++section) {
            const std::string number = std::to_string(section);
            section_leads.push_back(day.person("Lead " + number, core::Role::section_lead, section));
            const PersonId first = day.person("Side " + number + "a", core::Role::side, section);
            sides.push_back(first);
            sides.push_back(day.person("Side " + number + "b", core::Role::side, section, first));
        }
        head = day.person("Hal", core::Role::head, 1);
        tail = day.person("Tess", core::Role::tail, 3);
        medic = day.person("Mae", core::Role::medic, 2, sides[2]);
        marshals = section_leads;
        marshals.insert(marshals.end(), sides.begin(), sides.end());
        marshals.insert(marshals.end(), {head, tail, medic});
    }
    /// ASSEMBLING at ten, everybody on post, MARCHING at eleven.
    void steps_off(FieldDay& day) {
        day.until(10, 0);
        day.advances(lead, core::Phase::assembling);
        on_post(day);
        for (const int minute : {25, 50}) {
            day.until(10, minute);
            on_post(day);
        }
        day.until(11, 0);
        day.advances(lead, core::Phase::marching);
    }
    void on_post(FieldDay& day) {
        (void)day.does(lead, core::CheckIn{});
        on_post_but_lead(day);
    }
    void on_post_but_lead(FieldDay& day) {
        (void)day.does(dispatcher, core::CheckIn{});
        day.all(marshals, core::CheckIn{});
    }
    PersonId lead, dispatcher, head, tail, medic;
    std::vector<PersonId> section_leads, sides, marshals;  ///< marshals: all but the lead and the dispatcher
};

}  // namespace marchwire::test
