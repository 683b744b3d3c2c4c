// A client on a thread of its own: many threads talk to it, and nothing that they do leaves it.
#include "machine_fixture.hpp"

#include "marchwire/own_thread.hpp"
#include "support/one_guest.hpp"
#include "support/patience.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <future>
#include <memory>
#include <set>
#include <stdexcept>
#include <thread>

namespace marchwire::sdk::test {
namespace {

using marchwire::test::OneGuest;
using marchwire::test::wait_until;

/// Nobody listens there: it connects, waits a moment, and again.
ClientSettings alone() {
    ClientSettings made = settings();
    made.url = "ws://127.0.0.1:1/v1/ops";
    made.retry_first = Millis(1);
    made.retry_most = Millis(1);
    return made;
}

TEST_CASE("what two threads ask of a client at once is done one by one on its own thread", "[sdk][own_thread]") {
    constexpr std::uint64_t each = 100;
    OwnThread own(alone(), {});
    std::set<std::uint64_t> counters;  // touched there alone
    std::atomic<int> elsewhere{0};
    const auto give = [&] {
        for (std::uint64_t i = 0; i < each; ++i) {
            (void)own.ask([&](Client& client) {
                if (!own.is_here()) ++elsewhere;
                counters.insert(client.command_json("c/m", R"({"checkIn": {"report": "ON_POST"}})", {}).id.counter);
            });
        }
    };
    std::thread other(give);
    give();
    other.join();
    CHECK(elsewhere == 0);
    CHECK(own.ask([&](Client&) { return counters.size(); }) == 2 * each);
    CHECK(own.ask([](const Client& client) { return client.unanswered_commands(); }) == 2 * each);
    CHECK_FALSE(own.is_here());
}

TEST_CASE("what was posted is done in order and before what is asked behind it", "[sdk][own_thread]") {
    OwnThread own(alone(), {});
    std::vector<int> order;
    for (int i = 0; i < 100; ++i) REQUIRE(own.post([&order, i](Client&) { order.push_back(i); }));
    REQUIRE(own.ask([](Client&) {}));
    REQUIRE(order.size() == 100);
    CHECK(std::is_sorted(order.begin(), order.end()));
}

TEST_CASE("a callback may ask its client and does not wait for itself", "[sdk][own_thread]") {
    std::atomic<OwnThread*> known{nullptr};
    std::atomic<int> answered{0};
    Callbacks callbacks;
    callbacks.on_state = [&](const ConnectionState&) {
        OwnThread* own = known;
        if (own != nullptr && own->ask([](const Client& client) { return client.counter(); }) == 0U) ++answered;
    };
    OwnThread own(alone(), callbacks);
    known = &own;
    CHECK(own.post([](Client& client) { client.connect(); }));
    wait_until([&] { return answered > 0; });
}

TEST_CASE("what throws on a client's thread is a fault and goes no further", "[sdk][own_thread]") {
    std::vector<std::string> faults;  // touched there alone
    Callbacks callbacks;
    callbacks.on_fault = [&](const Fault& fault) {
        faults.push_back(std::string(name_of(fault.kind)) + ": " + fault.message);
        throw std::runtime_error("a fault's callback too");
    };
    OwnThread own(alone(), callbacks);
    CHECK(own.post([](Client&) { throw std::runtime_error("posted"); }));
    CHECK_FALSE(own.ask([](Client&) { throw std::runtime_error("asked"); }));
    CHECK_FALSE(own.ask([](Client&) -> int { throw 7; }).has_value());
    // From within, too.
    CHECK(own.ask([&](Client&) { return own.ask([](Client&) { throw 8; }); }) == false);
    const auto told = own.ask([&](Client&) { return faults; });
    REQUIRE(told);
    REQUIRE(told->size() == 4);
    CHECK(told->front() == "callback: what ran on the client's thread threw: posted");
    CHECK(told->at(1).ends_with("threw: asked"));
}

TEST_CASE("a client's thread lets so many works wait and no more", "[sdk][own_thread]") {
    OwnThread own(alone(), {});
    std::promise<void> goes_on;
    std::promise<void> stands;
    REQUIRE(own.post([&](Client&) {
        stands.set_value();
        goes_on.get_future().wait();
    }));
    stands.get_future().wait();
    std::size_t taken = 0;
    while (own.post([](Client&) {})) ++taken;
    CHECK(taken == OwnThread::posted_max);
    goes_on.set_value();
    REQUIRE(own.ask([](Client&) {}));
    CHECK(own.post([](Client&) {}));
}

TEST_CASE("no callback comes after a client's end", "[sdk][own_thread]") {
    std::atomic<int> told{0};
    std::atomic<bool> over{false};
    std::atomic<int> late{0};
    Callbacks callbacks;
    callbacks.on_state = [&](const ConnectionState&) {
        ++told;
        if (over) ++late;
    };
    {
        OwnThread own(alone(), callbacks);
        CHECK(own.post([](Client& client) { client.connect(); }));
        wait_until([&] { return told > 5; });
    }
    over = true;
    const int at_end = told;
    marchwire::test::let_pass(Millis(20));
    CHECK(told == at_end);
    CHECK(late == 0);
}

TEST_CASE("a goodbye that was begun is said though the client is ended at once", "[sdk][own_thread]") {
    OneGuest server(Says().welcome().bytes());
    ClientSettings there = settings();
    there.url = server.url();
    std::atomic<bool> is_online{false};
    Callbacks callbacks;
    callbacks.on_state = [&](const ConnectionState& state) {
        if (std::holds_alternative<sdk::Online>(state)) is_online = true;
    };
    {
        OwnThread own(there, callbacks);
        CHECK(own.post([](Client& client) { client.connect(); }));
        wait_until([&] { return is_online.load(); });
        SECTION("closed") {
            CHECK(own.post([](Client& client) { client.close(); }));
        }
        SECTION("not closed") { is_online = false; }
    }
    if (is_online) {
        wait_until([&] { return server.heard_goodbye(); });
    } else {
        marchwire::test::let_pass(Millis(20));
        CHECK_FALSE(server.heard_goodbye());
    }
}

TEST_CASE("a callback that destroys its client though it may not ends it and nothing else", "[sdk][own_thread]") {
    auto alive = std::make_shared<int>(0);
    const std::weak_ptr<int> watched = alive;
    std::atomic<int> told{0};
    std::unique_ptr<OwnThread> own;
    std::promise<void> made;
    const std::shared_future<void> is_made = made.get_future().share();
    Callbacks callbacks;
    callbacks.on_state = [&, alive, is_made](const ConnectionState&) {
        is_made.wait();
        ++told;
        own.reset();
        throw std::runtime_error("and throws as well");
    };
    callbacks.on_fault = [&](const Fault&) { ++told; };
    alive.reset();
    own = std::make_unique<OwnThread>(alone(), std::move(callbacks));
    CHECK(own->post([](Client& client) { client.connect(); }));
    made.set_value();
    // The client is gone with all that it held.
    wait_until([&] { return watched.expired(); });
    CHECK(told == 1);
}

}  // namespace
}  // namespace marchwire::sdk::test
