// A march's day over a whole city of shards: what people see of it, and what they never see.
#include "day.hpp"

#include "base/limits.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

using namespace marchwire;
using core::Phase;
using core::Role;
using test::CityStage;
using test::Day;
using test::says;
using test::text_of;
using wire::FeedKind;

namespace {

std::size_t alerts_seen(const test::Seat& seat) {
    return static_cast<std::size_t>(
        std::count_if(seat.items.begin(), seat.items.end(),
                      [](const fanout::LiveItem& item) { return item.delivery == fanout::DeliveryClass::a; }));
}

}  // namespace

TEST_CASE("a missed check-in that the buddy does not acknowledge goes to the section lead", "[scenario]") {
    Day day;
    day.march_off();
    for (auto* seat : {day.section.get(), day.anna.get(), day.ben.get()}) seat->open(day.stage.feed(FeedKind::marshal));
    day.stage.settle();
    REQUIRE(day.ben->opened.size() == 1);

    // Everybody but Anna checks in once more, so that she alone is missed.
    day.stage.wait(base::minutes(10));
    for (auto* seat : {day.lead.get(), day.section.get(), day.ben.get()}) day.stage.must(*seat, core::CheckIn{});
    const auto quiet_time = base::limits::check_in_every_marching + base::limits::check_in_grace - base::minutes(10);
    day.stage.wait(quiet_time - base::seconds(5));
    CHECK(alerts_seen(*day.ben) == 0);
    day.ben->items.clear();
    day.section->items.clear();
    day.stage.wait(base::seconds(10));
    CHECK(alerts_seen(*day.ben) > 0);
    CHECK(day.section->taken().empty());

    day.stage.wait(base::limits::ladder_step);
    CHECK_FALSE(day.section->taken().empty());

    // She checks in after all: the alert ends by itself.
    day.stage.must(*day.anna, core::CheckIn{});
    const core::AlertKey key{core::AlertKind::checkin_missed, day.anna_grant.actor.person};
    CHECK(day.stage.refused(*day.section, core::AckAlert{key, 3}).code == base::RefusalCode::not_found);
}

TEST_CASE("a buddy who acknowledges stops the ladder", "[scenario]") {
    Day day;
    day.march_off();
    day.section->open(day.stage.feed(FeedKind::marshal));
    day.stage.wait(base::minutes(10));
    for (auto* seat : {day.lead.get(), day.section.get(), day.ben.get()}) day.stage.must(*seat, core::CheckIn{});
    day.stage.wait(base::limits::check_in_every_marching + base::limits::check_in_grace - base::minutes(10) +
                   base::seconds(5));
    const core::AlertKey key{core::AlertKind::checkin_missed, day.anna_grant.actor.person};
    day.stage.must(*day.ben, core::AckAlert{key, 2});
    day.section->items.clear();
    day.stage.wait(base::limits::ladder_step + base::seconds(5));
    CHECK(alerts_seen(*day.section) == 0);
    CHECK(day.section->taken().empty());
}

TEST_CASE("a client that was away resumes without a gap", "[scenario]") {
    Day day;
    day.march_off();
    const auto kind = GENERATE(FeedKind::ops, FeedKind::public_feed, FeedKind::marshal);
    test::Seat& client = kind == FeedKind::marshal ? *day.anna : *day.lead;
    const auto subscription = client.open(day.stage.feed(kind));
    day.stage.settle();
    REQUIRE(client.opened.size() == 1);
    CHECK_FALSE(client.opened[0].resumed);
    CHECK(client.opened[0].snapshot != nullptr);
    const base::Position held = client.opened[0].position;

    client.close(subscription, day.stage.feed(kind));
    day.stage.must(*day.ben, core::CheckIn{});
    day.stage.must(*day.lead, core::Hold{day.phase_version, "ambulance", "Please wait"});
    day.stage.must(*day.lead, core::PostNotice{core::Severity::info, {}, "Water at the arch", {}});
    CHECK(client.items.empty());

    client.open(day.stage.feed(kind), held);
    day.stage.must(*day.lead, core::Release{day.phase_version + 1});
    REQUIRE(client.opened.size() == 2);
    const session::FeedOpened& resumed = client.opened[1];
    CHECK(resumed.resumed);
    CHECK(resumed.snapshot == nullptr);
    CHECK_FALSE(resumed.discontinuity.has_value());
    auto all = resumed.items;
    for (const auto& item : client.taken()) all.push_back(item);
    CHECK(all.size() >= 3);
    CHECK(resumed.items.size() >= 2);
    CHECK(test::without_gap(held, all));
    CHECK(resumed.items.back().position.seq == resumed.position.seq);
}

