#include "scene.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace marchwire::cli {
namespace {

constexpr std::array normal_steps{Step{15, "Section 1", Act::count}, Step{30, "Section 2", Act::count},
                                  Step{80, everybody, Act::go_home}};
constexpr std::array lost_child_steps{
    Step{0, "Section 2", Act::report_child},
    Step{1, "Lead 1", Act::take_incident},
    Step{2, "Lead 1", Act::tell_all},
    Step{4, "Lead 1", Act::read_restricted},
    Step{15, "Lead 1", Act::decide_about_police},
    Step{22, "Lead 1", Act::find_child},
};
constexpr std::array silent_medic_steps{
    Step{0, "Lead 1", Act::watch_closely},
    Step{0, "Medic 1", Act::fall_silent},
    Step{25, "Section 2", Act::take_missed_check_in, "Medic 1"},
    Step{33, "Section 2", Act::see, "Medic 1"},
    Step{34, "Medic 1", Act::be_heard},
};
constexpr std::array reroute_steps{
    Step{0, "Lead 1", Act::close_leg},
    Step{1, by_host, Act::draw_detour},
    Step{2, "Lead 1", Act::approve_route},
    Step{3, "Lead 1", Act::activate_route},
};
constexpr std::array stop_steps{
    Step{0, "Side 1", Act::stop},  // may only propose it
    Step{1, "Section 1", Act::stop},
    Step{6, "Lead 1", Act::propose_resume},
    Step{8, "Section 2", Act::confirm_resume},
};
constexpr std::array moved_start_steps{Step{0, by_host, Act::move_start}};
constexpr std::array off_line_steps{
    Step{0, "Side 3", Act::off_line},
    Step{2, "Lead 1", Act::hold},
    Step{3, "Section 3", Act::acknowledge_for, "Side 3"},
    Step{8, "Side 3", Act::check_in},
    Step{9, "Side 3", Act::count},
    Step{20, "Side 3", Act::on_line},
};
constexpr std::array lost_phone_steps{
    Step{0, by_host, Act::revoke, "Lead 1"},
    Step{2, "Lead 2", Act::hold},
    Step{16, by_host, Act::new_phone, "Lead 1"},
};
constexpr std::array jam_steps{
    Step{0, "Lead 1", Act::watch_closely},
    Step{1, everybody, Act::off_line},
    Step{16, everybody, Act::on_line},
};
constexpr std::array three_marshals_steps{
    Step{0, "Lead 1", Act::has_no_phone, "Tail 1"},
    Step{5, "Lead 1", Act::hear_voice, "Tail 1"},
    Step{30, "Head 1", Act::pass_head},
    Step{34, "Lead 1", Act::pass_tail},
    Step{34, "Lead 1", Act::hear_radio, "Tail 1"},
    Step{35, "Head 1", Act::pass_head},
    Step{38, "Lead 1", Act::pass_tail},
    Step{81, "Lead 1", Act::acknowledge_for, "Tail 1"},  // that all go home
};
constexpr std::array drill_steps{
    Step{1, "Side 2", Act::fall_silent},
    Step{2, "Lead 1", Act::hold},
    Step{4, "Side 2", Act::be_heard},
};

constexpr Cast calm{.is_calm = true};
constexpr Cast calm_rally{.crew = Crew::rally, .is_calm = true};
constexpr Cast around{.is_calm = true, .column_of_route = 1.1};
/// The head's walk, 45 minutes of rally and another hour.
constexpr Cast endless{.is_calm = true, .goes_on_with = GoesOnWith::head, .column_of_route = 1, .column_minutes = 105};

constexpr std::array<Script, scene_count> scripts{{
    {"a normal day", calm, normal_steps},
    {"a lost child", {}, lost_child_steps},
    {"a medic who goes silent", calm, silent_medic_steps},
    {"a reroute around a closed leg", {}, reroute_steps},
    {"a stop, and a resume by two people", {}, stop_steps},
    {"a loop whose head is back before the tail has left", around, {}},
    {"a column that still leaves an hour after the rally has ended", endless, {}},
    {"a start that is moved by three hours", calm_rally, moved_start_steps},
    {"a phone off-line for 20 minutes", calm, off_line_steps},
    {"a lead's phone that is lost and revoked", {.has_deputy = true, .is_calm = true}, lost_phone_steps},
    {"a cell that jams for 15 minutes", calm, jam_steps},
    {"three marshals without GPS", {.crew = Crew::three, .is_calm = true}, three_marshals_steps},
    {"a drill", calm_rally, drill_steps},
}};

constexpr std::array families_announced{
    Announced{"new-york-ny", "2018-06-30T10:00"},
    Announced{"washington-dc", "2018-06-30T11:00"},
    Announced{"st-louis-mo", "2018-06-30T10:30"},
    Announced{"missoula-mt", "2018-06-30T10:00"},
    Announced{"yakima-wa-drill", "2018-06-30T09:00", "yakima-wa"},
    Announced{"chicago-il", "2018-06-30T11:00"},
    Announced{"atlanta-ga", "2018-06-30T13:00"},
    Announced{"new-orleans-la", "2018-06-30T12:00"},
    Announced{"salt-lake-city-ut", "2018-06-30T11:00"},
    Announced{"san-francisco-ca", "2018-06-30T10:00"},
    Announced{"los-angeles-ca", "2018-06-30T11:00"},
};
constexpr std::array families_plays{
    Playing{Scene::still_leaving, "new-york-ny", 55},  // its step-off is before the demo's clock begins
    Playing{Scene::silent_medic, "los-angeles-ca", 4},   Playing{Scene::reroute, "washington-dc", 4},
    Playing{Scene::normal_day, "st-louis-mo", 0},        Playing{Scene::three_marshals, "missoula-mt", -25},
    Playing{Scene::drill, "yakima-wa-drill", 0},         Playing{Scene::loop, "chicago-il", 0},
    Playing{Scene::moved_start, "white-plains-ny", -50}, Playing{Scene::lost_child, "chicago-il", 50},
    Playing{Scene::stop_and_resume, "atlanta-ga", 3},    Playing{Scene::phone_off_line, "new-orleans-la", 2},
    Playing{Scene::lost_phone, "salt-lake-city-ut", 3},  Playing{Scene::cell_jam, "san-francisco-ca", 5},
};

constexpr std::array flag_day_announced{
    Announced{"dallas-tx-drill", "2018-06-14T11:20", "dallas-tx"},
    Announced{"covington-ky", "2018-06-14T12:30"},
    Announced{"los-angeles-ca", "2018-06-14T10:00"},
    Announced{"new-york-ny", "2018-06-14T17:00"},
    Announced{"dallas-tx", "2018-06-14T18:00"},
};
constexpr std::array flag_day_plays{
    Playing{Scene::normal_day, "st-louis-mo", 0},         Playing{Scene::three_marshals, "covington-ky", -25},
    Playing{Scene::drill, "dallas-tx-drill", 0},          Playing{Scene::reroute, "los-angeles-ca", 6},
    Playing{Scene::phone_off_line, "los-angeles-ca", 14}, Playing{Scene::stop_and_resume, "los-angeles-ca", 37},
    Playing{Scene::moved_start, "lansing-mi", -40},       Playing{Scene::still_leaving, "new-york-ny", 0},
    Playing{Scene::lost_phone, "new-york-ny", 2},         Playing{Scene::lost_child, "new-york-ny", 20},
    Playing{Scene::cell_jam, "new-york-ny", 50},          Playing{Scene::loop, "dallas-tx", 0},
    Playing{Scene::silent_medic, "dallas-tx", 4},
};

constexpr std::array demo_days{
    DayScenes{"families-belong-2018-06-30", families_announced, families_plays},
    DayScenes{"flag-day-2018", flag_day_announced, flag_day_plays},
};

}  // namespace

