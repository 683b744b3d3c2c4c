#include "scene_host.hpp"

#include "base/ids.hpp"
#include "core/vocabulary.hpp"
#include "import/host_command.hpp"
#include "import/local_time.hpp"
#include "scene_command.hpp"

#include <memory>
#include <utility>

namespace marchwire::cli {
namespace {

constexpr base::Millis moved_by = base::hours(3);
constexpr base::Millis drill_gathers_before = base::minutes(10);
constexpr base::Millis drill_walks = base::minutes(15);
constexpr base::Millis drill_ends = base::minutes(20);

base::LogId log_in(std::string_view campaign, std::string_view march) {
    return *base::LogId::parse(std::string(campaign) + "/" + std::string(march));
}

base::Result<import::ExistingMarch> march_of(AdminClient& admin, const base::LogId& log) {
    const auto state = admin.state(log.text());
    if (!state) return state.error();
    return import::read_march_state(*state);
}

base::Result<void> give(AdminClient& admin, const base::LogId& log, import::HostBody body) {
    const auto answer = admin.command(log.text(), import::command_json({log, {}, std::move(body)}));
    if (!answer) return answer.error();
    return {};
}

base::Result<void> make_drill(AdminClient& admin, const base::LogId& drill, const Announced& announced,
                              const core::MarchSpec& of) {
    const auto begins = import::utc_of_local(announced.local, of.tz);
    if (!begins) return begins.error();
    core::MarchSpec spec = of;
    spec.drill = true;
    spec.plan = {{core::Phase::assembling, *begins - drill_gathers_before},
                 {core::Phase::marching, *begins},
                 {core::Phase::rally, *begins + drill_walks},
                 {core::Phase::dispersing, *begins + drill_ends}};
    return give(admin, drill, core::CreateMarch{spec, 0, 0});
}

base::Result<void> announce(AdminClient& admin, std::string_view campaign, const Announced& announced) {
    const base::LogId log = log_in(campaign, announced.march);
    const bool is_drill = !announced.drill_of.empty();
    const auto source = march_of(admin, is_drill ? log_in(campaign, announced.drill_of) : log);
    if (!source) return source.error();
    if (is_drill) {
        const auto made = march_of(admin, log);
        if (made) return {};
        if (made.error().code != base::RefusalCode::not_found) return made.error();
        return make_drill(admin, log, announced, source->spec);
    }
    const auto at = import::utc_of_local(announced.local, source->spec.tz);
    if (!at) return at.error();
    const std::vector<core::PlannedPhase> plan{{core::Phase::marching, *at}, {core::Phase::rally, {}}};
    if (source->phase != core::Phase::planned || source->spec.plan == plan) return {};
    return give(admin, log, core::Reschedule{plan, source->spec_version});
}

}  // namespace

base::Result<sdk::UtcMs> planned_step_off(AdminClient& admin, const DayScenes& day, std::string_view march) {
    const Announced* announced = day.announced_of(march);
    const bool is_drill = announced != nullptr && !announced->drill_of.empty();
    const auto state = march_of(admin, log_in(day.campaign, is_drill ? announced->drill_of : march));
    if (!state) return state.error();
    if (announced != nullptr) {
        const auto at = import::utc_of_local(announced->local, state->spec.tz);
        if (!at) return at.error();
        return at->value;
    }
    base::UtcMs first;
    for (const core::PlannedPhase& planned : state->spec.plan) {
        if (planned.at && (!first || planned.at < first)) first = planned.at;
    }
    return first.value;
}

base::Result<void> announce_times(AdminClient& admin, const DayScenes& day) {
    for (const Announced& announced : day.announced) {
        const auto told = announce(admin, day.campaign, announced);
        if (!told && told.error().code != base::RefusalCode::not_found) return told.error();
    }
    return {};
}

base::Result<void> move_start(AdminClient& admin, const std::string& march) {
    const auto log = base::LogId::parse(march);
    if (!log) return log.error();
    const auto state = march_of(admin, *log);
    if (!state) return state.error();
    std::vector<core::PlannedPhase> later = state->spec.plan;
    for (core::PlannedPhase& planned : later) {
        if (planned.at) planned.at = planned.at + moved_by;
    }
    return give(admin, *log, core::Reschedule{later, state->spec_version});
}

base::Result<void> draw_detour(AdminClient& admin, const std::string& march, const sdk::Route& around) {
    const auto log = base::LogId::parse(march);
    if (!log) return log.error();
    auto line = std::make_shared<core::RouteLine>();
    line->name = around.name + ", around a closed street";
    line->source = around.source;
    for (const sdk::LatLon& point : detour_of(around)) line->points.push_back({point.lat, point.lon});
    for (const sdk::Waypoint& place : around.waypoints) {
        const auto kind = core::waypoint_kind_named(place.kind);
        if (kind) line->waypoints.push_back({place.number, *kind, place.name, {place.at.lat, place.at.lon}, {}});
    }
    return give(admin, *log, core::ImportRoute{line});
}

base::Result<void> revoke_phone(AdminClient& admin, const std::string& march, std::uint32_t token) {
    const auto log = base::LogId::parse(march);
    if (!log) return log.error();
    const auto answer = admin.ask({{"verb", "token_revoke"},
                                   {"campaign", log->campaign.text()},
                                   {"number", token},
                                   {"reason", "the phone was lost"}});
    if (!answer) return answer.error();
    return {};
}

}  // namespace marchwire::cli
