// What feeds give beside their entries: how far the log is, history, positions, and what is said when a log or a server
// is not what it was.
#include "day.hpp"

#include "base/limits.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>
#include <vector>

using namespace marchwire;
using core::Phase;
using test::Day;
using test::says;
using wire::FeedKind;

namespace {

core::Fix fix_at(const Day& day, double lat, double lon) { return {{lat, lon}, 10, day.stage.clock.now()}; }

/// Entries of a history, by seq, as the client would take them.
std::size_t entries_in(const test::Seat& seat) {
    REQUIRE(seat.histories.size() == 1);
    REQUIRE_FALSE(seat.histories[0].refusal.has_value());
    return seat.histories[0].items.size();
}

}  // namespace

TEST_CASE("a marshal hears how far the log is though its entries are hidden", "[scenario][feeds]") {
    Day day;
    day.march_off();
    day.anna->open(day.stage.feed(FeedKind::marshal));
    day.lead->open(day.stage.feed(FeedKind::ops));
    day.stage.settle();
    day.anna->items.clear();
    // A draft of a route is for those who decide on it.
    auto line = std::make_shared<core::RouteLine>();
    line->points = {{38.6256, -90.1892}, {38.6283, -90.2010}};
    day.stage.host(day.stage.march, core::ImportRoute{line});
    CHECK(day.anna->items.empty());
    day.stage.wait(base::seconds(2));
    REQUIRE_FALSE(day.anna->items.empty());
    const fanout::LiveItem& hint = day.anna->items.back();
    CHECK_FALSE(hint.messages[0]);
    CHECK_FALSE(hint.messages[1]);
    CHECK(hint.position.seq == day.lead->taken().back().position.seq);
}

TEST_CASE("all who come while a march stands still are given one snapshot, on every shard", "[scenario][feeds]") {
    Day day;
    const auto notice = [&] {
        day.stage.must(*day.lead, core::PostNotice{core::Severity::info, {}, "Water at the arch", {}});
    };
    notice();
    std::vector<std::unique_ptr<test::Seat>> crowd;
    const auto come = [&](wire::Encoding encoding) {
        crowd.push_back(day.stage.seat(std::nullopt, crowd.size() % 2));
        crowd.back()->open(day.stage.feed(FeedKind::public_feed), std::nullopt, encoding);
        day.stage.settle();
        return crowd.back()->opened.at(0).snapshot;
    };
    const session::SnapshotPieces first = come(wire::Encoding::proto);
    for (int i = 0; i < 100; ++i) CHECK(come(wire::Encoding::proto) == first);  // the same bytes, not equal ones
    notice();
    CHECK_FALSE(crowd.front()->taken().back().messages[1]);  // nobody reads JSON
    CHECK(come(wire::Encoding::proto) != first);
    const session::SnapshotPieces in_json = come(wire::Encoding::json);
    CHECK(come(wire::Encoding::json) == in_json);
    notice();
    CHECK(crowd.front()->taken().back().messages[1]);
}

