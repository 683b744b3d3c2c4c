// Runs: what is laid together for all followers of a topic.
#include "fanout/run.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>

namespace marchwire::fanout {
namespace {

using wire::Encoding;

LiveItem item(std::uint64_t seq, const std::string& text, DeliveryClass delivery = DeliveryClass::b) {
    LiveItem made;
    made.topic = base::TopicNumber{0x10001};
    made.position.seq = base::Seq{seq};
    made.delivery = delivery;
    made.messages[0] = wire::make_message(text, wire::Encoding::proto);
    return made;
}

TEST_CASE("a run is one message, framed once for all", "[fanout][run]") {
    const Run run({item(4, "four"), item(5, "five")});
    CHECK(*run.frame(Encoding::proto) == std::string("\x82\x08") + "fourfive");
    CHECK(run.frame(Encoding::proto) == run.frame(Encoding::proto));
    CHECK(run.first() == base::Seq{4});
    CHECK(run.last().seq == base::Seq{5});
    CHECK(run.delivery() == DeliveryClass::b);
}

TEST_CASE("a run in JSON is there when every item is", "[fanout][run]") {
    LiveItem both = item(4, "four");
    both.messages[1] = wire::make_message("{\"a\":1}", wire::Encoding::json);
    LiveItem more = item(5, "five");
    more.messages[1] = wire::make_message("{}", wire::Encoding::json);
    CHECK(*Run({both, more}).frame(Encoding::json) == std::string("\x81\x16") + R"({"items":[{"a":1},{}]})");
    CHECK(Run({both, item(5, "five")}).frame(Encoding::json) == nullptr);
}

TEST_CASE("an order among ordinary items makes its run one", "[fanout][run]") {
    CHECK(Run({item(4, "4"), item(5, "5", DeliveryClass::a), item(6, "6")}).delivery() == DeliveryClass::a);
}

TEST_CASE("items are cut into runs of at most so many bytes, each whole", "[fanout][run]") {
    const auto runs = make_runs({item(1, "1234"), item(2, "1234"), item(3, "123456789"), item(4, "1")}, 12);
    REQUIRE(runs.size() == 3);
    CHECK(runs[0].items().size() == 2);
    CHECK(runs[1].first() == base::Seq{3});
    CHECK(runs[2].first() == base::Seq{4});
    CHECK(make_runs({}, 12).empty());
}

}  // namespace
}  // namespace marchwire::fanout
