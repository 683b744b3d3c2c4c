// An app whose backend signs short tokens is asked for one before each connection.
#include "machine_fixture.hpp"

#include <catch2/catch.hpp>

namespace marchwire::sdk::test {
namespace {

ClientSettings fetching() {
    ClientSettings made = settings();
    made.token.clear();
    made.fetch_token = [](const std::function<void(std::string)>&) {};
    return made;
}

/// A client that asks its app for tokens.
struct Fetching {
    SessionMachine machine{fetching()};
    Millis now{5'000};

    Actions tick(Millis later) {
        now += later;
        return machine.on_tick(now);
    }
    /// The token of the Hello that it says.
    std::string said_by(const std::string& token) {
        CHECK(all<Dial>(machine.on_token(token, std::nullopt, now)).size() == 1);
        const auto messages = sent(machine.on_connected(now));
        REQUIRE(messages.size() == 1);
        return messages[0].hello().token();
    }
    Actions closed_with(v1::ErrorCode code) {
        Says says;
        says.item().mutable_error()->set_code(code);
        (void)machine.on_message(says.bytes(), now);
        return machine.on_closed(4012, "", now);
    }
};

TEST_CASE("an app is asked for a token before its client connects", "[sdk][token]") {
    Fetching client;
    const Actions begun = client.machine.connect(client.now);
    CHECK(tells<Connecting>(begun));
    CHECK(all<AskToken>(begun).size() == 1);
    CHECK(all<Dial>(begun).empty());
    CHECK(client.said_by("first.of.app") == "first.of.app");
}

TEST_CASE("when its token has expired a client asks for another and comes back with it", "[sdk][token]") {
    Fetching client;
    (void)client.machine.connect(client.now);
    (void)client.said_by("first.of.app");
    (void)client.machine.on_message(Says().welcome().bytes(), client.now);
    client.now += Millis(600'000);
    CHECK(tells<Waiting>(client.closed_with(v1::EXPIRED)));
    const Actions again = client.tick(Millis(1'000));
    CHECK(all<AskToken>(again).size() == 1);
    CHECK(client.said_by("second.of.app") == "second.of.app");
}

TEST_CASE("an app whose token is not known is asked once more and then left", "[sdk][token]") {
    Fetching client;
    (void)client.machine.connect(client.now);
    (void)client.said_by("first.of.app");
    CHECK(tells<Waiting>(client.closed_with(v1::UNAUTHENTICATED)));
    CHECK(all<AskToken>(client.tick(Millis(1'000))).size() == 1);
    (void)client.said_by("second.of.app");
    CHECK(tells<Stopped>(client.closed_with(v1::UNAUTHENTICATED)));
}

/// Online by a token that lives ten minutes.
struct Renewing : Fetching {
    Renewing() {
        (void)machine.connect(now);
        (void)machine.on_token("first.of.app", Millis(600'000), now);
        (void)machine.on_connected(now);
        (void)machine.on_message(Says().welcome().bytes(), now);
        // Something is heard again and again.
        for (int i = 0; i < 9; ++i) {
            now += Millis(60'000);
            (void)machine.on_message(Says().bytes(), now);
        }
    }
};

TEST_CASE("half a minute before its token expires a client asks for the next and says it", "[sdk][token]") {
    Renewing client;
    CHECK(all<AskToken>(client.tick(Millis(29'999))).empty());
    CHECK(all<AskToken>(client.tick(Millis(1))).size() == 1);
    const auto said = sent(client.machine.on_token("second.of.app", Millis(600'000), client.now));
    REQUIRE(said.size() == 1);
    CHECK(said[0].prove().token() == "second.of.app");
    // Given twice.
    CHECK(client.machine.on_token("third.of.app", Millis(600'000), client.now).empty());
}

TEST_CASE("an app that has no next token keeps its session as long as the old one lives", "[sdk][token]") {
    Renewing client;
    (void)client.tick(Millis(30'000));
    CHECK(client.machine.on_token("", std::nullopt, client.now).empty());
    CHECK(client.machine.is_online());
}

TEST_CASE("an expired token of an app that fetches none ends the tries", "[sdk][token]") {
    Online online;
    online.greet();
    Says says;
    says.item().mutable_error()->set_code(v1::EXPIRED);
    (void)online.say(says);
    CHECK(tells<Stopped>(online.machine.on_closed(4012, "", online.now)));
}

TEST_CASE("an app that has no token now or says nothing is asked again later", "[sdk][token]") {
    Fetching client;
    (void)client.machine.connect(client.now);
    SECTION("none now") { CHECK(tells<Waiting>(client.machine.on_token("", std::nullopt, client.now))); }
    SECTION("silent") {
        CHECK(client.tick(Millis(29'999)).empty());
        CHECK(tells<Waiting>(client.tick(Millis(1))));
        // Its answer comes too late for the try that waited.
        CHECK(client.machine.on_token("late.of.app", std::nullopt, client.now).empty());
    }
    CHECK(all<AskToken>(client.tick(Millis(1'000))).size() == 1);
}

}  // namespace
}  // namespace marchwire::sdk::test
