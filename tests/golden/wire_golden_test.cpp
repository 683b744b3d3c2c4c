// Every message as agreed on, in both encodings. SDKs of any language test themselves against the same files.
#include "golden/golden_file.hpp"
#include "golden/item_samples.hpp"
#include "support/filled_message.hpp"
#include "wire/codec.hpp"

#include "marchwire/v1/log.pb.h"
#include "marchwire/v1/session.pb.h"

#include <google/protobuf/util/json_util.h>
#include <catch2/catch.hpp>

#include <memory>
#include <set>
#include <string>
#include <vector>

namespace pb = marchwire::v1;
namespace proto = google::protobuf;
namespace wire = marchwire::wire;
using marchwire::test::check_golden;
using marchwire::test::choose;
using marchwire::test::fill;
using wire::Encoding;

namespace {

/// Strict: a field that is not known fails.
void parse(const std::string& json, proto::Message& message) {
    const auto status = proto::util::JsonStringToMessage(json, &message);
    INFO(json << "\n" << status.ToString());
    REQUIRE(status.ok());
}

std::string json_of(const proto::Message& message) {
    std::string text;
    REQUIRE(proto::util::MessageToJsonString(message, &text).ok());
    return text;
}

/// Paths of fields that were left empty; of a oneof only what was chosen counts.
void find_empty(const proto::Message& message, const std::string& path, std::vector<std::string>& found) {
    const auto& type = *message.GetDescriptor();
    const auto& get = *message.GetReflection();
    for (int i = 0; i < type.field_count(); ++i) {
        const auto& field = *type.field(i);
        const std::string name = path + "." + field.name();
        const bool is_set = field.is_repeated() ? get.FieldSize(message, &field) > 0 : get.HasField(message, &field);
        const bool is_choice = field.real_containing_oneof() != nullptr;
        if (!is_set && !is_choice) found.push_back(name);
        if (!is_set || field.cpp_type() != proto::FieldDescriptor::CPPTYPE_MESSAGE) continue;
        for (int k = 0; field.is_repeated() && k < get.FieldSize(message, &field); ++k) {
            find_empty(get.GetRepeatedMessage(message, &field, k), name, found);
        }
        if (!field.is_repeated()) find_empty(get.GetMessage(message, &field), name, found);
    }
}

/// Items outside a log's order bear no place in it; the first piece and person of a list have number 0; to resume
/// is no command of its own; hashes and keys of what lets people in are sent to nobody; ops shows all sections, or one,
/// which has no policy of its own.
bool may_be_empty(const std::string& path) {
    return path == ".topic" || path == ".proposals.command" || path == ".only_section" || path == ".policy" ||
           path == ".position" || path == ".prev" || path.ends_with(".ordinal") || path.ends_with(".hash") ||
           path.ends_with(".secret_hash") || path.ends_with(".public_key") || path.ends_with(".revoked");
}

void check_complete(const proto::Message& message) {
    std::vector<std::string> empty;
    find_empty(message, "", empty);
    std::erase_if(empty, may_be_empty);
    CHECK(empty == std::vector<std::string>{});
}

std::set<std::string> arms_of(const proto::Descriptor& type) {
    std::set<std::string> names;
    const auto& choice = *type.oneof_decl(0);
    for (int i = 0; i < choice.field_count(); ++i) names.insert(choice.field(i)->name());
    return names;
}

}  // namespace

TEST_CASE("every item of the server is as agreed on in both encodings", "[golden]") {
    for (const auto& sample : marchwire::test::item_samples()) {
        INFO(sample.name);
        const std::string binary = sample.encode(Encoding::proto);
        const std::string json = sample.encode(Encoding::json);
        pb::ServerMessage message;
        REQUIRE(message.ParseFromString(binary));
        REQUIRE(message.items_size() == 1);
        pb::Item same;
        parse(json, same);
        CHECK(same.SerializeAsString() == message.items(0).SerializeAsString());
        check_complete(message.items(0));
        check_golden("item/" + sample.name + ".bin", binary);
        check_golden("item/" + sample.name + ".json", json + "\n");
    }
}

TEST_CASE("no kind of item is without its golden file", "[golden]") {
    std::set<std::string> kinds, public_kinds;
    for (const auto& sample : marchwire::test::item_samples()) {
        const auto point = sample.name.find('.');
        const std::string kind = sample.name.substr(0, point);
        kinds.insert(kind);
        if (kind == "public_item") public_kinds.insert(sample.name.substr(point + 1));
    }
    CHECK(kinds == arms_of(*pb::Item::descriptor()));
    CHECK(public_kinds == arms_of(*pb::PublicItem::descriptor()));
}

TEST_CASE("every snapshot is as agreed on in both encodings", "[golden]") {
    for (const auto& sample : marchwire::test::snapshot_samples()) {
        INFO(sample.name);
        const auto* type = proto::DescriptorPool::generated_pool()->FindMessageTypeByName(
            "marchwire.v1." + sample.name.substr(0, sample.name.find('.')));
        REQUIRE(type != nullptr);
        const auto* prototype = proto::MessageFactory::generated_factory()->GetPrototype(type);
        const std::unique_ptr<proto::Message> message(prototype->New());
        const std::unique_ptr<proto::Message> same(prototype->New());
        REQUIRE(message->ParseFromString(sample.encode(Encoding::proto)));
        parse(sample.encode(Encoding::json), *same);
        CHECK(same->SerializeAsString() == message->SerializeAsString());
        check_complete(*message);
        check_golden("snapshot/" + sample.name + ".bin", sample.encode(Encoding::proto));
        check_golden("snapshot/" + sample.name + ".json", sample.encode(Encoding::json) + "\n");
    }
}

