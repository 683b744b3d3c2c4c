// The whole way of a check-in in the real server: sent by a phone, synced, acknowledged, seen by an ops subscriber.
// How long it takes at 500 a second, and how many a second there can be. Beside it what one sync costs.
#include "support/report.hpp"
#include "support/server_child.hpp"
#include "support/staff_crowd.hpp"

#include "admin_client.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <functional>
#include <random>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace {

using namespace marchwire;
namespace fs = std::filesystem;
using Json = nlohmann::json;
using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr std::size_t marshals = 500;
constexpr double asked_per_second = 500;
constexpr std::size_t in_flight = 8;  // of each marshal: 4 000 on the desk, which takes 8 192
const std::string march_name = "flag-day/st-louis-mo";

[[noreturn]] void give_up(const std::string& why) {
    std::fprintf(stderr, "check_in: %s\n", why.c_str());
    std::exit(1);
}

std::int64_t utc_ms() {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

// ---- setting up --------------------------------------------------------------------------------

Json ask(cli::AdminClient& admin, const Json& request) {
    auto answer = admin.ask(request);
    if (!answer) give_up(request.dump() + ": " + answer.error().message);
    return *answer;
}

std::string token(cli::AdminClient& admin, const char* role, const std::string& callsign, std::size_t section) {
    const Json request{{"verb", "token_create"}, {"campaign", "flag-day"}, {"march", "st-louis-mo"}, {"role", role},
                       {"callsign", callsign},   {"section", section},     {"expires_ms", 0U}};
    return ask(admin, request).at("token");
}

void make_march(cli::AdminClient& admin) {
    const Json campaign{{"name", "Flag Day"}, {"organiser", "We"}, {"wave", 1}};
    ask(admin, {{"verb", "command"}, {"log", "flag-day"}, {"command", {{"createCampaign", {{"spec", campaign}}}}}});
    const Json spec{{"city", "St. Louis"}, {"state", "MO"}, {"tz", "America/Chicago"}, {"kind", "IN_PERSON"}};
    const Json create{{"createMarch", {{"spec", spec}, {"sections", 5}}}};
    ask(admin, {{"verb", "command"}, {"log", march_name}, {"command", create}});
}

/// The tokens of the marshals in turn, and last the lead's.
std::vector<std::string> make_tokens(cli::AdminClient& admin) {
    constexpr std::size_t sections = 5;
    std::vector<std::string> tokens;
    for (std::size_t i = 0; i < marshals; ++i) {
        tokens.push_back(token(admin, "side", "marshal " + std::to_string(i), i % sections + 1));
    }
    tokens.push_back(token(admin, "city-lead", "lead", 0));
    return tokens;
}

/// Everybody who is there: the marshals, and one city lead who follows ops.
class Crowd : public bench::StaffCrowd {
public:
    /// `following`: each marshal follows the own feed; else only replies come to them.
    Crowd(std::uint16_t port, const std::vector<std::string>& tokens, bool following) {
        static std::uint64_t device = 0;
        for (std::size_t i = 0; i < marshals; ++i) {
            add(test::StaffClient(port, tokens[i], ++device, following ? "marshal/" + march_name : ""));
        }
        add(test::StaffClient(port, tokens[marshals], ++device, "ops/" + march_name));
    }
};

// ---- measuring ---------------------------------------------------------------------------------

/// The check-ins of one run: when each should have been sent, was answered, and was seen on ops.
class Run {
public:
    explicit Run(std::size_t check_ins) : due_(check_ins), replied_(check_ins), seq_(check_ins), waiting_(marshals) {}

    void sent(std::size_t who, std::uint64_t counter, std::size_t number, Clock::time_point due) {
        due_[number] = due;
        waiting_[who].emplace(counter, number);
    }

    /// True: `who` has had a reply.
    bool take(std::size_t who, const v1::Item& item) {
        if (item.has_reply()) {
            const auto& reply = item.reply();
            if (!reply.has_accepted()) give_up("a check-in was refused: " + reply.error().message());
            if (reply.accepted().level() < v1::SYNCED) give_up("a check-in was not synced");
            const auto found = waiting_[who].find(reply.id().counter());
            if (found == waiting_[who].end()) give_up("a reply to nothing");
            replied_[found->second] = Clock::now();
            seq_[found->second] = reply.accepted().position().seq();
            waiting_[who].erase(found);
            ++replies_;
            return true;
        }
        const bool is_lead = who == marshals;
        if (is_lead && item.has_entry() && item.entry().event().has_checked_in())
            seen_.emplace(item.position().seq(), Clock::now());
        return false;
    }

    [[nodiscard]] bool is_over() const { return replies_ == due_.size() && seen_.size() >= due_.size(); }

    [[nodiscard]] std::vector<double> reply_ms() const {
        std::vector<double> all;
        for (std::size_t i = 0; i < due_.size(); ++i) all.push_back(Milliseconds(replied_[i] - due_[i]).count());
        return all;
    }
    [[nodiscard]] std::vector<double> seen_ms() const {
        std::vector<double> all;
        for (std::size_t i = 0; i < due_.size(); ++i) {
            const auto found = seen_.find(seq_[i]);
            if (found == seen_.end()) give_up("a check-in was acknowledged and never seen on ops");
            all.push_back(Milliseconds(found->second - due_[i]).count());
        }
        return all;
    }

private:
    std::vector<Clock::time_point> due_, replied_;
    std::vector<std::uint64_t> seq_;
    std::unordered_map<std::uint64_t, Clock::time_point> seen_;
    std::vector<std::unordered_map<std::uint64_t, std::size_t>> waiting_;
    std::size_t replies_ = 0;
};

void finish(Crowd& crowd, Run& run) {
    const auto deadline = Clock::now() + std::chrono::seconds(20);
    while (!run.is_over()) {
        if (Clock::now() > deadline) give_up("not all check-ins were answered and seen within 20 s");
        crowd.receive(deadline, [&](std::size_t who, const v1::Item& item) { run.take(who, item); });
    }
}

/// Open loop: check-ins come at random times whether or not the ones before were answered, and each is measured from
/// when it was due, so that a pause of the server counts for all that it held up.
Run at_the_asked_rate(Crowd& crowd, std::size_t check_ins) {
    static std::mt19937_64 random(20180614);
    std::exponential_distribution<double> gap(asked_per_second);
    Run run(check_ins);
    auto due = Clock::now();
    for (std::size_t i = 0; i < check_ins; ++i) {
        due += std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(gap(random)));
        do {
            crowd.receive(due, [&](std::size_t who, const v1::Item& item) { run.take(who, item); });
        } while (Clock::now() < due);
        const std::size_t who = i % marshals;
        run.sent(who, crowd[who].check_in(march_name, utc_ms()), i, due);
        crowd[who].flush();
    }
    finish(crowd, run);
    return run;
}

