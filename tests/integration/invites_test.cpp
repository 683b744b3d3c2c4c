// From a link on a sheet to a device that is in, and out again, by the command line and a real server.
#include "support/patience.hpp"
#include "two_servers.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace marchwire::test {
namespace {

using Json = nlohmann::json;
using Verb = std::vector<std::string>;

constexpr int forbidden = 6, over = 1;

/// One who speaks through a file that `redeem` made.
struct DeviceHand {
    const RealServer& server;
    std::string file;

    [[nodiscard]] Ended run(Verb verb) const {
        Verb all{MARCHWIRE_PATH, "--json", "--url", server.staff_url(), "--device", file};
        all.insert(all.end(), verb.begin(), verb.end());
        return run_program(all);
    }
    Json must(Verb verb) const {
        const Ended ended = run(std::move(verb));
        INFO(ended.out);
        REQUIRE(ended.exit_code == 0);
        return Json::parse(ended.out);
    }
};

/// The host of a server, and files of devices beside it.
struct Host {
    RealServer& server;
    TemporaryDirectory devices;

    [[nodiscard]] Ended run(Verb verb) const {
        verb.insert(verb.begin(), {MARCHWIRE_PATH, "--json", "--data", server.data()});
        return run_program(verb);
    }
    Json must(Verb verb) const {
        const Ended ended = run(std::move(verb));
        INFO(ended.out);
        REQUIRE(ended.exit_code == 0);
        return Json::parse(ended.out);
    }
    Json invite(const std::string& role, const std::string& callsign) const {
        const bool of_march = role != "national-desk";
        return must({"invite", "create", of_march ? march_name : "flag-day", "--role", role, "--callsign", callsign,
                     "--hours", "12"});
    }
    [[nodiscard]] std::string file(const std::string& name) const { return devices.path() + "/" + name; }
    [[nodiscard]] Ended redeem(const std::string& invite, const std::string& name) const {
        return redeem_at(server, {invite}, name);
    }
    /// A code does not say where the server is.
    [[nodiscard]] Ended redeem_code(const std::string& code, const std::string& name) const {
        return redeem_at(server, {code, "--server", "http://" + server.staff_address()}, name);
    }
    [[nodiscard]] Ended redeem_at(const RealServer& at, Verb invite, const std::string& name) const {
        Verb all{MARCHWIRE_PATH, "--json", "--url", at.staff_url(), "redeem", "--into", file(name)};
        all.insert(all.end(), invite.begin(), invite.end());
        return run_program(all);
    }
    [[nodiscard]] DeviceHand hand(const std::string& name) const { return {server, file(name)}; }
    DeviceHand let_in(const std::string& role, const std::string& callsign) const {
        const Ended ended = redeem(invite(role, callsign).at("link"), callsign);
        INFO(ended.out);
        REQUIRE(ended.exit_code == 0);
        return hand(callsign);
    }
};

struct WithMarch : RealServer {
    explicit WithMarch(std::vector<std::string> more = {}) : RealServer(std::move(more)) { make_march(); }
};

std::string duty_of(RealServer& server, const std::string& callsign) {
    const Json state = server.state();
    for (const Json& member : state.at("roster")) {
        if (member.at("callsign") == callsign) return member.value("duty", "");
    }
    return "nobody";
}

}  // namespace

