// Five cities of the demo day, played by `marchwire simulate` against a real server whose clock runs fast.
#include "real_server.hpp"
#include "support/patience.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace marchwire::test {
namespace {

using Json = nlohmann::json;

const std::string campaign = "families-belong-2018-06-30";
const std::string demo_samples = MARCHWIRE_SOURCE_DIR "/samples";
/// Just before most of them step off; Chicago, who should have, catches up. After 42 minutes all is over.
const std::string demo_clock = "2018-06-30T16:46:00Z,60";
constexpr std::int64_t all_is_over_ms = 1'530'379'680'000;  // 17:28 UTC
constexpr std::int64_t minute_ms = 60'000;

/// The rows of the real campaign for those cities alone, and their routes.
void load(RealServer& server) {
    std::ifstream all(demo_samples + "/campaigns/" + campaign + ".csv");
    const std::string file = server.data() + "/cities.csv";
    std::ofstream some(file);
    std::string line;
    for (bool is_header = true; std::getline(all, line); is_header = false) {
        const std::string city = line.substr(0, line.find(','));
        static const std::set<std::string> cities{"Chicago", "Atlanta", "New Orleans", "Salt Lake City",
                                                  "San Francisco"};
        if (is_header || cities.contains(city)) some << line << "\n";
    }
    some.close();
    const auto run = [&](std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {MARCHWIRE_PATH, "--data", server.data()});
        REQUIRE(run_program(arguments).exit_code == 0);
    };
    run({"import", "campaign", file, "--campaign", campaign});
    for (const char* march : {"chicago-il", "atlanta-ga", "new-orleans-la", "salt-lake-city-ut", "san-francisco-ca"}) {
        const std::string route = demo_samples + "/routes/" + march + ".geojson";
        run({"import", "route", route, "--march", campaign + "/" + march, "--approve", "--activate"});
    }
}

/// What a march's log says.
class Said {
public:
    Said(const RealServer& server, const std::string& march) {
        const Ended dump = run_program(
            {MARCHWIRE_PATH, "--data", server.data(), "log", "dump", campaign + "/" + march});
        REQUIRE(dump.exit_code == 0);
        std::istringstream lines(dump.out);
        for (std::string line; std::getline(lines, line);) entries_.push_back(Json::parse(line).at("entry"));
    }
    /// Entries of this event for which `holds` of its body.
    template <class Holds>
    [[nodiscard]] std::vector<Json> all(const char* event, const Holds& holds) const {
        std::vector<Json> found;
        for (const Json& entry : entries_) {
            const auto body = entry.at("event").find(event);
            if (body != entry.at("event").end() && holds(*body)) found.push_back(entry);
        }
        return found;
    }
    /// Times at which the phase became this.
    [[nodiscard]] std::vector<Json> phase(const std::string& from, const std::string& to) const {
        return all("phaseChanged", [&](const Json& body) { return body.at("from") == from && body.at("to") == to; });
    }
    [[nodiscard]] std::size_t raised(const std::string& kind) const {
        return all("alertRaised", [&](const Json& body) { return body.at("alert").at("key").at("kind") == kind; })
            .size();
    }

private:
    std::vector<Json> entries_;
};

const auto any = [](const Json&) { return true; };

std::string actor(const Json& entry) { return entry.value("actor", ""); }

std::int64_t ms(const Json& of, const char* field) { return std::stoll(of.value(field, "0")); }

/// Check-ins that had waited in a phone for so many minutes, by whom they are and when they were made.
std::map<std::pair<std::string, std::string>, int> late_check_ins(const Said& said, int minutes) {
    std::map<std::pair<std::string, std::string>, int> late;
    for (const Json& entry : said.all("checkedIn", any)) {
        const Json& body = entry.at("event").at("checkedIn");
        if (ms(entry, "atMs") - ms(body, "madeAtMs") < minutes * minute_ms || ms(body, "madeAtMs") == 0) continue;
        ++late[{body.at("person"), body.at("madeAtMs")}];
    }
    return late;
}

