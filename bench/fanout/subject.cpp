#include "fanout/subject.hpp"

#include "fanout/march_stage.hpp"
#include "fanout/self_signed.hpp"

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <stdexcept>

namespace marchwire::bench {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr milliseconds start_within{10'000};

/// `started` says "listening PORT" on its first line.
std::string port_line(Child& child, nlohmann::json& plan) {
    const auto line = child.line(start_within);
    if (!line || !line->starts_with("listening ")) return "it did not start: " + child.last_words();
    plan["port"] = std::stoul(line->substr(line->find(' ') + 1));
    return {};
}

/// A configuration file with the words in capitals filled in.
fs::path configured(const Places& places, const std::string& name,
                    const std::vector<std::pair<std::string, std::string>>& words) {
    std::ifstream in(places.rivals / name);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    for (const auto& [word, value] : words) {
        for (std::size_t at = 0; (at = text.find(word, at)) != std::string::npos; at += value.size()) {
            const bool inside = at > 0 && text[at - 1] == '_';  // PORT in BUS_PORT
            if (inside)
                ++at;
            else
                text.replace(at, word.size(), value);
        }
    }
    fs::path made = places.scratch / name;
    std::ofstream(made) << text;
    return made;
}

void adopt(Server& server, std::unique_ptr<Child> child) {
    for (const pid_t process : child->family()) server.processes.push_back(process);
    server.children.push_back(std::move(child));
}

/// A program with a port that was chosen before, until it takes connections and has so many processes.
std::string start_on_port(Server& server, const ChildSettings& settings, std::uint16_t port, std::size_t family = 1) {
    auto child = std::make_unique<Child>(settings);
    bool started = listens(port, *child, start_within);
    while (started && child->family().size() < family) started = child->runs();
    if (!started) return settings.arguments.front() + " did not start: " + child->last_words();
    adopt(server, std::move(child));
    return {};
}

std::string start_node(Server& server, const std::string& script, const Setting& setting, const Places& places) {
    if (!fs::exists(places.rivals / "node_modules")) return "npm ci was not run in bench/rivals (./dev bench does)";
    ChildSettings settings;
    settings.arguments = {"node", (places.rivals / (script + ".mjs")).string()};
    settings.cores = setting.cores;
    settings.errors = places.scratch / (script + ".log");
    if (server.plan.contains("redis_port")) {
        settings.environment = {{"REDIS_PORT", std::to_string(server.plan["redis_port"].get<unsigned>())}};
    }
    if (!setting.redis_socket.empty()) settings.environment = {{"REDIS_SOCKET", setting.redis_socket}};
    auto child = std::make_unique<Child>(settings);
    if (auto why = port_line(*child, server.plan); !why.empty()) return why;
    adopt(server, std::move(child));
    server.plan["protocol"] = script == "socketio" ? "socketio" : "plain";
    return {};
}

/// Redis runs on the same core: it is part of what a broadcast costs. `append`: yes when it is to keep what it is told.
std::string start_redis(Server& server, const char* append, const Setting& setting, const Places& places) {
    const std::uint16_t port = free_port();
    ChildSettings settings;
    settings.arguments = {"redis-server", "--port", std::to_string(port), "--bind", "127.0.0.1",
                          "--save",       "",       "--appendonly",       append};
    settings.cores = setting.cores;
    // Of its own each time: it would go on with what another round has left.
    settings.directory = places.scratch / ("redis" + std::to_string(port));
    fs::create_directories(settings.directory);
    server.plan["redis_port"] = port;
    return start_on_port(server, settings, port);
}

std::string start_nchan(Server& server, const Setting& setting, const Places& places) {
    const std::uint16_t port = free_port();
    const auto directory = fs::absolute(places.scratch).string();
    const fs::path file = configured(places, "nchan.conf", {{"PORT", std::to_string(port)}, {"DIR", directory}});
    ChildSettings settings;
    settings.arguments = {"/usr/sbin/nginx", "-c", fs::absolute(file).string(), "-p", "/usr/share/nginx/"};
    settings.cores = setting.cores;
    settings.errors = places.scratch / "nchan.log";
    server.plan.update({{"protocol", "nchan"}, {"port", port}});
    constexpr std::size_t master_and_worker = 2;
    return start_on_port(server, settings, port, master_and_worker);
}

std::string start_nats(Server& server, const Setting& setting, const Places& places) {
    const std::uint16_t port = free_port();
    const std::uint16_t bus = free_port();
    const fs::path file = configured(places, "nats.conf",
                                     {{"BUS_PORT", std::to_string(bus)}, {"PORT", std::to_string(port)}});
    ChildSettings settings;
    settings.arguments = {"nats-server", "-c", fs::absolute(file).string()};
    settings.cores = setting.cores;
    settings.errors = places.scratch / "nats.log";
    server.plan.update({{"protocol", "nats"}, {"port", port}});
    return start_on_port(server, settings, port);
}

std::string start_mosquitto(Server& server, const Setting& setting, const Places& places) {
    const std::uint16_t port = free_port();
    const fs::path file = configured(places, "mosquitto.conf",
                                     {{"BUS_PORT", std::to_string(free_port())}, {"PORT", std::to_string(port)}});
    ChildSettings settings;
    settings.arguments = {"/usr/sbin/mosquitto", "-c", fs::absolute(file).string()};
    settings.cores = setting.cores;
    settings.errors = places.scratch / "mosquitto.log";
    server.plan.update({{"protocol", "mqtt"}, {"port", port}});
    return start_on_port(server, settings, port);
}

std::string start_floor(Server& server, bool gathered, const Setting& setting, const Places& places) {
    ChildSettings settings;
    settings.arguments = {places.floor.string(), "--tick-ms", std::to_string(setting.tick_ms)};
    if (gathered) settings.arguments.emplace_back("--gathered");
    settings.cores = setting.cores;
    auto child = std::make_unique<Child>(settings);
    server.plan["protocol"] = "floor";
    if (auto why = port_line(*child, server.plan); !why.empty()) return why;
    adopt(server, std::move(child));
    return {};
}

// ---- Marchwire ---------------------------------------------------------------------------------

/// The port of " NAME=127.0.0.1:4711" in the line that says ready.
std::uint16_t port_in(const std::string& line, const std::string& name) {
    const auto at = line.find(" " + name + "=");
    if (at == std::string::npos) return 0;
    return static_cast<std::uint16_t>(std::stoul(line.substr(line.find(':', at) + 1)));
}

std::string wait_until_ready(Server& server, Child& child, const fs::path& log) {
    const auto deadline = std::chrono::steady_clock::now() + start_within;
    while (std::chrono::steady_clock::now() < deadline && child.runs()) {
        std::ifstream in(log);
        for (std::string line; std::getline(in, line);) {
            if (line.find("ready") == std::string::npos || in.eof() || port_in(line, "admin") == 0) continue;
            server.plan["port"] = port_in(line, "listen");
            server.plan["staff_port"] = port_in(line, "listen_ops");
            server.admin_port = port_in(line, "admin");
            return {};
        }
        std::ignore = child.line(milliseconds(10));  // it says nothing there: this is a wait
    }
    return "it did not start: " + child.last_words();
}

/// Campaign, marches, tokens and roster, and what the load generator must know of them.
void set_stage(Server& server, const Setting& setting) {
    MarchStage stage(server.data.string(), setting.topics);
    server.plan["desk_token"] = stage.desk_token();
    server.plan["lead_token"] = stage.lead_token();
    if (setting.marshals > 0) server.plan["marshal_tokens"] = stage.marshal_tokens(setting.marshals);
    if (setting.roster > 0) stage.fill_roster(setting.roster);
    if (setting.marching) {
        server.plan["phase_version"] = stage.step_off(server.plan["staff_port"], server.plan["lead_token"]);
    }
}

std::string start_marchwire(Server& server, const std::string& store, const Setting& setting, const Places& places) {
    static unsigned number = 0;
    server.data = places.scratch / ("data" + std::to_string(++number));
    ChildSettings settings;
    settings.arguments = {places.marchwired.string(), "--data", server.data.string(), "--store", store, "--shards",
                          std::to_string(setting.shards), "--listen", "127.0.0.1:0", "--listen-ops", "127.0.0.1:0",
                          "--admin", "127.0.0.1:0", "--drain", "0",
                          // All come from one address, which is not to count, and all dashboards by one token.
                          "--proxies", "127.0.0.1", "--sessions-per-device", "1000"};
    if (setting.tls) {
        const auto pair = self_signed(places.scratch);
        settings.arguments.insert(settings.arguments.end(), {"--tls-cert", pair.certificate, "--tls-key", pair.key});
    }
    if (!setting.keys.empty()) settings.arguments.insert(settings.arguments.end(), {"--keys", setting.keys.string()});
    settings.cores = setting.cores;
    settings.errors = places.scratch / ("marchwired" + std::to_string(number) + ".log");
    auto child = std::make_unique<Child>(settings);
    if (auto why = wait_until_ready(server, *child, settings.errors); !why.empty()) {
        const bool unknown = why.find("were not expected") != std::string::npos;
        return setting.tls && unknown ? "this marchwired has no --tls-cert and --tls-key" : why;
    }
    server.plan["protocol"] = "marchwire";
    server.plan["publishers"] = 32;  // a session may send 20 commands a second after a burst of 400
    server.plan["campaign"] = MarchStage::campaign;
    if (!setting.is_one_more) set_stage(server, setting);
    adopt(server, std::move(child));
    return {};
}

std::string start_into(Server& server, const std::string& subject, const Setting& setting, const Places& places) {
    if (subject == "marchwire-sqlite") return start_marchwire(server, "sqlite", setting, places);
    if (subject == "marchwire-redis" && !setting.redis_socket.empty()) {
        return start_marchwire(server, "unix://" + setting.redis_socket, setting, places);
    }
    if (subject == "marchwire-redis") {
        if (auto why = start_redis(server, "yes", setting, places); !why.empty()) return why;
        const std::string port = std::to_string(server.plan["redis_port"].get<unsigned>());
        return start_marchwire(server, "redis://127.0.0.1:" + port + "/0", setting, places);
    }
    if (subject.starts_with("marchwire")) return start_marchwire(server, "memory", setting, places);
    if (subject == "uwebsockets" || subject == "ws" || subject == "socketio") {
        return start_node(server, subject, setting, places);
    }
    if (subject == "socketio-redis") {
        if (!setting.redis_socket.empty()) return start_node(server, "socketio", setting, places);
        if (auto why = start_redis(server, "no", setting, places); !why.empty()) return why;
        return start_node(server, "socketio", setting, places);
    }
    if (subject == "nchan") return start_nchan(server, setting, places);
    if (subject == "nats") return start_nats(server, setting, places);
    if (subject == "mosquitto") return start_mosquitto(server, setting, places);
    if (subject == "floor-send") return start_floor(server, false, setting, places);
    if (subject == "floor-gathered") return start_floor(server, true, setting, places);
    return "there is no subject of this name";
}

/// The first line that a command prints.
std::string first_line(const std::string& command) {
    std::FILE* const pipe = ::popen((command + " 2>&1").c_str(), "r");  // NOLINT: fixed commands
    if (pipe == nullptr) return {};
    std::array<char, 200> line{};
    const char* const read = std::fgets(line.data(), static_cast<int>(line.size()), pipe);
    const int ended = ::pclose(pipe);
    if (read == nullptr || !WIFEXITED(ended) || WEXITSTATUS(ended) == 127) return {};
    std::string text(line.data());
    return text.substr(0, text.find('\n'));
}

}  // namespace

const std::vector<Guarantee>& guarantees() {
    static const std::vector<Guarantee> all = {
        {"marchwire", "in memory, answered after that", "yes, one order for all, checked by prev",
         "yes, from a position, or told what is missing"},
        {"marchwire-sqlite", "on disk (fsync) before anybody gets it", "as marchwire", "as marchwire, over restarts"},
        {"marchwire-redis", "in Redis (append only file, each second) before anybody gets it", "as marchwire",
         "as marchwire, on any server"},
        {"uwebsockets", "no", "per publisher", "no"},
        {"ws", "no", "per publisher", "no"},
        {"socketio", "no", "per publisher", "no (its recovery keeps packets in memory, off by default)"},
        {"socketio-redis", "no (pub/sub only)", "per publisher", "no"},
        {"nchan", "last 10 of a channel, in memory", "per channel", "from a message id, while it is kept"},
        {"nats", "no (at most once; JetStream is another mode)", "per publisher", "no"},
        {"mosquitto", "no (QoS 0)", "per publisher", "no"},
        {"floor-send", "no", "yes", "no"},
        {"floor-gathered", "no", "yes", "no"},
    };
    return all;
}

std::variant<Server, std::string> start(const std::string& subject, const Setting& setting, const Places& places) {
    Server server;
    server.plan = nlohmann::json::object();
    try {
        const std::string why = start_into(server, subject, setting, places);
        if (!why.empty()) return why;
    } catch (const std::exception& error) {
        return std::string(error.what());
    }
    server.plan["server"] = server.processes;
    server.plan["server_core"] = setting.cores.front();
    return server;
}

std::vector<std::pair<std::string, std::string>> rival_versions(const Places& places) {
    std::vector<std::pair<std::string, std::string>> versions;
    for (const char* package : {"uwebsockets", "ws", "socket.io", "@socket.io/redis-adapter"}) {
        std::ifstream in(places.rivals / "node_modules" / package / "package.json");
        const auto said = nlohmann::json::parse(in, nullptr, false);
        if (said.is_object()) versions.emplace_back(package, said.value("version", ""));
    }
    for (const auto& [name, command] :
         {std::pair("Node", "node --version"), std::pair("nginx", "/usr/sbin/nginx -v"),
          std::pair("NATS", "nats-server --version"), std::pair("Mosquitto", "/usr/sbin/mosquitto -h"),
          std::pair("Redis", "redis-server --version")}) {
        if (auto line = first_line(command); !line.empty()) versions.emplace_back(name, std::move(line));
    }
    return versions;
}

}  // namespace marchwire::bench
