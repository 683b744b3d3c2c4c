// The WebSocket handshake of RFC 6455, 4.2, as a function of the request's header fields.
#pragma once

#include "base/outcome.hpp"
#include "net/net_settings.hpp"
#include "wire/messages.hpp"

#include <string>
#include <string_view>

namespace marchwire::net {

/// The header fields that matter; empty where the request has none.
struct HandshakeRequest {
    std::string_view upgrade, connection, version, key, protocols, origin;
};

struct HandshakeAnswer {
    wire::Encoding encoding = wire::Encoding::proto;
    bool origin_trusted = true;
    std::string response;  ///< the whole 101 response, to be sent as it is
};

/// INVALID_ARGUMENT with what to send instead, its field the header field that is wrong. Of the subprotocols offered
/// the first that is known is taken.
[[nodiscard]] base::Result<HandshakeAnswer> shake_hands(const HandshakeRequest& request, const NetSettings& settings);

}  // namespace marchwire::net
