// kill -9 at random moments under check-ins, many times: nothing acknowledged is lost, and clients resume.
//
// Exit code 0: all was there; 1: something was lost or unequal; 2: a run could not be made.
#include "fault/crowd.hpp"
#include "fault/journal.hpp"
#include "integration/real_server.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>

namespace marchwire::fault {
namespace {

constexpr unsigned runs_per_directory = 10;  // logs grow over some runs, and dumps stay short
constexpr double seconds_min = 0.2;          // before that nearly nothing is acknowledged

constexpr std::chrono::milliseconds after_resume{300};

struct Options {
    unsigned runs = 50;
    unsigned resume_runs = 20;
    unsigned rate = 500;
    unsigned marches = 60;
    double seconds_max = 3;
    std::uint64_t seed = 0;
    std::string control;
};

struct Totals {
    std::size_t acknowledged = 0;
    std::size_t resumed = 0;
    std::size_t differences = 0;
    Losses losses;
};

/// A data directory, its server and what clients were told about it.
class Stage {
public:
    Stage(unsigned marches, JournalAt journal_at) : journal_at_(journal_at) {
        server_.make_campaign();
        guests_.desk = server_.token("national_desk", "Desk 1");
        for (unsigned march = 0; march < marches; ++march) {
            const std::string slug = "city-" + std::to_string(march);
            server_.make_march(slug);
            guests_.slugs.push_back(slug);
            guests_.marshals.push_back(server_.token("side", "Side 1", 2, slug));
        }
    }

    [[nodiscard]] test::RealServer& server() { return server_; }
    [[nodiscard]] std::unique_ptr<Crowd> crowd() {
        return std::make_unique<Crowd>(server_.doors(), guests_, journal_, journal_at_);
    }
    [[nodiscard]] std::size_t journalled() const { return journal_.size(); }

    /// The whole journal against the whole log. The server does not run.
    [[nodiscard]] Losses compare() const {
        Losses losses;
        for (const std::string& slug : guests_.slugs) {
            losses += journal_.compare("flag-day/" + slug, server_.dump(slug));
        }
        return losses;
    }

private:
    test::RealServer server_;
    Guests guests_;
    Journal journal_;
    JournalAt journal_at_;
};

class KillRuns {
public:
    explicit KillRuns(const Options& options)
        : options_(options),
          journal_at_(options.control == "early" ? JournalAt::sent : JournalAt::acknowledged),
          random_(options.seed) {}

    Totals all() {
        std::optional<Stage> stage;
        for (unsigned run = 0; run < options_.runs; ++run) {
            if (run % runs_per_directory == 0) {
                finish(stage);
                stage.emplace(options_.marches, journal_at_);
            }
            one(*stage, run);
        }
        finish(stage);
        return totals_;
    }

private:
    /// Spread evenly over the runs.
    [[nodiscard]] bool resumes(unsigned run) const {
        return (run + 1) * options_.resume_runs / options_.runs > run * options_.resume_runs / options_.runs;
    }

    void one(Stage& stage, unsigned run) {
        if (!stage.server().runs()) stage.server().start();
        const auto crowd = stage.crowd();
        crowd->gather();
        const double seconds = std::uniform_real_distribution<>(seconds_min, options_.seconds_max)(random_);
        const auto moment = std::chrono::steady_clock::now() +
                            std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
        crowd->check_in(options_.rate, moment, random_);
        stage.server().kill();
        crowd->take_rest();
        const std::size_t acknowledged = crowd->acknowledged();
        const Losses losses = stage.compare();
        std::printf("run %u/%u: killed after %.3f s, %zu acknowledged, journal %zu: lost %zu, wrong %zu, twice %zu",
                    run + 1, options_.runs, seconds, acknowledged, stage.journalled(), losses.lost, losses.wrong,
                    losses.twice);
        totals_.losses += losses;
        if (resumes(run)) resume(stage, *crowd);
        totals_.acknowledged += crowd->acknowledged();
        if (crowd->refused() != 0) std::printf(", refused %zu", crowd->refused());
        std::printf("\n");
        (void)std::fflush(stdout);
    }

    void resume(Stage& stage, Crowd& crowd) {
        crowd.begin_resuming();
        stage.server().start();
        crowd.resume();
        const auto fresh = stage.crowd();
        fresh->gather();
        if (options_.control == "frozen") crowd.freeze();
        // Who resumed must also hear what happens from now on.
        fresh->check_in(options_.rate, std::chrono::steady_clock::now() + after_resume, random_);
        fresh->resume();
        const std::size_t differences = crowd.differences(*fresh, stage.server()) + crowd.broken_resumes();
        std::printf("; %zu clients resumed, %zu broken, differences %zu", crowd.clients(), crowd.broken_resumes(),
                    differences);
        totals_.acknowledged += fresh->acknowledged();
        totals_.resumed += crowd.clients();
        totals_.differences += differences;
    }

    /// What was acknowledged after the last restart must be there too.
    void finish(std::optional<Stage>& stage) {
        if (!stage) return;
        if (stage->server().runs()) {
            stage->server().kill();
            const Losses losses = stage->compare();
            std::printf("after the last of these runs: lost %zu, wrong %zu, twice %zu\n", losses.lost, losses.wrong,
                        losses.twice);
            totals_.losses += losses;
        }
        stage.reset();
    }

    Options options_;
    JournalAt journal_at_;
    std::mt19937_64 random_;
    Totals totals_;
};

void read_options(CLI::App& app, Options& options) {
    app.add_option("--runs", options.runs, "how often the server is killed")->check(CLI::PositiveNumber);
    app.add_option("--resume-runs", options.resume_runs, "in how many of them clients resume");
    app.add_option("--rate", options.rate, "check-ins a second, over all marches")->check(CLI::PositiveNumber);
    app.add_option("--marches", options.marches, "one marshal each")->check(CLI::Range(1, 79));
    app.add_option("--seconds-max", options.seconds_max, "the latest moment of a kill")->check(CLI::Range(0.5, 600.0));
    app.add_option("--seed", options.seed, "of the moments and check-ins; without it a new one");
    app.add_option("--control", options.control,
                   "must fail; early: takes commands for acknowledged when sent; frozen: who resumed hears no more")
        ->check(CLI::IsMember({"early", "frozen"}));
}

int run(const Options& options) {
    const Totals totals = KillRuns(options).all();
    const Losses& losses = totals.losses;
    std::printf("seed %llu\n", static_cast<unsigned long long>(options.seed));
    if (totals.acknowledged == 0) throw std::runtime_error("nothing was acknowledged: these runs say nothing");
    std::printf("in all: lost %zu, wrong %zu, twice %zu, differences %zu\n", losses.lost, losses.wrong, losses.twice,
                totals.differences);
    // A row of the ledger.
    std::printf("| %u | %zu | %zu | %zu | %zu | %zu | %zu |\n", options.runs, totals.acknowledged, losses.lost,
                losses.wrong, losses.twice, totals.resumed, totals.differences);
    return losses.any() || totals.differences != 0 ? 1 : 0;
}

}  // namespace
}  // namespace marchwire::fault

int main(int argc, char** argv) {
    marchwire::fault::Options options;
    options.seed = std::random_device{}();
    CLI::App app("Kills a server under load and looks for what it acknowledged.");
    marchwire::fault::read_options(app, options);
    CLI11_PARSE(app, argc, argv);
    try {
        return marchwire::fault::run(options);
    } catch (const std::exception& e) {
        std::fprintf(stderr, "kill_runs, seed %llu: %s\n", static_cast<unsigned long long>(options.seed), e.what());
        return 2;
    }
}
