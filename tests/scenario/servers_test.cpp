// Several servers on one store, in one thread: who has which march open, who keeps it, and what they tell one another.
#include "base/limits.hpp"
#include "day.hpp"
#include "support/stage_bus.hpp"
#include "wire/bus_messages.hpp"
#include "wire/codec.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <variant>

namespace marchwire::test {
namespace {

using wire::FeedKind;

/// The day on one server, and a further one beside it.
struct TwoServers {
    TwoServers() { hub.campaigns = {day.stage.campaign}; }
    void give(StageBus* to) {
        hub.give(day.stage.march, to, day.stage.clock.now());
        day.stage.settle();
    }
    std::unique_ptr<Seat> seat_there(std::optional<session::Grant> grant = std::nullopt) {
        auto seat = std::make_unique<Seat>(there.backend(0), std::move(grant));
        seat->clock_now = day.stage.clock.now();
        return seat;
    }
    StageHub hub;
    StageBus one{hub};
    StageBus other{hub};
    Day day{&one};
    shard::City& there{day.stage.another(other)};
};

std::size_t raised(const Seat& seat) {
    std::size_t count = 0;
    for (const fanout::LiveItem& item : seat.taken()) count += item.delivery == fanout::DeliveryClass::a ? 1 : 0;
    return count;
}

/// How often the march's log says that another keeps it.
std::size_t keepings(CityStage& stage) {
    std::size_t count = 0;
    stage.memory.read(stage.march, base::Seq{1}, 1'000, [&](const base::Result<store::Entries>& read) {
        for (const store::StoredEntry& stored : read.value()) {
            const auto entry = wire::decode_stored(stored.bytes).value();
            if (std::holds_alternative<core::KeeperChanged>(entry.event)) ++count;
        }
    });
    stage.settle();
    return count;
}

TEST_CASE("a march is open where somebody wants it and is closed when nobody has for a minute", "[scenario][servers]") {
    TwoServers servers;
    CHECK(servers.there.counts().marches == 0);
    CHECK(servers.there.counts().campaigns == 1);
    auto follower = servers.seat_there();
    const auto subscription = follower->open(servers.day.stage.feed(FeedKind::public_feed));
    servers.day.stage.settle();
    REQUIRE(follower->opened.size() == 1);
    CHECK(servers.there.counts().marches == 1);
    servers.day.stage.wait(base::limits::desk_idle + base::seconds(5));
    CHECK(servers.there.counts().marches == 1);
    follower->close(subscription, servers.day.stage.feed(FeedKind::public_feed));
    servers.day.stage.wait(base::limits::desk_idle + base::seconds(2));
    CHECK(servers.there.counts().marches == 0);
    CHECK(servers.other.listening() == 1);  // to the campaign's rows alone
}

TEST_CASE("a march that a server keeps stays open there though nobody watches", "[scenario][servers]") {
    TwoServers servers;
    servers.give(&servers.other);
    servers.day.stage.wait(base::limits::desk_idle * 3);
    CHECK(servers.there.counts().marches == 1);
    CHECK(servers.there.counts().kept == 1);
    servers.give(&servers.one);
    servers.day.stage.wait(base::limits::desk_idle * 2);
    CHECK(servers.there.counts().marches == 0);
    CHECK(servers.day.stage.city->counts().kept == 1);
}

TEST_CASE("a feed, a command and a page of a march that is not open wait until it is", "[scenario][servers]") {
    TwoServers servers;
    auto lead = servers.seat_there(servers.day.lead_grant);
    const auto id = lead->run(servers.day.stage.march, core::PostNotice{core::Severity::info, {}, "Water.", {}});
    servers.day.stage.settle();
    REQUIRE(lead->reply_to(id).has_value());
    CHECK(lead->reply_to(id)->has_value());
    const auto nowhere = lead->run({servers.day.stage.campaign.campaign, base::Slug::parse("nowhere").value()},
                                   core::PostNotice{core::Severity::info, {}, "Water.", {}});
    servers.day.stage.settle();
    CHECK(lead->reply_to(nowhere)->error().code == base::RefusalCode::not_found);
}

TEST_CASE("a server that is lost and a bus that is late are told once to the leads of a large march",
          "[scenario][servers]") {
    TwoServers servers;
    Day& day = servers.day;
    servers.give(&servers.one);
    day.march_off();
    day.stage.must(*day.lead, core::SetPolicy{core::AlertPreset::large});
    auto lead = servers.seat_there(day.lead_grant);
    lead->open(day.stage.feed(FeedKind::ops));
    day.stage.settle();
    const std::size_t before = raised(*lead);
    servers.hub.peers = {base::Millis{900}, 1};
    servers.give(&servers.one);
    day.stage.wait(base::seconds(5));
    CHECK(says(day.stage.state(), "BUS_LAG"));
    CHECK(says(day.stage.state(), "INSTANCE_LOST"));
    CHECK(raised(*lead) == before + 2);
    servers.hub.peers = {};
    servers.give(&servers.one);
    day.stage.wait(base::limits::bus_lag_for * 2 + base::seconds(2));
    CHECK(raised(*lead) == before + 2);
    CHECK_FALSE(says(day.stage.state(), "BUS_LAG"));
    CHECK_FALSE(says(day.stage.state(), "INSTANCE_LOST"));
}

TEST_CASE("an alert is raised by the server that keeps the march and by no other", "[scenario][servers]") {
    TwoServers servers;
    Day& day = servers.day;
    servers.give(&servers.one);
    day.march_off();
    auto lead = servers.seat_there(day.lead_grant);
    lead->open(day.stage.feed(FeedKind::ops));
    day.stage.settle();
    // Phones in pockets are silent and no alarm: what is awaited here is what people say.
    for (auto* seat : {day.lead.get(), day.section.get(), day.anna.get(), day.ben.get()}) seat->pocket();
    day.stage.settle();
    servers.give(nullptr);
    const auto silence = base::limits::check_in_every_marching + base::limits::check_in_grace + base::minutes(1);
    day.stage.wait(silence);
    CHECK(raised(*lead) == 0);

    // Time in which nobody kept it counts towards no deadline.
    servers.hub.give(day.stage.march, &servers.other, day.stage.clock.now() - silence);
    day.stage.wait(base::minutes(5));
    CHECK(raised(*lead) == 0);
    day.stage.wait(silence);
    const std::size_t once = raised(*lead);
    CHECK(once > 0);
    servers.give(&servers.one);
    day.stage.wait(base::minutes(1));
    CHECK(raised(*lead) == once);
}

TEST_CASE("of two servers that believe to keep a march the one that was overtaken stands aside",
          "[scenario][servers]") {
    // It took the keeping back with a higher term, the other did too, and so on at each beat: a server that stood still
    // for longer than its lease hears of the new keeper before its own bus tells it that the lease has ended.
    TwoServers servers;
    Day& day = servers.day;
    servers.give(&servers.one);
    day.march_off();
    auto lead = servers.seat_there(day.lead_grant);
    lead->open(day.stage.feed(FeedKind::ops));
    day.stage.settle();
    const std::size_t before = keepings(day.stage);
    servers.hub.keepers[day.stage.march] = {&servers.other, day.stage.clock.now()};
    servers.other.tell_duties();  // and nobody tells the one
    day.stage.wait(base::seconds(10));
    CHECK(keepings(day.stage) == before + 1);
    CHECK(day.stage.city->counts().kept == 0);
    CHECK(servers.there.counts().kept == 1);
    day.stage.wait(base::limits::check_in_every_marching + base::limits::check_in_grace + base::minutes(1));
    const std::size_t once = raised(*lead);
    CHECK(once > 0);

    // The next duties say who it is.
    servers.give(&servers.one);
    day.stage.wait(base::seconds(10));
    CHECK(day.stage.city->counts().kept == 1);
    CHECK(servers.there.counts().kept == 0);
}

TEST_CASE("a position that one server hears is seen on the other, and the public column is the keeper's",
          "[scenario][servers]") {
    TwoServers servers;
    Day& day = servers.day;
    servers.give(&servers.one);
    day.march_off();
    auto lead = servers.seat_there(day.lead_grant);
    lead->open(day.stage.feed(FeedKind::ops));
    day.stage.settle();
    const std::size_t before = lead->newest.size();
    day.anna->report(day.stage.march, {{{38.627, -90.199}, 8, day.stage.clock.now()}});
    day.stage.settle();
    CHECK(lead->newest.size() > before);
}

TEST_CASE("a server that does not hear the others takes no command of staff and shows no position",
          "[scenario][servers]") {
    TwoServers servers;
    Day& day = servers.day;
    servers.give(&servers.one);
    day.march_off();
    day.lead->open(day.stage.feed(FeedKind::ops));
    day.stage.settle();
    day.stage.log.cut_off(true);
    const auto id = day.lead->run(day.stage.march, core::PostNotice{core::Severity::info, {}, "Water.", {}});
    day.stage.settle();
    REQUIRE(day.lead->reply_to(id).has_value());
    REQUIRE(day.lead->reply_to(id)->has_error());
    CHECK(day.lead->reply_to(id)->error().code == base::RefusalCode::unavailable);
    const std::size_t before = day.lead->newest.size();
    day.anna->report(day.stage.march, {{{38.627, -90.199}, 8, day.stage.clock.now()}});
    day.stage.settle();
    CHECK(day.lead->newest.size() == before);
    // Nor one that another server has heard.
    servers.other.tell(day.stage.march,
                       wire::encode_bus(wire::PositionsTold{day.ben_grant.actor.person,
                                                            {{{38.627, -90.199}, 8, day.stage.clock.now()}}}));
    day.stage.settle();
    CHECK(day.lead->newest.size() == before);

    day.stage.log.cut_off(false);
    day.stage.must(*day.lead, core::PostNotice{core::Severity::info, {}, "Water.", {}});
    day.anna->report(day.stage.march, {{{38.627, -90.199}, 8, day.stage.clock.now()}});
    day.stage.settle();
    CHECK(day.lead->newest.size() > before);
}

TEST_CASE("for 90 s after a server took over, and after it was cut off, the column says that it is stale",
          "[scenario][servers]") {
    TwoServers servers;
    Day& day = servers.day;
    servers.give(&servers.one);
    day.march_off();
    auto lead = servers.seat_there(day.lead_grant);
    lead->open(day.stage.feed(FeedKind::ops), std::nullopt, wire::Encoding::json);
    day.stage.wait(base::minutes(5));
    const auto is_stale = [&] {
        lead->newest.clear();
        day.stage.wait(base::seconds(1));
        CHECK(says(lead->newest, "opsColumn"));
        return says(lead->newest, "stale");
    };
    CHECK_FALSE(is_stale());
    servers.give(&servers.other);
    CHECK(is_stale());
    day.stage.wait(base::limits::telemetry_unsure - base::seconds(5));
    CHECK(is_stale());
    day.stage.wait(base::seconds(5));
    CHECK_FALSE(is_stale());
}

TEST_CASE("the overview shows how many follow a march on all servers, rounded", "[scenario][servers]") {
    TwoServers servers;
    Day& day = servers.day;
    servers.give(&servers.one);
    std::vector<std::unique_ptr<Seat>> seats;
    for (int i = 0; i < 7; ++i) {
        seats.push_back(servers.seat_there());
        seats.back()->open(day.stage.feed(FeedKind::public_feed));
    }
    for (int i = 0; i < 6; ++i) {
        seats.push_back(day.stage.seat());
        seats.back()->open(day.stage.feed(FeedKind::public_feed));
    }
    auto watcher = servers.seat_there();
    watcher->open(day.stage.feed(FeedKind::overview), std::nullopt, wire::Encoding::json);
    day.stage.wait(base::seconds(12));
    CHECK(says(watcher->newest, "\"followersRounded\":15"));
    seats.clear();
    day.stage.wait(base::limits::followers_told_life + base::seconds(7));
    auto late = servers.seat_there();
    late->open(day.stage.feed(FeedKind::overview), std::nullopt, wire::Encoding::json);
    day.stage.settle();
    CHECK(says(late->newest, "overviewRows"));
    CHECK_FALSE(says(late->newest, "followersRounded"));
}

TEST_CASE("a row that did not reach a server by word is on its boards a few seconds later", "[scenario][servers]") {
    TwoServers servers;
    servers.hub.is_mute = true;
    servers.give(&servers.one);
    servers.day.stage.wait(base::seconds(10));
    auto follower = servers.seat_there();
    follower->open(servers.day.stage.feed(FeedKind::overview));
    servers.day.stage.settle();
    CHECK(says(follower->newest, "St. Louis"));
}

TEST_CASE("a keeper's first row is told though its server has not opened the campaign yet", "[scenario][servers]") {
    StageHub hub;
    StageBus one(hub);
    StageBus other(hub);
    CityStage stage(1, &one);
    const shard::City& keeper = stage.another(other);
    stage.create_campaign();
    stage.create_march();
    REQUIRE(keeper.counts().campaigns == 0);
    hub.give(stage.march, &other, stage.clock.now());
    stage.wait(base::seconds(2));
    CHECK(hub.rows[stage.campaign].size() == 1);
}

TEST_CASE("the boards of a server that comes later show what was told before", "[scenario][servers]") {
    TwoServers servers;
    servers.give(&servers.one);
    servers.day.stage.wait(base::seconds(10));
    StageBus late(servers.hub);
    shard::City& third = servers.day.stage.another(late);
    Seat follower(third.backend(0), std::nullopt);
    follower.open(servers.day.stage.feed(FeedKind::overview));
    servers.day.stage.settle();
    CHECK(says(follower.newest, "St. Louis"));
}

}  // namespace
}  // namespace marchwire::test