TEST_CASE("a client resumes over a restart of the server", "[scenario]") {
    Day day;
    day.march_off();
    day.lead->open(day.stage.feed(FeedKind::ops));
    auto follower = day.stage.seat();
    follower->open(day.stage.feed(FeedKind::public_feed));
    day.stage.settle();
    const base::Position ops_held = day.lead->opened.at(0).position;
    const base::Position public_held = follower->opened.at(0).position;
    day.stage.must(*day.ben, core::CheckIn{});
    day.stage.must(*day.lead, core::PostNotice{core::Severity::info, {}, "Water at the arch", {}});

    const bool clean = GENERATE(true, false);
    day.hang_up();
    follower.reset();
    if (clean) {
        day.stage.go_down();
    } else {
        day.stage.crash();
    }
    REQUIRE(day.stage.come_up(day.stage.clock.now()).has_value());
    day.sit_down();
    follower = day.stage.seat();
    const auto encoding = GENERATE(wire::Encoding::proto, wire::Encoding::json);
    day.lead->open(day.stage.feed(FeedKind::ops), ops_held, encoding);
    follower->open(day.stage.feed(FeedKind::public_feed), public_held, encoding);
    day.stage.settle();
    REQUIRE(day.lead->opened.size() == 1);
    CHECK(day.lead->opened[0].resumed);
    CHECK(test::without_gap(ops_held, day.lead->opened[0].items));
    CHECK(day.lead->opened[0].items.size() >= 2);
    REQUIRE(follower->opened.size() == 1);
    CHECK(follower->opened[0].resumed);
    REQUIRE(follower->opened[0].items.size() == 1);
    CHECK(follower->opened[0].items[0].messages.at(static_cast<std::size_t>(encoding)) != nullptr);
    CHECK(says(follower->everything_seen(), "Water at the arch"));
}

TEST_CASE("a trimmed position gets the snapshot and is told so", "[scenario]") {
    Day day;
    day.march_off();
    const auto ops = day.stage.feed(FeedKind::ops);
    day.lead->open(ops, base::Position{});  // the very first: here while all is in memory
    day.stage.settle();
    REQUIRE(day.lead->opened.size() == 1);
    CHECK(day.lead->opened[0].resumed);
    const base::Position old = day.lead->opened[0].items.front().position;

    // More than the window holds.
    for (std::size_t i = 0; i < base::limits::replay_window_entries; ++i) {
        day.ben->run(day.stage.march, core::CheckIn{});
        if (i % 400 == 0) day.stage.settle();
    }
    day.stage.settle();
    auto late = day.stage.seat(day.lead_grant);
    late->open(ops, old);
    day.stage.settle();
    REQUIRE(late->opened.size() == 1);
    CHECK_FALSE(late->opened[0].resumed);
    CHECK(late->opened[0].snapshot != nullptr);
    CHECK(late->opened[0].discontinuity == wire::DiscontinuityReason::history_trimmed);
    CHECK(late->opened[0].items.empty());

    // A position that this log never had is another matter.
    base::Position wrong = late->opened[0].position;
    wrong.digest ^= 1;
    late->open(ops, wrong);
    day.stage.settle();
    REQUIRE(late->opened.size() == 2);
    CHECK(late->opened[1].discontinuity == wire::DiscontinuityReason::history_changed);
    CHECK(late->opened[1].snapshot != nullptr);
}

TEST_CASE("hold is seen by public with its sentence and never the reason", "[scenario]") {
    Day day;
    day.march_off();
    auto proto = day.stage.seat(std::nullopt, 0);
    auto json = day.stage.seat(std::nullopt, 1);
    proto->open(day.stage.feed(FeedKind::public_feed));
    json->open(day.stage.feed(FeedKind::public_feed), std::nullopt, wire::Encoding::json);
    json->open(day.stage.feed(FeedKind::overview), std::nullopt, wire::Encoding::json);
    day.lead->open(day.stage.feed(FeedKind::ops));
    day.stage.settle();
    day.stage.must(*day.lead, core::Hold{day.phase_version, "a car in the crowd", "Please wait where you are"});

    auto late = day.stage.seat();
    late->open(day.stage.feed(FeedKind::public_feed));
    day.stage.wait(base::seconds(10));
    for (const auto* seat : {proto.get(), json.get(), late.get()}) {
        CHECK(says(seat->everything_seen(), "Please wait where you are"));
        CHECK_FALSE(says(seat->everything_seen(), "a car in the crowd"));
    }
    CHECK(says(day.lead->everything_seen(), "a car in the crowd"));
    const auto page = day.stage.page("/v1/marches/flag-day-2018/st-louis-mo");
    CHECK(page.status == 200);
    CHECK(says(page.body, "Please wait where you are"));
    CHECK_FALSE(says(page.body, "a car in the crowd"));
    CHECK(says(day.stage.page("/").body, "Please wait where you are"));
    // At once, and flushed at the end of the turn.
    CHECK(alerts_seen(*proto) == 1);
    CHECK(proto->unflushed == 0);
}

