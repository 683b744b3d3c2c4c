// Every close code that the server uses, with what a client does then. The same table stands in
// proto/README.md; no other code is used but RFC 6455's own for broken frames.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace marchwire::wire {

enum class CloseCode : std::uint16_t {
    // RFC 6455, 7.4.1
    normal = 1000,
    going_away = 1001,
    frame_error = 1002,
    not_utf8 = 1007,
    too_large = 1009,
    // ours
    drain = 4000,
    hello_timeout = 4001,
    silent = 4002,
    too_slow = 4003,
    stalled = 4004,
    overloaded = 4005,
    internal = 4006,
    protocol_error = 4010,
    wrong_version = 4011,
    unauthenticated = 4012,
    revoked = 4013,
    wrong_door = 4014,
    origin_refused = 4015,
    too_many_messages = 4016,
};

/// What a client does after a close: come back (with backoff and full jitter, or after the delay that
/// Drain told), or stop until a person or a new version changes something.
enum class AfterClose : std::uint8_t { retry, stop };

struct CloseRow {
    CloseCode code;
    std::string_view name;
    AfterClose then;
    std::string_view meaning;
};

inline constexpr std::array<CloseRow, 18> close_table{{
    {CloseCode::normal, "NORMAL", AfterClose::stop, "You closed the connection."},
    {CloseCode::frame_error, "FRAME_ERROR", AfterClose::stop, "A frame broke a rule of RFC 6455."},
    {CloseCode::not_utf8, "NOT_UTF8", AfterClose::stop, "A text message was not UTF-8."},
    {CloseCode::too_large, "TOO_LARGE", AfterClose::stop, "A message had more than 64 KB."},
    {CloseCode::drain, "DRAIN", AfterClose::retry, "The server goes down for a moment; Drain told when to come back."},
    {CloseCode::hello_timeout, "HELLO_TIMEOUT", AfterClose::retry, "No Hello came in time."},
    {CloseCode::silent, "SILENT", AfterClose::retry, "Nothing was heard from you for too long."},
    {CloseCode::too_slow, "TOO_SLOW", AfterClose::retry, "More was waiting for you than the server keeps; resume."},
    {CloseCode::stalled, "STALLED", AfterClose::retry, "Your connection took no bytes for too long; resume."},
    {CloseCode::overloaded, "OVERLOADED", AfterClose::retry, "The server is full; come back later."},
    {CloseCode::internal, "INTERNAL", AfterClose::retry, "The server lost its way and starts again."},
    {CloseCode::protocol_error, "PROTOCOL_ERROR", AfterClose::stop, "The conversation broke a rule of this page."},
    {CloseCode::wrong_version, "WRONG_VERSION", AfterClose::stop, "Hello named a protocol that is not spoken here."},
    {CloseCode::unauthenticated, "UNAUTHENTICATED", AfterClose::stop, "The token is not known here, or has expired."},
    {CloseCode::revoked, "REVOKED", AfterClose::stop, "The token was revoked; ask your lead."},
    {CloseCode::wrong_door, "WRONG_DOOR", AfterClose::stop, "Staff come in by /v1/ops, followers by /v1/ws."},
    {CloseCode::origin_refused, "ORIGIN_REFUSED", AfterClose::stop, "Credentials are not taken from this web origin."},
    {CloseCode::too_many_messages, "TOO_MANY_MESSAGES", AfterClose::retry,
     "More frames came than one client sends: 100 a second, 1 000 at once, pings and fragments too."},
}};

[[nodiscard]] constexpr std::string_view name_of(CloseCode code) {
    for (const CloseRow& row : close_table) {
        if (row.code == code) return row.name;
    }
    return "GOING_AWAY";
}

}  // namespace marchwire::wire
