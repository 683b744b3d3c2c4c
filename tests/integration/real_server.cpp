#include "real_server.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <unistd.h>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <utility>

namespace marchwire::test {
namespace {

/// Catch2 takes it for a failed test, and programs that are no Catch2 tests stop with its words.
void need(bool holds, const std::string& what) {
    if (!holds) throw std::runtime_error(what);
}

/// "listen=127.0.0.1:4711" in the line that says ready.
std::string value_in(const std::string& line, const std::string& key) {
    const auto at = line.find(" " + key + "=");
    need(at != std::string::npos, "no " + key + " in: " + line);
    const auto begin = at + key.size() + 2;
    return line.substr(begin, line.find(' ', begin) - begin);
}

/// The line that says ready, once it is whole; empty before.
std::string ready_line(const std::string& said) {
    const auto ready = said.find("ready");
    const auto end = ready == std::string::npos ? ready : said.find('\n', ready);
    return end == std::string::npos ? std::string{} : said.substr(ready, end - ready);
}

}  // namespace

RealServer::RealServer(std::vector<std::string> more) : more_(std::move(more)) { start(); }

RealServer::RealServer(Addresses at, std::vector<std::string> more) : more_(std::move(more)), at_(std::move(at)) {
    start();
}

RealServer::RealServer(Speaks speaks) : speaks_(speaks) {
    if (speaks_ == Speaks::tls) {
        const Ended made = run_program({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                                        "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj", "/CN=Marchwire",
                                        "-addext", "subjectAltName=IP:127.0.0.1,IP:" + own_address(1), "-keyout",
                                        key_file(), "-out", ca_file()});
        need(made.exit_code == 0, "openssl made no certificate");
    }
    start();
}

RealServer::~RealServer() = default;

void RealServer::start() {
    std::vector<std::string> arguments = {MARCHWIRED_PATH, "--data",  data(),    "--listen", at_.followers,
                                          "--listen-ops",  at_.staff, "--admin", at_.admin};
    arguments.insert(arguments.end(), more_.begin(), more_.end());
    if (speaks_ == Speaks::tls) {
        arguments.insert(arguments.end(), {"--tls-cert", ca_file(), "--tls-key", key_file()});
    }
    program_ = std::make_unique<Program>(std::move(arguments), Stream::error);
    const std::string line = ready_line(
        program_->read_until([](const std::string& said) { return !ready_line(said).empty(); }));
    need(!line.empty(), "marchwired ended before it was ready");
    at_.followers = value_in(line, "listen");
    at_.staff = value_in(line, "listen_ops");
    at_.admin = value_in(line, "admin");
}

void RealServer::kill() {
    program_->signal(SIGKILL);
    (void)program_->wait();
    program_.reset();
}

int RealServer::stop() {
    program_->signal(SIGTERM);
    const Ended ended = program_->wait();
    program_.reset();
    said_ = ended.out;
    return ended.exit_code;
}

nlohmann::json RealServer::ask(const nlohmann::json& request) {
    cli::AdminClient admin(data());
    const auto answer = admin.ask(request);
    if (answer.has_error()) need(false, request.dump() + ": " + answer.error().field + " " + answer.error().message);
    return *answer;
}

void RealServer::make_campaign() {
    using Json = nlohmann::json;
    const Json campaign{{"name", "Flag Day"}, {"organiser", "We"}, {"wave", 1}};
    ask({{"verb", "command"}, {"log", "flag-day"}, {"command", {{"createCampaign", {{"spec", campaign}}}}}});
}

void RealServer::make_march() {
    make_campaign();
    make_march(march_slug);
}

void RealServer::make_march(const std::string& slug) {
    using Json = nlohmann::json;
    const Json spec{{"city", "St. Louis"},
                    {"state", "MO"},
                    {"tz", "America/Chicago"},
                    {"kind", "IN_PERSON"},
                    {"plan", Json::array({{{"phase", "MARCHING"}, {"atMs", "1528992000000"}}})}};
    ask({{"verb", "command"},
         {"log", "flag-day/" + slug},
         {"command", {{"createMarch", {{"spec", spec}, {"sections", 5}}}}}});
}

std::string RealServer::token(const std::string& role, const std::string& callsign, unsigned section,
                              const std::string& slug) {
    const auto answer = ask({{"verb", "token_create"},
                             {"campaign", "flag-day"},
                             {"march", role == "national_desk" ? "" : slug},
                             {"role", role},
                             {"callsign", callsign},
                             {"section", section},
                             {"expires_ms", 0U}});
    return answer.at("token");
}

nlohmann::json RealServer::state(const std::string& slug) {
    nlohmann::json state = ask({{"verb", "state"}, {"log", "flag-day/" + slug}}).at("state");
    state.erase("position");
    return state;
}

std::string RealServer::page(const std::string& address, const std::string& target) const {
    namespace asio = boost::asio;
    const auto colon = address.rfind(':');
    asio::io_context io;
    asio::ip::tcp::socket socket(io);
    socket.connect({asio::ip::make_address(address.substr(0, colon)),
                    static_cast<std::uint16_t>(std::stoul(address.substr(colon + 1)))});
    const std::string request = "GET " + target + " HTTP/1.1\r\nHost: " + address + "\r\nConnection: close\r\n\r\n";
    asio::write(socket, asio::buffer(request));
    std::string answer;
    boost::system::error_code end;
    asio::read(socket, asio::dynamic_buffer(answer), end);
    return answer;
}

double RealServer::figure(const std::string& name) const {
    const std::string page = metrics();
    const auto at = page.find("\n" + name + " ");
    need(at != std::string::npos, "no figure " + name);
    return std::stod(page.substr(at + name.size() + 2));
}

std::string RealServer::dump(const std::string& slug) const {
    const Ended dump = run_program({MARCHWIRE_PATH, "--data", data(), "log", "dump", "flag-day/" + slug});
    need(dump.exit_code == 0, "log dump " + slug + " failed");
    return dump.out;
}

sdk::FeedName feed(const std::string& kind) {
    const bool keyed = kind == "overview" || kind == "desk";
    return *sdk::FeedName::parse(kind + (keyed ? "/flag-day" : "/" + march_name));
}

namespace {

sdk::ClientSettings settings_of(const Doors& doors, const std::string& ca_file, const std::string& token) {
    static std::uint64_t device = static_cast<std::uint64_t>(::getpid()) << 20U;
    sdk::ClientSettings settings;
    settings.url = token.empty() ? doors.followers_url : doors.staff_url;
    settings.ca_file = ca_file;
    settings.token = token;
    settings.device = ++device;
    settings.retry_first = sdk::Millis(50);
    settings.retry_most = sdk::Millis(500);
    return settings;
}

sdk::Callbacks callbacks_of(Somebody& self) {
    sdk::Callbacks all;
    all.on_state = [&self](const sdk::ConnectionState& state) {
        if (const auto* online = std::get_if<sdk::Online>(&state)) {
            ++self.times_online;
            self.welcome = online->welcome;
        }
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

Somebody::Somebody(const Doors& doors, const std::string& token, const std::string& ca_file)
    : client(io, settings_of(doors, ca_file, token), callbacks_of(*this)) {
    client.connect();
}

Somebody::Somebody(const RealServer& server, const std::string& token)
    : Somebody(server.doors(), token, server.ca_file()) {}

void Somebody::until(const std::function<bool()>& holds) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!holds()) {
        io.restart();
        io.run_one_until(deadline);
        if (stopped) need(false, "the client stopped: " + stopped->reason);
        need(std::chrono::steady_clock::now() < deadline, "what was waited for did not come within 20 s");
    }
}

void Somebody::poll() {
    io.restart();
    io.poll();
    if (stopped) need(false, "the client stopped: " + stopped->reason);
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
    if (const auto* error = std::get_if<sdk::Error>(&outcome)) need(false, error->field + ": " + error->message);
    return std::get<sdk::Accepted>(outcome);
}

nlohmann::json Somebody::state(const sdk::FeedName& name) const {
    nlohmann::json state = nlohmann::json::parse(client.state_json(name));
    state.erase("position");
    state.erase("column");  // class C: newest value, not of the log
    return state;
}

Ended Hand::run(std::vector<std::string> verb) const {
    std::vector<std::string> all = {MARCHWIRE_PATH, "--json", "--url", server.staff_url(), "--token", token};
    all.insert(all.end(), verb.begin(), verb.end());
    return run_program(all);
}

nlohmann::json Hand::must(std::vector<std::string> verb) const {
    const Ended ended = run(std::move(verb));
    need(ended.exit_code == 0, ended.out);
    return nlohmann::json::parse(ended.out);
}

}  // namespace marchwire::test
