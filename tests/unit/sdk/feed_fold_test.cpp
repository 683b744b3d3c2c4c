// A feed's fold as the app meets it: snapshots, rows of many marches, and JSON.
#include "fold_fixture.hpp"

#include <nlohmann/json.hpp>

namespace marchwire::sdk::test {
namespace {

using nlohmann::json;

constexpr Position somewhere{2, 41, 7};

v1::Item overview(const std::string& rows) {
    return proto<v1::Item>("overview_rows { campaign: 'flag-day-2018' " + rows + " }");
}
v1::Item desk(const std::string& rows) {
    return proto<v1::Item>("desk_rows { campaign: 'flag-day-2018' " + rows + " }");
}

TEST_CASE("a fold is not whole before its snapshot and says nothing", "[sdk][fold]") {
    for (const auto kind :
         {FeedKind::public_feed, FeedKind::ops, FeedKind::marshal, FeedKind::overview, FeedKind::desk}) {
        const FeedFold fold(kind);
        CHECK_FALSE(fold.is_whole());
        CHECK(fold.json(somewhere).empty());
        CHECK_FALSE(fold.march());
        CHECK(fold.rows().empty());
    }
}

TEST_CASE("a snapshot replaces all that was folded", "[sdk][fold]") {
    FeedFold fold(FeedKind::public_feed);
    REQUIRE(fold.replace(proto<v1::PublicSnapshot>(R"(march: "reno-nv" notices { number: 1 })").SerializeAsString()));
    CHECK(fold.apply(proto<v1::Item>("public_item { notice { number: 2 } }")) == FoldResult::folded);
    REQUIRE(fold.march());
    CHECK(fold.march()->notices.size() == 2);
    REQUIRE(fold.replace(proto<v1::PublicSnapshot>(R"(march: "reno-nv" phase { phase: RALLY })").SerializeAsString()));
    CHECK(fold.march()->notices.empty());
    CHECK(fold.march()->phase == Phase::rally);
}

TEST_CASE("bytes that are no snapshot leave the fold as it was", "[sdk][fold]") {
    FeedFold fold(FeedKind::ops);
    REQUIRE(fold.replace(proto<v1::OpsSnapshot>("sections: 5").SerializeAsString()));
    CHECK_FALSE(fold.replace("\xff\xff\xff"));
    CHECK(json::parse(fold.json(somewhere)).at("sections") == 5);
    CHECK_FALSE(FeedFold(FeedKind::overview).replace(""));  // rows have no snapshot
}

TEST_CASE("the JSON of a fold bears the position that it stands at", "[sdk][fold]") {
    FeedFold fold(FeedKind::marshal);
    REQUIRE(fold.replace(proto<v1::MarshalSnapshot>("self { person: 3 } position { seq: 1 }").SerializeAsString()));
    const json state = json::parse(fold.json(somewhere));
    CHECK(state.at("self").at("person") == "3");
    CHECK(state.at("position") == json{{"epoch", 2}, {"seq", "41"}, {"digest", "7"}});
}

TEST_CASE("what was held is void when the fold is cleared", "[sdk][fold]") {
    FeedFold fold(FeedKind::overview);
    CHECK(fold.apply(overview("whole: true rows { march: 'reno-nv' }")) == FoldResult::folded);
    fold.clear();
    CHECK_FALSE(fold.is_whole());
    CHECK(fold.rows().empty());
}

TEST_CASE("each kind of feed takes its own items and passes the others by", "[sdk][fold]") {
    FeedFold fold(FeedKind::overview);
    CHECK(fold.apply(desk("whole: true rows { march: 'reno-nv' }")) == FoldResult::folded);
    CHECK(fold.apply(entry("sections_set { sections: 8 }")) == FoldResult::folded);
    CHECK(fold.apply(of_the_future()) == FoldResult::folded);
    CHECK_FALSE(fold.is_whole());
    FeedFold open(FeedKind::public_feed);
    REQUIRE(open.replace(""));
    CHECK(open.apply(entry("notice_posted { notice { number: 1 } }")) == FoldResult::folded);
    CHECK(open.march()->notices.empty());
}

TEST_CASE("an overview is whole with the first whole rows and keeps the newest row of each march", "[sdk][fold]") {
    FeedFold fold(FeedKind::overview);
    CHECK(fold.apply(overview("rows { march: 'reno-nv' }")) == FoldResult::folded);
    CHECK_FALSE(fold.is_whole());
    CHECK(fold.apply(overview(R"(name: 'Flag Day' whole: true
        rows { march: 'st-louis-mo' city: 'St. Louis' phase { phase: PLANNED } }
        rows { march: 'dallas-tx' city: 'Dallas' phase { phase: PLANNED } on_duty_rounded: 20 })")) ==
          FoldResult::folded);
    CHECK(fold.is_whole());
    CHECK(fold.apply(overview(R"(rows { march: 'st-louis-mo' city: 'St. Louis' phase { phase: MARCHING }
                                        column { head_metres: 400 moving: true } })")) == FoldResult::folded);
    const auto rows = fold.rows();  // by march; reno-nv was in no whole set
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].march == "dallas-tx");
    CHECK(rows[0].on_duty == 20);
    CHECK(rows[1].march == "st-louis-mo");
    CHECK(rows[1].phase == Phase::marching);
    CHECK(rows[1].head_metres == 400U);
    const json state = json::parse(fold.json(somewhere));
    CHECK(state.at("name") == "Flag Day");  // rows that changed do not repeat it
    CHECK(state.at("whole") == true);
    CHECK(state.at("rows").size() == 2);
}

TEST_CASE("whole rows of an overview take away a march that is not among them", "[sdk][fold]") {
    FeedFold fold(FeedKind::overview);
    CHECK(fold.apply(overview("whole: true rows { march: 'a' } rows { march: 'b' }")) == FoldResult::folded);
    CHECK(fold.apply(overview("whole: true rows { march: 'b' }")) == FoldResult::folded);
    REQUIRE(fold.rows().size() == 1);
    CHECK(fold.rows()[0].march == "b");
}

TEST_CASE("a desk keeps the newest row of each march with its open alerts", "[sdk][fold]") {
    FeedFold fold(FeedKind::desk);
    CHECK(fold.apply(desk(R"(whole: true rows { march: 'reno-nv' roster: 12 on_duty: 9 }
                             rows { march: 'dallas-tx' roster: 30 })")) == FoldResult::folded);
    CHECK(fold.apply(desk(R"(rows { march: 'reno-nv' roster: 12 on_duty: 8 overdue: 1
                                    alerts { key { kind: CHECKIN_MISSED subject: 4 } } })")) == FoldResult::folded);
    const auto rows = fold.rows();
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].march == "dallas-tx");
    CHECK(rows[0].alerts == 0);
    CHECK(rows[1].on_duty == 8);
    CHECK(rows[1].overdue == 1);
    CHECK(rows[1].alerts == 1);
    CHECK(json::parse(fold.json(somewhere)).at("campaign") == "flag-day-2018");
    CHECK(fold.apply(desk("whole: true")) == FoldResult::folded);
    CHECK(fold.rows().empty());
    CHECK(fold.is_whole());
}

}  // namespace
}  // namespace marchwire::sdk::test
