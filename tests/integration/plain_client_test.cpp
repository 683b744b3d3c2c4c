// A client written from proto/README.md alone: Node's ws and the JSON subprotocol.
#include "real_server.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

namespace marchwire::test {
namespace {

/// Its one dependency, by the lock file, in the build directory: the source tree stays as it is.
std::string installed_client() {
    namespace fs = std::filesystem;
    const fs::path source = MARCHWIRE_SOURCE_DIR "/tests/integration/node";
    const fs::path place = MARCHWIRE_BINARY_DIR "/integration-node";
    fs::create_directories(place);
    for (const char* name : {"package.json", "package-lock.json", "plain_client.mjs"}) {
        fs::copy_file(source / name, place / name, fs::copy_options::overwrite_existing);
    }
    if (!fs::exists(place / "node_modules/ws/package.json")) {
        const Ended installed = run_program({"npm", "ci", "--prefix", place.string(), "--no-audit", "--no-fund"});
        INFO(installed.out);
        REQUIRE(installed.exit_code == 0);
    }
    return (place / "plain_client.mjs").string();
}

TEST_CASE("a client that knows only the protocol's page says Hello and subscribes and checks in", "[integration]") {
    const std::string client = installed_client();
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
