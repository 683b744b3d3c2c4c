// The end of a march's log: exported or given up, warned of, shredded, and gone from every server (DOMAIN, retention).
#include "base/limits.hpp"
#include "day.hpp"
#include "support/flag_day.hpp"
#include "support/stage_bus.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace marchwire::test {
namespace {

using base::RefusalCode;
using wire::FeedKind;

enum class Occasion { march, drill };

/// A march that was closed, with its lead, a marshal and the national desk.
struct EndedMarch {
    CityStage stage;
    session::Grant lead_grant, anna_grant, desk_grant;
    std::unique_ptr<Seat> lead, anna, desk;

    explicit EndedMarch(Occasion kind, bus::Bus* bus = nullptr, StageHub* hub = nullptr) : stage(2, bus) {
        stage.create_campaign();
        stage.create_march(kind == Occasion::drill);
        if (hub != nullptr) hub->campaigns = {stage.campaign};
        if (hub != nullptr) hub->give(stage.march, dynamic_cast<StageBus*>(bus), stage.clock.now());
        lead_grant = stage.person("lead", core::Role::city_lead);
        anna_grant = stage.person("anna", core::Role::side);
        desk_grant = stage.person("desk", core::Role::national_desk, true);
        stage.assign(lead_grant, "lead", 0);
        stage.assign(anna_grant, "anna", 1);
        sit_down();
        std::uint32_t version = 0;
        for (const core::Phase to : {core::Phase::assembling, core::Phase::marching, core::Phase::dispersing}) {
            stage.must(*lead, core::AdvancePhase{to, ++version, {}});
        }
        stage.must(*lead, core::AdvancePhase{core::Phase::closed, ++version, stage.march.march.text()});
        stage.wait(base::seconds(2));
    }
    void sit_down() {
        lead = stage.seat(lead_grant, 0);
        anna = stage.seat(anna_grant, 1);
        desk = stage.seat(desk_grant, 1);
    }
    void hang_up() {
        lead.reset();
        anna.reset();
        desk.reset();
    }
    /// Time in which nothing but the clock moves, then a few seconds.
    void pass(base::Millis time) {
        stage.clock.advance(time);
        stage.wait(base::seconds(3));
    }
    [[nodiscard]] bool is_stored() {
        std::vector<base::LogId> logs;
        stage.memory.list([&](const auto& listed) { logs = listed.value(); });
        stage.settle();
        return std::ranges::find(logs, stage.march) != logs.end();
    }
    /// What an answer to this person is refused by.
    [[nodiscard]] RefusalCode refusal(Seat& seat) {
        return stage.refused(seat, core::HoldRetention{"an inquiry"}).code;
    }
};

constexpr base::Millis told_and_gone = base::limits::shred_heard + base::seconds(5);

}  // namespace

TEST_CASE("a drill is gone a day after it was closed with its rows and tokens", "[scenario][retention]") {
    EndedMarch ended(Occasion::drill);
    ended.desk->open(ended.stage.feed(FeedKind::desk), std::nullopt, wire::Encoding::json);
    ended.lead->open(ended.stage.feed(FeedKind::ops));
    ended.stage.settle();
    REQUIRE(says(ended.desk->newest, "st-louis-mo"));
    ended.pass(base::hours(23));
    CHECK_FALSE(ended.anna->revoked);
    ended.desk->newest.clear();

    ended.pass(base::hours(1));
    CHECK(ended.lead->revoked);
    CHECK(ended.anna->revoked);
    CHECK_FALSE(ended.desk->revoked);
    CHECK(says(ended.desk->newest, "\"gone\":[\"st-louis-mo\"]"));
    REQUIRE(ended.lead->refused_feeds.size() == 1);
    CHECK(says(ended.lead->refused_feeds.front().refusal.message, "deleted after its time"));
    // Other servers hear of it first.
    CHECK(ended.is_stored());
    CHECK(ended.refusal(*ended.desk) == RefusalCode::not_found);
    ended.stage.wait(told_and_gone);
    CHECK_FALSE(ended.is_stored());
    CHECK(ended.stage.city->counts().marches == 0);
    CHECK(ended.refusal(*ended.desk) == RefusalCode::not_found);
}

TEST_CASE("a march that nobody has exported stays and its leads are warned", "[scenario][retention]") {
    EndedMarch ended(Occasion::march);
    ended.pass(base::hours(24 * 28) - base::minutes(1));
    CHECK_FALSE(says(ended.stage.state(), "RETENTION_ENDING"));
    ended.pass(base::minutes(1));
    CHECK(says(ended.stage.state(), "RETENTION_ENDING"));
    ended.pass(base::hours(24 * 60));
    ended.stage.wait(told_and_gone);
    CHECK(ended.is_stored());
    CHECK_FALSE(ended.anna->revoked);

    // What is waited for is somebody's word.
    ended.stage.must(*ended.desk, core::WaiveExport{ended.stage.march.march.text()});
    ended.stage.wait(told_and_gone);
    CHECK_FALSE(ended.is_stored());
    CHECK(ended.anna->revoked);
}

