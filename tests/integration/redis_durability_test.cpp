// A server that is to lose nothing, and a Redis whose settings would.
#include "real_server.hpp"
#include "support/redis_server.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace marchwire::test {
namespace {

/// What marchwired says when it does not start; empty when it starts.
std::string refusal(const RedisServer& redis, const std::string& data, std::vector<std::string> more) {
    std::vector<std::string> arguments = {MARCHWIRED_PATH, "--data",   data,          "--store",
                                          redis.address(), "--listen", "127.0.0.1:0", "--listen-ops",
                                          "127.0.0.1:0",   "--admin",  "127.0.0.1:0"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    std::string all;
    Program server(arguments, Stream::error);
    const std::string started = server.read_until([&](const std::string& said) {
        all = said;
        return said.find(" listen=") != std::string::npos;
    });
    if (!started.empty()) return {};
    CHECK(server.wait().exit_code == 1);
    return all;
}

TEST_CASE("a server that requires durability starts on no Redis that would lose what was acknowledged",
          "[integration][redis]") {
    TemporaryDirectory directory;
    const RedisServer redis(directory.path());
    const std::string data = directory.path() + "/data";
    const auto set = [&](const std::string& setting, const std::string& value) {
        CHECK(redis.ask({"CONFIG", "SET", setting, value}).text == "OK");
    };
    const auto refuses = [&](const std::string& remedy, std::vector<std::string> more = {}) {
        more.emplace_back("--require-durable");
        return refusal(redis, data, more).find(remedy) != std::string::npos;
    };
    CHECK(refusal(redis, data, {"--require-durable"}).empty());

    CHECK(refuses("Set min-replicas-to-write 1.", {"--redis-replicas", "1"}));
    set("maxmemory-policy", "allkeys-lru");
    CHECK(refuses("Set maxmemory-policy noeviction."));
    set("maxmemory-policy", "noeviction");
    set("appendfsync", "no");
    CHECK(refuses("Set appendfsync always"));
    set("appendfsync", "everysec");
    set("appendonly", "no");
    CHECK(refuses("Set appendonly yes."));
    // It is a wish: others are only warned.
    CHECK(refusal(redis, data, {}).empty());
    set("appendonly", "yes");
    CHECK(refusal(redis, data, {"--require-durable"}).empty());
}

}  // namespace
}  // namespace marchwire::test
