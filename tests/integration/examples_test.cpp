// The examples of the SDKs against a real server.
#include "integration/real_server.hpp"
#include "support/program.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace marchwire::test {
namespace {

TEST_CASE("the console follower of the C++ SDK shows what becomes of a march", "[integration][examples]") {
    RealServer server;
    server.make_march();
    Program follower({SDK_FOLLOW_PATH, server.followers_url(), "public/" + march_name}, Stream::out);
    const auto shows = [](const std::string& word) {
        return [word](const std::string& said) { return said.find(word) != std::string::npos; };
    };
    CHECK_FALSE(follower.read_until(shows("St. Louis: planned")).empty());
}

TEST_CASE("the console follower says what it wants to hear", "[integration][examples]") {
    Program follower({SDK_FOLLOW_PATH, "ws://127.0.0.1:1/v1/ws"}, Stream::out);
    CHECK(follower.wait().exit_code == 2);
}

}  // namespace
}  // namespace marchwire::test
