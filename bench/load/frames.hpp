// Frames of RFC 6455 as a client of a server on the same machine needs them: cut from what arrived, laid to what
// leaves.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace marchwire::load {

inline constexpr unsigned opcode_text = 1;
inline constexpr unsigned opcode_binary = 2;
inline constexpr unsigned opcode_close = 8;
inline constexpr unsigned opcode_ping = 9;
inline constexpr unsigned opcode_pong = 10;

struct Frame {
    unsigned opcode = 0;
    bool last = true;          ///< FIN
    std::string_view payload;  ///< within what was read
};

/// Takes the next whole frame off `left`. False: `left` ends within a frame, and stays as it is. A server's frames are
/// not masked; a masked one is taken for what it is, with its mask as the first bytes of the payload.
[[nodiscard]] bool next_frame(std::string_view& left, Frame& frame);

/// A client's frame. The mask is of zeros: it is a mask, and leaves the bytes as they are.
void put_client_frame(std::string& out, unsigned opcode, std::string_view payload);

/// A server's frame, for what a relay passes on without looking.
void put_server_frame(std::string& out, unsigned opcode, std::string_view payload);

}  // namespace marchwire::load
