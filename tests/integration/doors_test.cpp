// The doors of a real server: whom it lets in while others storm them, and how it guards itself.
#include "real_server.hpp"
#include "support/flood.hpp"
#include "support/patience.hpp"
#include "support/staff_client.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace marchwire::test {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

std::string whole_file(const std::string& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
}

double met(const RealServer& server, const std::string& limit) {
    return server.figure("marchwire_limited_total{limit=\"" + limit + "\"}");
}

TEST_CASE("marshals check in and log in while ten times as many storm the doors", "[integration][doors][flood]") {
    constexpr std::size_t marshals = 40;
    constexpr std::size_t hostile = 400;
    constexpr int rounds = 5;
    RealServer server;
    server.make_march();
    std::vector<std::string> tokens;
    for (std::size_t i = 0; i < marshals; ++i) {
        const auto section = static_cast<unsigned>(1 + i % 5);
        tokens.push_back(server.token("side", "Side " + std::to_string(i + 1), section));
    }
    Somebody lead(server, server.token("city_lead", "Lead 1"));
    Somebody follower(server, "");
    follower.follow(feed("public"));

    const Flood flood({server.followers_address(), server.staff_address(), "public/" + march_name}, hostile);
    wait_until([&] { return flood.open() > hostile / 2 && met(server, "wrong_tokens") > 0; });
    std::uint64_t device = 1'000;
    std::size_t served = 0;
    Clock::duration longest{};
    for (int round = 0; round < rounds; ++round) {
        // Each comes anew, as after a jam, and says that it is on its post.
        for (const std::string& token : tokens) {
            const auto begun = Clock::now();
            StaffClient marshal(server.staff_address(), token, ++device, "");
            v1::Command command;
            command.mutable_check_in()->set_report(v1::ON_POST);
            (void)marshal.ask(march_name, command);
            longest = std::max(longest, Clock::now() - begun);
            ++served;
        }
        (void)lead.must(sdk::PostNotice{sdk::Severity::info, "", "Bring water.", 0});
        follower.until([&] {
            return std::ranges::count_if(follower.changes, [](const sdk::Change& change) {
                       return std::holds_alternative<sdk::NoticePosted>(change);
                   }) == round + 1;
        });
    }
    CHECK(served == marshals * rounds);
    CHECK(longest < milliseconds(2'000));
    CHECK(lead.times_online == 1);
    CHECK(follower.times_online == 1);
    CHECK(flood.sent_away(Attack::wrong_token) > hostile / attacks);
    // Storms are sent away or told to wait, and those who say nothing do not stay.
    wait_until([&] { return met(server, "client_frames") + met(server, "commands") > 0; });
    wait_until([&] { return flood.sent_away(Attack::half_open) > 0; });
}

TEST_CASE("a server writes no core dump", "[integration][doors]") {
    const RealServer server;
    // Of this test's one child.
    std::string child = whole_file("/proc/thread-self/children");
    child = child.substr(0, child.find(' '));
    const std::string limits = whole_file("/proc/" + child + "/limits");
    const auto at = limits.find("Max core file size");
    REQUIRE(at != std::string::npos);
    const std::string line = limits.substr(at, limits.find('\n', at) - at);
    CHECK(line.find(" 0 ") != std::string::npos);
    CHECK(line.find("unlimited") == std::string::npos);
}

TEST_CASE("a server prints the page of its limits", "[integration][doors]") {
    const Ended ended = run_program({MARCHWIRED_PATH, "--limits"});
    CHECK(ended.exit_code == 0);
    CHECK(ended.out == whole_file(MARCHWIRE_SOURCE_DIR "/docs/LIMITS.md"));
}

TEST_CASE("a server says for how many it has room and that it does not start plain before everybody",
          "[integration][doors]") {
    const TemporaryDirectory directory;
    Program server({MARCHWIRED_PATH, "--data", directory.path(), "--connections", "500", "--listen", "127.0.0.1:0",
                    "--listen-ops", "127.0.0.1:0", "--admin", "127.0.0.1:0"},
                   Stream::error);
    const auto told = [](const std::string& said) {
        return said.find(" connections=500 followers=400 ") != std::string::npos;
    };
    CHECK(told(server.read_until(told)));
    Program plain({MARCHWIRED_PATH, "--check-config", "--listen", "0.0.0.0:0"}, Stream::error);
    const Ended ended = plain.wait();
    CHECK(ended.exit_code == 2);
    CHECK(ended.out.find("plain_off_loopback") != std::string::npos);
}

}  // namespace
}  // namespace marchwire::test
