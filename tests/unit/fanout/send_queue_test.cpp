// The queue of one session: order, limits, and that it holds nothing while it is empty.
#include "fanout/send_queue.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>

namespace marchwire::fanout {
namespace {

wire::Frame message(const std::string& text) { return std::make_shared<const std::string>(text); }

std::shared_ptr<QueueBudget> plenty() { return std::make_shared<QueueBudget>(1'000'000); }

/// All that waits, orders first.
std::string read(SendQueue& queue) {
    std::string text;
    while (const wire::Frame next = queue.next_ordered()) text += *next + " ";
    while (const wire::Frame next = queue.next_answer()) text += *next + " ";
    return text;
}

TEST_CASE("orders and ordinary items leave in the order in which they came", "[fanout][queue]") {
    SendQueue queue({1000, 1000}, plenty());
    CHECK(queue.push(DeliveryClass::b, message("phase")) == Pushed::accepted);
    CHECK(queue.push(DeliveryClass::a, message("stop")) == Pushed::accepted);
    CHECK(queue.push(DeliveryClass::b, message("notice")) == Pushed::accepted);
    CHECK(queue.ordered_waits());
    CHECK(queue.ordered_bytes() == 15);
    CHECK(read(queue) == "phase stop notice ");
    CHECK(queue.empty());
    CHECK(queue.bytes() == 0);
}

TEST_CASE("answers wait apart and hold up no order", "[fanout][queue]") {
    SendQueue queue({1000, 1000}, plenty());
    (void)queue.push(DeliveryClass::d, message("history"));
    (void)queue.push(DeliveryClass::b, message("phase"));
    CHECK(queue.answer_waits());
    CHECK(*queue.next_ordered() == "phase");
    CHECK(queue.next_ordered() == nullptr);
    CHECK(*queue.next_answer() == "history");
    CHECK(queue.next_answer() == nullptr);
}

TEST_CASE("orders beyond the byte limit are refused and those that wait stay", "[fanout][queue]") {
    SendQueue queue({10, 5}, plenty());
    CHECK(queue.push(DeliveryClass::b, message("12345678")) == Pushed::accepted);
    CHECK(queue.push(DeliveryClass::a, message("abc")) == Pushed::refused);
    CHECK(queue.push(DeliveryClass::a, message("ab")) == Pushed::accepted);
    CHECK(queue.push(DeliveryClass::d, message("123456")) == Pushed::refused);
    CHECK(queue.push(DeliveryClass::d, message("12345")) == Pushed::accepted);
    CHECK(read(queue) == "12345678 ab 12345 ");
    CHECK(queue.push(DeliveryClass::b, message("abc")) == Pushed::accepted);
}

TEST_CASE("all sessions of a door share what may wait, and give it back", "[fanout][queue]") {
    const auto budget = std::make_shared<QueueBudget>(10);
    SendQueue one({1000, 1000}, budget);
    {
        SendQueue other({1000, 1000}, budget);
        CHECK(other.push(DeliveryClass::b, message("1234567")) == Pushed::accepted);
        CHECK(one.push(DeliveryClass::b, message("1234")) == Pushed::refused);
        CHECK(one.push(DeliveryClass::d, message("123")) == Pushed::accepted);
        CHECK(budget->used() == 10);
    }
    CHECK(budget->used() == 3);
    CHECK(one.push(DeliveryClass::b, message("1234567")) == Pushed::accepted);
    one.clear();
    CHECK(budget->used() == 0);
}

TEST_CASE("a queue that was cleared holds nothing and takes again", "[fanout][queue]") {
    SendQueue queue({10, 10}, plenty());
    (void)queue.push(DeliveryClass::a, message("1234567890"));
    (void)queue.push(DeliveryClass::d, message("1234567890"));
    queue.clear();
    CHECK(queue.empty());
    CHECK(queue.bytes() == 0);
    CHECK(queue.push(DeliveryClass::b, message("1234567890")) == Pushed::accepted);
}

TEST_CASE("a queue that is never empty keeps its order over ten thousand messages", "[fanout][queue]") {
    SendQueue queue({1'000'000, 10}, plenty());
    int next = 0;
    for (int i = 0; i < 10'000; ++i) {
        REQUIRE(queue.push(DeliveryClass::b, message(std::to_string(i))) == Pushed::accepted);
        if (i % 3 != 0) REQUIRE(*queue.next_ordered() == std::to_string(next++));
    }
    while (const wire::Frame message = queue.next_ordered()) REQUIRE(*message == std::to_string(next++));
    CHECK(next == 10'000);
}

}  // namespace
}  // namespace marchwire::fanout
