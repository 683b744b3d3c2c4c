// The stored form: entries and checkpoints come back as they were, or are refused.
#include "support/filled_message.hpp"
#include "support/march_builder.hpp"
#include "wire/codec.hpp"

#include "marchwire/v1/log.pb.h"

#include <catch2/catch.hpp>

#include <string>

namespace core = marchwire::core;
namespace base = marchwire::base;
namespace wire = marchwire::wire;
namespace pb = marchwire::v1;
using marchwire::test::choose;
using marchwire::test::fill;
using marchwire::test::MarchBuilder;

namespace {

const base::LogId st_louis = base::LogId::parse("flag-day-2018/st-louis-mo").value();
const base::LogId flag_day = base::LogId::parse("flag-day-2018").value();

/// An entry of each kind of event, every field set.
std::vector<pb::StoredEntry> entries_of_all_kinds() {
    std::vector<pb::StoredEntry> entries;
    const auto& kinds = *pb::Event::descriptor()->oneof_decl(0);
    for (int i = 0; i < kinds.field_count(); ++i) {
        pb::StoredEntry entry;
        choose(*entry.mutable_event(), *kinds.field(i));
        fill(entry);
        entries.push_back(entry);
    }
    return entries;
}

/// A day with some of everything: a route, people, a hold, a stop with its proposal, a missed check-in, notices.
MarchBuilder busy_day() {
    MarchBuilder march;
    const auto side = march.on_duty(core::Role::side, 2);
    march.put(core::Role::medic, 1, side);
    march.must(march.lead, core::ActivateRoute{march.approved_route(), 0});
    march.march_off();
    march.must(side, core::CheckIn{core::Report::moving, {core::PlaceKind::route_metre, 430}, 55, 12});
    march.must(march.lead, core::PostNotice{core::Severity::warning, "es", "Agua en la plaza.", {}});
    march.must(march.lead,
               core::SetCallsToAction{{{0, core::ActionKind::petition, "Sign", "https://example.org", ""}}});
    // Until the ladder of the one who fell silent has ended.
    const core::UtcMs evening = march.now + base::hours(12);
    for (int i = 0; i < 10 && core::next_due(march.state) < evening; ++i) march.tick_when_due();
    core::IssueOrder order;
    order.kind = core::OrderKind::staff_intersection;
    order.template_name = "staff";
    order.parameters = {"Broadway"};
    order.text = "Staff the intersection at Broadway.";
    order.audience = {core::AudienceKind::names, {}, 0, {side}};
    march.must(march.lead, order);
    march.must(side, core::Decline{march.state.orders_issued, "alone here"});
    march.must(march.lead, core::OpenRollCall{});
    march.must(side, core::AnswerRollCall{march.state.orders_issued, 7, {}, core::HeardBy::none});
    core::ReportIncident lost;
    lost.kind = core::IncidentKind::lost_child;
    lost.description = "red coat, about five";
    lost.methane.exact_place = "the fountain";
    lost.restricted = core::RestrictedBlock{"Kim Doe", "asthma", "555-0100"};
    lost.tell_all = true;
    march.must(march.lead, lost);
    march.must(side, core::ReportIncident{core::IncidentKind::crowd, core::Severity::urgent, {}, "pushing"});
    march.must(march.lead, core::ReadRestricted{1});
    march.must(march.lead, core::CloseLeg{0, 1});
    march.must(march.lead, core::ResolveIncident{1, 1, "with the family"});
    march.must(march.lead, core::Stop{"a car on the route", "We wait here for a moment."});
    march.must(march.lead, core::ProposeResume{march.state.phase_version, "the car is gone"});
    march.must(march.somebody(core::Role::dispatcher),
               core::PostNotice{core::Severity::urgent, "", "We wait for help.", {}});
    return march;
}

}  // namespace

TEST_CASE("an entry of each kind comes back with every field", "[wire][codec]") {
    for (const pb::StoredEntry& made : entries_of_all_kinds()) {
        const std::string bytes = made.SerializeAsString();
        const auto entry = wire::decode_stored(bytes);
        INFO(made.event().ShortDebugString());
        REQUIRE(entry.has_value());
        pb::StoredEntry again;
        REQUIRE(again.ParseFromString(wire::encode_stored(*entry)));
        CHECK(again.ShortDebugString() == made.ShortDebugString());
    }
}

