#include "command_line.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <ostream>
#include <vector>

namespace marchwire::cli {
namespace {

void add_common(CLI::App& app, Context& context) {
    app.require_subcommand(1);
    app.fallthrough();  // --json and --data may stand behind the verb as well
    app.footer(exit_code_table);
    app.set_version_flag("--version", "marchwire " MARCHWIRE_VERSION);
    app.add_flag("--json", context.json, "one JSON object a line, for scripts");
    app.add_option("--data", context.data, "the server's data directory")
        ->envname("MARCHWIRE_DATA")
        ->capture_default_str();
    app.add_option("--url", context.url, "the server's staff door, for verbs of a person")
        ->envname("MARCHWIRE_URL")
        ->capture_default_str();
    app.add_option("--ca", context.ca, "PEM file of the authority behind a wss:// server, if the system knows it not")
        ->check(CLI::ExistingFile)
        ->envname("MARCHWIRE_CA");
    auto* token = app.add_option("--token", context.token, "who you are, for verbs of a person")
                      ->envname("MARCHWIRE_TOKEN");
    app.add_option("--device", context.device, "the same: the file that `redeem` made")
        ->envname("MARCHWIRE_DEVICE")
        ->excludes(token);
}

}  // namespace

ExitCode run(std::span<const std::string> arguments, Context& context) {
    CLI::App app("marchwire: coordinates marches and rallies", "marchwire");
    add_common(app, context);
    add_import(app, context);
    add_campaign(app, context);
    add_march(app, context);
    add_token(app, context);
    add_invite(app, context);
    add_roster(app, context);
    add_log(app, context);
    add_audit(app, context);
    add_backup(app, context);
    add_redeem(app, context);
    add_access(app, context);
    add_watch(app, context);
    add_ready(app, context);
    add_field(app, context);
    add_duty(app, context);
    add_safety(app, context);
    add_phase(app, context);
    add_route(app, context);
    add_notice(app, context);
    add_order(app, context);
    add_roll_call(app, context);
    add_incident(app, context);
    add_street(app, context);
    add_simulate(app, context);
    add_export(app, context);
    add_retention(app, context);
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());  // as CLI11 takes them
    try {
        app.parse(std::move(reversed));
    } catch (const CLI::ParseError& error) {
        // Help and version come this way too, with the code 0.
        const int code = app.exit(error, context.out, context.err);
        return code == 0 ? ExitCode::ok : ExitCode::usage;
    }
    return context.exit_code;
}

}  // namespace marchwire::cli
