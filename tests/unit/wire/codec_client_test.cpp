// What clients say: both encodings mean the same, and what is wrong is refused by name.
#include "base/limits.hpp"
#include "support/filled_message.hpp"
#include "wire/codec.hpp"

#include "marchwire/v1/session.pb.h"

#include <google/protobuf/util/json_util.h>
#include <catch2/catch.hpp>

#include <set>
#include <string>

namespace core = marchwire::core;
namespace base = marchwire::base;
namespace wire = marchwire::wire;
namespace pb = marchwire::v1;
using marchwire::test::choose;
using marchwire::test::fill;
using wire::Encoding;

namespace {

std::string json_of(const google::protobuf::Message& message) {
    std::string text;
    REQUIRE(google::protobuf::util::MessageToJsonString(message, &text).ok());
    return text;
}

template <class Kind>
Kind said(const std::string& json) {
    auto message = wire::decode_client(json, Encoding::json);
    if (!message) FAIL(message.error().field << ": " << message.error().message);
    return std::get<Kind>(*std::move(message));
}

base::Refusal refused(const std::string& bytes, Encoding encoding = Encoding::json) {
    const auto message = wire::decode_client(bytes, encoding);
    REQUIRE(message.has_error());
    CHECK_FALSE(message.error().message.empty());
    return message.error();
}

const std::string check_in = R"({"command":{"id":{"device":"7","counter":"3"},"log":"flag-day-2018/st-louis-mo",)";

}  // namespace

TEST_CASE("a Hello with its subscriptions is read", "[wire][codec]") {
    const auto hello = said<wire::Hello>(
        R"({"hello":{"protocol":1,"token":"secret","client":"tests 1","device":"42","subscribe":[)"
        R"({"feed":"ops/flag-day-2018/st-louis-mo","resume":{"epoch":1,"seq":"17","digest":"99"}},)"
        R"({"feed":"overview/flag-day-2018"}]}})");
    CHECK(hello.protocol == 1);
    CHECK(hello.token == "secret");
    CHECK(hello.client == "tests 1");
    CHECK(hello.device == base::DeviceId{42});
    REQUIRE(hello.subscribe.size() == 2);
    CHECK(hello.subscribe[0].feed.kind == wire::FeedKind::ops);
    CHECK(hello.subscribe[0].feed.text() == "ops/flag-day-2018/st-louis-mo");
    CHECK(hello.subscribe[0].resume == base::Position{base::Epoch{1}, base::Seq{17}, 99});
    CHECK(hello.subscribe[1].feed.log.is_campaign());
    CHECK_FALSE(hello.subscribe[1].resume);
}

TEST_CASE("every message of a client means the same in both encodings", "[wire][codec]") {
    const auto& kinds = *pb::ClientMessage::descriptor()->oneof_decl(0);
    for (int i = 0; i < kinds.field_count(); ++i) {
        pb::ClientMessage message;
        choose(message, *kinds.field(i));
        if (message.has_command()) message.mutable_command()->mutable_release();
        fill(message);
        INFO(json_of(message));
        const auto binary = wire::decode_client(message.SerializeAsString(), Encoding::proto);
        const auto json = wire::decode_client(json_of(message), Encoding::json);
        REQUIRE(binary.has_value());
        REQUIRE(json.has_value());
        CHECK(binary->index() == json->index());
        CHECK(binary->index() == static_cast<std::size_t>(i));
    }
}

TEST_CASE("every command is read in both encodings with the same content hash", "[wire][codec]") {
    const auto& bodies = *pb::Command::descriptor()->oneof_decl(0);
    std::set<std::size_t> kinds;
    for (int i = 0; i < bodies.field_count(); ++i) {
        pb::ClientMessage message;
        choose(*message.mutable_command(), *bodies.field(i));
        fill(message);
        INFO(json_of(message));
        const auto binary = wire::decode_client(message.SerializeAsString(), Encoding::proto);
        const auto json = wire::decode_client(json_of(message), Encoding::json);
        REQUIRE(binary.has_value());
        REQUIRE(json.has_value());
        const auto& from_binary = std::get<wire::CommandMessage>(*binary);
        const auto& from_json = std::get<wire::CommandMessage>(*json);
        // Each is a kind of its own.
        CHECK(kinds.insert(from_binary.command.body.index()).second);
        CHECK(from_binary.command.body.index() == from_json.command.body.index());
        CHECK(from_binary.command.id == from_json.command.id);
        CHECK(from_binary.content_hash == from_json.content_hash);
    }
}

