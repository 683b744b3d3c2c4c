// `marchwire route approve|activate` and `marchwire notice`: what a city lead decides and tells.
#include "person_link.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace marchwire::cli {
namespace {

using Made = base::Result<sdk::Command>;

struct RouteFlags {
    std::string march;
    std::uint32_t version = 0;
};

struct NoticeFlags {
    std::string march;
    std::string text;
    std::string severity = "info";
    std::string language;
};

}  // namespace

void add_route(CLI::App& app, Context& context) {
    auto* route = app.add_subcommand("route", "decide on an imported route");
    route->require_subcommand(1);
    const auto flags = std::make_shared<RouteFlags>();
    auto* approve = route->add_subcommand("approve", "this version may be walked");
    auto* activate = route->add_subcommand("activate", "this version is the route from now on");
    for (auto* verb : {approve, activate}) {
        verb->add_option("version", flags->version)->required();
        verb->add_option("--march", flags->march, "CAMPAIGN/MARCH; without it the one that your token is for");
    }
    approve->callback([&context, flags] {
        run_verb(context,
                 {flags->march, false, [&](const sdk::March&) { return Made(sdk::ApproveRoute{flags->version}); }});
    });
    activate->callback([&context, flags] {
        run_verb(context, {flags->march, true, [&](const sdk::March& march) {
                               return Made(sdk::ActivateRoute{flags->version, march.active_route});
                           }});
    });
}

void add_notice(CLI::App& app, Context& context) {
    auto* notice = app.add_subcommand("notice", "tell everybody");
    const auto flags = std::make_shared<NoticeFlags>();
    notice->add_option("text", flags->text, "at most 500 characters")->required();
    notice->add_option("--march", flags->march, "CAMPAIGN/MARCH; without it the one that your token is for");
    notice->add_option("--severity", flags->severity, "info, warning, urgent")->capture_default_str();
    notice->add_option("--language", flags->language, "as in 'es'; without it English");
    notice->callback([&context, flags] {
        const auto severity = sdk::severity_named(flags->severity);
        if (!severity) return report(context, base::invalid("--severity", "Say info, warning or urgent."));
        run_verb(context, {flags->march, false, [&](const sdk::March&) {
                               return Made(sdk::PostNotice{*severity, flags->language, flags->text, 0});
                           }});
    });
}

}  // namespace marchwire::cli
