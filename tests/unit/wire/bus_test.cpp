// What servers tell one another comes back as it was.
#include "wire/bus_messages.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace marchwire::wire {
namespace {

MarchRow row() {
    MarchRow row;
    row.overview.march = base::Slug::parse("st-louis-mo").value();
    row.overview.city = "St. Louis";
    row.overview.state = "MO";
    row.overview.tz = "America/Chicago";
    row.overview.site = base::LatLon{38.6, -90.2};
    row.overview.phase = {core::Phase::held, 3, {5'000}, "The march rests."};
    row.overview.next = {core::Phase::rally, {9'000}};
    row.overview.as_of = {6'000};
    row.overview.on_duty_rounded = 15;
    row.overview.followers_rounded = 240;
    row.column = {{7'000}, 2, 1'200, std::nullopt, true, {5'000}, {}};
    row.desk.march = row.overview.march;
    row.desk.phase = core::Phase::held;
    row.desk.roster = 20;
    row.desk.on_duty = 17;
    row.desk.overdue = 1;
    row.desk.as_of = {6'000};
    row.drill = true;
    return row;
}

TEST_CASE("what servers tell one another comes back as it was", "[wire][bus]") {
    const PositionsTold positions{base::PersonId{7}, {{{38.6, -90.2}, 5, {1'000}}, {{38.7, -90.3}, 0, {2'000}}}};
    for (const BusMessage& message :
         {BusMessage(positions), BusMessage(HeardFrom{base::PersonId{9}, Screen::untold}),
          BusMessage(HeardFrom{base::PersonId{9}, Screen::off}), BusMessage(HeardFrom{base::PersonId{9}, Screen::on}),
          BusMessage(core::PublicColumn{}), BusMessage(core::PublicColumn{{7'000}, 2, 1'200, 900, true, {}, {6'000}}),
          BusMessage(row()), BusMessage(HistoryDoubted{}), BusMessage(FollowersTold{"one", 240})}) {
        const auto back = decode_bus(encode_bus(message));
        REQUIRE(back.has_value());
        CHECK(*back == message);
    }
}

TEST_CASE("a row of a march of which nothing is planned and nothing is known comes back too", "[wire][bus]") {
    MarchRow bare = row();
    bare.overview.site.reset();
    bare.overview.next = {};
    bare.column = {};
    CHECK(std::get<MarchRow>(decode_bus(encode_bus(bare)).value()) == bare);
}

TEST_CASE("bytes of another application or version are refused and not misread", "[wire][bus]") {
    for (const std::string& bytes :
         {std::string(), std::string("hello, world"), std::string("\x22\x00", 2), std::string(200, '\xFF')}) {
        CHECK(decode_bus(bytes).has_error());
    }
}

}  // namespace
}  // namespace marchwire::wire
