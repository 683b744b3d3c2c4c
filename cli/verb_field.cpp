// `marchwire check-in`: a marshal's report from the street.
#include "person_link.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace marchwire::cli {
namespace {

struct CheckInFlags {
    std::string march;
    std::string report = "on_post";
    std::uint32_t post = 0;
    std::uint32_t section = 0;
    std::optional<std::uint32_t> metre;
    std::uint32_t battery = 0;
    std::uint32_t headcount = 0;
};

sdk::Place place_of(const CheckInFlags& flags) {
    if (flags.post != 0) return {sdk::PlaceKind::post, flags.post};
    if (flags.section != 0) return {sdk::PlaceKind::section, flags.section};
    if (flags.metre) return {sdk::PlaceKind::route_metre, *flags.metre};
    return {};
}

base::Result<sdk::Command> check_in(const CheckInFlags& flags) {
    const auto said = sdk::report_named(flags.report);
    if (!said) return base::invalid("--report", "Say on-post, moving, needs-relief or needs-help.");
    return sdk::Command(sdk::CheckIn{*said, place_of(flags), flags.battery, flags.headcount});
}

}  // namespace

void add_field(CLI::App& app, Context& context) {
    auto* verb = app.add_subcommand("check-in", "report from your post");
    const auto flags = std::make_shared<CheckInFlags>();
    verb->add_option("--march", flags->march, "CAMPAIGN/MARCH; without it the one that your token is for");
    verb->add_option("--report", flags->report, "on-post, moving, needs-relief, needs-help")->capture_default_str();
    auto* post = verb->add_option("--post", flags->post, "number of the waypoint where you stand");
    auto* section = verb->add_option("--section", flags->section, "number of the section that you walk with");
    auto* metre = verb->add_option("--metre", flags->metre, "metres from the start of the route");
    post->excludes(section)->excludes(metre);
    section->excludes(metre);
    verb->add_option("--battery", flags->battery, "percent")->check(CLI::Range(1, 100));
    verb->add_option("--headcount", flags->headcount);
    verb->callback([&context, flags] {
        run_verb(context, {flags->march, false, [&](const sdk::March&) { return check_in(*flags); }});
    });
}

}  // namespace marchwire::cli
