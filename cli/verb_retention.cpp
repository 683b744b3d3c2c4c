// `marchwire retention table|show|hold|release|waive`: how long a march's log is kept, and who says what about its end.
#include "core/retention.hpp"
#include "person_link.hpp"

#include <date/date.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace marchwire::cli {
namespace {

using Json = nlohmann::json;

struct RetentionFlags {
    std::string march;
    std::string words;
};

void show_table(Context& context) {
    Json rows = Json::array();
    for (const core::KeptFor& row : core::retention_table()) {
        rows.push_back({{"what", row.what},
                        {"where", row.where},
                        {"period_ms", row.period.value},
                        {"from", row.from},
                        {"deleted", row.deleted}});
    }
    print(context, {{"ok", true}, {"table", rows}}, core::retention_markdown());
}

std::string moment_text(const Json& said, const char* field) {
    const std::int64_t at = std::stoll(said.value(field, "0"));
    return date::format("%F %T UTC", date::sys_seconds(std::chrono::seconds(at / 1000)));
}

/// By the number of a person: the national desk is on no roster.
std::string person_text(const Json& said, const char* field) { return "person " + said.value(field, "0"); }

std::string retention_text(const Json& said) {
    std::string text;
    if (said.contains("heldAtMs")) {
        text += "held since " + moment_text(said, "heldAtMs") + " by " + person_text(said, "heldBy") + ": " +
                said.value("holdReason", "") + "\n";
    }
    if (said.contains("exportedAtMs")) {
        text += "exported " + moment_text(said, "exportedAtMs") + " by " + person_text(said, "exportedBy") +
                ", sha256 " + said.value("exportSha256", "") + "\n";
    }
    if (said.contains("waivedAtMs")) {
        text += "may go without an export, said " + moment_text(said, "waivedAtMs") + " by " +
                person_text(said, "waivedBy") + "\n";
    }
    return text.empty() ? "nobody has held it, exported it or let it go\n" : text;
}

void show_said(Context& context, const RetentionFlags& flags) {
    PersonLink link(context);
    if (const auto opened = link.open(); !opened) return report(context, opened.error());
    const auto name = link.march_named(flags.march);
    if (!name) return report(context, name.error());
    const auto whole = link.ops_snapshot(*name);
    if (!whole) return report(context, whole.error());
    const Json said = Json::parse(whole->json).value("retention", Json::object());
    print(context, {{"ok", true}, {"march", *name}, {"retention", said}}, *name + ": " + retention_text(said));
}

using Saying = std::function<sdk::Command(const std::string& words)>;

void add_word(CLI::App& retention, Context& context, const std::shared_ptr<RetentionFlags>& flags,
              const std::string& name, const std::string& about, const std::string& option, const Saying& make) {
    auto* verb = retention.add_subcommand(name, about);
    verb->add_option("--march", flags->march, "CAMPAIGN/MARCH; without it the one that your token is for");
    verb->add_option(option, flags->words, option == "--name" ? "the march's own name, typed" : "why")->required();
    verb->callback([&context, flags, make] {
        run_verb(context, {flags->march, false,
                           [&](const sdk::March&) -> base::Result<sdk::Command> { return make(flags->words); }});
    });
}

}  // namespace

void add_retention(CLI::App& app, Context& context) {
    auto* retention = app.add_subcommand("retention", "how long a march's log is kept, and who holds it");
    retention->require_subcommand(1);
    retention->footer(
        "By the national desk. What a city lead says is a proposal that waits a day for its confirmation.");
    const auto flags = std::make_shared<RetentionFlags>();
    retention->add_subcommand("table", "what is kept where and for how long; asks no server")->callback([&context] {
        show_table(context);
    });
    auto* showing = retention->add_subcommand("show", "what was said about a march's log");
    showing->add_option("--march", flags->march, "CAMPAIGN/MARCH; without it the one that your token is for");
    showing->callback([&context, flags] { show_said(context, *flags); });
    add_word(*retention, context, flags, "hold", "keep a march's log until you release it", "--reason",
             [](const std::string& words) { return sdk::Command(sdk::HoldRetention{words}); });
    add_word(*retention, context, flags, "release", "a held log goes when its time has come", "--reason",
             [](const std::string& words) { return sdk::Command(sdk::ReleaseRetention{words}); });
    add_word(*retention, context, flags, "waive", "a march's log may go without an export", "--name",
             [](const std::string& words) { return sdk::Command(sdk::WaiveExport{words}); });
}

}  // namespace marchwire::cli
