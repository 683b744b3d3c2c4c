// How many may come in, by what the machine has.
#include "base/capacity.hpp"

#include "base/door_limits.hpp"
#include "base/limit_table.hpp"
#include "base/limits.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string>

namespace marchwire::base {
namespace {

constexpr std::size_t gigabyte = 1UL << 30U;

TEST_CASE("a server has room for as many connections as half its memory holds", "[base][capacity]") {
    CHECK(connections_for({4 * gigabyte, 1'000'000}, 0) == 32'768);
    CHECK(connections_for({gigabyte / 64, 1'000'000}, 0) == limits::connections_least);
    CHECK(connections_for({1'000 * gigabyte, 1'000'000}, 0) == limits::connections_most);
}

TEST_CASE("descriptors bound the connections whatever was wished for", "[base][capacity]") {
    CHECK(connections_for({4 * gigabyte, 1'024}, 0) == 512);
    CHECK(connections_for({4 * gigabyte, 20'000}, 50'000) == 20'000 - limits::descriptors_kept);
    CHECK(connections_for({4 * gigabyte, 20'000}, 300) == 300);
    CHECK(connections_for({}, 0) == 1);
}

TEST_CASE("followers leave a fifth of all connections to staff", "[base][capacity]") {
    CHECK(public_part(10'000) == 8'000);
    CHECK(public_part(1) == 1);
}

TEST_CASE("the machine says what it has and lets descriptors be raised", "[base][capacity]") {
    const Machine machine = look_at_machine();
    CHECK(machine.memory_bytes > gigabyte / 8);
    CHECK(machine.descriptors >= 256);
}

TEST_CASE("the table of limits has a row for each limit with a name of its own", "[base][limits]") {
    REQUIRE(limit_table().size() == limit_count);
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < limit_count; ++i) {
        const LimitRow& row = limit_table()[i];
        CHECK(static_cast<std::size_t>(row.limit) == i);
        CHECK(names.insert(row.name).second);
        CHECK_FALSE(row.value.empty());
        CHECK_FALSE(row.told.empty());
    }
    CHECK(name_of(Limit::wrong_tokens) == "wrong_tokens");
}

}  // namespace
}  // namespace marchwire::base
