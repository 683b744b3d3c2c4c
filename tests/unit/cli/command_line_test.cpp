// The command line's verbs of the host, against an admin socket that answers as the test says.
#include "command_line.hpp"

#include "admin_fake.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace marchwire::cli {
namespace {

using Json = nlohmann::json;

struct Ran {
    ExitCode code = ExitCode::ok;
    std::string out;
    std::string err;
};

Ran run_in(const std::string& data, const std::vector<std::string>& arguments) {
    std::ostringstream out;
    std::ostringstream err;
    Context context{out, err};
    context.data = data;
    const ExitCode code = run(arguments, context);
    return {code, out.str(), err.str()};
}

Json refusal(const char* code, const char* field, const char* message) {
    return {{"ok", false}, {"error", {{"code", code}, {"field", field}, {"message", message}}}};
}

const Json accepted{{"ok", true}, {"level", "SYNCED"}, {"made", 1}, {"position", {{"epoch", 1}, {"seq", 1}}}};

std::string file_in(const TemporaryDirectory& directory, const std::string& name, const std::string& text) {
    std::string path = directory.path() + "/" + name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
}

constexpr const char* two_marches =
    "city,state,venue,lat,lon,tz,start_local\n"
    "Reno,NV,City Plaza,39.5296,-119.8138,America/Los_Angeles,2018-06-30T10:00\n"
    "Elko,NV,Park,40.8324,-115.7631,America/Los_Angeles,\n";

Json reno_state(const std::string& venue) {
    return {{"ok", true},
            {"state",
             {{"march", "reno-nv"},
              {"specVersion", 3},
              {"phase", "PLANNED"},
              {"spec",
               {{"city", "Reno"},
                {"state", "NV"},
                {"venue", venue},
                {"tz", "America/Los_Angeles"},
                {"site", {{"latE7", 395296000}, {"lonE7", -1198138000}}},
                {"kind", "IN_PERSON"},
                {"plan", {{{"phase", "MARCHING"}, {"atMs", "1530378000000"}}}}}}}}};
}

std::size_t commands_in(const std::vector<Json>& asked) {
    return static_cast<std::size_t>(
        std::ranges::count_if(asked, [](const Json& request) { return request.at("verb") == "command"; }));
}

}  // namespace

TEST_CASE("wrong usage is told and answered with its own code", "[cli]") {
    const TemporaryDirectory directory;
    CHECK(run_in(directory.path(), {}).code == ExitCode::usage);
    CHECK(run_in(directory.path(), {"dance"}).code == ExitCode::usage);
    CHECK(run_in(directory.path(), {"import", "campaign"}).code == ExitCode::usage);
    CHECK(run_in(directory.path(), {"token", "create", "c/m"}).code == ExitCode::usage);
    CHECK_FALSE(run_in(directory.path(), {"token", "create", "c/m"}).err.empty());
    const auto help = run_in(directory.path(), {"--help"});
    CHECK(help.code == ExitCode::ok);
    CHECK(help.out.find("8 log damaged") != std::string::npos);
    CHECK(run_in(directory.path(), {"--version"}).code == ExitCode::ok);
}

TEST_CASE("without a server a verb of the host says what to start", "[cli]") {
    const TemporaryDirectory directory;
    const auto ran = run_in(directory.path(), {"campaign", "list"});
    CHECK(ran.code == ExitCode::unavailable);
    CHECK(ran.err.find("start marchwired") != std::string::npos);
    const auto json = Json::parse(run_in(directory.path(), {"campaign", "list", "--json"}).out);
    CHECK(json.at("ok") == false);
    CHECK(json.at("error").at("code") == "UNAVAILABLE");
}

TEST_CASE("a refusal of the server becomes its exit code and says field and remedy", "[cli]") {
    const std::pair<const char*, ExitCode> cases[] = {
        {"INVALID_ARGUMENT", ExitCode::bad_input}, {"PERMISSION_DENIED", ExitCode::denied},
        {"NOT_FOUND", ExitCode::not_found},        {"CONFLICT", ExitCode::conflict},
        {"INVALID_TRANSITION", ExitCode::refused}, {"UNAVAILABLE", ExitCode::unavailable}};
    for (const auto& [code, expected] : cases) {
        const TemporaryDirectory directory;
        AdminFake admin(directory.path(), [name = code](const Json&) { return refusal(name, "spec.tz", "Do that."); });
        const auto ran = run_in(directory.path(), {"campaign", "create", "flag-day-2018"});
        CHECK(ran.code == expected);
        CHECK(ran.err.find("(spec.tz): Do that.") != std::string::npos);
    }
}

