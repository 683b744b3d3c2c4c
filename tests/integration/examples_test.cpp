// The examples of the SDKs against a real server.
#include "integration/real_server.hpp"
#include "support/patience.hpp"
#include "support/program.hpp"
#include "support/temporary_directory.hpp"

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

// ./dev test builds the SDK for TypeScript before.
const std::string typescript = std::string(MARCHWIRE_SOURCE_DIR) + "/client-sdk/typescript/";

TEST_CASE("the marshal bot in Node checks in", "[integration][examples]") {
    RealServer server;
    server.make_march();
    const TemporaryDirectory directory;
    Program bot({"node", typescript + "examples/marshal_bot.mjs", server.staff_url(), server.token("side", "side-1", 1),
                 march_name, directory.path() + "/queue"},
                Stream::out);
    CHECK_FALSE(bot.read_until(shows("check-in\n")).empty());
    wait_until([&] { return server.state().dump().find("\"ON_POST\"") != std::string::npos; });
}

TEST_CASE("the widget shows the march in a browser", "[integration][examples]") {
    RealServer server;
    server.make_march();
    Program widget({"node", typescript + "tools/show_widget.mjs", server.followers_url(), "public/" + march_name},
                   Stream::out);
    CHECK_FALSE(widget.read_until(shows("St. Louis: planned")).empty());
    CHECK(widget.wait().exit_code == 0);
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
