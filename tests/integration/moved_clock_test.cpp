// A clock that stands until the host moves it: a day is played as fast as a server can.
#include "real_server.hpp"

#include "support/patience.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace marchwire::test;
using Json = nlohmann::json;

namespace {

constexpr std::int64_t step_off_ms = 1'528'992'000'000;  // as RealServer's march plans it

}  // namespace

TEST_CASE("on a clock that the host moves only what he lets pass is due", "[integration]") {
    RealServer server({"--demo-clock", "2018-06-14T16:00:00Z,0"});
    server.make_march();
    const auto now = [&] { return server.ask({{"verb", "status"}}).at("now_ms").get<std::int64_t>(); };
    const auto late = [&] {
        const Json alerts = server.state().value("alerts", Json::array());
        return !alerts.empty() && alerts.at(0).at("key").at("kind") == "PHASE_LATE";
    };
    let_pass(std::chrono::milliseconds(1'500));
    CHECK(now() == step_off_ms);
    // Ten minutes after the planned step-off it is late, and not a second before. Nothing is waited for: it has been
    // stored when the host hears that the clock stands there.
    server.ask({{"verb", "move_clock"}, {"seconds", 599U}});
    CHECK(now() == step_off_ms + 599'000);
    CHECK_FALSE(late());
    server.ask({{"verb", "move_clock"}, {"seconds", 1U}});
    CHECK(late());
    let_pass(std::chrono::milliseconds(600));
    CHECK(server.ask({{"verb", "move_clock"}}).at("now_ms") == step_off_ms + 600'000);
    CHECK_THROWS(server.ask({{"verb", "move_clock"}, {"seconds", 3'601U}}));
}

TEST_CASE("no host moves a clock that runs by itself", "[integration]") {
    RealServer real;
    CHECK_THROWS_WITH(real.ask({{"verb", "move_clock"}, {"seconds", 1U}}), Catch::Contains("START,0"));
    RealServer demo({"--demo-clock", "2018-06-14T16:00:00Z,60"});
    CHECK_THROWS_WITH(demo.ask({{"verb", "move_clock"}, {"seconds", 1U}}), Catch::Contains("START,0"));
}
