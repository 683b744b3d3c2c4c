// marchwired: reads the settings and runs the server.
#include "base/config.hpp"
#include "base/limit_table.hpp"
#include "base/log.hpp"
#include "door_parts.hpp"
#include "server.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <map>
#include <string>
#include <vector>

namespace {

namespace base = marchwire::base;

constexpr int exit_failed = 1;
constexpr int exit_wrong_settings = 2;

int say(const base::Refusal& refusal, int code) {
    std::fprintf(stderr, "marchwired: %s%s%s\n", refusal.field.c_str(), refusal.field.empty() ? "" : ": ",
                 refusal.message.c_str());
    return code;
}

void print(const base::Config& config) {
    std::printf("listen = \"%s\"\nlisten_ops = \"%s\"\nadmin = \"%s\"\ndata = \"%s\"\nshards = %u\n",
                config.listen.text().c_str(), config.listen_ops.text().c_str(), config.admin.text().c_str(),
                config.data.c_str(), config.shards);
    const std::string store = config.store == base::StoreKind::redis    ? config.redis
                              : config.store == base::StoreKind::memory ? "memory"
                                                                        : "sqlite";
    std::printf("store = \"%s\"\n", store.c_str());
    if (!config.webhook.empty()) std::printf("webhook = \"%s\"\n", config.webhook.c_str());
    if (!config.push_contact.empty()) std::printf("push_contact = \"%s\"\n", config.push_contact.c_str());
    if (!config.tls_cert.empty()) {
        std::printf("tls_cert = \"%s\"\ntls_key = \"%s\"\n", config.tls_cert.c_str(), config.tls_key.c_str());
    }
}

base::Result<base::Config> read_settings(const std::string& file,
                                         std::map<std::string, std::string, std::less<>> flags) {
    std::vector<base::Source> sources;
    if (!file.empty()) {
        auto source = base::source_of_file(file);
        if (!source) return source.error();
        sources.push_back(*std::move(source));
    }
    sources.push_back(base::source_of_environment([](const char* name) { return std::getenv(name); }));
    sources.push_back(base::source_of_flags(std::move(flags)));
    return base::make_config(sources);
}

int run(int argc, char** argv) {
    CLI::App app(
        "marchwired: real-time coordination of marches and rallies.\n"
        "Flags win over MARCHWIRE_... in the environment, those over the file of --config.");
    std::string file;
    bool check = false;
    bool limits = false;
    app.add_option("--config", file, "settings in TOML, with the names of the flags ('_' for '-')");
    app.add_flag("--check-config", check, "say whether the settings are right, and end");
    app.add_flag("--limits", limits, "print what clients may do and what they are told beyond it, and end");
    app.set_version_flag("--version", std::string(MARCHWIRE_VERSION));
    std::map<std::string, std::string, std::less<>> given;
    for (const base::Setting& setting : base::settings()) {
        std::string flag = "--" + std::string(setting.key);
        for (char& c : flag) c = c == '_' ? '-' : c;
        const std::string key(setting.key);
        if (setting.form.empty()) {
            app.add_flag_callback(
                flag, [&given, key] { given[key] = "true"; }, std::string(setting.help));
            continue;
        }
        app.add_option_function<std::string>(
               flag, [&given, key](const std::string& value) { given[key] = value; }, std::string(setting.help))
            ->type_name(std::string(setting.form));
    }
    CLI11_PARSE(app, argc, argv);
    if (limits) {
        std::fputs(base::limits_page().c_str(), stdout);
        return 0;
    }
    auto config = read_settings(file, given);
    if (!config) return say(config.error(), exit_wrong_settings);
    if (check) {
        print(*config);
        return 0;
    }
    base::start_logging(config->log_form, config->log_level.c_str());
    marchwire::harden_process();
    const auto server = marchwire::Server::open(*std::move(config));
    if (!server) return say(server.error(), exit_failed);
    const auto ended = (*server)->run();
    return ended ? 0 : say(ended.error(), exit_failed);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "marchwired: %s\n", error.what());
        return exit_failed;
    }
}
