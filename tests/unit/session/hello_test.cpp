// How a conversation begins, and how it ends before it began.
#include "talk.hpp"

#include <catch2/catch.hpp>

namespace marchwire::session::test {
namespace {

using base::Millis;
using base::seconds;
using wire::CloseCode;

TEST_CASE("an anonymous follower is welcomed as nobody with the limits", "[session][hello]") {
    Talk talk(Door::followers);
    CHECK(talk.hello().empty());
    const auto items = talk.read();
    REQUIRE(items.size() == 1);
    const Json welcome = items[0]["welcome"];
    CHECK(welcome["serverTimeMs"] == std::to_string(wall.value));
    CHECK(welcome["session"] == "s-1");
    CHECK(welcome["role"] == "FOLLOWER");
    CHECK_FALSE(welcome.contains("person"));
    CHECK(welcome["limits"]["messageBytes"] == base::limits::message_bytes);
    CHECK(welcome["limits"]["subscriptions"] == base::limits::subscriptions_per_session);
    CHECK(welcome["limits"]["deadAfterMs"] == base::limits::dead_after_silence.value);
    CHECK_FALSE(talk.session.is_staff());
}

TEST_CASE("a token at the staff door proves who somebody is", "[session][hello]") {
    Talk talk(Door::staff);
    CHECK(all_of<Heard>(talk.hello()).size() == 1);
    const Json welcome = talk.read().at(0)["welcome"];
    CHECK(welcome["person"] == "12");
    CHECK(welcome["role"] == "CITY_LEAD");
    CHECK(welcome["march"] == "c/m");
    REQUIRE(talk.session.grant() != nullptr);
    CHECK(talk.session.grant()->number == 4);
}

TEST_CASE("a demo clock is told and deadlines stay real", "[session][hello]") {
    SessionSettings settings = json_at(Door::followers);
    settings.demo_clock = "60 times as fast";
    settings.clock_rate = 60;
    Talk talk(settings);
    talk.backend.time = wall + base::hours(5);
    CHECK(talk.tick(seconds(4)).empty());
    (void)talk.hello();
    const Json welcome = talk.read().at(0)["welcome"];
    CHECK(welcome["demoClock"] == "60 times as fast");
    CHECK(welcome["clockRate"] == 60.0);
    CHECK(welcome["serverTimeMs"] == std::to_string((wall + base::hours(5)).value));
}

TEST_CASE("feeds in Hello are opened in order after Welcome", "[session][hello]") {
    Talk talk(Door::followers);
    const auto wishes = all_of<OpenFeed>(
        talk.say(R"({"hello":{"protocol":1,"subscribe":[{"feed":"public/c/m"},{"feed":"overview/c"}]}})"));
    REQUIRE(wishes.size() == 2);
    CHECK(wishes[0].feed == feed("public/c/m"));
    CHECK(wishes[1].feed == feed("overview/c"));
    CHECK(wishes[0].encoding == wire::Encoding::json);
    CHECK(talk.read_kinds() == std::vector<std::string>{"welcome"});
}

struct Refused {
    Door door;
    const char* said;
    CloseCode code;
};

TEST_CASE("a Hello that is not taken closes with a code of its own", "[session][hello]") {
    const auto row = GENERATE(
        Refused{Door::followers, R"({"hello":{"protocol":2}})", CloseCode::wrong_version},
        Refused{Door::followers, R"({"hello":{}})", CloseCode::wrong_version},
        Refused{Door::followers, R"({"hello":{"protocol":1,"token":"the-leads-token"}})", CloseCode::wrong_door},
        Refused{Door::staff, R"({"hello":{"protocol":1}})", CloseCode::wrong_door},
        Refused{Door::staff, R"({"hello":{"protocol":1,"token":"another"}})", CloseCode::unauthenticated},
        Refused{Door::staff, R"({"subscribe":{"feed":"public/c/m"}})", CloseCode::protocol_error},
        Refused{Door::followers, R"({"ping":{"nonce":"1"}})", CloseCode::protocol_error});
    Talk talk(row.door);
    const Actions actions = talk.say(row.said);
    CAPTURE(row.said);
    REQUIRE_FALSE(actions.empty());
    const Close& close = std::get<Close>(actions.back());
    CHECK(close.code == row.code);
    CHECK_FALSE(close.reason.empty());
    CHECK(close.reason.find("another") == std::string::npos);
    // Who guesses or makes no sense is to blame; an old SDK and a wrong door are honest mistakes.
    const bool is_to_blame = row.code == CloseCode::unauthenticated || row.code == CloseCode::protocol_error;
    CHECK(all_of<Blame>(actions).size() == (is_to_blame ? 1 : 0));
    CHECK(talk.read().empty());
    CHECK(talk.session.grant() == nullptr);
    CHECK(talk.say(R"({"hello":{"protocol":1}})").empty());
}

TEST_CASE("a page of another origin cannot bring a token", "[session][hello]") {
    SessionSettings settings = json_at(Door::staff);
    settings.origin_trusted = false;
    Talk talk(settings);
    (void)talk.hello();
    CHECK(talk.closed == CloseCode::origin_refused);
}

TEST_CASE("a second Hello ends the conversation", "[session][hello]") {
    Talk talk(Door::followers);
    talk.greet();
    (void)talk.hello();
    CHECK(talk.closed == CloseCode::protocol_error);
}

TEST_CASE("words that are no message before Hello are answered and do not stop the deadline", "[session][hello]") {
    Talk talk(Door::followers);
    CHECK(talk.say("{").empty());
    CHECK(talk.read_kinds() == std::vector<std::string>{"error"});
    CHECK(talk.tick(seconds(4)).empty());
    CHECK(talk.say("{").empty());
    (void)talk.tick(seconds(1));
    CHECK(talk.closed == CloseCode::hello_timeout);
}

TEST_CASE("staff on bad networks have longer to say Hello unless the door is crowded", "[session][hello]") {
    SessionSettings settings = json_at(Door::staff);
    Talk patient(settings);
    CHECK(patient.tick(Millis{14'999}).empty());
    (void)patient.tick(Millis{1});
    CHECK(patient.closed == CloseCode::hello_timeout);
    settings.crowded = true;
    Talk crowded(settings);
    CHECK(crowded.tick(Millis{4'999}).empty());
    (void)crowded.tick(Millis{1});
    CHECK(crowded.closed == CloseCode::hello_timeout);
}

}  // namespace
}  // namespace marchwire::session::test