void check_lost_child(const Said& said) {
    const auto reported = said.all("incidentReported", any);
    REQUIRE(reported.size() == 1);
    CHECK(reported[0].dump().find("Kim") == std::string::npos);
    CHECK(said.all("restrictedRead", any).size() == 1);
    CHECK(said.raised("LOST_CHILD") == 1);
    const auto ended = said.all("incidentChanged", [](const Json& body) {
        return body.at("incident").value("state", "") == "INCIDENT_RESOLVED";
    });
    CHECK(ended.size() == 1);
}

void check_stop(const Said& said) {
    const auto stopped = said.phase("MARCHING", "STOPPED");
    const auto resumed = said.phase("STOPPED", "MARCHING");
    REQUIRE(stopped.size() == 1);
    REQUIRE(resumed.size() == 1);
    const auto proposed = said.all("proposalMade",
                                   [](const Json& body) { return body.at("proposal").at("kind") == "PROPOSE_RESUME"; });
    REQUIRE(proposed.size() == 1);
    CHECK(actor(proposed[0]) != actor(resumed[0]));
}

void check_off_line(const Said& said) {
    // Who was off-line has counted, and nobody else.
    const auto counted = said.all("countReported", any);
    REQUIRE(counted.size() == 1);
    int own = 0;
    for (const auto& [who, times] : late_check_ins(said, 10)) {
        CHECK(times == 1);
        if (who.first == actor(counted[0])) ++own;
    }
    CHECK(own >= 1);
}

void check_jam(const Said& said) {
    CHECK(said.raised("NETWORK_LOST") == 1);
    CHECK(said.raised("UNREACHABLE") == 0);
    const auto late = late_check_ins(said, 3);
    CHECK(late.size() >= 8);
    CHECK(said.raised("CHECKIN_MISSED") == 0);
    for (const auto& [who, times] : late) CHECK(times == 1);
}

void check_lost_phone(const Said& said, const Json& tokens) {
    std::map<std::string, int> leads, revoked;
    for (const Json& token : tokens) {
        if (token.value("march", "") != "salt-lake-city-ut") continue;
        ++leads[token.at("callsign")];
        if (token.value("revoked", false)) ++revoked[token.at("callsign")];
    }
    CHECK(leads["Lead 1"] == 2);
    CHECK(revoked["Lead 1"] == 1);
    CHECK(revoked["Lead 2"] == 0);
    // Her deputy held the march, and let it go on.
    const auto began = said.phase("ASSEMBLING", "MARCHING");
    const auto held = said.phase("MARCHING", "HELD");
    const auto released = said.phase("HELD", "MARCHING");
    REQUIRE(began.size() == 1);
    REQUIRE(held.size() == 1);
    REQUIRE(released.size() == 1);
    CHECK(actor(held[0]) != actor(began[0]));
    CHECK(actor(held[0]) == actor(released[0]));
}

TEST_CASE("the demo day's cities play their scenes", "[integration][demo]") {
    RealServer server({"--demo-clock", demo_clock});
    load(server);
    Program simulation({MARCHWIRE_PATH, "--data", server.data(), "--url", server.staff_url(), "simulate", "--campaign",
                        campaign, "--samples", demo_samples},
                       Stream::out);
    wait_until(
        [&] {
            return server.ask({{"verb", "status"}}).at("now_ms").get<std::int64_t>() >= all_is_over_ms;
        },
        std::chrono::seconds(120));
    simulation.signal(SIGTERM);
    const std::string said = simulation.wait().out;
    INFO(said);
    // By the city's own clock, of which a busy machine misses some minutes: each is a second here.
    CHECK(std::regex_search(said, std::regex("11:5[0-9] chicago-il plays: a lost child\n")));
    CHECK(said.find(" atlanta-ga plays: a stop, and a resume by two people\n") != std::string::npos);
    CHECK(said.find("leaves out") == std::string::npos);
    check_lost_child(Said(server, "chicago-il"));
    check_stop(Said(server, "atlanta-ga"));
    check_off_line(Said(server, "new-orleans-la"));
    check_jam(Said(server, "san-francisco-ca"));
    check_lost_phone(Said(server, "salt-lake-city-ut"),
                     server.ask({{"verb", "token_list"}, {"campaign", campaign}}).at("tokens"));
}

}  // namespace
}  // namespace marchwire::test
