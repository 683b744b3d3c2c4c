// The wheel of deadlines of a shard.
#include "shard/timer_wheel.hpp"

#include <catch2/catch.hpp>

#include <vector>

namespace marchwire::shard {
namespace {

using base::seconds;
using base::UtcMs;
using Slots = std::vector<fanout::Slot>;

constexpr UtcMs start{1'000'000};

TEST_CASE("a session is looked at when its second has come and not before", "[shard][wheel]") {
    TimerWheel wheel;
    (void)wheel.take_due(start);
    wheel.set(3, start + seconds(5));
    CHECK(wheel.take_due(start + seconds(4)).empty());
    CHECK(wheel.take_due(start + seconds(5)) == Slots{3});
    CHECK(wheel.take_due(start + seconds(300)).empty());
}

TEST_CASE("an earlier moment counts and a later one does not", "[shard][wheel]") {
    TimerWheel wheel;
    (void)wheel.take_due(start);
    wheel.set(1, start + seconds(9));
    wheel.set(1, start + seconds(4));
    wheel.set(1, start + seconds(20));
    CHECK(wheel.take_due(start + seconds(4)) == Slots{1});
    CHECK(wheel.take_due(start + seconds(9)).empty());  // replaced
    wheel.set(1, start + seconds(20));
    CHECK(wheel.take_due(start + seconds(20)) == Slots{1});
}

TEST_CASE("who has left is forgotten, and who comes to the same seat is not mistaken for them", "[shard][wheel]") {
    TimerWheel wheel;
    (void)wheel.take_due(start);
    wheel.set(7, start + seconds(2));
    wheel.forget(7);
    wheel.set(7, start + seconds(6));
    CHECK(wheel.take_due(start + seconds(2)).empty());
    CHECK(wheel.take_due(start + seconds(6)) == Slots{7});
}

TEST_CASE("a moment beyond a turn comes when its time comes", "[shard][wheel]") {
    TimerWheel wheel;
    (void)wheel.take_due(start);
    wheel.set(2, start + seconds(300));
    for (int second = 1; second < 300; ++second) REQUIRE(wheel.take_due(start + seconds(second)).empty());
    CHECK(wheel.take_due(start + seconds(300)) == Slots{2});
}

TEST_CASE("a pause of the whole process loses no deadline", "[shard][wheel]") {
    TimerWheel wheel;
    (void)wheel.take_due(start);
    for (fanout::Slot slot = 0; slot < 100; ++slot) wheel.set(slot, start + seconds(slot + 1));
    CHECK(wheel.take_due(start + seconds(10'000)).size() == 100);
}

}  // namespace
}  // namespace marchwire::shard
