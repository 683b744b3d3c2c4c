// A client of the C SDK: what it tells, from which thread it may be called, how it ends.
#include "c_client.hpp"

#include "support/one_guest.hpp"
#include "support/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <atomic>
#include <functional>
#include <future>
#include <set>
#include <stdexcept>
#include <thread>

namespace marchwire::test {
namespace {

constexpr const char* check_in = R"({"checkIn": {"report": "ON_POST"}})";

TEST_CASE("a callback of the C SDK may call its client but not free it", "[c][callback]") {
    std::atomic<int> well{0};
    std::atomic<int> ill{0};
    const auto note = [&](bool holds) { ++(holds ? well : ill); };
    const CClient client(settings_for(), [&](const marchwire_event* event) {
        if (marchwire_event_get_kind(event) != MARCHWIRE_EVENT_STATE || well + ill > 0) return;
        marchwire_client* one = marchwire_event_get_client(event);
        OwnText text;
        std::uint64_t counter = 0;
        note(marchwire_client_free(one) == MARCHWIRE_IN_CALLBACK);
        note(marchwire_client_subscribe(one, "public/c/m") == MARCHWIRE_OK);
        note(marchwire_client_state(one, "public/c/m", text.into()) == MARCHWIRE_NOTHING);
        note(marchwire_client_position(one, "public/c/m", text.into()) == MARCHWIRE_NOTHING);
        note(marchwire_client_command(one, "c/m", check_in, &counter, nullptr) == MARCHWIRE_OK && counter == 1);
        note(marchwire_client_unanswered(one) == 1);
        note(marchwire_client_is_online(one) == 0);
    });
    REQUIRE(marchwire_client_connect(client.get()) == MARCHWIRE_OK);
    wait_until([&] { return well + ill == 7; });
    CHECK(ill == 0);
    // It goes on.
    CHECK(marchwire_client_counter(client.get()) == 1);
    CHECK(client.wait_for(MARCHWIRE_EVENT_STATE, R"("state":"waiting")").json.find("retry_in_ms") != std::string::npos);
}

TEST_CASE("what threads ask of a client of the C SDK at once is all done", "[c][threads]") {
    constexpr std::uint64_t each = 50;
    const CClient client(settings_for());
    std::array<std::set<std::uint64_t>, 2> counters;
    const auto give = [&](std::set<std::uint64_t>& into) {
        for (std::uint64_t i = 0; i < each; ++i) {
            std::uint64_t counter = 0;
            marchwire_client_command(client.get(), "c/m", check_in, &counter, nullptr);
            marchwire_client_subscribe(client.get(), "overview/c");
            into.insert(counter);
        }
    };
    std::thread other(give, std::ref(counters[0]));
    give(counters[1]);
    other.join();
    counters[0].merge(counters[1]);
    CHECK(counters[0].size() == 2 * each);
    CHECK(counters[1].empty());
    CHECK(marchwire_client_unanswered(client.get()) == 2 * each);
}

TEST_CASE("a command of the C SDK outlives its app in the queue's file alone", "[c][queue]") {
    const TemporaryDirectory home;
    const Settings settings = settings_for();
    const std::string file = home.path() + "/queue";
    SECTION("kept") {
        REQUIRE(marchwire_settings_set_queue_file(settings.get(), file.c_str()) == MARCHWIRE_OK);
        for (const std::uint64_t expected : {1U, 2U}) {
            const CClient client(settings);
            std::uint64_t counter = 0;
            std::int32_t durable = 0;
            CHECK(marchwire_client_command(client.get(), "c/m", check_in, &counter, &durable) == MARCHWIRE_OK);
            CHECK(counter == expected);
            CHECK(durable == 1);
            CHECK(marchwire_client_unanswered(client.get()) == expected);
        }
    }
    SECTION("not kept") {
        const CClient client(settings);
        std::int32_t durable = 7;
        CHECK(marchwire_client_command(client.get(), "c/m", check_in, nullptr, &durable) == MARCHWIRE_OK);
        CHECK(durable == 0);
    }
}

TEST_CASE("what is no command is answered by the C SDK like a command", "[c][command]") {
    const CClient client(settings_for());
    std::uint64_t counter = 7;
    CHECK(marchwire_client_command(client.get(), "c/m", "{}", &counter, nullptr) == MARCHWIRE_OK);
    CHECK(counter == 0);
    const ToldEvent reply = client.wait_for(MARCHWIRE_EVENT_REPLY);
    CHECK(reply.number == 0);
    CHECK(reply.json.find(R"("code":"INVALID_ARGUMENT")") != std::string::npos);
    CHECK(reply.json.find(R"("id":{"counter":"0","device":"0"})") != std::string::npos);
}

TEST_CASE("what is asked of a server that is away is answered by the number that was given", "[c][history]") {
    const CClient client(settings_for());
    std::uint64_t history = 0;
    std::uint64_t access = 0;
    CHECK(marchwire_client_history(client.get(), "ops/c/m", 1, 10, &history) == MARCHWIRE_OK);
    CHECK(marchwire_client_access(client.get(), "c/m", 0, &access) == MARCHWIRE_OK);
    CHECK(history != access);
    const ToldEvent told = client.wait_for(MARCHWIRE_EVENT_HISTORY);
    CHECK(told.number == history);
    CHECK(told.feed == "ops/c/m");
    CHECK(told.json.find(R"("code":"UNAVAILABLE")") != std::string::npos);
    CHECK(told.json.ends_with(R"("items":[]})"));
    CHECK(client.wait_for(MARCHWIRE_EVENT_ACCESS).number == access);
}

TEST_CASE("an app's failure over an event is a fault of the C SDK and all goes on", "[c][callback]") {
    const CClient client(settings_for(), [](const marchwire_event* event) {
        const std::string_view json = marchwire_event_get_json(event);
        if (json.find("connecting") != std::string_view::npos) marchwire_event_fail(event, "a \"view\" was gone");
        if (json.find("waiting") != std::string_view::npos) throw std::runtime_error("C++ throws through C");
    });
    CHECK(marchwire_client_connect(client.get()) == MARCHWIRE_OK);
    CHECK(client.wait_for(MARCHWIRE_EVENT_FAULT, "was gone").json.find(R"(a \"view\" was gone)") != std::string::npos);
    CHECK(client.wait_for(MARCHWIRE_EVENT_FAULT, "throws through").json.find(R"("kind":"CALLBACK")") !=
          std::string::npos);
    wait_until([&] { return client.told(MARCHWIRE_EVENT_STATE).size() > 5; });
}

TEST_CASE("the C SDK asks for a token and takes the first answer to its newest question", "[c][token]") {
    const OneGuest server;
    const Settings settings = settings_for(server.url());
    REQUIRE(marchwire_settings_set_asks_tokens(settings.get(), 1) == MARCHWIRE_OK);
    const CClient client(settings);
    CHECK(marchwire_client_connect(client.get()) == MARCHWIRE_OK);
    const ToldEvent wanted = client.wait_for(MARCHWIRE_EVENT_TOKEN_WANTED);
    CHECK(wanted.number == 1);
    CHECK(marchwire_client_give_token(client.get(), wanted.number + 1, "of.nothing.asked", 0) == MARCHWIRE_OK);
    CHECK(marchwire_client_give_token(client.get(), wanted.number, "first.of.app", 0) == MARCHWIRE_OK);
    CHECK(marchwire_client_give_token(client.get(), wanted.number, "second.of.app", 0) == MARCHWIRE_OK);
    wait_until([&] { return server.heard("first.of.app"); });
    // Asked anew for the next connection; none now is an answer too.
    CHECK(marchwire_client_drop(client.get()) == MARCHWIRE_OK);
    wait_until([&] { return client.told(MARCHWIRE_EVENT_TOKEN_WANTED).size() == 2; });
    CHECK(marchwire_client_give_token(client.get(), wanted.number, "late.of.app", 0) == MARCHWIRE_OK);
    CHECK(marchwire_client_give_token(client.get(), wanted.number + 1, nullptr, 0) == MARCHWIRE_OK);
    wait_until([&] { return client.told(MARCHWIRE_EVENT_TOKEN_WANTED).size() == 3; });
    CHECK_FALSE(server.heard("of.nothing"));
    CHECK_FALSE(server.heard("second.of"));
    CHECK_FALSE(server.heard("late.of"));
}

TEST_CASE("a device of the C SDK tells its name and no more than it was told to", "[c][settings]") {
    const OneGuest server;
    const Settings settings = settings_for(server.url());
    REQUIRE(marchwire_settings_set_token(settings.get(), "the.token") == MARCHWIRE_OK);
    REQUIRE(marchwire_settings_set_name(settings.get(), "stewards/1.2") == MARCHWIRE_OK);
    const CClient client(settings);
    CHECK(marchwire_client_subscribe(client.get(), "public/c/m") == MARCHWIRE_OK);
    CHECK(marchwire_client_subscribe(client.get(), "overview/unwanted") == MARCHWIRE_OK);
    CHECK(marchwire_client_unsubscribe(client.get(), "overview/unwanted") == MARCHWIRE_OK);
    CHECK(marchwire_client_connect(client.get()) == MARCHWIRE_OK);
    wait_until([&] { return server.heard("the.token"); });
    CHECK(server.heard("stewards/1.2"));
    CHECK(server.heard("public/c/m"));
    CHECK_FALSE(server.heard("unwanted"));
}

TEST_CASE("a client of the C SDK whose callback stands still says when too much waits for it", "[c][threads]") {
    std::promise<void> goes_on;
    const std::shared_future<void> may_go_on = goes_on.get_future().share();
    const CClient client(settings_for(), [may_go_on](const marchwire_event*) { may_go_on.wait(); });
    CHECK(marchwire_client_connect(client.get()) == MARCHWIRE_OK);
    marchwire_status status = MARCHWIRE_OK;
    constexpr int more_than_wait = 20'000;
    for (int i = 0; i < more_than_wait && status == MARCHWIRE_OK; ++i)
        status = marchwire_client_screen(client.get(), 1);
    CHECK(status == MARCHWIRE_FULL);
    goes_on.set_value();
    // It has done all the same what it had taken.
    CHECK(marchwire_client_unanswered(client.get()) == 0);
    CHECK(marchwire_client_screen(client.get(), 0) == MARCHWIRE_OK);
}

// All of them came back at the same moments, for no device was a seed like any other.
TEST_CASE("followers that lost one server do not come back at the same moment", "[c][client]") {
    const Settings settings(marchwire_settings_new("ws://127.0.0.1:1/v1/ws"));
    constexpr std::int64_t waits_ms = 1'000'000'000;
    REQUIRE(marchwire_settings_set_retry(settings.get(), waits_ms, waits_ms) == MARCHWIRE_OK);
    const CClient one(settings);
    const CClient other(settings);
    CHECK(marchwire_client_connect(one.get()) == MARCHWIRE_OK);
    CHECK(marchwire_client_connect(other.get()) == MARCHWIRE_OK);
    const auto wait_of = [](const CClient& client) { return client.wait_for(MARCHWIRE_EVENT_STATE, "waiting").json; };
    CHECK(wait_of(one) != wait_of(other));
}

TEST_CASE("a client of the C SDK that tells nobody anything works", "[c][client]") {
    marchwire_client* client = marchwire_client_new(settings_for().get(), nullptr, nullptr);
    REQUIRE(client != nullptr);
    CHECK(marchwire_client_connect(client) == MARCHWIRE_OK);
    CHECK(marchwire_client_command(client, "c/m", check_in, nullptr, nullptr) == MARCHWIRE_OK);
    CHECK(marchwire_client_unanswered(client) == 1);
    CHECK(marchwire_client_server_time(client) == 0);
    CHECK(marchwire_client_free(client) == MARCHWIRE_OK);
}

}  // namespace
}  // namespace marchwire::test
