// Web Push: RFC 8030 with the encryption of RFC 8291 and the identity of RFC 8292.
#pragma once

#include "base/outcome.hpp"
#include "base/p256_key.hpp"
#include "core/waking.hpp"
#include "outbox/request.hpp"
#include "outbox/subscription.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace marchwire::outbox {

/// All that a push says: that there is something to open.
inline constexpr std::string_view push_hint = R"({"open":"order"})";
/// Every push is as long as every other.
inline constexpr std::size_t push_padding_bytes = 48;

/// RFC 8291 with one record: `sender` and `salt` (16 bytes) are new for each message.
[[nodiscard]] std::string encrypt_push(std::string_view clear, std::size_t padding, const Subscription& to,
                                       const base::P256Key& sender, std::string_view salt);

/// RFC 8292: who we are, to the push service at `origin`, until `expires` (seconds since 1970; at most a day ahead).
[[nodiscard]] std::string vapid_authorization(const base::P256Key& key, const std::string& origin,
                                              const std::string& contact, std::int64_t expires);

/// `ttl_seconds`: how long the push service keeps it for a browser that is not there.
[[nodiscard]] Request push_request(const core::WakeUp& call, const Subscription& to, std::uint32_t ttl_seconds,
                                   std::string authorization);

}  // namespace marchwire::outbox
