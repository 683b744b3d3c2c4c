// Where Redis is, as a person writes it.
#include "bus/redis_address.hpp"

#include <catch2/catch.hpp>

namespace marchwire::bus {
namespace {

using Transport = RedisAddress::Transport;

RedisAddress of_host(Transport transport, const char* name, std::uint16_t port, unsigned database) {
    RedisAddress address;
    address.transport = transport;
    address.host = {name, port};
    address.database = database;
    return address;
}

TEST_CASE("addresses of Redis are read in all their forms", "[bus][redis_address]") {
    CHECK(RedisAddress::parse("redis://redis.example:6380/2").value() ==
          of_host(Transport::plain, "redis.example", 6380, 2));
    CHECK(RedisAddress::parse("redis://10.0.0.1").value() == of_host(Transport::plain, "10.0.0.1", 6379, 0));
    CHECK(RedisAddress::parse("rediss://[::1]:6390/").value() == of_host(Transport::tls, "::1", 6390, 0));
    CHECK(RedisAddress::parse("redis://[::1]").value() == of_host(Transport::plain, "::1", 6379, 0));
    const auto local = RedisAddress::parse("unix:///run/redis.sock?db=4").value();
    CHECK(local.transport == Transport::local);
    CHECK(local.path == "/run/redis.sock");
    CHECK(local.database == 4);
    const auto watched = RedisAddress::parse("sentinel://a,[::1]:26380/mymaster/3").value();
    CHECK(watched.sentinels == std::vector<RedisHost>{{"a", 26379}, {"::1", 26380}});
    CHECK(watched.master == "mymaster");
    CHECK(watched.database == 3);
}

TEST_CASE("what is no address of Redis is told how to write one", "[bus][redis_address]") {
    for (const char* bad : {"", "localhost:6379", "http://localhost", "redis://", "redis://:6379", "redis://h:0",
                            "redis://h:99999", "redis://h:6379/x", "unix://relative", "unix:///s?db=x", "unix:///s?x=1",
                            "sentinel://a", "sentinel:///m", "sentinel://a:0/m"}) {
        INFO(bad);
        const auto parsed = RedisAddress::parse(bad);
        REQUIRE_FALSE(parsed.has_value());
        CHECK(parsed.error().message.find("redis://host:6379/0") != std::string::npos);
    }
}

TEST_CASE("a password in an address is refused with its proper place", "[bus][redis_address]") {
    const auto parsed = RedisAddress::parse("redis://:secret@host:6379");
    REQUIRE_FALSE(parsed.has_value());
    CHECK(parsed.error().message.find("redis_password_file") != std::string::npos);
    CHECK(parsed.error().message.find("secret") == std::string::npos);
}

TEST_CASE("an address reads as it was written", "[bus][redis_address]") {
    for (const char* text : {"redis://h:6379/0", "rediss://[::1]:6390/2", "unix:///run/redis.sock",
                             "sentinel://a:26379,[::1]:26380/mymaster/3"}) {
        CHECK(RedisAddress::parse(text).value().text() == text);
    }
}

}  // namespace
}  // namespace marchwire::bus
