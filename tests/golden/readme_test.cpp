// proto/README.md is held to the truth: its examples, its lists and its tables.
#include "golden/golden_file.hpp"
#include "wire/close_codes.hpp"
#include "wire/codec.hpp"

#include "marchwire/v1/session.pb.h"

#include <google/protobuf/util/json_util.h>
#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <vector>

namespace pb = marchwire::v1;
namespace proto = google::protobuf;
namespace wire = marchwire::wire;

namespace {

struct Example {
    std::string type;
    std::string json;
};

const std::string& readme() {
    static const std::string text = marchwire::test::source_file("proto/README.md");
    return text;
}

std::vector<Example> examples() {
    std::vector<Example> found;
    const std::string opening = "```json ";
    for (auto at = readme().find(opening); at != std::string::npos; at = readme().find(opening, at + 1)) {
        const auto line_end = readme().find('\n', at);
        const auto type_begin = at + opening.size();
        const auto end = readme().find("```", line_end);
        found.push_back(
            {readme().substr(type_begin, line_end - type_begin), readme().substr(line_end, end - line_end)});
    }
    return found;
}

/// Without the spaces between its parts.
std::string packed(const std::string& json) {
    std::string out;
    bool in_text = false;
    for (std::size_t i = 0; i < json.size(); ++i) {
        if (json[i] == '"' && (i == 0 || json[i - 1] != '\\')) in_text = !in_text;
        if (in_text || (json[i] != ' ' && json[i] != '\n')) out += json[i];
    }
    return out;
}

bool tells_of(const std::string& name) { return readme().find("`" + name + "`") != std::string::npos; }

void check_told(const proto::OneofDescriptor& choice) {
    for (int i = 0; i < choice.field_count(); ++i) {
        INFO(choice.field(i)->full_name());
        CHECK(tells_of(choice.field(i)->name()));
    }
}

}  // namespace

TEST_CASE("every example of the protocol's page is a message exactly as it is sent", "[golden][docs]") {
    REQUIRE(examples().size() >= 7);
    for (const Example& example : examples()) {
        INFO(example.json);
        const auto* type = proto::DescriptorPool::generated_pool()->FindMessageTypeByName("marchwire.v1." +
                                                                                          example.type);
        REQUIRE(type != nullptr);
        const std::unique_ptr<proto::Message> message(
            proto::MessageFactory::generated_factory()->GetPrototype(type)->New());
        const auto status = proto::util::JsonStringToMessage(example.json, message.get());
        INFO(status.ToString());
        REQUIRE(status.ok());
        std::string again;
        REQUIRE(proto::util::MessageToJsonString(*message, &again).ok());
        CHECK(again == packed(example.json));
    }
}

TEST_CASE("every example of what a client says is understood by the server", "[golden][docs]") {
    for (const Example& example : examples()) {
        if (example.type != "ClientMessage") continue;
        INFO(example.json);
        CHECK(wire::decode_client(example.json, wire::Encoding::json).has_value());
    }
}

TEST_CASE("the protocol's page tells of every message and item and command and event", "[golden][docs]") {
    check_told(*pb::ClientMessage::descriptor()->oneof_decl(0));
    check_told(*pb::Item::descriptor()->oneof_decl(0));
    check_told(*pb::Command::descriptor()->oneof_decl(0));
    check_told(*pb::Event::descriptor()->oneof_decl(0));
}

TEST_CASE("the protocol's page tells of every error code", "[golden][docs]") {
    for (int i = 1; i < pb::ErrorCode_descriptor()->value_count(); ++i) {
        INFO(pb::ErrorCode_descriptor()->value(i)->name());
        CHECK(readme().find("| `" + pb::ErrorCode_descriptor()->value(i)->name() + "` |") != std::string::npos);
    }
}

TEST_CASE("the protocol's page has the server's own table of close codes", "[golden][docs]") {
    for (const wire::CloseRow& row : wire::close_table) {
        const std::string line = "| " + std::to_string(static_cast<int>(row.code)) + " | " + std::string(row.name) +
                                 " | " + (row.then == wire::AfterClose::retry ? "retry" : "stop") + " | " +
                                 std::string(row.meaning) + " |\n";
        INFO(line);
        CHECK(readme().find(line) != std::string::npos);
    }
}
