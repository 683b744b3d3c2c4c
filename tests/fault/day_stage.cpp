// The demo day on three servers with one Redis behind HAProxy, and what is done to them.
#include "fault/day_stage.hpp"

#include "support/own_address.hpp"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <stdexcept>
#include <utility>

namespace marchwire::fault {
namespace {

namespace fs = std::filesystem;
using Steady = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr const char* begin_of_day = "2018-06-30T14:50:00Z";
constexpr unsigned balancer = 20;  // last part of its address; the servers' follow
constexpr milliseconds look_again{50};
constexpr int exit_not_found = 5;

const fs::path samples = fs::path(MARCHWIRE_SOURCE_DIR) / "samples";

std::string address_of(std::size_t server) { return test::own_address(balancer + 1 + static_cast<unsigned>(server)); }

std::string demo_clock(double rate) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto since = std::chrono::duration_cast<milliseconds>(now).count();
    return std::string(begin_of_day) + "," + std::to_string(rate) + "," + std::to_string(since);
}

DayFigures figures_of(const test::RealServer& server) {
    DayFigures figures;
    figures.keepings = server.figure("marchwire_keepings_total");
    // Tries after appends: a group that comes between the two looks contended otherwise.
    figures.append_tries = server.figure("marchwire_append_tries_total");
    figures.appends = server.figure("marchwire_appends_total");
    figures.gap_fills = server.figure("marchwire_log_gap_fills_total");
    figures.histories_changed = server.figure("marchwire_histories_changed_total");
    figures.repairs = server.figure("marchwire_log_repairs_total");
    figures.entries = server.figure("marchwire_entries_total");
    return figures;
}

}  // namespace

DayFigures& DayFigures::operator+=(const DayFigures& more) {
    keepings += more.keepings;
    append_tries += more.append_tries;
    appends += more.appends;
    gap_fills += more.gap_fills;
    histories_changed += more.histories_changed;
    repairs += more.repairs;
    entries += more.entries;
    return *this;
}

DayStage::DayStage(double rate) : redis_(directory_.path()) {
    const std::vector<std::string> arguments = {"--store",          redis_.address(), "--keys",
                                                keys_file(),        "--proxies",      test::own_address(balancer),
                                                "--proxy-protocol", "--demo-clock",   demo_clock(rate)};
    for (std::size_t i = 0; i < servers; ++i) {
        const std::string host = address_of(i);
        servers_[i] = std::make_unique<test::RealServer>(
            test::Addresses{host + ":8080", host + ":8081", host + ":9090"}, arguments);
    }
    haproxy_ = std::make_unique<test::Program>(
        std::vector<std::string>{"env", "ONE=" + address_of(0), "TWO=" + address_of(1), "THREE=" + address_of(2),
                                 "BIND=" + test::own_address(balancer), "SOURCE=" + test::own_address(balancer),
                                 "haproxy", "-db", "-f", samples / "load-balancer/haproxy.cfg"},
        test::Stream::out);
    load();
}

void DayStage::load() {
    const auto marchwire = [&](std::vector<std::string> words) {
        words.insert(words.begin(), {MARCHWIRE_PATH, "--data", servers_[0]->data()});
        return test::run_program(words).exit_code;
    };
    const std::string days = samples / "campaigns" / (day_campaign + ".csv");
    const std::string name = "Families Belong Together";
    if (marchwire({"import", "campaign", days, "--campaign", day_campaign, "--name", name, "--organiser", name,
                   "--wave", "3"}) != 0) {
        throw std::runtime_error("the campaign was not imported");
    }
    for (const auto& route : fs::directory_iterator(samples / "routes")) {
        if (route.path().extension() != ".geojson") continue;
        const std::string march = day_campaign + "/" + route.path().stem().string();
        const int code = marchwire({"import", "route", route.path(), "--march", march, "--approve", "--activate"});
        if (code != 0 && code != exit_not_found)
            throw std::runtime_error("the route of " + march + " was not imported");
    }
    const nlohmann::json logs = servers_[0]->ask({{"verb", "list"}}).at("logs");
    for (const auto& log : logs) {
        const auto text = log.get<std::string>();
        if (text.find('/') != std::string::npos) marches_.push_back(text);
    }
    std::ranges::sort(marches_);
}

test::Doors DayStage::doors() const {
    const std::string url = "ws://" + test::own_address(balancer);
    return {url + ":8081/v1/ops", url + ":8080/v1/ws"};
}

std::string DayStage::token(const std::string& march, const std::string& role, const std::string& callsign,
                            unsigned section) {
    const std::string slug = march.empty() ? march : march.substr(march.find('/') + 1);
    return servers_[0]
        ->ask({{"verb", "token_create"},
               {"campaign", day_campaign},
               {"march", slug},
               {"role", role},
               {"callsign", callsign},
               {"section", section},
               {"expires_ms", 0U}})
        .at("token");
}

nlohmann::json DayStage::state(std::size_t server, const std::string& march) {
    return servers_[server]->ask({{"verb", "state"}, {"log", march}}).at("state");
}

void DayStage::start_simulation() {
    simulation_ = std::make_unique<test::Program>(
        std::vector<std::string>{MARCHWIRE_PATH, "--data", servers_[0]->data(), "--url", doors().staff_url, "simulate",
                                 "--campaign", day_campaign, "--samples", samples, "--clients", "60"},
        test::Stream::out);
}

void DayStage::stop_simulation() {
    simulation_->signal(SIGTERM);
    (void)simulation_->wait();
    simulation_.reset();
}

std::size_t DayStage::listed() const {
    const auto logs = redis_.ask({"SMEMBERS", "mw:logs"}).items;
    return static_cast<std::size_t>(
        std::ranges::count_if(logs, [](const bus::Reply& log) { return log.text.find('/') != std::string::npos; }));
}

bool DayStage::all_kept() const {
    double kept = 0;
    for (const auto& server : servers_) {
        if (server->runs()) kept += server->figure("marchwire_marches_kept");
    }
    return kept == static_cast<double>(listed());
}

Takeover DayStage::kill(std::size_t server, milliseconds patience, const Meanwhile& meanwhile) {
    gone_ += figures_of(*servers_[server]);
    servers_[server]->kill();
    const auto killed = Steady::now();
    const auto since = [&] { return std::chrono::duration_cast<milliseconds>(Steady::now() - killed); };
    const double before = figures().keepings;
    Takeover takeover;
    while (!takeover.whole && since() < patience) {
        meanwhile(look_again);
        takeover.whole = all_kept();
        takeover.within = since();
    }
    takeover.marches = static_cast<std::size_t>(figures().keepings - before);
    return takeover;
}

DayFigures DayStage::figures() const {
    DayFigures all = gone_;
    for (const auto& server : servers_) {
        if (server->runs()) all += figures_of(*server);
    }
    return all;
}

void DayStage::cut_subscriptions() { (void)redis_.ask({"CLIENT", "KILL", "TYPE", "pubsub"}); }

void DayStage::remember() {
    fs::remove_all(file("kept"));
    fs::copy(file("appendonlydir"), file("kept"), fs::copy_options::recursive);
}

void DayStage::put_back() {
    redis_.kill();
    fs::remove_all(file("appendonlydir"));
    fs::copy(file("kept"), file("appendonlydir"), fs::copy_options::recursive);
    redis_.start();
}

}  // namespace marchwire::fault
