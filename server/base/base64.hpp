// Base64 as browsers and push services write it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace marchwire::base {

/// RFC 4648, 5: without padding.
[[nodiscard]] std::string base64url(std::string_view bytes);
/// Of either alphabet, with padding or without; nothing for anything else.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

}  // namespace marchwire::base
