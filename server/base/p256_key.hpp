// A key of the curve P-256: devices log in with one, and Web Push agrees on secrets and signs with another.
#pragma once

#include "base/hmac.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

typedef struct evp_pkey_st EVP_PKEY;  // NOLINT: as OpenSSL declares it

namespace marchwire::base {

inline constexpr std::size_t p256_point_bytes = 65;  ///< uncompressed: 4, x, y

/// Thread-safe. Movable.
class P256Key {
public:
    /// The one with this private number, big endian; nothing when it is 0 or not below the curve's order.
    [[nodiscard]] static std::optional<P256Key> with_scalar(const Hash256& scalar);
    /// Always the same of a seed.
    [[nodiscard]] static P256Key from_seed(const Hash256& seed);
    [[nodiscard]] static P256Key random();

    /// p256_point_bytes.
    [[nodiscard]] const std::string& public_point() const { return public_; }
    /// ECDH, 32 bytes; nothing when `point` is none of the curve.
    [[nodiscard]] std::optional<std::string> agree(std::string_view point) const;
    /// ES256: r and s, 64 bytes.
    [[nodiscard]] std::string sign(std::string_view text) const;

private:
    struct Free {
        void operator()(EVP_PKEY* key) const;
    };
    P256Key(std::unique_ptr<EVP_PKEY, Free> key, std::string point) : key_(std::move(key)), public_(std::move(point)) {}

    std::unique_ptr<EVP_PKEY, Free> key_;
    std::string public_;
};

/// True for 65 bytes that are a point of the curve.
[[nodiscard]] bool is_p256_point(std::string_view bytes);
/// True when the owner of `point` made this ES256 signature.
[[nodiscard]] bool is_signed_by(std::string_view point, std::string_view text, std::string_view signature);

}  // namespace marchwire::base