TEST_CASE("a server that hangs up or talks nonsense is unavailable", "[cli]") {
    for (const Json& answer : {Json(), Json("nonsense")}) {
        const TemporaryDirectory directory;
        AdminFake admin(directory.path(), [answer](const Json&) { return answer; });
        CHECK(run_in(directory.path(), {"campaign", "list"}).code == ExitCode::unavailable);
    }
}

TEST_CASE("a campaign is imported with one command for each march", "[cli][import]") {
    const TemporaryDirectory directory;
    const auto csv = file_in(directory, "families.csv", two_marches);
    AdminFake admin(directory.path(), [](const Json& request) {
        return request.at("verb") == "state" ? refusal("NOT_FOUND", "log", "There is none.") : accepted;
    });
    const auto ran = run_in(directory.path(), {"import", "campaign", csv, "--json"});
    CHECK(ran.code == ExitCode::ok);
    const auto said = Json::parse(ran.out);
    CHECK(said.at("campaign") == "families");
    CHECK(said.at("new") == 2);
    const auto& asked = admin.stop();
    REQUIRE(commands_in(asked) == 4);
    CHECK(asked[1].at("command").contains("createCampaign"));
    CHECK(asked[2].at("log") == "families/reno-nv");
    CHECK(asked[2].at("command").at("id").at("counter") == "2");
    CHECK(asked[3].at("command").at("createMarch").at("spec").at("city") == "Elko");
    // The last of all tells the campaign that the file is in.
    CHECK(asked[4].at("log") == "families");
    CHECK(asked[4].at("command").at("recordImport").at("created") == 2);
    CHECK(asked[4].at("command").at("recordImport").at("fileSha256").get<std::string>().size() == 64);
}

TEST_CASE("a campaign's list and page of the host tell when its last import was in", "[cli]") {
    const TemporaryDirectory directory;
    const Json record{
        {"number", 1}, {"fileSha256", "ab12"}, {"marches", 129}, {"created", 129}, {"atMs", "1530360000000"}};
    AdminFake admin(directory.path(), [&](const Json& request) -> Json {
        if (request.at("verb") == "list") return {{"ok", true}, {"logs", {"families", "families/reno-nv"}}};
        return {{"ok", true}, {"state", {{"spec", {{"name", "Families"}, {"wave", 2}}}, {"lastImport", record}}}};
    });
    const std::string told = "imported 2018-06-30T12:00:00Z: 129 marches, 129 new 0 changed 0 unchanged, SHA-256 ab12";
    CHECK(run_in(directory.path(), {"campaign", "list"}).out == "families\t" + told + "\nfamilies/reno-nv\n");
    const auto json = Json::parse(run_in(directory.path(), {"campaign", "list", "--json"}).out);
    CHECK(json.at("imports").at("families").at("at_ms") == 1'530'360'000'000);
    CHECK(run_in(directory.path(), {"campaign", "show", "families"}).out ==
          "families: Families, wave 2, 0 marches\n" + told + "\n");
}

TEST_CASE("a campaign without an import says so", "[cli]") {
    const TemporaryDirectory directory;
    AdminFake admin(directory.path(), [](const Json&) -> Json {
        return {{"ok", true}, {"state", {{"spec", {{"name", "Families"}, {"wave", 1}}}}}};
    });
    CHECK(run_in(directory.path(), {"campaign", "show", "families"}).out.find("no file of marches is in") !=
          std::string::npos);
}

