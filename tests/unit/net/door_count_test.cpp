// Who is let in, by number, by rate and by address, without an address being kept.
#include "net/door_count.hpp"

#include "base/clock.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace marchwire::net::test {
namespace {

namespace ip = boost::asio::ip;
using base::hours;
using base::Limit;
using base::seconds;
using base::UtcMs;

ip::address at(const std::string& text) { return ip::make_address(text); }

/// A door of which one limit is small.
struct Doorway {
    explicit Doorway(DoorLimits limits, std::shared_ptr<HouseCount> of = std::make_shared<HouseCount>())
        : house(std::move(of)), count(std::make_shared<DoorCount>(limits, house)) {}

    /// The limit that somebody meets who comes from there; who meets none stays inside.
    std::optional<Limit> come(const std::string& from, UtcMs now = base::machine_now()) {
        if (count->is_shut(at(from), now)) return Limit::address_blamed;
        if (const auto limit = count->enter(now)) return limit;
        auto stay = std::make_unique<Stay>(count);
        const auto limit = stay->recognise(at(from), now);
        if (!limit) inside.push_back(std::move(stay));
        return limit;
    }
    std::shared_ptr<HouseCount> house;
    std::shared_ptr<DoorCount> count;
    std::vector<std::unique_ptr<Stay>> inside;
};

constexpr std::optional<Limit> nothing;

TEST_CASE("an address has so many connections at once and others have theirs", "[net][door]") {
    DoorLimits limits;
    limits.connections_per_address = 2;
    Doorway door(limits);
    CHECK(door.come("192.0.2.1") == nothing);
    CHECK(door.come("192.0.2.1") == nothing);
    CHECK(door.come("192.0.2.1") == Limit::address_connections);
    CHECK(door.come("192.0.2.2") == nothing);
    CHECK(door.count->inside() == 3);
    door.inside.erase(door.inside.begin());
    CHECK(door.come("192.0.2.1") == nothing);
}

// 3 400 wrong tokens a second once took all of a server's time: each had a handshake.
TEST_CASE("an address that broke the rules too often comes in slowly and others as before", "[net][door]") {
    DoorLimits limits;
    limits.blames_burst = 2;
    Doorway door(limits);
    const UtcMs now = base::machine_now();
    REQUIRE(door.come("192.0.2.1", now) == nothing);
    for (int i = 0; i < 2; ++i) door.inside.front()->blame(now);
    std::uint32_t came = 0;
    while (door.come("192.0.2.1", now) == nothing) ++came;
    CHECK(came == base::limits::blamed_newcomers_burst);
    CHECK(door.come("192.0.2.1", now) == Limit::address_blamed);
    CHECK(door.come("192.0.2.2", now) == nothing);
    // One a second is forgiven.
    CHECK(door.come("192.0.2.1", now + seconds(2)) == nothing);
}

TEST_CASE("a network of IPv6 counts as one customer and IPv4 in its clothes as itself", "[net][door]") {
    DoorLimits limits;
    limits.connections_per_address = 1;
    Doorway door(limits);
    CHECK(door.come("2001:db8:1:2::1") == nothing);
    CHECK(door.come("2001:db8:1:2:ffff::9") == Limit::address_connections);
    CHECK(door.come("2001:db8:1:3::1") == nothing);
    CHECK(door.come("::ffff:192.0.2.1") == nothing);
    CHECK(door.come("192.0.2.1") == Limit::address_connections);
}

TEST_CASE("an address brings so many newcomers a second", "[net][door]") {
    DoorLimits limits;
    limits.address_newcomers_per_second = 1;
    limits.address_newcomers_burst = 2;
    Doorway door(limits);
    const UtcMs now = base::machine_now();
    CHECK(door.come("192.0.2.1", now) == nothing);
    CHECK(door.come("192.0.2.1", now) == nothing);
    CHECK(door.come("192.0.2.1", now) == Limit::address_newcomers);
    CHECK(door.come("192.0.2.2", now) == nothing);
    CHECK(door.come("192.0.2.1", now + seconds(1)) == nothing);
}

TEST_CASE("a door takes so many newcomers a second from wherever", "[net][door]") {
    DoorLimits limits;
    limits.newcomers_per_second = 1;
    limits.newcomers_burst = 1;
    Doorway door(limits);
    const UtcMs now = base::machine_now();
    CHECK(door.come("192.0.2.1", now) == nothing);
    CHECK(door.come("192.0.2.2", now) == Limit::newcomers);
}

TEST_CASE("an address has so many who have not said who they are until one does", "[net][door]") {
    DoorLimits limits;
    limits.handshakes_per_address = 1;
    Doorway door(limits);
    CHECK(door.come("192.0.2.1") == nothing);
    CHECK(door.come("192.0.2.1") == Limit::address_handshakes);
    door.inside.front()->prove();
    CHECK(door.come("192.0.2.1") == nothing);
    CHECK(door.count->handshakes() == 1);
}

TEST_CASE("followers leave their part of connections and handshakes to staff whoever comes first", "[net][door]") {
    auto house = std::make_shared<HouseCount>();
    house->connections_max = 10;
    house->handshakes_max = 10;
    DoorLimits open;
    open.connections = 8;
    const bool by_handshakes = GENERATE(false, true);
    if (by_handshakes) {
        open.connections = 10;
        open.handshakes = 8;
    }
    Doorway followers(open, house);
    Doorway staff(limits_of(session::Door::staff), house);
    for (int i = 0; i < 8; ++i) CHECK(followers.come("192.0.2.1") == nothing);
    CHECK(followers.come("192.0.2.1") == (by_handshakes ? Limit::handshakes_public : Limit::connections_public));
    CHECK(staff.come("192.0.2.1") == nothing);
    CHECK(staff.come("192.0.2.1") == nothing);
    CHECK(staff.come("192.0.2.1") == Limit::connections);
    followers.inside.pop_back();
    CHECK(staff.come("192.0.2.1") == nothing);
    staff.inside.clear();
    followers.inside.clear();
    CHECK(house->inside == 0);
    CHECK(house->handshakes == 0);
}

TEST_CASE("those who came in before an address got another name still count and after two hours no more",
          "[net][door]") {
    DoorLimits limits;
    limits.connections_per_address = 1;
    Doorway door(limits);
    const UtcMs now = base::machine_now();
    CHECK(door.come("192.0.2.1", now) == nothing);
    const auto first = door.inside.front()->address();
    CHECK(door.come("192.0.2.1", now + hours(1)) == Limit::address_connections);
    CHECK(door.come("192.0.2.1", now + hours(2)) == nothing);
    CHECK(door.inside.back()->address() != first);
    door.inside.clear();
    CHECK(door.count->inside() == 0);
}

TEST_CASE("an address has another name in each process and hour", "[net][door]") {
    const UtcMs now = base::machine_now();
    AddressKeys one(now);
    AddressKeys other(now);
    const auto name = one.of(at("192.0.2.1"), now);
    CHECK(name.now == one.of(at("192.0.2.1"), now).now);
    CHECK_FALSE(name.before);
    CHECK(name.now != other.of(at("192.0.2.1"), now).now);
    const auto later = one.of(at("192.0.2.1"), now + hours(1));
    CHECK(later.before == name.now);
    CHECK(later.now != name.now);
    CHECK_FALSE(one.of(at("192.0.2.1"), now + hours(9)).before);
}

}  // namespace
}  // namespace marchwire::net::test
