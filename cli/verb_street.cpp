// `marchwire intersection|leg|exit`: what the street of the active route is like.
#include "person_link.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <memory>
#include <string>

namespace marchwire::cli {
namespace {

using StreetMade = base::Result<sdk::Command>;
using Json = nlohmann::json;

struct StreetFlags {
    std::string march;
    std::uint32_t number = 0;
    std::string state;
};
using StreetWish = std::shared_ptr<StreetFlags>;

CLI::App* add_street_verb(CLI::App& app, const std::string& name, const std::string& about, const StreetWish& flags) {
    auto* verb = app.add_subcommand(name, about);
    verb->add_option("--march", flags->march, "CAMPAIGN/MARCH; without it the one that your token is for");
    return verb;
}

void list_intersections(Context& context, const sdk::March& march) {
    Json all = Json::array();
    std::string text;
    for (const sdk::Intersection& one : march.intersections) {
        all.push_back({{"waypoint", one.waypoint},
                       {"name", one.name},
                       {"state", sdk::name_of(one.state)},
                       {"version", one.version},
                       {"since_ms", one.since}});
        text += std::to_string(one.waypoint) + " " + one.name + ": " + std::string(sdk::name_of(one.state)) + "\n";
    }
    print(context, {{"ok", true}, {"intersections", std::move(all)}}, text.empty() ? "no intersections\n" : text);
}

StreetMade set_intersection(const sdk::March& march, const StreetFlags& flags) {
    const auto state = sdk::intersection_state_named(flags.state);
    if (!state) return base::invalid("state", "Say team-en-route, staffed, held, head-passed, tail-passed, released.");
    const sdk::Intersection* one = march.intersection(flags.number);
    if (one == nullptr) {
        return base::refuse(base::RefusalCode::not_found, "waypoint",
                            "The active route has no such intersection; look at `marchwire intersection list`.");
    }
    return sdk::Command(sdk::SetIntersection{flags.number, *state, one->version, march.active_route});
}

void add_intersection(CLI::App& app, Context& context) {
    auto* intersection = app.add_subcommand("intersection", "who holds the intersections of the route");
    intersection->require_subcommand(1);
    const auto flags = std::make_shared<StreetFlags>();
    auto* set = add_street_verb(*intersection, "set", "how far one is", flags);
    set->add_option("waypoint", flags->number, "its number")->required();
    set->add_option("state", flags->state, "team-en-route, staffed, held, head-passed, tail-passed, released")
        ->required();
    set->callback([&context, flags] {
        run_verb(context,
                 {flags->march, true, [&](const sdk::March& march) { return set_intersection(march, *flags); }});
    });
    auto* all = add_street_verb(*intersection, "list", "all of the active route", flags);
    all->callback([&context, flags] {
        look(context, flags->march, [&](const sdk::March& march) { list_intersections(context, march); });
    });
}

}  // namespace

void add_street(CLI::App& app, Context& context) {
    add_intersection(app, context);
    const auto flags = std::make_shared<StreetFlags>();
    auto* leg = app.add_subcommand("leg", "legs of the active route");
    leg->require_subcommand(1);
    auto* close_leg = add_street_verb(*leg, "close", "nobody walks there", flags);
    close_leg->add_option("leg", flags->number, "the number of its first point, from 0")->required();
    close_leg->callback([&context, flags] {
        run_verb(context, {flags->march, true, [&](const sdk::March& march) {
                               return StreetMade(sdk::CloseLeg{flags->number, march.active_route});
                           }});
    });
    auto* exit = app.add_subcommand("exit", "ways out of the route");
    exit->require_subcommand(1);
    auto* open = add_street_verb(*exit, "open", "people may leave there", flags);
    auto* close = add_street_verb(*exit, "close", "people may not leave there", flags);
    for (auto* verb : {open, close}) verb->add_option("waypoint", flags->number, "its number")->required();
    open->callback([&context, flags] {
        run_verb(context, {flags->march, true, [&](const sdk::March& march) {
                               return StreetMade(sdk::OpenExit{flags->number, march.active_route});
                           }});
    });
    close->callback([&context, flags] {
        run_verb(context, {flags->march, true, [&](const sdk::March& march) {
                               return StreetMade(sdk::CloseExit{flags->number, march.active_route});
                           }});
    });
}

}  // namespace marchwire::cli
