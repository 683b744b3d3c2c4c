// Whatever bytes come and however they are cut, the reader says the same and stays within its bounds.
#include "wire/frame_reader.hpp"
#include "wire/utf8.hpp"

#include "support/must.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

using marchwire::test::must;

namespace {

namespace wire = marchwire::wire;

constexpr std::size_t message_bytes_max = 1024;

/// One event as text, its promises checked.
struct Said {
    std::string operator()(const wire::NeedMore&) const { return {}; }
    std::string operator()(const wire::Message& message) const {
        must(message.payload.size() <= message_bytes_max);
        must(message.opcode == wire::Opcode::text || message.opcode == wire::Opcode::binary);
        must(message.opcode == wire::Opcode::binary || wire::is_utf8(message.payload));
        return (message.opcode == wire::Opcode::text ? "text " : "binary ") + std::string(message.payload);
    }
    std::string operator()(const wire::PingFrame& ping) const {
        must(ping.payload.size() <= 125);
        return "ping " + std::string(ping.payload);
    }
    std::string operator()(const wire::PongFrame& pong) const {
        must(pong.payload.size() <= 125);
        return "pong " + std::string(pong.payload);
    }
    std::string operator()(const wire::CloseFrame& close) const {
        must(close.code >= 1000 && close.code < 5000 && wire::is_utf8(close.reason));
        return "close " + std::to_string(close.code) + " " + std::string(close.reason);
    }
    std::string operator()(const wire::Violation& violation) const {
        must(violation.close_code == 1002 || violation.close_code == 1007 || violation.close_code == 1009);
        return "violation " + std::to_string(violation.close_code);
    }
};

using Events = std::vector<std::string>;

void feed(wire::FrameReader& reader, std::string_view part, Events& events) {
    std::ranges::copy(part, reader.prepare(part.size()).begin());
    reader.commit(part.size());
    for (wire::ReadEvent event = reader.next(); !std::holds_alternative<wire::NeedMore>(event); event = reader.next()) {
        events.push_back(std::visit(Said{}, event));
    }
    reader.shrink();
}

Events read_whole(std::string_view bytes) {
    wire::FrameReader reader(message_bytes_max);
    Events events;
    feed(reader, bytes, events);
    return events;
}

Events read_cut_at(std::string_view bytes, std::size_t cut) {
    wire::FrameReader reader(message_bytes_max);
    Events events;
    feed(reader, bytes.substr(0, cut), events);
    feed(reader, bytes.substr(cut), events);
    return events;
}

Events read_bytewise(std::string_view bytes) {
    wire::FrameReader reader(message_bytes_max);
    Events events;
    for (std::size_t i = 0; i < bytes.size(); ++i) feed(reader, bytes.substr(i, 1), events);
    return events;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes = marchwire::test::bytes_of(data, size);
    const Events whole = read_whole(bytes);
    must(read_bytewise(bytes) == whole);
    // At most 64 cuts, so that a long input costs no more than 64 readings.
    const std::size_t step = size / 64 + 1;
    for (std::size_t cut = 0; cut <= size; cut += step) must(read_cut_at(bytes, cut) == whole);
    return 0;
}
