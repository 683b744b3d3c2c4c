// bench_load: reads a plan from standard input, opens everybody and says so, waits for "go" or "go NANOSECONDS" (when,
// by the machine's monotonic clock: several generators begin at once), runs, says what came out.
#include "load/crowd.hpp"
#include "load/moment.hpp"
#include "load/programme.hpp"

#include "support/accounting.hpp"

#include <poll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace {

using namespace marchwire;
using namespace marchwire::load;
using Json = nlohmann::json;

constexpr std::int64_t drain_ns = 2'000'000'000;
constexpr std::int64_t look_ns = 10'000'000;

void say(const Json& line) { std::cout << line.dump(-1, ' ', false, Json::error_handler_t::replace) << std::endl; }

/// Serves the sockets until the line comes and then until it begins; none when no line will come.
std::optional<std::int64_t> wait_for_start(Crowd& crowd) {
    pollfd input{STDIN_FILENO, POLLIN, 0};
    while (::poll(&input, 1, 0) <= 0) crowd.turn(look_ns);
    std::string line;
    if (!std::getline(std::cin, line)) return std::nullopt;
    constexpr std::string_view at = "go ";
    const std::int64_t start = line.starts_with(at) ? std::stoll(line.substr(at.size())) : now_ns();
    for (std::int64_t now = now_ns(); now < start; now = now_ns()) crowd.turn(std::min(look_ns, start - now));
    return start;
}

Json timing(const Histogram& histogram) {
    return {{"count", histogram.count()},
            {"p50_ms", histogram.percentile_ms(0.5)},
            {"p99_ms", histogram.percentile_ms(0.99)},
            {"max_ms", histogram.max_ms()}};
}

/// The run of one plan, once all are ready.
class Run {
public:
    Run(const Plan& plan, Protocol& protocol, Tally& tally, Crowd& crowd, std::int64_t start)
        : plan_(plan), tally_(tally), crowd_(crowd), start_(start), programme_(plan, protocol, tally, crowd, start_) {}

    void measure() {
        const std::int64_t begin = start_ + plan_.warm_ms * 1'000'000LL;
        const std::int64_t end = begin + plan_.window_ms * 1'000'000LL;
        while (now_ns() < begin) one_turn(begin);
        const bench::CpuMeter cpu(plan_.server, plan_.server_core);
        const bench::CpuMeter beside(plan_.beside, plan_.server_core);
        const std::int64_t own = bench::process_cpu_ns(::getpid());
        const std::uint64_t published = programme_.published();
        tally_.open_window(now_ns());
        while (now_ns() < end && !(plan_.until_last_order && all_have_the_orders())) one_turn(end);
        tally_.close_window(now_ns());
        result_["own_cpu_ns"] = cpu.processes_ns();
        result_["core_ns"] = cpu.core_ns();
        result_["beside_cpu_ns"] = beside.processes_ns();
        result_["generator_ns"] = bench::process_cpu_ns(::getpid()) - own;
        result_["events"] = programme_.published() - published;
        programme_.stop();
        const std::int64_t last = now_ns() + drain_ns;
        while (now_ns() < last && !is_all_here()) one_turn(last);
        if (programme_.is_countable() && !is_all_here()) {
            tally_.wrong("deliveries that had not come 2 s after the last event");
        }
        if (!are_all_answered()) tally_.wrong("check-ins without an answer 2 s after the last");
    }

    [[nodiscard]] Json result() {
        result_["deliveries"] = tally_.in_window();
        result_["all_events"] = programme_.published();
        result_["all_deliveries"] = tally_.deliveries();
        result_["window_ns"] = tally_.window_ns();
        result_["latency"] = timing(tally_.latency());
        result_["orders"] = programme_.orders();
        result_["order_arrivals"] = tally_.order_arrivals();
        result_["order"] = timing(tally_.order_latency());
        result_["order_last_ms"] = tally_.order_last_ms();
        result_["check_in"] = timing(tally_.check_in_latency());
        result_["unavailable"] = tally_.check_ins_unavailable();
        result_["position_age"] = timing(tally_.position_age());
        result_["slow_gaps"] = tally_.slow_gaps();
        result_["cuts"] = tally_.cuts();
        result_["slow_cuts"] = tally_.slow_cuts();
        result_["wrong"] = tally_.wrongs();
        return result_;
    }

private:
    void one_turn(std::int64_t until) {
        const std::int64_t now = now_ns();
        const std::int64_t wait = programme_.step(now);
        crowd_.turn(std::min(wait, until - now));
    }
    [[nodiscard]] bool all_have_the_orders() const {
        return programme_.orders() > 0 && tally_.order_arrivals() >= programme_.orders() * plan_.subscribers;
    }
    [[nodiscard]] bool are_all_answered() const { return tally_.check_ins_answered() >= programme_.check_ins(); }
    [[nodiscard]] bool is_all_here() const {
        const double due = static_cast<double>(programme_.published()) * programme_.subscribers_each();
        const bool orders = programme_.orders() == 0 || all_have_the_orders();
        return orders && are_all_answered() &&
               (!programme_.is_countable() || static_cast<double>(tally_.deliveries()) >= due);
    }

    const Plan& plan_;
    Tally& tally_;
    Crowd& crowd_;
    std::int64_t start_;
    Programme programme_;
    Json result_;
};

int run() {
    std::string line;
    if (!std::getline(std::cin, line)) return 2;
    const Plan plan = plan_of(line);
    Tally tally;
    const auto protocol = make_protocol(plan, tally);
    if (!protocol) {
        say({{"failed", "there is no protocol " + plan.protocol}});
        return 2;
    }
    Crowd crowd(plan, *protocol, tally);
    if (const std::string why = crowd.open(); !why.empty()) {
        say({{"failed", why}, {"wrong", tally.wrongs()}});
        return 1;
    }
    say({{"ready", crowd.ready()},
         {"opened_ms", crowd.opened_ms()},
         {"retries", crowd.retries()},
         {"opening", timing(crowd.opening_time())}});
    const auto start = wait_for_start(crowd);
    if (!start) return 1;
    Run measured(plan, *protocol, tally, crowd, *start);
    measured.measure();
    say(measured.result());
    return 0;
}

}  // namespace

int main() {
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    std::signal(SIGPIPE, SIG_IGN);
    try {
        return run();
    } catch (const std::exception& error) {
        say({{"failed", error.what()}});
        return 2;
    }
}
