#include "fanout/cases.hpp"

namespace marchwire::bench {
namespace {

using Json = nlohmann::json;

constexpr std::uint32_t marchwire_tick_ms = 15;
/// Some 500 and some 20, but no divisor of the ticks by which /proc/stat counts: it would see all of a core or none.
constexpr double some_500 = 503;
constexpr double some_20 = 20.12;

Case saturated(bool quick, std::uint32_t subscribers, std::uint32_t outstanding, std::vector<std::string> subjects) {
    Case made;
    made.name = "saturated-" + std::to_string(subscribers);
    made.question = std::to_string(subscribers) + " subscribers of one topic, 200 bytes, " +
                    std::to_string(outstanding) + " events always on their way";
    made.kind = Kind::saturated;
    made.subjects = std::move(subjects);
    made.plan = {{"subscribers", subscribers},
                 {"pattern", "saturated"},
                 {"outstanding", outstanding},
                 {"warm_ms", 500},
                 {"window_ms", quick ? 1000 : 2500}};
    return made;
}

Case paced(bool quick, const char* name, const char* question, double per_second, std::uint32_t burst,
           std::vector<std::string> subjects) {
    Case made;
    made.name = name;
    made.question = question;
    made.subjects = std::move(subjects);
    made.setting.tick_ms = marchwire_tick_ms;
    made.plan = {{"subscribers", 1000}, {"pattern", "paced"}, {"events_per_second", per_second},
                 {"burst", burst},      {"warm_ms", 500},     {"window_ms", quick ? 1000 : 2500}};
    made.in_quick = true;
    return made;
}

void add_paced(bool quick, std::vector<Case>& all) {
    all.push_back(paced(quick, "single-1000", "1 000 subscribers, one event each 50 ms, alone in its turn", some_20, 1,
                        {"marchwire", "marchwire-again", "floor-send", "uwebsockets"}));
    all.back().setting.tick_ms = 0;
    if (!quick) all.back().plan["window_ms"] = 4000;  // 80 events: ticks of 10 ms in /proc/stat weigh less
    all.push_back(
        paced(quick, "many-500",
              "1 000 subscribers, 500 events/s evenly spaced; Marchwire with a Hold and a Release each second",
              some_500, 1, {"marchwire", "marchwire-again", "floor-gathered", "uwebsockets"}));
    all.back().setting.marching = true;
    all.back().plan["orders_per_second"] = 2;
    all.push_back(paced(quick, "burst-25", "1 000 subscribers, 500 events/s in bursts of 25", some_500, 25,
                        {"marchwire", "marchwire-again", "floor-gathered", "uwebsockets"}));
}

Case telemetry(bool quick) {
    Case made;
    made.name = "telemetry-1000x500";
    made.question = "1 000 marshals report a position each second, 500 dashboards follow ops";
    made.kind = Kind::telemetry;
    made.subjects = {"marchwire"};
    made.setting.marching = true;
    made.setting.marshals = 1000;
    made.plan = {{"publishers", 0}, {"dashboards", 500}, {"warm_ms", 1500}, {"window_ms", quick ? 1000 : 3000}};
    return made;
}

Case idle(bool quick) {
    const std::uint32_t count = quick ? 3000 : 15'000;
    Case made;
    made.name = "idle-15000";
    made.question = "connected, Hello said, one subscription, nothing happens";
    made.kind = Kind::idle;
    made.subjects = {"marchwire", "uwebsockets", "ws", "socketio", "nchan", "nats", "mosquitto"};
    made.plan = {{"subscribers", count}, {"publishers", 0}, {"warm_ms", 0}, {"window_ms", quick ? 1000 : 5000}};
    made.rounds_max = 3;
    return made;
}

Case idle_tls(bool quick) {
    Case made = idle(quick);
    made.name = "idle-tls";
    made.question = "the same over TLS, 5 000 connections";
    made.subjects = {"marchwire"};
    made.setting.tls = true;
    made.plan["subscribers"] = quick ? 1000 : 5000;
    made.plan["tls"] = true;
    made.plan["opening_at_once"] = 16;  // each waits for its handshake
    return made;
}

Case orders(bool quick) {
    Case made;
    made.name = "order-10000";
    made.question = "Hold and Release in turn to 10 000 followers, while 1 000 marshals move and 50 dashboards watch";
    made.kind = Kind::orders;
    made.subjects = {"marchwire"};
    made.setting.marching = true;
    made.setting.marshals = quick ? 100 : 1000;
    made.plan = {{"subscribers", quick ? 2000 : 10'000},
                 {"publishers", 0},
                 {"dashboards", 50},
                 {"orders_per_second", 4},
                 {"warm_ms", 1000},
                 {"window_ms", 3200}};
    made.in_quick = true;
    return made;
}

Case slow_reader() {
    Case made;
    made.name = "slow-reader";
    made.question = "8 who read 2 KB/s with a snapshot of 1 MB before them, then a Hold";
    made.kind = Kind::slow_reader;
    made.subjects = {"marchwire"};
    made.setting.marching = true;
    made.setting.roster = 4500;
    made.plan = {{"subscribers", 8},
                 {"slow", 8},
                 {"slow_bytes_per_second", 2048},
                 {"slow_buffer_bytes", 4096},
                 {"subscriber_feed", "ops"},
                 {"publishers", 0},
                 {"orders_per_second", 0.01},
                 {"warm_ms", 1000},
                 {"window_ms", 25'000},
                 {"until_last_order", true}};
    return made;
}

Case stalled() {
    Case made;
    made.name = "stalled-2000of5000";
    made.question = "40 events/s to 5 000 followers of whom 2 000 never read, half of these still sending pings";
    made.kind = Kind::stalled;
    made.subjects = {"marchwire"};
    made.plan = {
        {"subscribers", 5000}, {"stalled", 2000},         {"stalled_pinging", 1000}, {"slow_buffer_bytes", 4096},
        {"pattern", "paced"},  {"events_per_second", 40}, {"warm_ms", 500},          {"window_ms", 19'000}};
    return made;
}

Case hostile(bool quick) {
    Case made;
    made.name = "hostile-1000";
    made.question =
        "40 events/s to 1 000 followers, beside 70 peers that ping without end, send one-byte frames, "
        "subscribe and leave 10 000 times a second, ask for every feed, never read, half-close, or say Close "
        "and stay; each comes again when it is cut";
    made.kind = Kind::hostile;
    made.subjects = {"marchwire"};
    made.setting.topics = 200;
    made.plan = {{"subscribers", 1000},
                 {"marches", 200},
                 {"hostile_each", 10},
                 {"pattern", "paced"},
                 {"events_per_second", 40},
                 {"warm_ms", 500},
                 {"window_ms", quick ? 3000 : 16'000}};
    return made;
}

Case storm(bool quick) {
    Case made;
    made.name = "storm-15000";
    made.question = "15 000 followers connect at once, 500 staff on their own listener meanwhile; nobody is pinned";
    made.kind = Kind::storm;
    made.subjects = {"marchwire"};
    made.setting.shards = 2;
    made.setting.cores = {0, 1};
    made.plan = {{"subscribers", quick ? 3000 : 15'000}, {"publishers", 0}, {"opening_at_once", 15'000}, {"tries", 4}};
    return made;
}

Case shards(bool quick) {
    Case made = paced(quick, "shards-2", "burst-25 with one shard on a core, and with two on two cores", some_500, 25,
                      {"marchwire", "marchwire-again", "marchwire-2-shards"});
    made.kind = Kind::shards;
    made.in_quick = false;
    return made;
}

Case topics(bool quick) {
    Case made = paced(quick, "topics-200",
                      "200 topics, 2 000 subscribers of 5 each, 500 events/s in all, 100 changes/s, 5 % slow readers",
                      some_500, 1, {"marchwire", "uwebsockets", "ws", "socketio", "nats", "mosquitto"});
    made.setting.topics = 200;
    made.in_quick = false;
    made.plan.update({{"subscribers", 2000},
                      {"topics", 200},
                      {"topics_each", 5},
                      {"churn_per_second", 100},
                      {"slow", 100},
                      {"slow_bytes_per_second", 500},
                      {"slow_buffer_bytes", 4096}});
    return made;
}

Goal figure_goal(const char* in, const char* metric, double limit) {
    return {in, "marchwire", metric, Bound::at_most, limit, ""};
}

Goal at_most_times(const char* in, const char* metric, double limit, const char* versus) {
    return {in, "marchwire", metric, Bound::at_most, limit, versus};
}

Goal at_least_times(const char* in, double limit, const char* versus) {
    return {in, "marchwire", "deliveries_per_s", Bound::at_least, limit, versus};
}

}  // namespace

std::vector<Case> all_cases(bool quick) {
    std::vector<Case> all;
    all.push_back(
        saturated(quick, 1000, 32,
                  {"marchwire", "marchwire-again", "uwebsockets", "floor-gathered", "floor-send", "nats", "nchan",
                   "mosquitto", "ws", "socketio", "socketio-redis", "marchwire-sqlite", "marchwire-redis"}));
    all.back().in_quick = true;
    if (quick) all.back().subjects = {"marchwire", "uwebsockets", "floor-gathered", "nats", "ws"};
    all.push_back(saturated(quick, 10'000, 16,
                            {"marchwire", "marchwire-again", "uwebsockets", "floor-gathered", "nchan", "socketio"}));
    add_paced(quick, all);
    all.push_back(telemetry(quick));
    all.push_back(idle(quick));
    all.push_back(idle_tls(quick));
    all.push_back(orders(quick));
    all.push_back(slow_reader());
    all.push_back(stalled());
    all.push_back(hostile(quick));
    all.push_back(storm(quick));
    all.push_back(shards(quick));
    all.push_back(topics(quick));
    if (quick) {
        for (Case& one : all) std::erase_if(one.subjects, [](const std::string& s) { return s.ends_with("-again"); });
    }
    return all;
}

std::vector<Goal> all_goals() {
    return {
        at_least_times("saturated-1000", 1.0, "uwebsockets"),
        at_least_times("saturated-1000", 5.0, "nchan"),
        at_least_times("saturated-1000", 8.0, "socketio"),
        at_least_times("saturated-10000", 1.0, "uwebsockets"),
        at_least_times("saturated-10000", 5.0, "nchan"),
        at_least_times("saturated-10000", 8.0, "socketio"),
        at_most_times("single-1000", "us_per_delivery", 1.15, "floor-send"),
        figure_goal("many-500", "cores", 0.45),
        at_most_times("many-500", "us_per_delivery", 1.2, "floor-gathered"),
        figure_goal("many-500", "p99_ms", 25),
        figure_goal("many-500", "order_p99_ms", 10),
        at_most_times("burst-25", "us_per_delivery", 0.85, "uwebsockets"),
        figure_goal("telemetry-1000x500", "cores", 0.15),
        figure_goal("telemetry-1000x500", "stale_max_ms", 1000),
        figure_goal("idle-15000", "bytes_per_connection", 2048),
        figure_goal("idle-15000", "idle_us_per_s", 1),
        figure_goal("idle-tls", "bytes_per_connection", 20'480),
        figure_goal("order-10000", "order_p99_ms", 120),
        figure_goal("slow-reader", "order_max_ms", 10'000),
        figure_goal("stalled-2000of5000", "grown_bytes_per_stalled", 262'144),
        figure_goal("stalled-2000of5000", "p99_ms", 50),
        figure_goal("stalled-2000of5000", "p99_over_base", 1.2),
        figure_goal("stalled-2000of5000", "cut_within_s", 15),
        figure_goal("hostile-1000", "p99_ms", 25),
        figure_goal("hostile-1000", "hostile_longest_s", 20),
        figure_goal("storm-15000", "served_s", 10),
        figure_goal("storm-15000", "staff_served_s", 2),
        {"shards-2", "marchwire-2-shards", "own_us_per_delivery", Bound::at_most, 1.1, "marchwire"},
    };
}

}  // namespace marchwire::bench