TEST_CASE("a marshal opens the link of an invite and is in and confirmed", "[integration][invites]") {
    WithMarch server;
    const Host host{server, {}};
    const Json invite = host.invite("tail", "Tail 1");
    CHECK(invite.at("link").get<std::string>().find("/m#flag-day.1.") != std::string::npos);
    CHECK(duty_of(server, "Tail 1") == "INVITED");
    const Ended ended = host.redeem(invite.at("link"), "tail");
    INFO(ended.out);
    REQUIRE(ended.exit_code == 0);
    wait_until([&] { return duty_of(server, "Tail 1") == "CONFIRMED"; });
    host.hand("tail").must({"check-in"});
    CHECK(duty_of(server, "Tail 1") == "ON_DUTY");
    // Once.
    CHECK(host.redeem(invite.at("link"), "thief").exit_code == over);
    // Neither key nor token lies in the server's directory.
    CHECK(std::filesystem::status(host.file("tail")).permissions() ==
          (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
}

TEST_CASE("a token that was taken from a phone opens nothing without its key", "[integration][invites]") {
    WithMarch server;
    const Host host{server, {}};
    (void)host.let_in("tail", "Tail 1");
    std::ifstream file(host.file("Tail 1"));
    const Json device = Json::parse(file);
    const Hand thief{server, device.at("token")};
    CHECK(thief.run({"check-in"}).exit_code == forbidden);
    (void)host.let_in("side", "Side 1");
    std::ifstream other(host.file("Side 1"));
    Json mixed = Json::parse(other);
    mixed["token"] = device.at("token");
    std::ofstream(host.file("mixed")) << mixed.dump();
    std::filesystem::permissions(host.file("mixed"), std::filesystem::perms::owner_read);
    CHECK(host.hand("mixed").run({"check-in"}).exit_code == forbidden);
    host.hand("Tail 1").must({"check-in"});
}

TEST_CASE("a code that was told on the phone lets somebody in and five wrong ones void it", "[integration][invites]") {
    WithMarch server;
    const Host host{server, {}};
    const std::string code = host.invite("side", "Side 1").at("code");
    REQUIRE(host.redeem_code(code, "side").exit_code == 0);
    host.hand("side").must({"check-in"});
    const Json second = host.invite("side", "Side 2");
    std::string wrong = second.at("code");
    wrong.back() = wrong.back() == '2' ? '3' : '2';
    for (int i = 0; i < 5; ++i) CHECK(host.redeem_code(wrong, "guess").exit_code == forbidden);
    CHECK(host.redeem_code(second.at("code"), "guess").exit_code == forbidden);
    CHECK(host.redeem(second.at("link"), "guess").exit_code == 0);
}

TEST_CASE("an address that tries many wrong links and codes waits and right ones come in all the same",
          "[integration][invites]") {
    WithMarch server({"--shards", "1"});
    const Host host{server, {}};
    const Json first = host.invite("side", "Side 1");
    const Json second = host.invite("side", "Side 2");
    std::string link = first.at("link");
    char& letter = link.at(link.size() - 9);
    letter = letter == 'A' ? 'B' : 'A';
    std::string code = first.at("code");
    code.back() = code.back() == '2' ? '3' : '2';
    int tries = 0;
    const auto is_limited = [&](const Ended& ended) {
        return Json::parse(ended.out).at("error").at("code") == "RATE_LIMITED";
    };
    while (!is_limited(host.redeem(link, "guess")) && !is_limited(host.redeem_code(code, "guess"))) {
        REQUIRE(++tries < 100);
    }
    CHECK(tries >= 14);
    CHECK(server.figure("marchwire_limited_total{limit=\"wrong_tokens\"}") >= 1);
    REQUIRE(host.redeem(first.at("link"), "side 1").exit_code == 0);
    REQUIRE(host.redeem_code(second.at("code"), "side 2").exit_code == 0);
}

TEST_CASE("a lost phone is shut out by one verb and its owner comes in anew", "[integration][invites]") {
    WithMarch server;
    const Host host{server, {}};
    const DeviceHand lost = host.let_in("tail", "Tail 1");
    lost.must({"check-in"});
    const Json again = host.must({"invite", "again", "flag-day", "1", "--hours", "12"});
    CHECK(lost.run({"check-in"}).exit_code == forbidden);
    REQUIRE(host.redeem(again.at("link"), "new phone").exit_code == 0);
    host.hand("new phone").must({"check-in"});
}

TEST_CASE("a second device is added by the first and both stay in", "[integration][invites]") {
    WithMarch server;
    const Host host{server, {}};
    const DeviceHand first = host.let_in("dispatcher", "Desk");
    const Json link = first.must({"access", "add-device"});
    REQUIRE(host.redeem(link.at("link"), "tablet").exit_code == 0);
    first.must({"check-in"});
    host.hand("tablet").must({"check-in"});
}

TEST_CASE("a lead sees who may get in and shuts a device out and needs another for a second lead",
          "[integration][invites]") {
    WithMarch server;
    const Host host{server, {}};
    const DeviceHand desk = host.let_in("national-desk", "Desk 1");
    const Json first = host.invite("city-lead", "Lead 1");
    CHECK(host.redeem(first.at("link"), "Lead 1").exit_code == over);
    desk.must({"access", "confirm", "2"});
    REQUIRE(host.redeem(first.at("link"), "Lead 1").exit_code == 0);
    const DeviceHand lead = host.hand("Lead 1");
    const DeviceHand tail = host.let_in("tail", "Tail 1");
    const Json invited = host.invite("side", "Side 1");
    const Json seen = lead.must({"access", "list"}).at("persons");
    REQUIRE(seen.size() == 3);
    CHECK(seen[1].at("callsign") == "Tail 1");
    REQUIRE(seen[1].at("devices").size() == 1);
    REQUIRE(seen[2].at("invites").size() == 1);
    CHECK(seen[2].at("invites")[0].at("code") == invited.at("code"));
    CHECK(tail.run({"access", "list"}).exit_code == forbidden);
    lead.must({"access", "revoke-device", std::to_string(seen[1].at("devices")[0].at("number").get<int>())});
    CHECK(tail.run({"check-in"}).exit_code == forbidden);
    lead.must({"access", "revoke-invite", std::to_string(seen[2].at("invites")[0].at("number").get<int>())});
    CHECK(host.redeem(invited.at("link"), "late").exit_code == over);
    CHECK(host.must({"invite", "list", "flag-day"}).at("invites").size() == 4);
}

TEST_CASE("a roster comes from a table and each of its people gets a link on a sheet", "[integration][invites]") {
    WithMarch server;
    const Host host{server, {}};
    const std::string table = host.file("roster.csv");
    std::ofstream(table) << "callsign,role,section,buddy,no_phone\nTail 1,tail,5,Tail 2,\nTail 2,tail,5,Tail 1,\n"
                         << "Elder,side,1,,yes\n";
    const Verb import{"roster", "import", table, "--march", march_name};
    Verb rehearsal = import;
    rehearsal.emplace_back("--dry-run");
    CHECK(host.must(rehearsal).at("created") == 3);
    CHECK_FALSE(server.state().contains("roster"));
    CHECK(host.must(import).at("created") == 3);
    CHECK(host.must(import).at("unchanged") == 3);
    const Json links = host.must({"invite", "all", march_name, "--hours", "12", "--csv", host.file("links.csv"),
                                  "--sheet", host.file("sheet.html")});
    CHECK(links.at("invited") == 2);  // who has no phone needs none
    std::ifstream file(host.file("links.csv"));
    std::string line;
    std::getline(file, line);
    std::getline(file, line);
    REQUIRE(line.starts_with("Tail 1,tail,5,http"));
    REQUIRE(host.redeem(line.substr(line.find("http"), line.rfind(',') - line.find("http")), "tail").exit_code == 0);
    host.hand("tail").must({"check-in"});
    // To be invited changes nothing of where somebody stands.
    const Json state = server.state();
    CHECK(state.at("roster")[0].at("buddy") == state.at("roster")[1].at("person"));
    CHECK(host.must({"invite", "all", march_name, "--hours", "12", "--csv", host.file("again.csv")}).at("invited") ==
          0);
    std::stringstream sheet;
    sheet << std::ifstream(host.file("sheet.html")).rdbuf();
    CHECK(sheet.str().find("<svg") != std::string::npos);
}

TEST_CASE("who comes in at one server is in at all of them and is shut out of all", "[integration][invites]") {
    TwoServers servers;
    servers.one.make_march();
    const Host host{servers.one, {}};
    const DeviceHand here = host.let_in("tail", "Tail 1");
    const DeviceHand there{servers.other, here.file};
    wait_until([&] { return there.run({"check-in"}).exit_code == 0; });
    wait_until([&] { return duty_of(servers.other, "Tail 1") == "ON_DUTY"; });
    // The code was made of the key file, which all servers have.
    const Json second = host.invite("side", "Side 1");
    const Verb by_code{second.at("code"), "--server", "http://" + servers.other.staff_address()};
    wait_until([&] { return host.redeem_at(servers.other, by_code, "Side 1").exit_code == 0; });
    (void)host.must({"invite", "again", "flag-day", "1", "--hours", "12"});
    wait_until([&] { return there.run({"check-in"}).exit_code == forbidden; });
}

}  // namespace marchwire::test
