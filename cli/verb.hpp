// What every verb of the command line is given, and the list of verbs.
#pragma once

#include "base/outcome.hpp"
#include "cli_forward.hpp"
#include "exit_codes.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>

namespace marchwire::cli {

/// Filled by CLI11 before a verb runs; outlives the App. Verbs write to the streams only (in tests they
/// are strings), and say how it went in `exit_code`.
struct Context {
    std::ostream& out;
    std::ostream& err;
    bool json = false;                               ///< one JSON object on `out`, for scripts
    std::string data = "marchwire-data";             ///< the server's data directory: admin socket, log, keys
    std::string url = "ws://127.0.0.1:8081/v1/ops";  ///< of a person's verbs
    std::string ca = {};                             ///< PEM file believed beside what the system trusts
    std::string token = {};                          ///< of a person's verbs; never printed
    std::string device = {};                         ///< the same: a file that `redeem` made
    ExitCode exit_code = ExitCode::ok;
};

/// Sets the exit code and says why: on `err` for people, on `out` as {"ok":false,"error":{...}} for scripts.
void report(Context& context, const base::Refusal& refusal);

/// `json` as one line when --json was given, else `text` as it is.
void print(Context& context, const nlohmann::json& json, std::string_view text);

/// The bytes of a file of at most `most` bytes. NOT_FOUND, TOO_LARGE, each with the path in its field.
[[nodiscard]] base::Result<std::string> read_file(const std::string& path, std::size_t most);

/// Of ASCII letters: the proto's words as people type them.
[[nodiscard]] std::string lower_case(std::string text);

/// Whether a file that is there already is lost.
enum class Existing : std::uint8_t { kept, replaced };
/// Written whole, for its owner alone. CONFLICT when it is there and kept, UNAVAILABLE when it cannot be written, each
/// with the path in its field.
[[nodiscard]] base::Result<void> write_private_file(const std::string& path, const std::string& text,
                                                    Existing existing);

// ---- verbs of the host: through DATA/admin.sock -------------------------------------------------
void add_import(CLI::App& app, Context& context);
void add_campaign(CLI::App& app, Context& context);
void add_march(CLI::App& app, Context& context);
void add_token(CLI::App& app, Context& context);
/// Of `token`, without a server.
void add_token_sign(CLI::App& token, Context& context);
void add_invite(CLI::App& app, Context& context);
void add_roster(CLI::App& app, Context& context);
/// Below `roster`.
void add_persons(CLI::App& roster, Context& context);
void add_log(CLI::App& app, Context& context);
void add_audit(CLI::App& app, Context& context);
void add_backup(CLI::App& app, Context& context);

// ---- verbs of a person: through the SDK, with --url and --token ---------------------------------
void add_redeem(CLI::App& app, Context& context);
void add_access(CLI::App& app, Context& context);
void add_watch(CLI::App& app, Context& context);
void add_ready(CLI::App& app, Context& context);
void add_field(CLI::App& app, Context& context);
void add_duty(CLI::App& app, Context& context);
void add_safety(CLI::App& app, Context& context);
void add_phase(CLI::App& app, Context& context);
void add_route(CLI::App& app, Context& context);
void add_notice(CLI::App& app, Context& context);
void add_order(CLI::App& app, Context& context);
void add_roll_call(CLI::App& app, Context& context);
void add_incident(CLI::App& app, Context& context);
void add_street(CLI::App& app, Context& context);
void add_simulate(CLI::App& app, Context& context);
void add_export(CLI::App& app, Context& context);
void add_retention(CLI::App& app, Context& context);

}  // namespace marchwire::cli