TEST_CASE("equal entries have equal bytes", "[wire][codec]") {
    for (const core::Entry& entry : busy_day().entries) CHECK(wire::encode_stored(entry) == wire::encode_stored(entry));
}

TEST_CASE("a day read back from its stored entries ends in the same state", "[wire][codec]") {
    const MarchBuilder march = busy_day();
    core::MarchState replayed;
    replayed.id = march.state.id;
    for (const core::Entry& made : march.entries) {
        const auto entry = wire::decode_stored(wire::encode_stored(made));
        REQUIRE(entry.has_value());
        core::apply(replayed, *entry, marchwire::test::digest_of(entry->seq));
    }
    CHECK(replayed == march.state);
}

TEST_CASE("a march restored from its checkpoint is the march that it was after each entry", "[wire][codec]") {
    const MarchBuilder march = busy_day();
    REQUIRE_FALSE(march.state.alerts.empty());
    REQUIRE(march.state.proposals.size() == 2);
    core::MarchState state;
    state.id = march.state.id;
    for (const core::Entry& entry : march.entries) {
        core::apply(state, entry, marchwire::test::digest_of(entry.seq));
        const auto restored = wire::decode_march_checkpoint(wire::encode_checkpoint(state), state.id);
        REQUIRE(restored.has_value());
        CHECK(*restored == state);
    }
}

TEST_CASE("a checkpoint of a march holds every field of its state", "[wire][codec]") {
    pb::MarchCheckpoint made;
    fill(made);
    made.mutable_state()->mutable_routes(0)->set_version(1);
    made.mutable_state()->clear_only_section();  // of a section lead's snapshot, not of the march
    const auto state = wire::decode_march_checkpoint(made.SerializeAsString(), st_louis);
    REQUIRE(state.has_value());
    made.mutable_state()->mutable_position()->set_epoch(state->tip.epoch.value);
    made.mutable_state()->mutable_position()->set_seq(state->tip.seq.value);
    made.mutable_state()->mutable_position()->set_digest(base::short_digest(state->tip.digest));
    pb::MarchCheckpoint again;
    REQUIRE(again.ParseFromString(wire::encode_checkpoint(*state)));
    CHECK(again.ShortDebugString() == made.ShortDebugString());
}

TEST_CASE("a checkpoint of a campaign holds every field of its state", "[wire][codec]") {
    pb::CampaignCheckpoint made;
    fill(made);
    const auto state = wire::decode_campaign_checkpoint(made.SerializeAsString(), flag_day);
    REQUIRE(state.has_value());
    const std::string bytes = wire::encode_checkpoint(*state);
    pb::CampaignCheckpoint again;
    REQUIRE(again.ParseFromString(bytes));
    CHECK(again.ShortDebugString() == made.ShortDebugString());
    CHECK(wire::decode_campaign_checkpoint(bytes, flag_day).value() == *state);
}

TEST_CASE("a checkpoint of a form that is not known is refused so that the log is folded instead", "[wire][codec]") {
    pb::MarchCheckpoint made;
    fill(made);
    made.mutable_state()->mutable_routes(0)->set_version(1);
    made.set_form(2);
    CHECK(wire::decode_march_checkpoint(made.SerializeAsString(), st_louis).has_error());
    CHECK(wire::decode_march_checkpoint("no checkpoint", st_louis).has_error());
    CHECK(wire::decode_campaign_checkpoint("no checkpoint", flag_day).has_error());
}

TEST_CASE("a checkpoint whose roster or routes have holes is refused", "[wire][codec]") {
    pb::MarchCheckpoint made;
    fill(made);
    made.mutable_state()->mutable_routes(0)->set_version(1);
    pb::MarchCheckpoint roster = made;
    roster.mutable_state()->mutable_roster(0)->set_ordinal(1);
    CHECK(wire::decode_march_checkpoint(roster.SerializeAsString(), st_louis).has_error());
    pb::MarchCheckpoint routes = made;
    routes.mutable_state()->mutable_routes(0)->set_version(2);
    CHECK(wire::decode_march_checkpoint(routes.SerializeAsString(), st_louis).has_error());
}

