// Commands, positions, history, rates, and the ways in which a session ends.
#include "talk.hpp"

#include <catch2/catch.hpp>

namespace marchwire::session::test {
namespace {

using base::Millis;
using base::seconds;
using wire::CloseCode;
using Kinds = std::vector<std::string>;

std::string check_in(std::uint64_t counter, const char* device = "7") {
    return Json{{"command",
                 {{"id", {{"device", device}, {"counter", std::to_string(counter)}}},
                  {"log", "c/m"},
                  {"checkIn", {{"report", "ON_POST"}}}}}}
        .dump();
}

TEST_CASE("a command goes to its desk with who said it and the reply comes back", "[session][command]") {
    Talk talk(Door::staff);
    const auto runs = all_of<RunCommand>(talk.greet().say(check_in(1)));
    REQUIRE(runs.size() == 1);
    CHECK(runs[0].actor.person == base::PersonId{12});
    CHECK(runs[0].message.log.text() == "c/m");
    CHECK(runs[0].message.command.id == base::CommandId{base::DeviceId{7}, 1});
    CHECK(talk.read().empty());
    (void)talk.session.on_reply({runs[0].message.command.id, wire::Accepted{core::Level::synced, at(10), 0}});
    const Json reply = talk.read().at(0)["reply"];
    CHECK(reply["id"]["counter"] == "1");
    CHECK(reply["accepted"]["level"] == "SYNCED");
}

TEST_CASE("a command that cannot be read is refused by its id and the connection stays", "[session][command]") {
    Talk talk(Door::staff);
    CHECK(talk.greet()
              .say(R"({"command":{"id":{"device":"7","counter":"1"},"log":"c/m","advancePhase":{"to":99}}})")
              .empty());
    const Json reply = talk.read().at(0)["reply"];
    CHECK(reply["id"]["counter"] == "1");
    CHECK(reply["error"]["code"] == "INVALID_ARGUMENT");
    CHECK(reply["error"]["field"] == "to");
    CHECK_FALSE(talk.closed);
    CHECK(talk.say(check_in(2)).size() == 1);
}

TEST_CASE("a follower's command is refused at the door", "[session][command]") {
    Talk talk(Door::followers);
    CHECK(talk.greet().say(check_in(1)).empty());
    const Json reply = talk.read().at(0)["reply"];
    CHECK(reply["id"]["counter"] == "1");
    CHECK(reply["error"]["code"] == "PERMISSION_DENIED");
}

TEST_CASE("a command under another device's id is refused", "[session][command]") {
    Talk talk(Door::staff);
    CHECK(talk.greet().say(check_in(1, "8")).empty());
    const Json error = talk.read().at(0)["reply"]["error"];
    CHECK(error["code"] == "INVALID_ARGUMENT");
    CHECK(error["field"] == "command.id.device");
}

TEST_CASE("commands beyond the rate are told when to come again", "[session][rate]") {
    Talk talk(Door::staff);
    talk.greet();
    std::uint64_t counter = 0;
    while (counter < base::limits::commands_burst) REQUIRE(talk.say(check_in(++counter)).size() == 1);
    CHECK(talk.say(check_in(++counter)).empty());
    const Json error = talk.read().at(0)["reply"]["error"];
    CHECK(error["code"] == "RATE_LIMITED");
    CHECK(error["retryAfterMs"] == "50");
    CHECK_FALSE(talk.closed.has_value());
    talk.now = talk.now + Millis{50};
    CHECK(talk.say(check_in(counter)).size() == 1);
}

TEST_CASE("a follower who opens and closes feeds without end is slowed down sooner than staff", "[session][rate]") {
    Talk talk(Door::followers);
    talk.greet();
    std::uint32_t opened = 0;
    for (bool refused = false; !refused; ++opened) {
        REQUIRE(opened < base::limits::commands_burst);
        (void)talk.read();
        refused = talk.say(R"({"subscribe":{"feed":"public/c/m"}})").empty();
        if (!refused) (void)talk.say(R"({"unsubscribe":{"feed":"public/c/m"}})");
    }
    CHECK(opened == base::limits::follower_burst + 1);
    CHECK(talk.read().at(0)["unsubscribed"]["error"]["code"] == "RATE_LIMITED");
}

TEST_CASE("a client that sends messages without end is closed and may come back", "[session][rate]") {
    Talk talk(Door::followers);
    talk.greet();
    std::size_t said = 1;
    while (!talk.closed && said < 10'000) {
        (void)talk.say(R"({"ping":{}})");
        (void)talk.read();
        ++said;
    }
    CHECK(said == base::limits::follower_frames_burst + 1);
    CHECK(talk.closed == CloseCode::too_many_messages);
}

TEST_CASE("words that are no message are answered and the conversation goes on", "[session][message]") {
    Talk talk(Door::staff);
    talk.greet();
    for (const char* words : {"", "{", "[]", R"({"subscribe":{"feed":"no such kind/x"}})", R"({"unheardOf":{}})"}) {
        CAPTURE(words);
        CHECK(all_of<Close>(talk.say(words)).empty());
        const auto items = talk.read();
        REQUIRE(items.size() == 1);
        CHECK(items[0]["error"]["code"] == "INVALID_ARGUMENT");
        CHECK_FALSE(items[0]["error"]["message"].get<std::string>().empty());
    }
    CHECK(talk.say(check_in(1)).size() == 1);
}

TEST_CASE("positions of staff go to their march and those of followers are not taken", "[session][position]") {
    const char* report = R"({"reportPosition":{"march":"c/m","fixes":[{"at":{},"fixAtMs":"5"}]}})";
    Talk staff(Door::staff);
    const auto taken = all_of<TakePositions>(staff.greet().say(report));
    REQUIRE(taken.size() == 1);
    CHECK(taken[0].report.march.text() == "c/m");
    CHECK(taken[0].report.fixes.size() == 1);
    Talk follower(Door::followers);
    CHECK(follower.greet().say(report).empty());
    CHECK(follower.read().at(0)["error"]["code"] == "PERMISSION_DENIED");
}

TEST_CASE("history is asked of the desk and answered under the request's number", "[session][history]") {
    Talk talk(Door::staff);
    const auto reads = all_of<ReadHistory>(
        talk.greet().say(R"({"getHistory":{"request":"5","feed":"ops/c/m","from":"3","limit":10}})"));
    REQUIRE(reads.size() == 1);
    CHECK(reads[0].request.from == base::Seq{3});
    CHECK(reads[0].request.limit == 10);
    (void)talk.session.on_history({5, feed("ops/c/m"), {}, true, std::nullopt});
    const Json history = talk.read().at(0)["history"];
    CHECK(history["request"] == "5");
    CHECK(history["more"] == true);
}

TEST_CASE("a follower reads no history of staff feeds", "[session][history]") {
    Talk talk(Door::followers);
    CHECK(talk.greet().say(R"({"getHistory":{"request":"5","feed":"ops/c/m"}})").empty());
    const Json history = talk.read().at(0)["history"];
    CHECK(history["request"] == "5");
    CHECK(history["error"]["code"] == "PERMISSION_DENIED");
}

TEST_CASE("answers that nobody reads are refused before they fill the memory", "[session][history]") {
    Talk talk(Door::staff);
    talk.greet();
    const wire::FeedName long_name{wire::FeedKind::ops, base::LogId::parse(std::string(63, 'c') + "/m").value()};
    const std::size_t enough = base::limits::queue_answer_bytes / 60;
    for (std::uint64_t i = 0; i < enough; ++i) {
        CHECK(talk.session.on_history({i, long_name, {}, true, std::nullopt}).empty());
    }
    CHECK(talk.session.queue().bytes() <= base::limits::queue_answer_bytes + base::limits::queue_bytes_staff);
    const Json first = talk.read_message().at(0);
    CHECK(first["history"]["error"]["code"] == "TOO_LARGE");
}

TEST_CASE("a ping is answered with its nonce and the server's time", "[session][ping]") {
    Talk talk(Door::followers);
    (void)talk.greet().say(R"({"ping":{"nonce":"99"}})");
    const Json pong = talk.read().at(0)["pong"];
    CHECK(pong["nonce"] == "99");
    CHECK(pong["serverTimeMs"] == std::to_string(wall.value));
}

TEST_CASE("staff who speak are heard once a second", "[session][liveness]") {
    Talk talk(Door::staff);
    talk.greet();
    CHECK(all_of<Heard>(talk.say(R"({"ping":{}})")).empty());  // Hello was in this second
    talk.now = talk.now + seconds(1);
    CHECK(all_of<Heard>(talk.say(R"({"ping":{}})")).size() == 1);
    CHECK(all_of<Heard>(talk.say(R"({"ping":{}})")).empty());
}

TEST_CASE("a page's word about its screen is passed on each time and a Hello counts as on", "[session][liveness]") {
    Talk talk(Door::staff);
    const auto greeted = all_of<Heard>(talk.hello());
    REQUIRE(greeted.size() == 1);
    CHECK(greeted.front().screen == wire::Screen::on);
    const auto off = all_of<Heard>(talk.say(R"({"screen":{"off":true}})"));
    REQUIRE(off.size() == 1);
    CHECK(off.front().screen == wire::Screen::off);
    talk.now = talk.now + seconds(1);
    const auto pinged = all_of<Heard>(talk.say(R"({"ping":{}})"));
    REQUIRE(pinged.size() == 1);
    CHECK(pinged.front().screen == wire::Screen::untold);
    talk.now = talk.now + seconds(1);
    const auto on = all_of<Heard>(talk.say(R"({"screen":{}})"));
    REQUIRE_FALSE(on.empty());
    CHECK(on.back().screen == wire::Screen::on);
    Talk follower(Door::followers);
    follower.greet();
    CHECK(all_of<Heard>(follower.say(R"({"screen":{"off":true}})")).empty());
}

TEST_CASE("a quiet client is pinged twice and then given up", "[session][liveness]") {
    Talk talk(Door::followers);
    talk.greet();
    int pings = 0;
    for (int second = 0; second < 200 && !talk.closed; ++second) {
        (void)talk.tick(seconds(1));
        if (talk.session.take_ping(talk.now)) ++pings;
    }
    CHECK(pings == 2);
    CHECK(talk.closed == CloseCode::silent);
    CHECK(talk.now == base::UtcMs{50'000} + base::limits::dead_after_silence);
}

TEST_CASE("an answered ping keeps a session alive", "[session][liveness]") {
    Talk talk(Door::followers);
    talk.greet();
    for (int second = 0; second < 1'000; ++second) {
        (void)talk.tick(seconds(1));
        if (talk.session.take_ping(talk.now)) CHECK(talk.session.on_frames(1, talk.now).empty());
    }
    CHECK_FALSE(talk.closed.has_value());
}

TEST_CASE("a revoked token ends the session with nothing more said", "[session][revoke]") {
    Talk talk(Door::staff);
    (void)talk.greet().follow("ops/c/m", {ops_topic}, at(9));
    (void)talk.give(Talk::item(ops_topic, 10));
    const Actions actions = talk.session.on_revoked();
    REQUIRE(actions.size() == 1);
    CHECK(std::get<Close>(actions[0]).code == CloseCode::revoked);
    CHECK(talk.read().empty());
    CHECK(talk.session.on_revoked().empty());
    CHECK(talk.say(check_in(1)).empty());
}

TEST_CASE("a token that expires ends its session", "[session][revoke]") {
    Talk talk(Door::staff);
    talk.backend.expires_at = wall + base::minutes(1);
    talk.greet();
    CHECK(talk.tick(seconds(1)).empty());
    talk.backend.time = wall + base::minutes(1);
    (void)talk.tick(seconds(1));
    CHECK(talk.closed == CloseCode::unauthenticated);
}

TEST_CASE("a server that goes down says when to come back and how far the client is", "[session][drain]") {
    Talk talk(Door::staff);
    (void)talk.greet().follow("marshal/c/m", {staff_topic}, at(9));
    fanout::LiveItem hidden = Talk::item(staff_topic, 12);
    hidden.messages = {};
    (void)talk.give(hidden);
    const Actions actions = talk.session.on_drain(Millis{2'500});
    REQUIRE(actions.size() == 1);
    CHECK(std::get<Close>(actions[0]).code == CloseCode::drain);
    const auto items = talk.read();
    REQUIRE(items.size() == 2);
    CHECK(items[0]["drain"]["delayMs"] == 2'500);
    CHECK(items[1]["upTo"]["position"]["seq"] == "12");
}

}  // namespace
}  // namespace marchwire::session::test
