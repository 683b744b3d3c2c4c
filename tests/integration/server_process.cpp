#include "server_process.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>

namespace marchwire::test {
namespace {

struct Child {
    pid_t process = 0;
    int said = -1;
};

/// Starts a program with one of its streams on a pipe.
Child start_program(const std::vector<std::string>& arguments, int stream) {
    std::array<int, 2> pipe{};
    REQUIRE(::pipe2(pipe.data(), O_CLOEXEC) == 0);
    std::vector<char*> argv;
    std::vector<std::string> copies = arguments;
    argv.reserve(copies.size() + 1);
    for (std::string& argument : copies) argv.push_back(argument.data());
    argv.push_back(nullptr);
    const pid_t process = ::fork();
    REQUIRE(process >= 0);
    if (process == 0) {
        ::dup2(pipe[1], stream);
        ::execvp(argv[0], argv.data());
        ::_exit(127);
    }
    ::close(pipe[1]);
    return {process, pipe[0]};
}

int ending_of(pid_t process) {
    int status = 0;
    while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// "listen=127.0.0.1:4711" in the line that says ready.
std::string value_in(const std::string& line, const std::string& key) {
    const auto at = line.find(" " + key + "=");
    REQUIRE(at != std::string::npos);
    const auto begin = at + key.size() + 2;
    return line.substr(begin, line.find(' ', begin) - begin);
}

/// Reads until the line that says ready; empty when the program ended before.
std::string ready_line(int said) {
    std::string text;
    std::array<char, 4096> buffer{};
    for (;;) {
        const ssize_t got = ::read(said, buffer.data(), buffer.size());
        if (got <= 0) return {};
        text.append(buffer.data(), static_cast<std::size_t>(got));
        const auto ready = text.find("ready");
        const auto end = ready == std::string::npos ? ready : text.find('\n', ready);
        if (end != std::string::npos) return text.substr(ready, end - ready);
    }
}

}  // namespace

Ended run_program(const std::vector<std::string>& arguments) {
    const Child child = start_program(arguments, STDOUT_FILENO);
    Ended ended;
    std::array<char, 4096> buffer{};
    for (;;) {
        const ssize_t got = ::read(child.said, buffer.data(), buffer.size());
        if (got <= 0) break;
        ended.out.append(buffer.data(), static_cast<std::size_t>(got));
    }
    ::close(child.said);
    ended.exit_code = ending_of(child.process);
    return ended;
}

TemporaryDirectory::TemporaryDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "marchwire-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

ServerProcess::ServerProcess() { start(); }

ServerProcess::~ServerProcess() {
    if (process_ != 0) kill();
}

void ServerProcess::start() {
    const Child child = start_program(
        {MARCHWIRED_PATH, "--data", data(), "--listen", followers_, "--listen-ops", staff_, "--admin", "127.0.0.1:0"},
        STDERR_FILENO);
    process_ = child.process;
    said_ = child.said;
    const std::string line = ready_line(said_);
    INFO("marchwired ended before it was ready");
    REQUIRE_FALSE(line.empty());
    followers_ = value_in(line, "listen");
    staff_ = value_in(line, "listen_ops");
}

int ServerProcess::wait() {
    // What it still says must not fill the pipe.
    std::array<char, 4096> buffer{};
    while (::read(said_, buffer.data(), buffer.size()) > 0) {
    }
    ::close(said_);
    return ending_of(std::exchange(process_, 0));
}

void ServerProcess::kill() {
    ::kill(process_, SIGKILL);
    (void)wait();
}

int ServerProcess::stop() {
    ::kill(process_, SIGTERM);
    return wait();
}

nlohmann::json ServerProcess::ask(const nlohmann::json& request) {
    cli::AdminClient admin(data());
    const auto answer = admin.ask(request);
    if (answer.has_error()) FAIL(request.dump() + ": " + answer.error().field + " " + answer.error().message);
    return *answer;
}

void ServerProcess::make_march() {
    using Json = nlohmann::json;
    const Json campaign{{"name", "Flag Day"}, {"organiser", "We"}, {"wave", 1}};
    ask({{"verb", "command"}, {"log", "flag-day"}, {"command", {{"createCampaign", {{"spec", campaign}}}}}});
    const Json spec{{"city", "St. Louis"},
                    {"state", "MO"},
                    {"tz", "America/Chicago"},
                    {"kind", "IN_PERSON"},
                    {"plan", Json::array({{{"phase", "MARCHING"}, {"atMs", "1528992000000"}}})}};
    ask({{"verb", "command"}, {"log", march_name}, {"command", {{"createMarch", {{"spec", spec}, {"sections", 5}}}}}});
}

std::string ServerProcess::token(const std::string& role, const std::string& callsign, unsigned section) {
    const auto answer = ask({{"verb", "token_create"},
                             {"campaign", "flag-day"},
                             {"march", role == "national_desk" ? "" : "st-louis-mo"},
                             {"role", role},
                             {"callsign", callsign},
                             {"section", section},
                             {"expires_ms", 0U}});
    return answer.at("token");
}

nlohmann::json ServerProcess::state() {
    nlohmann::json state = ask({{"verb", "state"}, {"log", march_name}}).at("state");
    state.erase("position");
    return state;
}

sdk::FeedName feed(const std::string& kind) {
    const bool keyed = kind == "overview" || kind == "desk";
    return *sdk::FeedName::parse(kind + (keyed ? "/flag-day" : "/" + march_name));
}

namespace {

sdk::ClientSettings settings_of(const ServerProcess& server, const std::string& token) {
    static std::uint64_t device = static_cast<std::uint64_t>(::getpid()) << 20U;
    sdk::ClientSettings settings;
    settings.url = token.empty() ? server.followers_url() : server.staff_url();
    settings.token = token;
    settings.device = ++device;
    settings.retry_first = sdk::Millis(50);
    settings.retry_most = sdk::Millis(500);
    return settings;
}

sdk::Callbacks callbacks_of(Somebody& self) {
    sdk::Callbacks all;
    all.on_state = [&self](const sdk::ConnectionState& state) {
        if (std::holds_alternative<sdk::Online>(state)) ++self.times_online;
        if (const auto* stopped = std::get_if<sdk::Stopped>(&state)) self.stopped = *stopped;
    };
    all.on_item = [&self](const sdk::FeedItem& item) {
        self.changes.push_back(item.change());
        if (const auto position = item.position()) self.seqs.push_back(position->seq);
    };
    all.on_snapshot = [&self](const sdk::FeedName&) { ++self.snapshots; };
    all.on_gap = [&self](const sdk::Gap&) { ++self.gaps; };
    all.on_discontinuity = [&self](const sdk::Discontinuity&) { ++self.discontinuities; };
    return all;
}

}  // namespace

Somebody::Somebody(const ServerProcess& server, const std::string& token)
    : client(io, settings_of(server, token), callbacks_of(*this)) {
    client.connect();
}

void Somebody::until(const std::function<bool()>& holds) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!holds()) {
        io.restart();
        io.run_one_until(deadline);
        if (stopped) FAIL("the client stopped: " + stopped->reason);
        if (std::chrono::steady_clock::now() >= deadline) FAIL("what was waited for did not come within 20 s");
    }
}

void Somebody::follow(const sdk::FeedName& name) {
    client.subscribe(name);
    until([&] { return !client.state_json(name).empty(); });
}

sdk::Outcome Somebody::ask(const sdk::Command& command) {
    std::optional<sdk::Outcome> outcome;
    client.command(march_name, command, [&](sdk::CommandId, const sdk::Outcome& answer) { outcome = answer; });
    until([&] { return outcome.has_value(); });
    return *outcome;
}

sdk::Accepted Somebody::must(const sdk::Command& command) {
    const sdk::Outcome outcome = ask(command);
    if (const auto* error = std::get_if<sdk::Error>(&outcome)) FAIL(error->field + ": " + error->message);
    return std::get<sdk::Accepted>(outcome);
}

nlohmann::json Somebody::state(const sdk::FeedName& name) const {
    nlohmann::json state = nlohmann::json::parse(client.state_json(name));
    state.erase("position");
    state.erase("column");  // class C: newest value, not of the log
    return state;
}

}  // namespace marchwire::test