TEST_CASE("every message of a client is as agreed on in both encodings", "[golden]") {
    const auto& kinds = *pb::ClientMessage::descriptor()->oneof_decl(0);
    for (int i = 0; i < kinds.field_count(); ++i) {
        if (kinds.field(i)->name() == "command") continue;
        pb::ClientMessage message;
        choose(message, *kinds.field(i));
        fill(message);
        CHECK(wire::decode_client(json_of(message), Encoding::json).has_value());
        check_golden("client/" + kinds.field(i)->name() + ".bin", message.SerializeAsString());
        check_golden("client/" + kinds.field(i)->name() + ".json", json_of(message) + "\n");
    }
}

TEST_CASE("every command is as agreed on in both encodings", "[golden]") {
    const auto& bodies = *pb::Command::descriptor()->oneof_decl(0);
    for (int i = 0; i < bodies.field_count(); ++i) {
        pb::ClientMessage message;
        choose(*message.mutable_command(), *bodies.field(i));
        fill(message);
        CHECK(wire::decode_client(message.SerializeAsString(), Encoding::proto).has_value());
        check_golden("command/" + bodies.field(i)->name() + ".bin", message.SerializeAsString());
        check_golden("command/" + bodies.field(i)->name() + ".json", json_of(message) + "\n");
    }
}

TEST_CASE("every stored event is written as it was from the first day", "[golden]") {
    const auto& kinds = *pb::Event::descriptor()->oneof_decl(0);
    for (int i = 0; i < kinds.field_count(); ++i) {
        pb::StoredEntry made;
        choose(*made.mutable_event(), *kinds.field(i));
        fill(made);
        const auto entry = wire::decode_stored(made.SerializeAsString());
        INFO(kinds.field(i)->name());
        REQUIRE(entry.has_value());
        check_golden("stored/" + kinds.field(i)->name() + ".bin", wire::encode_stored(*entry));
        check_golden("stored/" + kinds.field(i)->name() + ".json", wire::entry_json(*entry) + "\n");
    }
}

TEST_CASE("every command that may be proposed is stored whole", "[golden]") {
    const auto& bodies = *pb::ProposedCommand::descriptor()->oneof_decl(0);
    for (int i = 0; i < bodies.field_count(); ++i) {
        pb::StoredEntry made;
        auto& proposal = *made.mutable_event()->mutable_proposal_made()->mutable_proposal();
        choose(*proposal.mutable_command(), *bodies.field(i));
        fill(made);
        const auto entry = wire::decode_stored(made.SerializeAsString());
        const std::string name = "stored/proposal_made." + bodies.field(i)->name();
        INFO(name);
        REQUIRE(entry.has_value());
        check_complete(made.event().proposal_made().proposal().command());
        pb::StoredEntry again;
        REQUIRE(again.ParseFromString(wire::encode_stored(*entry)));
        CHECK(again.ShortDebugString() == made.ShortDebugString());
        check_golden(name + ".bin", wire::encode_stored(*entry));
        check_golden(name + ".json", wire::entry_json(*entry) + "\n");
    }
}

TEST_CASE("a command that may be proposed has the number that it has as a command", "[golden]") {
    const auto& bodies = *pb::ProposedCommand::descriptor()->oneof_decl(0);
    for (int i = 0; i < bodies.field_count(); ++i) {
        const auto* same = pb::Command::descriptor()->FindFieldByName(bodies.field(i)->name());
        INFO(bodies.field(i)->name());
        REQUIRE(same != nullptr);
        CHECK(same->number() == bodies.field(i)->number());
        CHECK(same->message_type() == bodies.field(i)->message_type());
    }
}

TEST_CASE("runs laid end to end are one message with all their items", "[golden]") {
    std::string joined;
    std::vector<std::string> items;
    for (const auto& sample : marchwire::test::item_samples()) items.push_back(sample.encode(Encoding::proto));
    const std::vector<std::string_view> views(items.begin(), items.end());
    const std::span<const std::string_view> all(views);
    for (std::size_t i = 0; i < all.size(); i += 5) {
        const auto run = wire::make_run(all.subspan(i, std::min<std::size_t>(5, all.size() - i)), Encoding::proto);
        joined += wire::items_in(*run, Encoding::proto);
    }
    CHECK(joined == wire::items_in(*wire::make_run(all, Encoding::proto), Encoding::proto));
    pb::ServerMessage message;
    REQUIRE(message.ParseFromString(joined));
    CHECK(static_cast<std::size_t>(message.items_size()) == items.size());
}

TEST_CASE("a run in JSON is one message with all its items", "[golden]") {
    const auto text_of = [](std::span<const std::string_view> run) {
        const auto message = wire::make_run(run, Encoding::json);
        return R"({"items":[)" + std::string(wire::items_in(*message, Encoding::json)) + "]}";
    };
    std::vector<std::string> items;
    for (const auto& sample : marchwire::test::item_samples()) items.push_back(sample.encode(Encoding::json));
    const std::vector<std::string_view> views(items.begin(), items.end());
    pb::ServerMessage message;
    parse(text_of(views), message);
    CHECK(static_cast<std::size_t>(message.items_size()) == items.size());
    pb::ServerMessage none;
    parse(text_of({}), none);
    CHECK(none.items_size() == 0);
}
