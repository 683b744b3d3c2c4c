// AES-GCM, sealed and opened: for push messages and for what the log keeps sealed.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace marchwire::base {

inline constexpr std::size_t gcm_nonce_bytes = 12;
inline constexpr std::size_t gcm_tag_bytes = 16;

/// Ciphertext and tag. `key` has 16 or 32 bytes, `nonce` gcm_nonce_bytes and is never used twice with a key.
[[nodiscard]] std::string seal(std::string_view key, std::string_view nonce, std::string_view with,
                               std::string_view clear);
/// Nothing when any of it was not what was sealed.
[[nodiscard]] std::optional<std::string> unseal(std::string_view key, std::string_view nonce, std::string_view with,
                                                std::string_view sealed);

}  // namespace marchwire::base
