// When servers hear one another late for so long that people should know (DOMAIN, alerts: BUS_LAG).
#include "bus/heartbeat.hpp"

#include <catch2/catch.hpp>

namespace marchwire::bus {
namespace {

using base::Millis;

void hear(LagWatch& watch, int beats, Millis lag) {
    for (int beat = 0; beat < beats; ++beat) watch.heard(lag);
}

}  // namespace

TEST_CASE("a bus that is late for ten beats is late and one beat in time ends that", "[bus][lag]") {
    LagWatch watch;
    CHECK(watch.lasting() == Millis{});
    hear(watch, 9, Millis{501});
    CHECK(watch.lasting() == Millis{});
    watch.heard(Millis{800});
    CHECK(watch.lasting() == Millis{800});
    watch.heard(Millis{500});
    CHECK(watch.lasting() == Millis{});
    hear(watch, 9, Millis{900});
    CHECK(watch.lasting() == Millis{});
}

}  // namespace marchwire::bus
