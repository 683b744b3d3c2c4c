// Topics and sessions, against a model that is too simple to be wrong.
#include "fanout/topic_index.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <utility>
#include <vector>

namespace marchwire::fanout {
namespace {

using base::TopicNumber;

std::set<Slot> followers(const TopicIndex& index, TopicNumber topic) {
    const auto slots = index.subscribers(topic);
    std::set<Slot> all(slots.begin(), slots.end());
    CHECK(all.size() == slots.size());  // each once
    return all;
}

TEST_CASE("a topic reaches who follows it and nobody else", "[fanout][topics]") {
    TopicIndex index;
    index.subscribe(TopicNumber{1}, 10);
    index.subscribe(TopicNumber{1}, 11);
    index.subscribe(TopicNumber{2}, 11);
    CHECK(followers(index, TopicNumber{1}) == std::set<Slot>{10, 11});
    CHECK(followers(index, TopicNumber{2}) == std::set<Slot>{11});
    CHECK(followers(index, TopicNumber{3}).empty());
    CHECK(index.unsubscribe(TopicNumber{1}, 10));
    CHECK_FALSE(index.unsubscribe(TopicNumber{1}, 10));
    CHECK_FALSE(index.unsubscribe(TopicNumber{9}, 11));
    CHECK(followers(index, TopicNumber{1}) == std::set<Slot>{11});
}

TEST_CASE("a topic shared by two feeds of a session stays until both have left", "[fanout][topics]") {
    TopicIndex index;
    index.subscribe(TopicNumber{1}, 10);
    index.subscribe(TopicNumber{1}, 10);
    CHECK(index.subscriptions() == 1);
    CHECK(index.unsubscribe(TopicNumber{1}, 10));
    CHECK(followers(index, TopicNumber{1}) == std::set<Slot>{10});
    CHECK(index.unsubscribe(TopicNumber{1}, 10));
    CHECK(index.topics() == 0);
}

TEST_CASE("a session that leaves is out of every topic", "[fanout][topics]") {
    TopicIndex index;
    for (std::uint32_t topic = 1; topic <= 5; ++topic) {
        index.subscribe(TopicNumber{topic}, 10);
        index.subscribe(TopicNumber{topic}, 10);
        if (topic < 3) index.subscribe(TopicNumber{topic}, 11);
    }
    index.remove(10);
    index.remove(10);
    CHECK(index.topics() == 2);
    CHECK(index.subscriptions() == 2);
    CHECK(followers(index, TopicNumber{1}) == std::set<Slot>{11});
}

TEST_CASE("churn of sessions leaves the index as the model has it", "[fanout][topics]") {
    std::minstd_rand chance(20180630);  // the order of steps is the same in every run
    const auto below = [&](unsigned n) { return static_cast<std::uint32_t>(chance() % n); };
    TopicIndex index;
    std::map<std::pair<std::uint32_t, Slot>, int> model;
    for (int step = 0; step < 20'000; ++step) {
        const std::uint32_t topic = below(20);
        const Slot slot = below(30);
        const auto what = below(20);
        if (what < 11) {
            index.subscribe(TopicNumber{topic}, slot);
            ++model[{topic, slot}];
        } else if (what < 19) {
            const auto known = model.find({topic, slot});
            REQUIRE(index.unsubscribe(TopicNumber{topic}, slot) == (known != model.end()));
            if (known != model.end() && --known->second == 0) model.erase(known);
        } else {
            index.remove(slot);
            std::erase_if(model, [&](const auto& one) { return one.first.second == slot; });
        }
        REQUIRE(index.subscriptions() == model.size());
        if (step % 100 != 0) continue;
        for (std::uint32_t one = 0; one < 20; ++one) {
            std::set<Slot> expected;
            for (const auto& [pair, times] : model) {
                if (pair.first == one) expected.insert(pair.second);
            }
            REQUIRE(followers(index, TopicNumber{one}) == expected);
        }
    }
}

}  // namespace
}  // namespace marchwire::fanout
