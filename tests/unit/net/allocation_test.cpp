// What a connection takes from the heap: nothing while it is idle, nothing for a run that it shares with others.
#include "door.hpp"

#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

thread_local std::size_t allocations = 0;

void* counted(std::size_t bytes) {
    ++allocations;
    if (void* const space = std::malloc(bytes == 0 ? 1 : bytes)) return space;
    throw std::bad_alloc();
}

}  // namespace

// Of this whole program: what they give is malloc's, counted on the way.
void* operator new(std::size_t bytes) { return counted(bytes); }
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
    ++allocations;
    return std::malloc(bytes == 0 ? 1 : bytes);
}
void operator delete(void* space) noexcept { std::free(space); }
void operator delete(void* space, std::size_t) noexcept { std::free(space); }

namespace marchwire::net::test {
namespace {

fanout::LiveItem notice(std::uint64_t seq) {
    fanout::LiveItem made;
    made.topic = topic;
    made.position = {base::Epoch{1}, base::Seq{seq}, seq};
    made.bytes[1] = std::make_shared<const std::string>(Json{{"seq", seq}}.dump());
    return made;
}

/// Follows a march and has read its snapshot.
void follow(Client& client) {
    client.greet().say(R"({"subscribe":{"feed":"public/c/m"}})");
    REQUIRE(client.next_item().contains("subscribed"));
    REQUIRE(client.next_item().contains("snapshotPiece"));
}

TEST_CASE("an idle connection takes nothing from the heap", "[net][allocation]") {
    TestDoor door;
    Client client(door);
    follow(client);
    std::size_t before = 0;
    std::size_t after = 0;
    door.on_shard([&](HandShard& hand) {
        before = allocations;
        for (int second = 0; second < 10; ++second) (void)hand.ports.begin()->second->tick();
        after = allocations;
    });
    CHECK(before != 0);  // the counter counts
    CHECK(after == before);
}

TEST_CASE("a run costs its followers nothing from the heap but its one frame", "[net][allocation]") {
    TestDoor door;
    std::array<Client, 3> clients{Client(door), Client(door), Client(door)};
    for (Client& client : clients) follow(client);
    std::size_t first = 0;
    std::size_t others = 0;
    door.on_shard([&](HandShard& hand) {
        const fanout::Run run({notice(2), notice(3)});
        std::size_t before = allocations;
        auto port = hand.ports.begin();
        CHECK(port->second->deliver(run) == session::AfterDelivery::nothing);
        first = allocations - before;
        before = allocations;
        while (++port != hand.ports.end()) (void)port->second->deliver(run);
        others = allocations - before;
    });
    CHECK(first != 0);
    CHECK(others == 0);
    for (Client& client : clients) {
        CHECK(client.next_item()["seq"] == 2);
        CHECK(client.next_item()["seq"] == 3);
    }
}

}  // namespace
}  // namespace marchwire::net::test
