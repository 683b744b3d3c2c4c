// WebSocket frames as a client sends them, well made or broken on purpose.
#pragma once

#include "wire/frame_reader.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace marchwire::test {

/// RFC 6455, 5.2. The defaults make a whole, masked binary message in the shortest length form.
struct ClientFrame {
    std::string payload;
    unsigned opcode = 2;
    bool fin = true;
    bool masked = true;
    unsigned reserved = 0;  ///< bits as they stand in the first byte
    int length_form = 0;    ///< 0 the shortest; 2 or 8: so many bytes
    std::uint32_t key = 0x37FA213D;

    [[nodiscard]] std::string bytes() const {
        const std::uint64_t size = payload.size();
        std::string out;
        out.push_back(static_cast<char>((fin ? 0x80U : 0U) | reserved | opcode));
        const unsigned mask_bit = masked ? 0x80U : 0U;
        int form = length_form;
        if (form == 0 && payload.size() > 125) form = payload.size() > 0xFFFF ? 8 : 2;
        if (form == 0) out.push_back(static_cast<char>(mask_bit | payload.size()));
        if (form == 2) out.push_back(static_cast<char>(mask_bit | 126U));
        if (form == 8) out.push_back(static_cast<char>(mask_bit | 127U));
        for (int shift = form * 8; shift != 0; shift -= 8) {
            out.push_back(static_cast<char>((size >> (shift - 8)) & 0xFFU));
        }
        if (!masked) return out + payload;
        std::string key_bytes;
        for (unsigned shift = 32; shift != 0; shift -= 8) {
            key_bytes.push_back(static_cast<char>((key >> (shift - 8)) & 0xFFU));
        }
        out += key_bytes;
        for (std::size_t i = 0; i < payload.size(); ++i) {
            out.push_back(static_cast<char>(payload[i] ^ key_bytes[i % key_bytes.size()]));
        }
        return out;
    }
};

/// A close frame's payload.
inline std::string close_payload(unsigned code, std::string_view reason = {}) {
    std::string payload{static_cast<char>(code >> 8U), static_cast<char>(code & 0xFFU)};
    return payload.append(reason);
}

/// What a reader said, in words: `text hello`, `ping x`, `close 1000 bye`, `violation 1002`.
inline std::string said(const wire::ReadEvent& event) {
    struct Words {
        std::string operator()(const wire::NeedMore&) const { return "need more"; }
        std::string operator()(const wire::Message& message) const {
            return (message.opcode == wire::Opcode::text ? "text " : "binary ") + std::string(message.payload);
        }
        std::string operator()(const wire::PingFrame& ping) const { return "ping " + std::string(ping.payload); }
        std::string operator()(const wire::PongFrame& pong) const { return "pong " + std::string(pong.payload); }
        std::string operator()(const wire::CloseFrame& close) const {
            return "close " + std::to_string(close.code) + " " + std::string(close.reason);
        }
        std::string operator()(const wire::Violation& violation) const {
            return "violation " + std::to_string(violation.close_code);
        }
    };
    return std::visit(Words{}, event);
}

/// Feeds `bytes` to the reader, `step` at a time, and answers all that it said.
inline std::vector<std::string> read_all(wire::FrameReader& reader, std::string_view bytes,
                                         std::size_t step = std::string_view::npos) {
    std::vector<std::string> events;
    while (!bytes.empty()) {
        const std::string_view part = bytes.substr(0, step);
        bytes.remove_prefix(part.size());
        std::ranges::copy(part, reader.prepare(part.size()).begin());
        reader.commit(part.size());
        for (;;) {
            const wire::ReadEvent event = reader.next();
            if (std::holds_alternative<wire::NeedMore>(event)) break;
            events.push_back(said(event));
        }
    }
    return events;
}

inline std::vector<std::string> read_all(std::string_view bytes) {
    wire::FrameReader reader(64 * 1024);
    return read_all(reader, bytes);
}

}  // namespace marchwire::test
