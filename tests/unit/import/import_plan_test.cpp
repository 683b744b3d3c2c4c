// What importing a file again does to marches that are there.
#include "import/import_plan.hpp"

#include "wire/codec.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <tuple>

namespace marchwire::import {
namespace {

const std::string columns = "city,state,venue,lat,lon,tz,start_local\n";
const std::string reno = "Reno,NV,City Plaza,39.5296,-119.8138,America/Los_Angeles,2018-06-30T10:00\n";
const std::string elko = "Elko,NV,Park,40.8324,-115.7631,America/Los_Angeles,\n";

base::Slug campaign() { return *base::Slug::parse("families-belong"); }

CampaignDraft draft(const std::string& rows) {
    auto made = read_campaign_csv(columns + rows);
    REQUIRE(made.usable());
    return made;
}

/// The march as the server would have it after the first import of these rows.
ExistingMarch existing(const std::string& row, core::Phase phase = core::Phase::planned, std::uint32_t version = 1) {
    const auto made = draft(row).marches.front();
    return {made.slug, made.spec, version, phase, 0};
}

std::vector<PlannedChange> plan(const std::string& rows, const std::vector<ExistingMarch>& there) {
    return plan_import(campaign(), draft(rows), there);
}

}  // namespace

TEST_CASE("a march that is not there is created by one command whose id comes from file and row", "[import][plan]") {
    const auto changes = plan(reno + elko, {});
    REQUIRE(changes.size() == 2);
    CHECK(changes[0].change == Change::created);
    REQUIRE(changes[0].commands.size() == 1);
    const auto& command = changes[0].commands.front();
    CHECK(command.log.text() == "families-belong/reno-nv");
    CHECK(command.id.counter == 2);
    CHECK(std::holds_alternative<core::CreateMarch>(command.body));
    CHECK(changes[1].commands.front().id.counter == 3);
    CHECK(plan(reno + elko, {})[0].commands.front().id == command.id);
    CHECK(plan(reno, {})[0].commands.front().id != command.id);
}

TEST_CASE("the same file again changes nothing", "[import][plan]") {
    for (const auto& change : plan(reno + elko, {existing(reno), existing(elko)})) {
        CHECK(change.change == Change::unchanged);
        CHECK(change.commands.empty());
    }
}

TEST_CASE("a moved venue and a new hour are a move and a rescheduling of the next version", "[import][plan]") {
    const std::string moved = "Reno,NV,Court House,39.5296,-119.8138,America/Los_Angeles,2018-06-30T13:00\n";
    const auto change = plan(moved, {existing(reno, core::Phase::planned, 4)}).front();
    CHECK(change.change == Change::changed);
    REQUIRE(change.differences.size() == 2);
    CHECK(change.differences[0] == "venue: 'City Plaza' -> 'Court House'");
    CHECK(change.differences[1] == "plan: marching 2018-06-30T10:00 -> marching 2018-06-30T13:00");
    REQUIRE(change.commands.size() == 2);
    CHECK(std::get<core::MoveVenue>(change.commands[0].body).version == 4);
    CHECK(std::get<core::Reschedule>(change.commands[1].body).version == 5);
    CHECK(change.commands[0].id != change.commands[1].id);
}

TEST_CASE("a changed file asks under another id after somebody changed the march by hand", "[import][plan]") {
    const std::string moved = "Reno,NV,Court House,39.5296,-119.8138,America/Los_Angeles,2018-06-30T10:00\n";
    const auto first = plan(moved, {existing(reno, core::Phase::planned, 1)}).front().commands.front().id;
    const auto second = plan(moved, {existing(reno, core::Phase::planned, 3)}).front().commands.front().id;
    CHECK(first != second);
}

TEST_CASE("a march from assembling on is not touched and a postponed one is", "[import][plan]") {
    const std::string moved = "Reno,NV,Court House,39.5296,-119.8138,America/Los_Angeles,2018-06-30T10:00\n";
    for (const auto phase : {core::Phase::assembling, core::Phase::marching, core::Phase::held, core::Phase::stopped,
                             core::Phase::closed, core::Phase::cancelled}) {
        const auto change = plan(moved, {existing(reno, phase)}).front();
        CHECK(change.change == Change::untouched);
        CHECK(change.commands.empty());
        CHECK_FALSE(change.differences.empty());
    }
    CHECK(plan(moved, {existing(reno, core::Phase::postponed)}).front().change == Change::changed);
}

TEST_CASE("a march that left the file is reported and never deleted and drills are left alone", "[import][plan]") {
    auto drill = existing("Ely,NV,,39.2474,-114.8886,America/Los_Angeles,\n");
    drill.spec.drill = true;
    const auto changes = plan(reno, {existing(reno), existing(elko), drill});
    REQUIRE(changes.size() == 2);
    CHECK(changes[1].slug.text() == "elko-nv");
    CHECK(changes[1].change == Change::vanished);
    CHECK(changes[1].commands.empty());
}

TEST_CASE("what the server tells of a march is read back as it was asked", "[import][plan]") {
    const auto asked = plan(reno, {}).front().commands.front();
    const auto command = nlohmann::json::parse(command_json(asked));
    CHECK(command.at("id").at("counter") == "2");
    const auto& spec = command.at("createMarch").at("spec");
    CHECK(spec.at("site").at("latE7") == 395'296'000);
    CHECK(spec.at("plan").at(0).at("atMs") == "1530378000000");

    const auto read = read_march_state(R"({"march":"reno-nv","specVersion":2,"phase":"HELD","spec":{"city":"Reno",
        "state":"NV","venue":"City Plaza","tz":"America/Los_Angeles","site":{"latE7":395296000,"lonE7":-1198138000},
        "kind":"IN_PERSON","plan":[{"phase":"MARCHING","atMs":"1530378000000"}]}})");
    REQUIRE(read.has_value());
    CHECK(read->spec == draft(reno).marches.front().spec);
    CHECK(read->phase == core::Phase::held);
    CHECK(read->spec_version == 2);
    CHECK(read_march_state("[]").has_error());
    CHECK(read_campaign_state(R"({"spec":{"name":"x"},"marches":[{"march":"reno-nv","topicBase":65536}]})")
              ->marches.front()
              .text() == "reno-nv");
}

