// What stands between one server and Redis: a network that is cut, and a subscription that Redis ends.
#include "fault/journal.hpp"
#include "support/line.hpp"
#include "support/patience.hpp"
#include "support/private_network.hpp"
#include "two_servers.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <functional>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>

namespace marchwire::test {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int asked_in_vain = 5;

/// Between one server and Redis: silence in both directions, and nobody is told.
struct Network {
    std::function<void()> cut;
    std::function<void()> heal;
};

/// The host's notice, and what came of it.
std::future<base::Result<nlohmann::json>> post_by_host(const RealServer& server, const std::string& text) {
    return std::async(std::launch::async, [data = server.data(), text] {
        const nlohmann::json notice{{"postNotice", {{"severity", "SEVERITY_INFO"}, {"text", text}}}};
        return cli::AdminClient(data).ask({{"verb", "command"}, {"log", march_name}, {"command", notice}});
    });
}

/// `away` keeps the march and is cut off by `network`, `stays` is not.
void outlive_a_cut(RealServer& away, RealServer& stays, const Network& network) {
    const std::string lead_token = away.token("city_lead", "Lead 1");
    const std::string marshal_token = away.token("side", "Side 1", 2);
    wait_for_token(stays, marshal_token);
    Somebody here(away, lead_token);
    Somebody there(stays, lead_token);
    Somebody marshal(stays, marshal_token);
    here.follow(feed("ops"));
    there.follow(feed("ops"));
    march_off(there, marshal);
    fault::Journal journal;
    int answered = 0;
    const auto post = [&](Somebody& who, const std::string& text) {
        who.client.command(march_name, sdk::PostNotice{sdk::Severity::info, "", text, 0},
                           [&](sdk::CommandId id, const sdk::Outcome& outcome) {
                               ++answered;
                               journal.put(march_name, id, std::get<sdk::Accepted>(outcome).position);
                           });
    };

    network.cut();
    const auto cut = Clock::now();
    for (int i = 0; i < asked_in_vain; ++i) post(here, "Away " + std::to_string(i));
    auto by_host = post_by_host(away, "By the host.");
    const auto both_until = [&](const auto& holds) {
        wait_until([&] {
            here.poll();
            there.poll();
            return holds();
        });
    };
    both_until([&] { return keeps_march(stays); });
    CHECK(Clock::now() - cut < back_within);
    post(there, "Meanwhile.");
    both_until([&] { return answered == 1; });
    // The new keeper goes on with the ladder.
    both_until([&] { return ladder_ended(there); });
    // Nobody is told OK.
    both_until([&] { return away.figure("marchwire_commands_refused_total{code=\"UNAVAILABLE\"}") > asked_in_vain; });
    const auto refused = by_host.get();
    REQUIRE(refused.has_error());
    CHECK(refused.error().code == base::RefusalCode::unavailable);
    CHECK(answered == 1);
    CHECK_FALSE(keeps_march(away));

    network.heal();
    const auto healed = Clock::now();
    both_until([&] { return answered == 1 + asked_in_vain; });
    CHECK(agree({&here, &there}));
    CHECK(Clock::now() - healed < back_within);
    const std::string dump = stays.dump();
    CHECK(away.dump() == dump);
    CHECK_FALSE(journal.compare(march_name, dump).any());
    CHECK(entries_of(dump, "alertRaised").size() == 1);
    for (const Somebody* one : {&here, &there}) {
        CHECK(one->gaps + one->discontinuities == 0);
        CHECK(one->times_online == 1);
    }
}

TEST_CASE("a server whose line to Redis is silent acknowledges nothing, is relieved, and catches up",
          "[integration][servers][faults]") {
    SharedRedis shared(fast_clock());
    Line line(shared.socket());
    RealServer away(shared.arguments("redis://" + line.address() + "/0"));
    const KeptMarch kept(away);
    RealServer stays(shared.arguments());
    outlive_a_cut(away, stays, {[&] { line.cut(); }, [&] { line.heal(); }});
}

TEST_CASE("a server whose network to Redis is cut acknowledges nothing, is relieved, and catches up",
          "[integration][servers][faults]") {
    std::unique_ptr<PrivateNetwork> network;
    try {
        network = std::make_unique<PrivateNetwork>();
    } catch (const std::runtime_error& refused) {
        WARN("NOT TESTED here, for want of network namespaces (" << refused.what()
                                                                 << "): only with a line that is silent");
        return;
    }
    SharedRedis shared(fast_clock(), {"--port", "6379", "--bind", network->address(), "--protected-mode", "no"},
                       network->enter());
    RealServer away(shared.arguments("redis://" + network->address() + ":6379/0"));
    const KeptMarch kept(away);
    RealServer stays(shared.arguments());
    outlive_a_cut(away, stays, {[&] { network->pull(); }, [&] { network->plug(); }});
}

/// Links to Redis on which messages are heard: two a server.
std::ptrdiff_t subscribers(const RedisServer& redis) {
    const std::string list = redis.ask({"CLIENT", "LIST", "TYPE", "pubsub"}).text;
    return std::ranges::count(list, '\n');
}

/// About 30 KB of a log.
void import_route(RealServer& server) {
    nlohmann::json deltas = nlohmann::json::array({386'000'000, -902'000'000});
    for (int i = 0; i < 3'000; ++i) deltas.insert(deltas.end(), {1'000 + i % 7, 20'000 + i % 11});
    server.ask({{"verb", "command"},
                {"log", march_name},
                {"command", {{"importRoute", {{"line", {{"name", "Main"}, {"line", {{"deltaE7", deltas}}}}}}}}}});
}

TEST_CASE("a server whose subscription Redis ended since it did not read has every entry when it goes on",
          "[integration][servers][faults]") {
    TwoServers servers;
    servers.one.make_march();
    const std::string token = servers.one.token("city_lead", "Lead 1");
    wait_for_token(servers.other, token);
    Somebody here(servers.one, token);
    Somebody there(servers.other, token);
    here.follow(feed("ops"));
    there.follow(feed("ops"));
    REQUIRE(servers.redis.ask({"CONFIG", "SET", "client-output-buffer-limit", "pubsub 128kb 0 0"}).text == "OK");
    wait_until([&] { return subscribers(servers.redis) == 4; });
    const double filled = servers.one.figure("marchwire_log_gap_fills_total");
    servers.one.signal(SIGSTOP);
    for (int routes = 0; subscribers(servers.redis) == 4; ++routes) {
        REQUIRE(routes < 40);
        import_route(servers.other);
    }
    servers.one.signal(SIGCONT);
    const auto awake = Clock::now();
    const sdk::Accepted last = there.must(sdk::PostNotice{sdk::Severity::info, "", "Go on.", 0});
    here.until([&] { return here.client.position(feed("ops"))->seq >= last.position.seq; });
    CHECK(Clock::now() - awake < back_within);
    CHECK(agree({&here, &there}));
    for (const Somebody* one : {&here, &there}) {
        CHECK(one->gaps + one->discontinuities == 0);
        CHECK(one->snapshots == 1);
    }
    CHECK(here.seqs.back() - here.seqs.front() + 1 == here.seqs.size());
    CHECK(servers.one.figure("marchwire_log_gap_fills_total") > filled);
}

}  // namespace
}  // namespace marchwire::test
