// What a connection takes from the heap: nothing while it is idle, nothing for a run that it shares with others.
#include "counted_new.hpp"
#include "door.hpp"

#include <cstddef>

namespace marchwire::net::test {
namespace {

fanout::LiveItem notice(std::uint64_t seq) {
    fanout::LiveItem made;
    made.topic = topic;
    made.position = {base::Epoch{1}, base::Seq{seq}, seq};
    made.messages[1] = wire::make_message(Json{{"seq", seq}}.dump(), wire::Encoding::json);
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
        before = allocations_of_thread();
        for (int second = 0; second < 10; ++second) (void)hand.ports.begin()->second->tick();
        after = allocations_of_thread();
    });
    CHECK(before != 0);  // the counter counts
    CHECK(after == before);
}

TEST_CASE("an item that goes alone is framed already", "[net][allocation]") {
    TestDoor door;
    Client client(door);
    follow(client);
    std::size_t taken = 1;
    door.on_shard([&](HandShard& hand) {
        const fanout::Run run({notice(2)});
        const std::size_t before = allocations_of_thread();
        (void)hand.ports.begin()->second->deliver(run);
        taken = allocations_of_thread() - before;
    });
    CHECK(taken == 0);
    CHECK(client.next_item()["seq"] == 2);
}

TEST_CASE("a run costs its followers nothing from the heap but its one frame", "[net][allocation]") {
    TestDoor door;
    std::array<Client, 3> clients{Client(door), Client(door), Client(door)};
    for (Client& client : clients) follow(client);
    std::size_t first = 0;
    std::size_t others = 0;
    door.on_shard([&](HandShard& hand) {
        const fanout::Run run({notice(2), notice(3)});
        std::size_t before = allocations_of_thread();
        auto port = hand.ports.begin();
        CHECK(port->second->deliver(run) == session::AfterDelivery::nothing);
        first = allocations_of_thread() - before;
        before = allocations_of_thread();
        while (++port != hand.ports.end()) (void)port->second->deliver(run);
        others = allocations_of_thread() - before;
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
