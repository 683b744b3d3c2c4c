// What the webhook is told, and by what it knows that we said it.
#pragma once

#include "core/waking.hpp"
#include "outbox/request.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace marchwire::outbox {

/// "v1=" and the hex HMAC-SHA-256 of `TIMESTAMP.BODY` under the secret.
[[nodiscard]] std::string webhook_signature(std::string_view secret, std::int64_t unix_seconds, std::string_view body);

/// JSON of the call: ids and kinds, neither the order's text nor any place.
[[nodiscard]] std::string webhook_body(const core::WakeUp& call);

/// Signed now: receivers refuse old ones, so each try is signed anew.
[[nodiscard]] Request webhook_request(const core::WakeUp& call, const Url& url, std::string_view secret,
                                      std::int64_t unix_seconds);

}  // namespace marchwire::outbox
