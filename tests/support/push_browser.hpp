// A browser that subscribes to pushes and reads them, and a push service that looks at who sends them. (tests)
#pragma once

#include "base/p256_key.hpp"
#include "core/command.hpp"
#include "outbox/subscription.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace marchwire::test {

class PushBrowser {
public:
    PushBrowser();
    [[nodiscard]] core::SubscribePush subscribe(std::string endpoint) const;
    [[nodiscard]] outbox::Subscription subscription(std::string endpoint) const;
    /// As RFC 8291 has it, from this end; nothing when it cannot be read.
    [[nodiscard]] std::optional<std::string> read(std::string_view body) const;

private:
    base::P256Key key_;
    std::string auth_;
};

/// The claims of an Authorization header of RFC 8292, when this key has signed them and the header names it.
[[nodiscard]] std::optional<nlohmann::json> vapid_claims(std::string_view authorization, std::string_view point);

}  // namespace marchwire::test
