// `marchwire simulate`: people for a demo day.
#include "import/local_time.hpp"
#include "programme.hpp"
#include "scene_host.hpp"
#include "simulation.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace marchwire::cli {
namespace {

using Json = nlohmann::json;

struct PlayedAt {
    double minutes = 0;  ///< of real time, after the demo clock's start
    const Playing* playing = nullptr;
};

/// "START,RATE" as the server takes it.
base::Result<std::pair<base::UtcMs, double>> read_demo_clock(const std::string& text) {
    const auto comma = text.find(',');
    const auto start = import::utc_of_local(text.substr(0, comma), "UTC");
    if (!start) return base::invalid("--programme", start.error().message);
    const double rate = comma == std::string::npos ? 0 : std::strtod(text.c_str() + comma + 1, nullptr);
    if (rate <= 0) return base::invalid("--programme", "Write START,RATE as for marchwired --demo-clock.");
    return std::pair(*start, rate);
}

/// Which city plays what, and after how many minutes one can watch it.
void show_programme(Context& context, const std::string& campaign, const std::string& demo_clock) {
    const auto clock = read_demo_clock(demo_clock);
    if (!clock) return report(context, clock.error());
    const DayScenes* day = day_of(campaign);
    if (day == nullptr) {
        return report(context, base::refuse(base::RefusalCode::not_found, "--campaign", "This campaign plays none."));
    }
    AdminClient admin(context.data);
    std::vector<PlayedAt> all;
    for (const Playing& playing : day->plays) {
        const auto at = planned_step_off(admin, *day, playing.march);
        if (!at) return report(context, at.error());
        const auto begins = static_cast<double>(*at + playing.minute * minute - clock->first.value);
        all.push_back({std::max(0.0, begins / static_cast<double>(minute) / clock->second), &playing});
    }
    std::ranges::stable_sort(all, {}, &PlayedAt::minutes);
    Json scenes = Json::array();
    std::string text;
    for (const PlayedAt& one : all) {
        const std::string march(one.playing->march), scene(name_of(one.playing->scene));
        scenes.push_back({{"minutes", one.minutes}, {"march", march}, {"scene", scene}});
        const auto tenths = static_cast<int>(one.minutes * 10);
        const std::string minutes = std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
        text += std::string(6 - std::min<std::size_t>(6, minutes.size()), ' ') + minutes + "  " + march +
                std::string(20 - std::min<std::size_t>(19, march.size()), ' ') + scene + "\n";
    }
    print(context, {{"ok", true}, {"scenes", scenes}}, text);
}

}  // namespace

void add_simulate(CLI::App& app, Context& context) {
    auto* verb = app.add_subcommand("simulate", "play the people of a demo day, each over a connection of their own");
    const auto settings = std::make_shared<SimulationSettings>();
    const auto programme = std::make_shared<std::string>();
    verb->add_option("--samples", settings->samples, "directory with tracks/*.gpx")->capture_default_str();
    auto* campaign = verb->add_option("--campaign", settings->campaign, "this one only");
    verb->add_option("--seed", settings->seed, "the same seed makes the same people do the same")
        ->capture_default_str();
    verb->add_option("--clients", settings->clients_max, "at most so many people")
        ->check(CLI::Range(1, 5'000))
        ->capture_default_str();
    verb->add_option("--seconds", settings->seconds, "end after so long");
    verb->add_option("--programme", *programme,
                     "START,RATE of the demo clock: only say what is played, and in which real minute")
        ->needs(campaign);
    verb->callback([&context, settings, programme] {
        if (!programme->empty()) return show_programme(context, settings->campaign, *programme);
        (void)Simulation(context, *settings).run();
    });
}

}  // namespace marchwire::cli