TEST_CASE("nobody who is not public is named to the public", "[scenario]") {
    Day day;
    auto follower = day.stage.seat();
    follower->open(day.stage.feed(FeedKind::public_feed), std::nullopt, wire::Encoding::json);
    auto passer_by = day.stage.seat();
    passer_by->open(day.stage.feed(FeedKind::overview), std::nullopt, wire::Encoding::json);
    day.stage.settle();
    day.march_off();
    day.stage.wait(base::minutes(30));
    CHECK_FALSE(passer_by->newest.empty());
    for (const auto* seat : {follower.get(), passer_by.get()}) {
        CHECK_FALSE(says(seat->everything_seen(), "anna"));
        CHECK_FALSE(says(seat->everything_seen(), "callsign"));
    }
    // Hidden entries move no public position: it counts public items only.
    CHECK(test::without_gap(follower->opened.at(0).position, follower->taken()));
    for (const auto& item : follower->taken()) CHECK(item.prev.value + 1 == item.position.seq.value);
}

TEST_CASE("time during which the server was down counts towards no deadline", "[scenario]") {
    Day day;
    day.march_off();
    day.stage.wait(base::minutes(10));
    day.hang_up();
    day.stage.crash();
    const base::UtcMs last_alive = day.stage.clock.now();
    day.stage.clock.advance(base::minutes(40));
    REQUIRE(day.stage.come_up(last_alive).has_value());
    day.sit_down();
    day.ben->open(day.stage.feed(FeedKind::marshal));
    day.stage.settle();

    // 10 of the 20 minutes had passed, and 5 of grace follow: nobody is missed 10 minutes after the restart.
    day.stage.wait(base::minutes(14));
    CHECK(alerts_seen(*day.ben) == 0);
    day.stage.wait(base::minutes(2));
    CHECK(alerts_seen(*day.ben) > 0);
}

TEST_CASE("a revoked token's session is closed", "[scenario]") {
    Day day;
    const auto hash = base::sha256("token 3");  // Anna's
    CHECK(day.stage.city->backend(1).find_token(hash).has_value());
    day.stage.host(day.stage.campaign, core::RevokeToken{day.anna_grant.number, "phone lost"});
    CHECK(day.anna->revoked);
    CHECK_FALSE(day.ben->revoked);
    CHECK_FALSE(day.stage.city->backend(0).find_token(hash).has_value());
    CHECK_FALSE(day.stage.city->backend(1).find_token(hash).has_value());

    // Nor does it come back with the server.
    day.hang_up();
    day.stage.crash();
    REQUIRE(day.stage.come_up(day.stage.clock.now()).has_value());
    CHECK_FALSE(day.stage.city->backend(0).find_token(hash).has_value());
}

TEST_CASE("two persons resume a stopped march", "[scenario]") {
    Day day;
    auto other_grant = day.stage.person("second lead", Role::city_lead);
    day.stage.assign(other_grant, "second lead", 0);
    auto desk = day.stage.seat(day.stage.person("desk", Role::national_desk, true));
    day.march_off();
    auto follower = day.stage.seat();
    follower->open(day.stage.feed(FeedKind::public_feed), std::nullopt, wire::Encoding::json);
    day.stage.settle();
    day.stage.must(*day.section, core::Stop{"somebody fell", "The march has stopped"});
    ++day.phase_version;
    CHECK(says(follower->everything_seen(), "The march has stopped"));

    const auto proposal = day.stage.must(*day.lead, core::ProposeResume{day.phase_version, "cared for"});
    const auto number = static_cast<std::uint32_t>(proposal.made);
    REQUIRE(number > 0);
    // The same person cannot confirm, not even from another phone.
    auto second_phone = day.stage.seat(day.lead_grant, 1);
    CHECK(day.stage.refused(*day.lead, core::ConfirmResume{number}).code == base::RefusalCode::permission_denied);
    CHECK(says(day.stage.page("/v1/marches/flag-day-2018/st-louis-mo").body, "The march has stopped"));

    follower->items.clear();
    day.stage.must(*desk, core::ConfirmResume{number});
    ++day.phase_version;
    CHECK(follower->taken().size() == 1);
    CHECK_FALSE(says(day.stage.page("/v1/marches/flag-day-2018/st-louis-mo").body, "The march has stopped"));
    day.advance(Phase::rally);
}

