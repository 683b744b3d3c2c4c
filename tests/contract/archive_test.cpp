// What a log in Redis promises of its archive beside the contract: every entry is there at every moment, in the stream
// or in a block, whoever dies and whatever is damaged.
#include "bus/redis_client.hpp"
#include "event_log_contract.hpp"
#include "store/archive_work.hpp"
#include "store/redis_log.hpp"
#include "support/patience.hpp"
#include "support/redis_server.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include <chrono>
#include <optional>

using namespace marchwire;
using namespace marchwire::contract;
using store::ArchiveBounds;
using store::ArchiveWork;
using Standing = ArchiveWork::Standing;

namespace {

using Texts = std::vector<std::string>;

Texts numbered(std::uint64_t first, std::uint64_t last) {
    Texts texts;
    for (std::uint64_t i = first; i <= last; ++i) texts.push_back("entry " + std::to_string(i));
    return texts;
}

/// A Redis and a log in it, which archives when a checkpoint is put and else not.
struct World {
    explicit World(ArchiveBounds bounds = {})
        : store({"redis", true,
                 [this](const auto& directory) {
                     return redis = std::make_shared<test::RedisServer>(directory.string());
                 },
                 [this, bounds](const auto&) {
                     store::RedisLogSettings settings;
                     settings.redis = redis->settings();
                     settings.archive = bounds;
                     auto opened = store::RedisLog::open(settings).value();
                     log = opened.get();
                     return opened;
                 }}) {}

    [[nodiscard]] std::int64_t in_stream() const { return redis->ask({"XLEN", "mw:{summer/denver-co}:log"}).integer; }
    [[nodiscard]] std::int64_t in_archive() const {
        return redis->ask({"HLEN", "mw:{summer/denver-co}:archive"}).integer;
    }
    void damage(const std::string& first, const std::string& block) const {
        (void)redis->ask({"HSET", "mw:{summer/denver-co}:archive", first, block});
    }
    /// All entries, by pages of so many.
    [[nodiscard]] Texts all(std::size_t limit) {
        Texts texts;
        for (;;) {
            const auto page = store.read(march, texts.size() + 1, limit).value();
            if (page.empty()) return texts;
            CHECK(page.size() <= limit);
            CHECK(page.front().tip.seq.value == texts.size() + 1);
            for (const auto& entry : page) texts.push_back(entry.bytes);
        }
    }

    std::shared_ptr<test::RedisServer> redis;
    store::RedisLog* log = nullptr;
    Store store;
};

/// A keeper whose work is done step by step, by hand.
class Keeper {
public:
    Keeper(const World& world, ArchiveBounds bounds)
        : client_(io_, world.redis->settings(), bus::LinkUse::requests,
                  {[this](const auto&) { scripts_.load(client_, [this](const auto&) { io_.stop(); }); }, {}, {}}),
          work(march, bounds) {
        client_.start();
        (void)io_.run_for(std::chrono::seconds(10));
    }
    Keeper(const Keeper&) = delete;
    Keeper& operator=(const Keeper&) = delete;
    ~Keeper() = default;

    Standing step() {
        std::optional<bus::Reply> answer;
        client_.request(work.command(scripts_).words(), [&](const bus::Reply* reply) {
            if (reply != nullptr) answer = *reply;
            io_.stop();
        });
        io_.restart();
        (void)io_.run_for(std::chrono::seconds(10));
        work.take(answer.value());
        return work.standing();
    }
    Standing finish() {
        while (!work.is_over()) (void)step();
        return work.standing();
    }

private:
    boost::asio::io_context io_;
    bus::ScriptSet scripts_{ArchiveWork::script_texts()};
    bus::RedisClient client_;

public:
    ArchiveWork work;
};

constexpr ArchiveBounds small{50, 20, 1'000'000};

}  // namespace

TEST_CASE("a log with an archive is read as if it had none", "[contract][archive]") {
    World world(small);
    const Texts texts = numbered(1, 333);
    auto tip = world.store.create(march, texts);
    CHECK(world.store.put_checkpoint(march, {tip, "state"}).has_value());
    test::wait_until([&] { return world.log->archived_blocks() == 15; });
    CHECK(world.in_stream() == 33);
    CHECK(world.in_archive() == 15);
    for (const std::size_t limit : {1U, 7U, 20U, 45U, 500U}) CHECK(world.all(limit) == texts);

    world.store.reopen();
    CHECK(world.all(100) == texts);
    CHECK(world.store.open(march).value().tip == tip);
    tip = world.store.extend(march, tip, {"one more"});
    CHECK(texts_of(world.store.read(march, 299, 100).value()).size() == 36);
    // It is not yet too long again.
    CHECK(world.store.put_checkpoint(march, {tip, "state"}).has_value());
    CHECK(world.in_archive() == 15);
}

