// `marchwire backup FILE`: a copy of all that the running server has stored.
#include "admin_client.hpp"
#include "verb.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <filesystem>
#include <iomanip>
#include <memory>
#include <sstream>
#include <string>

namespace marchwire::cli {
namespace {

using Json = nlohmann::json;

/// A slow disk writes 100 GB in it.
constexpr std::chrono::hours patience{1};

struct BackupFlags {
    std::string file;
    bool force = false;
};

std::string with_one_digit(double value) {
    std::ostringstream text;
    text << std::fixed << std::setprecision(1) << value;
    return text.str();
}

std::string backup_text(const Json& said) {
    const std::string keys = said.value("keys", "");
    return said.value("file", "") + ": " + with_one_digit(said.value("bytes", 0.0) / 1e6) +
           " MB, whole and on disk; the log was held up for " +
           with_one_digit(said.value("longest_step_us", 0.0) / 1e3) + " ms at a time at most\n" + "The key file " +
           keys +
           " is not in it. Without that file no server reads this backup: keep a copy of it too, in another place, "
           "since whoever has both can read what is sealed and make invites' codes.\n";
}

void back_up(Context& context, const BackupFlags& flags) {
    // The server stands in another directory.
    std::error_code error;
    const auto file = std::filesystem::absolute(flags.file, error);
    if (error) return report(context, base::invalid("file", "Name the file by its whole path."));
    AdminClient server(context.data, patience);
    const auto said = server.ask({{"verb", "backup"}, {"file", file.string()}, {"replace", flags.force}});
    if (!said) return report(context, said.error());
    Json row = *said;
    row["ok"] = true;
    print(context, row, backup_text(*said));
}

}  // namespace

void add_backup(CLI::App& app, Context& context) {
    const auto flags = std::make_shared<BackupFlags>();
    auto* verb = app.add_subcommand("backup", "a copy of all that the running server has stored, while it serves");
    verb->add_option("FILE", flags->file, "where to; its directory must be there, for the server's user")->required();
    verb->add_flag("--force", flags->force, "replace the file if it is there");
    verb->footer("The key file is not in it. docs/BACKUP.md says how it is put back.");
    verb->callback([&context, flags] { back_up(context, *flags); });
}

}  // namespace marchwire::cli
