// Listeners behind load balancers, over real sockets: who is believed about where a client comes from.
#include "door.hpp"

namespace marchwire::net::test {
namespace {

using base::Limit;
using session::Door;

/// One connection of each address. `proxies`: who is a balancer.
NetSettings one_of_each(std::vector<std::string> proxies, bool by_header) {
    NetSettings settings = settings_of(Door::followers);
    settings.proxies = std::move(proxies);
    settings.proxy_protocol = by_header;
    settings.limits.connections_per_address = 1;
    return settings;
}

std::string line_of(const std::string& client) { return "PROXY TCP4 " + client + " 127.0.0.1 4711 8080\r\n"; }

std::string forwarded(const std::string& client) {
    return upgrade_request("/v1/ws", "marchwire.v1.json", "X-Forwarded-For: " + client + "\r\n");
}

TEST_CASE("clients of a balancer count by the address in its PROXY header", "[net][proxy]") {
    const NetSettings settings = one_of_each({"127.0.0.1"}, true);
    TestDoor door(settings);
    Client first(door);
    first.send(line_of("192.0.2.1"));
    first.greet();
    Client same(door);
    same.send(line_of("192.0.2.1"));
    CHECK(same.read_response().starts_with("HTTP/1.1 429 "));
    CHECK(settings.limits_met->of(Limit::address_connections) == 1);
    Client other(door);
    other.send(line_of("192.0.2.2") + upgrade_request("/v1/ws"));
    CHECK(other.read_response(false).starts_with("HTTP/1.1 101 "));
}

TEST_CASE("a PROXY header may come in pieces and in its binary form", "[net][proxy]") {
    TestDoor door(one_of_each({"127.0.0.1"}, true));
    std::string header("\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x0C\xC0\x00\x02\x01\x7F\x00\x00\x01\xD9\x03\x1F\x90", 28);
    Client client(door);
    for (const char byte : header) {
        client.send(std::string(1, byte));
        door.on_shard([](HandShard&) {});
    }
    client.greet();
    Client same(door);
    same.send(header);
    CHECK(same.read_response().starts_with("HTTP/1.1 429 "));
    // Of the balancer itself.
    Client health(door);
    health.send(std::string("\r\n\r\n\0\r\nQUIT\n\x20\x00\x00\x00", 16));
    health.greet();
}

TEST_CASE("a balancer that sends no PROXY header or a broken one or half of one is let go", "[net][proxy]") {
    const auto sent = GENERATE(std::string("GET /page HTTP/1.1\r\nHost: a\r\n\r\n"),
                               std::string("PROXY TCP4 nowhere 127.0.0.1 1 2\r\n"), std::string("PROXY TCP4 192."));
    NetSettings settings = one_of_each({"127.0.0.1"}, true);
    settings.deadlines.tls_follower = std::chrono::milliseconds(200);
    TestDoor door(settings);
    Client client(door);
    client.send(sent);
    CHECK(client.read_end());
    door.on_shard([](HandShard&) {});
    CHECK(settings.limits_met->of(Limit::proxy_header) == 1);
    CHECK(door.inside() == 0);
}

TEST_CASE("a PROXY header of somebody who is no balancer is refused", "[net][proxy]") {
    const auto header = GENERATE(line_of("192.0.2.1"), std::string("\r\n\r\n\0\r\nQUIT\n\x20\x00\x00\x00", 16));
    const bool by_header = GENERATE(false, true);
    TestDoor door(one_of_each({"10.0.0.5"}, by_header));
    Client client(door);
    client.send(header + upgrade_request("/v1/ws"));
    CHECK(client.read_response().starts_with("HTTP/1.1 400 "));
    CHECK(client.read_end());
}

TEST_CASE("clients of a balancer count by the last address in X-Forwarded-For", "[net][proxy]") {
    TestDoor door(one_of_each({"127.0.0.1", "10.0.0.5"}, false));
    Client first(door);
    first.send(forwarded("192.0.2.9, 192.0.2.1, 10.0.0.5"));
    CHECK(first.read_response(false).starts_with("HTTP/1.1 101 "));
    // A client may have written a field of its own before the balancer's.
    Client same(door);
    same.send(
        upgrade_request("/v1/ws", "marchwire.v1.json", "X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-For: 192.0.2.1\r\n"));
    const std::string response = same.read_response();
    CHECK(response.starts_with("HTTP/1.1 429 "));
    CHECK(response.find("Retry-After: 5\r\n") != std::string::npos);
    Client other(door);
    other.send(forwarded("192.0.2.1, 192.0.2.2"));
    CHECK(other.read_response(false).starts_with("HTTP/1.1 101 "));
    // Nobody is told: it is the balancer's to count.
    for (int i = 0; i < 3; ++i) {
        Client untold(door);
        untold.send(upgrade_request("/v1/ws"));
        CHECK(untold.read_response(false).starts_with("HTTP/1.1 101 "));
    }
}

TEST_CASE("X-Forwarded-For of somebody who is no balancer is not believed", "[net][proxy]") {
    TestDoor door(one_of_each({"10.0.0.5"}, false));
    Client first(door);
    first.send(forwarded("192.0.2.1"));
    CHECK(first.read_response(false).starts_with("HTTP/1.1 101 "));
    Client second(door);
    second.send(forwarded("192.0.2.2"));
    CHECK(second.read_response().starts_with("HTTP/1.1 429 "));
}

}  // namespace
}  // namespace marchwire::net::test
