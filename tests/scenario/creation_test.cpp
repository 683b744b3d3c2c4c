// Campaigns and marches come into being: listed, then made, each on a topic base of its own.
#include "city_stage.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <optional>
#include <string>

using namespace marchwire;
using Json = nlohmann::json;
using test::CityStage;

namespace {

Json state_of(CityStage& stage, const base::LogId& log) {
    std::optional<base::Result<std::string>> answer;
    stage.city->state_json(log, [&](auto outcome) { answer = std::move(outcome); });
    stage.settle();
    REQUIRE(answer.has_value());
    REQUIRE(answer->has_value());
    return Json::parse(**answer);
}

std::uint32_t listed_base(CityStage& stage) {
    const Json campaign = state_of(stage, stage.campaign);
    REQUIRE(campaign.at("marches").size() == 1);
    return campaign.at("marches").at(0).at("topicBase").get<std::uint32_t>();
}

core::CreateCampaign flag_day() {
    core::CreateCampaign create;
    create.spec.name = "Flag Day";
    return create;
}

core::CreateMarch st_louis() {
    core::CreateMarch create;
    create.spec.city = "St. Louis";
    create.spec.state = "MO";
    create.spec.tz = "America/Chicago";
    return create;
}

/// The base under which a march sends to the public: that of its first public item.
std::uint32_t live_base(CityStage& stage) {
    auto follower = stage.seat();
    follower->open(stage.feed(wire::FeedKind::public_feed));
    stage.settle();
    REQUIRE(follower->opened.size() == 1);
    stage.host(stage.march, core::PostNotice{core::Severity::info, {}, "Bring water", {}});
    const auto taken = follower->taken();
    REQUIRE(taken.size() == 1);
    return taken.front().topic.value & 0xFFFF0000U;
}

}  // namespace

TEST_CASE("a march is listed and made on one topic base that the city chooses", "[creation]") {
    CityStage stage;
    stage.host(stage.campaign, flag_day());
    stage.host(stage.campaign, core::ListMarch{stage.march.march, 0});
    stage.host(stage.march, st_louis());
    CHECK(listed_base(stage) != 0);
    CHECK(live_base(stage) == listed_base(stage));
    CHECK(state_of(stage, stage.campaign).at("topicBase") != listed_base(stage));
}

TEST_CASE("a march that was listed before a crash is made on the listed topic base", "[creation]") {
    CityStage stage;
    stage.host(stage.campaign, flag_day());
    stage.host(stage.campaign, core::ListMarch{stage.march.march, 0});
    const auto listed = listed_base(stage);
    stage.crash();
    REQUIRE(stage.come_up().has_value());

    // Nobody else gets it meanwhile.
    const base::LogId other{stage.campaign.campaign, base::Slug::parse("reno-nv").value()};
    core::CreateMarch greedy = st_louis();
    greedy.topic_base = listed;
    CHECK(stage.try_host(other, greedy).error().code == base::RefusalCode::conflict);

    stage.host(stage.march, st_louis());
    CHECK(listed_base(stage) == listed);
    CHECK(live_base(stage) == listed);
}

TEST_CASE("a refused creation can be put right and goes on with the listed topic base", "[creation]") {
    CityStage stage;
    stage.host(stage.campaign, flag_day());
    stage.host(stage.campaign, core::ListMarch{stage.march.march, 0});
    core::CreateMarch nowhere = st_louis();
    nowhere.spec.tz.clear();
    CHECK(stage.try_host(stage.march, nowhere).error().field == "spec.tz");
    stage.host(stage.march, st_louis());
    CHECK(live_base(stage) == listed_base(stage));
}

TEST_CASE("what exists is not made a second time, whatever topic base is named", "[creation]") {
    CityStage stage;
    stage.host(stage.campaign, flag_day());
    CHECK(stage.try_host(stage.campaign, flag_day()).error().code == base::RefusalCode::conflict);
    stage.host(stage.campaign, core::ListMarch{stage.march.march, 0});
    const auto again = stage.try_host(stage.campaign, core::ListMarch{stage.march.march, 0});
    CHECK(again.error().field == "march");
    stage.host(stage.march, st_louis());
    const auto twice = stage.try_host(stage.march, st_louis());
    REQUIRE(twice.has_error());
    CHECK(twice.error().code == base::RefusalCode::conflict);
    CHECK(live_base(stage) == listed_base(stage));
}

TEST_CASE("a campaign is not made on a march's name, nor a march on a campaign's", "[creation]") {
    CityStage stage;
    CHECK(stage.try_host(stage.march, flag_day()).error().field == "log");
    CHECK(stage.try_host(stage.campaign, st_louis()).error().field == "log");
    stage.host(stage.campaign, flag_day());
}
