#include "shard/topic_bases.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <string>
#include <utility>

using namespace marchwire;
using shard::TopicBases;

namespace {

base::LogId march(const std::string& name) {
    return {base::Slug::parse("flag-day-2018").value(), base::Slug::parse(name).value()};
}

/// Two marches whose search for a base begins at the same number.
std::pair<base::LogId, base::LogId> two_that_collide() {
    std::map<std::uint64_t, base::LogId> seen;
    for (int i = 0;; ++i) {
        const auto log = march("march-" + std::to_string(i));
        const auto [found, is_new] = seen.emplace(base::stable_hash(log) % 0xFFFF, log);
        if (!is_new) return {found->second, log};
    }
}

}  // namespace

TEST_CASE("a log that names no topic base gets a multiple of 65536 that is not 0", "[shard]") {
    TopicBases bases;
    const auto base = bases.take(march("st-louis-mo"), 0);
    REQUIRE(base.has_value());
    CHECK(*base != 0);
    CHECK((*base & 0xFFFFU) == 0);
}

TEST_CASE("two marches whose names lead to the same topic base get different ones", "[shard]") {
    TopicBases bases;
    const auto [one, other] = two_that_collide();
    CHECK(bases.take(one, 0).value() != bases.take(other, 0).value());
}

TEST_CASE("the search for a topic base goes on from the last one to the first", "[shard]") {
    TopicBases bases;
    const auto log = march("st-louis-mo");
    const auto first = static_cast<std::uint32_t>(base::stable_hash(log) % 0xFFFF);
    for (std::uint32_t index = first; index < 0xFFFF; ++index) {
        REQUIRE(bases.hold({march("m" + std::to_string(index)), (index + 1) << 16U}).has_value());
    }
    CHECK(bases.take(log, 0).value() == 1U << 16U);
}

TEST_CASE("a server that has given away every topic base says so", "[shard]") {
    TopicBases bases;
    for (std::uint32_t number = 1; number <= 0xFFFF; ++number) {
        REQUIRE(bases.hold({march("m" + std::to_string(number)), number << 16U}).has_value());
    }
    CHECK(bases.take(march("one-more"), 0).error().code == base::RefusalCode::too_large);
}

TEST_CASE("a march that was listed is created with the listed topic base", "[shard]") {
    TopicBases bases;
    const auto listed = bases.take(march("st-louis-mo"), 0).value();
    bases.settle(march("st-louis-mo"), TopicBases::Outcome::kept);
    CHECK(bases.take(march("st-louis-mo"), 0).value() == listed);
    CHECK(bases.take(march("st-louis-mo"), listed).value() == listed);
    const auto another = bases.take(march("st-louis-mo"), listed + (1U << 16U));
    REQUIRE(another.has_error());
    CHECK(another.error().code == base::RefusalCode::conflict);
    CHECK(another.error().current_value == std::to_string(listed));
}

TEST_CASE("a refused creation gives its topic base back, but not what the log had before", "[shard]") {
    TopicBases bases;
    REQUIRE(bases.take(march("st-louis-mo"), 5U << 16U).has_value());
    CHECK(bases.take(march("reno-nv"), 5U << 16U).error().code == base::RefusalCode::conflict);
    bases.settle(march("st-louis-mo"), TopicBases::Outcome::unused);
    REQUIRE(bases.take(march("reno-nv"), 5U << 16U).has_value());
    bases.settle(march("reno-nv"), TopicBases::Outcome::kept);

    REQUIRE(bases.take(march("reno-nv"), 0).has_value());
    bases.settle(march("reno-nv"), TopicBases::Outcome::unused);
    CHECK(bases.take(march("st-louis-mo"), 5U << 16U).error().code == base::RefusalCode::conflict);
}

TEST_CASE("of two creations of one march the refused one does not free the other's topic base", "[shard]") {
    TopicBases bases;
    const auto base = bases.take(march("st-louis-mo"), 0).value();
    REQUIRE(bases.take(march("st-louis-mo"), 0).value() == base);
    bases.settle(march("st-louis-mo"), TopicBases::Outcome::unused);
    CHECK(bases.take(march("reno-nv"), base).has_error());
    bases.settle(march("st-louis-mo"), TopicBases::Outcome::kept);
    CHECK(bases.take(march("reno-nv"), base).has_error());
}

TEST_CASE("two logs of the store on one topic base are found out", "[shard]") {
    TopicBases bases;
    REQUIRE(bases.hold({march("st-louis-mo"), 5U << 16U}).has_value());
    CHECK(bases.hold({march("st-louis-mo"), 5U << 16U}).has_value());
    CHECK(bases.hold({march("reno-nv"), 5U << 16U}).error().code == base::RefusalCode::conflict);
}
