// A march's log is gone from the disk, from Redis and from its file when its time has come.
#include "real_server.hpp"
#include "support/patience.hpp"
#include "two_servers.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace marchwire::test {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

const std::string marked_callsign = "Zebra-4711";
const std::string marked_notice = "Water at the fountain of Zebra Street";

/// Files below the directory that hold these bytes.
std::vector<std::string> files_with(const std::string& directory, const std::string& bytes) {
    std::vector<std::string> found;
    for (const auto& file : fs::recursive_directory_iterator(directory)) {
        if (!file.is_regular_file()) continue;
        std::ifstream in(file.path(), std::ios::binary);
        const std::string all((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
        if (all.find(bytes) != std::string::npos) found.push_back(file.path().string());
    }
    return found;
}

Json put_command(RealServer& server, const std::string& log, const Json& body) {
    return server.ask({{"verb", "command"}, {"log", log}, {"command", body}});
}

void make_drill_or_march(RealServer& server, bool drill) {
    const Json spec{
        {"city", "St. Louis"},     {"state", "MO"},
        {"tz", "America/Chicago"}, {"kind", "IN_PERSON"},
        {"drill", drill},          {"plan", Json::array({{{"phase", "MARCHING"}, {"atMs", "1528992000000"}}})}};
    put_command(server, march_name, {{"createMarch", {{"spec", spec}, {"sections", 5}}}});
}

/// A march with words in it that stand nowhere else, closed by its lead, whose token this gives.
std::string hold_march(RealServer& server, bool drill) {
    server.make_campaign();
    make_drill_or_march(server, drill);
    std::string token = server.token("city_lead", "Lead 1");
    const Json duty{{"person", "77"}, {"callsign", marked_callsign}, {"role", "SIDE"}, {"section", 1U}};
    put_command(server, march_name, {{"assignDuty", duty}});
    put_command(server, march_name, {{"postNotice", {{"severity", "SEVERITY_INFO"}, {"text", marked_notice}}}});
    Somebody lead(server, token);
    lead.must(sdk::AdvancePhase{sdk::Phase::assembling, 1, {}});
    lead.must(sdk::AdvancePhase{sdk::Phase::rally, 2, {}});
    lead.must(sdk::AdvancePhase{sdk::Phase::closed, 3, march_slug});
    return token;
}

void let_hours_pass(RealServer& server, int hours) {
    for (int hour = 0; hour < hours; ++hour) server.ask({{"verb", "move_clock"}, {"seconds", 3'600U}});
}

std::vector<std::string> logs_of(RealServer& server) { return server.ask({{"verb", "list"}}).at("logs"); }

const std::vector<std::string> standing_clock = {"--demo-clock", "2018-06-14T15:00:00Z,0"};

}  // namespace

TEST_CASE("no file of the data directory holds a word of a drill a day after it was closed",
          "[integration][retention]") {
    RealServer server(standing_clock);
    (void)hold_march(server, true);
    server.make_march("kansas-city-mo");
    REQUIRE_FALSE(files_with(server.data(), marked_callsign).empty());
    let_hours_pass(server, 23);
    CHECK_FALSE(files_with(server.data(), marked_callsign).empty());
    let_hours_pass(server, 1);
    server.ask({{"verb", "move_clock"}, {"seconds", 90U}});
    wait_until([&] { return files_with(server.data(), marked_callsign).empty(); });
    CHECK(files_with(server.data(), marked_notice).empty());
    CHECK(logs_of(server) == std::vector<std::string>{"flag-day", "flag-day/kansas-city-mo"});
    // Its name is free, also after a restart.
    CHECK(server.stop() == 0);
    server.start();
    make_drill_or_march(server, true);
    CHECK(logs_of(server).size() == 3);
    CHECK(server.state().at("phase") == "PLANNED");
}

TEST_CASE("neither Redis nor its file holds a word of a drill a day after it was closed",
          "[integration][retention][redis]") {
    SharedRedis shared(standing_clock);
    RealServer server(shared.arguments());
    (void)hold_march(server, true);
    wait_until([&] { return keeps_march(server); });
    wait_until([&] { return !files_with(shared.directory.path(), marked_callsign).empty(); });
    let_hours_pass(server, 24);
    server.ask({{"verb", "move_clock"}, {"seconds", 90U}});
    // Redis writes it in a process of its own.
    wait_until([&] { return files_with(shared.directory.path(), marked_callsign).empty(); });
    CHECK(files_with(shared.directory.path(), marked_notice).empty());
    std::vector<std::string> keys;
    for (const auto& key : shared.redis.ask({"KEYS", "mw:{" + march_name + "}*"}).items) keys.push_back(key.text);
    CHECK(keys == std::vector<std::string>{"mw:{" + march_name + "}:shredded"});
    CHECK(shared.redis.ask({"SISMEMBER", "mw:logs", march_name}).integer == 0);
    CHECK(shared.redis.ask({"HEXISTS", "mw:leases", march_name}).integer == 0);
    CHECK(shared.redis.ask({"HEXISTS", "mw:{flag-day}:rows", march_slug}).integer == 0);
    CHECK(logs_of(server) == std::vector<std::string>{"flag-day"});
    CHECK(server.stop() == 0);
    CHECK(server.said().find("files=asked") != std::string::npos);
}

TEST_CASE("an export holds the log and its state and lets the march go", "[integration][retention][verbs]") {
    RealServer server(standing_clock);
    const Hand lead{server, hold_march(server, false)};
    const Hand desk{server, server.token("national_desk", "Desk 1")};
    const std::string file = server.data() + "/export.jsonl";
    const Json said = desk.must({"export", march_name, file});
    CHECK(said.at("proposed") == false);
    CHECK((fs::status(file).permissions() & fs::perms::mask) == (fs::perms::owner_read | fs::perms::owner_write));
    std::ifstream in(file);
    std::vector<Json> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(Json::parse(line));
    REQUIRE(lines.size() > 5);
    const std::string last = lines[lines.size() - 2].at("position").at("seq");
    CHECK(std::to_string(lines.front().at("entries").get<std::uint64_t>()) == last);
    CHECK(lines.back().at("phase") == "CLOSED");
    CHECK(lines.back().at("roster").dump().find(marked_callsign) != std::string::npos);

    CHECK(desk.must({"retention", "show", "--march", march_name}).at("retention").at("exportSha256") ==
          said.at("sha256"));
    // Never over a file that is there; and a lead's word waits for the national desk.
    CHECK(desk.run({"export", march_name, file}).exit_code != 0);
    CHECK(lead.must({"retention", "hold", "--reason", "an inquiry"}).at("proposed") == true);
    CHECK(desk.run({"retention", "waive", "--march", march_name, "--name", "denver-co"}).exit_code != 0);
    CHECK(run_program({MARCHWIRE_PATH, "retention", "table"}).out.find("| positions | memory |") != std::string::npos);
}

}  // namespace marchwire::test
