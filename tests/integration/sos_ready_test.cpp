// What PINs do on a real server, and what the national desk is told that a march still lacks.
#include "real_server.hpp"
#include "support/patience.hpp"

#include <catch2/catch.hpp>

#include <fstream>

namespace marchwire::test {
namespace {

using Words = std::vector<std::string>;

constexpr int is_denied = 6, nothing_there = 5, not_ready = 10;

/// A server with a march, and people who come in by invites.
struct Gate {
    RealServer server;
    TemporaryDirectory files;

    Gate() { server.make_march(); }
    [[nodiscard]] std::string device(const std::string& callsign) const { return files.path() + "/" + callsign; }
    nlohmann::json host(Words verb) const {
        verb.insert(verb.begin(), {MARCHWIRE_PATH, "--json", "--data", server.data()});
        const Ended ended = run_program(verb);
        INFO(ended.out);
        REQUIRE(ended.exit_code == 0);
        return nlohmann::json::parse(ended.out);
    }
    /// `more`: of `redeem`. `confirms`: who lets a lead in.
    nlohmann::json let_in(const std::string& role, const std::string& callsign, Words more = {},
                          const std::string& where = march_name, const Hand* confirms = nullptr) const {
        const auto invite = host({"invite", "create", where, "--role", role, "--callsign", callsign, "--hours", "12"});
        if (confirms != nullptr) {
            (void)confirms->must({"access", "confirm", std::to_string(invite.at("number").get<std::uint32_t>())});
        }
        more.insert(more.begin(), {MARCHWIRE_PATH, "--json", "--url", server.staff_url(), "redeem", "--into",
                                   device(callsign), invite.at("link").get<std::string>()});
        const Ended ended = run_program(more);
        INFO(ended.out);
        REQUIRE(ended.exit_code == 0);
        return nlohmann::json::parse(ended.out);
    }
    [[nodiscard]] Ended run(const std::string& callsign, Words verb) const {
        verb.insert(verb.begin(),
                    {MARCHWIRE_PATH, "--json", "--url", server.staff_url(), "--device", device(callsign)});
        return run_program(verb);
    }
    void must(const std::string& callsign, Words verb) const {
        const Ended ended = run(callsign, std::move(verb));
        INFO(ended.out);
        REQUIRE(ended.exit_code == 0);
    }
};

/// The row of a march; null when there is none.
nlohmann::json row_of(const nlohmann::json& told, const std::string& slug) {
    for (const auto& row : told.at("marches")) {
        if (row.at("march") == slug) return row;
    }
    return nullptr;
}

}  // namespace

TEST_CASE("whoever was made to cancel a cry for help sees it end and the lead sees that it goes on",
          "[integration][sos]") {
    Gate gate;
    CHECK(gate.let_in("side", "Side-1", {"--pin", "4711", "--duress-pin", "1174"}).at("pin_set") == true);
    (void)gate.let_in("city-lead", "Lead-1");
    for (const char* callsign : {"Side-1", "Lead-1"}) gate.must(callsign, {"check-in"});
    gate.must("Side-1", {"sos"});
    const Ended wrong = gate.run("Side-1", {"sos", "cancel", "0000"});
    CHECK(wrong.exit_code == is_denied);
    CHECK(wrong.out.find("2 tries are left") != std::string::npos);
    gate.must("Side-1", {"sos", "cancel", "1174"});
    CHECK(gate.run("Side-1", {"sos", "cancel", "1174"}).exit_code == nothing_there);
    const Ended own = gate.run("Side-1", {"watch", "marshal/" + march_name, "--seconds", "1"});
    CHECK(own.out.find("snapshot") != std::string::npos);
    CHECK(own.out.find("SOS_UNOWNED") == std::string::npos);
    CHECK(gate.run("Lead-1", {"watch", "ops/" + march_name, "--seconds", "1"}).out.find("DURESS_SECTION") !=
          std::string::npos);
    gate.must("Lead-1", {"alert", "ack", "sos_unowned"});
    // Neither PIN lies in any file of the server, and no hash is printed.
    CHECK(gate.server.dump().find("sosPinSet") != std::string::npos);
    CHECK(gate.server.dump().find("duressHash") == std::string::npos);
}

TEST_CASE("a cry that is cancelled by its PIN is over for everybody also after the server was killed",
          "[integration][sos]") {
    Gate gate;
    (void)gate.let_in("side", "Side-1", {"--pin", "4711"});
    (void)gate.let_in("side", "Side-2");
    gate.must("Side-1", {"sos"});
    gate.must("Side-2", {"sos"});
    gate.server.kill();
    gate.server.start();
    gate.must("Side-1", {"sos", "cancel", "4711"});
    const Ended without = gate.run("Side-2", {"sos", "cancel", "4711"});
    CHECK(without.exit_code == nothing_there);
    CHECK(without.out.find("section lead") != std::string::npos);
    CHECK(gate.server.state().at("alerts").size() == 1);
}

TEST_CASE("the desk is told what a march lacks until nothing is missing any more", "[integration][ready]") {
    Gate gate;
    const Hand desk{gate.server, gate.server.token("national_desk", "desk")};
    const auto told = [&] {
        const Ended ended = desk.run({"ready", "flag-day"});
        CHECK((ended.exit_code == 0 || ended.exit_code == not_ready));
        const auto answer = nlohmann::json::parse(ended.out);
        CHECK(answer.at("ready") == (ended.exit_code == 0));
        return answer;
    };
    const auto bare = row_of(told(), march_slug);
    REQUIRE(bare.is_object());
    CHECK(bare.at("open_points").size() == 5);

    const std::string table = gate.files.path() + "/roster.csv";
    std::ofstream(table)
        << "callsign,role,section,buddy,no_phone,language\nSide 1,side,1,,,es-MX\nElder,side,1,,yes,\n";
    (void)gate.host({"roster", "import", table, "--march", march_name});
    CHECK(gate.server.state().at("roster")[0].at("language") == "es-MX");
    (void)gate.let_in("city-lead", "Lead 1", {}, march_name, &desk);
    (void)gate.let_in("anchor", "Anchor 1");
    (void)gate.host({"import", "route", MARCHWIRE_SOURCE_DIR "/samples/routes/st-louis-mo.geojson", "--march",
                     march_name, "--approve", "--activate"});
    (void)gate.host(
        {"march", "drill", march_name + "-drill", "--city", "St. Louis", "--state", "MO", "--tz", "America/Chicago"});
    (void)gate.let_in("city-lead", "Trainer", {}, march_name + "-drill", &desk);
    for (const char* phase : {"assembling", "rally"}) gate.must("Trainer", {"phase", phase});
    gate.must("Trainer", {"phase", "closed", "--typed-name", march_slug + "-drill"});

    nlohmann::json row;
    wait_until([&] {
        row = row_of(told(), march_slug);
        return row.at("open_points").size() == 1 && row.at("last_drill_ms") != 0;
    });
    CHECK(row.at("leads") == 1);
    CHECK(row.at("second_person") == true);
    CHECK(row.at("has_route") == true);
    CHECK(row.at("phones_needed") == 3);
    CHECK(row.at("phones_checked") == 2);
    CHECK(row.at("open_points")[0].get<std::string>().find("1 of 3 phones") != std::string::npos);
    CHECK(row_of(told(), march_slug + "-drill").is_null());
    (void)gate.let_in("side", "Side 1");
    wait_until([&] { return told().at("ready") == true; });

    // Who is shut out again is missing again, without a word in the march's log.
    (void)gate.host({"invite", "create", march_name, "--role", "city-lead", "--callsign", "Lead 1", "--hours", "12"});
    wait_until([&] { return row_of(told(), march_slug).at("leads") == 0; });
    CHECK(desk.run({"ready", "flag-day"}).exit_code == not_ready);
    CHECK(gate.run("Anchor 1", {"ready", "flag-day"}).exit_code == is_denied);
}

}  // namespace marchwire::test
