// The signing key of an app that embeds the SDK, and what its backend signs, rightly or not. (tests)
#pragma once

#include "base/base64.hpp"
#include "base/issuers.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace marchwire::test {

/// Always the same of a seed.
class AppSigner {
public:
    explicit AppSigner(std::uint8_t seed) {
        std::array<std::uint8_t, 32> bytes{};
        bytes.fill(seed);
        key_.reset(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes.data(), bytes.size()));
    }
    [[nodiscard]] std::array<std::uint8_t, 32> shown() const {
        std::array<std::uint8_t, 32> bytes{};
        std::size_t size = bytes.size();
        EVP_PKEY_get_raw_public_key(key_.get(), bytes.data(), &size);
        return bytes;
    }
    [[nodiscard]] std::string pem() const {
        return written(
            [&](BIO* to) { return PEM_write_bio_PrivateKey(to, key_.get(), nullptr, nullptr, 0, nullptr, nullptr); });
    }
    [[nodiscard]] std::string public_pem() const {
        return written([&](BIO* to) { return PEM_write_bio_PUBKEY(to, key_.get()); });
    }
    [[nodiscard]] std::string signature(std::string_view text) const {
        std::string made(64, '\0');
        std::size_t size = made.size();
        const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
        EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get());
        EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(made.data()), &size,
                       reinterpret_cast<const unsigned char*>(text.data()), text.size());
        return made;
    }
    /// Signs whatever stands in the two parts.
    [[nodiscard]] std::string token(std::string_view header, std::string_view payload) const {
        const std::string text = base::base64url(header) + "." + base::base64url(payload);
        return text + "." + base::base64url(signature(text));
    }
    [[nodiscard]] base::IssuerKey key(std::string kid, base::UtcMs not_after = {}) const {
        return {std::move(kid), shown(), not_after};
    }

private:
    template <class Write>
    [[nodiscard]] static std::string written(Write write) {
        const std::unique_ptr<BIO, int (*)(BIO*)> to(BIO_new(BIO_s_mem()), BIO_free);
        write(to.get());
        char* text = nullptr;
        const auto size = BIO_get_mem_data(to.get(), &text);
        return {text, static_cast<std::size_t>(size)};
    }

    std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key_{nullptr, EVP_PKEY_free};
};

}  // namespace marchwire::test