TEST_CASE("a block ends at its bytes as well and holds one entry at least", "[contract][archive]") {
    World world;
    Texts texts(4, std::string(600'000, 'x'));
    texts[1] = std::string(2'000'000, 'y');
    texts.emplace_back("the last");
    (void)world.store.create(march, texts);
    Keeper keeper(world, {1, 20, 1'300'000});
    CHECK(keeper.finish() == Standing::done);
    CHECK(keeper.work.blocks() == 3);  // x, y, xx
    CHECK(world.in_stream() == 1);
    CHECK(world.all(100) == texts);
}

TEST_CASE("a keeper that dies between two steps loses nothing, and the next one goes on", "[contract][archive]") {
    World world;
    const Texts texts = numbered(1, 100);
    (void)world.store.create(march, texts);
    const int steps_done = GENERATE(0, 1, 2, 3, 4, 5);
    {
        Keeper dying(world, small);
        for (int i = 0; i < steps_done; ++i) (void)dying.step();
    }
    CHECK(world.in_archive() == (steps_done + 1) / 3);
    CHECK(world.in_stream() == (steps_done < 3 ? 100 : 80));
    CHECK(world.all(30) == texts);

    Keeper next(world, small);
    CHECK(next.finish() == Standing::done);
    CHECK(world.in_stream() == 40);
    CHECK(world.in_archive() == 3);
    CHECK(world.all(30) == texts);
}

TEST_CASE("of two keepers at once each block is archived by one", "[contract][archive]") {
    World world;
    const Texts texts = numbered(1, 70);
    (void)world.store.create(march, texts);
    Keeper one(world, small);
    // The other cuts its blocks elsewhere: an older version, or other settings.
    Keeper other(world, {50, GENERATE(20U, 11U), 1'000'000});
    (void)one.step();
    (void)other.step();
    SECTION("the other is late with its block") {
        (void)one.step();
        CHECK(one.step() == Standing::looking);
        CHECK(other.step() == Standing::done);
        CHECK(other.work.blocks() == 0);
    }
    SECTION("the other puts its block in the place of the one that was verified") {
        (void)one.step();
        (void)other.step();
        (void)one.step();
        (void)other.step();
        CHECK(one.work.blocks() + other.work.blocks() == 1);
    }
    CHECK(world.in_archive() == 1);
    CHECK(world.all(100) == texts);
    (void)Keeper(world, small).finish();
    CHECK(world.in_stream() <= 50);
    CHECK(world.all(100) == texts);
}

TEST_CASE("entries that were lost and written anew meanwhile are not trimmed", "[contract][archive]") {
    World world;
    (void)world.store.create(march, numbered(1, 70));
    Keeper keeper(world, small);
    (void)keeper.step();
    (void)world.redis->ask({"FLUSHALL"});
    const Texts others = numbered(1'001, 1'070);
    (void)world.store.create(march, others);
    (void)keeper.step();
    CHECK(keeper.step() == Standing::done);
    CHECK(keeper.work.blocks() == 0);
    CHECK(world.in_stream() == 70);
    CHECK(world.all(100) == others);
}

TEST_CASE("a stream that Redis does not let be trimmed stands twice until it does", "[contract][archive]") {
    World world;
    const Texts texts = numbered(1, 70);
    const auto tip = world.store.create(march, texts);
    (void)world.redis->ask({"ACL", "SETUSER", "default", "-xtrim"});
    {
        Keeper keeper(world, small);
        CHECK(keeper.finish() == Standing::failed);
        CHECK_FALSE(keeper.work.why().empty());
    }
    CHECK(world.in_stream() == 70);
    CHECK(world.all(30) == texts);
    CHECK(Keeper(world, small).finish() == Standing::done);  // what is archived counts, trimmed or not
    (void)world.redis->ask({"ACL", "SETUSER", "default", "+xtrim"});
    (void)world.store.extend(march, tip, {"one more"});
    CHECK(Keeper(world, small).finish() == Standing::done);
    CHECK(world.in_stream() == 31);
    CHECK(world.all(30).size() == 71);
}

TEST_CASE("a group decided on an archived entry hears what it missed, and another's is told apart",
          "[contract][archive]") {
    World world;
    const auto base = world.store.create(march, numbered(1, 30));
    const auto tip = world.store.extend(march, base, numbered(31, 100));
    CHECK(Keeper(world, small).finish() == Standing::done);
    const auto outcome = world.store.append(group(march, base, {"late"}));
    CHECK(refused(outcome).tip == tip);
    CHECK(refused(outcome).expected_is_in_log);
    CHECK(texts_of(refused(outcome).missed) == numbered(31, 100));

    auto strange = base;
    strange.digest[0] ^= 1;
    const auto of_another = world.store.append(group(march, strange, {"late"}));
    CHECK_FALSE(refused(of_another).expected_is_in_log);
    CHECK(refused(of_another).missed.empty());
    // The empty log and the last archived entry are borders.
    CHECK(texts_of(refused(world.store.append(group(march, {}, {"late"}))).missed) == numbered(1, 100));
    const auto border = world.store.read(march, 60, 1).value().at(0).tip;
    CHECK(texts_of(refused(world.store.append(group(march, border, {"late"}))).missed) == numbered(61, 100));
}

TEST_CASE("a damaged block is named, and only what it held is missing", "[contract][archive]") {
    World world;
    const auto first = world.store.create(march, numbered(1, 10));
    const auto tip = world.store.extend(march, first, numbered(11, 100));
    CHECK(Keeper(world, small).finish() == Standing::done);
    SECTION("other bytes") { world.damage("1", "no block"); }
    SECTION("gone") { (void)world.redis->ask({"HDEL", "mw:{summer/denver-co}:archive", "1"}); }
    SECTION("another block") {
        world.damage("1", world.redis->ask({"HGET", "mw:{summer/denver-co}:archive", "21"}).text);
    }
    const auto read = world.store.read(march, 5, 10);
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().code == base::RefusalCode::unavailable);
    CHECK(read.error().message.find("summer/denver-co") != std::string::npos);
    CHECK(read.error().message.find("block 1 ") != std::string::npos);
    CHECK(world.store.append(group(march, first, {"late"})).error().code == base::RefusalCode::unavailable);
    CHECK(texts_of(world.store.read(march, 21, 100).value()) == numbered(21, 100));
    CHECK(world.store.extend(march, tip, {"goes on"}).seq == base::Seq{101});
}

TEST_CASE("a follow that begins in the archive hears each entry once", "[contract][archive]") {
    World world(small);
    const auto tip = world.store.create(march, numbered(1, 200));
    CHECK(world.store.put_checkpoint(march, {tip, "state"}).has_value());
    test::wait_until([&] { return world.log->archived_blocks() == 8; });
    std::mutex mutex;
    Texts heard;
    const auto token = world.store.log().follow(march, base::Seq{15}, [&](const store::StoredEntry& entry) {
        const std::lock_guard lock(mutex);
        heard.push_back(entry.bytes);
    });
    (void)world.store.extend(march, tip, {"entry 201"});
    test::wait_until([&] {
        const std::lock_guard lock(mutex);
        return heard.size() >= 186;
    });
    CHECK(heard == numbered(16, 201));
}

TEST_CASE("a log that was repaired is archived over what it has lost", "[contract][archive][repair]") {
    const bool all_lost = GENERATE(false, true);
    INFO((all_lost ? "nothing was left" : "the end was lost"));
    World world;
    const base::Tip found = all_lost ? base::Tip{} : world.store.create(march, numbered(1, 30));
    base::Tip repaired;
    repaired.epoch.value = 2;
    repaired.seq = base::Seq{41};
    store::AppendRequest repair;
    repair.log = march;
    repair.expected = found;
    repair.entries = {{repaired, "entry 41"}};
    repair.repair = store::Checkpoint{repaired, "state"};
    REQUIRE(is_stored(world.store.append(repair)));
    auto next = group(march, repaired, numbered(42, 140));
    for (auto& entry : next.entries) entry.tip.epoch = repaired.epoch;
    REQUIRE(is_stored(world.store.append(next)));

    CHECK(Keeper(world, small).finish() == Standing::done);
    CHECK(world.in_archive() > 2);
    CHECK(world.in_stream() <= 60);
    Texts all = all_lost ? Texts{} : numbered(1, 30);
    const Texts after = numbered(41, 140);
    all.insert(all.end(), after.begin(), after.end());
    CHECK(texts_of(world.store.read(march, 1, 200).value()) == all);
    CHECK(texts_of(world.store.read(march, 35, 200).value()) == after);
    CHECK(texts_of(world.store.read(march, 45, 3).value()) == numbered(45, 47));
}
