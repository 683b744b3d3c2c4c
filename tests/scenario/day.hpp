// A march's day with its people, for scenes.
#pragma once

#include "city_stage.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace marchwire::test {

/// St. Louis with a city lead, a section lead and two marshals who are buddies, all on duty in section 1.
struct Day {
    CityStage stage;
    session::Grant lead_grant, section_grant, anna_grant, ben_grant;
    std::unique_ptr<Seat> lead, section, anna, ben;

    explicit Day(bus::Bus* bus = nullptr) : stage(2, bus) {
        stage.create_campaign();
        stage.create_march();
        lead_grant = stage.person("lead", core::Role::city_lead);
        section_grant = stage.person("section lead", core::Role::section_lead);
        anna_grant = stage.person("anna", core::Role::side);
        ben_grant = stage.person("ben", core::Role::side);
        stage.assign(lead_grant, "lead", 0);
        stage.assign(section_grant, "section lead", 1);
        stage.assign(ben_grant, "ben", 1);
        stage.assign(anna_grant, "anna", 1, ben_grant.actor.person);
        sit_down();
    }
    void sit_down() {
        lead = stage.seat(lead_grant, 0);
        section = stage.seat(section_grant, 1);
        anna = stage.seat(anna_grant, 0);
        ben = stage.seat(ben_grant, 1);
    }
    void hang_up() {
        lead.reset();
        section.reset();
        anna.reset();
        ben.reset();
    }
    void advance(core::Phase to) {
        ++phase_version;
        stage.must(*lead, core::AdvancePhase{to, phase_version - 1, {}});
    }
    void march_off() {
        advance(core::Phase::assembling);
        for (auto* seat : {lead.get(), section.get(), anna.get(), ben.get()}) stage.must(*seat, core::CheckIn{});
        advance(core::Phase::marching);
    }
    std::uint32_t phase_version = 1;
};

inline bool says(const std::string& text, const std::string& what) { return text.find(what) != std::string::npos; }

}  // namespace marchwire::test
