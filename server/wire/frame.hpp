// An outgoing WebSocket frame: encoded once, immutable, shared by every session that sends it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace marchwire::wire {

/// RFC 6455, 5.2. The server sends only whole, unmasked messages.
enum class Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// Bytes as they go to the socket, header included. Shared between shards: nothing changes after creation.
using Frame = std::shared_ptr<const std::string>;

/// The header alone, for payloads that are written from many pieces.
[[nodiscard]] std::string make_frame_header(Opcode opcode, std::size_t payload);
/// A complete unmasked frame around `payload`.
[[nodiscard]] Frame make_frame(Opcode opcode, std::string_view payload);
/// Close frame with a code and a short reason (cut at 123 bytes on a character border).
[[nodiscard]] Frame make_close(std::uint16_t code, std::string_view reason);

}  // namespace marchwire::wire