TEST_CASE("a drill is invisible to followers", "[scenario]") {
    CityStage stage;
    const bool whole_campaign = GENERATE(true, false);
    stage.create_campaign(whole_campaign);
    stage.create_march(!whole_campaign);
    const auto lead_grant = stage.person("lead", Role::city_lead);
    stage.assign(lead_grant, "lead", 0);
    auto lead = stage.seat(lead_grant);
    auto follower = stage.seat(std::nullopt, 1);
    follower->open(stage.feed(FeedKind::public_feed), std::nullopt, wire::Encoding::json);
    follower->open(stage.feed(FeedKind::overview), std::nullopt, wire::Encoding::json);
    lead->open(stage.feed(FeedKind::ops));
    stage.settle();
    stage.must(*lead, core::AdvancePhase{Phase::assembling, 1, {}});
    stage.wait(base::seconds(12));

    REQUIRE_FALSE(follower->refused_feeds.empty());
    CHECK(follower->refused_feeds[0].refusal.code == base::RefusalCode::not_found);
    CHECK(follower->items.empty());
    CHECK_FALSE(says(follower->everything_seen(), "St. Louis"));
    CHECK(stage.page("/v1/marches/flag-day-2018/st-louis-mo").status == 404);
    CHECK_FALSE(says(stage.page("/v1/campaigns/flag-day-2018").body, "St. Louis"));
    CHECK_FALSE(says(stage.page("/").body, "St. Louis"));
    CHECK(lead->opened.size() == 1);
    CHECK_FALSE(lead->taken().empty());
}

TEST_CASE("whoever changes section gets what the new one holds", "[scenario]") {
    Day day;
    day.anna->open(day.stage.feed(FeedKind::marshal));
    day.stage.settle();
    REQUIRE(day.anna->opened.size() == 1);
    const auto topics_before = day.anna->opened[0].topics;
    const base::Position held = day.anna->opened[0].position;
    day.stage.assign(day.anna_grant, "anna", 2);
    REQUIRE(day.anna->opened.size() == 2);
    CHECK(day.anna->opened[1].topics != topics_before);
    CHECK(day.anna->opened[1].snapshot != nullptr);
    CHECK_FALSE(day.anna->opened[1].discontinuity.has_value());

    // The old section is no business of hers any more.
    day.anna->items.clear();
    day.stage.must(*day.section, core::CheckIn{});
    CHECK(day.anna->items.empty());

    // Nor may a resume from before pretend to be whole.
    auto again = day.stage.seat(day.anna_grant);
    again->open(day.stage.feed(FeedKind::marshal), held);
    day.stage.settle();
    REQUIRE(again->opened.size() == 1);
    CHECK_FALSE(again->opened[0].resumed);
    CHECK(again->opened[0].snapshot != nullptr);
}

TEST_CASE("a section lead's ops holds the own section and follows its people", "[scenario]") {
    Day day;
    const auto cora_grant = day.stage.person("cora", Role::side);
    day.stage.assign(cora_grant, "cora", 2);
    const auto cora = day.stage.seat(cora_grant);
    day.march_off();
    day.section->open(day.stage.feed(FeedKind::ops));
    day.stage.settle();
    REQUIRE(day.section->opened.size() == 1);
    const session::FeedOpened& opened = day.section->opened[0];
    CHECK(opened.topics.size() == 3);
    // Who of the section is heard, and nobody else.
    CHECK(opened.newest.size() <= 3);
    REQUIRE(opened.snapshot != nullptr);
    CHECK(says(text_of(opened.snapshot), "anna"));
    CHECK_FALSE(says(text_of(opened.snapshot), "cora"));

    day.section->items.clear();
    day.stage.must(*cora, core::CheckIn{});
    CHECK(day.section->taken().empty());
    day.stage.must(*day.anna, core::CheckIn{});
    CHECK(day.section->taken().size() == 1);

    // The own section's alerts from the first rung on, the others' never.
    day.stage.wait(base::minutes(10));
    for (auto* seat : {day.lead.get(), day.section.get(), day.ben.get()}) day.stage.must(*seat, core::CheckIn{});
    day.section->items.clear();
    day.stage.wait(base::limits::check_in_every_marching + base::limits::check_in_grace - base::minutes(10));
    day.stage.wait(base::seconds(5));
    CHECK(alerts_seen(*day.section) == 1);
    CHECK_FALSE(says(day.section->everything_seen(), "cora"));
}