TEST_CASE("a command sent again under another id has the same content hash and a changed one another",
          "[wire][codec]") {
    const std::string end = R"(,"log":"flag-day-2018/st-louis-mo","hold":{"phaseVersion":2,"reason":"cars"}}})";
    const auto first = said<wire::CommandMessage>(R"({"command":{"id":{"device":"7","counter":"1"})" + end);
    const auto again = said<wire::CommandMessage>(R"({"command":{"id":{"device":"7","counter":"2"})" + end);
    const auto other = said<wire::CommandMessage>(
        R"({"command":{"id":{"device":"7","counter":"1"},"log":"flag-day-2018/st-louis-mo","hold":{"phaseVersion":3}}})");
    CHECK(first.content_hash == again.content_hash);
    CHECK(first.content_hash != other.content_hash);
}

TEST_CASE("what the store keeps of a command tells nothing of a PIN in it", "[wire][codec][sos]") {
    // Four digits are found by trying all of them.
    const auto hash_of = [](const std::string& body) {
        return said<wire::CommandMessage>(
                   R"({"command":{"id":{"device":"7","counter":"1"},"log":"flag-day-2018/st-louis-mo",)" + body + "}}")
            .content_hash;
    };
    CHECK(hash_of(R"("cancelSos":{"pin":"1234"})") == hash_of(R"("cancelSos":{"pin":"9876"})"));
    CHECK(hash_of(R"("setSosPin":{"pin":"1234","duressPin":"5678"})") == hash_of(R"("setSosPin":{"pin":"9876"})"));
    CHECK(hash_of(R"("cancelSos":{})") != hash_of(R"("setSosPin":{})"));
}

TEST_CASE("coordinates of a command stand on the grid of the wire", "[wire][codec]") {
    const auto message = said<wire::CommandMessage>(
        check_in + R"("importRoute":{"line":{"line":{"deltaE7":[386270000,-901990000,1,-1]}}}}})");
    const auto& points = std::get<core::ImportRoute>(message.command.body).line->points;
    REQUIRE(points.size() == 2);
    CHECK(points[0] == base::LatLon{38.627, -90.199});
    CHECK(points[1] == base::LatLon{38.6270001, -90.1990001});
}

TEST_CASE("fields that the server does not know are skipped in both encodings", "[wire][codec]") {
    CHECK(said<wire::Ping>(R"({"ping":{"nonce":"5","mood":"good"},"extra":[1,{"a":null}]})").nonce == 5);
    const std::string bytes("\x3A\x02\x08\x05\xFA\x3F\x01x", 8);  // ping 5 and field 1023
    const auto ping = wire::decode_client(bytes, Encoding::proto);
    REQUIRE(ping.has_value());
    CHECK(std::get<wire::Ping>(*ping).nonce == 5);
}

TEST_CASE("a message that says nothing is refused with the list of what can be said", "[wire][codec]") {
    for (const auto& refusal : {refused("{}"), refused("", Encoding::proto), refused(R"({"sing":{}})")}) {
        CHECK(refusal.code == base::RefusalCode::invalid_argument);
        CHECK(refusal.message.find("hello, subscribe") != std::string::npos);
    }
}