/// Closed loop: every marshal keeps `in_flight` check-ins on the way. Per second, acknowledged and seen.
double as_fast_as_it_goes(Crowd& crowd, std::size_t each) {
    const std::size_t check_ins = each * marshals;
    Run run(check_ins);
    std::vector<std::size_t> made(marshals);
    std::size_t number = 0;
    const auto send = [&](std::size_t who) {
        ++made[who];
        run.sent(who, crowd[who].check_in(march_name, utc_ms()), number++, Clock::now());
    };
    const auto start = Clock::now();
    for (std::size_t who = 0; who < marshals; ++who) {
        while (made[who] < std::min(each, in_flight)) send(who);
        crowd[who].flush();
    }
    const auto deadline = start + std::chrono::minutes(2);
    while (!run.is_over()) {
        if (Clock::now() > deadline) give_up("not all check-ins were answered and seen within two minutes");
        std::vector<std::size_t> ready;
        crowd.receive(deadline, [&](std::size_t who, const v1::Item& item) {
            if (!run.take(who, item) || made[who] == each) return;
            send(who);
            ready.push_back(who);
        });
        for (const std::size_t who : ready) crowd[who].flush();
    }
    return static_cast<double>(check_ins) / std::chrono::duration<double>(Clock::now() - start).count();
}

