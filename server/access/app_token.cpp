#include "access/app_token.hpp"

#include "access/flat_json.hpp"
#include "base/base64.hpp"
#include "base/limits.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

namespace marchwire::access {
namespace {

namespace limits = base::limits;
using base::Refusal;
using base::RefusalCode;
using base::UtcMs;

constexpr std::size_t signature_bytes = 64;
/// In seconds since 1970: the year 33658. More would not fit as milliseconds.
constexpr std::int64_t latest_second = 1'000'000'000'000;

template <auto Function>
struct EndedBy {
    template <class T>
    void operator()(T* thing) const {
        Function(thing);
    }
};
using AppKey = std::unique_ptr<EVP_PKEY, EndedBy<EVP_PKEY_free>>;
using Digesting = std::unique_ptr<EVP_MD_CTX, EndedBy<EVP_MD_CTX_free>>;
using Reading = std::unique_ptr<BIO, EndedBy<BIO_free_all>>;

Refusal not_believed(std::string sentence) {
    return base::refuse(RefusalCode::unauthenticated, "hello.token", std::move(sentence));
}

const unsigned char* raw_bytes(std::string_view text) {
    return static_cast<const unsigned char*>(static_cast<const void*>(text.data()));
}

/// Without padding, of its own alphabet, and with no bits left over: of each bytes there is one text.
std::optional<std::string> strictly_decoded(std::string_view text) {
    auto bytes = base::from_base64(text);
    if (!bytes || base::base64url(*bytes) != text) return std::nullopt;
    return bytes;
}

/// header.payload.signature, each still encoded.
struct Parts {
    std::string_view header, payload, signature;
    std::string_view is_signed;  ///< header.payload
};

std::optional<Parts> parts_of(std::string_view token) {
    const auto first = token.find('.');
    const auto second = first == std::string_view::npos ? first : token.find('.', first + 1);
    if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos) return std::nullopt;
    return Parts{token.substr(0, first), token.substr(first + 1, second - first - 1), token.substr(second + 1),
                 token.substr(0, second)};
}

template <std::size_t N>
base::Result<FlatJson> part_of(std::string_view encoded, const char* name,
                               const std::array<std::string_view, N>& knows) {
    const auto text = strictly_decoded(encoded);
    if (!text) return not_believed(std::string("The token's ") + name + " is not base64url without padding.");
    auto json = FlatJson::parse(*text);
    if (!json) {
        return not_believed(std::string("The token's ") + name +
                            " is not one JSON object of texts and whole numbers, each named once.");
    }
    for (const std::string& key : json->names()) {
        if (std::ranges::find(knows, key) != knows.end()) continue;
        return not_believed(std::string("Leave '") + key + "' out of the token's " + name + ".");
    }
    return *std::move(json);
}

base::Result<std::string> kid_in(std::string_view encoded) {
    const auto header = part_of(encoded, "header", std::array<std::string_view, 3>{"alg", "kid", "typ"});
    if (!header) return header.error();
    if (header->text("alg") != "EdDSA")
        return not_believed("Sign with EdDSA on Ed25519, and say so as alg: \"EdDSA\".");
    const bool is_jwt = !header->has("typ") || header->text("typ") == "JWT";
    const auto kid = header->text("kid");
    if (!is_jwt || !kid) return not_believed("Name the key by kid, and say no typ but JWT.");
    return *kid;
}

bool is_signed_with(const base::IssuerKey& key, std::string_view text, std::string_view signature) {
    const AppKey shown(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.ed25519.data(), key.ed25519.size()));
    const Digesting context(EVP_MD_CTX_new());
    return shown != nullptr && context != nullptr && signature.size() == signature_bytes &&
           EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, shown.get()) == 1 &&
           EVP_DigestVerify(context.get(), raw_bytes(signature), signature.size(), raw_bytes(text), text.size()) == 1;
}

/// The issuer whose key has signed this.
base::Result<const base::Issuer*> signer_of(const Parts& parts, const FlatJson& payload, const std::string& kid,
                                            const std::vector<base::Issuer>& issuers, UtcMs now) {
    const auto issuer = std::ranges::find(issuers, payload.text("iss").value_or(""), &base::Issuer::name);
    if (issuer == issuers.end()) return not_believed("No issuer of this name (iss) is believed here.");
    const auto key = std::ranges::find(issuer->keys, kid, &base::IssuerKey::kid);
    const bool is_valid = key != issuer->keys.end() && (!key->not_after || now < key->not_after);
    if (!is_valid) return not_believed("This issuer has no such key (kid), or not any more.");
    const auto signature = strictly_decoded(parts.signature);
    if (!signature || !is_signed_with(*key, parts.is_signed, *signature)) {
        return not_believed("The token was not signed by this key of its issuer, or was changed since.");
    }
    return &*issuer;
}

