#include "base/p256_key.hpp"

#include "base/outcome.hpp"
#include "base/random.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <array>

namespace marchwire::base {
namespace {

constexpr const char* curve = "prime256v1";
constexpr int half_bytes = 32;  ///< of a signature; of a coordinate

template <auto Function>
struct FreedBy {
    template <class T>
    void operator()(T* thing) const {
        Function(thing);
    }
};
using Number = std::unique_ptr<BIGNUM, FreedBy<BN_clear_free>>;
using Group = std::unique_ptr<EC_GROUP, FreedBy<EC_GROUP_free>>;
using Point = std::unique_ptr<EC_POINT, FreedBy<EC_POINT_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, FreedBy<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, FreedBy<OSSL_PARAM_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, FreedBy<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, FreedBy<EVP_MD_CTX_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, FreedBy<ECDSA_SIG_free>>;
using AnyKey = std::unique_ptr<EVP_PKEY, FreedBy<EVP_PKEY_free>>;

const unsigned char* raw(std::string_view bytes) {
    return static_cast<const unsigned char*>(static_cast<const void*>(bytes.data()));
}
unsigned char* raw(std::string& bytes) { return static_cast<unsigned char*>(static_cast<void*>(bytes.data())); }

Group p256() {
    Group group(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
    MARCHWIRE_INVARIANT(group != nullptr);
    return group;
}

/// Null when OpenSSL finds no key in it.
AnyKey key_of(std::string_view point, const BIGNUM* scalar) {
    const Builder builder(OSSL_PARAM_BLD_new());
    bool built = builder != nullptr &&
                 OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve, 0) == 1 &&
                 OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) ==
                     1;
    if (scalar != nullptr)
        built = built && OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, scalar) == 1;
    MARCHWIRE_INVARIANT(built);
    const Parameters parameters(OSSL_PARAM_BLD_to_param(builder.get()));
    const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
    MARCHWIRE_INVARIANT(parameters != nullptr && context != nullptr);
    EVP_PKEY* key = nullptr;
    const int selection = scalar != nullptr ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY;
    if (EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, selection, parameters.get()) != 1) {
        return nullptr;
    }
    return AnyKey(key);
}

}  // namespace

void P256Key::Free::operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }

std::optional<P256Key> P256Key::with_scalar(const Hash256& scalar) {
    const Group group = p256();
    const Number number(BN_bin2bn(scalar.data(), static_cast<int>(scalar.size()), nullptr));
    MARCHWIRE_INVARIANT(number != nullptr);
    BN_set_flags(number.get(), BN_FLG_CONSTTIME);
    if (BN_is_zero(number.get()) || BN_cmp(number.get(), EC_GROUP_get0_order(group.get())) >= 0) return std::nullopt;
    const Point point(EC_POINT_new(group.get()));
    std::string bytes(p256_point_bytes, '\0');
    const bool made = point != nullptr &&
                      EC_POINT_mul(group.get(), point.get(), number.get(), nullptr, nullptr, nullptr) == 1 &&
                      EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED, raw(bytes),
                                         bytes.size(), nullptr) == bytes.size();
    MARCHWIRE_INVARIANT(made);
    AnyKey key = key_of(bytes, number.get());
    MARCHWIRE_INVARIANT(key != nullptr);
    return P256Key(std::unique_ptr<EVP_PKEY, Free>(key.release()), std::move(bytes));
}

P256Key P256Key::from_seed(const Hash256& seed) {
    // All but one in 2^32 numbers of 32 bytes are below the curve's order.
    for (char tried = 0; tried < 8; ++tried) {
        const std::array<std::string_view, 1> part{std::string_view(&tried, 1)};
        if (auto key = with_scalar(Hmac(seed).of(part))) return *std::move(key);
    }
    invariant_broken("eight numbers beyond the order of P-256", __FILE__, __LINE__);
}

P256Key P256Key::random() {
    Hash256 seed{};
    random_bytes(seed.size()).copy(reinterpret_cast<char*>(seed.data()), seed.size());
    return from_seed(seed);
}

std::optional<std::string> P256Key::agree(std::string_view point) const {
    if (point.size() != p256_point_bytes) return std::nullopt;
    const AnyKey peer = key_of(point, nullptr);
    if (peer == nullptr) return std::nullopt;
    const KeyContext context(EVP_PKEY_CTX_new(key_.get(), nullptr));
    std::string secret(static_cast<std::size_t>(half_bytes), '\0');
    std::size_t size = secret.size();
    const bool agreed = context != nullptr && EVP_PKEY_derive_init(context.get()) == 1 &&
                        EVP_PKEY_derive_set_peer(context.get(), peer.get()) == 1 &&
                        EVP_PKEY_derive(context.get(), raw(secret), &size) == 1 && size == secret.size();
    if (!agreed) return std::nullopt;
    return secret;
}

std::string P256Key::sign(std::string_view text) const {
    const DigestContext context(EVP_MD_CTX_new());
    std::array<unsigned char, 80> der{};  // a signature of this curve has at most 72 bytes
    std::size_t size = der.size();
    const bool made = context != nullptr &&
                      EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1 &&
                      EVP_DigestSign(context.get(), der.data(), &size, raw(text), text.size()) == 1;
    MARCHWIRE_INVARIANT(made);
    const unsigned char* at = der.data();
    const Signature signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(size)));
    MARCHWIRE_INVARIANT(signature != nullptr);
    std::string bytes(static_cast<std::size_t>(half_bytes) * 2, '\0');
    const bool padded = BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), raw(bytes), half_bytes) == half_bytes &&
                        BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), raw(bytes) + half_bytes, half_bytes) ==
                            half_bytes;
    MARCHWIRE_INVARIANT(padded);
    return bytes;
}

bool is_p256_point(std::string_view bytes) {
    return bytes.size() == p256_point_bytes && bytes.front() == 4 && key_of(bytes, nullptr) != nullptr;
}

bool is_signed_by(std::string_view point, std::string_view text, std::string_view signature) {
    if (signature.size() != static_cast<std::size_t>(half_bytes) * 2 || !is_p256_point(point)) return false;
    const AnyKey key = key_of(point, nullptr);
    const Signature pair(ECDSA_SIG_new());
    Number r(BN_bin2bn(raw(signature), half_bytes, nullptr));
    Number s(BN_bin2bn(raw(signature) + half_bytes, half_bytes, nullptr));
    MARCHWIRE_INVARIANT(pair != nullptr && ECDSA_SIG_set0(pair.get(), r.release(), s.release()) == 1);
    std::array<unsigned char, 80> der{};
    unsigned char* at = der.data();
    const int size = i2d_ECDSA_SIG(pair.get(), &at);
    const DigestContext context(EVP_MD_CTX_new());
    return size > 0 && context != nullptr &&
           EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
           EVP_DigestVerify(context.get(), der.data(), static_cast<std::size_t>(size), raw(text), text.size()) == 1;
}

}  // namespace marchwire::base