/// 4 KB written over blocks of a file beside the log and synced, as a WAL in use does it; of each the milliseconds.
std::vector<double> syncs(const fs::path& directory, int times) {
    const int file = ::open((directory / "floor").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    const std::string block(4096, 'x');
    const auto write_at = [&](int number) {
        if (::pwrite(file, block.data(), block.size(), number * 4096L) != 4096) give_up("the disk took no 4 KB");
    };
    for (int i = 0; i < times; ++i) write_at(i);
    if (::fsync(file) != 0) give_up("the disk did not sync");
    std::vector<double> all;
    for (int i = 0; i < times; ++i) {
        const auto start = Clock::now();
        write_at(i);
        if (::fdatasync(file) != 0) give_up("the disk did not sync");
        all.push_back(Milliseconds(Clock::now() - start).count());
    }
    ::close(file);
    return all;
}

double cpu_seconds() {
    timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

struct Latency {
    std::vector<double> reply_p50, reply_p99, seen_p50, seen_p99, sync_p50, sync_p99, p50_ratio, p99_ratio;

    void measure(const bench::Options& options, const fs::path& directory, Crowd& crowd) {
        const auto synced = syncs(directory, options.quick ? 300 : 2'000);
        const Run run = at_the_asked_rate(crowd, options.quick ? 1'500 : 10'000);
        const auto replies = run.reply_ms();
        const auto seen = run.seen_ms();
        sync_p50.push_back(bench::percentile_of(synced, 0.5));
        sync_p99.push_back(bench::percentile_of(synced, 0.99));
        reply_p50.push_back(bench::percentile_of(replies, 0.5));
        reply_p99.push_back(bench::percentile_of(replies, 0.99));
        seen_p50.push_back(bench::percentile_of(seen, 0.5));
        seen_p99.push_back(bench::percentile_of(seen, 0.99));
        p50_ratio.push_back(reply_p50.back() / sync_p50.back());
        p99_ratio.push_back(reply_p99.back() / sync_p99.back());
    }

    void tell(const std::string& what, bench::Report& report) const {
        report.add(what, "marchwire", "due to reply, p50", "ms", reply_p50);
        report.add(what, "marchwire", "due to reply, p99", "ms", reply_p99);
        report.add(what, "marchwire", "due to seen on ops, p50", "ms", seen_p50);
        report.add(what, "marchwire", "due to seen on ops, p99", "ms", seen_p99);
        report.add(what, "floor", "one fdatasync of 4 KB, p50", "ms", sync_p50);
        report.add(what, "floor", "one fdatasync of 4 KB, p99", "ms", sync_p99);
        report.add(what, "marchwire", "reply p50 over the floor's", "ratio", p50_ratio);
        report.add(what, "marchwire", "reply p99 over the floor's", "ratio", p99_ratio);
    }
};

void measure(const bench::Options& options, const fs::path& directory, const bench::ServerChild& server,
             bench::Report& report) {
    cli::AdminClient admin(server.data().string());
    make_march(admin);
    const auto tokens = make_tokens(admin);
    const std::string crowd_of = "check-ins of 500 marshals in one march, one ops subscriber, fsync, ";
    Latency alone;
    std::vector<double> throughput;
    std::vector<double> own_cpu;
    {
        Crowd crowd(server.staff_port(), tokens, false);
        as_fast_as_it_goes(crowd, 1);  // puts everybody on duty
        for (int round = 0; round < options.rounds(5, 1); ++round) {
            alone.measure(options, directory, crowd);
            // The bucket of a session holds 400 commands and gains 20 a second: after the slow run so many are there.
            const std::size_t each = options.quick ? 40 : 200;
            const double cpu = cpu_seconds();
            throughput.push_back(as_fast_as_it_goes(crowd, each));
            const double took = static_cast<double>(each * marshals) / throughput.back();
            own_cpu.push_back((cpu_seconds() - cpu) / took);
        }
    }
    Latency following;
    Crowd crowd(server.staff_port(), tokens, true);
    for (int round = 0; round < options.rounds(3, 1); ++round) following.measure(options, directory, crowd);

    alone.tell(crowd_of + "500/s at random times", report);
    following.tell(crowd_of + "500/s at random times, each marshal follows the own feed", report);
    const std::string bursts = crowd_of + "bursts of 200 each with 8 on the way";
    report.add(bursts, "marchwire", "acknowledged, synced and seen", "1/s", throughput);
    report.add(bursts, "marchwire", "core taken by the benchmark's own clients", "ratio", own_cpu);
}

}  // namespace

int main(int argc, char** argv) {
    fs::path below = ".";
    fs::path program = MARCHWIRED_PATH;
    std::vector<const char*> rest;
    for (int i = 0; i < argc; ++i) {
        const std::string_view argument = argv[i];
        const bool is_path = (argument == "--dir" || argument == "--server") && i + 1 < argc;
        if (is_path) {
            (argument == "--dir" ? below : program) = argv[++i];
        } else {
            rest.push_back(argv[i]);
        }
    }
    const auto options = bench::read_options(static_cast<int>(rest.size()), rest.data());
    const bench::Scratch scratch(below);
    const bench::ServerChild server(program, scratch.path());
    bench::Report report;
    measure(options, scratch.path(), server, report);
    return report.write(options) ? 0 : 1;
}
