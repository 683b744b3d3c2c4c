// A city on its own threads: many callers at once, every shard, a store with a thread of its own.
#include "shard/city.hpp"

#include "store/memory_log.hpp"
#include "support/named.hpp"
#include "support/stage_log.hpp"

#include <boost/asio/post.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <vector>

using namespace marchwire;
using test::slug;

namespace {

core::Actor host() {
    core::Actor actor;
    actor.host = true;
    return actor;
}

/// The answer, or a failed test: nothing here may take half a minute.
template <class T>
T wait_for(std::future<T> answer) {
    REQUIRE(answer.wait_for(std::chrono::seconds(30)) == std::future_status::ready);
    return answer.get();
}

class Follower final : public session::SessionPort {
public:
    void feed_opened(session::FeedOpened) override { opened.set_value(); }
    void feed_refused(session::FeedRefused) override {}
    void replied(const wire::Reply& reply) override {
        refused += reply.outcome.has_error() ? 1U : 0U;
        if (refused == refusals_awaited) done.set_value();
    }
    void history_read(wire::History) override {}
    void access_read(wire::Access) override {}
    void member_found(const session::MemberFound&) override {}
    session::AfterDelivery deliver(const fanout::Run& run) override {
        for (const fanout::LiveItem& item : run.items()) {
            in_order = in_order && item.position.seq == last.next();
            last = item.position.seq;
            if (last == awaited) done.set_value();
        }
        return session::AfterDelivery::nothing;
    }
    session::AfterDelivery deliver(std::span<const fanout::LiveItem>) override {
        return session::AfterDelivery::nothing;
    }
    session::AfterDelivery newest_changed() override { return session::AfterDelivery::nothing; }
    void flush() override {}
    base::UtcMs tick() override { return {}; }
    void revoke() override {}
    void drain(base::Millis) override { drained = true; }
    [[nodiscard]] const session::Grant* grant() const override { return nullptr; }

    std::promise<void> opened;
    std::promise<void> done;
    base::Seq last;
    base::Seq awaited;
    std::size_t refused = 0;
    std::size_t refusals_awaited = 0;
    bool in_order = true;
    bool drained = false;
};

enum class Link : std::uint8_t { whole, cut_off };

struct Running {
    base::SystemClock clock;
    store::MemoryLog memory;
    test::StageLog far{memory};  ///< not for several threads: nothing reaches it that changes it while it is cut off
    shard::City city;

    explicit Running(Link link = Link::whole)
        : city({3, clock, log_behind(link), [](const base::LogId& log) { return base::sha256(log.text()); },
                [](const base::LogId&, const base::Tip&) { return std::array<std::uint8_t, 64>{}; },
                [](const base::Slug&, std::uint32_t number) { return std::to_string(number); }, base::UtcMs{},
                shard::Drive::threads}) {
        std::promise<bool> started;
        city.start([&](const base::Result<void>& outcome) { started.set_value(outcome.has_value()); });
        REQUIRE(wait_for(started.get_future()));
    }
    void stop() {
        std::promise<void> stopped;
        city.stop(base::seconds(1), [&](const base::Result<void>&) { stopped.set_value(); });
        wait_for(stopped.get_future());
    }
    ~Running() { memory.stop(); }
    [[nodiscard]] store::EventLog& log_behind(Link link) {
        if (link == Link::whole) return memory;
        far.cut_off(true);
        return far;
    }

    std::future<base::Result<wire::Accepted>> put(const base::LogId& log, core::CommandBody body) {
        auto answer = std::make_shared<std::promise<base::Result<wire::Accepted>>>();
        core::Command command;
        command.body = std::move(body);
        city.command(log, std::move(command), host(),
                     [answer](auto outcome) { answer->set_value(std::move(outcome)); });
        return answer->get_future();
    }
    template <class Work>
    void on_shard(std::size_t shard, Work work) {
        std::promise<void> done;
        boost::asio::post(city.io_context(shard), [&] {
            work();
            done.set_value();
        });
        wait_for(done.get_future());
    }
};

core::CreateMarch a_march(std::uint32_t number) {
    core::CreateMarch create;
    create.spec.city = "City";
    create.spec.tz = "America/Chicago";
    create.topic_base = number << 16U;
    return create;
}

}  // namespace

