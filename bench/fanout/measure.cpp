#include "fanout/measure.hpp"

#include "fanout/load_child.hpp"
#include "support/accounting.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <thread>

namespace marchwire::bench {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int open_within_ms = 90'000;
constexpr int result_within_ms = 60'000;
constexpr milliseconds quiet_after_opening{1'000};
constexpr milliseconds look_every{250};
const std::vector<int> load_core{1};

std::int64_t memory_of(const Server& server) {
    std::int64_t bytes = 0;
    for (const pid_t process : server.processes) bytes += process_memory_bytes(process);
    return bytes;
}

double seconds_since(steady_clock::time_point begin) {
    return std::chrono::duration<double>(steady_clock::now() - begin).count();
}

/// marchwire_sessions of its metrics; none when there was no answer.
std::optional<std::uint32_t> sessions_of(const Server& server) {
    constexpr std::string_view name = "\nmarchwire_sessions ";
    const std::string page = page_of(server.admin_port, "/metrics");
    const auto at = page.find(name);
    if (at == std::string::npos) return std::nullopt;
    return static_cast<std::uint32_t>(std::stoul(page.substr(at + name.size())));
}

}  // namespace

bool Measuring::is_missing(const Case& measured, const std::string& subject) const {
    return troubles_.missing.contains(subject) || troubles_.missing.contains(measured.name + ", " + subject);
}

void Measuring::one(const Case& measured, const std::string& subject, int round) {
    if (is_missing(measured, subject)) return;
    now_ = {measured.name, subject, ""};
    round_ = round;
    Setting setting = measured.setting;
    if (subject == "marchwire-2-shards") {
        setting.shards = 2;
        setting.cores = {0, 1};
    }
    auto started = start(subject, setting, places_);
    if (const auto* why = std::get_if<std::string>(&started); why != nullptr) {
        std::printf("fanout: %s cannot be measured in %s: %s\n", subject.c_str(), measured.name.c_str(), why->c_str());
        const bool everywhere = !subject.starts_with("marchwire");
        troubles_.missing[everywhere ? subject : measured.name + ", " + subject] = *why;
        return;
    }
    auto& server = std::get<Server>(started);
    switch (measured.kind) {
        case Kind::idle: return idle(measured, server);
        case Kind::stalled: return stalled(measured, server);
        case Kind::hostile: return hostile(measured, server);
        case Kind::storm: return storm(measured, server);
        case Kind::deliveries:
        case Kind::saturated:
        case Kind::telemetry:
        case Kind::orders:
        case Kind::slow_reader:
        case Kind::shards: return plain(measured, server);
    }
}

Measuring::Json Measuring::plan_for(const Case& measured, const Server& server) const {
    Json plan = server.plan;
    plan.update(measured.plan);
    const bool marchwire = server.admin_port != 0;
    // The measured case may say that nobody publishes; else Marchwire's number of sessions stands.
    if (!measured.plan.contains("publishers") && marchwire) plan["publishers"] = server.plan["publishers"];
    if (!marchwire) plan["orders_per_second"] = 0;
    if (measured.kind == Kind::slow_reader) plan["subscriber_token"] = plan["lead_token"];
    return plan;
}

void Measuring::add(const char* metric, const char* unit, double value) {
    samples_.add({now_.measured_case, now_.subject, metric}, unit, round_, value);
}

// ---- the load generator ------------------------------------------------------------------------

Measuring::Json Measuring::heard(Child& load, int within_ms) { return taken(load.line(milliseconds(within_ms))); }

Measuring::Json Measuring::taken(const std::optional<std::string>& line) {
    std::vector<std::string> wrong;
    Json said = said_by_load(line, wrong);
    for (const std::string& one : wrong) {
        troubles_.wrong.push_back(now_.measured_case + ", " + now_.subject + ", round " + std::to_string(round_ + 1) +
                                  ": " + one);
        std::printf("fanout: %s\n", troubles_.wrong.back().c_str());
    }
    return said;
}

Measuring::Json Measuring::run(const Json& plan) {
    const auto load = begin_load(places_.load, plan, load_core);
    if (heard(*load, open_within_ms).is_null()) return nullptr;
    load->say("go");
    return heard(*load, result_within_ms);
}

// ---- cases -------------------------------------------------------------------------------------

void Measuring::plain(const Case& measured, const Server& server) {
    const Json result = run(plan_for(measured, server));
    if (result.is_null()) return;
    if (result["deliveries"].get<double>() > 0) tell_deliveries(result);
    tell_orders(result);
    const Json& latency = result["latency"];
    if (measured.kind != Kind::saturated && latency["count"].get<std::uint64_t>() > 0) {
        add("p50_ms", "ms", latency["p50_ms"]);
        add("p99_ms", "ms", latency["p99_ms"]);
    }
    const Json& age = result["position_age"];
    if (measured.kind == Kind::telemetry) {
        add("stale_p99_ms", "ms", age["p99_ms"]);
        add("stale_max_ms", "ms", age["max_ms"]);
    }
    if (measured.plan.contains("slow") && measured.kind == Kind::deliveries) {
        add("slow_readers_cut", "readers", result["slow_cuts"]);
        add("slow_readers_gaps", "gaps", result["slow_gaps"]);
    }
}

void Measuring::tell_deliveries(const Json& result) {
    const auto deliveries = result["deliveries"].get<double>();
    const auto window_ns = result["window_ns"].get<double>();
    const auto core_ns = result["core_ns"].get<double>();
    const auto own_ns = result["own_cpu_ns"].get<double>();
    add("deliveries_per_s", "1/s", deliveries / window_ns * 1e9);
    add("us_per_delivery", "us", core_ns / 1e3 / deliveries);
    add("own_us_per_delivery", "us", own_ns / 1e3 / deliveries);
    add("cores", "cores", core_ns / window_ns);
    add("own_cores", "cores", own_ns / window_ns);
    add("generator_cores", "cores", result["generator_ns"].get<double>() / window_ns);
}

void Measuring::tell_orders(const Json& result) {
    const Json& order = result["order"];
    if (order["count"].get<std::uint64_t>() == 0) return;
    add("order_p50_ms", "ms", order["p50_ms"]);
    add("order_p99_ms", "ms", order["p99_ms"]);
    add("order_max_ms", "ms", order["max_ms"]);
}

void Measuring::idle(const Case& measured, const Server& server) {
    const Json plan = plan_for(measured, server);
    const auto memory = memory_of(server);
    const auto kernel = kernel_memory_bytes();
    const auto load = begin_load(places_.load, plan, load_core);
    if (heard(*load, open_within_ms).is_null()) return;
    std::this_thread::sleep_for(quiet_after_opening);
    const auto count = plan["subscribers"].get<double>();
    add("bytes_per_connection", "bytes", static_cast<double>(memory_of(server) - memory) / count);
    add("kernel_bytes_per_connection", "bytes", static_cast<double>(kernel_memory_bytes() - kernel) / count);
    load->say("go");
    const Json result = heard(*load, result_within_ms);
    if (result.is_null()) return;
    const double seconds = result["window_ns"].get<double>() / 1e9;
    add("idle_us_per_s", "us", result["own_cpu_ns"].get<double>() / 1e3 / count / seconds);
}

/// First without the stalled ones, then with them, on the same server.
void Measuring::stalled(const Case& measured, Server& server) {
    const Json plan = plan_for(measured, server);
    const auto good = plan["subscribers"].get<std::uint32_t>() - plan["stalled"].get<std::uint32_t>();
    Json base = plan;
    base.update({{"subscribers", good}, {"stalled", 0}, {"stalled_pinging", 0}, {"window_ms", 4000}});
    const Json without = run(base);
    if (without.is_null()) return;
    const auto load = begin_load(places_.load, plan, load_core);
    if (heard(*load, open_within_ms).is_null()) return;
    std::this_thread::sleep_for(quiet_after_opening);
    load->say("go");
    const Json with = watch_stalled(*load, server, good + plan["publishers"].get<std::uint32_t>());
    if (with.is_null()) return;
    tell_deliveries(with);
    tell_latency_over_base(with, without);
}

void Measuring::tell_latency_over_base(const Json& with, const Json& without) {
    add("p50_ms", "ms", with["latency"]["p50_ms"]);
    add("p99_ms", "ms", with["latency"]["p99_ms"]);
    add("base_p99_ms", "ms", without["latency"]["p99_ms"]);
    add("p99_over_base", "ratio",
        with["latency"]["p99_ms"].get<double>() / std::max(0.001, without["latency"]["p99_ms"].get<double>()));
}

/// Looks at memory and sessions while it runs.
Measuring::Json Measuring::watch_stalled(Child& load, const Server& server, std::uint32_t sessions_without) {
    const double stalled = std::max(1.0, static_cast<double>(sessions_of(server).value_or(0)) - sessions_without);
    const auto begin = steady_clock::now();
    const std::int64_t memory = memory_of(server);
    std::int64_t most = memory;
    double cut_after = 0;
    std::optional<std::string> line;
    while (!(line = load.line(look_every)) && load.runs() && seconds_since(begin) < result_within_ms / 1e3) {
        most = std::max(most, memory_of(server));
        const auto sessions = sessions_of(server);
        if (cut_after == 0 && sessions && *sessions <= sessions_without) cut_after = seconds_since(begin);
    }
    add("grown_bytes_per_stalled", "bytes", static_cast<double>(most - memory) / stalled);
    // Never within the window: said to have taken longer than all of it.
    add("cut_within_s", "s", cut_after == 0 ? seconds_since(begin) : cut_after);
    return taken(line);
}

/// First good clients alone, then the same beside hostile ones, on the same server.
void Measuring::hostile(const Case& measured, Server& server) {
    const Json plan = plan_for(measured, server);
    Json base = plan;
    base["window_ms"] = 5000;
    const Json without = run(base);
    if (without.is_null()) return;
    const auto peers = begin_load(places_.hostile, plan, load_core);
    std::this_thread::sleep_for(quiet_after_opening);
    const Json with = run(plan);
    peers->say("enough");
    const auto fates = peers->line(milliseconds(result_within_ms));
    if (with.is_null()) return;
    tell_deliveries(with);
    tell_latency_over_base(with, without);
    const Json told = fates ? Json::parse(*fates, nullptr, false) : Json();
    if (told.is_object()) {
        tell_fates(told);
    } else {
        troubles_.wrong.push_back(now_.measured_case + ", marchwire: the hostile peers said nothing");
    }
}

/// Every kind has a limit that it meets: its peers are ended with that code, or (0) simply ended, and in time.
void Measuring::tell_fates(const Json& fates) {
    const std::pair<const char*, const char*> codes[] = {
        {"endless_pings", "4016"}, {"one_byte_frames", "4016"}, {"subscribe_and_leave", "4016"},
        {"never_reads", "none"},   {"half_closes", "none"},     {"holds_after_close", "1000"},
    };
    double longest = 0;
    for (const auto& [kind, code] : codes) {
        const Json& fate = fates.at(kind);
        longest = std::max(longest, fate["longest_s"].get<double>());
        for (const auto& [ended_with, times] : fate["ends"].items()) {
            if (ended_with == code) continue;
            troubles_.wrong.push_back(now_.measured_case + ", marchwire: " + std::to_string(times.get<int>()) + " x " +
                                      kind + " ended with " + ended_with + " and not " + code);
        }
    }
    add("hostile_longest_s", "s", longest);
}

void Measuring::storm(const Case& measured, const Server& server) {
    const Json followers = plan_for(measured, server);
    Json staff = followers;
    staff.update({{"subscribers", 500}, {"subscriber_feed", "ops"}, {"subscriber_token", server.plan["lead_token"]}});
    const auto crowd = begin_load(places_.load, followers, load_core);
    const auto desk = begin_load(places_.load, staff, load_core);
    const Json desk_said = heard(*desk, open_within_ms);
    const Json crowd_said = heard(*crowd, open_within_ms);
    if (desk_said.is_null() || crowd_said.is_null()) return;
    add("served_s", "s", crowd_said["opened_ms"].get<double>() / 1e3);
    add("served_p99_ms", "ms", crowd_said["opening"]["p99_ms"]);
    add("retries", "connects", crowd_said["retries"].get<double>() + desk_said["retries"].get<double>());
    add("staff_served_s", "s", desk_said["opened_ms"].get<double>() / 1e3);
}

}  // namespace marchwire::bench
