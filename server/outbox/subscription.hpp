// Where a browser may be pushed to: as its device says it, and as the log holds it.
#pragma once

#include "base/hmac.hpp"
#include "base/outcome.hpp"
#include "core/command.hpp"
#include "outbox/url.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace marchwire::outbox {

struct Subscription {
    std::string endpoint;
    std::string point;  ///< the browser's public key, 65 bytes
    std::string auth;   ///< 16 bytes that it shares with us
    bool operator==(const Subscription&) const = default;
};

/// Whether endpoints may lie where no browser's push service does: in tests, or where an organiser runs their own.
enum class Networks : std::uint8_t { public_only, any };

/// INVALID_ARGUMENT names the field. A host that is a name is looked at when it is called.
[[nodiscard]] base::Result<Subscription> read_subscription(const core::SubscribePush& said, Networks allowed);

/// For the log: under `key` (access::KeyRing::key_for), and good for this person of this march alone.
[[nodiscard]] std::string seal_subscription(const base::Hash256& key, const base::LogId& march, base::PersonId person,
                                            const Subscription& subscription);
/// Nothing when it was sealed under another key or for somebody else.
[[nodiscard]] std::optional<Subscription> open_subscription(const base::Hash256& key, const base::LogId& march,
                                                            base::PersonId person, std::string_view sealed);

}  // namespace marchwire::outbox
