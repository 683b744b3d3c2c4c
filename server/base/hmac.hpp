// SHA-256 and HMAC-SHA-256 over OpenSSL, for the chain and for stored tokens.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace marchwire::base {

using Hash256 = std::array<std::uint8_t, 32>;

[[nodiscard]] Hash256 sha256(std::string_view bytes);

/// Two lower-case digits a byte.
[[nodiscard]] std::string hex(std::string_view bytes);
[[nodiscard]] std::string hex(const Hash256& hash);

/// HMAC of the parts laid end to end. Thread-safe. The context of a key is set up once and copied,
/// since a key lives for a whole log and setting it up costs two of the four compressions.
class Hmac {
public:
    explicit Hmac(const Hash256& key);
    Hmac(const Hmac&) = delete;
    Hmac& operator=(const Hmac&) = delete;
    Hmac(Hmac&& other) noexcept;
    Hmac& operator=(Hmac&&) = delete;
    ~Hmac();
    [[nodiscard]] Hash256 of(std::span<const std::string_view> parts) const;

private:
    void* keyed_;  ///< EVP_MAC_CTX, opaque here so that OpenSSL stays out of every includer
};

}  // namespace marchwire::base