TEST_CASE("a march that is gone is on no board and no page and one of its name may be made", "[scenario][retention]") {
    EndedMarch ended(Occasion::march);
    auto follower = ended.stage.seat();
    follower->open(ended.stage.feed(FeedKind::public_feed));
    follower->open(ended.stage.feed(FeedKind::overview), std::nullopt, wire::Encoding::json);
    ended.stage.settle();
    REQUIRE(says(follower->newest, "st-louis-mo"));
    const std::string page = "/v1/marches/flag-day-2018/st-louis-mo";
    REQUIRE(ended.stage.page(page).status == 200);
    ended.stage.must(*ended.desk, core::RecordExport{std::string(64, 'a')});
    follower->newest.clear();
    ended.pass(base::hours(24 * 30));
    CHECK(says(follower->newest, "\"gone\":[\"st-louis-mo\"]"));
    CHECK(follower->refused_feeds.size() == 1);
    CHECK(ended.stage.page(page).status == 404);
    CHECK_FALSE(says(ended.stage.page("/").body, "st-louis-mo"));
    ended.stage.wait(told_and_gone);
    CHECK(ended.stage.page(page).status == 404);

    ended.stage.create_march();
    CHECK(ended.stage.page(page).status == 200);
    CHECK(says(ended.stage.page("/").body, "st-louis-mo"));
    const auto again = ended.stage.person("anna", core::Role::side);
    ended.stage.assign(again, "anna", 1);
    const auto anna = ended.stage.seat(again);
    ended.stage.must(*anna, core::CheckIn{});
}

TEST_CASE("a server that was killed before the log was gone deletes it when it is back", "[scenario][retention]") {
    EndedMarch ended(Occasion::drill);
    ended.pass(base::hours(24));
    REQUIRE(ended.anna->revoked);
    REQUIRE(ended.is_stored());
    ended.hang_up();
    if (GENERATE(false, true)) {
        ended.stage.crash();
    } else {
        ended.stage.go_down();
    }
    REQUIRE(ended.stage.come_up(ended.stage.clock.now()).has_value());
    ended.stage.wait(told_and_gone);
    CHECK_FALSE(ended.is_stored());
    REQUIRE(ended.stage.come_up(ended.stage.clock.now()).has_value());
    CHECK(ended.stage.city->counts().marches == 0);
}

TEST_CASE("the next keeper finishes what one that was killed had begun", "[scenario][retention][servers]") {
    StageHub hub;
    StageBus one{hub}, other{hub};
    EndedMarch ended(Occasion::march, &one, &hub);
    shard::City& there = ended.stage.another(other);
    ended.stage.must(*ended.desk, core::WaiveExport{ended.stage.march.march.text()});
    auto follower = std::make_unique<Seat>(there.backend(0), std::nullopt);
    follower->open(ended.stage.feed(FeedKind::public_feed));
    follower->open(ended.stage.feed(FeedKind::overview), std::nullopt, wire::Encoding::json);
    ended.stage.settle();
    REQUIRE(says(follower->newest, "st-louis-mo"));
    ended.pass(base::hours(24 * 30));
    // The other server has heard it: nobody follows a march there that is no more.
    CHECK(follower->refused_feeds.size() == 1);
    CHECK(says(follower->newest, "\"gone\":[\"st-louis-mo\"]"));
    REQUIRE(ended.is_stored());

    hub.give(ended.stage.march, nullptr, ended.stage.clock.now());
    ended.stage.wait(told_and_gone);
    CHECK(ended.is_stored());
    hub.give(ended.stage.march, &other, ended.stage.clock.now());
    ended.stage.wait(told_and_gone);
    CHECK_FALSE(ended.is_stored());
    // Nobody takes it for a log that was lost.
    ended.stage.wait(base::limits::desk_idle);
    CHECK_FALSE(ended.is_stored());
    CHECK(there.counts().marches + ended.stage.city->counts().marches == 0);
    CHECK(there.counts().repairs + ended.stage.city->counts().repairs == 0);
}

TEST_CASE("a log that was shredded while its server heard nothing is not brought back",
          "[scenario][retention][servers]") {
    StageHub hub;
    StageBus one{hub};
    EndedMarch ended(Occasion::march, &one, &hub);
    ended.lead->open(ended.stage.feed(FeedKind::ops));
    ended.stage.settle();
    REQUIRE(ended.lead->opened.size() == 1);
    ended.stage.memory.shred(ended.stage.march, [](const auto&) {});
    ended.stage.wait(base::seconds(20));
    CHECK_FALSE(ended.is_stored());
    CHECK(ended.lead->refused_feeds.size() == 1);
    CHECK(ended.stage.city->counts().repairs == 0);
    CHECK(ended.stage.city->counts().marches == 0);
}

}  // namespace marchwire::test
