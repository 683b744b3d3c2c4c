// A clock of its own for a demo day.
#include "base/clock.hpp"

#include <catch2/catch.hpp>

namespace marchwire::base {
namespace {

TEST_CASE("a demo clock begins at its start and runs at its rate", "[base][clock]") {
    const UtcMs start{1'530'363'600'000};
    const UtcMs machine = SystemClock().now();
    const DemoClock clock(start, 60, machine - seconds(10));
    CHECK(clock.now() >= start + seconds(600));
    CHECK(clock.now() < start + seconds(600) + minutes(10));
    CHECK(clock.rate() == 60);
    CHECK(clock.demo_notice() == "DEMO: this clock is not real and runs 60 times as fast.");
}

TEST_CASE("two processes with the same demo clock agree on the time", "[base][clock]") {
    const UtcMs start{1'530'363'600'000};
    const UtcMs machine = SystemClock().now() - seconds(5);
    const DemoClock one(start, 10, machine);
    const DemoClock two(start, 10, machine);
    const UtcMs first = one.now();
    const UtcMs second = two.now();
    CHECK(second >= first);
    CHECK(second - first < seconds(10));
}

TEST_CASE("a manual clock moves only when told", "[base][clock]") {
    ManualClock clock(UtcMs{1'000});
    CHECK(clock.now() == UtcMs{1'000});
    clock.advance(minutes(2));
    CHECK(clock.now() == UtcMs{121'000});
    CHECK(clock.demo_notice().empty());
}

}  // namespace
}  // namespace marchwire::base
