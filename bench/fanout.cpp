// Fan-out: Marchwire and its peers side by side under the same load, round by round. What each delivery costs, how long
// it takes, what a connection weighs, and what slow, stalled and many clients do to the others.
#include "fanout/cases.hpp"
#include "fanout/measure.hpp"
#include "support/bar_plot.hpp"
#include "support/report.hpp"

#include <CLI/CLI.hpp>

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <thread>

namespace {

using namespace marchwire::bench;
namespace fs = std::filesystem;

struct Wishes {
    Options options;
    std::vector<std::string> cases, subjects;
    int rounds = 5;
    Places places;
};

bool wanted(const std::vector<std::string>& chosen, const std::string& name) {
    return chosen.empty() || std::find(chosen.begin(), chosen.end(), name) != chosen.end();
}

/// "floor" means both of them.
bool subject_wanted(const Wishes& wishes, const std::string& subject) {
    return wanted(wishes.subjects, subject) || (subject.starts_with("floor-") && wanted(wishes.subjects, "floor"));
}

std::vector<Case> chosen_cases(const Wishes& wishes) {
    std::vector<Case> all = all_cases(wishes.options.quick);
    std::erase_if(all, [&](const Case& one) {
        return wishes.cases.empty() ? wishes.options.quick && !one.in_quick : !wanted(wishes.cases, one.name);
    });
    for (Case& one : all) {
        std::erase_if(one.subjects, [&](const std::string& subject) { return !subject_wanted(wishes, subject); });
    }
    return all;
}

/// The order of the subjects changes from round to round, so that none always comes after the same other.
void measure_all(const Wishes& wishes, const std::vector<Case>& cases, Samples& samples, Troubles& troubles) {
    Measuring measuring(wishes.places, samples, troubles);
    for (int round = 0; round < wishes.rounds; ++round) {
        for (const Case& one : cases) {
            if (round >= one.rounds_max) continue;
            std::printf("fanout: round %d of %d, %s\n", round + 1, std::min(wishes.rounds, one.rounds_max),
                        one.name.c_str());
            std::fflush(stdout);
            auto subjects = one.subjects;
            if (subjects.empty()) continue;
            const auto first = static_cast<std::size_t>(round) % subjects.size();
            std::rotate(subjects.begin(), subjects.begin() + static_cast<std::ptrdiff_t>(first), subjects.end());
            for (const std::string& subject : subjects) measuring.one(one, subject, round);
        }
    }
}

// ---- telling -----------------------------------------------------------------------------------

/// One table of a case: a row for each subject, a column for each metric.
std::string case_table(const Case& one, const Samples& samples) {
    std::vector<std::string> metrics;
    for (const SampleKey& key : samples.keys()) {
        const bool fresh = std::find(metrics.begin(), metrics.end(), key.metric) == metrics.end();
        if (key.measured_case == one.name && fresh) metrics.push_back(key.metric);
    }
    if (metrics.empty()) return {};
    std::string text = "\n### " + one.name + "\n\n" + one.question + ".\n\n| subject |";
    std::string line = "|---|";
    for (const std::string& metric : metrics) {
        text += " " + metric + " |";
        line += "---:|";
    }
    text += "\n" + line + "\n";
    for (const std::string& subject : one.subjects) {
        std::string row;
        bool measured = false;
        for (const std::string& metric : metrics) {
            const auto values = samples.of({one.name, subject, metric});
            measured = measured || !values.empty();
            row += values.empty() ? " |" : " " + figure(median_of(values)) + " |";
        }
        if (measured) text += "| " + subject + " |" + row + "\n";
    }
    return text;
}

std::string guarantee_table() {
    std::string text =
        "\n## What each guarantees\n\nAs measured here, each as its users would set it up, without compression.\n\n"
        "| subject | stored? | ordered? | resumable? |\n|---|---|---|---|\n";
    for (const Guarantee& one : guarantees()) {
        text += "| " + one.subject + " | " + one.stored + " | " + one.ordered + " | " + one.resumable + " |\n";
    }
    return text;
}

std::string trouble_text(const Troubles& troubles) {
    std::string text;
    if (!troubles.missing.empty()) text += "\n## Not measured\n\n";
    for (const auto& [what, why] : troubles.missing) text += "- " + what + ": " + why + "\n";
    if (!troubles.wrong.empty()) text += "\n## What went wrong\n\n";
    for (const std::string& one : troubles.wrong) text += "- " + one + "\n";
    return text;
}

std::string whole_text(const std::vector<Case>& cases, const Samples& samples, const Troubles& troubles) {
    std::string text =
        "# fanout\n\n## Goals\n\nMedian [least..most] of the rounds. A/A is Marchwire over itself in the "
        "same rounds: a ratio whose goal is nearer than that strays is unresolved.\n\n";
    text += goals_table(all_goals(), samples);
    text += trouble_text(troubles);
    text +=
        "\n## Figures\n\nMedians. `us_per_delivery` and `cores` are the busy time of the server's core, `own_...` what "
        "the server's processes took; at `generator_cores` near 1 the load generator was the limit.\n";
    for (const Case& one : cases) text += case_table(one, samples);
    return text + guarantee_table();
}

std::string plot_of(const std::vector<Case>& cases, const Samples& samples) {
    const std::pair<const char*, std::pair<const char*, const char*>> wanted_panels[] = {
        {"saturated-1000", {"us_per_delivery", "CPU per delivery, 1 000 subscribers, saturated (us; less is better)"}},
        {"saturated-10000", {"us_per_delivery", "CPU per delivery, 10 000 subscribers, saturated (us)"}},
        {"many-500", {"cores", "500 events a second to 1 000 subscribers (cores)"}},
        {"idle-15000", {"bytes_per_connection", "Memory of an idle connection (bytes, without the kernel's)"}},
    };
    std::vector<BarPanel> panels;
    for (const auto& [name, what] : wanted_panels) {
        BarPanel panel{what.second, {}};
        for (const Case& one : cases) {
            if (one.name != name) continue;
            for (const std::string& subject : one.subjects) {
                const auto values = samples.of({name, subject, what.first});
                if (values.empty() || subject.ends_with("-again")) continue;
                const auto [least, most] = std::minmax_element(values.begin(), values.end());
                panel.bars.push_back({subject, median_of(values), *least, *most, subject.starts_with("marchwire")});
            }
        }
        std::stable_sort(panel.bars.begin(), panel.bars.end(),
                         [](const Bar& a, const Bar& b) { return a.value < b.value; });
        if (!panel.bars.empty()) panels.push_back(std::move(panel));
    }
    return bar_plot(panels);
}

bool tell(const Wishes& wishes, const std::vector<Case>& cases, const Samples& samples, const Troubles& troubles) {
    Report report;
    for (const SampleKey& key : samples.keys()) {
        report.add(key.measured_case, key.subject, key.metric, samples.unit(key), samples.of(key));
    }
    for (auto& [name, version] : rival_versions(wishes.places)) report.version(name, version);
    for (const auto& [what, why] : troubles.missing) report.version("not measured: " + what, why);
    if (!report.write(wishes.options, whole_text(cases, samples, troubles))) return false;
    if (wishes.options.out.empty()) return true;
    auto plot = wishes.options.out;
    std::ofstream out(plot.replace_extension(".svg"), std::ios::trunc);
    out << plot_of(cases, samples);
    return static_cast<bool>(out.flush());
}

// ---- starting ----------------------------------------------------------------------------------

/// A directory of this run, gone with it.
class ScratchDirectory {
public:
    ScratchDirectory() {
        std::string form = "bench-fanout-XXXXXX";
        if (::mkdtemp(form.data()) == nullptr) throw std::runtime_error("this directory cannot be written to");
        path_ = form;
    }
    ScratchDirectory(const ScratchDirectory&) = delete;
    ScratchDirectory& operator=(const ScratchDirectory&) = delete;
    ~ScratchDirectory() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    [[nodiscard]] const fs::path& path() const { return path_; }

private:
    fs::path path_;
};

/// Out of the server's way.
void stay_on_core_one() {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(1, &set);
    ::sched_setaffinity(0, sizeof set, &set);
}

int run(int argc, char** argv) {
    Wishes wishes;
    wishes.places = {MARCHWIRED_PATH, BENCH_LOAD_PATH, BENCH_FLOOR_PATH, BENCH_HOSTILE_PATH, BENCH_RIVALS_PATH, {}};
    std::string out;
    CLI::App app("Marchwire and its peers side by side; see bench/README.md");
    app.add_flag("--quick", wishes.options.quick, "few cases, one short round: figures are rough");
    app.add_option("--out", out, "FILE.json, and FILE.md, .machine.json, .svg beside it");
    app.add_option("--case", wishes.cases, "only this case; may be given again");
    app.add_option("--subject", wishes.subjects, "only this subject; may be given again");
    auto* rounds = app.add_option("--rounds", wishes.rounds, "how many rounds (5)")->check(CLI::Range(1, 100));
    app.add_option("--server", wishes.places.marchwired, "another marchwired");
    CLI11_PARSE(app, argc, argv);
    wishes.options.out = out;
    if (wishes.options.quick && rounds->empty()) wishes.rounds = 1;
    if (std::thread::hardware_concurrency() < 2) {
        std::fputs("fanout: two cores are needed, one for the server and one for the load\n", stderr);
        return 1;
    }
    stay_on_core_one();
    const ScratchDirectory scratch;
    wishes.places.scratch = scratch.path();
    const auto cases = chosen_cases(wishes);
    if (cases.empty()) {
        std::fputs("fanout: there is no such case; bench/README.md names them\n", stderr);
        return 2;
    }
    Samples samples;
    Troubles troubles;
    measure_all(wishes, cases, samples, troubles);
    if (!tell(wishes, cases, samples, troubles)) return 1;
    const bool own = std::any_of(troubles.wrong.begin(), troubles.wrong.end(),
                                 [](const std::string& one) { return one.find(", marchwire") != std::string::npos; });
    return own ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "fanout: %s\n", error.what());
        return 1;
    }
}
