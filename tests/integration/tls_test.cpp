// The whole way under TLS: SDK and command line by wss:// against a real marchwired.
#include "real_server.hpp"
#include "support/line.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace marchwire::test {
namespace {

Ended run_cli(const RealServer& server, const std::string& ca, const std::vector<std::string>& verb) {
    std::vector<std::string> arguments = {MARCHWIRE_PATH, "--json", "--url", server.staff_url()};
    if (!ca.empty()) arguments.insert(arguments.end(), {"--ca", ca});
    arguments.insert(arguments.end(), verb.begin(), verb.end());
    return run_program(arguments);
}

TEST_CASE("a marshal checks in and a follower sees the phase under TLS", "[integration][tls]") {
    RealServer server(Speaks::tls);
    server.make_march();
    Somebody lead(server, server.token("city_lead", "Lead 1"));
    Somebody marshal(server, server.token("side", "Side 1", 2));
    Somebody follower(server, "");
    lead.follow(feed("ops"));
    follower.follow(feed("public"));
    lead.must(sdk::AdvancePhase{sdk::Phase::assembling, lead.client.march(feed("ops"))->phase_version, {}});
    const sdk::Accepted accepted = marshal.must(
        sdk::CheckIn{sdk::Report::on_post, {sdk::PlaceKind::section, 2}, 80, 0});
    CHECK(accepted.level == sdk::Level::synced);
    follower.until([&] {
        return std::ranges::any_of(follower.changes, [](const sdk::Change& change) {
            return std::holds_alternative<sdk::PhaseChanged>(change);
        });
    });
    // Goodbye and back again: the session ends in good order and the next is resumed or made anew.
    follower.client.drop_connection();
    follower.until([&] { return follower.times_online == 2; });
    CHECK(server.stop() == 0);
}

TEST_CASE("a marshal who comes back costs at most 4 KB both ways, TLS and what was missed among them",
          "[integration][tls]") {
    RealServer server(Speaks::tls);
    server.make_march();
    Somebody lead(server, server.token("city_lead", "Lead 1"));
    const std::string token = server.token("side", "Side 1", 2);
    Line line(server.staff_address());
    const std::string way = "wss://" + line.address() + "/v1/ops";
    Somebody marshal(Doors{way, way}, token, server.ca_file());
    marshal.follow(feed("marshal"));
    const std::uint64_t first = line.bytes();
    for (int again = 2; again <= 4; ++again) {
        marshal.client.drop_connection();
        lead.must(sdk::PostNotice{sdk::Severity::info, "en", "Water at the arch", 0});
        const std::uint64_t before = line.bytes();
        const std::size_t heard = marshal.seqs.size();
        marshal.until([&] { return marshal.times_online == again && marshal.seqs.size() > heard; });
        const std::uint64_t cost = line.bytes() - before;
        INFO("the first time " << first << " bytes, again " << cost);
        CHECK(cost <= 4'096);
        CHECK(marshal.snapshots == 1);
    }
}

TEST_CASE("the command line believes a server by --ca and not without it", "[integration][tls]") {
    RealServer server(Speaks::tls);
    server.make_march();
    const std::string token = server.token("side", "Side 1", 2);
    const std::vector<std::string> check_in = {"--token", token, "check-in", "--report", "on-post"};
    const Ended believed = run_cli(server, server.ca_file(), check_in);
    INFO(believed.out);
    CHECK(believed.exit_code == 0);
    CHECK(server.state().at("roster").at(0).contains("lastCheckInMs"));
    const Ended stranger = run_cli(server, "", check_in);
    CHECK(stranger.exit_code != 0);
    CHECK(stranger.out.find("not trusted") != std::string::npos);
}

TEST_CASE("a file of an authority that is not there is wrong usage", "[integration][tls]") {
    Program mistyped({MARCHWIRE_PATH, "--ca", "/no/such.pem", "check-in"}, Stream::error);
    const Ended ended = mistyped.wait();
    CHECK(ended.exit_code == 2);
    CHECK(ended.out.find("/no/such.pem") != std::string::npos);
}

}  // namespace
}  // namespace marchwire::test
