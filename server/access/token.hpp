// Opaque tokens: 256 random bits as text, stored by their hash only.
#pragma once

#include "base/hmac.hpp"

#include <string>
#include <string_view>

namespace marchwire::access {

/// 43 characters of base64url, from the system's random source (a machine without one ends the process).
/// Shown once and kept nowhere.
[[nodiscard]] std::string new_token();

/// SHA-256 of the text: what logs hold and Hello is compared with.
[[nodiscard]] base::Hash256 hash_token(std::string_view text);

}  // namespace marchwire::access
