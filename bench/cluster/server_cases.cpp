// Cases on real servers.
#include "cluster/cases.hpp"
#include "cluster/servers.hpp"
#include "support/report.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <fstream>
#include <stdexcept>
#include <utility>

namespace marchwire::bench {
namespace {

using Json = nlohmann::json;

const std::vector<int> any_core{0, 1};

double milliseconds_in(const Json& timing, const char* which) { return timing.at(which).get<double>(); }

/// Where so many connections at one server would not fit; empty: they do.
std::string no_room_for(std::uint64_t connections, std::uint64_t servers) {
    constexpr std::uint64_t other_files = 500;
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    if (files.rlim_cur < connections + other_files) {
        return "a process may open " + std::to_string(files.rlim_cur) + " files here (ulimit -n), " +
               std::to_string(connections + other_files) + " are needed";
    }
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::ifstream("/proc/sys/net/ipv4/ip_local_port_range") >> first >> last;
    if (last < first + connections) {
        return "net.ipv4.ip_local_port_range has fewer than " + std::to_string(connections) + " ports";
    }
    constexpr std::uint64_t kilobytes_each = 40;  // both ends in the kernel, session, generator
    std::ifstream memory("/proc/meminfo");
    for (std::string word; memory >> word;) {
        std::uint64_t free = 0;
        if (word != "MemAvailable:" || !(memory >> free)) continue;
        if (free >= connections * servers * kilobytes_each) return {};
        return std::to_string(free / 1024) + " MB of free memory are too few";
    }
    return {};
}

}  // namespace

// ---- crossing ------------------------------------------------------------------------------------

/// Each server shares a core with the load generator of its own clients, so that both ways have the same to wait for
/// but for the crossing. They change cores from round to round.
void same_and_cross_instance(Stand& stand) {
    const std::string same = "same-instance";
    const std::string cross = "cross-instance";
    constexpr double some_20 = 20.12;  // in step with no clock
    const std::uint64_t subscribers = stand.quick ? 500 : 2'000;
    const int window_ms = stand.quick ? 2'000 : 8'000;
    constexpr int until_last_ms = 500;
    const std::vector<int> core_here{stand.round % 2};
    const std::vector<int> core_there{1 - stand.round % 2};
    const Servers servers(stand, "marchwire-redis", {}, {core_here, core_there});
    Json here = servers.plan_of(0);
    Json there = servers.plan_of(1);
    for (Json* plan : {&here, &there}) plan->update({{"subscribers", subscribers}, {"warm_ms", 1'000}});
    here.update({{"pattern", "paced"}, {"events_per_second", some_20}, {"window_ms", window_ms}});
    there.update({{"publishers", 0}, {"window_ms", window_ms + until_last_ms}});
    const auto results = run_loads(stand, cross, {{here, core_here}, {there, core_there}});
    const auto published = results[0]["all_events"].get<std::uint64_t>();
    const auto arrived = results[1]["all_deliveries"].get<std::uint64_t>();
    if (arrived != published * subscribers) {
        stand.went_wrong(cross, std::to_string(arrived) + " deliveries of " + std::to_string(published * subscribers));
    }
    const Json& own = results[0]["latency"];
    const Json& crossed = results[1]["latency"];
    stand.add(same, "published to delivered p50", "ms", milliseconds_in(own, "p50_ms"));
    stand.add(same, "published to delivered p99", "ms", milliseconds_in(own, "p99_ms"));
    stand.add(cross, "published to delivered p50", "ms", milliseconds_in(crossed, "p50_ms"));
    stand.add(cross, "published to delivered p99", "ms", milliseconds_in(crossed, "p99_ms"));
    stand.add(cross, "p99 over same-instance", "ms",
              milliseconds_in(crossed, "p99_ms") - milliseconds_in(own, "p99_ms"));
}

// ---- beside Socket.IO ------------------------------------------------------------------------------

void socketio_2x(Stand& stand) {
    const std::string name = "socketio-2x";
    std::vector<std::pair<std::string, std::string>> subjects = {{"marchwire", "marchwire-redis"},
                                                                 {"socketio", "socketio-redis"}};
    if (stand.round % 2 == 1) std::swap(subjects.front(), subjects.back());
    for (const auto& [subject, kind] : subjects) {
        if (stand.missing.contains(name + ", " + subject)) continue;
        std::unique_ptr<Servers> servers;
        try {
            servers = std::make_unique<Servers>(stand, kind, Setting{}, std::vector<std::vector<int>>{{0}, {0}});
        } catch (const std::runtime_error& error) {
            if (subject == "marchwire") throw;
            stand.missing[name + ", " + subject] = error.what();
            continue;
        }
        Json plan = servers->plan_of_all();
        plan.update({{"subscribers", stand.quick ? 500 : 2'000},
                     {"pattern", "saturated"},
                     {"outstanding", 32},
                     {"warm_ms", 1'000},
                     {"window_ms", stand.quick ? 1'000 : 3'000}});
        const Json result = run_loads(stand, name + ", " + subject, {{plan, {1}}}).front();
        const auto deliveries = result["deliveries"].get<double>();
        const auto window_s = result["window_ns"].get<double>() / 1e9;
        stand.add(name, "deliveries a CPU second of both servers", "1/s",
                  deliveries / (result["own_cpu_ns"].get<double>() / 1e9), subject);
        stand.add(name, "deliveries", "1/s", deliveries / window_s, subject);
        stand.add(name, "CPU of Redis", "cores", result["beside_cpu_ns"].get<double>() / 1e9 / window_s, subject);
        stand.add(name, "CPU of the load generator", "cores", result["generator_ns"].get<double>() / 1e9 / window_s,
                  subject);
    }
}

// ---- one march, three servers ------------------------------------------------------------------------

void append_contended(Stand& stand) {
    const std::string name = "append-contended";
    Setting setting;
    setting.marching = true;
    setting.marshals = 150;
    const Servers servers(stand, "marchwire-redis", setting, {any_core, any_core, any_core});
    Json plan = servers.plan_of_all();
    plan.update({{"publishers", 0},
                 {"dashboards", 3},
                 {"check_ins_per_second", 1'500},
                 {"warm_ms", 1'000},
                 {"window_ms", stand.quick ? 2'000 : 6'000}});
    const double groups = servers.metric("marchwire_appends_total");
    const double tries = servers.metric("marchwire_append_tries_total");
    const Json result = run_loads(stand, name, {{plan, any_core}}).front();
    const Json& way = result["check_in"];
    stand.add(name, "check-ins stored of 1 500 a second", "1/s",
              way["count"].get<double>() / (result["window_ns"].get<double>() / 1e9));
    stand.add(name, "due to OK p50", "ms", milliseconds_in(way, "p50_ms"));
    stand.add(name, "due to OK p99", "ms", milliseconds_in(way, "p99_ms"));
    stand.add(name, "answered UNAVAILABLE", "1", result["unavailable"].get<double>());
    stand.add(name, "tries for one group", "1",
              (servers.metric("marchwire_append_tries_total") - tries) /
                  std::max(1.0, servers.metric("marchwire_appends_total") - groups));
}

// ---- a Hold to everybody -----------------------------------------------------------------------------

void hold_60000(Stand& stand) {
    const std::string name = "hold-60000";
    constexpr std::size_t count = 5;
    const std::uint64_t each = stand.quick ? 1'200 : 12'000;
    if (auto why = no_room_for(each, count); !why.empty()) {
        stand.missing[name] = std::move(why);
        return;
    }
    Setting setting;
    setting.marching = true;
    const Servers servers(stand, "marchwire-redis", setting, std::vector<std::vector<int>>(count, any_core));
    std::vector<LoadWish> wishes;
    for (std::size_t i = 0; i < count; ++i) {
        Json plan = servers.plan_of(i);
        // Hold and Release in turn: the last is due well before the window ends, so all generators count the same.
        plan.update({{"subscribers", each},
                     {"publishers", 0},
                     {"orders_per_second", 0.5},
                     {"orders_by_others", i > 0},
                     {"warm_ms", 2'000},
                     {"window_ms", stand.quick ? 5'500 : 17'500}});
        wishes.push_back({std::move(plan), any_core});
    }
    const auto results = run_loads(stand, name, wishes);
    std::vector<double> last;  // of each Hold
    std::vector<double> p50;   // of each server
    std::vector<double> p99;
    for (const Json& result : results) {
        const auto of_one = result["order_last_ms"].get<std::vector<double>>();
        last.resize(std::max(last.size(), of_one.size()));
        for (std::size_t i = 0; i < of_one.size(); ++i) last[i] = std::max(last[i], of_one[i]);
        p50.push_back(milliseconds_in(result["order"], "p50_ms"));
        p99.push_back(milliseconds_in(result["order"], "p99_ms"));
    }
    stand.add(name, "given to arrived p50, median of the servers", "ms", median_of(p50));
    stand.add(name, "given to arrived p99, worst of the servers", "ms", *std::max_element(p99.begin(), p99.end()));
    stand.add(name, "given to the last who had it, median Hold", "ms", median_of(last));
    stand.add(name, "given to the last who had it, worst Hold", "ms", *std::max_element(last.begin(), last.end()));
}

}  // namespace marchwire::bench
