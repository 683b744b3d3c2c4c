// What servers tell one another over a real Redis, and how they share the keeping of the marches.
#include "bus/redis_bus.hpp"
#include "real_server.hpp"
#include "support/named.hpp"
#include "support/patience.hpp"
#include "support/redis_server.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <future>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace marchwire::test {
namespace {

using namespace std::chrono_literals;

const base::LogId told_of = test::log_named("c/m");
const base::LogId campaign = test::log_named("c");

/// One server's bus and what it was told last.
class Server {
public:
    explicit Server(const RedisServer& redis) : bus(redis.settings()) {}
    void keep() {
        bus.keep([] { return base::UtcMs{5'000}; },
                 [this](const bus::Duties& told) {
                     const std::lock_guard lock(mutex_);
                     duties_ = told;
                     ++times_;
                     changed_.notify_all();
                 });
    }
    void listen(const base::LogId& log) {
        token_ = bus.listen(log, [this](const std::string& bytes) {
            const std::lock_guard lock(mutex_);
            heard_.push_back(bytes);
            changed_.notify_all();
        });
    }
    void listen_no_more() { token_.reset(); }

    /// Waits until it holds of what was told and heard; throws after 15 s.
    template <class Holds>
    void until(const Holds& holds) {
        std::unique_lock lock(mutex_);
        const bool held = changed_.wait_for(lock, 15s, [&] { return holds(duties_, heard_); });
        if (!held) throw std::runtime_error("what was waited for did not come within 15 s");
    }
    [[nodiscard]] std::set<base::LogId> kept() {
        const std::lock_guard lock(mutex_);
        std::set<base::LogId> all;
        for (const bus::Kept& one : duties_.kept) all.insert(one.march);
        return all;
    }
    [[nodiscard]] std::vector<std::string> heard() {
        const std::lock_guard lock(mutex_);
        return heard_;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bus::Duties duties_;
    int times_ = 0;
    std::vector<std::string> heard_;
    std::unique_ptr<bus::Listening> token_;

public:
    bus::RedisBus bus;  ///< last: it tells of what stands above until it has ended
};

struct BusWorld {
    BusWorld() {
        std::vector<std::string> add = {"SADD", "mw:logs", "c"};
        for (int i = 0; i < marches; ++i) add.push_back("c/m" + std::to_string(i));
        (void)redis.ask(add);
    }
    static constexpr int marches = 10;
    TemporaryDirectory directory;
    RedisServer redis{directory.path()};
};

auto keeps(std::size_t count) {
    return [count](const bus::Duties& duties, const auto&) { return duties.kept.size() == count; };
}

TEST_CASE("two servers share the marches evenly and no march has two keepers", "[redis][bus][faults]") {
    BusWorld world;
    Server one(world.redis);
    one.keep();
    one.until(keeps(BusWorld::marches));
    one.until([](const bus::Duties& duties, const auto&) { return duties.campaigns == std::vector{campaign}; });
    Server other(world.redis);
    other.keep();
    one.until(keeps(BusWorld::marches / 2));
    other.until(keeps(BusWorld::marches / 2));
    const auto first = one.kept();
    for (const base::LogId& log : other.kept()) CHECK_FALSE(first.contains(log));
    other.until([](const bus::Duties& duties, const auto&) {
        return std::ranges::all_of(duties.kept, [](const bus::Kept& kept) { return kept.kept_before.value == 5'000; });
    });
}

TEST_CASE("a server that leaves says so, and the others keep its marches at once", "[redis][bus][faults]") {
    BusWorld world;
    Server other(world.redis);
    other.keep();
    // Who only looks each second needs half of it on average.
    std::chrono::steady_clock::duration in_all{};
    for (int round = 0; round < 6; ++round) {
        Server one(world.redis);
        one.keep();
        one.until(keeps(BusWorld::marches / 2));
        other.until(keeps(BusWorld::marches / 2));
        const auto left = std::chrono::steady_clock::now();
        one.bus.stop();
        other.until(keeps(BusWorld::marches));
        in_all += std::chrono::steady_clock::now() - left;
    }
    CHECK(in_all < 1500ms);
}

TEST_CASE("a server that fell silent is lost to the others until one comes in its place", "[redis][bus][faults]") {
    BusWorld world;
    Server one(world.redis);
    one.keep();
    one.until([](const bus::Duties& duties, const auto&) { return duties.peers.lost == 0 && !duties.kept.empty(); });
    // Two that were alive a moment ago and never left.
    (void)world.redis.ask({"ZADD", "mw:instances", "1000", "silent-1"});
    CHECK(world.redis.ask({"ZCARD", "mw:instances"}).integer == 2);
    one.until([](const bus::Duties& duties, const auto&) { return duties.peers.lost == 0; });
    const std::int64_t second_ago = std::chrono::duration_cast<std::chrono::milliseconds>(
                                        std::chrono::system_clock::now().time_since_epoch())
                                        .count() -
                                    1'000;
    for (const char* name : {"silent-2", "silent-3"}) {
        (void)world.redis.ask({"ZADD", "mw:instances", std::to_string(second_ago), name});
    }
    one.until([](const bus::Duties& duties, const auto&) { return duties.peers.lost == 2; });
    // Who is lost takes no share.
    one.until(keeps(BusWorld::marches));
    Server other(world.redis);
    other.keep();
    one.until([](const bus::Duties& duties, const auto&) { return duties.peers.lost == 1; });
    other.until(keeps(BusWorld::marches / 2));
}

TEST_CASE("a server that hears nothing of Redis stops keeping before another may begin", "[redis][bus][faults]") {
    BusWorld world;
    Server one(world.redis);
    one.keep();
    one.until(keeps(BusWorld::marches));
    const auto stopped = std::chrono::steady_clock::now();
    world.redis.signal(SIGSTOP);
    one.until(keeps(0));
    CHECK(std::chrono::steady_clock::now() - stopped < 3s);
    world.redis.signal(SIGCONT);
    one.until(keeps(BusWorld::marches));
    CHECK(std::chrono::steady_clock::now() - stopped < 10s);
}

TEST_CASE("what is told is heard by the others who listen, and not by whoever told it", "[redis][bus][faults]") {
    BusWorld world;
    Server one(world.redis);
    Server other(world.redis);
    one.listen(told_of);
    other.listen(told_of);
    // Until both have subscribed some may be lost: newest values are told again anyhow.
    wait_until([&] {
        one.bus.tell(told_of, "word");
        return !other.heard().empty();
    });
    CHECK(other.heard().front() == "word");
    CHECK(one.heard().empty());
    other.listen_no_more();
    const auto before = other.heard().size();
    one.bus.tell(told_of, "more");
    other.bus.tell(told_of, "back");
    one.until([](const auto&, const std::vector<std::string>& heard) { return !heard.empty(); });
    CHECK(one.heard().front() == "back");
    CHECK(other.heard().size() == before);
}

std::vector<bus::Bus::Row> rows_at(Server& server) {
    std::promise<std::vector<bus::Bus::Row>> told;
    auto answer = told.get_future();
    server.bus.rows(campaign, [&](std::vector<bus::Bus::Row> all) { told.set_value(std::move(all)); });
    return answer.get();
}

TEST_CASE("rows are there for a server that comes later, also those that were put while Redis was away",
          "[redis][bus][faults]") {
    BusWorld world;
    Server one(world.redis);
    one.bus.put(campaign, "m", "before the link is there");
    Server later(world.redis);
    wait_until([&] { return rows_at(later) == std::vector<bus::Bus::Row>{{"m", "before the link is there"}}; });
    world.redis.kill();
    wait_until([&] { return !one.bus.health().up; });
    one.bus.put(campaign, "m", "while Redis is away");
    world.redis.start();
    wait_until([&] { return rows_at(later) == std::vector<bus::Bus::Row>{{"m", "while Redis is away"}}; });
}

TEST_CASE("a bus says whether its own heartbeat is heard", "[redis][bus][faults]") {
    BusWorld world;
    const Server one(world.redis);
    wait_until([&] { return one.bus.health().up; });
    CHECK(one.bus.health().lag < base::Millis{1'000});
    world.redis.signal(SIGSTOP);
    wait_until([&] { return !one.bus.health().up; });
    world.redis.signal(SIGCONT);
}

}  // namespace
}  // namespace marchwire::test