const Script& script_of(Scene scene) { return scripts.at(static_cast<std::size_t>(scene)); }
std::string_view name_of(Scene scene) { return script_of(scene).name; }

std::string_view name_of(Act act) {
    switch (act) {
        case Act::report_child: return "report a lost child";
        case Act::take_incident: return "take the incident";
        case Act::tell_all: return "tell all on duty";
        case Act::read_restricted: return "read the child's name";
        case Act::decide_about_police: return "decide about the police";
        case Act::find_child: return "say that the child is found";
        case Act::watch_closely: return "ask for the alerts of a middling march";
        case Act::take_missed_check_in: return "take the alert of a missed check-in";
        case Act::see: return "say that they are seen";
        case Act::hear_voice: return "say that they are heard";
        case Act::hear_radio: return "say that they are heard by radio";
        case Act::has_no_phone: return "write down that they have no phone";
        case Act::acknowledge_for: return "acknowledge for somebody";
        case Act::close_leg: return "close a leg";
        case Act::approve_route: return "approve the detour";
        case Act::activate_route: return "activate the detour";
        case Act::hold: return "hold the march";
        case Act::stop: return "stop the march";
        case Act::propose_resume: return "propose to resume";
        case Act::confirm_resume: return "confirm the resume";
        case Act::check_in: return "check in";
        case Act::count: return "count the people";
        case Act::pass_head: return "see the head pass";
        case Act::pass_tail: return "see the tail pass";
        case Act::go_home: return "end their duty";
        case Act::fall_silent: return "fall silent";
        case Act::be_heard: return "be heard again";
        case Act::off_line: return "go off-line";
        case Act::on_line: return "come on-line";
        case Act::draw_detour: return "draw a detour";
        case Act::move_start: return "move the start";
        case Act::revoke: return "revoke a phone";
        case Act::new_phone: return "give out a new phone";
    }
    return "";
}

const Announced* DayScenes::announced_of(std::string_view march) const {
    const auto found = std::ranges::find(announced, march, &Announced::march);
    return found == announced.end() ? nullptr : &*found;
}

std::optional<Cast> DayScenes::cast_of(std::string_view march) const {
    std::optional<Cast> all;
    for (const Playing& playing : plays) {
        if (playing.march != march) continue;
        const Cast& one = script_of(playing.scene).cast;
        if (!all) all = Cast{};
        all->crew = std::max(all->crew, one.crew);
        all->has_deputy = all->has_deputy || one.has_deputy;
        all->is_calm = all->is_calm || one.is_calm;
        all->goes_on_with = std::max(all->goes_on_with, one.goes_on_with);
        all->column_of_route = std::max(all->column_of_route, one.column_of_route);
        all->column_minutes = std::max(all->column_minutes, one.column_minutes);
    }
    return all;
}

std::span<const DayScenes> all_days() { return demo_days; }

const DayScenes* day_of(std::string_view campaign) {
    const auto found = std::ranges::find(demo_days, campaign, &DayScenes::campaign);
    return found == demo_days.end() ? nullptr : &*found;
}

}  // namespace marchwire::cli
