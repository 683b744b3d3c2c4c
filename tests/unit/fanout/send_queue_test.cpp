// The queue of one session: order, conflation, limits.
#include "fanout/send_queue.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <vector>

namespace marchwire::fanout {
namespace {

Bytes item(const std::string& text) { return std::make_shared<const std::string>(text); }

std::string text_of(const Batch& batch) {
    std::string text;
    for (const Bytes& bytes : batch.items) text += *bytes + " ";
    return text;
}

TEST_CASE("orders and ordinary items leave in the order in which they came", "[fanout][queue]") {
    SendQueue queue(1000, 1000);
    CHECK(queue.push(DeliveryClass::b, item("phase")) == Pushed::accepted);
    CHECK_FALSE(queue.urgent());
    CHECK(queue.push(DeliveryClass::a, item("stop")) == Pushed::accepted);
    CHECK(queue.push(DeliveryClass::b, item("notice")) == Pushed::accepted);
    CHECK(queue.urgent());
    CHECK(text_of(queue.take(1000)) == "phase stop notice ");
    CHECK_FALSE(queue.urgent());
    CHECK(queue.empty());
    CHECK(queue.bytes() == 0);
}

TEST_CASE("a newer value of a key takes the place of the older one", "[fanout][queue]") {
    SendQueue queue(1000, 1000);
    const ConflationKey first{1, 1, 7};
    const ConflationKey second{1, 1, 8};
    CHECK(queue.push_newest(first, item("7:old")) == Pushed::accepted);
    CHECK(queue.push_newest(second, item("8")) == Pushed::accepted);
    CHECK(queue.push_newest(first, item("7:new")) == Pushed::replaced);
    CHECK(queue.items() == 2);
    CHECK(queue.bytes() == 6);
    CHECK(queue.take_skipped() == 1);
    CHECK(queue.take_skipped() == 0);
    CHECK(text_of(queue.take(1000)) == "7:new 8 ");
    CHECK(queue.push_newest(first, item("7:later")) == Pushed::accepted);
}

TEST_CASE("values of a hundred thousand updates stay as many as their keys", "[fanout][queue]") {
    SendQueue queue(100'000, 1000);
    for (std::uint64_t i = 0; i < 100'000; ++i) {
        REQUIRE(queue.push_newest({1, 1, i % 100}, item(std::to_string(i))) != Pushed::refused);
    }
    CHECK(queue.items() == 100);
    CHECK(queue.take_skipped() == 99'900);
}

TEST_CASE("newest values go behind orders and before answers", "[fanout][queue]") {
    SendQueue queue(1000, 1000);
    (void)queue.push(DeliveryClass::d, item("piece"));
    (void)queue.push_newest({}, item("position"));
    (void)queue.push(DeliveryClass::b, item("phase"));
    CHECK(text_of(queue.take(1000)) == "phase position piece ");
}

TEST_CASE("a batch holds at most its bytes and never nothing", "[fanout][queue]") {
    SendQueue queue(1000, 1000);
    (void)queue.push(DeliveryClass::b, item("aaaaaaaa"));
    (void)queue.push(DeliveryClass::b, item("bb"));
    (void)queue.push(DeliveryClass::b, item("ccc"));
    CHECK(text_of(queue.take(4)) == "aaaaaaaa ");
    CHECK(text_of(queue.take(4)) == "bb ");
    CHECK(text_of(queue.take(4)) == "ccc ");
    CHECK(queue.take(4).empty());
}

TEST_CASE("one piece of an answer per batch and nothing overtakes what waits before it", "[fanout][queue]") {
    SendQueue queue(1000, 1000);
    (void)queue.push(DeliveryClass::d, item("1"));
    (void)queue.push(DeliveryClass::d, item("2"));
    (void)queue.push_newest({}, item("cccc"));
    (void)queue.push(DeliveryClass::b, item("bbbb"));
    // Room for a piece but not for the value before it.
    CHECK(text_of(queue.take(5)) == "bbbb ");
    CHECK(text_of(queue.take(5)) == "cccc 1 ");
    (void)queue.push(DeliveryClass::b, item("late"));
    CHECK(text_of(queue.take(5)) == "late 2 ");
}

TEST_CASE("orders beyond the byte limit are refused and those that wait stay", "[fanout][queue]") {
    SendQueue queue(10, 5);
    CHECK(queue.push(DeliveryClass::b, item("12345678")) == Pushed::accepted);
    CHECK(queue.push(DeliveryClass::a, item("abc")) == Pushed::refused);
    CHECK(queue.push(DeliveryClass::a, item("ab")) == Pushed::accepted);
    CHECK(queue.ordered_bytes() == 10);
    CHECK(queue.push(DeliveryClass::d, item("123456")) == Pushed::refused);
    CHECK(queue.push(DeliveryClass::d, item("12345")) == Pushed::accepted);
    CHECK(text_of(queue.take(100)) == "12345678 ab 12345 ");
    CHECK(queue.push(DeliveryClass::b, item("abc")) == Pushed::accepted);
}

TEST_CASE("newest values beyond the byte limit drop the key that was not renewed longest", "[fanout][queue]") {
    SendQueue queue(10, 10);
    (void)queue.push_newest({1, 1, 1}, item("1111"));
    (void)queue.push_newest({1, 1, 2}, item("2222"));
    (void)queue.push_newest({1, 1, 3}, item("3333"));
    CHECK(queue.take_skipped() == 1);
    (void)queue.push_newest({1, 1, 2}, item("2222222"));
    CHECK(text_of(queue.take(100)) == "2222222 ");
    CHECK(queue.push_newest({1, 1, 4}, item("12345678901")) == Pushed::refused);
    CHECK(queue.empty());
}

TEST_CASE("a queue that was cleared holds nothing and takes again", "[fanout][queue]") {
    SendQueue queue(10, 10);
    (void)queue.push(DeliveryClass::a, item("1234567890"));
    (void)queue.push(DeliveryClass::d, item("1234567890"));
    (void)queue.push_newest({}, item("1"));
    queue.clear();
    CHECK(queue.empty());
    CHECK_FALSE(queue.urgent());
    CHECK(queue.push(DeliveryClass::b, item("1234567890")) == Pushed::accepted);
    CHECK(queue.push_newest({}, item("2")) == Pushed::accepted);
}

}  // namespace
}  // namespace marchwire::fanout
