// `marchwire simulate`: people for a demo day.
#include "simulation.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace marchwire::cli {

void add_simulate(CLI::App& app, Context& context) {
    auto* verb = app.add_subcommand("simulate", "play the people of a demo day, each over a connection of their own");
    const auto settings = std::make_shared<SimulationSettings>();
    verb->add_option("--samples", settings->samples, "directory with tracks/*.gpx")->capture_default_str();
    verb->add_option("--campaign", settings->campaign, "this one only");
    verb->add_option("--seed", settings->seed, "the same seed makes the same people do the same")
        ->capture_default_str();
    verb->add_option("--clients", settings->clients_max, "at most so many people")
        ->check(CLI::Range(1, 5'000))
        ->capture_default_str();
    verb->add_option("--seconds", settings->seconds, "end after so long");
    verb->callback([&context, settings] { (void)Simulation(context, *settings).run(); });
}

}  // namespace marchwire::cli
