// An outgoing WebSocket frame: encoded once, immutable, shared by every session that sends it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace marchwire::wire {

/// The two subprotocols: marchwire.v1.proto (binary messages) and marchwire.v1.json (text).
enum class Encoding : std::uint8_t { proto, json };
inline constexpr std::size_t encoding_count = 2;

/// RFC 6455, 5.2. The server sends only whole, unmasked messages.
enum class Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// Bytes as they go to the socket, header included. Shared between shards: nothing changes after creation.
using Frame = std::shared_ptr<const std::string>;

/// A complete unmasked frame around `payload`.
[[nodiscard]] Frame make_frame(Opcode opcode, std::string_view payload);
/// One message of these encoded items (wire/codec.hpp), or of what `items_in` gave: what the protocol calls a run.
[[nodiscard]] Frame make_run(std::span<const std::string_view> items, Encoding encoding);
/// One encoded item as a message of its own.
[[nodiscard]] Frame make_message(std::string_view item, Encoding encoding);
/// What stands in a message that these two made: its items end to end (in JSON with commas between them).
[[nodiscard]] std::string_view items_in(std::string_view message, Encoding encoding);
/// Close frame with a code and a short reason (cut at 123 bytes on a character border).
[[nodiscard]] Frame make_close(std::uint16_t code, std::string_view reason);

}  // namespace marchwire::wire
