// Several servers on one Redis: what is said to one is heard by all, and a march outlives the server that kept it.
#include "two_servers.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <utility>

namespace marchwire::test {
namespace {

TEST_CASE("what one server stores is shown by the other, to the same fold", "[integration][servers]") {
    TwoServers servers;
    servers.one.make_march();
    const std::string lead_token = servers.one.token("city_lead", "Lead 1");
    const std::string marshal_token = servers.one.token("side", "Side 1", 2);
    wait_for_token(servers.other, lead_token);
    Somebody lead(servers.other, lead_token);
    Somebody watcher(servers.one, lead_token);
    Somebody marshal(servers.one, marshal_token);
    Somebody follower(servers.one, "");
    lead.follow(feed("ops"));
    watcher.follow(feed("ops"));
    follower.follow(feed("public"));
    const auto phase = [&] { return lead.client.march(feed("ops"))->phase_version; };
    lead.must(sdk::AdvancePhase{sdk::Phase::assembling, phase(), {}});
    const sdk::Accepted checked_in = marshal.must(
        sdk::CheckIn{sdk::Report::on_post, {sdk::PlaceKind::section, 2}, 80, 0});
    CHECK(checked_in.level == sdk::Level::stored);
    lead.until([&] { return saw<sdk::CheckedIn>(lead); });
    follower.until([&] { return saw<sdk::PhaseChanged>(follower); });
    const sdk::Accepted last = lead.must(sdk::PostNotice{sdk::Severity::info, "", "Bring water.", 0});
    for (Somebody* somebody : {&lead, &watcher}) {
        somebody->until([&] { return somebody->client.position(feed("ops"))->seq >= last.position.seq; });
        CHECK(somebody->gaps == 0);
        CHECK(somebody->discontinuities == 0);
    }
    CHECK(agree({&lead, &watcher}));
    CHECK(servers.one.state() == servers.other.state());
}

TEST_CASE("both servers may be written to at once and nobody is told that it is unavailable",
          "[integration][servers]") {
    TwoServers servers;
    servers.one.make_march();
    const std::string token = servers.one.token("city_lead", "Lead 1");
    wait_for_token(servers.other, token);
    Somebody here(servers.one, token);
    Somebody there(servers.other, token);
    here.follow(feed("ops"));
    there.follow(feed("ops"));
    for (int round = 0; round < 40; ++round) {
        (void)here.must(sdk::PostNotice{sdk::Severity::info, "", "Here " + std::to_string(round), 0});
        (void)there.must(sdk::PostNotice{sdk::Severity::info, "", "There " + std::to_string(round), 0});
    }
    const sdk::Accepted last = here.must(sdk::PostNotice{sdk::Severity::info, "", "The end.", 0});
    for (Somebody* somebody : {&here, &there}) {
        somebody->until([&] { return somebody->client.position(feed("ops"))->seq >= last.position.seq; });
        CHECK(std::ranges::is_sorted(somebody->seqs));
        CHECK(std::ranges::adjacent_find(somebody->seqs) == somebody->seqs.end());
    }
    CHECK(agree({&here, &there}));
}

TEST_CASE("a marshal's position that one server hears is seen on the other", "[integration][servers]") {
    TwoServers servers;
    servers.one.make_march();
    const std::string lead_token = servers.one.token("city_lead", "Lead 1");
    const std::string marshal_token = servers.one.token("side", "Side 1", 2);
    wait_for_token(servers.other, lead_token);
    Somebody lead(servers.other, lead_token);
    Somebody marshal(servers.one, marshal_token);
    lead.follow(feed("ops"));
    marshal.follow(feed("marshal"));
    lead.until([&] {
        const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
            std::chrono::system_clock::now().time_since_epoch());
        marshal.client.report_position(march_name, {{{38.63, -90.2}, 5, now.count()}});
        marshal.io.poll();
        return saw<sdk::MarshalMoved>(lead);
    });
}

TEST_CASE("the boards of all servers show every march, whoever keeps it", "[integration][servers]") {
    TwoServers servers;
    servers.one.make_march();
    servers.one.make_march("kansas-city-mo");
    const std::string token = servers.one.token("national_desk", "Desk 1");
    wait_for_token(servers.other, token);
    for (RealServer* server : {&servers.one, &servers.other}) {
        Somebody follower(*server, "");
        follower.follow(feed("overview"));
        follower.until([&] { return follower.client.rows(feed("overview")).size() == 2; });
        Somebody desk(*server, token);
        desk.follow(feed("desk"));
        desk.until([&] { return desk.client.rows(feed("desk")).size() == 2; });
    }
}

TEST_CASE("a client goes on at another server where it was cut off", "[integration][servers]") {
    TwoServers servers;
    servers.one.make_march();
    const std::string token = servers.one.token("city_lead", "Lead 1");
    wait_for_token(servers.other, token);
    Somebody here(servers.one, token);
    Somebody there(servers.other, token);
    here.follow(feed("ops"));
    there.follow(feed("ops"));
    (void)here.must(sdk::PostNotice{sdk::Severity::info, "", "Before.", 0});
    servers.one.kill();
    const sdk::Accepted last = there.must(sdk::PostNotice{sdk::Severity::info, "", "After.", 0});
    CHECK(last.position.seq > here.client.position(feed("ops"))->seq);
    Somebody again(servers.other, token);
    again.client.subscribe(feed("ops"), *here.client.position(feed("ops")));
    again.until([&] { return !again.seqs.empty() && again.seqs.back() >= last.position.seq; });
    CHECK(again.snapshots == 0);
    CHECK(again.discontinuities == 0);
}

TEST_CASE("a march goes on when the server that kept it dies, and no alert is lost or doubled",
          "[integration][servers]") {
    TwoServers servers(fast_clock());
    servers.one.make_march();
    const std::string lead_token = servers.one.token("city_lead", "Lead 1");
    const std::string marshal_token = servers.one.token("side", "Side 1", 2);
    wait_for_token(servers.other, marshal_token);
    {
        Somebody lead(servers.one, lead_token);
        Somebody marshal(servers.one, marshal_token);
        lead.follow(feed("ops"));
        march_off(lead, marshal);
    }
    // Whichever of the two keeps the march: one of the two deaths is the keeper's.
    for (auto [dies, lives] : {std::pair(&servers.one, &servers.other), std::pair(&servers.other, &servers.one)}) {
        Somebody lead(*lives, lead_token);
        Somebody marshal(*lives, marshal_token);
        lead.follow(feed("ops"));
        check_in(marshal);
        dies->kill();
        // 25 minutes of silence are 2.5 s, and the takeover.
        lead.until([&] { return alerts_raised(lead) > 0; });
        lead.until([&] { return ladder_ended(lead); });
        CHECK(alerts_raised(lead) == 1);
        dies->start();
    }
}

TEST_CASE("a token that is revoked at one server ends its sessions at the other within two seconds",
          "[integration][servers]") {
    TwoServers servers;
    servers.one.make_march();
    for (unsigned number = 1; number <= 5; ++number) {
        const std::string token = servers.one.token("city_lead", "Lead " + std::to_string(number));
        wait_for_token(servers.other, token);
        Somebody there(servers.other, token);
        there.follow(feed("ops"));
        const auto since = std::chrono::steady_clock::now();
        servers.one.ask({{"verb", "token_revoke"}, {"campaign", "flag-day"}, {"number", number}, {"reason", "lost"}});
        CHECK_THROWS_WITH(there.until([] { return false; }), Catch::Contains("revoked"));
        CHECK(std::chrono::steady_clock::now() - since < std::chrono::seconds(2));
    }
}

TEST_CASE("a command that is given while Redis is away is taken when it is back", "[integration][servers]") {
    TwoServers servers;
    servers.one.make_march();
    const std::string token = servers.one.token("city_lead", "Lead 1");
    wait_for_token(servers.other, token);
    Somebody lead(servers.one, token);
    Somebody there(servers.other, token);
    lead.follow(feed("ops"));
    there.follow(feed("ops"));
    servers.redis.kill();
    std::optional<sdk::Outcome> outcome;
    lead.client.command(march_name, sdk::PostNotice{sdk::Severity::info, "", "Now.", 0},
                        [&](sdk::CommandId, const sdk::Outcome& answer) { outcome = answer; });
    (void)lead.io.run_for(std::chrono::seconds(7));  // the server has given up meanwhile, the client has not
    CHECK_FALSE(outcome.has_value());
    servers.redis.start();
    const auto back = std::chrono::steady_clock::now();
    lead.until([&] { return outcome.has_value(); });
    REQUIRE(std::holds_alternative<sdk::Accepted>(*outcome));
    const auto seq = std::get<sdk::Accepted>(*outcome).position.seq;
    there.until([&] { return there.client.position(feed("ops"))->seq >= seq; });
    CHECK(std::chrono::steady_clock::now() - back < back_within);
    CHECK(agree({&lead, &there}));
    CHECK(there.state(feed("ops")).dump().find("Now.") != std::string::npos);
    CHECK(lead.discontinuities + there.discontinuities == 0);
    CHECK(lead.times_online == 1);
}

TEST_CASE("a server with other keys than those of the logs does not start", "[integration][servers]") {
    TemporaryDirectory directory;
    const RedisServer redis(directory.path());
    RealServer first({"--store", redis.address(), "--keys", directory.path() + "/keys.json"});
    TemporaryDirectory own;
    Program stranger({MARCHWIRED_PATH, "--data", own.path(), "--listen", "127.0.0.1:0", "--listen-ops", "127.0.0.1:0",
                      "--admin", "127.0.0.1:0", "--store", redis.address()},
                     Stream::error);
    const Ended ended = stranger.wait();
    CHECK(ended.exit_code == 1);
    CHECK(ended.out.find("--keys") != std::string::npos);
}

TEST_CASE("without Redis a server says so and does not start", "[integration][servers]") {
    TemporaryDirectory own;
    Program lonely({MARCHWIRED_PATH, "--data", own.path(), "--store", "redis://127.0.0.1:1/0"}, Stream::error);
    const Ended ended = lonely.wait();
    CHECK(ended.exit_code == 1);
    CHECK(ended.out.find("redis://127.0.0.1:1/0") != std::string::npos);
}

}  // namespace
}  // namespace marchwire::test
