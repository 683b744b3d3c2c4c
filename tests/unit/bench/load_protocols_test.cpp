// What the load generator says and finds, protocol by protocol, without sockets.
#include "load/protocol.hpp"

#include "marchwire/v1/session.pb.h"

#include <catch2/catch.hpp>

#include <memory>
#include <string>

namespace marchwire::load {
namespace {

/// One subscriber of one topic, and what its protocol made of it.
struct Talk {
    explicit Talk(const std::string& protocol_name) {
        plan.protocol = protocol_name;
        plan.campaign = "flag-day";
        protocol = make_protocol(plan, tally);
        REQUIRE(protocol);
        link.stage = Stage::opening;
        link.follows.emplace_back();
        protocol->opened(link);
    }

    void hear(std::string_view payload, unsigned opcode = opcode_binary) {
        protocol->received(link, {opcode, true, payload}, 1'000);
    }
    /// The payload of the next frame that was to be sent.
    std::string said() {
        const std::string whole = link.out;
        std::string_view left = whole;
        Frame frame;
        if (!next_frame(left, frame)) return {};
        // A client's frame: the mask of zeros stands before the payload, and next_frame() does not count it.
        const std::size_t head = whole.size() - left.size() - frame.payload.size();
        std::string text = whole.substr(head + 4, frame.payload.size());
        link.out = whole.substr(head + 4 + frame.payload.size());
        return text;
    }

    Plan plan;
    Tally tally;
    std::unique_ptr<Protocol> protocol;
    Link link;
};

std::string numbered(std::uint32_t number) { return payload_of({500, 0, number}); }

TEST_CASE("a plain subscriber is ready when its topic was answered, and counts payloads", "[bench][load]") {
    Talk talk("plain");
    CHECK(talk.said() == "S t0");
    CHECK(talk.link.awaited == 1);
    talk.hear("S t0", opcode_text);
    CHECK(talk.link.awaited == 0);
    talk.hear(numbered(7), opcode_text);
    talk.hear(numbered(8), opcode_text);
    CHECK(talk.tally.deliveries() == 2);
    CHECK(talk.tally.wrongs().empty());
}

TEST_CASE("a number that is missing, doubled or strange is told", "[bench][load]") {
    Talk talk("plain");
    for (const std::uint32_t number : {3U, 5U, 5U}) talk.hear(numbered(number), opcode_text);
    talk.hear("hello", opcode_text);
    CHECK(talk.tally.wrongs().at("a number is missing") == 1);
    CHECK(talk.tally.wrongs().at("a number came again or late") == 1);
    CHECK(talk.tally.wrongs().at("a payload that nobody published") == 1);
}

TEST_CASE("what a slow reader misses is its subject's way, not a fault", "[bench][load]") {
    Talk talk("plain");
    talk.link.habit = Habit::slow;
    talk.hear(numbered(3), opcode_text);
    talk.hear(numbered(9), opcode_text);
    CHECK(talk.tally.wrongs().empty());
    CHECK(talk.tally.slow_gaps() == 1);
}

TEST_CASE("Socket.IO is greeted, joined, pinged and heard", "[bench][load]") {
    Talk talk("socketio");
    talk.hear(R"(0{"sid":"x"})", opcode_text);
    CHECK(talk.said() == "40");
    talk.hear(R"(40{"sid":"y"})", opcode_text);
    CHECK(talk.said() == R"(42["s","t0"])");
    talk.hear(R"(42["s","t0"])", opcode_text);
    CHECK(talk.link.awaited == 0);
    talk.hear("2", opcode_text);
    CHECK(talk.said() == "3");
    talk.hear(R"(42["m",")" + numbered(1) + R"("])", opcode_text);
    CHECK(talk.tally.deliveries() == 1);
    CHECK(talk.tally.wrongs().empty());
}

TEST_CASE("NATS and MQTT are streams that frames cut anywhere", "[bench][load]") {
    std::string nats = "INFO {}\r\nPONG\r\n";
    std::string mqtt = std::string("\x20\x02\0\0\x90\x03\0\1\0", 9);
    for (std::uint32_t number = 0; number < 3; ++number) {
        nats += "MSG t0 1 200\r\n" + numbered(number) + "\r\n";
        // 204 bytes: a length of two.
        mqtt += std::string("\x30\xCC\x01\0\2t0", 7) + numbered(number);
    }
    for (const auto& [name, stream] : {std::pair("nats", nats), std::pair("mqtt", mqtt)}) {
        for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
            Talk talk(name);
            talk.hear(std::string_view(stream).substr(0, cut));
            talk.hear(std::string_view(stream).substr(cut));
            CHECK(talk.tally.deliveries() == 3);
            CHECK(talk.link.awaited == 0);
            CHECK(talk.tally.wrongs().empty());
        }
    }
}

// ---- Marchwire -------------------------------------------------------------------------------

std::string opening_items() {
    v1::ServerMessage message;
    message.add_items()->mutable_welcome()->set_protocol(1);
    auto& subscribed = *message.add_items()->mutable_subscribed();
    subscribed.set_feed("public/flag-day/m0");
    subscribed.add_topics(65'537);
    auto& piece = *message.add_items()->mutable_snapshot_piece();
    piece.set_feed("public/flag-day/m0");
    piece.mutable_position()->set_seq(10);
    piece.set_pieces(1);
    return message.SerializeAsString();
}

std::string notice(std::uint64_t seq, std::uint64_t prev, std::uint32_t number) {
    v1::ServerMessage message;
    auto& item = *message.add_items();
    item.set_topic(65'537);
    item.mutable_position()->set_seq(seq);
    item.set_prev(prev);
    item.mutable_public_item()->mutable_notice()->set_text(numbered(number));
    return message.SerializeAsString();
}

TEST_CASE("a follower says Hello with its feed and is ready when its snapshot is whole", "[bench][load]") {
    Talk talk("marchwire");
    v1::ClientMessage hello;
    REQUIRE(hello.ParseFromString(talk.said()));
    CHECK(hello.hello().subscribe(0).feed() == "public/flag-day/m0");
    CHECK(hello.hello().token().empty());
    CHECK(talk.link.awaited == 2);
    talk.hear(opening_items());
    CHECK(talk.link.awaited == 0);
    CHECK(talk.link.follows[0].last == 10);
}

TEST_CASE("positions must follow on, and all hold the same item at each", "[bench][load]") {
    Talk talk("marchwire");
    talk.hear(opening_items());
    talk.hear(notice(11, 10, 0) + notice(12, 11, 1));
    CHECK(talk.tally.deliveries() == 2);
    CHECK(talk.tally.wrongs().empty());
    SECTION("an item is missing") {
        talk.hear(notice(14, 13, 3));
        CHECK(talk.tally.wrongs().at("an item is missing: prev is beyond what came") == 1);
    }
    SECTION("an item comes twice") {
        talk.hear(notice(12, 11, 1));
        CHECK(talk.tally.wrongs().at("a position came again or went down") == 1);
    }
    SECTION("another subscriber holds another item there") {
        Link other;
        other.follows.emplace_back().wire = 65'537;
        talk.protocol->received(other, {opcode_binary, true, notice(12, 11, 9)}, 1'000);
        CHECK(talk.tally.wrongs().at("two subscribers hold different items at one position") == 1);
    }
    SECTION("up_to goes on without an item") {
        v1::ServerMessage message;
        message.add_items()->mutable_up_to()->set_feed("public/flag-day/m0");
        message.mutable_items(0)->mutable_up_to()->mutable_position()->set_seq(20);
        talk.hear(message.SerializeAsString());
        talk.hear(notice(21, 20, 2));
        CHECK(talk.tally.wrongs().empty());
    }
}

TEST_CASE("an order is known again by the version of its phase", "[bench][load]") {
    Talk talk("marchwire");
    talk.hear(opening_items());
    Link lead;
    lead.part = Part::lead;
    talk.protocol->give_order(lead, 400);
    v1::ServerMessage message;
    auto& item = *message.add_items();
    item.set_topic(65'537);
    item.mutable_position()->set_seq(11);
    item.set_prev(10);
    item.mutable_public_item()->mutable_phase()->set_version(1);
    talk.hear(message.SerializeAsString());
    CHECK(talk.tally.order_arrivals() == 1);
    CHECK(talk.tally.order_latency().max_ms() == Approx(0.0006));
}

TEST_CASE("an order that another generator gives is timed from when it was due", "[bench][load]") {
    Talk talk("marchwire");
    talk.hear(opening_items());
    const std::string said_before = talk.link.out;
    CHECK(talk.protocol->expect_order(400));
    CHECK_FALSE(talk.protocol->expect_order(700));  // the Release
    CHECK(talk.link.out == said_before);
    v1::ServerMessage message;
    for (std::uint32_t version = 1; version <= 2; ++version) {
        auto& item = *message.add_items();
        item.set_topic(65'537);
        item.mutable_position()->set_seq(10 + version);
        item.set_prev(9 + version);
        item.mutable_public_item()->mutable_phase()->set_version(version);
    }
    talk.hear(message.SerializeAsString());
    CHECK(talk.tally.order_arrivals() == 1);
    CHECK(talk.tally.order_latency().max_ms() == Approx(0.0006));
}

TEST_CASE("a check-in is timed from due to OK, and one that found no store is counted", "[bench][load]") {
    Talk talk("marchwire");
    talk.tally.open_window(300);
    for (const std::int64_t due : {200, 400, 500, 600}) talk.protocol->check_in(talk.link, due);
    const auto reply = [](std::uint64_t counter) {
        v1::ServerMessage message;
        message.add_items()->mutable_reply()->mutable_id()->set_counter(counter);
        return message;
    };
    for (const std::uint64_t counter : {1U, 2U, 2U}) {  // due before the window; within it; told again
        auto accepted = reply(counter);
        accepted.mutable_items(0)->mutable_reply()->mutable_accepted();
        talk.hear(accepted.SerializeAsString());
    }
    CHECK(talk.tally.check_ins_answered() == 2);
    CHECK(talk.tally.check_in_latency().count() == 1);
    CHECK(talk.tally.check_in_latency().max_ms() == Approx(0.0006));
    auto unavailable = reply(3);
    unavailable.mutable_items(0)->mutable_reply()->mutable_error()->set_code(v1::UNAVAILABLE);
    talk.hear(unavailable.SerializeAsString());
    CHECK(talk.tally.check_ins_unavailable() == 1);
    CHECK(talk.tally.check_in_latency().count() == 1);
    CHECK(talk.tally.wrongs().empty());
    auto refused = reply(4);
    refused.mutable_items(0)->mutable_reply()->mutable_error()->set_code(v1::PERMISSION_DENIED);
    talk.hear(refused.SerializeAsString());
    CHECK(talk.tally.check_ins_answered() == 4);
    CHECK(talk.tally.wrongs().size() == 1);
}

TEST_CASE("a plan names the other servers of its cluster", "[bench][load]") {
    const Plan plan = plan_of(
        R"({"port": 1, "more_servers": [{"port": 2, "staff_port": 3}, {"port": 4, "staff_port": 0}]})");
    REQUIRE(plan.more_servers.size() == 2);
    CHECK(plan.more_servers[0].port == 2);
    CHECK(plan.more_servers[0].staff_port == 3);
    CHECK(plan.more_servers[1].port == 4);
}

TEST_CASE("a refused command and a discontinuity are told", "[bench][load]") {
    Talk talk("marchwire");
    v1::ServerMessage message;
    message.add_items()->mutable_reply()->mutable_error()->set_message("Send fewer at once.");
    message.add_items()->mutable_discontinuity()->set_message("You missed more.");
    talk.hear(message.SerializeAsString());
    CHECK(talk.tally.wrongs().size() == 2);
    talk.hear("\x0A\x05no");
    CHECK(talk.tally.wrongs().at("a message that is no ServerMessage") == 1);
}

}  // namespace
}  // namespace marchwire::load
