// A connection after the upgrade, over real sockets.
#include "door.hpp"

namespace marchwire::net::test {
namespace {

using session::Door;
using wire::CloseCode;
namespace limits = base::limits;

constexpr unsigned code(CloseCode one) { return static_cast<unsigned>(one); }

TEST_CASE("a follower says Hello and follows a march over a socket", "[net][websocket]") {
    TestDoor door;
    Client client(door);
    client.greet().say(R"({"subscribe":{"feed":"public/c/m"}})");
    CHECK(client.next_item()["subscribed"]["feed"] == "public/c/m");
    CHECK(client.next_item()["snapshotPiece"]["pieces"] == 1);
    door.on_shard([](HandShard& hand) {
        (void)hand.ports.begin()->second->deliver(fanout::Run({item(2, 0), item(3, 0), item(4, 0)}));
    });
    const auto run = client.read_frame();  // of one turn, in one message
    REQUIRE(run.has_value());
    const Json items = Json::parse(run->payload)["items"];
    REQUIRE(items.size() == 3);
    CHECK(items[0]["seq"] == 2);
    CHECK(items[2]["seq"] == 4);
}

TEST_CASE("a marshal's command is answered over a socket", "[net][websocket]") {
    TestDoor door(settings_of(Door::staff));
    Client client(door);
    client.greet("/v1/ops", "right")
        .say(R"({"command":{"id":{"device":"7","counter":"1"},"log":"c/m","takeBreak":{}}})");
    CHECK(client.next_item()["reply"]["accepted"]["level"] == "SYNCED");
}

TEST_CASE("a message arrives whole wherever the network cuts it", "[net][websocket]") {
    TestDoor door;
    Client client(door);
    client.greet();
    const std::string bytes = frame(1, R"({"ping":{"nonce":"5"}})");
    for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
        client.send(bytes.substr(0, cut));
        door.on_shard([](HandShard&) {});  // the first part has its own turn
        client.send(bytes.substr(cut));
        REQUIRE(client.next_item()["pong"]["nonce"] == "5");
    }
    for (const char byte : bytes) client.send(std::string(1, byte));
    CHECK(client.next_item()["pong"]["nonce"] == "5");
}

TEST_CASE("a fragmented message may have a ping in its middle", "[net][websocket]") {
    TestDoor door;
    Client client(door);
    client.greet();
    client.send(frame(1, R"({"ping":)", false) + frame(9, "between") + frame(0, R"({"nonce":)", false) +
                frame(0, R"("8"}})"));
    const auto pong = client.read_frame();
    REQUIRE(pong.has_value());
    CHECK(pong->opcode == 10);
    CHECK(pong->payload == "between");
    CHECK(client.next_item()["pong"]["nonce"] == "8");
}

TEST_CASE("bytes sent right behind the request are part of the conversation", "[net][websocket]") {
    TestDoor door;
    Client client(door);
    client.send(upgrade_request("/v1/ws") + frame(1, R"({"hello":{"protocol":1}})"));
    REQUIRE(client.read_response(false).starts_with("HTTP/1.1 101 "));
    CHECK(client.next_item().contains("welcome"));
}

TEST_CASE("who closes is answered with the same code and the connection ends", "[net][close]") {
    TestDoor door;
    Client client(door);
    client.greet().send(close_frame(1000));
    CHECK(client.read_close() == 1000);
    CHECK(client.read_end());
    CHECK(door.shard.wait_left(1));
}

TEST_CASE("a close without a code is answered as a normal one", "[net][close]") {
    TestDoor door;
    Client client(door);
    client.greet().send(frame(8, ""));
    CHECK(client.read_close() == 1000);
    CHECK(client.read_end());
}

TEST_CASE("a server that closes waits for the answer and then ends the connection", "[net][close]") {
    TestDoor door;
    Client client(door);
    client.greet();
    door.on_shard([](HandShard& hand) { hand.ports.begin()->second->drain(base::Millis{700}); });
    CHECK(client.next_item()["drain"]["delayMs"] == 700);
    CHECK(client.read_close() == code(CloseCode::drain));
    client.send(close_frame(code(CloseCode::drain)));
    CHECK(client.read_end());
    CHECK(door.shard.wait_left(1));
}

TEST_CASE("a peer that does not answer a close is let go after the deadline", "[net][close]") {
    NetSettings settings = settings_of(Door::followers);
    settings.deadlines.close = base::Millis{0};
    TestDoor door(settings);
    Client client(door);
    client.greet();
    door.on_shard([](HandShard& hand) { hand.ports.begin()->second->drain({}); });
    CHECK(client.read_close() == code(CloseCode::drain));
    door.tick();
    CHECK(door.shard.wait_left(1));
}

TEST_CASE("a revoked session hears nothing but the close", "[net][close]") {
    TestDoor door(settings_of(Door::staff));
    Client client(door);
    client.greet("/v1/ops", "right");
    door.on_shard([](HandShard& hand) { hand.ports.begin()->second->revoke(); });
    CHECK(client.read_close() == code(CloseCode::revoked));
}

TEST_CASE("a peer that ends its side of the connection is gone", "[net][close]") {
    TestDoor door;
    Client client(door);
    client.greet().end_sending();
    CHECK(client.read_end());
    CHECK(door.shard.wait_left(1));
    door.on_shard([](HandShard&) {});  // the turn in which it left is over
    CHECK(door.inside() == 0);
}

TEST_CASE("a wrong token is told by a close code", "[net][close]") {
    TestDoor door(settings_of(Door::staff));
    Client client(door);
    client.upgrade("/v1/ops").say(R"({"hello":{"protocol":1,"token":"wrong"}})");
    CHECK(client.read_close() == code(CloseCode::unauthenticated));
}

struct Broken {
    const char* what;
    std::string bytes;
    unsigned close_code;
};

TEST_CASE("a broken frame ends the connection with the code of its rule", "[net][frames]") {
    const auto row = GENERATE(
        Broken{"a message over 64 KB",
               std::string("\x82\xFF\x00\x00\x00\x00\x00\x01\x00\x01", 10) + std::string(4, 'k'), 1009},
        Broken{"a frame without a mask", std::string("\x81\x01x"), 1002},
        Broken{"a reserved bit", std::string("\xC1\x81") + std::string(4, '\0') + "x", 1002},
        Broken{"text that is not UTF-8", frame(1, "\xFF\xFE"), 1007},
        Broken{"a continuation of nothing", frame(0, "x"), 1002},
        Broken{"binary where text was agreed on", frame(2, "x"), 4010});
    CAPTURE(row.what);
    TestDoor door;
    Client client(door);
    client.greet().send(row.bytes);
    CHECK(client.read_close() == row.close_code);
}

TEST_CASE("what a peer sends after it broke a rule is not kept", "[net][frames]") {
    NetSettings settings = settings_of(Door::followers);
    settings.deadlines.close = base::Millis{0};
    TestDoor door(settings);
    Client client(door);
    client.greet().send(frame(0, "x"));
    CHECK(client.read_close() == 1002);
    client.send(std::string(1'000'000, 'j'));
    door.tick();
    CHECK(door.shard.wait_left(1));
}

TEST_CASE("a client that stops reading is let go when nothing moves for the deadline", "[net][slow]") {
    NetSettings settings = settings_of(Door::followers);
    settings.deadlines.stall_follower = base::Millis{0};
    TestDoor door(settings);
    Client client(door, 4'096);
    client.greet().say(R"({"subscribe":{"feed":"public/c/m"}})");
    CHECK(client.next_item().contains("subscribed"));
    CHECK(client.next_item().contains("snapshotPiece"));
    bool jammed = false;
    door.on_shard([&](HandShard& hand) {
        session::SessionPort* port = hand.ports.begin()->second;
        for (std::uint64_t seq = 2; seq < 1'000 && !jammed; ++seq) {
            deliver(*port, item(seq, 8'000));
            jammed = hand.queued_bytes() > 0;
        }
    });
    REQUIRE(jammed);
    door.tick();
    CHECK(door.shard.wait_left(1));
}

TEST_CASE("a slow client gets everything in order once it reads again", "[net][slow]") {
    TestDoor door;
    Client client(door, 4'096);
    client.greet().say(R"({"subscribe":{"feed":"public/c/m"}})");
    CHECK(client.next_item().contains("subscribed"));
    CHECK(client.next_item().contains("snapshotPiece"));
    std::uint64_t last = 1;
    door.on_shard([&](HandShard& hand) {
        session::SessionPort* port = hand.ports.begin()->second;
        while (last < 1'000 && hand.queued_bytes() < 100'000) deliver(*port, item(++last, 3'000));
    });
    CHECK(last < 1'000);
    for (std::uint64_t seq = 2; seq <= last; ++seq) REQUIRE(client.next_item()["seq"] == seq);
}

TEST_CASE("a client for whom too much waits is told to come back", "[net][slow]") {
    TestDoor door;
    Client client(door, 4'096);
    client.greet().say(R"({"subscribe":{"feed":"public/c/m"}})");
    CHECK(client.next_item().contains("subscribed"));
    door.on_shard([&](HandShard& hand) {
        session::SessionPort* port = hand.ports.begin()->second;
        for (std::uint64_t seq = 2; seq < 200; ++seq) deliver(*port, item(seq, 8'000));
    });
    CHECK(client.read_close() == code(CloseCode::too_slow));
}

TEST_CASE("pongs for a flood of pings stay few and the newest is among them", "[net][slow]") {
    TestDoor door;
    Client client(door);
    client.greet();
    std::string flood;
    for (int i = 0; i < 200; ++i) flood += frame(9, std::to_string(i));
    client.send(flood + frame(1, R"({"ping":{"nonce":"1"}})"));
    std::string newest;
    std::optional<Frame> read;
    while ((read = client.read_frame()) && read->opcode == 10) newest = read->payload;
    CHECK(newest == "199");
}

// Pings and fragments once cost their sender nothing: both could come without end.
TEST_CASE("pings without end close with a code of their own", "[net][limits]") {
    TestDoor door;
    Client client(door);
    client.greet();
    std::string flood;
    for (std::uint32_t i = 0; i < limits::client_frames_burst * 2; ++i) flood += frame(9, "");
    client.send(flood);
    CHECK(client.read_close() == code(CloseCode::too_many_messages));
}

// A pong once went out behind the close frame, on a side that was shut: the connection was reset and the code lost.
TEST_CASE("a client that goes on sending pings while it is closed reads why", "[net][close]") {
    TestDoor door;
    Client client(door);
    client.greet();
    door.on_shard([](HandShard& hand) { hand.ports.begin()->second->drain(base::seconds(1)); });
    door.on_shard([](HandShard& hand) { hand.ports.begin()->second->flush(); });
    for (int i = 0; i < 100; ++i) client.send(frame(9, "still here"));
    for (int turn = 0; turn < 20; ++turn) door.on_shard([](HandShard&) {});
    CHECK(client.read_close() == code(CloseCode::drain));
    client.send(close_frame(1000));
    CHECK(client.read_end());
}

TEST_CASE("a message in fragments of one byte closes when it has more than one client sends", "[net][limits]") {
    TestDoor door;
    Client client(door);
    client.greet();
    const auto in_fragments = [](const std::string& text) {
        std::string bytes;
        for (std::size_t i = 0; i < text.size(); ++i) {
            bytes += frame(i == 0 ? 1 : 0, text.substr(i, 1), i + 1 == text.size());
        }
        return bytes;
    };
    client.send(in_fragments(R"({"ping":{"nonce":"3"}})"));
    CHECK(client.next_item()["pong"]["nonce"] == "3");
    client.send(in_fragments(R"({"ping":{"nonce":")" + std::string(limits::client_frames_burst, '7') + R"("}})"));
    CHECK(client.read_close() == code(CloseCode::too_many_messages));
}

TEST_CASE("a client that subscribes and leaves without end is sent away", "[net][limits]") {
    TestDoor door;
    Client client(door);
    client.greet();
    std::string flood;
    for (std::uint32_t i = 0; i < limits::client_frames_burst; ++i) {
        flood += frame(1, R"({"subscribe":{"feed":"public/c/m"}})") +
                 frame(1, R"({"unsubscribe":{"feed":"public/c/m"}})");
    }
    client.send(flood);
    CHECK(client.read_close() == code(CloseCode::too_many_messages));
}

}  // namespace
}  // namespace marchwire::net::test
