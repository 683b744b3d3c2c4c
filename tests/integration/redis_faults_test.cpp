// What Redis can do to the log: each fault on a real redis-server, and what the log promises through it.
#include "base/limits.hpp"
#include "real_server.hpp"
#include "store/redis_log.hpp"
#include "support/named.hpp"
#include "support/patience.hpp"
#include "support/redis_server.hpp"

#include <catch2/catch.hpp>

#include <unistd.h>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <fstream>
#include <future>
#include <mutex>
#include <set>
#include <thread>

namespace marchwire::test {
namespace {

namespace limits = base::limits;
using namespace std::chrono_literals;
using store::AppendOutcome;
using Clock = std::chrono::steady_clock;

const base::LogId march = test::log_named("c/m");

store::StoredEntry entry_after(const base::Tip& tip, const std::string& text) {
    store::StoredEntry entry{tip, text};
    entry.tip.seq = tip.seq.next();
    // Any chain will do: the log compares digests and never makes them.
    std::uint64_t hash = std::hash<std::string>{}(text) ^ (entry.tip.seq.value * 0x9E3779B97F4A7C15ULL);
    for (auto& byte : entry.tip.digest) {
        hash = hash * 6364136223846793005ULL + byte + 1;
        byte = static_cast<std::uint8_t>(hash >> 56U);
    }
    return entry;
}

/// A log over a link of its own, and appends that wait for their answer.
class Writer {
public:
    explicit Writer(const bus::RedisSettings& settings, unsigned replicas = 0)
        : log_(store::RedisLog::open({settings, "", replicas}).value()) {}

