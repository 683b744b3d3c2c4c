// The reader of RFC 6455 frames from a client: bytes in, whole messages and control frames out.
#pragma once

#include "wire/frame.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace marchwire::wire {

struct Message {
    Opcode opcode = Opcode::binary;
    std::string_view payload;
};  ///< text or binary, whole, UTF-8 checked
struct PingFrame {
    std::string_view payload;
};
struct PongFrame {
    std::string_view payload;
};
struct CloseFrame {
    std::uint16_t code = 0;
    std::string_view reason;
};  ///< code 1005: none was sent
/// The peer broke a rule: close with this code (1002, 1007, 1009); nothing more is read.
struct Violation {
    std::uint16_t close_code = 0;
    const char* rule = "";
};
struct NeedMore {};

using ReadEvent = std::variant<NeedMore, Message, PingFrame, PongFrame, CloseFrame, Violation>;

/// Usage: `auto space = reader.prepare(n)`, read from the socket into it, `reader.commit(read)`, then
/// `next()` until NeedMore. Views in an event hold until the next call of any member. Masked frames
/// are required, extensions are refused, message size is bounded by `message_bytes_max`; control frames
/// may stand between fragments. Buffers are given back when nothing is pending, so that an idle
/// connection holds no buffer. One thread.
class FrameReader {
public:
    explicit FrameReader(std::size_t message_bytes_max);
    [[nodiscard]] std::span<char> prepare(std::size_t bytes);
    void commit(std::size_t bytes);
    [[nodiscard]] ReadEvent next();
    /// Frames taken since it was last asked, fragments and control frames among them. Views stay as they are.
    [[nodiscard]] std::uint32_t take_frame_count() { return std::exchange(frames_, 0); }
    /// Gives the buffer back when it is empty.
    void shrink();

private:
    struct Header {
        bool fin = false;
        Opcode opcode = Opcode::continuation;
        std::size_t header_bytes = 0;
        std::uint64_t payload_bytes = 0;
        std::uint32_t mask_at = 0;
    };
    [[nodiscard]] ReadEvent fail(std::uint16_t code, const char* rule);
    [[nodiscard]] bool parse_header(Header& header, ReadEvent& problem);
    [[nodiscard]] ReadEvent take_control(const Header& header, std::string_view payload);
    [[nodiscard]] ReadEvent take_data(const Header& header, std::string_view payload);

    std::size_t message_bytes_max_;
    std::string buffer_;                            ///< bytes read and not yet taken
    std::size_t begin_ = 0;                         ///< first byte not taken
    std::size_t end_ = 0;                           ///< past the last byte read
    std::string message_;                           ///< fragments so far
    Opcode message_opcode_ = Opcode::continuation;  ///< continuation: no message is open
    std::uint32_t frames_ = 0;                      ///< taken and not yet counted
    bool failed_ = false;
};

}  // namespace marchwire::wire