TEST_CASE("a dry run prints the difference and sends nothing", "[cli][import]") {
    const TemporaryDirectory directory;
    const auto csv = file_in(directory, "families.csv", two_marches);
    AdminFake admin(directory.path(), [](const Json& request) -> Json {
        const std::string log = request.at("log");
        if (log == "families/reno-nv") return reno_state("Old Plaza");
        if (log == "families/ely-nv") {
            Json state = reno_state("Old Plaza");
            state["state"]["march"] = "ely-nv";
            return state;
        }
        return {{"ok", true},
                {"state", {{"spec", {{"name", "x"}}}, {"marches", {{{"march", "reno-nv"}}, {{"march", "ely-nv"}}}}}}};
    });
    const auto ran = run_in(directory.path(), {"import", "campaign", csv, "--dry-run"});
    CHECK(ran.code == ExitCode::ok);
    CHECK(ran.out ==
          "changed\treno-nv\n\tvenue: 'Old Plaza' -> 'City Plaza'\nnew\telko-nv\nvanished\tely-nv\n"
          "families: 1 new 1 changed 0 unchanged 1 vanished 0 untouched (nothing was sent)\n");
    CHECK(commands_in(admin.stop()) == 0);
}

TEST_CASE("a file with one bad row sends nothing at all", "[cli][import]") {
    const TemporaryDirectory directory;
    const auto csv = file_in(directory, "families.csv",
                             std::string(two_marches) + "Ely,NV,x,39.2,-114.8,America/Ely,\n");
    AdminFake admin(directory.path(), [](const Json&) { return accepted; });
    const auto ran = run_in(directory.path(), {"import", "campaign", csv});
    CHECK(ran.code == ExitCode::bad_input);
    CHECK(ran.err.find("error, row 4, tz") != std::string::npos);
    CHECK(admin.stop().empty());
    CHECK(run_in(directory.path(), {"import", "campaign", directory.path() + "/none.csv"}).code == ExitCode::not_found);
}

TEST_CASE("marches that the server refuses are told and the others go in", "[cli][import]") {
    const TemporaryDirectory directory;
    const auto csv = file_in(directory, "families.csv", two_marches);
    AdminFake admin(directory.path(), [](const Json& request) {
        if (request.at("verb") == "state") return refusal("NOT_FOUND", "log", "There is none.");
        return request.at("log") == "families/reno-nv" ? refusal("CONFLICT", "log", "Look again.") : accepted;
    });
    const auto ran = run_in(directory.path(), {"import", "campaign", csv});
    CHECK(ran.code == ExitCode::partly);
    CHECK(ran.err.find("refused, row 2, reno-nv: Look again.") != std::string::npos);
    CHECK(commands_in(admin.stop()) == 3);
}

TEST_CASE("a simulation ends the tokens of the one before and nobody else's", "[cli][simulate]") {
    const TemporaryDirectory directory;
    AdminFake admin(directory.path(), [](const Json& request) -> Json {
        const std::string verb = request.at("verb");
        if (verb == "list") return {{"ok", true}, {"logs", {"families", "families/reno-nv"}}};
        if (verb == "state") return reno_state("City Plaza");
        if (verb == "token_create") return {{"ok", true}, {"token", "secret"}};
        if (verb != "token_list") return accepted;
        const auto token = [](unsigned number, const char* callsign, bool revoked) {
            return Json{{"number", number}, {"march", "reno-nv"}, {"callsign", callsign}, {"revoked", revoked}};
        };
        return {{"ok", true},
                {"tokens",
                 {token(1, "Lead 1", true), token(2, "Lead 1", false), token(3, "Lead 1", false),
                  token(4, "lead-of-the-city", false)}}};
    });
    const auto ran = run_in(directory.path(), {"simulate", "--samples", std::string(MARCHWIRE_SOURCE_DIR) + "/samples",
                                               "--seconds", "1", "--clients", "1", "--url", "ws://127.0.0.1:1/v1/ops"});
    CHECK(ran.code == ExitCode::ok);
    std::vector<unsigned> revoked;
    std::size_t created = 0;
    for (const Json& asked : admin.stop()) {
        if (asked.at("verb") == "token_create") ++created;
        if (asked.at("verb") != "token_revoke") continue;
        CHECK(created == 0);  // the old ones first: this person has one token at a time
        CHECK(asked.at("campaign") == "families");
        revoked.push_back(asked.at("number"));
    }
    std::ranges::sort(revoked);
    CHECK(revoked == std::vector<unsigned>{2, 3});
    CHECK(created == 1);
}