TEST_CASE("a server that goes down spreads its clients over the delay", "[scenario][feeds]") {
    Day day;
    std::vector<std::unique_ptr<test::Seat>> crowd;
    for (int i = 0; i < 20; ++i) crowd.push_back(day.stage.seat(std::nullopt, 0));
    bool stopped = false;
    day.stage.city->stop(base::seconds(4), [&](const base::Result<void>&) { stopped = true; });
    day.stage.settle();
    CHECK(stopped);
    std::set<std::int64_t> delays;
    for (const auto& seat : crowd) {
        REQUIRE(seat->drained.has_value());
        CHECK(seat->drained->value >= 4'000);
        CHECK(seat->drained->value < 8'000);
        delays.insert(seat->drained->value);
    }
    CHECK(delays.size() == crowd.size());  // no two at once
    CHECK(*delays.rbegin() - *delays.begin() > 2'000);
    // What comes too late is told to come again, under the same id.
    const auto id = day.anna->run(day.stage.march, core::CheckIn{});
    day.stage.settle();
    REQUIRE(day.anna->reply_to(id).has_value());
    CHECK(day.anna->reply_to(id)->error().code == base::RefusalCode::unavailable);
    crowd.clear();
    day.hang_up();
    day.stage.crash();
}

TEST_CASE("when stored entries are lost every open feed is told before its new snapshot", "[scenario][feeds]") {
    Day day;
    day.march_off();
    auto follower = day.stage.seat();
    follower->open(day.stage.feed(FeedKind::public_feed));
    day.lead->open(day.stage.feed(FeedKind::ops));
    day.anna->open(day.stage.feed(FeedKind::marshal));
    day.stage.settle();
    day.stage.log.disown_next_append();
    const auto id = day.ben->run(day.stage.march, core::CheckIn{});
    day.stage.settle();
    REQUIRE(day.ben->reply_to(id).has_value());
    CHECK(day.ben->reply_to(id)->error().code == base::RefusalCode::unavailable);
    for (const test::Seat* seat : {follower.get(), day.lead.get(), day.anna.get()}) {
        REQUIRE(seat->opened.size() == 2);
        CHECK(seat->opened[1].discontinuity == wire::DiscontinuityReason::history_changed);
        CHECK(seat->opened[1].snapshot != nullptr);
        CHECK_FALSE(seat->opened[1].resumed);
    }
    // And the march goes on from what is stored.
    day.stage.must(*day.ben, core::CheckIn{});
    CHECK_FALSE(day.lead->taken().empty());
}

TEST_CASE("history is read by those who may, and each sees what the own feed shows", "[scenario][feeds]") {
    Day day;
    day.march_off();
    SECTION("a lead reads every entry, in pages") {
        day.lead->history(day.stage.feed(FeedKind::ops), 1, 5);
        day.stage.settle();
        CHECK(entries_in(*day.lead) == 5);
        CHECK(day.lead->histories[0].more);
    }
    SECTION("a marshal reads what concerns the own section and the whole march") {
        day.anna->history(day.stage.feed(FeedKind::marshal), 1, 500);
        day.lead->history(day.stage.feed(FeedKind::ops), 1, 500);
        day.stage.settle();
        CHECK(entries_in(*day.anna) > 0);
        CHECK(entries_in(*day.anna) < entries_in(*day.lead));
        for (const std::string& item : day.anna->histories[0].items) CHECK_FALSE(says(item, "second lead"));
    }
    SECTION("a follower reads public items and nobody's name") {
        auto follower = day.stage.seat();
        follower->history(day.stage.feed(FeedKind::public_feed), 1, 500);
        day.stage.settle();
        CHECK(entries_in(*follower) == 3);  // created, assembling, marching
        for (const std::string& item : follower->histories[0].items) CHECK_FALSE(says(item, "anna"));
        CHECK_FALSE(follower->histories[0].more);
    }
    SECTION("a follower's wish for the entries behind is refused") {
        auto follower = day.stage.seat();
        follower->history(day.stage.feed(FeedKind::ops), 1, 500);
        day.stage.settle();
        REQUIRE(follower->histories.size() == 1);
        REQUIRE(follower->histories[0].refusal.has_value());
        CHECK(follower->histories[0].refusal->code == base::RefusalCode::permission_denied);
        CHECK(follower->histories[0].items.empty());
    }
}

TEST_CASE("positions reach the dashboards of the city and nobody else, and are gone after two minutes",
          "[scenario][feeds]") {
    Day day;
    day.march_off();
    auto follower = day.stage.seat();
    follower->open(day.stage.feed(FeedKind::public_feed));
    day.lead->open(day.stage.feed(FeedKind::ops));
    day.anna->open(day.stage.feed(FeedKind::marshal));
    day.stage.settle();
    const std::size_t public_before = follower->newest.size();
    const std::size_t own_before = day.anna->newest.size();
    const std::size_t before = day.lead->newest.size();
    day.anna->report(day.stage.march, {fix_at(day, 38.6256, -90.1892)});
    day.stage.settle();
    CHECK(day.lead->newest.size() > before);
    CHECK(follower->newest.size() == public_before);
    CHECK(day.anna->newest.size() == own_before);
    CHECK(day.lead->items.empty());  // no entry was made of it

    // A dashboard that is opened now sees her, one that is opened after two minutes of silence does not.
    auto late = day.stage.seat(day.lead_grant, 1);
    late->open(day.stage.feed(FeedKind::ops));
    day.stage.settle();
    const std::size_t with_her = late->newest.size();
    day.stage.wait(base::limits::track_life + base::seconds(2));
    auto later = day.stage.seat(day.lead_grant, 0);
    later->open(day.stage.feed(FeedKind::ops));
    day.stage.settle();
    CHECK(with_her > later->newest.size());
}
