// Conflation: of every key the newest, for followers of every speed.
#include "fanout/newest_table.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <memory>
#include <random>
#include <string>

namespace marchwire::fanout {
namespace {

using wire::Encoding;

LiveItem value(std::uint64_t subject, const std::string& text, base::UtcMs expires_at = {}) {
    LiveItem item;
    item.topic = base::TopicNumber{0x10003};
    item.delivery = DeliveryClass::c;
    item.key = {item.topic.value, 1, subject};
    item.expires_at = expires_at;
    item.messages[0] = wire::make_message(text + " ", wire::Encoding::proto);
    return item;
}

std::string text_of(const NewestTable::Part& part) {
    return part.frame ? part.frame->substr(part.frame->size() < 128 ? 2 : 4) : std::string();
}

/// Reads on until it has all, as a session does.
std::string read(const NewestTable& table, std::uint64_t& version, std::size_t bytes_max = 10'000) {
    std::string text;
    while (version < table.version()) {
        const NewestTable::Part& part = table.after(version, Encoding::proto, bytes_max);
        text += text_of(part);
        version = part.version;
    }
    return text;
}

TEST_CASE("a newer value of a key takes the place of the older one", "[fanout][newest]") {
    NewestTable table;
    table.put(value(7, "7:old"));
    table.put(value(8, "8"));
    table.put(value(7, "7:new"));
    CHECK(table.version() == 0);  // nothing is shown before it is published
    CHECK(table.publish());
    CHECK_FALSE(table.publish());
    std::uint64_t version = 0;
    CHECK(read(table, version) == "7:new 8 ");
    CHECK(version == 2);
}

TEST_CASE("who keeps up gets what changed and skips nothing", "[fanout][newest]") {
    NewestTable table;
    for (std::uint64_t i = 0; i < 5; ++i) table.put(value(i, std::to_string(i)));
    (void)table.publish();
    std::uint64_t version = 0;
    (void)read(table, version);
    table.put(value(3, "3:again"));
    (void)table.publish();
    const NewestTable::Part& part = table.after(version, Encoding::proto, 1000);
    CHECK(text_of(part) == "3:again ");
    CHECK(part.version - version == part.values);
}

TEST_CASE("who fell behind gets each key once, at its newest, and can tell how many it missed", "[fanout][newest]") {
    NewestTable table;
    table.put(value(1, "1"));
    table.put(value(2, "2"));
    (void)table.publish();
    std::uint64_t version = 0;
    (void)read(table, version);
    for (int round = 0; round < 100; ++round) {
        table.put(value(1, "1:" + std::to_string(round)));
        (void)table.publish();
    }
    const NewestTable::Part& part = table.after(version, Encoding::proto, 1000);
    CHECK(text_of(part) == "1:99 ");
    CHECK(part.values == 1);
    CHECK(part.version - version - part.values == 99);
}

TEST_CASE("followers at the same place share one frame", "[fanout][newest]") {
    NewestTable table;
    table.put(value(1, "1"));
    (void)table.publish();
    const wire::Frame first = table.after(0, Encoding::proto, 1000).frame;
    CHECK(table.after(0, Encoding::proto, 1000).frame == first);
    table.put(value(1, "newer"));
    CHECK(table.after(0, Encoding::proto, 1000).frame == first);  // not shown yet
    (void)table.publish();
    CHECK(table.after(0, Encoding::proto, 1000).frame != first);
}

TEST_CASE("many values go in parts and none is left out", "[fanout][newest]") {
    NewestTable table;
    std::string all;
    for (std::uint64_t i = 0; i < 100; ++i) {
        table.put(value(i, std::to_string(i)));
        all += std::to_string(i) + " ";
    }
    (void)table.publish();
    std::uint64_t version = 0;
    CHECK(read(table, version, 20) == all);
    version = 0;
    CHECK(read(table, version, 1) == all);  // one value each
}

TEST_CASE("a value that was waiting when a newer one came is never seen after it", "[fanout][newest]") {
    // Followers of every speed against a model: what each holds of a key only goes on, and ends at the last.
    std::mt19937 random(20'180'630);
    NewestTable table;
    std::map<std::uint64_t, int> last;
    struct Follower {
        std::uint64_t version = 0;
        std::map<std::uint64_t, int> holds;
    };
    std::vector<Follower> followers(5);
    const auto take = [&](Follower& follower) {
        const NewestTable::Part& part = table.after(follower.version, Encoding::proto, 30);
        std::string text = text_of(part);
        follower.version = part.version;
        for (std::size_t at = 0; at < text.size();) {
            const auto colon = text.find(':', at);
            const auto end = text.find(' ', colon);
            const auto key = std::stoull(text.substr(at, colon - at));
            const int count = std::stoi(text.substr(colon + 1, end - colon - 1));
            REQUIRE(count > follower.holds[key]);
            follower.holds[key] = count;
            at = end + 1;
        }
    };
    for (int step = 1; step < 20'000; ++step) {
        const std::uint64_t key = random() % 50;
        table.put(value(key, std::to_string(key) + ":" + std::to_string(step)));
        last[key] = step;
        if (random() % 4 == 0) (void)table.publish();
        Follower& one = followers[random() % followers.size()];
        if (random() % 8 == 0 && one.version < table.version()) take(one);
    }
    (void)table.publish();
    for (Follower& follower : followers) {
        while (follower.version < table.version()) take(follower);
        CHECK(follower.holds == last);
    }
}

TEST_CASE("the same value again only adds an encoding", "[fanout][newest]") {
    NewestTable table;
    LiveItem item = value(1, "1");
    table.put(item);
    (void)table.publish();
    item.messages[1] = wire::make_message("{}", wire::Encoding::json);
    table.put(item);
    CHECK_FALSE(table.publish());
    CHECK(table.after(0, Encoding::json, 100).frame != nullptr);
}

TEST_CASE("newcomers are not given what has expired", "[fanout][newest]") {
    NewestTable table;
    table.put(value(1, "gone", base::UtcMs{100}));
    table.put(value(2, "here", base::UtcMs{200}));
    table.put(value(3, "always"));
    (void)table.publish();
    table.expire(base::UtcMs{100});
    CHECK(table.size() == 2);
    table.put(value(4, "new"));
    (void)table.publish();
    std::uint64_t version = 0;
    CHECK(read(table, version) == "here always new ");
}

}  // namespace
}  // namespace marchwire::fanout
