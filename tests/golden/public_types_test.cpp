// What everybody may see cannot hold a person: the message types themselves are walked.
#include "marchwire/v1/ops.pb.h"
#include "marchwire/v1/public.pb.h"

#include <google/protobuf/descriptor.h>
#include <catch2/catch.hpp>

#include <set>
#include <string>
#include <vector>

namespace pb = marchwire::v1;
namespace proto = google::protobuf;

namespace {

void gather(const proto::Descriptor& type, std::set<const proto::Descriptor*>& found) {
    if (!found.insert(&type).second) return;
    for (int i = 0; i < type.field_count(); ++i) {
        if (type.field(i)->message_type() != nullptr) gather(*type.field(i)->message_type(), found);
    }
}

/// Names under which the staff's messages hold persons, their devices, their places or what they said.
bool names_a_person(const std::string& field) {
    static const char* const words[] = {"person",    "actor",     "callsign", "buddy",     "owner",   "subject",
                                        "proposer",  "confirmer", "notified", "self",      "roster",  "role",
                                        "device",    "token",     "hash",     "duty",      "battery", "reason",
                                        "headcount", "accuracy",  "phone",    "signature", "author",  "by"};
    for (const char* word : words) {
        const std::string name = word;
        if (field == name || field.starts_with(name + "_") || field.ends_with("_" + name) ||
            field.find("_" + name + "_") != std::string::npos) {
            return true;
        }
    }
    return false;
}

/// "file.Message.field" of each field that may hold a person.
std::vector<std::string> leaks_of(const std::vector<const proto::Descriptor*>& roots) {
    std::set<const proto::Descriptor*> types;
    for (const auto* root : roots) gather(*root, types);
    std::vector<std::string> leaks;
    for (const proto::Descriptor* type : types) {
        const std::string& file = type->file()->name();
        if (file != "marchwire/v1/public.proto" && file != "marchwire/v1/domain.proto") leaks.push_back(type->name());
        for (int i = 0; i < type->field_count(); ++i) {
            const auto& field = *type->field(i);
            const auto* words = field.enum_type();
            const bool of_staff = words != nullptr && words->file()->name() == "marchwire/v1/ops.proto";
            // A count of people, rounded and hidden under 5, names nobody.
            const bool is_count = field.full_name() == "marchwire.v1.OverviewRow.on_duty_rounded";
            if (of_staff || (names_a_person(field.name()) && !is_count)) leaks.push_back(field.full_name());
        }
    }
    return leaks;
}

}  // namespace

TEST_CASE("no message that everybody may see has a field that could hold a person", "[golden][privacy]") {
    CHECK(leaks_of({pb::PublicItem::descriptor(), pb::PublicSnapshot::descriptor(), pb::OverviewRows::descriptor(),
                    pb::PublicColumn::descriptor()}) == std::vector<std::string>{});
}

TEST_CASE("the walk over the types finds the persons in what staff see", "[golden][privacy]") {
    for (const auto* type : {pb::EntryItem::descriptor(), pb::OpsSnapshot::descriptor(), pb::Member::descriptor(),
                             pb::MarshalPosition::descriptor(), pb::DeskRows::descriptor(), pb::Alert::descriptor()}) {
        CHECK(leaks_of({type}).size() > 1);
    }
}

TEST_CASE("the file of public messages includes no file that knows persons", "[golden][privacy]") {
    const auto& file = *pb::PublicItem::descriptor()->file();
    for (int i = 0; i < file.dependency_count(); ++i) {
        CHECK(file.dependency(i)->name() == "marchwire/v1/domain.proto");
        CHECK(file.dependency(i)->dependency_count() == 0);
    }
}
