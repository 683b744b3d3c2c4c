// Where people are and who is heard: told to ops, and to the leads of sections who may see it.
#include "shard/telemetry.hpp"

#include "support/march_builder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

using namespace marchwire;
using core::Role;
using test::MarchBuilder;

namespace {

/// People in three sections, the lead of the second, and whose feeds are open.
struct Street {
    MarchBuilder march;
    core::PersonId first = march.on_duty(Role::side, 1);
    core::PersonId leader = march.on_duty(Role::section_lead, 2);
    core::PersonId own = march.on_duty(Role::side, 2);
    core::PersonId far = march.on_duty(Role::side, 4);
    core::PersonId nowhere = march.on_duty(Role::dispatcher);
    shard::Telemetry telemetry;
    shard::FeedRegister feeds{1};

    [[nodiscard]] shard::SubscriberKey key(std::uint32_t subscription) const { return {{}, subscription}; }
    bool open(core::PersonId person, std::uint32_t subscription) {
        return feeds.add(key(subscription),
                         {{wire::FeedKind::ops, march.state.id}, wire::Encoding::proto, march.actor(person)});
    }
    std::vector<std::string> topics_of(const std::vector<fanout::LiveItem>& items) {
        std::vector<std::string> names;
        for (const auto& item : items) names.push_back(core::topic_name(core::index_of(item.topic)));
        return names;
    }
    std::vector<std::string> moves(core::PersonId person) {
        return topics_of(telemetry.take(march.state, person, {{{38.627, -90.199}, 8, march.now}}, march.now, feeds));
    }
    std::vector<std::string> speaks(core::PersonId person, wire::Screen said = wire::Screen::untold) {
        return topics_of(telemetry.heard(march.state, {person, said}, march.now, feeds));
    }
};

/// A second passes on the street, as the keeper's desk has it; the log follows what was seen.
struct Listening : Street {
    core::ObserveSilence second() {
        march.now = march.now + base::seconds(1);
        using Column = shard::Telemetry::PublicColumn;
        (void)telemetry.second(march.state, march.now, Column::made_here, feeds);
        core::ObserveSilence seen = telemetry.silence(march.state, march.now);
        seen.term = march.state.term;
        if (!seen.silent.empty() || !seen.heard.empty()) {
            REQUIRE(march.tell(MarchBuilder::keeper(), seen).has_value());
        }
        return seen;
    }
    /// Seconds pass; who fell silent in them, and in which.
    std::vector<std::pair<int, core::PersonId>> listen(int seconds, const std::vector<core::PersonId>& speaking = {}) {
        std::vector<std::pair<int, core::PersonId>> silent;
        for (int i = 1; i <= seconds; ++i) {
            for (const core::PersonId person : speaking) (void)speaks(person);
            for (const auto& one : second().silent) silent.emplace_back(i, one.person);
        }
        return silent;
    }
};
using FellSilent = std::vector<std::pair<int, core::PersonId>>;

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a phone counts as heard for a minute, and after an interruption until it had time to speak",
          "[shard][waking]") {
    Street street;
    CHECK_FALSE(street.telemetry.phone_of(street.own, street.march.now).lately);
    CHECK_FALSE(street.telemetry.phone_of(street.own, street.march.now).at);
    (void)street.speaks(street.own);
    const core::UtcMs spoke = street.march.now;
    CHECK(street.telemetry.phone_of(street.own, spoke + base::seconds(59)).lately);
    const auto silent = street.telemetry.phone_of(street.own, spoke + base::seconds(60));
    CHECK_FALSE(silent.lately);
    CHECK(silent.at == spoke);

    street.telemetry.interrupted(spoke + base::minutes(5));
    CHECK(street.telemetry.phone_of(street.first, spoke + base::minutes(6)).lately);
    CHECK_FALSE(street.telemetry.phone_of(street.own, spoke + base::minutes(6)).lately);  // heard before, not since
}

// The order was that of a hash table, which differs between servers that heard the same.
TEST_CASE("those who fall silent together are told in the order of their numbers", "[shard][telemetry]") {
    for (const bool from_the_last : {false, true}) {
        Listening street;
        std::vector<core::PersonId> people{street.first, street.own, street.far};
        std::ranges::sort(people);
        const FellSilent expected{{180, people[0]}, {180, people[1]}, {180, people[2]}};
        if (from_the_last) std::ranges::reverse(people);
        for (const core::PersonId person : people) (void)street.speaks(person);
        CHECK(street.listen(180) == expected);
    }
}

