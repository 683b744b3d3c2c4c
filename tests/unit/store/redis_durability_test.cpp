// Which settings of Redis --require-durable refuses, and that it says what to set.
#include "store/redis_durability.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace marchwire::store {
namespace {

bus::Reply text(const std::string& said) { return {bus::Reply::Kind::text, 0, said, {}}; }

bus::Reply config(const std::string& sync, const std::string& replicas) {
    return {bus::Reply::Kind::array,
            0,
            "",
            {text("min-replicas-to-write"), text(replicas), text("appendfsync"), text(sync)}};
}

bus::ServerFacts facts(bool append_only, bool evicts) {
    return {"7.0.15", "standalone", "master", append_only, evicts};
}

bool asks_for(const std::string& objection, const std::string& what) {
    return objection.find("Set " + what) != std::string::npos;
}

}  // namespace

TEST_CASE("a Redis that writes each entry to its file and evicts nothing is durable", "[store][redis_durability]") {
    CHECK(durability_objection(facts(true, false)).empty());
    CHECK(durability_objection(config("always", "0"), false).empty());
    CHECK(durability_objection(config("everysec", "0"), false).empty());
    CHECK(durability_objection(config("everysec", "1"), true).empty());
}

TEST_CASE("settings of Redis that lose entries are named with what to set", "[store][redis_durability]") {
    CHECK(asks_for(durability_objection(facts(false, false)), "appendonly yes."));
    CHECK(asks_for(durability_objection(facts(true, true)), "maxmemory-policy noeviction."));
    CHECK(asks_for(durability_objection(config("no", "1"), true), "appendfsync always"));
    CHECK(asks_for(durability_objection(config("always", "0"), true), "min-replicas-to-write 1."));
}

TEST_CASE("a Redis that does not tell its settings is not taken for durable", "[store][redis_durability]") {
    const bus::Reply refused{bus::Reply::Kind::error, 0, "NOPERM this user has no permissions", {}};
    const std::string objection = durability_objection(refused, false);
    CHECK(objection.find("NOPERM") != std::string::npos);
    CHECK(objection.find("+config|get") != std::string::npos);
    CHECK_FALSE(durability_objection(bus::Reply{}, false).empty());
}

}  // namespace marchwire::store