TEST_CASE("a route is imported then approved then made active over the one before", "[cli][import]") {
    const TemporaryDirectory directory;
    const std::string file = std::string(MARCHWIRE_SOURCE_DIR) + "/samples/routes/st-louis-mo.geojson";
    AdminFake admin(directory.path(), [](const Json& request) {
        if (request.at("verb") != "state") return accepted;
        return Json{{"ok", true},
                    {"state", {{"march", "st-louis-mo"}, {"activeRoute", 7}, {"spec", {{"city", "St. Louis"}}}}}};
    });
    const auto ran = run_in(directory.path(),
                            {"import", "route", file, "--march", "flag-day-2018/st-louis-mo", "--activate"});
    CHECK(ran.code == ExitCode::ok);
    CHECK(ran.out.find("version 1, active") != std::string::npos);
    const auto& asked = admin.stop();
    REQUIRE(asked.size() == 4);
    CHECK(asked[1].at("command").at("importRoute").at("line").at("source") == "drawn by us from named landmarks");
    CHECK(asked[2].at("command").at("approveRoute").at("version") == 1);
    CHECK(asked[3].at("command").at("activateRoute").at("activeVersion") == 7);
}

TEST_CASE("a route that the march has is not imported twice", "[cli][import]") {
    const TemporaryDirectory directory;
    const auto file = file_in(directory, "route.geojson",
                              R"({"type":"LineString","coordinates":[[-90.1892,38.6256],[-90.2010,38.6283]]})");
    const Json line{{"line", {{"deltaE7", {386256000, -901892000, 27000, -118000}}}}};
    AdminFake admin(directory.path(), [line](const Json&) {
        return Json{{"ok", true},
                    {"state",
                     {{"march", "st-louis-mo"},
                      {"spec", {{"city", "St. Louis"}}},
                      {"routes", {{{"version", 3}, {"status", "ACTIVE"}, {"line", line}}}}}}};
    });
    const auto ran = run_in(directory.path(), {"import", "route", file, "--march", "a/st-louis-mo", "--activate"});
    CHECK(ran.code == ExitCode::ok);
    CHECK(ran.out.find("version 3, was there") != std::string::npos);
    CHECK(commands_in(admin.stop()) == 0);
}

TEST_CASE("a march is set by what is given and its plan by times of the place", "[cli]") {
    const TemporaryDirectory directory;
    AdminFake admin(directory.path(), [](const Json& request) {
        return request.at("verb") == "state" ? reno_state("City Plaza") : accepted;
    });
    const auto ran = run_in(directory.path(), {"march", "set", "families/reno-nv", "--venue", "Court House", "--phase",
                                               "marching=2018-06-30T13:00", "--phase", "rally=?"});
    CHECK(ran.code == ExitCode::ok);
    const auto& asked = admin.stop();
    REQUIRE(commands_in(asked) == 2);
    CHECK(asked[1].at("command").at("moveVenue").at("version") == 3);
    CHECK(asked[1].at("command").at("moveVenue").at("venue") == "Court House");
    CHECK(asked[2].at("command").at("reschedule").at("version") == 4);
    CHECK(asked[2].at("command").at("reschedule").at("plan").at(0).at("atMs") == "1530388800000");
    CHECK(run_in(directory.path(), {"march", "create", "a/b", "--city", "Reno", "--tz", "PST"}).code ==
          ExitCode::bad_input);
}

TEST_CASE("a drill is a march that says so", "[cli]") {
    const TemporaryDirectory directory;
    AdminFake admin(directory.path(), [](const Json&) { return accepted; });
    const auto ran = run_in(directory.path(),
                            {"march", "drill", "families/practice", "--city", "Reno", "--tz", "America/Los_Angeles"});
    CHECK(ran.code == ExitCode::ok);
    CHECK(admin.stop().front().at("command").at("createMarch").at("spec").at("drill") == true);
}

TEST_CASE("a token is printed once and alone on its line", "[cli]") {
    const TemporaryDirectory directory;
    AdminFake admin(directory.path(), [](const Json&) {
        return Json{{"ok", true}, {"token", "secret"}, {"number", 4}, {"person", 9}};
    });
    const auto ran = run_in(directory.path(),
                            {"token", "create", "families/reno-nv", "--role", "head", "--callsign", "Falcon 1"});
    CHECK(ran.code == ExitCode::ok);
    CHECK(ran.out == "secret\n");
    CHECK(ran.err.find("secret") == std::string::npos);
    const auto& asked = admin.stop();
    CHECK(asked.front().at("march") == "reno-nv");
    CHECK(asked.front().at("expires_ms") == 0);
}

}  // namespace marchwire::cli
