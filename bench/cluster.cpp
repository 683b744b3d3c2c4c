// Several servers on one Redis: what the log in Redis carries, what crossing from server to server costs, how soon all
// have an order, and the same work by another server.
#include "cluster/cases.hpp"
#include "support/goals.hpp"
#include "support/report.hpp"
#include "support/server_child.hpp"

#include <CLI/CLI.hpp>

#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace marchwire::bench;

struct Case {
    std::vector<std::string> names;
    void (*measure)(Stand&);
    int rounds_max;  ///< of what hardly varies, and takes long
};

const std::vector<Case>& all_cases() {
    static const std::vector<Case> all = {
        {{"same-instance", "cross-instance"}, same_and_cross_instance, 5},
        {{"socketio-2x"}, socketio_2x, 5},
        {{"append-stored"}, append_stored, 5},
        {{"append-replicated"}, append_replicated, 5},
        {{"append-contended"}, append_contended, 5},
        {{"watch-1of60"}, watch_1of60, 1},
        {{"hold-60000"}, hold_60000, 3},
        {{"open-60x20000"}, open_60x20000, 1},
    };
    return all;
}

std::vector<Goal> all_goals() {
    const char* own = "marchwire";
    return {
        {"cross-instance", own, "p99 over same-instance", Bound::at_most, 8, ""},
        {"socketio-2x", own, "deliveries a CPU second of both servers", Bound::at_least, 5, "socketio"},
        {"append-stored", own, "appends of 60 marches", Bound::at_least, 20'000, ""},
        {"append-replicated", own, "appends of 60 marches that a replica has", Bound::at_least, 3'000, ""},
        {"append-contended", own, "due to OK p99", Bound::at_most, 50, ""},
        {"append-contended", own, "answered UNAVAILABLE", Bound::at_most, 0, ""},
        {"watch-1of60", own, "traffic over 1/60 of all marches' traffic", Bound::at_most, 1.2, ""},
        {"hold-60000", own, "given to the last who had it, worst Hold", Bound::at_most, 1'000, ""},
        {"open-60x20000", own, "opened and read whole", Bound::at_most, 200, ""},
    };
}

bool is_wanted(const Case& one, const std::vector<std::string>& chosen) {
    return chosen.empty() || std::any_of(chosen.begin(), chosen.end(), [&](const std::string& name) {
               return std::find(one.names.begin(), one.names.end(), name) != one.names.end();
           });
}

/// False: there is no case of these names.
bool measure_all(Stand& stand, const std::vector<std::string>& chosen, int rounds) {
    bool found = false;
    for (stand.round = 0; stand.round < rounds; ++stand.round) {
        for (const Case& one : all_cases()) {
            if (!is_wanted(one, chosen)) continue;
            found = true;
            if (stand.round >= one.rounds_max || stand.missing.contains(one.names.back())) continue;
            std::printf("cluster: round %d of %d, %s\n", stand.round + 1, std::min(rounds, one.rounds_max),
                        one.names.back().c_str());
            std::fflush(stdout);
            try {
                one.measure(stand);
            } catch (const std::runtime_error& error) {
                stand.went_wrong(one.names.back(), error.what());
            }
        }
    }
    return found;
}

std::string whole_text(const Report& report, const Stand& stand) {
    std::string text = report.markdown("cluster") + "\n## Goals\n\n" + goals_table(all_goals(), stand.samples);
    if (!stand.missing.empty()) text += "\n## Not measured\n\n";
    for (const auto& [what, why] : stand.missing) text += "- " + what + ": " + why + "\n";
    if (!stand.wrong.empty()) text += "\n## What went wrong\n\n";
    for (const std::string& one : stand.wrong) text += "- " + one + "\n";
    return text;
}

bool tell(const Stand& stand, const Options& options) {
    Report report;
    for (const SampleKey& key : stand.samples.keys()) {
        report.add(key.measured_case, key.subject, key.metric, stand.samples.unit(key), stand.samples.of(key));
    }
    for (auto& [name, version] : rival_versions(stand.places)) {
        const bool is_here = name == "socket.io" || name == "@socket.io/redis-adapter" || name == "Node" ||
                             name == "Redis";
        if (is_here) report.version(name, version);
    }
    for (const auto& [what, why] : stand.missing) report.version("not measured: " + what, why);
    return report.write(options, whole_text(report, stand));
}

/// Servers and load generators hold thousands of sockets: they inherit as many as there may be.
void take_all_descriptors() {
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
}

int run(int argc, char** argv) {
    Stand stand;
    stand.places = {MARCHWIRED_PATH, BENCH_LOAD_PATH, {}, {}, BENCH_RIVALS_PATH, {}};
    Options options;
    std::string out;
    std::vector<std::string> chosen;
    int rounds = 5;
    CLI::App app("Several servers on one Redis; see bench/README.md");
    app.add_flag("--quick", options.quick, "one short and small round: figures are rough");
    app.add_option("--out", out, "FILE.json, and FILE.md and .machine.json beside it");
    app.add_option("--case", chosen, "only this case; may be given again");
    auto* given = app.add_option("--rounds", rounds, "how many rounds (5)")->check(CLI::Range(1, 100));
    app.add_option("--server", stand.places.marchwired, "another marchwired");
    CLI11_PARSE(app, argc, argv);
    options.out = out;
    stand.quick = options.quick;
    if (options.quick && given->empty()) rounds = 1;
    if (std::thread::hardware_concurrency() < 2) throw std::runtime_error("two cores are needed");
    take_all_descriptors();
    const Scratch scratch(".");
    stand.places.scratch = scratch.path();
    if (!measure_all(stand, chosen, rounds)) {
        std::fputs("cluster: there is no such case; bench/README.md names them\n", stderr);
        return 2;
    }
    return tell(stand, options) && stand.wrong.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "cluster: %s\n", error.what());
        return 1;
    }
}
