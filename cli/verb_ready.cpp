// `marchwire ready CAMPAIGN`: what each march still lacks before its day, and what to do about it.
#include "person_link.hpp"

#include <date/date.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <iomanip>
#include <map>
#include <memory>
#include <sstream>
#include <string>

namespace marchwire::cli {
namespace {

using Json = nlohmann::json;
using Rows = std::map<std::string, sdk::Row>;

std::string day_of(sdk::UtcMs at) {
    if (at == 0) return "never";
    const std::chrono::milliseconds since_epoch(at);
    return date::format("%F", date::sys_days(std::chrono::duration_cast<date::days>(since_epoch)));
}

std::string route_cell(const sdk::Readiness& ready) {
    if (!ready.needs_route) return "none needed";
    return ready.has_route ? "active" : "missing";
}

bool has_second(const sdk::Readiness& ready) {
    return ready.leads >= 2 || (ready.leads == 1 && ready.second_persons != 0);
}

std::string line_of(const std::string& march, const sdk::Readiness& ready) {
    std::ostringstream line;
    const std::string phones = std::to_string(ready.phones_checked) + "/" + std::to_string(ready.phones_needed);
    line << std::left << std::setw(28) << march << std::setw(7) << ready.leads << std::setw(15)
         << (has_second(ready) ? "yes" : "missing") << std::setw(13) << route_cell(ready) << std::setw(12) << phones
         << std::setw(12) << day_of(ready.last_drill) << "\n";
    for (const std::string& point : ready.open_points) line << "    " << point << "\n";
    return line.str();
}

Json json_of(const std::string& march, const sdk::Readiness& ready) {
    return {{"march", march},
            {"ready", ready.open_points.empty()},
            {"leads", ready.leads},
            {"second_person", has_second(ready)},
            {"needs_route", ready.needs_route},
            {"has_route", ready.has_route},
            {"phones_needed", ready.phones_needed},
            {"phones_checked", ready.phones_checked},
            {"last_drill_ms", ready.last_drill},
            {"open_points", ready.open_points}};
}

void tell(Context& context, const Rows& rows) {
    std::ostringstream text;
    text << std::left << std::setw(28) << "march" << std::setw(7) << "leads" << std::setw(15) << "second person"
         << std::setw(13) << "route" << std::setw(12) << "phones"
         << "last drill\n";
    Json marches = Json::array();
    std::size_t ready = 0;
    for (const auto& [march, row] : rows) {
        if (!row.readiness) continue;
        marches.push_back(json_of(march, *row.readiness));
        text << line_of(march, *row.readiness);
        if (row.readiness->open_points.empty()) ++ready;
    }
    const bool all = ready == marches.size();
    text << ready << " of " << marches.size() << " marches are ready\n";
    if (!all) context.exit_code = ExitCode::not_ready;
    print(context, {{"ok", true}, {"ready", all}, {"marches", std::move(marches)}}, text.str());
}

}  // namespace

void add_ready(CLI::App& app, Context& context) {
    auto* verb = app.add_subcommand("ready", "what each march of a campaign still lacks; for the desk and auditors");
    const auto campaign = std::make_shared<std::string>();
    verb->add_option("campaign", *campaign, "its slug, such as flag-day-2018")->required();
    verb->footer("Exit code 10 when something is missing. Drills and marches that are over are left out.");
    verb->callback([&context, campaign] {
        PersonLink link(context);
        if (const auto opened = link.open(); !opened) return report(context, opened.error());
        const auto rows = link.desk(*campaign);
        if (!rows) return report(context, rows.error());
        tell(context, *rows);
    });
}

}  // namespace marchwire::cli
