// A march has one keeper: another goes on soon when it is gone, and one that comes back late is not heard any more.
#include "support/patience.hpp"
#include "two_servers.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <csignal>
#include <set>
#include <string>

namespace marchwire::test {
namespace {

using Clock = std::chrono::steady_clock;

TEST_CASE("five seconds after kill -9 of a march's keeper another keeps it", "[integration][servers][faults]") {
    KeeperAndOther servers;
    REQUIRE_FALSE(keeps_march(servers.other));
    servers.keeper.kill();
    CHECK(taken_over(servers.other, Clock::now()) < back_within);
}

TEST_CASE("a keeper that stood still for longer than its lease is not heard when it goes on",
          "[integration][servers][faults]") {
    KeeperAndOther servers(fast_clock());
    const std::string lead_token = servers.keeper.token("city_lead", "Lead 1");
    const std::string marshal_token = servers.keeper.token("side", "Side 1", 2);
    wait_for_token(servers.other, marshal_token);
    Somebody watcher(servers.keeper, lead_token);
    Somebody lead(servers.other, lead_token);
    Somebody marshal(servers.other, marshal_token);
    watcher.follow(feed("ops"));
    lead.follow(feed("ops"));
    march_off(lead, marshal);
    const auto terms_before = entries_of(servers.other.dump(), "keeperChanged").size();

    servers.keeper.signal(SIGSTOP);
    CHECK(taken_over(servers.other, Clock::now()) < back_within);
    lead.until([&] { return alerts_raised(lead) > 0; });
    // By what it has read itself the nudge and the alert are due, and are its own to write.
    servers.keeper.signal(SIGCONT);
    lead.until([&] { return ladder_ended(lead); });
    wait_until([&] { return !keeps_march(servers.keeper); });
    CHECK(keeps_march(servers.other));
    const auto last = lead.must(sdk::PostNotice{sdk::Severity::info, "", "Go on.", 0});
    lead.until([&] { return lead.client.position(feed("ops"))->seq >= last.position.seq; });
    CHECK(agree({&watcher, &lead}));
    CHECK(watcher.gaps + watcher.discontinuities == 0);

    const std::string dump = servers.other.dump();
    CHECK(entries_of(dump, "keeperChanged").size() == terms_before + 1);
    CHECK(entries_of(dump, "checkInNudged").size() == 1);
    CHECK(entries_of(dump, "alertRaised").size() == 1);
    std::set<std::string> steps;  // with its time each is another
    const auto stepped = entries_of(dump, "alertStepped");
    for (const auto& entry : stepped) {
        const auto& step = entry.at("entry").at("event").at("alertStepped");
        CHECK(steps.insert(step.value("state", "") + " " + std::to_string(step.value("step", 0))).second);
    }
    CHECK_FALSE(stepped.empty());
    CHECK(servers.keeper.dump() == dump);
}

}  // namespace
}  // namespace marchwire::test
