// The demo day on three servers behind HAProxy, of which one is killed every minute: watchers move from one to another
// and must end with the folds that the logs give.
//
// Exit code 0: so it was, and every kind of trouble came up; 1: a fold differs, a takeover was late, or a kind of
// trouble did not come up; 2: the run could not be made; 77: HAProxy is not installed.
#include "fault/day_people.hpp"
#include "fault/day_stage.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace marchwire::fault {
namespace {

using Steady = std::chrono::steady_clock;
using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds back_within = seconds(5);  // a takeover, and Redis (issue 4)
constexpr milliseconds kill_patience = seconds(30);
constexpr milliseconds lost_of_redis = seconds(2);
constexpr milliseconds lease_over = seconds(3);  // who kept a march before the fault keeps it no more
constexpr int cuts_at_most = 10;
constexpr milliseconds between_cuts{200};
constexpr milliseconds answers_on_their_way{200};  // of what the old Redis had stored
/// More than servers read back when they open a march (limits::window_at_opening).
constexpr std::uint64_t slept_at_least = 1'100;
constexpr std::size_t watched_marches = 12;
constexpr int exit_skipped = 77;

struct Options {
    unsigned seconds = 600;
    unsigned every = 60;
    double rate = 20;
    std::string control;
};

class DayRun {
public:
    explicit DayRun(const Options& options)
        : options_(options), stage_(options.rate), people_(stage_, watched_of(stage_)) {}

    int all() {
        begin();
        for (unsigned kill = 0; kill < kills(); ++kill) one(kill);
        finish();
        return report();
    }

private:
    [[nodiscard]] unsigned kills() const { return options_.seconds / options_.every; }

    /// Those with a route first, since most happens there.
    static std::vector<std::string> watched_of(DayStage& stage) {
        std::vector<std::string> watched;
        for (const bool with_route : {true, false}) {
            for (const std::string& march : stage.marches()) {
                if (watched.size() == watched_marches) return watched;
                if (stage.state(0, march).contains("activeRoute") == with_route) watched.push_back(march);
            }
        }
        return watched;
    }

    void fail(const std::string& what) {
        std::fprintf(stderr, "day_runs: %s\n", what.c_str());
        failed_ = true;
    }

    void need(const std::function<bool()>& holds, const std::string& what) {
        if (!people_.until(holds, kill_patience)) throw std::runtime_error("within 30 s there was no " + what);
    }

    void begin() {
        need([this] { return stage_.all_kept(); }, "keeper of every march");
        people_.gather();
        stage_.start_simulation();
        people_.fall_asleep();
        people_.begin_writing();
        need([this] { return people_.slept_through() > slept_at_least; }, "long sleep");
        std::printf("%zu marches, %zu watchers; %s is written to at all servers\n", stage_.marches().size(),
                    people_.watchers(), watched_of(stage_).front().c_str());
        began_ = Steady::now();
    }

    /// Waits until so much of this kill's time has gone.
    void wait_until(unsigned kill, double share) {
        const auto moment = began_ + duration_cast<milliseconds>(seconds(options_.every) * (kill + share));
        const auto now = Steady::now();
        if (moment > now) people_.run_for(duration_cast<milliseconds>(moment - now));
    }

    void one(unsigned kill) {
        need([this] { return stage_.all_kept(); }, "keeper of every march");
        const std::size_t server = kill % DayStage::servers;
        const Takeover takeover = stage_.kill(server, kill_patience,
                                              [this](milliseconds time) { people_.run_for(time); });
        takeovers_ += takeover.marches;
        latest_ = std::max(latest_, takeover.within);
        if (!takeover.whole || takeover.within > back_within) fail("a takeover took more than 5 s");
        wait_until(kill, 0.5);
        stage_.start(server);
        std::printf("kill %u/%u: server %zu, %zu marches taken over within %lld ms\n", kill + 1, kills(), server + 1,
                    takeover.marches, static_cast<long long>(takeover.within.count()));
        if (kill % 2 == 0) cut_subscriptions();
        wait_until(kill, 0.75);
        if (kill == kills() / 2) lose_end();
        (void)std::fflush(stdout);
        wait_until(kill, 1);
    }

    /// Until somebody missed an entry by it: whether one is told just then is chance.
    void cut_subscriptions() {
        const double before = stage_.figures().gap_fills;
        for (int cut = 0; cut < cuts_at_most && stage_.figures().gap_fills <= before; ++cut) {
            stage_.cut_subscriptions();
            people_.run_for(between_cuts);
        }
    }

