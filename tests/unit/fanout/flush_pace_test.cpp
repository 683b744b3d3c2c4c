// When what waits is sent: at once with time to spare, at the tick without.
#include "fanout/flush_pace.hpp"

#include <catch2/catch.hpp>

namespace marchwire::fanout {
namespace {

using std::chrono::milliseconds;
using Instant = FlushPace::Instant;

Instant at(int ms) { return Instant{} + std::chrono::hours(1) + milliseconds(ms); }

TEST_CASE("an event that comes alone is due in its own turn", "[fanout][pace]") {
    FlushPace pace(milliseconds(15), 9);
    CHECK_FALSE(pace.due().has_value());
    pace.add(at(0));
    CHECK(pace.due() == at(0));
    pace.flushed(at(0), at(0));
    CHECK_FALSE(pace.due().has_value());
    pace.add(at(1));
    CHECK(pace.due() == at(1));
}

TEST_CASE("after a flush that took a millisecond the next waits nine", "[fanout][pace]") {
    FlushPace pace(milliseconds(15), 9);
    pace.add(at(0));
    pace.flushed(at(0), at(1));
    pace.add(at(2));
    CHECK(pace.due() == at(10));
    pace.add(at(9));  // gathers: the first decides
    CHECK(pace.due() == at(10));
    pace.flushed(at(10), at(10));
    pace.add(at(12));
    CHECK(pace.due() == at(12));
}

TEST_CASE("nothing waits longer than the tick, however dear a flush is", "[fanout][pace]") {
    FlushPace pace(milliseconds(15), 9);
    pace.add(at(0));
    pace.flushed(at(0), at(100));
    pace.add(at(101));
    CHECK(pace.due() == at(115));  // a tick after the last one ended
    pace.flushed(at(115), at(215));
    pace.add(at(300));
    CHECK(pace.due() == at(300));
}

}  // namespace
}  // namespace marchwire::fanout
