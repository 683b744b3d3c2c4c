#include "base/hmac.hpp"

#include "base/outcome.hpp"

#include <openssl/evp.h>
#include <openssl/params.h>

#include <utility>

namespace marchwire::base {
namespace {

const unsigned char* octets(std::string_view bytes) {
    return static_cast<const unsigned char*>(static_cast<const void*>(bytes.data()));
}

}  // namespace

Hash256 sha256(std::string_view bytes) {
    Hash256 hash{};
    unsigned int size = 0;
    MARCHWIRE_INVARIANT(EVP_Digest(bytes.data(), bytes.size(), hash.data(), &size, EVP_sha256(), nullptr) == 1);
    return hash;
}

std::string hex(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const char byte : bytes) {
        const auto value = static_cast<std::uint8_t>(byte);
        text += digits[value >> 4U];
        text += digits[value & 15U];
    }
    return text;
}

std::string hex(const Hash256& hash) {
    std::string bytes(hash.begin(), hash.end());
    return hex(std::string_view(bytes));
}

Hmac::Hmac(const Hash256& key) : keyed_(nullptr) {
    EVP_MAC* mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
    MARCHWIRE_INVARIANT(mac != nullptr);
    EVP_MAC_CTX* context = EVP_MAC_CTX_new(mac);
    EVP_MAC_free(mac);
    char digest_name[] = "SHA256";
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string("digest", digest_name, 0),
                                     OSSL_PARAM_construct_end()};
    MARCHWIRE_INVARIANT(context != nullptr);
    MARCHWIRE_INVARIANT(EVP_MAC_init(context, key.data(), key.size(), parameters) == 1);
    keyed_ = context;
}

Hmac::Hmac(Hmac&& other) noexcept : keyed_(std::exchange(other.keyed_, nullptr)) {}

Hmac::~Hmac() { EVP_MAC_CTX_free(static_cast<EVP_MAC_CTX*>(keyed_)); }

Hash256 Hmac::of(std::span<const std::string_view> parts) const {
    EVP_MAC_CTX* context = EVP_MAC_CTX_dup(static_cast<EVP_MAC_CTX*>(keyed_));
    MARCHWIRE_INVARIANT(context != nullptr);
    for (const std::string_view part : parts) {
        MARCHWIRE_INVARIANT(EVP_MAC_update(context, octets(part), part.size()) == 1);
    }
    Hash256 hash{};
    std::size_t size = 0;
    MARCHWIRE_INVARIANT(EVP_MAC_final(context, hash.data(), &size, hash.size()) == 1);
    EVP_MAC_CTX_free(context);
    return hash;
}

}  // namespace marchwire::base
