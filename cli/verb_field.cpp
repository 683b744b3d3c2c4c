// `marchwire check-in`: a report from the street, of oneself, of somebody else or of a whole section; `marchwire
// passed`: of the column.
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
    std::string behalf;
    std::string heard;
    bool whole_section = false;
};

sdk::Place place_of(const CheckInFlags& flags) {
    if (flags.post != 0) return {sdk::PlaceKind::post, flags.post};
    if (flags.section != 0) return {sdk::PlaceKind::section, flags.section};
    if (flags.metre) return {sdk::PlaceKind::route_metre, *flags.metre};
    return {};
}

base::Result<sdk::HeardBy> heard_by(const CheckInFlags& flags) {
    if (flags.heard.empty()) return sdk::HeardBy::none;
    const auto heard = sdk::heard_by_named(flags.heard);
    if (!heard) return base::invalid("--heard", "Say radio, phone, voice or seen.");
    return *heard;
}

base::Result<sdk::Command> check_in(const CheckInFlags& flags, const sdk::March& march) {
    const auto heard = heard_by(flags);
    if (!heard) return heard.error();
    if (flags.whole_section) return sdk::Command(sdk::CheckInSection{flags.section, *heard});
    const auto said = sdk::report_named(flags.report);
    if (!said) {
        return base::invalid("--report",
                             "Say on-post, moving, needs-relief, needs-help, going-dark or (of others) detained.");
    }
    sdk::CheckIn wish{*said, place_of(flags), flags.battery, flags.headcount};
    wish.heard_by = *heard;
    if (!flags.behalf.empty()) {
        const auto person = called(march, flags.behalf, "--for");
        if (!person) return person.error();
        wish.on_behalf_of = person->person;
    }
    return sdk::Command(wish);
}

struct PassedFlags {
    std::string march;
    std::string end;
    std::uint32_t waypoint = 0;
};

base::Result<sdk::Command> mark_passed(const PassedFlags& flags) {
    const auto end = sdk::end_named(flags.end);
    if (!end) return base::invalid("--end", "Say head or tail.");
    return sdk::Command(sdk::MarkPassed{flags.waypoint, *end, 0});
}

void add_passed(CLI::App& app, Context& context) {
    auto* verb = app.add_subcommand("passed", "the head or tail of the column passes a waypoint now");
    const auto flags = std::make_shared<PassedFlags>();
    verb->add_option("--march", flags->march, "CAMPAIGN/MARCH; without it the one that your token is for");
    verb->add_option("--end", flags->end, "head or tail")->required();
    verb->add_option("--waypoint", flags->waypoint, "its number on the active route")->required();
    verb->callback([&context, flags] {
        run_verb(context, {flags->march, false, [&](const sdk::March&) { return mark_passed(*flags); }});
    });
}

}  // namespace

void add_field(CLI::App& app, Context& context) {
    add_passed(app, context);
    auto* verb = app.add_subcommand("check-in", "report from your post");
    const auto flags = std::make_shared<CheckInFlags>();
    verb->add_option("--march", flags->march, "CAMPAIGN/MARCH; without it the one that your token is for");
    verb->add_option("--report", flags->report, "on-post, moving, needs-relief, needs-help, going-dark, detained")
        ->capture_default_str();
    auto* behalf = verb->add_option("--for", flags->behalf, "callsign of somebody else whom you report for");
    verb->add_option("--heard", flags->heard, "how you heard of them: radio, phone, voice, seen");
    verb->add_flag("--my-section", flags->whole_section,
                   "whoever of your section (or of --section) is missing is there")
        ->excludes(behalf);
    auto* post = verb->add_option("--post", flags->post, "number of the waypoint where you stand");
    auto* section = verb->add_option("--section", flags->section, "number of the section that you walk with");
    auto* metre = verb->add_option("--metre", flags->metre, "metres from the start of the route");
    post->excludes(section)->excludes(metre);
    section->excludes(metre);
    verb->add_option("--battery", flags->battery, "percent")->check(CLI::Range(1, 100));
    verb->add_option("--headcount", flags->headcount);
    verb->callback([&context, flags] {
        run_verb(context, {flags->march, !flags->behalf.empty(),
                           [&](const sdk::March& march) { return check_in(*flags, march); }});
    });
}

}  // namespace marchwire::cli
