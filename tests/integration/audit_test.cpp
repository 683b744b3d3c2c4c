// Who did what: `marchwire audit` of a real server, running and stopped.
#include "real_server.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <sstream>

namespace marchwire::test {
namespace {

using Json = nlohmann::json;

constexpr int damaged = 8;

struct Audited : RealServer {
    Audited() { make_march(); }
    [[nodiscard]] Ended audit(std::vector<std::string> more = {}) const {
        more.insert(more.begin(), {MARCHWIRE_PATH, "--json", "--data", data(), "audit", march_name});
        return run_program(more);
    }
    [[nodiscard]] std::vector<Json> rows(std::vector<std::string> more = {}) const {
        std::istringstream lines(audit(std::move(more)).out);
        std::vector<Json> all;
        for (std::string line; std::getline(lines, line);) all.push_back(Json::parse(line));
        return all;
    }
};

}  // namespace

TEST_CASE("an audit says who changed the march and that nothing was altered since", "[integration][audit]") {
    Audited server;
    const Hand lead{server, server.token("city_lead", "Lead 1")};
    const Hand ann{server, server.token("side", "Ann", 2)};
    lead.must({"phase", "assembling"});
    ann.must({"check-in"});
    for (const bool running : {true, false}) {
        INFO(running);
        if (!running) REQUIRE(server.stop() == 0);
        const auto rows = server.rows();
        REQUIRE(rows.size() >= 3);
        const auto changed = std::ranges::find_if(
            rows, [](const Json& row) { return row.value("what", "") == "phaseChanged"; });
        REQUIRE(changed != rows.end());
        CHECK(changed->at("by") == "Lead 1");
        CHECK(changed->at("event").at("to") == "ASSEMBLING");
        CHECK(rows.back().at("whole") == true);
        CHECK(std::ranges::none_of(rows, [](const Json& row) { return row.value("by", "") == "server or host"; }));
        const auto of_ann = server.rows({"--by", "Ann", "--what", "checkedIn"});
        CHECK(of_ann.size() == 2);  // the entry, and the verdict
        CHECK(server.rows({"--machines"}).size() > rows.size());
    }
}

TEST_CASE("an audit with keys that are not this log's says that it cannot be trusted", "[integration][audit]") {
    const Audited server;
    const Audited other;
    const Ended ended = server.audit({"--keys", other.data() + "/keys.json"});
    CHECK(ended.exit_code == damaged);
    CHECK(ended.out.find("\"whole\":false") != std::string::npos);
}

}  // namespace marchwire::test
