// Receipts on their way to dashboards.
#include "shard/held_receipts.hpp"

#include "wire/codec.hpp"
#include "wire/proto_values.hpp"

#include <catch2/catch.hpp>

#include <utility>

namespace marchwire::shard {
namespace {

using core::Receipt;
using core::ReceiptState;

constexpr std::uint32_t order = 7;

core::Entry entry_of(std::uint64_t seq, std::vector<Receipt> receipts, std::uint32_t of = order) {
    core::Entry entry;
    entry.seq = base::Seq{seq};
    entry.at = base::UtcMs{1'000 + static_cast<std::int64_t>(seq)};
    entry.actor = base::PersonId{seq};
    entry.event = core::ReceiptsMoved{of, std::move(receipts), {}};
    return entry;
}

/// As the desk makes it: each names the seq before on the topic.
fanout::LiveItem item_of(const core::Entry& entry) {
    fanout::LiveItem item;
    item.topic = base::TopicNumber{(1U << 16U) + 1};
    item.position = {base::Epoch{1}, entry.seq, entry.seq.value * 11};
    item.prev = base::Seq{entry.seq.value - 1};
    item.messages[0] = wire::make_message(
        wire::encode_entry(item.topic, item.position, item.prev, entry, wire::Encoding::proto), wire::Encoding::proto);
    return item;
}

struct Way {
    HeldReceipts held;
    std::vector<fanout::LiveItem> out;

    void hold(const core::Entry& entry) { held.hold(entry, item_of(entry), out); }
    void beats(int count) {
        for (int i = 0; i < count; ++i) held.beat(out);
    }
};

/// What the message says, behind its frame's header.
wire::pb::Item said(const fanout::LiveItem& item) {
    const std::string& frame = *item.messages[0];
    const std::size_t header = static_cast<std::uint8_t>(frame[1]) < 126 ? 2 : 4;
    wire::pb::ServerMessage message;
    REQUIRE(message.ParseFromString(frame.substr(header)));
    REQUIRE(message.items_size() == 1);
    return message.items(0);
}

Receipt receipt(std::uint32_t ordinal, ReceiptState state) { return {.ordinal = ordinal, .state = state}; }

}  // namespace

TEST_CASE("receipts of an order that come within half a second are one item on a dashboard", "[shard][receipts]") {
    Way way;
    way.hold(entry_of(5, {receipt(1, ReceiptState::seen)}));
    way.beats(1);
    way.hold(entry_of(6, {receipt(2, ReceiptState::acked)}));
    way.hold(entry_of(7, {receipt(1, ReceiptState::acked)}));
    CHECK(way.out.empty());
    way.beats(1);
    REQUIRE(way.out.size() == 1);
    CHECK(way.out[0].position.seq == base::Seq{7});
    CHECK(way.out[0].prev == base::Seq{4});
    const auto item = said(way.out[0]);
    CHECK(item.position().seq() == 7);
    CHECK(item.position().digest() == 77);
    CHECK(item.prev() == 4);
    CHECK(item.entry().at_ms() == 1'007);
    CHECK(item.entry().actor() == 0);
    const auto& receipts = item.entry().event().receipts_moved().receipts();
    REQUIRE(receipts.ordinals_size() == 2);
    CHECK(receipts.states(0) == wire::pb::RECEIPT_ACKED);
    CHECK(receipts.states(1) == wire::pb::RECEIPT_ACKED);
    way.beats(5);
    CHECK(way.out.size() == 1);
}

TEST_CASE("a receipt that comes alone is sent as it is", "[shard][receipts]") {
    Way way;
    const auto entry = entry_of(5, {receipt(1, ReceiptState::seen)});
    way.hold(entry);
    way.beats(2);
    REQUIRE(way.out.size() == 1);
    CHECK(*way.out[0].messages[0] == *item_of(entry).messages[0]);
}

TEST_CASE("what is held goes before all else that the dashboard is told", "[shard][receipts]") {
    Way way;
    way.hold(entry_of(5, {receipt(1, ReceiptState::seen)}));
    way.held.release(way.out);
    REQUIRE(way.out.size() == 1);
    CHECK(way.out[0].position.seq == base::Seq{5});
    way.held.release(way.out);
    CHECK(way.out.size() == 1);
}

TEST_CASE("receipts of another order and those that say nothing further do not wait with these", "[shard][receipts]") {
    Way way;
    way.hold(entry_of(5, {receipt(1, ReceiptState::acked)}));
    way.hold(entry_of(6, {receipt(1, ReceiptState::seen)}, order + 1));
    REQUIRE(way.out.size() == 1);
    CHECK(said(way.out[0]).entry().event().receipts_moved().order() == order);
    Receipt unreached = receipt(2, ReceiptState::queued);
    way.hold(entry_of(7, {unreached}, order + 1));
    unreached.unreached_since = base::UtcMs{9};
    way.hold(entry_of(8, {unreached}, order + 1));
    REQUIRE(way.out.size() == 2);
    CHECK(way.out[1].position.seq == base::Seq{7});
    way.beats(2);
    CHECK(way.out.size() == 3);
}

TEST_CASE("a history that has changed takes nothing along", "[shard][receipts]") {
    Way way;
    way.hold(entry_of(5, {receipt(1, ReceiptState::seen)}));
    way.held.forget();
    way.beats(3);
    CHECK(way.out.empty());
}

}  // namespace marchwire::shard
