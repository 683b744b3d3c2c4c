#include "support/push_browser.hpp"

#include "base/base64.hpp"
#include "base/random.hpp"
#include "base/sealed_box.hpp"

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <array>
#include <memory>

namespace marchwire::test {
namespace {

/// OpenSSL's own HKDF, which the server does not use.
std::string hkdf(std::string salt, std::string secret, std::string info, std::size_t bytes) {
    const std::unique_ptr<EVP_KDF, decltype(&EVP_KDF_free)> kdf(EVP_KDF_fetch(nullptr, "HKDF", nullptr), EVP_KDF_free);
    const std::unique_ptr<EVP_KDF_CTX, decltype(&EVP_KDF_CTX_free)> context(EVP_KDF_CTX_new(kdf.get()),
                                                                            EVP_KDF_CTX_free);
    char digest[] = "SHA256";
    const std::array<OSSL_PARAM, 5> parameters = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, salt.data(), salt.size()),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, secret.data(), secret.size()),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info.data(), info.size()), OSSL_PARAM_construct_end()};
    std::string key(bytes, '\0');
    auto* out = static_cast<unsigned char*>(static_cast<void*>(key.data()));
    return EVP_KDF_derive(context.get(), out, bytes, parameters.data()) == 1 ? key : std::string();
}

}  // namespace

PushBrowser::PushBrowser() : key_(base::P256Key::random()), auth_(base::random_bytes(16)) {}

core::SubscribePush PushBrowser::subscribe(std::string endpoint) const {
    return {std::move(endpoint), base::base64url(key_.public_point()), base::base64url(auth_)};
}

outbox::Subscription PushBrowser::subscription(std::string endpoint) const {
    return {std::move(endpoint), key_.public_point(), auth_};
}

std::optional<std::string> PushBrowser::read(std::string_view body) const {
    using namespace std::string_literals;
    constexpr std::size_t header = 16 + 4 + 1 + 65;
    if (body.size() < header || body.substr(16, 5) != std::string_view("\x00\x00\x10\x00\x41", 5)) return std::nullopt;
    const std::string salt(body.substr(0, 16));
    const std::string sender(body.substr(21, 65));
    const auto agreed = key_.agree(sender);
    if (!agreed) return std::nullopt;
    const std::string secret = hkdf(auth_, *agreed, "WebPush: info\0"s + key_.public_point() + sender, 32);
    const std::string key = hkdf(salt, secret, "Content-Encoding: aes128gcm\0"s, 16);
    const std::string nonce = hkdf(salt, secret, "Content-Encoding: nonce\0"s, 12);
    auto clear = base::unseal(key, nonce, {}, body.substr(header));
    if (!clear) return std::nullopt;
    while (clear->ends_with('\0')) clear->pop_back();
    if (!clear->ends_with('\x02')) return std::nullopt;
    clear->pop_back();
    return clear;
}

std::optional<nlohmann::json> vapid_claims(std::string_view authorization, std::string_view point) {
    const std::string behind = ", k=" + base::base64url(point);
    if (!authorization.starts_with("vapid t=") || !authorization.ends_with(behind)) return std::nullopt;
    authorization.remove_prefix(8);
    authorization.remove_suffix(behind.size());
    const auto first = authorization.find('.');
    const auto last = authorization.rfind('.');
    if (first == std::string_view::npos || first == last) return std::nullopt;
    const auto head = base::from_base64(authorization.substr(0, first));
    const auto claims = base::from_base64(authorization.substr(first + 1, last - first - 1));
    const auto signature = base::from_base64(authorization.substr(last + 1));
    if (!head || !claims || !signature) return std::nullopt;
    const nlohmann::json expected{{"typ", "JWT"}, {"alg", "ES256"}};
    if (nlohmann::json::parse(*head, nullptr, false) != expected) return std::nullopt;
    if (!base::is_signed_by(point, authorization.substr(0, last), *signature)) return std::nullopt;
    return nlohmann::json::parse(*claims, nullptr, false);
}

}  // namespace marchwire::test
