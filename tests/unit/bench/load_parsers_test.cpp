// The load generator's own eyes: if they saw wrongly, every figure would be wrong.
#include "load/frames.hpp"
#include "load/histogram.hpp"
#include "load/item_reader.hpp"
#include "load/payload.hpp"

#include "marchwire/v1/session.pb.h"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace marchwire::load {
namespace {

TEST_CASE("a payload has 200 bytes and says when, on which topic and which one", "[bench][load]") {
    const Stamp stamp{1'234'567'890'123'456'789, 199, 12'345};
    const std::string payload = payload_of(stamp);
    CHECK(payload.size() == payload_bytes);
    CHECK(read_payload(payload) == stamp);
    CHECK(payload.find_first_of("\"\\") == std::string::npos);
    CHECK(read_payload(payload_of({})) == Stamp{});
}

TEST_CASE("a payload of which one byte was changed or lost is none", "[bench][load]") {
    const std::string payload = payload_of({42, 1, 7});
    for (std::size_t at = 0; at < payload.size(); ++at) {
        std::string changed = payload;
        changed[at] = '#';
        CHECK_FALSE(read_payload(changed));
    }
    CHECK_FALSE(read_payload(std::string_view(payload).substr(1)));
    CHECK_FALSE(read_payload(payload + "."));
    CHECK_FALSE(read_payload(""));
}

TEST_CASE("frames are cut from a stream that ends anywhere", "[bench][load]") {
    const std::vector<std::string> payloads = {
        "", "a", std::string(125, 'b'), std::string(126, 'c'), std::string(65'535, 'd'), std::string(65'536, 'e')};
    std::string stream;
    for (const std::string& payload : payloads) put_server_frame(stream, opcode_binary, payload);
    for (std::size_t cut : {std::size_t{0}, std::size_t{1}, std::size_t{2}, std::size_t{130}, stream.size() - 1}) {
        std::string_view left = std::string_view(stream).substr(0, cut);
        Frame frame;
        std::size_t whole = 0;
        while (next_frame(left, frame)) ++whole;
        CHECK(whole < payloads.size());
        // What was left goes before what comes then.
        const std::string rest = std::string(left) + stream.substr(cut);
        left = rest;
        for (; next_frame(left, frame); ++whole) {
            CHECK(frame.payload == payloads[whole]);
            CHECK(frame.opcode == opcode_binary);
        }
        CHECK(whole == payloads.size());
        CHECK(left.empty());
    }
}

TEST_CASE("a client's frame is masked with zeros", "[bench][load]") {
    std::string out;
    put_client_frame(out, opcode_text, "hi");
    CHECK(out == std::string("\x81\x82\0\0\0\0hi", 8));
}

std::string notice_item(v1::ServerMessage& message, std::uint64_t seq, std::uint64_t prev, const std::string& text) {
    auto& item = *message.add_items();
    item.set_topic(65'537);
    item.mutable_position()->set_epoch(1);
    item.mutable_position()->set_seq(seq);
    item.mutable_position()->set_digest(0x0123456789ABCDEF);
    item.set_prev(prev);
    auto& notice = *item.mutable_public_item()->mutable_notice();
    notice.set_number(3);
    notice.set_severity(v1::SEVERITY_INFO);
    notice.set_text(text);
    notice.set_posted_at_ms(1'528'992'000'000);
    return item.SerializeAsString();
}

TEST_CASE("items are read by hand as Protobuf reads them, several messages laid end to end included", "[bench][load]") {
    v1::ServerMessage first;
    v1::ServerMessage second;
    const std::string payload = payload_of({1, 2, 3});
    notice_item(first, 300, 299, payload);
    const std::string whole = notice_item(first, 301, 300, "water");
    second.add_items()->mutable_welcome()->set_protocol(1);
    auto& phase = *second.add_items()->mutable_public_item()->mutable_phase();
    phase.set_phase(v1::HELD);
    phase.set_version(4);
    const std::string bytes = first.SerializeAsString() + second.SerializeAsString();

    FieldReader message(bytes);
    ReadItem item;
    REQUIRE(next_item(message, item));
    CHECK(item.topic == 65'537);
    CHECK(item.seq == 300);
    CHECK(item.prev == 299);
    CHECK(item.kind == item_public);
    CHECK(notice_text(item.body) == payload);
    CHECK(public_phase_version(item.body) == 0);
    REQUIRE(next_item(message, item));
    CHECK(notice_text(item.body) == "water");
    CHECK(item.whole == whole);
    REQUIRE(next_item(message, item));
    CHECK(item.kind == 10);
    CHECK(item.seq == 0);
    REQUIRE(next_item(message, item));
    CHECK(notice_text(item.body).empty());
    CHECK(public_phase_version(item.body) == 4);
    CHECK_FALSE(next_item(message, item));
    CHECK_FALSE(message.broken());
}

TEST_CASE("the phase of an entry and the time of a position are found", "[bench][load]") {
    v1::Item item;
    item.mutable_entry()->set_at_ms(5);
    item.mutable_entry()->mutable_event()->mutable_phase_changed()->set_version(9);
    CHECK(entry_phase_version(item.entry().SerializeAsString()) == 9);
    item.mutable_entry()->mutable_event()->mutable_sections_set()->set_sections(7);
    CHECK(entry_phase_version(item.entry().SerializeAsString()) == 0);

    v1::MarshalPosition position;
    position.set_person(17);
    position.set_fix_at_ms(1'528'992'000'123);
    CHECK(value_of(position.SerializeAsString(), 4) == 1'528'992'000'123);
}

TEST_CASE("a message that is cut short is broken, wherever it is cut", "[bench][load]") {
    v1::ServerMessage message;
    notice_item(message, 300, 299, "water at the second stop");
    const std::string bytes = message.SerializeAsString();
    for (std::size_t size = 1; size < bytes.size(); ++size) {
        FieldReader cut(std::string_view(bytes).substr(0, size));
        ReadItem item;
        while (next_item(cut, item)) {
        }
        CHECK(cut.broken());
    }
}

TEST_CASE("percentiles of the histogram are within 1.6 per cent of the true ones", "[bench][load]") {
    Histogram histogram;
    for (std::int64_t us = 1; us <= 100'000; ++us) histogram.add(us * 1'000);
    CHECK(histogram.count() == 100'000);
    CHECK(histogram.percentile_ms(0.5) == Approx(50.0).epsilon(0.016));
    CHECK(histogram.percentile_ms(0.99) == Approx(99.0).epsilon(0.016));
    CHECK(histogram.percentile_ms(0.001) == Approx(0.1).epsilon(0.016));
    CHECK(histogram.percentile_ms(1) == 100.0);
    CHECK(histogram.max_ms() == 100.0);
}

TEST_CASE("the histogram takes what is below zero and what is beyond all bounds", "[bench][load]") {
    Histogram histogram;
    histogram.add(-5);
    CHECK(histogram.percentile_ms(0.99) == 0);
    histogram.add(9'000'000'000'000'000);
    CHECK(histogram.percentile_ms(1) == 240'000.0);
    CHECK(Histogram().percentile_ms(0.99) == 0);
}

}  // namespace
}  // namespace marchwire::load