TEST_CASE("a section lead who is given another section gets what that one holds", "[scenario]") {
    Day day;
    day.section->open(day.stage.feed(FeedKind::ops));
    day.stage.settle();
    REQUIRE(day.section->opened.size() == 1);
    const auto topics_before = day.section->opened[0].topics;
    const base::Position held = day.section->opened[0].position;
    day.stage.assign(day.section_grant, "section lead", 3);
    REQUIRE(day.section->opened.size() == 2);
    CHECK(day.section->opened[1].topics != topics_before);
    CHECK_FALSE(says(text_of(day.section->opened[1].snapshot), "anna"));
    auto again = day.stage.seat(day.section_grant);
    again->open(day.stage.feed(FeedKind::ops), held);
    day.stage.settle();
    CHECK_FALSE(again->opened.at(0).resumed);
    day.stage.assign(day.section_grant, "section lead", 0);
    CHECK(day.section->refused_feeds.size() == 1);
}

TEST_CASE("a marshal has no ops feed", "[scenario]") {
    Day day;
    day.anna->open(day.stage.feed(FeedKind::ops));
    day.stage.settle();
    REQUIRE(day.anna->refused_feeds.size() == 1);
    CHECK(day.anna->refused_feeds[0].refusal.code == base::RefusalCode::permission_denied);
}

TEST_CASE("a campaign's public page tells when its file of marches was in and nothing else of it", "[scenario]") {
    Day day;
    const std::string target = "/v1/campaigns/" + day.stage.campaign.text();
    CHECK_FALSE(says(day.stage.page(target).body, "importedAtMs"));
    const std::string file(64, 'd');
    day.stage.host(day.stage.campaign, core::RecordImport{1, file, 7, 7, 0, 0});
    const auto page = day.stage.page(target);
    CHECK(says(page.body, R"("importedAtMs":")" + std::to_string(day.stage.clock.now().value) + '"'));
    CHECK_FALSE(says(page.body, file));
}

TEST_CASE("a section lead sees where the own people are and no other phone of the section is told", "[scenario]") {
    Day day;
    day.march_off();
    day.section->open(day.stage.feed(FeedKind::ops));
    day.ben->open(day.stage.feed(FeedKind::marshal));
    day.lead->open(day.stage.feed(FeedKind::ops));
    day.stage.settle();
    const std::size_t section_before = day.section->newest.size();
    const std::size_t lead_before = day.lead->newest.size();
    const std::size_t ben_before = day.ben->newest.size();
    day.anna->report(day.stage.march, {{{38.627, -90.199}, 8, day.stage.clock.now()}});
    day.stage.settle();
    CHECK(day.section->newest.size() > section_before);
    CHECK(day.lead->newest.size() > lead_before);
    CHECK(day.ben->newest.size() == ben_before);
}

TEST_CASE("a proposal sent again under its id is the same proposal", "[scenario]") {
    Day day;
    const auto dispatcher = day.stage.seat(day.stage.person("dispatcher", Role::dispatcher));
    const base::CommandId id{base::DeviceId{77}, 1};
    const core::PostNotice notice{core::Severity::info, "", "Bring water.", {}};
    for (int i = 0; i < 2; ++i) {
        dispatcher->replies.clear();
        dispatcher->run_as(id, day.stage.march, notice, 5);
        day.stage.settle();
        const auto reply = dispatcher->reply_to(id);
        REQUIRE(reply);
        REQUIRE(reply->has_value());
        CHECK((*reply)->proposed);
        CHECK((*reply)->made == 1);
    }
    // What was confirmed names what it made, also when it is asked twice.
    const base::CommandId confirmed{base::DeviceId{78}, 1};
    for (int i = 0; i < 2; ++i) {
        day.lead->replies.clear();
        day.lead->run_as(confirmed, day.stage.march, core::ConfirmProposal{1, ""}, 6);
        day.stage.settle();
        const auto reply = day.lead->reply_to(confirmed);
        REQUIRE(reply);
        REQUIRE(reply->has_value());
        CHECK_FALSE((*reply)->proposed);
        CHECK((*reply)->made == 1);
    }
}