TEST_CASE("bytes that are no message are refused", "[wire][codec]") {
    for (const char* text :
         {"", "hello", "{", "[]", "{\"ping\":7}", "{\"ping\":{\"nonce\":\"x\"}}", "\xFF\xFE", "nul"}) {
        CHECK(refused(text).code == base::RefusalCode::invalid_argument);
    }
    CHECK(refused("\x0A\xFF\xFF\xFF\xFF\x0F", Encoding::proto).code == base::RefusalCode::invalid_argument);
    CHECK(refused("\x0A\x04\x12\x02\xC3\x28", Encoding::proto).code == base::RefusalCode::invalid_argument);
}

TEST_CASE("JSON nested without end is refused", "[wire][codec]") {
    std::string deep = R"({"extra":)";
    for (int i = 0; i < 20'000; ++i) deep += "[";
    CHECK(refused(deep).code == base::RefusalCode::invalid_argument);
}

TEST_CASE("a message over the bound is refused as too large", "[wire][codec]") {
    const std::string big(base::limits::message_bytes + 1, ' ');
    CHECK(refused(big).code == base::RefusalCode::too_large);
    CHECK(refused(big, Encoding::proto).code == base::RefusalCode::too_large);
}

TEST_CASE("a feed that is none is refused with how to name one", "[wire][codec]") {
    for (const char* feed : {"", "public", "public/", "public/flag-day-2018", "overview/flag-day-2018/st-louis-mo",
                             "secret/flag-day-2018", "public/Flag Day/st-louis-mo", "public/a/b/c", "/a/b"}) {
        CHECK(refused(std::string(R"({"subscribe":{"feed":")") + feed + "\"}}").field == "feed");
    }
}

TEST_CASE("a command without an id is refused since sending it again would not be safe", "[wire][codec]") {
    CHECK(refused(R"({"command":{"log":"a/b","stop":{}}})").field == "command.id");
    CHECK(refused(R"({"command":{"id":{"device":"1"},"log":"a/b","stop":{}}})").field == "command.id");
    CHECK(refused(R"({"command":{"id":{"counter":"1"},"log":"a/b","stop":{}}})").field == "command.id");
}

TEST_CASE("a command without a log or without a body is refused", "[wire][codec]") {
    CHECK(refused(R"({"command":{"id":{"device":"1","counter":"1"},"stop":{}}})").field == "command.log");
    CHECK(refused(check_in + R"("madeAtMs":"1"}})").field == "body");
}

TEST_CASE("a word outside its list is refused by its field", "[wire][codec]") {
    CHECK(refused(check_in + R"("advancePhase":{"to":99}}})").field == "to");
    CHECK(refused(check_in + R"("advancePhase":{}}})").field == "to");
    CHECK(refused(check_in + R"("assignDuty":{"person":"1","role":-1}}})").field == "role");
    CHECK(refused(check_in + R"("checkIn":{"report":77}}})").field == "report");
    CHECK(refused(check_in + R"("checkIn":{"report":"ON_POST","place":{"kind":9}}}})").field == "place.kind");
    CHECK(refused(check_in + R"("checkIn":{"report":"ON_POST","batteryPercent":256}}})").field == "battery_percent");
    CHECK(refused(check_in + R"("minLevel":9,"stop":{}}})").field == "min_level");
}

TEST_CASE("a token's hash of the wrong size is refused", "[wire][codec]") {
    CHECK(refused(check_in + R"("issueToken":{"hash":"AAAA","role":"SIDE"}}})").field == "hash");
}

TEST_CASE("half a coordinate is refused", "[wire][codec]") {
    CHECK(refused(check_in + R"("importRoute":{"line":{"line":{"deltaE7":[1,2,3]}}}}})").field == "line.delta_e7");
}

TEST_CASE("too many subscriptions or fixes in one message are refused", "[wire][codec]") {
    std::string hello = R"({"hello":{"subscribe":[)";
    for (std::size_t i = 0; i <= base::limits::subscriptions_per_session; ++i) {
        hello += std::string(i == 0 ? "" : ",") + R"({"feed":"overview/flag-day-2018"})";
    }
    CHECK(refused(hello + "]}}").field == "hello.subscribe");
    std::string report = R"({"reportPosition":{"march":"a/b","fixes":[)";
    for (std::size_t i = 0; i <= base::limits::positions_per_batch; ++i) report += i == 0 ? "{}" : ",{}";
    CHECK(refused(report + "]}}").field == "report_position.fixes");
}

TEST_CASE("a command that cannot be read is answered by its id where that could be read", "[wire][codec]") {
    const base::CommandId id{base::DeviceId{7}, 12};
    const base::Refusal why = base::invalid("to", "Give one of the words.");
    const auto reply_to = [&](std::string_view bytes, Encoding encoding) {
        const auto answer = wire::answer_to_refused(bytes, encoding, why);
        const auto* reply = std::get_if<wire::Reply>(&answer);
        REQUIRE(reply != nullptr);
        REQUIRE(reply->outcome.has_error());
        CHECK(reply->outcome.error().field == "to");
        return reply->id;
    };
    CHECK(reply_to(R"({"command":{"id":{"device":"7","counter":"12"},"advancePhase":{"to":99}}})", Encoding::json) ==
          id);
    CHECK(reply_to(R"({"command":{"id":{"device":7,"counter":12},"stop":7,"log":{}}})", Encoding::json) == id);
    pb::ClientMessage message;
    message.mutable_command()->mutable_id()->set_device(7);
    message.mutable_command()->mutable_id()->set_counter(12);
    message.mutable_command()->set_log("no log");
    const std::string whole = message.SerializeAsString();
    CHECK(reply_to(whole, Encoding::proto) == id);
    CHECK(reply_to(whole.substr(0, whole.size() - 3), Encoding::proto) == id);
    // A text that is not UTF-8 is where Protobuf stops.
    std::string spoilt = whole;
    spoilt.back() = '\xFF';
    REQUIRE(wire::decode_client(spoilt, Encoding::proto).has_error());
    CHECK(reply_to(spoilt, Encoding::proto) == id);
}

TEST_CASE("a wish for a feed that cannot be read is answered by the feed's name where that could be read",
          "[wire][codec]") {
    const base::Refusal why = base::invalid("resume", "Hand back the position as it was.");
    const auto answer = wire::answer_to_refused(
        R"({"subscribe":{"feed":"ops/flag-day-2018/st-louis-mo","resume":"here"}})", Encoding::json, why);
    const auto* closed = std::get_if<wire::Unsubscribed>(&answer);
    REQUIRE(closed != nullptr);
    CHECK(closed->feed.text() == "ops/flag-day-2018/st-louis-mo");
    CHECK(closed->refusal->field == "resume");
}

TEST_CASE("bytes in which nothing could be read are answered by an error that names no wish", "[wire][codec]") {
    for (const char* text :
         {"", "{", "[]", R"({"command":7})", R"({"command":{"id":"7"}})",
          R"({"command":{"id":{"device":"7","counter":"x"}}})", R"({"subscribe":{"feed":"nowhere"}})",
          R"({"command":{"id":{"device":"-1","counter":"1"}}})"}) {
        INFO(text);
        const auto answer = wire::answer_to_refused(text, Encoding::json, base::invalid("", "Say it anew."));
        CHECK(std::holds_alternative<wire::ErrorItem>(answer));
    }
    const auto cut = wire::answer_to_refused("\x22\x0B\x0A\x09\x09", Encoding::proto,
                                             base::invalid("", "Say it anew."));
    CHECK(std::holds_alternative<wire::ErrorItem>(cut));
}

TEST_CASE("the host's commands are read from JSON without an id", "[wire][codec]") {
    const auto command = wire::decode_command_json(
        R"({"createMarch":{"spec":{"city":"St. Louis","kind":"IN_PERSON"}}})");
    REQUIRE(command.has_value());
    CHECK(std::get<core::CreateMarch>(command->body).spec.city == "St. Louis");
    CHECK(wire::decode_command_json("{}").error().field == "body");
    CHECK(wire::decode_command_json("stop").has_error());
}
