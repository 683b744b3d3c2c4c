// A client written from proto/README.md alone: Node's ws and the JSON subprotocol.
#include "node_client.hpp"
#include "real_server.hpp"

#include <catch2/catch.hpp>

namespace marchwire::test {
namespace {

TEST_CASE("a client that knows only the protocol's page says Hello and subscribes and checks in", "[integration]") {
    const std::string client = node_program("plain_client.mjs");
    RealServer server;
    server.make_march();
    const Ended ended = run_program(
        {"node", client, server.staff_url(), server.token("side", "Side 1", 2), march_name});
    INFO(ended.out);
    REQUIRE(ended.exit_code == 0);
    const auto seen = nlohmann::json::parse(ended.out);
    CHECK(seen.at("protocol") == "marchwire.v1.json");
    CHECK(seen.at("snapshot") == "Side 1");
    CHECK(seen.at("reply").at("accepted").at("level") == "SYNCED");
    CHECK(server.state().at("roster").at(0).at("batteryPercent") == 64);
}

}  // namespace
}  // namespace marchwire::test