TEST_CASE("a stored entry cut anywhere is refused or is never taken for the whole one", "[wire][codec]") {
    for (const pb::StoredEntry& made : entries_of_all_kinds()) {
        const std::string bytes = made.SerializeAsString();
        for (std::size_t size = 0; size < bytes.size(); ++size) {
            const auto entry = wire::decode_stored(bytes.substr(0, size));
            if (entry) CHECK(wire::encode_stored(*entry) != bytes);
        }
    }
}

TEST_CASE("an entry without an event or of a newer kind is refused with what to do", "[wire][codec]") {
    pb::StoredEntry empty;
    empty.set_seq(1);
    empty.set_actor_role(pb::KEEPER);
    const std::string newer("\x5A\x04\x92\xFA\x01\x00", 6);  // an event with field 4 002 alone
    for (const std::string& bytes : {empty.SerializeAsString(), empty.SerializeAsString() + newer}) {
        const auto entry = wire::decode_stored(bytes);
        REQUIRE(entry.has_error());
        CHECK(entry.error().code == base::RefusalCode::invalid_argument);
        CHECK(entry.error().field == "entry.event");
        CHECK(entry.error().message.find("marchwire log verify") != std::string::npos);
    }
}

TEST_CASE("what is restricted of an incident is stored and never printed or sent", "[wire][codec][privacy]") {
    const MarchBuilder march = busy_day();
    const std::string name = "Kim Doe";
    REQUIRE(march.state.restricted.at(1).name == name);
    std::size_t stored = 0;
    for (const core::Entry& entry : march.entries) {
        stored += wire::encode_stored(entry).find(name) == std::string::npos ? 0U : 1U;
        CHECK(wire::entry_json(entry).find(name) == std::string::npos);
        for (const core::TopicStamp& stamp : entry.topics) {
            const auto topic = core::topic_number(march.state.topic_base, stamp.index);
            for (const auto encoding : {wire::Encoding::proto, wire::Encoding::json}) {
                CHECK(wire::encode_entry(topic, {}, {}, entry, encoding).find(name) == std::string::npos);
            }
        }
    }
    CHECK(stored == 1);
    CHECK(wire::encode_checkpoint(march.state).find(name) != std::string::npos);
    CHECK(wire::state_json(march.state).find(name) == std::string::npos);
    for (const auto encoding : {wire::Encoding::proto, wire::Encoding::json}) {
        CHECK(wire::encode_snapshot(march.state, encoding).find(name) == std::string::npos);
        const auto section = core::section_snapshot(march.state, 2);
        CHECK(section.state.restricted.empty());
        CHECK(wire::encode_snapshot(section, encoding).find(name) == std::string::npos);
    }
}

TEST_CASE("a subscription for pushes is kept over a checkpoint, and shown to nobody", "[wire][codec]") {
    const core::PushSubscription push{core::PersonId{7}, base::DeviceId{5}, "sealed"};
    core::MarchState state;
    state.id = *base::LogId::parse("flag-day-2018/st-louis-mo");
    state.pushes.push_back(push);
    CHECK(wire::decode_march_checkpoint(wire::encode_checkpoint(state), state.id)->pushes == state.pushes);
    core::Entry entry;
    entry.event = core::PushSubscribed{push};
    CHECK(wire::entry_json(entry).find("sealed") == std::string::npos);
    CHECK(wire::state_json(state).find("pushes") == std::string::npos);
}

TEST_CASE("a printed entry and a printed campaign show no token hash", "[wire][codec]") {
    core::Entry entry;
    core::TokenIssued issued;
    issued.token.hash.fill(0x5A);
    entry.event = issued;
    CHECK(wire::entry_json(entry).find("hash") == std::string::npos);
    core::CampaignState state;
    state.tokens.push_back(issued.token);
    CHECK(wire::state_json(state).find("hash") == std::string::npos);
    CHECK(wire::state_json(state).find("tokens") != std::string::npos);
}
