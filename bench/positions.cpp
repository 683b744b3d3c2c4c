// Positions of one march, each marshal's once a second: what do ingest, plausibility, column and alerts cost the real
// server, and how old is a position when a dashboard has it?
#include "fanout/march_stage.hpp"
#include "support/accounting.hpp"
#include "support/report.hpp"
#include "support/server_child.hpp"
#include "support/staff_crowd.hpp"

#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace marchwire;
using bench::MarchStage;
using bench::StaffCrowd;
using test::StaffClient;
using Clock = StaffCrowd::Clock;
using Seconds = std::chrono::duration<double>;

constexpr std::uint32_t ends = 3;  ///< HEAD marshals, and TAIL marshals
constexpr double walks_metres_per_second = 1.1;
constexpr double column_metres = 800;
constexpr double noise_metres = 8;
/// Beyond those of the stage.
constexpr std::uint64_t first_device = 100'000;

std::int64_t utc_us() {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(since).count();
}

/// A march under way on its street, so many phones, and a city lead who follows ops.
class Walk {
public:
    Walk(const std::filesystem::path& directory, std::uint32_t marshals)
        : server_(MARCHWIRED_PATH, directory), stage_(server_.data().string(), 1) {
        const std::string lead_token = stage_.lead_token();
        auto tokens = stage_.marshal_tokens(ends, v1::HEAD, 1);
        for (const auto& [count, role, section] :
             {std::tuple{marshals - 2 * ends, v1::SIDE, 0U}, std::tuple{ends, v1::TAIL, 5U}}) {
            for (auto& token : stage_.marshal_tokens(count, role, section)) tokens.push_back(std::move(token));
        }
        stage_.open_street(server_.staff_port(), lead_token);
        (void)stage_.step_off(server_.staff_port(), lead_token);
        for (const std::string& token : tokens) {
            const std::size_t who = crowd_.add(StaffClient(server_.staff_port(), token, first_device + marshals_, ""));
            v1::Command on_post;
            on_post.mutable_check_in()->set_report(v1::MOVING);
            (void)crowd_[who].ask(MarchStage::march_log, on_post);
            ++marshals_;
        }
        lead_ = crowd_.add(
            StaffClient(server_.staff_port(), lead_token, first_device - 1, "ops/" + MarchStage::march_log));
    }

    /// Everybody reports once a second, evenly spread over it; the ages of what the dashboard got, in ms.
    std::vector<double> go_on(double seconds) {
        std::vector<double> ages;
        const auto begin = Clock::now();
        const auto per_second = static_cast<double>(marshals_);
        const auto reports = static_cast<std::uint64_t>(seconds * per_second);
        for (std::uint64_t i = 0; i < reports; ++i) {
            const auto due = begin +
                             std::chrono::duration_cast<Clock::duration>(Seconds(static_cast<double>(i) / per_second));
            const auto take = [&](std::size_t who, const v1::Item& item) {
                if (who != lead_ || !item.has_marshal_position()) return;
                ages.push_back(static_cast<double>(utc_us()) / 1'000 -
                               static_cast<double>(item.marshal_position().fix_at_ms()));
            };
            do {
                crowd_.receive(due, take);
            } while (Clock::now() < due);
            report(i % marshals_, walked_ + static_cast<double>(i) / per_second);
        }
        walked_ += seconds;
        return ages;
    }
    [[nodiscard]] pid_t server() const { return server_.process(); }

private:
    void report(std::size_t who, double second) {
        std::normal_distribution<double> off(0, noise_metres);
        const double behind = column_metres * static_cast<double>(who) / static_cast<double>(marshals_);
        const double along = column_metres - behind +
                             std::fmod(second * walks_metres_per_second, MarchStage::street_metres - column_metres);
        constexpr double units = 1e7;
        v1::Fix fix;
        const double east = along + off(random_), north = off(random_);
        fix.mutable_at()->set_lat_e7(
            static_cast<std::int32_t>(std::lround((MarchStage::street_lat + north / 111'000) * units)));
        fix.mutable_at()->set_lon_e7(static_cast<std::int32_t>(
            std::lround((MarchStage::street_lon + east / MarchStage::metres_per_degree) * units)));
        fix.set_accuracy_metres(10);
        fix.set_fix_at_ms(utc_us() / 1'000);
        crowd_[who].report_position(MarchStage::march_log, fix);
        crowd_[who].flush();
    }

    bench::ServerChild server_;
    MarchStage stage_;
    StaffCrowd crowd_;
    std::size_t marshals_ = 0, lead_ = 0;
    double walked_ = 0;
    std::mt19937 random_{2018};
};

void measure(std::uint32_t marshals, const bench::Options& options, bench::Report& report) {
    const bench::Scratch scratch(".");
    Walk walk(scratch.path(), marshals);
    (void)walk.go_on(options.quick ? 3 : 15);
    std::vector<double> core, p50, p99, seen;
    for (int round = 0; round < options.rounds(5, 1); ++round) {
        const double seconds = options.quick ? 5 : 20;
        const std::array processes{walk.server()};
        const bench::CpuMeter cpu(processes, 0);
        const auto ages = walk.go_on(seconds);
        core.push_back(static_cast<double>(cpu.processes_ns()) / 1e7 / seconds);
        p50.push_back(bench::percentile_of(ages, 0.5));
        p99.push_back(bench::percentile_of(ages, 0.99));
        seen.push_back(100.0 * static_cast<double>(ages.size()) / (seconds * marshals));
    }
    const std::string what = std::to_string(marshals) + " marshals of one march at 1 Hz, one ops dashboard";
    report.add(what, "marchwire", "of one core, the whole server", "%", core);
    report.add(what, "marchwire", "position to dashboard, p50", "ms", p50);
    report.add(what, "marchwire", "position to dashboard, p99", "ms", p99);
    report.add(what, "marchwire", "positions that the dashboard got", "%", seen);
}

}  // namespace

int main(int argc, char** argv) {
    const auto options = bench::read_options(argc, argv);
    bench::Report report;
    measure(1'000, options, report);
    if (!options.quick) measure(4'900, options, report);
    return report.write(options) ? 0 : 1;
}
