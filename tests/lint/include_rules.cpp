#include "lint/include_rules.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace marchwire::lint {
namespace {

using Names = std::span<const std::string_view>;

constexpr std::string_view server_folders[] = {"base",  "core",   "wire",   "fanout", "session", "store", "bus",
                                               "shard", "access", "import", "outbox", "ops",     "net"};

/// Left may include right; of what stands in `interfaces` only that one header.
struct Arrow {
    std::string_view folder;
    std::array<std::string_view, 5> may_include;
    std::array<std::string_view, 2> interfaces;
};

constexpr Arrow arrows[] = {
    {"base", {}, {}},
    {"core", {"base"}, {}},
    {"wire", {"core", "base"}, {}},
    {"fanout", {"wire", "base"}, {}},
    {"session", {"fanout", "wire", "core", "base"}, {}},
    {"store", {"bus", "wire", "core", "base"}, {}},
    {"bus", {"base"}, {}},
    {"access", {"wire", "core", "base"}, {"store/event_log.hpp"}},
    {"import", {"wire", "core", "base"}, {"store/event_log.hpp"}},
    {"outbox", {"wire", "core", "base"}, {"store/event_log.hpp"}},
    {"ops", {"base"}, {}},
    {"shard", {"session", "fanout", "wire", "core", "base"}, {"store/event_log.hpp", "bus/bus.hpp"}},
    {"net", {"session", "fanout", "wire", "base"}, {}},
};

/// The command line: on the SDK and import; on store, wire, core and access only to verify and dump a log.
constexpr std::string_view cli_may_include[] = {"base", "store", "import", "wire", "core", "access"};

/// Headers of third parties and the server folders that may know them. What is not here is free for all but core.
struct Foreign {
    std::string_view prefix;
    std::array<std::string_view, 6> folders;
};

constexpr Foreign foreign[] = {
    {"google/protobuf/", {"wire"}},
    {"boost/asio", {"shard", "net", "ops", "bus", "store", "outbox"}},
    {"boost/beast", {"net", "outbox"}},
    {"sqlite3.h", {"store"}},
    {"hiredis/", {"bus"}},
    {"zlib.h", {"store"}},
    {"pugixml.hpp", {"import"}},
    {"prometheus/", {"ops"}},
    {"toml++/", {"base"}},
    {"spdlog/", {"base"}},
    {"openssl/", {"base", "wire", "access", "net", "outbox"}},
};

/// Core is a function of its inputs: no clock, no chance, no thread, no file, no log.
constexpr std::string_view impure_standard[] = {"chrono", "ctime",      "time.h", "random",  "thread",
                                                "mutex",  "atomic",     "future", "fstream", "iostream",
                                                "cstdio", "filesystem", "cstdlib"};
constexpr std::string_view impure_base[] = {"base/clock.hpp", "base/log.hpp", "base/config.hpp"};

bool holds(Names names, std::string_view name) {
    return !name.empty() && std::find(names.begin(), names.end(), name) != names.end();
}

std::string_view first_part(std::string_view path) { return path.substr(0, path.find('/')); }

bool is_generated(std::string_view path) { return path.ends_with(".pb.h"); }

/// The folder below server/ of a file there; "" for server/main.cpp.
std::optional<std::string_view> server_folder_of(std::string_view path) {
    constexpr std::string_view root = "server/";
    if (!path.starts_with(root)) return std::nullopt;
    path.remove_prefix(root.size());
    if (path.find('/') == std::string_view::npos) return std::string_view{};
    return first_part(path);
}

std::string core_objection(const Include& include) {
    const std::string& path = include.path;
    if (!include.angled) {
        return holds(impure_base, path) ? "core is pure: time and logging come in as values, not by " + path : "";
    }
    const bool standard = path.find('/') == std::string::npos && path.find('.') == std::string::npos;
    if (holds(impure_standard, path)) return "core is pure: <" + path + "> brings the outside world in";
    if (!standard && !path.starts_with("boost/system/")) {
        return "core may include only the standard library, Boost.System and base, not <" + path + ">";
    }
    return "";
}

std::string foreign_objection(std::string_view folder, const Include& include) {
    for (const Foreign& library : foreign) {
        if (include.path.starts_with(library.prefix) && !holds(library.folders, folder)) {
            return std::string(folder) + " may not know <" + include.path + ">";
        }
    }
    return "";
}

std::string arrow_objection(std::string_view folder, const Include& include) {
    const std::string_view target = first_part(include.path);
    if (!holds(server_folders, target) || include.path.find('/') == std::string::npos) {
        return "\"" + include.path + "\" is not a path from server/, such as \"core/model.hpp\"";
    }
    if (target == folder) return "";
    const auto* arrow = std::find_if(std::begin(arrows), std::end(arrows),
                                     [&](const Arrow& a) { return a.folder == folder; });
    if (arrow == std::end(arrows)) return "server/" + std::string(folder) + " has no arrows: give it some";
    if (holds(arrow->may_include, target) || holds(arrow->interfaces, include.path)) return "";
    return std::string(folder) + " may not include " + include.path;
}

std::string server_objection(std::string_view folder, const Include& include) {
    if (is_generated(include.path)) {
        return folder == "wire" ? "" : "only wire includes Protobuf's code, not " + std::string(folder);
    }
    const bool composition_root = folder.empty();
    if (folder == "core") {
        if (auto objection = core_objection(include); !objection.empty()) return objection;
    }
    if (include.angled) return composition_root ? "" : foreign_objection(folder, include);
    return composition_root ? "" : arrow_objection(folder, include);
}

std::string sdk_objection(const Include& include) {
    return !include.angled && holds(server_folders, first_part(include.path)) &&
                   include.path.find('/') != std::string::npos
               ? "the SDK stands on the proto and its own files, never on server/" + include.path
               : "";
}

std::string cli_objection(const Include& include) {
    if (is_generated(include.path)) return "the command line speaks through the SDK, not through " + include.path;
    const std::string_view target = first_part(include.path);
    const bool of_server = !include.angled && include.path.find('/') != std::string::npos &&
                           holds(server_folders, target);
    return of_server && !holds(cli_may_include, target) ? "cli may not include server/" + include.path : "";
}

}  // namespace

std::vector<Finding> check_includes(const SourceFile& file) {
    std::vector<Finding> findings;
    const auto folder = server_folder_of(file.path);
    for (const Include& include : includes_of(file.text)) {
        std::string objection;
        if (folder) {
            objection = server_objection(*folder, include);
        } else if (file.path.starts_with("client-sdk/")) {
            objection = sdk_objection(include);
        } else if (file.path.starts_with("cli/")) {
            objection = cli_objection(include);
        }
        if (!objection.empty()) findings.push_back({file.path, include.line, objection});
    }
    return findings;
}

}  // namespace marchwire::lint
