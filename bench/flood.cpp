// 500 marshals of one march work and log in while 5 000 hostile connections stand in the doors: are they served, and
// how long does it take? On the real server, with its log on a disk; beside it the same without anybody hostile.
#include "support/flood.hpp"
#include "fanout/march_stage.hpp"
#include "support/report.hpp"
#include "support/server_child.hpp"
#include "support/staff_crowd.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace marchwire;
using bench::MarchStage;
using bench::StaffCrowd;
using test::StaffClient;
using Clock = StaffCrowd::Clock;
using std::chrono::milliseconds;
using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr std::uint32_t marshals = 500;
constexpr std::size_t hostile = 5'000;
constexpr double check_ins_per_second = 100;
constexpr milliseconds logs_in_every{200};
constexpr std::uint64_t first_device = 100'000;

[[noreturn]] void give_up(const std::string& why) {
    std::fprintf(stderr, "flood: %s\n", why.c_str());
    std::exit(1);
}

double ms_since(Clock::time_point begun) { return Milliseconds(Clock::now() - begun).count(); }

/// What was measured in one round.
struct Round {
    std::vector<double> check_ins;
    std::vector<double> log_ins;
    std::size_t said = 0;
    std::size_t shown = 0;
};

/// People who come anew, one after the other, on a thread of their own.
class Newcomers {
public:
    Newcomers(std::uint16_t port, const std::vector<std::string>& tokens, std::uint64_t first)
        : thread_([this, port, &tokens, first] {
              for (std::uint64_t i = 0; !over_; ++i) {
                  const auto begun = Clock::now();
                  const StaffClient client(port, tokens[i % tokens.size()], first + i,
                                           "marshal/" + MarchStage::march_log);
                  times_.push_back(ms_since(begun));
                  std::this_thread::sleep_until(begun + logs_in_every);
              }
          }) {}
    Newcomers(const Newcomers&) = delete;
    Newcomers& operator=(const Newcomers&) = delete;
    ~Newcomers() = default;
    std::vector<double> stop() {
        over_ = true;
        thread_.join();
        return std::move(times_);
    }

private:
    std::atomic<bool> over_{false};
    std::vector<double> times_;
    std::thread thread_;
};

class Siege {
public:
    explicit Siege(const std::filesystem::path& directory)
        : server_(MARCHWIRED_PATH, directory),
          stage_(server_.data().string(), 1),
          tokens_(stage_.marshal_tokens(marshals)) {
        const std::string lead_token = stage_.lead_token();
        (void)stage_.step_off(server_.staff_port(), lead_token);
        for (const std::string& token : tokens_) {
            crowd_.add(StaffClient(server_.staff_port(), token, ++devices_, ""));
        }
        lead_ = crowd_.add(StaffClient(server_.staff_port(), lead_token, ++devices_, "ops/" + MarchStage::march_log));
    }
    void begin_flood() {
        const std::string host = "127.0.0.1:";
        flood_ = std::make_unique<test::Flood>(
            test::Flood::Target{host + std::to_string(server_.followers_port()),
                                host + std::to_string(server_.staff_port()), "public/" + MarchStage::march_log},
            hostile);
        const auto until = Clock::now() + std::chrono::seconds(3);
        crowd_.receive(until, [](std::size_t, const v1::Item&) {});
        while (Clock::now() < until) crowd_.receive(until, [](std::size_t, const v1::Item&) {});
    }
    [[nodiscard]] const test::Flood& flood() const { return *flood_; }

    /// Check-ins fall due evenly, and each counts from when it was due.
    Round go_on(double seconds) {
        Round round;
        Newcomers newcomers(server_.staff_port(), tokens_, devices_ += 10'000);
        devices_ += 10'000;
        const auto begin = Clock::now();
        const auto all = static_cast<std::size_t>(seconds * check_ins_per_second);
        for (; round.said < all; ++round.said) {
            const auto due = begin + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(
                                         static_cast<double>(round.said) / check_ins_per_second));
            do {
                receive(due, round);
            } while (Clock::now() < due);
            const std::size_t who = round.said % marshals;
            v1::Command command;
            command.mutable_check_in()->set_report(v1::MOVING);
            due_[{who, crowd_[who].put(MarchStage::march_log, std::move(command))}] = due;
            crowd_[who].flush();
        }
        const auto latest = Clock::now() + std::chrono::seconds(10);
        while ((!due_.empty() || round.shown < all) && Clock::now() < latest) receive(latest, round);
        if (!due_.empty()) give_up(std::to_string(due_.size()) + " check-ins were not answered");
        round.log_ins = newcomers.stop();
        return round;
    }

private:
    void receive(Clock::time_point until, Round& round) {
        crowd_.receive(until, [&](std::size_t who, const v1::Item& item) {
            if (who == lead_ && item.has_entry() && item.entry().event().has_checked_in()) ++round.shown;
            if (!item.has_reply()) return;
            if (item.reply().has_error()) give_up("refused: " + item.reply().error().message());
            const auto found = due_.find({who, item.reply().id().counter()});
            if (found == due_.end()) return;
            round.check_ins.push_back(ms_since(found->second));
            due_.erase(found);
        });
    }

    bench::ServerChild server_;
    MarchStage stage_;
    std::vector<std::string> tokens_;
    StaffCrowd crowd_;
    std::unique_ptr<test::Flood> flood_;
    std::map<std::pair<std::size_t, std::uint64_t>, Clock::time_point> due_;
    std::uint64_t devices_ = first_device;
    std::size_t lead_ = 0;
};

void measure(Siege& siege, const std::string& what, const bench::Options& options, bench::Report& report) {
    std::vector<double> command_p50, command_p99, login_p99, shown;
    for (int i = 0; i < options.rounds(5, 1); ++i) {
        const Round round = siege.go_on(options.quick ? 5 : 20);
        command_p50.push_back(bench::percentile_of(round.check_ins, 0.5));
        command_p99.push_back(bench::percentile_of(round.check_ins, 0.99));
        login_p99.push_back(bench::percentile_of(round.log_ins, 0.99));
        shown.push_back(100.0 * static_cast<double>(round.shown) / static_cast<double>(round.said));
    }
    report.add(what, "marchwire", "check-in, due to OK, p50", "ms", command_p50);
    report.add(what, "marchwire", "check-in, due to OK, p99", "ms", command_p99);
    report.add(what, "marchwire", "log-in with its feed asked for, p99", "ms", login_p99);
    report.add(what, "marchwire", "check-ins shown on the dashboard", "%", shown);
}

}  // namespace

int main(int argc, char** argv) {
    const auto options = bench::read_options(argc, argv);
    const bench::Scratch scratch(".");
    bench::Report report;
    Siege siege(scratch.path());
    measure(siege, "500 marshals, nobody hostile", options, report);
    siege.begin_flood();
    const std::string what = "500 marshals, 5 000 hostile connections";
    measure(siege, what, options, report);
    report.add(what, "marchwire", "hostile connections open at the end", "",
               std::vector{static_cast<double>(siege.flood().open())});
    for (const auto& [attack, name] :
         {std::pair{test::Attack::half_open, "half open"}, std::pair{test::Attack::slow_header, "slow header"},
          std::pair{test::Attack::wrong_token, "wrong token"},
          std::pair{test::Attack::subscribe_storm, "subscribe storm"}}) {
        report.add(what, "marchwire", std::string("sent away, ") + name, "",
                   std::vector{static_cast<double>(siege.flood().sent_away(attack))});
    }
    return report.write(options) ? 0 : 1;
}
