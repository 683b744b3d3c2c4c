// The last lead's phone is gone: the host lets the lead in again, and all who lead hear of it.
#include "real_server.hpp"
#include "support/patience.hpp"

#include <catch2/catch.hpp>

#include <sstream>

namespace marchwire::test {
namespace {

using Json = nlohmann::json;

struct Led : RealServer {
    Led() { make_march(); }
    [[nodiscard]] Ended host(std::vector<std::string> verb) const {
        verb.insert(verb.begin(), {MARCHWIRE_PATH, "--json", "--data", data()});
        return run_program(verb);
    }
    [[nodiscard]] Ended recover(const std::string& callsign, const std::string& role = "city-lead") const {
        return host({"token", "create", march_name, "--role", role, "--callsign", callsign, "--recover"});
    }
};

}  // namespace

TEST_CASE("a lead whose phone is lost is let in by the host and the others hear of it", "[integration][recovery]") {
    Led server;
    const Hand lost{server, server.token("city-lead", "Lead 1")};
    Somebody other(server, server.token("city-lead", "Lead 2"));
    Somebody desk(server, server.token("national_desk", "Desk 1"));
    other.follow(feed("ops"));
    const auto board = sdk::FeedName::parse("desk/flag-day").value();
    desk.follow(board);
    const Ended ended = server.recover("Lead 1");
    INFO(ended.out);
    REQUIRE(ended.exit_code == 0);
    const std::string token = Json::parse(ended.out).at("token");
    other.until([&] {
        return std::ranges::any_of(other.changes, [](const sdk::Change& change) {
            const auto* alert = std::get_if<sdk::AlertChanged>(&change);
            return alert != nullptr && alert->kind == sdk::AlertKind::lead_recovered;
        });
    });
    desk.until([&] { return desk.client.state_json(board).find("LEAD_RECOVERED") != std::string::npos; });
    // What the lost phone had opens nothing; by the new token the lead makes a device.
    CHECK(lost.run({"access", "list"}).exit_code != 0);
    const Hand lead{server, token};
    lead.must({"access", "add-device"});
    CHECK(lead.run({"alert", "ack", "lead_recovered"}).exit_code != 0);
}

TEST_CASE("an audit shows a recovery without being asked for what machines did", "[integration][recovery][audit]") {
    Led server;
    (void)server.token("city-lead", "Lead 1");
    REQUIRE(server.recover("Lead 1").exit_code == 0);
    std::istringstream lines(server.host({"audit", "flag-day"}).out);
    std::vector<Json> recoveries;
    for (std::string line; std::getline(lines, line);) {
        Json row = Json::parse(line);
        if (row.value("what", "") == "tokenIssued") recoveries.push_back(std::move(row));
    }
    REQUIRE(recoveries.size() == 1);
    CHECK(recoveries[0].at("by") == "server or host");
    CHECK(recoveries[0].at("event").at("token").at("recovery") == true);
}

TEST_CASE("a recovery makes nobody a lead who was none", "[integration][recovery]") {
    Led server;
    (void)server.token("tail", "Tail 1");
    CHECK(server.recover("Nobody").exit_code != 0);
    CHECK(server.recover("Tail 1").exit_code != 0);
    CHECK(server.recover("Tail 1", "tail").exit_code != 0);
    CHECK(server.ask({{"verb", "token_list"}, {"campaign", "flag-day"}}).at("tokens").size() == 1);
}

}  // namespace marchwire::test