TEST_CASE("while no section lead follows the own section telemetry goes to ops alone", "[shard][telemetry]") {
    Street street;
    REQUIRE(street.open(street.nowhere, 1));
    CHECK(street.moves(street.own) == Names{"ops"});
    CHECK(street.speaks(street.own) == Names{"ops"});
    REQUIRE(street.open(street.leader, 2));
    CHECK(street.speaks(street.first) == Names{"ops", "section_ops:1"});
    street.feeds.remove(street.key(2));
    CHECK(street.speaks(street.far) == Names{"ops"});
}

TEST_CASE("positions reach the leads of the own section and its neighbours and liveness the own lead",
          "[shard][telemetry]") {
    Street street;
    REQUIRE(street.open(street.leader, 1));
    CHECK(street.moves(street.own) == Names{"ops", "section_ops:1", "section_ops:2", "section_ops:3"});
    CHECK(street.moves(street.first) == Names{"ops", "section_ops:1", "section_ops:2"});
    CHECK(street.speaks(street.own) == Names{"ops", "section_ops:2"});
    CHECK(street.moves(street.nowhere) == Names{"ops"});
    CHECK(street.speaks(street.own).empty());  // no news
}

TEST_CASE("a section lead who opens the feed is given what is known of the own section and its neighbours",
          "[shard][telemetry]") {
    Street street;
    for (const auto person : {street.first, street.own, street.far}) {
        (void)street.moves(person);
        (void)street.speaks(person);
    }
    const auto topic = core::topic_number(street.march.state.topic_base, core::topic_index::section_ops(2));
    const auto items = street.telemetry.newest({topic}, wire::Encoding::proto);
    CHECK(items.size() == 3);  // two positions, one is heard
    for (const std::string& name : street.topics_of(items)) CHECK(name == "section_ops:2");
}

TEST_CASE("the keeper sees who said nothing for three minutes once and who speaks again", "[shard][telemetry]") {
    Listening street;
    (void)street.speaks(street.own);
    (void)street.speaks(street.far);
    CHECK(street.listen(179, {street.far}).empty());
    CHECK(street.listen(1, {street.far}) == FellSilent{{1, street.own}});
    CHECK(street.listen(300, {street.far}).empty());
    (void)street.speaks(street.own);
    CHECK(street.second().heard == std::vector{street.own});
    CHECK(street.second().heard.empty());
}

TEST_CASE("a phone whose screen is off is pocketed and not silent until the screen is on", "[shard][telemetry]") {
    Listening street;
    CHECK_FALSE(street.speaks(street.own, wire::Screen::off).empty());
    CHECK(street.listen(400).empty());
    // What a sleeping phone's network answers changes nothing.
    CHECK(street.speaks(street.own).empty());
    CHECK(street.listen(400).empty());
    CHECK_FALSE(street.speaks(street.own, wire::Screen::on).empty());
    CHECK(street.listen(200) == FellSilent{{180, street.own}});
}

TEST_CASE("after an interruption nobody is silent for a while and then those who never spoke are listened for",
          "[shard][telemetry]") {
    Listening street;
    (void)street.speaks(street.own);
    CHECK(street.listen(170).empty());
    street.telemetry.interrupted(street.march.now);
    CHECK(street.listen(89, {street.far}).empty());
    // Then whoever was silent before and since, and those of whom this server never heard.
    const FellSilent silent = street.listen(100, {street.far});
    REQUIRE(silent.size() == 4);
    CHECK(silent.front() == std::pair(1, street.own));
    for (std::size_t i = 1; i < silent.size(); ++i) CHECK(silent[i].first == 91);
}

TEST_CASE("whom another keeper had found silent stays so over a takeover", "[shard][telemetry]") {
    Listening street;
    (void)street.speaks(street.own);
    REQUIRE(street.listen(180).size() == 1);
    street.telemetry = shard::Telemetry();
    street.telemetry.interrupted(street.march.now);
    for (int i = 0; i < 100; ++i) {
        const auto seen = street.second();
        CHECK(seen.heard.empty());
        CHECK(seen.silent.empty());
    }
    (void)street.speaks(street.own);
    CHECK(street.second().heard == std::vector{street.own});
}

TEST_CASE("a demo's phones speak more often and are missed by its clock as long as they can", "[shard][telemetry]") {
    for (const auto& [rate, seconds] : {std::pair(1, 180), std::pair(20, 180), std::pair(40, 360)}) {
        Listening street;
        street.telemetry = shard::Telemetry(rate);
        (void)street.speaks(street.own);
        CHECK(street.listen(seconds - 1).empty());
        CHECK(street.listen(1) == FellSilent{{1, street.own}});
    }
}