TEST_CASE("an import ends with its record unless the same file changed nothing", "[import][plan]") {
    const CampaignDraft file = draft(reno + elko);
    const auto first = plan_record(campaign(), file, plan(reno + elko, {existing(reno)}), {});
    REQUIRE(first);
    CHECK(first->log.is_campaign());
    const auto& record = std::get<core::RecordImport>(first->body);
    CHECK(record.number == 1);
    CHECK(record.file_sha256 == base::hex(file.file_hash));
    CHECK(record.marches == 2);
    CHECK(record.created == 1);
    CHECK(record.unchanged == 1);
    // Cut short before its record and run again it asks under the same id.
    CHECK(plan_record(campaign(), file, plan(reno + elko, {existing(reno)}), {})->id == first->id);

    const core::ImportRecord last{1, record.file_sha256, 2, 1, 0, 1, {5}};
    const auto nothing_new = plan(reno + elko, {existing(reno), existing(elko)});
    CHECK_FALSE(plan_record(campaign(), file, nothing_new, last));
    // Another file that changes nothing is told of, and so is the same one when somebody had changed a march by hand.
    CHECK(plan_record(campaign(), draft(elko + reno), nothing_new, last));
    const auto again = plan_record(campaign(), file, plan(reno + elko, {existing(reno)}), last);
    REQUIRE(again);
    CHECK(std::get<core::RecordImport>(again->body).number == 2);
    CHECK(again->id != first->id);
}

TEST_CASE("the server reads what the host writes", "[import][plan]") {
    const auto asked = plan(reno, {}).front().commands.front();
    const auto created = wire::decode_command_json(command_json(asked));
    REQUIRE(created.has_value());
    CHECK(created->id == asked.id);
    CHECK(std::get<core::CreateMarch>(created->body).spec == std::get<core::CreateMarch>(asked.body).spec);

    core::RouteLine line{"plan", {{39.5296, -119.8138}, {39.53, -119.81}}, {}, {0}, true, "drawn by us"};
    line.waypoints.push_back({1, core::WaypointKind::first_aid, "First aid", {39.5298, -119.812}, {120.5}});
    const base::LogId log{campaign(), *base::Slug::parse("reno-nv")};
    const auto imported = wire::decode_command_json(
        command_json({log, {}, core::ImportRoute{std::make_shared<const core::RouteLine>(line)}}));
    REQUIRE(imported.has_value());
    CHECK_FALSE(imported->id);
    CHECK(*std::get<core::ImportRoute>(imported->body).line == line);

    const core::RecordImport record{3, std::string(64, 'b'), 9, 4, 3, 2};
    const auto recorded = wire::decode_command_json(command_json({base::LogId{campaign(), {}}, {}, record}));
    REQUIRE(recorded.has_value());
    const auto& read = std::get<core::RecordImport>(recorded->body);
    CHECK(read.file_sha256 == record.file_sha256);
    CHECK(std::tuple(read.number, read.marches, read.created, read.changed, read.unchanged) ==
          std::tuple(3, 9, 4, 3, 2));
}

TEST_CASE("what the server tells of a campaign's last import is what the host reads", "[import][plan]") {
    core::CampaignState state;
    state.id = base::LogId{campaign(), {}};
    state.last_import = {2, std::string(64, 'c'), 9, 4, 3, 2, {1'528'992'000'000}};
    CHECK(read_campaign_state(wire::state_json(state))->last_import == state.last_import);
}

TEST_CASE("what the server tells of its state is what the host reads", "[import][plan]") {
    core::MarchState state;
    state.id = base::LogId{campaign(), *base::Slug::parse("reno-nv")};
    state.topic_base = 65'536;
    state.spec = draft(reno).marches.front().spec;
    state.spec_version = 4;
    state.phase = core::Phase::stopped;
    const core::RouteLine line{"plan", {{39.5296, -119.8138}, {39.53, -119.81}}, {}, {}, false, ""};
    core::Route& route = state.routes.emplace_back();
    route.version = 1;
    route.status = core::RouteStatus::approved;
    route.line = std::make_shared<const core::RouteLine>(line);
    const auto json = wire::state_json(state);
    const auto read = read_march_state(json);
    REQUIRE(read.has_value());
    CHECK(read->slug.text() == "reno-nv");
    CHECK(read->spec == state.spec);
    CHECK(read->spec_version == 4);
    CHECK(read->phase == core::Phase::stopped);
    const auto found = find_route(json, line);
    REQUIRE(found);
    CHECK(found->version == 1);
    CHECK(found->status == core::RouteStatus::approved);
    const core::RouteLine other{"plan", {{39.5296, -119.8138}, {39.54, -119.81}}, {}, {}, false, ""};
    CHECK_FALSE(find_route(json, other));
}

}  // namespace marchwire::import
