// Where people are and who is heard: told to ops, and to the leads of sections who may see it.
#include "shard/telemetry.hpp"

#include "support/march_builder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
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
    std::vector<std::string> speaks(core::PersonId person) {
        return topics_of(telemetry.heard(march.state, person, march.now, feeds));
    }
};

using Names = std::vector<std::string>;

}  // namespace

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
