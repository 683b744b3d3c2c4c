// The days of the field as data: what happens in a scene, who does it in which minute, and which city plays it when.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace marchwire::cli {

enum class Scene : std::uint8_t {
    normal_day,
    lost_child,
    silent_medic,
    reroute,
    stop_and_resume,
    loop,
    still_leaving,
    moved_start,
    phone_off_line,
    lost_phone,
    cell_jam,
    three_marshals,
    drill,
};
inline constexpr std::size_t scene_count = 13;
/// For people: "a lost child".
[[nodiscard]] std::string_view name_of(Scene scene);

enum class Act : std::uint8_t {
    // One command of whoever does it; `about` is somebody else's callsign where one is needed.
    report_child,
    take_incident,
    tell_all,
    read_restricted,
    decide_about_police,
    find_child,
    watch_closely,  ///< the alerts of a middling march
    take_missed_check_in,
    see,         ///< "she is on post: I have seen her"
    hear_voice,  ///< the same, by voice
    hear_radio,
    has_no_phone,
    acknowledge_for,
    close_leg,
    approve_route,
    activate_route,
    hold,
    stop,
    propose_resume,
    confirm_resume,
    check_in,
    count,
    pass_head,  ///< the next place on the route
    pass_tail,
    go_home,
    // What befalls a phone.
    fall_silent,  ///< neither the person nor the phone says a word
    be_heard,
    off_line,  ///< what the person does meanwhile waits in the phone
    on_line,
    // What the host does.
    draw_detour,
    move_start,
    revoke,
    new_phone,
};
[[nodiscard]] std::string_view name_of(Act act);

inline constexpr std::string_view by_host = "the host";
inline constexpr std::string_view everybody = "everybody";  ///< but the leads

struct Step {
    int minute = 0;        ///< after the scene's beginning
    std::string_view who;  ///< a callsign, by_host or everybody
    Act act = Act::check_in;
    std::string_view about = {};
};

enum class Crew : std::uint8_t { column, rally, three };
/// When the programme goes on from the walk: with the last of the column, or with its head.
enum class GoesOnWith : std::uint8_t { tail, head };

/// Who plays in a city, and what the column is like.
struct Cast {
    Crew crew = Crew::column;
    bool has_deputy = false;  ///< a second city lead
    bool is_calm = false;     ///< nobody falls silent, and nothing is held, by chance
    GoesOnWith goes_on_with = GoesOnWith::tail;
    double column_of_route = 0;  ///< the column's length as a share of the route's; 0: the usual length
    double column_minutes = 0;   ///< and so many minutes of walking more
};
struct Script {
    std::string_view name;
    Cast cast = {};
    std::span<const Step> steps = {};  ///< minutes ascending
};
[[nodiscard]] const Script& script_of(Scene scene);

/// A city of a campaign plays a scene.
struct Playing {
    Scene scene = Scene::normal_day;
    std::string_view march;
    int minute = 0;  ///< of its beginning, after the planned step-off
};

/// A programme that the demo day gives, a walk and then a rally: to a city of which no source says one or says all of
/// it, so that it can play what the scene needs. Where a source says when it begins, then it begins. Or a drill, which
/// is made of another march of the campaign.
struct Announced {
    std::string_view march;
    std::string_view local;  ///< step-off, by the city's clocks
    std::string_view drill_of = {};
};

struct DayScenes {
    std::string_view campaign;
    std::span<const Announced> announced;
    std::span<const Playing> plays;

    [[nodiscard]] const Announced* announced_of(std::string_view march) const;
    /// All that the scenes of this city need together; empty: it plays none.
    [[nodiscard]] std::optional<Cast> cast_of(std::string_view march) const;
};
/// The campaigns of `./dev run`.
[[nodiscard]] std::span<const DayScenes> all_days();
/// Null: this campaign plays none.
[[nodiscard]] const DayScenes* day_of(std::string_view campaign);

}  // namespace marchwire::cli
