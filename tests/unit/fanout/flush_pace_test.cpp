// When what waits is sent: at once with time to spare, at the tick without.
#include "fanout/flush_pace.hpp"

#include <catch2/catch.hpp>

namespace marchwire::fanout {
namespace {

using std::chrono::milliseconds;
using Instant = FlushPace::Instant;
using Behind = FlushPace::Behind;

Instant at(int ms) { return Instant{} + std::chrono::hours(1) + milliseconds(ms); }

void flush(FlushPace& pace, Instant begin, Instant end) {
    pace.begin(begin);
    pace.end(end);
}

TEST_CASE("an event that comes alone is due in its own turn", "[fanout][pace]") {
    FlushPace pace(milliseconds(15), 9, milliseconds(2));
    CHECK_FALSE(pace.due().has_value());
    pace.add(at(0), Behind::nothing);
    CHECK(pace.due() == at(0));
    flush(pace, at(0), at(0));
    CHECK_FALSE(pace.due().has_value());
    pace.add(at(1), Behind::nothing);
    CHECK(pace.due() == at(1));
}

TEST_CASE("after a flush that took a millisecond the next waits nine", "[fanout][pace]") {
    FlushPace pace(milliseconds(15), 9, milliseconds(2));
    pace.add(at(0), Behind::nothing);
    flush(pace, at(0), at(1));
    pace.add(at(2), Behind::nothing);
    CHECK(pace.due() == at(10));
    pace.add(at(9), Behind::nothing);  // gathers: the first decides
    CHECK(pace.due() == at(10));
    flush(pace, at(10), at(10));
    pace.add(at(12), Behind::nothing);
    CHECK(pace.due() == at(12));
}

TEST_CASE("so much that no tick is worth waiting for still hears out who just got an answer", "[fanout][pace]") {
    FlushPace pace(milliseconds(15), 9, milliseconds(2));
    pace.add(at(0), Behind::nothing);
    CHECK(pace.due_when_full() <= at(0));
    flush(pace, at(0), at(8));
    CHECK_FALSE(pace.due_when_full().has_value());
    pace.add(at(8), Behind::nothing);
    CHECK(pace.due_when_full() == at(9));
    CHECK(pace.due() == at(23));
}

TEST_CASE("events wait a moment for those that are being stored behind them", "[fanout][pace]") {
    FlushPace pace(milliseconds(15), 9, milliseconds(2));
    pace.add(at(0), Behind::more);
    CHECK(pace.due() == at(2));
    pace.add(at(1), Behind::nothing);  // the last of them
    CHECK(pace.due() == at(0));
    flush(pace, at(1), at(1));
    pace.add(at(3), Behind::more);
    pace.add(at(4), Behind::more);
    CHECK(pace.due() == at(5));
}

TEST_CASE("nothing waits longer than the tick, however dear a flush is", "[fanout][pace]") {
    FlushPace pace(milliseconds(15), 9, milliseconds(2));
    pace.add(at(0), Behind::nothing);
    flush(pace, at(0), at(100));
    pace.add(at(101), Behind::nothing);
    CHECK(pace.due() == at(115));  // a tick after the last one ended
    flush(pace, at(115), at(215));
    pace.add(at(300), Behind::nothing);
    CHECK(pace.due() == at(300));
}

TEST_CASE("what comes while sending is under way goes along a tick later", "[fanout][pace]") {
    FlushPace pace(milliseconds(15), 9, milliseconds(2));
    pace.add(at(0), Behind::nothing);
    pace.begin(at(0));
    CHECK_FALSE(pace.due().has_value());
    pace.add(at(5), Behind::nothing);
    CHECK(pace.due() == at(20));
    CHECK(pace.due_when_full() == at(20));
    pace.begin(at(20));
    pace.add(at(30), Behind::nothing);
    CHECK(pace.due() == at(45));
    pace.end(at(32));
    CHECK(pace.due_when_full() == at(36));  // an eighth of the 32 ms that all of it took
    CHECK(pace.due() == at(45));
}

}  // namespace
}  // namespace marchwire::fanout
