// A day by the command line alone: every verb of staff against a real server.
#include "real_server.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>

namespace marchwire::test {
namespace {

using Json = nlohmann::json;
using Verb = std::vector<std::string>;

constexpr int changed_meanwhile = 7, not_allowed = 6;

/// St. Louis with its route active, and its people with a command line each.
struct Town {
    Town() {
        const Ended imported = host({"import", "route",
                                     std::string(MARCHWIRE_SOURCE_DIR) + "/samples/routes/st-louis-mo.geojson",
                                     "--march", "flag-day/st-louis-mo", "--approve", "--activate"});
        INFO(imported.out);
        REQUIRE(imported.exit_code == 0);
    }
    [[nodiscard]] Ended host(Verb verb) const {
        verb.insert(verb.begin(), {MARCHWIRE_PATH, "--json", "--data", server.data()});
        return run_program(verb);
    }
    [[nodiscard]] Json row(const std::string& list, const std::string& key, const Json& value) {
        const Json state = server.state();
        for (const Json& one : state.at(list)) {
            if (one.contains(key) && one.at(key) == value) return one;
        }
        return {};
    }
    [[nodiscard]] std::string duty(const std::string& callsign) {
        return row("roster", "callsign", callsign).value("duty", "");
    }
    [[nodiscard]] bool is_open(const std::string& alert) {
        const Json state = server.state();
        return state.contains("alerts") && std::ranges::any_of(state.at("alerts"), [&](const Json& one) {
                   return one.at("key").at("kind") == alert;
               });
    }
    struct WithMarch : RealServer {
        WithMarch() { make_march(); }
    };
    WithMarch server;
    Hand lead{server, server.token("city_lead", "Lead 1")};
    Hand section{server, server.token("section_lead", "Section 2", 2)};
    Hand ann{server, server.token("side", "Ann", 2)};
    Hand ben{server, server.token("side", "Ben", 2)};
    Hand dispatcher{server, server.token("dispatcher", "Desk")};
};

}  // namespace

TEST_CASE("a lead puts the march off, gives it another plan and place, and begins it", "[integration][verbs]") {
    Town town;
    const Hand& lead = town.lead;
    lead.must({"postpone", "--reason", "the permit"});
    CHECK(town.server.state().at("phase") == "POSTPONED");
    CHECK(town.ann.run({"postpone", "--reason", "rain"}).exit_code == not_allowed);
    lead.must({"reschedule", "--phase", "assembling=2031-06-14T10:00", "--phase", "marching=2031-06-14T11:00"});
    const Json spec = town.server.state().at("spec");
    REQUIRE(spec.at("plan").size() == 2);
    CHECK(lead.run({"reschedule", "--phase", "marching=11 o'clock"}).exit_code == 3);
    lead.must({"move-venue", "Kiener Plaza", "--lat", "38.6247", "--lon", "-90.1923"});
    CHECK(town.server.state().at("spec").at("venue") == "Kiener Plaza");
    const Json notices = town.server.state().at("notices");
    REQUIRE(notices.size() == 2);
    CHECK(notices[1].at("text") == "New meeting place: Kiener Plaza");
    lead.must({"phase", "planned"});
    lead.must({"phase", "assembling"});
    lead.must({"cancel", "--reason", "a storm"});
    CHECK(town.server.state().at("phase") == "CANCELLED");
}

TEST_CASE("a marshal reports, takes a break and hands the duty over by the command line", "[integration][verbs]") {
    Town town;
    town.lead.must({"phase", "assembling"});
    for (const Hand* hand : {&town.section, &town.ann, &town.ben, &town.dispatcher}) hand->must({"check-in"});
    town.lead.must({"phase", "marching"});
    town.ann.must({"duty", "break"});
    CHECK(town.duty("Ann") == "ON_BREAK");
    town.ann.must({"check-in", "--post", "1", "--battery", "60"});
    CHECK(town.duty("Ann") == "ON_DUTY");
    town.ann.must({"duty", "hand-over", "--to", "Ben"});
    CHECK(town.duty("Ann") == "HANDOVER_PENDING");
    town.ben.must({"duty", "decline", "--of", "Ann"});
    CHECK(town.duty("Ann") == "ON_DUTY");
    town.ann.must({"duty", "hand-over", "--to", "Ben"});
    town.ben.must({"duty", "take", "--of", "Ann"});
    CHECK(town.duty("Ann") == "RELIEVED");
    town.section.must({"check-in", "--for", "Ben", "--heard", "radio"});
    CHECK(town.row("roster", "callsign", "Ben").at("heardBy") == "HEARD_BY_RADIO");
    town.ben.must({"duty", "end"});
    CHECK(town.duty("Ben") == "STOOD_DOWN");
    town.dispatcher.must({"count", "--value", "4000", "--low", "3500", "--high", "5000", "--method", "photo"});
    CHECK(town.server.state().at("counts").back().at("value") == 4'000);
}

TEST_CASE("a cry for help is taken and ended by the command line", "[integration][verbs]") {
    Town town;
    town.lead.must({"phase", "assembling"});
    town.ann.must({"check-in"});
    town.ann.must({"sos"});
    CHECK(town.is_open("SOS_UNOWNED"));
    CHECK(town.ann.run({"alert", "ack", "sos_unowned"}).exit_code == not_allowed);
    town.lead.must({"alert", "ack", "sos_unowned", "--of", "Ann"});
    town.lead.must({"alert", "clear", "sos_unowned", "--reason", "found her"});
    CHECK_FALSE(town.is_open("SOS_UNOWNED"));
    town.lead.must({"policy", "large"});
    CHECK(town.server.state().at("policy").at("preset") == "PRESET_LARGE");
}

TEST_CASE("an incident goes its way by the command line and its names to few", "[integration][verbs]") {
    Town town;
    town.lead.must({"phase", "assembling"});
    for (const Hand* hand : {&town.lead, &town.section, &town.ann}) hand->must({"check-in"});
    const std::string secret = town.server.data() + "/who.txt";
    std::ofstream(secret) << "Sam Miller\nasthma\n555 0100\n";
    const Json made = town.lead.must({"incident", "report", "lost-child", "--section", "2", "--description", "red coat",
                                      "--restricted", secret, "--tell-all"});
    CHECK(made.at("made") == 1);
    town.lead.must({"incident", "assign", "1", "Section 2"});
    town.section.must({"incident", "update", "1", "--note", "at the fountain", "--state", "on-scene"});
    const Json list = town.ann.must({"incident", "list"}).at("incidents");
    REQUIRE(list.size() == 1);
    CHECK(list[0].dump().find("Sam Miller") == std::string::npos);
    CHECK(town.ann.run({"incident", "restricted", "1"}).exit_code == not_allowed);
    CHECK(town.lead.must({"incident", "restricted", "1"}).dump().find("Sam Miller") != std::string::npos);
    CHECK(town.server.dump().find("restrictedRead") != std::string::npos);
    town.lead.must({"incident", "resolve", "1", "--outcome", "with the family"});
    town.lead.must({"incident", "reopen", "1", "--reason", "another child"});
    CHECK(town.lead.must({"order", "list"}).dump().find("FOUND") != std::string::npos);
}

TEST_CASE("intersections, legs and exits are set by the command line", "[integration][verbs]") {
    Town town;
    town.lead.must({"phase", "assembling"});
    town.dispatcher.must({"check-in"});
    const Json board = town.dispatcher.must({"intersection", "list"}).at("intersections");
    REQUIRE_FALSE(board.empty());
    const std::string corner = std::to_string(board[0].at("waypoint").get<int>());
    for (const char* state : {"team-en-route", "staffed", "held"}) {
        town.dispatcher.must({"intersection", "set", corner, state});
    }
    CHECK(town.dispatcher.must({"intersection", "list"}).at("intersections")[0].at("state") == "held");
    CHECK(town.ann.run({"intersection", "set", corner, "released"}).exit_code == not_allowed);
    town.dispatcher.must({"leg", "close", "1"});
    CHECK(town.server.state().at("closures").at("closedLegs") == Json{1});
    CHECK(town.dispatcher.run({"leg", "close", "900"}).exit_code != 0);
    town.lead.must({"phase", "marching"});
    town.dispatcher.must({"passed", "--end", "head", "--waypoint", corner});
    CHECK(town.server.state().at("column").at("head").at("waypoint") == board[0].at("waypoint"));
}

}  // namespace marchwire::test