TEST_CASE("marches on every shard take commands from many threads at once", "[shard]") {
    Running running;
    core::CreateCampaign campaign;
    campaign.spec.name = "Flag Day";
    campaign.topic_base = 1U << 16U;
    REQUIRE(wait_for(running.put({slug("flag-day"), {}}, campaign)).has_value());

    std::atomic<int> taken{0};
    std::vector<std::thread> callers;
    for (std::uint32_t caller = 0; caller < 4; ++caller) {
        callers.emplace_back([&, caller] {
            for (std::uint32_t i = 0; i < 4; ++i) {
                const std::uint32_t number = 2 + caller * 4 + i;
                const base::LogId march{slug("flag-day"), slug("march-" + std::to_string(number))};
                auto made = running.put(march, a_march(number));
                auto told = running.put(march, core::PostNotice{core::Severity::info, {}, "Water", {}});
                if (made.get()) ++taken;
                if (told.get()) ++taken;
            }
        });
    }
    for (std::thread& caller : callers) caller.join();
    // A notice may come before its march: then it is refused, and no more.
    CHECK(taken >= 16);
    const auto counts = running.city.counts();
    CHECK(counts.marches == 16);
    CHECK(counts.campaigns == 1);
    CHECK(counts.accepted >= static_cast<std::uint64_t>(taken.load()));

    std::promise<std::size_t> listed;
    running.city.list([&](const std::vector<base::LogId>& logs) { listed.set_value(logs.size()); });
    CHECK(wait_for(listed.get_future()) == 17);
    running.stop();
}

TEST_CASE("two logs never share a topic base", "[shard]") {
    Running running;
    REQUIRE(wait_for(running.put({slug("flag-day"), slug("one")}, a_march(5))).has_value());
    const auto second = wait_for(running.put({slug("flag-day"), slug("two")}, a_march(5)));
    REQUIRE(second.has_error());
    CHECK(second.error().code == base::RefusalCode::conflict);
    CHECK(wait_for(running.put({slug("flag-day"), slug("two")}, a_march(6))).has_value());
    // A march that was refused for another reason gives its base back.
    auto bad = a_march(7);
    bad.spec.city.clear();
    REQUIRE(wait_for(running.put({slug("flag-day"), slug("three")}, bad)).has_error());
    CHECK(wait_for(running.put({slug("flag-day"), slug("four")}, a_march(7))).has_value());
    running.stop();
}

// A refusal was once put into the outbox of the march's shard, from the thread of the session's.
TEST_CASE("a server that is cut off refuses what all its shards are asked for marches of all shards", "[shard]") {
    Running running(Link::cut_off);
    constexpr std::size_t commands = 3'000;
    std::vector<std::unique_ptr<Follower>> askers;
    for (std::size_t shard = 0; shard < running.city.shards(); ++shard) {
        askers.push_back(std::make_unique<Follower>());
        askers.back()->refusals_awaited = commands;
    }
    std::vector<std::future<void>> answered;
    for (const auto& asker : askers) answered.push_back(asker->done.get_future());
    std::vector<fanout::Slot> slots(askers.size());
    for (std::size_t shard = 0; shard < askers.size(); ++shard) {
        boost::asio::post(running.city.io_context(shard),
                          [&running, &asker = *askers[shard], &slot = slots[shard], shard] {
                              session::Backend& backend = running.city.backend(shard);
                              slot = backend.join(asker);
                              for (std::size_t i = 0; i < commands; ++i) {
                                  session::RunCommand ask;
                                  ask.message.log = {slug("flag-day"), slug("march-" + std::to_string(i % 9))};
                                  ask.message.command.id = {base::DeviceId{1 + shard}, 1 + i};
                                  ask.message.command.body = core::PostNotice{core::Severity::info, {}, "Water", {}};
                                  backend.run_command(slot, std::move(ask));
                              }
                          });
    }
    for (auto& one : answered) wait_for(std::move(one));
    for (std::size_t shard = 0; shard < askers.size(); ++shard) {
        running.on_shard(shard, [&] {
            CHECK(askers[shard]->refused == commands);
            running.city.backend(shard).leave(slots[shard]);
        });
    }
    running.stop();
}

TEST_CASE("followers on every shard get every item in order", "[shard]") {
    Running running;
    const base::LogId march{slug("flag-day"), slug("st-louis-mo")};
    REQUIRE(wait_for(running.put(march, a_march(2))).has_value());
    std::vector<std::unique_ptr<Follower>> followers;
    std::vector<fanout::Slot> slots;
    constexpr std::uint64_t notices = 200;
    for (std::size_t shard = 0; shard < running.city.shards(); ++shard) {
        followers.push_back(std::make_unique<Follower>());
        Follower& follower = *followers.back();
        follower.last = base::Seq{1};
        follower.awaited = base::Seq{1 + notices};
        auto opened = follower.opened.get_future();
        running.on_shard(shard, [&] {
            slots.push_back(running.city.backend(shard).join(follower));
            running.city.backend(shard).open_feed(
                slots.back(), {1, {wire::FeedKind::public_feed, march}, std::nullopt, wire::Encoding::proto, {}});
        });
        wait_for(std::move(opened));
    }
    CHECK(running.city.counts().sessions == running.city.shards());
    for (std::uint64_t i = 0; i < notices; ++i) {
        running.put(march, core::PostNotice{core::Severity::info, {}, "Water", {}});
    }
    for (std::size_t shard = 0; shard < followers.size(); ++shard) {
        wait_for(followers[shard]->done.get_future());
        running.on_shard(shard, [&] {
            CHECK(followers[shard]->in_order);
            running.city.backend(shard).leave(slots[shard]);
        });
    }
    CHECK(running.city.counts().sessions == 0);
    running.stop();
}