/// 0 when it is not said; nothing when it is no time.
std::optional<UtcMs> time_in(const FlatJson& payload, const char* name) {
    if (!payload.has(name)) return UtcMs{};
    const auto seconds = payload.number(name);
    if (!seconds || *seconds <= 0 || *seconds > latest_second) return std::nullopt;
    return UtcMs{*seconds * 1000};
}

std::optional<Refusal> wrong_time(const FlatJson& payload, AppClaims& claims, UtcMs now) {
    const auto expires = time_in(payload, "exp");
    const auto issued = time_in(payload, "iat");
    const auto begins = time_in(payload, "nbf");
    if (!expires || !*expires || !issued || !begins) {
        return not_believed("Say exp, and iat if you like, as whole seconds since 1970.");
    }
    claims.expires_at = *expires;
    claims.issued_at = *issued;
    if (now >= *expires) {
        return base::refuse(RefusalCode::expired, "hello.token", "This token has expired: ask your app for a new one.");
    }
    const UtcMs latest_begin = now + limits::app_token_leeway;
    if (latest_begin < *issued || latest_begin < *begins) {
        return not_believed("This token is not valid yet: set the clock of whoever signs right.");
    }
    const bool lives_long = latest_begin + limits::app_token_life < *expires ||
                            (*issued && *issued + limits::app_token_life < *expires);
    if (lives_long) return base::invalid("hello.token", "Let a token live for ten minutes at most (exp).");
    return std::nullopt;
}

base::Result<AppClaims> claims_of(const FlatJson& payload, const base::Issuer& issuer, UtcMs now) {
    AppClaims claims;
    claims.issuer = issuer.name;
    claims.audience = payload.text("aud").value_or("");
    if (claims.audience != issuer.audience) return not_believed("This token is for somebody else (aud).");
    const auto march = base::LogId::parse(payload.text("march").value_or(""));
    if (!march || march->is_campaign()) return not_believed("Name one march as in flag-day/st-louis-mo (march).");
    if (!issuer.speaks_for(*march)) return not_believed("This issuer may not speak for that march.");
    claims.march = *march;
    const auto subject = payload.text("sub");
    if (!subject || subject->empty()) return not_believed("Say who it is (sub).");
    claims.subject = *subject;
    if (auto wrong = wrong_time(payload, claims, now)) return *wrong;
    return claims;
}

std::string encoded(const nlohmann::ordered_json& part) {
    return base::base64url(part.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

}  // namespace

base::Result<AppClaims> read_app_token(std::string_view token, const std::vector<base::Issuer>& issuers, UtcMs now) {
    if (token.size() > limits::app_token_bytes) {
        return base::refuse(RefusalCode::too_large, "hello.token", "A token has at most 2048 characters.");
    }
    const auto parts = parts_of(token);
    if (!parts) return not_believed("A token has three parts: header, payload, signature.");
    const auto kid = kid_in(parts->header);
    if (!kid) return kid.error();
    const auto payload = part_of(
        parts->payload, "payload",
        std::array<std::string_view, 8>{"iss", "aud", "march", "sub", "exp", "iat", "nbf", "jti"});
    if (!payload) return payload.error();
    const auto issuer = signer_of(*parts, *payload, *kid, issuers, now);
    if (!issuer) return issuer.error();
    return claims_of(*payload, **issuer, now);
}

base::Result<std::string> sign_app_token(const std::string& pem, std::string_view kid, const AppClaims& claims) {
    const Reading file(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    // Without a passphrase: nobody is there to type one.
    const auto no_passphrase = [](char*, int, int, void*) { return 0; };
    const AppKey key(PEM_read_bio_PrivateKey(file.get(), nullptr, no_passphrase, nullptr));
    if (key == nullptr || EVP_PKEY_get_id(key.get()) != EVP_PKEY_ED25519) {
        return base::invalid("key", "Give a private key of Ed25519 as `openssl genpkey -algorithm ed25519` makes it.");
    }
    nlohmann::ordered_json payload{{"iss", claims.issuer},
                                   {"aud", claims.audience},
                                   {"march", claims.march.text()},
                                   {"sub", claims.subject},
                                   {"exp", claims.expires_at.value / 1000}};
    if (claims.issued_at) payload["iat"] = claims.issued_at.value / 1000;
    std::string token = encoded({{"alg", "EdDSA"}, {"kid", kid}, {"typ", "JWT"}}) + "." + encoded(payload);
    std::string signature(signature_bytes, '\0');
    std::size_t size = signature.size();
    const Digesting context(EVP_MD_CTX_new());
    const bool made = context != nullptr &&
                      EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
                      EVP_DigestSign(context.get(), static_cast<unsigned char*>(static_cast<void*>(signature.data())),
                                     &size, raw_bytes(token), token.size()) == 1;
    MARCHWIRE_INVARIANT(made && size == signature_bytes);
    return token + "." + base::base64url(signature);
}

}  // namespace marchwire::access
