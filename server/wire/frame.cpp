#include "wire/frame.hpp"

namespace marchwire::wire {
namespace {

constexpr std::size_t header_bytes_max = 10;      // RFC 6455, 5.2, unmasked
constexpr std::size_t control_payload_max = 125;  // RFC 6455, 5.5

/// RFC 6455, 5.2: the shortest length form that holds it.
void append_header(std::string& bytes, Opcode opcode, std::size_t payload) {
    constexpr unsigned fin = 0x80;
    bytes.push_back(static_cast<char>(fin | static_cast<unsigned>(opcode)));
    const auto append_big_endian = [&bytes](std::uint64_t value, unsigned width) {
        for (unsigned shift = width * 8; shift != 0; shift -= 8) {
            bytes.push_back(static_cast<char>((value >> (shift - 8)) & 0xFFU));
        }
    };
    if (payload < 126) {
        bytes.push_back(static_cast<char>(payload));
    } else if (payload <= 0xFFFF) {
        bytes.push_back(126);
        append_big_endian(payload, 2);
    } else {
        bytes.push_back(127);
        append_big_endian(payload, 8);
    }
}

/// Of an unmasked frame.
std::size_t header_bytes(std::string_view frame) {
    const auto length = static_cast<unsigned char>(frame[1]);
    if (length < 126) return 2;
    return length == 126 ? 4 : 10;
}

/// Not in the middle of a character: continuation bytes begin with 10.
std::string_view cut(std::string_view text, std::size_t most) {
    if (text.size() <= most) return text;
    std::size_t end = most;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    return text.substr(0, end);
}

constexpr std::string_view run_opening = R"({"items":[)";
constexpr std::string_view run_closing = "]}";

std::size_t run_bytes(std::span<const std::string_view> items, Encoding encoding) {
    std::size_t bytes = 0;
    for (const std::string_view item : items) bytes += item.size();
    if (encoding == Encoding::proto) return bytes;
    const std::size_t commas = items.empty() ? 0 : items.size() - 1;
    return bytes + run_opening.size() + commas + run_closing.size();
}

void append_run(std::string& bytes, std::span<const std::string_view> items, Encoding encoding) {
    if (encoding == Encoding::proto) {
        for (const std::string_view item : items) bytes += item;
        return;
    }
    bytes += run_opening;
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (i != 0) bytes += ',';
        bytes += items[i];
    }
    bytes += run_closing;
}

}  // namespace

Frame make_run(std::span<const std::string_view> items, Encoding encoding) {
    const std::size_t payload = run_bytes(items, encoding);
    auto bytes = std::make_shared<std::string>();
    bytes->reserve(payload + header_bytes_max);
    append_header(*bytes, encoding == Encoding::json ? Opcode::text : Opcode::binary, payload);
    append_run(*bytes, items, encoding);
    return bytes;
}

Frame make_message(std::string_view item, Encoding encoding) { return make_run({&item, 1}, encoding); }

std::string_view items_in(std::string_view message, Encoding encoding) {
    std::string_view payload = message.substr(header_bytes(message));
    if (encoding == Encoding::proto) return payload;
    payload.remove_prefix(run_opening.size());
    payload.remove_suffix(run_closing.size());
    return payload;
}

Frame make_frame(Opcode opcode, std::string_view payload) {
    auto bytes = std::make_shared<std::string>();
    bytes->reserve(payload.size() + header_bytes_max);
    append_header(*bytes, opcode, payload.size());
    bytes->append(payload);
    return bytes;
}

Frame make_close(std::uint16_t code, std::string_view reason) {
    std::string payload;
    payload.push_back(static_cast<char>(code >> 8U));
    payload.push_back(static_cast<char>(code & 0xFFU));
    payload.append(cut(reason, control_payload_max - payload.size()));
    return make_frame(Opcode::close, payload);
}

}  // namespace marchwire::wire
