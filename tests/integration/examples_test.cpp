// The examples of the SDKs against a real server.
#include "integration/real_server.hpp"
#include "support/program.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <string>
#include <utility>

namespace marchwire::test {
namespace {

auto shows(std::string word) {
    return [word = std::move(word)](const std::string& said) { return said.find(word) != std::string::npos; };
}

TEST_CASE("the console follower of the C++ SDK shows what becomes of a march", "[integration][examples]") {
    RealServer server;
    server.make_march();
    Program follower({SDK_FOLLOW_PATH, server.followers_url(), "public/" + march_name}, Stream::out);
    CHECK_FALSE(follower.read_until(shows("St. Louis: planned")).empty());
}

TEST_CASE("the console follower says what it wants to hear", "[integration][examples]") {
    Program follower({SDK_FOLLOW_PATH, "ws://127.0.0.1:1/v1/ws"}, Stream::out);
    CHECK(follower.wait().exit_code == 2);
}

TEST_CASE("the followers of the C SDK show what becomes of a march and end when they are told to",
          "[integration][examples]") {
    RealServer server;
    server.make_march();
    const std::string feed = "public/" + march_name;
    SECTION("in C") {
        Program follower({C_FOLLOW_PATH, server.followers_url(), feed}, Stream::out);
        CHECK_FALSE(follower.read_until(shows(R"("city":"St. Louis")")).empty());
        follower.signal(SIGTERM);
        CHECK(follower.wait().exit_code == 0);
    }
#ifdef MARCHWIRE_LIBRARY_PATH
    SECTION("in Python") {
        const std::string library = MARCHWIRE_LIBRARY_PATH;
        Program follower(
            {"env", "MARCHWIRE_LIBRARY=" + library, "/usr/bin/python3", "-B",
             std::string(MARCHWIRE_SOURCE_DIR) + "/client-sdk/c/examples/follow.py", server.followers_url(), feed},
            Stream::out);
        CHECK_FALSE(follower.read_until(shows("St. Louis: PLANNED")).empty());
        follower.signal(SIGTERM);
        CHECK(follower.wait().exit_code == 0);
    }
#endif
}

TEST_CASE("the followers of the C SDK know what is no feed", "[integration][examples]") {
    Program follower({C_FOLLOW_PATH, "ws://127.0.0.1:1/v1/ws", "public/nowhere"}, Stream::out);
    CHECK(follower.wait().exit_code == 2);
}

}  // namespace
}  // namespace marchwire::test
