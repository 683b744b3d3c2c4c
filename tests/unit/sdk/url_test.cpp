// Where an app may send the SDK to.
#include "src/connection.hpp"

#include <catch2/catch.hpp>

namespace marchwire::sdk {
namespace {

TEST_CASE("a URL says host and port and path and whether TLS is spoken", "[sdk][url]") {
    const auto plain = Url::parse("ws://127.0.0.1:8081/v1/ops");
    REQUIRE(plain);
    CHECK((plain->host == "127.0.0.1" && plain->port == "8081" && plain->path == "/v1/ops"));
    CHECK_FALSE(plain->tls);
    const auto secure = Url::parse("wss://march.example.org/v1/ws");
    REQUIRE(secure);
    CHECK((secure->host == "march.example.org" && secure->port == "443" && secure->path == "/v1/ws"));
    CHECK(secure->tls);
    CHECK(Url::parse("ws://march.example.org")->port == "80");
    CHECK(Url::parse("wss://[::1]:8443")->host == "::1");
}

TEST_CASE("what is no URL of a WebSocket is none", "[sdk][url]") {
    for (const char* text : {"https://march.example.org", "ws://", "wss://:443/", "ws://[::1", "march.example.org"}) {
        CAPTURE(text);
        CHECK_FALSE(Url::parse(text));
    }
}

}  // namespace
}  // namespace marchwire::sdk
