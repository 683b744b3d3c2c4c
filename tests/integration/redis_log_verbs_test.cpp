// `marchwire log verify` and `log dump` of logs in Redis, while no server runs.
#include "real_server.hpp"
#include "support/redis_server.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <sstream>
#include <string>
#include <vector>

namespace marchwire::test {
namespace {

TEST_CASE("logs in Redis are verified and dumped without a server", "[integration][redis]") {
    TemporaryDirectory directory;
    RedisServer redis(directory.path());
    RealServer server({"--store", redis.address()});
    server.make_march();
    (void)server.token("city_lead", "Lead 1");
    const auto log_verb = [&](std::vector<std::string> words) {
        std::vector<std::string> arguments = {MARCHWIRE_PATH, "--data", server.data(), "log"};
        arguments.insert(arguments.end(), words.begin(), words.end());
        arguments.insert(arguments.end(), {"--store", redis.address()});
        return run_program(arguments);
    };
    CHECK(server.stop() == 0);
    const Ended verified = log_verb({"verify"});
    CHECK(verified.exit_code == 0);
    CHECK(verified.out.find("flag-day/st-louis-mo: ") != std::string::npos);
    CHECK(verified.out.find("whole") != std::string::npos);

    const Ended dumped = log_verb({"dump", "flag-day/st-louis-mo"});
    std::istringstream lines(dumped.out);
    std::uint64_t seq = 0;
    for (std::string line; std::getline(lines, line);) CHECK(nlohmann::json::parse(line).at("seq") == ++seq);
    CHECK(seq != 0);

    // One digest is turned: the chain tells.
    const std::string key = "mw:{flag-day/st-louis-mo}:log";
    const auto rows = redis.ask({"XRANGE", key, "-", "+"});
    (void)redis.ask({"DEL", key});
    for (const auto& row : rows.items) {
        std::string entry = row.items.at(1).items.at(1).text;
        entry.front() = static_cast<char>(entry.front() ^ 1);
        (void)redis.ask({"XADD", key, row.items.at(0).text, "e", entry});
    }
    CHECK(log_verb({"verify", "flag-day/st-louis-mo"}).out.find("DAMAGED") != std::string::npos);
}

}  // namespace
}  // namespace marchwire::test