    [[nodiscard]] store::RedisLog& log() { return *log_; }
    [[nodiscard]] AppendOutcome append(const base::Tip& tip, const std::string& text, bool new_log = false,
                                       base::CommandId id = {}) {
        store::AppendRequest request;
        request.log = march;
        request.expected = tip;
        request.entries = {entry_after(tip, text)};
        if (id) request.ids = {{id, 7, request.entries.back().tip}};
        request.now = base::UtcMs{1'000};
        request.new_log = new_log;
        auto promise = std::make_shared<std::promise<AppendOutcome>>();
        auto answer = promise->get_future();
        log_->append(std::move(request), [promise](AppendOutcome outcome) { promise->set_value(std::move(outcome)); });
        if (answer.wait_for(20s) != std::future_status::ready) throw std::runtime_error("no answer");
        return answer.get();
    }
    /// Appends until it is stored; the new tip. What `tip` was is told when it was stored by another way.
    base::Tip must(const base::Tip& tip, const std::string& text, bool new_log = false) {
        const auto deadline = Clock::now() + 20s;
        for (;;) {
            const auto outcome = append(tip, text, new_log);
            if (outcome && std::holds_alternative<store::Appended>(*outcome)) return entry_after(tip, text).tip;
            if (outcome) {
                const auto& refused = std::get<store::AppendRefused>(*outcome);
                // Stored although it was said to be unavailable.
                if (refused.tip == entry_after(tip, text).tip) return refused.tip;
                throw std::runtime_error("refused");
            }
            if (Clock::now() > deadline) throw std::runtime_error(outcome.error().message);
            let_pass(20ms);
        }
    }
    [[nodiscard]] std::vector<std::string> texts() {
        std::vector<std::string> all;
        for (;;) {
            auto promise = std::make_shared<std::promise<base::Result<store::Entries>>>();
            auto answer = promise->get_future();
            log_->read(march, base::Seq{all.size() + 1}, 1'000, [promise](auto read) { promise->set_value(read); });
            const auto page = answer.get();
            if (!page) throw std::runtime_error(page.error().message);
            if (page->empty()) return all;
            for (const auto& one : *page) all.push_back(one.bytes);
        }
    }

private:
    std::unique_ptr<store::RedisLog> log_;
};

/// Hears a log, in order.
class Hearer {
public:
    explicit Hearer(store::EventLog& log)
        : token_(log.follow(march, {}, [this](const store::StoredEntry& entry) {
              const std::lock_guard lock(mutex_);
              texts_.push_back(entry.bytes);
          })) {}
    [[nodiscard]] std::vector<std::string> heard() {
        const std::lock_guard lock(mutex_);
        return texts_;
    }
    void until(std::size_t count) {
        wait_until([&] { return heard().size() >= count; });
    }

private:
    std::mutex mutex_;
    std::vector<std::string> texts_;
    std::unique_ptr<store::FollowToken> token_;
};

std::vector<std::string> numbers(std::size_t count) {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < count; ++i) all.push_back(std::to_string(i));
    return all;
}

struct World {
    explicit World(std::vector<std::string> more = {}) : redis(directory.path(), std::move(more)) {}
    TemporaryDirectory directory;
    RedisServer redis;
};

constexpr std::size_t rounds = 200;

/// Appends one after another while `fault` happens in the middle; then all is there once, in order, and was heard so.
template <class Fault>
void append_through(World& world, const Fault& fault) {
    Writer writer(world.redis.settings());
    Writer reader(world.redis.settings());
    Hearer hearer(reader.log());
    base::Tip tip = writer.must({}, "0", true);
    std::thread faulty([&] {
        hearer.until(rounds / 4);
        fault();
    });
    for (std::size_t i = 1; i < rounds; ++i) {
        tip = writer.must(tip, std::to_string(i));
        let_pass(1ms);
    }
    faulty.join();
    CHECK(writer.texts() == numbers(rounds));
    hearer.until(rounds);
    CHECK(hearer.heard() == numbers(rounds));
}

TEST_CASE("what was acknowledged outlives kill -9 of Redis, and service is back when Redis is", "[redis][faults]") {
    World world({"--appendfsync", "always"});
    Clock::time_point back;
    Clock::duration wait{};
    Writer probe(world.redis.settings());
    append_through(world, [&] {
        world.redis.kill();
        let_pass(300ms);
        world.redis.start();
        back = Clock::now();
        wait_until([&] { return probe.log().healthy(); });
        wait = Clock::now() - back;
    });
    CHECK(wait < 5s);
}

TEST_CASE("cut connections lose nothing and double nothing", "[redis][faults]") {
    World world;
    append_through(world, [&] {
        for (int i = 0; i < 10; ++i) {
            (void)world.redis.ask({"CLIENT", "KILL", "TYPE", "normal"});
            let_pass(20ms);
        }
    });
}

TEST_CASE("cut subscriptions leave no gap", "[redis][faults]") {
    World world;
    append_through(world, [&] {
        for (int i = 0; i < 10; ++i) {
            (void)world.redis.ask({"CLIENT", "KILL", "TYPE", "pubsub"});
            let_pass(20ms);
        }
    });
}

TEST_CASE("scripts that Redis has forgotten are loaded again", "[redis][faults]") {
    World world;
    append_through(world, [&] { (void)world.redis.ask({"SCRIPT", "FLUSH"}); });
}

TEST_CASE("a Redis that stands still is waited for, said to be unavailable, and goes on", "[redis][faults]") {
    World world;
    Writer writer(world.redis.settings());
    base::Tip tip = writer.must({}, "0", true);
    world.redis.signal(SIGSTOP);
    const auto stopped = Clock::now();
    const auto outcome = writer.append(tip, "1", false, {base::DeviceId{1}, 1});
    const auto answered = Clock::now() - stopped;
    REQUIRE(outcome.has_error());
    CHECK(outcome.error().code == base::RefusalCode::unavailable);
    CHECK(outcome.error().retry_after_ms > 0);
    CHECK(answered >= 4s);
    CHECK(answered < 8s);
    let_pass(std::chrono::duration_cast<std::chrono::milliseconds>(stopped + 10s - Clock::now()));
    world.redis.signal(SIGCONT);
    const auto back = Clock::now();
    // The same id: done now, or found to be done before.
    AppendOutcome again = writer.append(tip, "1", false, {base::DeviceId{1}, 1});
    while (again.has_error() && Clock::now() - back < 5s)
        again = writer.append(tip, "1", false, {base::DeviceId{1}, 1});
    REQUIRE(again.has_value());
    CHECK(writer.texts() == std::vector<std::string>{"0", "1"});
}

TEST_CASE("a Redis without memory refuses with a reason, and takes again when it has some", "[redis][faults]") {
    World world;
    Writer writer(world.redis.settings());
    const base::Tip tip = writer.must({}, "0", true);
    (void)world.redis.ask({"CONFIG", "SET", "maxmemory", "1mb"});
    const auto outcome = writer.append(tip, "1");
    REQUIRE(outcome.has_error());
    CHECK(outcome.error().code == base::RefusalCode::unavailable);
    CHECK(outcome.error().message.find("OOM") != std::string::npos);
    CHECK(writer.texts() == std::vector<std::string>{"0"});
    (void)world.redis.ask({"CONFIG", "SET", "maxmemory", "0"});
    const auto back = Clock::now();
    (void)writer.must(tip, "1");
    CHECK(Clock::now() - back < 5s);
    CHECK(writer.texts() == std::vector<std::string>{"0", "1"});
}

TEST_CASE("a master that became a replica is left until it is one again", "[redis][faults]") {
    World world;
    Writer writer(world.redis.settings());
    const base::Tip tip = writer.must({}, "0", true);
    (void)world.redis.ask({"REPLICAOF", "127.0.0.1", "1"});
    const auto outcome = writer.append(tip, "1");
    REQUIRE(outcome.has_error());
    CHECK(outcome.error().code == base::RefusalCode::unavailable);
    CHECK_FALSE(writer.log().healthy());
    REQUIRE(world.redis.ask_any("REPLICAOF NO ONE") == "+OK");
    const auto back = Clock::now();
    (void)writer.must(tip, "1");
    CHECK(Clock::now() - back < 5s);
    CHECK(writer.texts() == std::vector<std::string>{"0", "1"});
}

TEST_CASE("a disk that Redis cannot write to is told as such", "[redis][faults]") {
    World world;
    Writer writer(world.redis.settings());
    const base::Tip tip = writer.must({}, "0", true);
    (void)world.redis.ask({"CONFIG", "SET", "min-replicas-to-write", "1"});
    const auto outcome = writer.append(tip, "1");
    REQUIRE(outcome.has_error());
    CHECK(outcome.error().message.find("NOREPLICAS") != std::string::npos);
    (void)world.redis.ask({"CONFIG", "SET", "min-replicas-to-write", "0"});
    const auto back = Clock::now();
    (void)writer.must(tip, "1");
    CHECK(Clock::now() - back < 5s);
    CHECK(writer.texts() == std::vector<std::string>{"0", "1"});
}

TEST_CASE("of many writers on several links each entry is stored once and all agree on the order", "[redis][faults]") {
    World world;
    Writer first(world.redis.settings());
    (void)first.must({}, "begin", true);
    constexpr int writers = 3;
    constexpr int each = 60;
    std::vector<std::thread> threads;
    std::atomic<int> contended{0};
    for (int w = 0; w < writers; ++w) {
        threads.emplace_back([&, w] {
            Writer writer(world.redis.settings());
            base::Tip tip;
            for (int i = 0; i < each;) {
                const auto outcome = writer.append(tip, std::to_string(w) + ":" + std::to_string(i));
                if (!outcome) continue;
                if (const auto* refused = std::get_if<store::AppendRefused>(&*outcome)) {
                    ++contended;
                    tip = refused->tip;
                } else {
                    tip = entry_after(tip, std::to_string(w) + ":" + std::to_string(i)).tip;
                    ++i;
                }
            }
        });
    }
    for (auto& thread : threads) thread.join();
    const auto texts = first.texts();
    CHECK(texts.size() == 1 + writers * each);
    CHECK(std::set<std::string>(texts.begin(), texts.end()).size() == texts.size());
    CHECK(contended > 0);
}

// ---- what stands in the way from the beginning ----------------------------------------------------

std::string refused_by(const bus::RedisSettings& settings) {
    const auto log = store::RedisLog::open({settings, "", 0});
    return log ? "" : log.error().message;
}

TEST_CASE("a wrong password is told at the start", "[redis][faults]") {
    World world({"--requirepass", "right"});
    bus::RedisSettings settings = world.redis.settings();
    CHECK(refused_by(settings).find("NOAUTH") != std::string::npos);
    settings.password = "wrong";
    CHECK(refused_by(settings).find("WRONGPASS") != std::string::npos);
    settings.password = "right";
    CHECK(refused_by(settings).empty());
}

TEST_CASE("a user of Redis' ACL with the rights that are needed is enough", "[redis][faults]") {
    World world({"--user",      "marchwire", "on",           ">secret", "~mw:*",        "&mw:*",  "+@read", "+@write",
                 "+@scripting", "+@pubsub",  "+@connection", "+info",   "+wait",        "--user", "reader", "on",
                 ">secret",     "~mw:*",     "&mw:*",        "+@read",  "+@connection", "+info"});
    bus::RedisSettings settings = world.redis.settings();
    settings.user = "reader";
    settings.password = "secret";
    CHECK(refused_by(settings).find("NOPERM") != std::string::npos);
    settings.user = "marchwire";
    Writer writer(settings);
    const base::Tip tip = writer.must({}, "0", true);
    (void)writer.must(tip, "1");
    CHECK(writer.texts() == std::vector<std::string>{"0", "1"});
}

TEST_CASE("a node of Redis Cluster is refused by its name", "[redis][faults]") {
    World world({"--cluster-enabled", "yes"});
    CHECK(refused_by(world.redis.settings()).find("Cluster") != std::string::npos);
}

TEST_CASE("a key of another application is told and left alone", "[redis][faults]") {
    World world;
    (void)world.redis.ask({"SET", "mw:{c/m}:meta", "theirs"});
    Writer writer(world.redis.settings());
    const auto outcome = writer.append({}, "0", true);
    REQUIRE(outcome.has_error());
    CHECK(outcome.error().message.find("WRONGTYPE") != std::string::npos);
    CHECK(world.redis.ask({"GET", "mw:{c/m}:meta"}).text == "theirs");
}

TEST_CASE("an entry that is not ours is told and ends nothing", "[redis][faults]") {
    World world;
    Writer writer(world.redis.settings());
    (void)writer.must({}, "0", true);
    (void)world.redis.ask({"XADD", "mw:{c/m}:log", "1-7", "theirs", "x"});
    CHECK_THROWS(writer.texts());
    (void)world.redis.ask({"XDEL", "mw:{c/m}:log", "1-7"});
    CHECK(writer.texts() == std::vector<std::string>{"0"});
}

TEST_CASE("where no replica had it in time the reply says STORED", "[redis][faults]") {
    World world;
    Writer alone(world.redis.settings(), 1);
    CHECK(std::get<store::Appended>(alone.append({}, "0", true).value()).level == core::Level::stored);
}

/// Below those that the system gives to clients.
std::uint16_t some_port(unsigned number) {
    return static_cast<std::uint16_t>(20'000 + (static_cast<unsigned>(::getpid()) * 8 + number) % 12'000);
}

/// A master with one replica, and a Sentinel that watches them.
class SentinelStage {
public:
    SentinelStage() {
        const std::string file = replica_directory_.path() + "/sentinel.conf";
        std::ofstream(file) << "port " << third_ << "\nbind 127.0.0.1\nsentinel monitor mymaster 127.0.0.1 " << first_
                            << " 1\nsentinel down-after-milliseconds mymaster 500\n"
                               "sentinel failover-timeout mymaster 3000\n";
        sentinel_ = std::make_unique<Program>(std::vector<std::string>{"redis-server", file, "--sentinel"},
                                              Stream::out);
        until_sentinel_says("+slave");
        wait_until([&] { return master.ask({"INFO", "replication"}).text.find("state=online") != std::string::npos; });
    }
    [[nodiscard]] bus::RedisSettings settings() const {
        bus::RedisSettings settings;
        settings.address = bus::RedisAddress::parse("sentinel://127.0.0.1:" + third_ + "/mymaster").value();
        return settings;
    }
    /// kill -9 of the master, until the replica is the master.
    void fail_over() {
        master.kill();
        until_sentinel_says("+switch-master");
    }

private:
    void until_sentinel_says(const std::string& word) {
        (void)sentinel_->read_until([&](const std::string& said) { return said.find(word) != std::string::npos; });
    }
    std::string first_ = std::to_string(some_port(1));
    std::string second_ = std::to_string(some_port(2));
    std::string third_ = std::to_string(some_port(3));
    TemporaryDirectory master_directory_;
    TemporaryDirectory replica_directory_;

public:
    RedisServer master{master_directory_.path(), {"--port", first_, "--bind", "127.0.0.1"}};
    RedisServer replica{replica_directory_.path(),
                        {"--port", second_, "--bind", "127.0.0.1", "--replicaof", "127.0.0.1 " + first_}};

private:
    std::unique_ptr<Program> sentinel_;
};

core::Level level_of(const AppendOutcome& outcome) { return std::get<store::Appended>(outcome.value()).level; }

/// Appends `count`, and on until the replica had one in time: on a busy machine it may take longer than the log waits.
/// What is replicated, in order.
std::vector<std::string> append_until_replicated(Writer& writer, base::Tip& tip, std::size_t count) {
    std::vector<std::string> appended;
    for (core::Level level{}; appended.size() < count || level != core::Level::replicated;) {
        if (appended.size() == count + 50) throw std::runtime_error("the replica never had one in time");
        appended.push_back(std::to_string(appended.size()));
        level = level_of(writer.append(tip, appended.back(), tip.seq.value == 0));
        tip = entry_after(tip, appended.back()).tip;
    }
    return appended;
}

TEST_CASE("after a failover the Sentinels lead to the new master, and nothing that was replicated is lost",
          "[redis][faults]") {
    SentinelStage redis;
    Writer writer(redis.settings(), 1);
    base::Tip tip;
    std::vector<std::string> expected = append_until_replicated(writer, tip, 50);
    redis.fail_over();
    const auto back = Clock::now();
    (void)writer.must(tip, "after");
    CHECK(Clock::now() - back < 5s);
    expected.emplace_back("after");
    CHECK(writer.texts() == expected);
}

TEST_CASE("what a master took while its replica was cut off is said to be STORED, and that alone is lost by a failover",
          "[redis][faults]") {
    SentinelStage redis;
    Writer writer(redis.settings(), 1);
    const auto append = [&](base::Tip& tip, const std::string& text) {
        const core::Level level = level_of(writer.append(tip, text));
        tip = entry_after(tip, text).tip;
        return level;
    };
    base::Tip tip;
    std::vector<std::string> expected = append_until_replicated(writer, tip, 2);
    const base::Tip kept = tip;
    REQUIRE(redis.replica.ask_any("REPLICAOF 127.0.0.1 1") == "+OK");  // where nobody listens
    CHECK(append(tip, "lost") == core::Level::stored);
    CHECK(append(tip, "lost too") == core::Level::stored);
    redis.fail_over();
    const auto back = Clock::now();
    (void)writer.must(kept, "after");
    CHECK(Clock::now() - back < 5s);
    expected.emplace_back("after");
    CHECK(writer.texts() == expected);
}

TEST_CASE("Redis over TLS is believed by its authority and by no other", "[redis][faults]") {
    TemporaryDirectory directory;
    const std::string certificate = directory.path() + "/cert.pem";
    const std::string key = directory.path() + "/key.pem";
    REQUIRE(run_program({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                         "-days", "30", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
                         key, "-out", certificate})
                .exit_code == 0);
    const std::string port = std::to_string(some_port(0));
    const RedisServer redis(directory.path(), {"--tls-port", port, "--tls-cert-file", certificate, "--tls-key-file",
                                               key, "--tls-auth-clients", "no", "--bind", "127.0.0.1"});
    bus::RedisSettings settings;
    settings.address = bus::RedisAddress::parse("rediss://127.0.0.1:" + port + "/0").value();
    settings.ca_file = certificate;
    Writer writer(settings);
    (void)writer.must({}, "0", true);
    CHECK(writer.texts() == std::vector<std::string>{"0"});
    settings.ca_file.clear();
    CHECK(refused_by(settings).find("TLS") != std::string::npos);
}

}  // namespace
}  // namespace marchwire::test