    /// Redis dies, and comes back with what it had two seconds before.
    void lose_end() {
        stage_.remember();
        people_.run_for(lost_of_redis);
        const DayFigures before = stage_.figures();
        stage_.put_back();
        const auto back = Steady::now();
        people_.run_for(answers_on_their_way);
        const std::vector<std::size_t> accepted = people_.accepted();
        need(
            [&] {
                const auto now = people_.accepted();
                return std::ranges::equal(now, accepted, std::ranges::greater());
            },
            "answer of every server after Redis came back");
        const auto within = duration_cast<milliseconds>(Steady::now() - back);
        if (within > back_within) fail("a server took more than 5 s to go on with Redis");
        // What was sent while Redis was away was not contended.
        const DayFigures after = stage_.figures();
        sent_again_ += (after.append_tries - before.append_tries) - (after.appends - before.appends);
        std::printf("Redis lost its end: all servers go on after %lld ms, %.0f repairs\n",
                    static_cast<long long>(within.count()), after.repairs - before.repairs);
        people_.run_for(lease_over);
        need([this] { return stage_.all_kept(); }, "keeper of every march");
    }

    void finish() {
        people_.end_writing();
        stage_.stop_simulation();
        figures_ = stage_.figures();
        people_.wake_up();
        told_ = people_.told();
        const auto mark = stage_.redis().ask({"GET", "mw:keys"});
        DayLog log(stage_.redis().settings(), mark.text, stage_.keys_file(),
                   options_.control == "notices" ? Entries::without_notices : Entries::all);
        folds_ = people_.compare(log);
    }

    int report() {
        const auto contended = static_cast<long long>(figures_.append_tries - figures_.appends - sent_again_);
        const auto whole = [](double figure) { return static_cast<long long>(figure); };
        std::printf("takeovers             %zu marches, the latest within %lld ms\n", takeovers_,
                    static_cast<long long>(latest_.count()));
        std::printf("contended appends     %lld of %lld\n", contended, whole(figures_.append_tries));
        std::printf("entries               %lld\n", whole(figures_.entries));
        std::printf("gap fills             %lld by servers; %zu by clients\n", whole(figures_.gap_fills), told_.gaps);
        std::printf(
            "discontinuities       history_changed %zu, history_trimmed %zu, fell_behind %zu; servers read %lld "
            "logs anew\n",
            told_.history_changed, told_.history_trimmed, told_.fell_behind, whole(figures_.histories_changed));
        std::printf("repairs               %lld, by which %zu entries of watched marches were found lost\n",
                    whole(figures_.repairs), folds_.lost);
        std::printf("watchers              %zu, of which %zu moved, %zu times\n", people_.watchers(),
                    told_.watchers_moved, told_.moves);
        std::printf("folds equal           %zu of %zu\n", folds_.equal, folds_.compared);
        judge(contended);
        // A row of the ledger.
        std::printf("| %.1f | %u | %zu | %lld | %lld | %zu | %lld | %lld | %zu | %zu of %zu |\n",
                    options_.seconds / 60.0, kills(), takeovers_, contended, whole(figures_.gap_fills),
                    told_.discontinuities(), whole(figures_.repairs), whole(figures_.entries), people_.watchers(),
                    folds_.equal, folds_.compared);
        return failed_ ? 1 : 0;
    }

    void judge(long long contended) {
        if (folds_.equal != folds_.compared || folds_.compared == 0) fail("folds differ");
        if (takeovers_ == 0) fail("nothing was taken over");
        if (contended <= 0) fail("no append was contended");
        if (figures_.gap_fills == 0) fail("no gap was filled");
        if (told_.history_trimmed == 0) fail("who slept was not told that the history was trimmed");
        if (figures_.repairs == 0) fail("no log was repaired");
        // Each server was killed once: whoever came in by HAProxy was on one of them.
        const bool all_killed = kills() >= DayStage::servers;
        if (all_killed && told_.watchers_moved + 1 < people_.watchers()) fail("a watcher was never moved");
    }

    Options options_;
    DayStage stage_;
    DayPeople people_;
    Steady::time_point began_;
    std::size_t takeovers_ = 0;
    milliseconds latest_{0};
    double sent_again_ = 0;
    DayFigures figures_;
    Told told_;
    Folds folds_;
    bool failed_ = false;
};

void read_options(CLI::App& app, Options& options) {
    app.add_option("--seconds", options.seconds, "how long the day is")->check(CLI::Range(6, 86'400));
    app.add_option("--every", options.every, "seconds between two kills")->check(CLI::Range(6, 3'600));
    app.add_option("--rate", options.rate, "how much faster than real time the day runs")
        ->check(CLI::Range(1.0, 600.0));
    app.add_option("--control", options.control, "must fail; notices: the logs are folded without their notices")
        ->check(CLI::IsMember({"notices"}));
}

}  // namespace
}  // namespace marchwire::fault

int main(int argc, char** argv) {
    marchwire::fault::Options options;
    CLI::App app("Plays the demo day on three servers behind HAProxy and kills one after the other.");
    marchwire::fault::read_options(app, options);
    CLI11_PARSE(app, argc, argv);
    try {
        if (marchwire::test::run_program({"haproxy", "-v"}).exit_code != 0) {
            std::printf("skipped: HAProxy is not installed\n");
            return marchwire::fault::exit_skipped;
        }
        return marchwire::fault::DayRun(options).all();
    } catch (const std::exception& e) {
        std::fprintf(stderr, "day_runs: %s\n", e.what());
        return 2;
    }
}
