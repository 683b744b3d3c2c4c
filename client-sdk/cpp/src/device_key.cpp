// The key of a device, and secrets of links, on OpenSSL.
#include "marchwire/access.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <array>
#include <cstdlib>

namespace marchwire::sdk {
namespace {

constexpr int half_bytes = 32;  // of a signature; of a coordinate

template <auto Function>
struct FreedBy {
    template <class T>
    void operator()(T* thing) const {
        Function(thing);
    }
};
using Bytes = std::unique_ptr<BIO, FreedBy<BIO_free_all>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, FreedBy<EVP_MD_CTX_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, FreedBy<ECDSA_SIG_free>>;

std::shared_ptr<EVP_PKEY> shared(EVP_PKEY* key) { return {key, EVP_PKEY_free}; }

/// OpenSSL has no memory or no randomness: nothing sensible can follow.
void must(bool well) {
    if (!well) std::abort();
}

unsigned char* octets(std::string& text) { return static_cast<unsigned char*>(static_cast<void*>(text.data())); }
const unsigned char* octets(std::string_view text) {
    return static_cast<const unsigned char*>(static_cast<const void*>(text.data()));
}

std::string text_in(BIO* bytes) {
    char* at = nullptr;
    const long size = BIO_ctrl(bytes, BIO_CTRL_INFO, 0, static_cast<void*>(&at));
    return {at, static_cast<std::size_t>(size)};
}

}  // namespace

DeviceKey DeviceKey::generate() {
    EVP_PKEY* key = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
    must(key != nullptr);
    return DeviceKey(shared(key));
}

std::optional<DeviceKey> DeviceKey::from_pem(const std::string& pem) {
    const Bytes bytes(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    // A key under a password is none: OpenSSL would ask for it on the terminal of the app.
    const auto no_password = [](char*, int, int, void*) { return -1; };
    auto key = shared(PEM_read_bio_PrivateKey(bytes.get(), nullptr, no_password, nullptr));
    if (key == nullptr) return std::nullopt;
    std::array<char, 32> group{};
    std::size_t size = 0;
    const bool named = EVP_PKEY_get_utf8_string_param(key.get(), OSSL_PKEY_PARAM_GROUP_NAME, group.data(), group.size(),
                                                      &size) == 1;
    if (!named || std::string_view(group.data(), size) != "prime256v1") return std::nullopt;
    return DeviceKey(std::move(key));
}

std::string DeviceKey::pem() const {
    const Bytes bytes(BIO_new(BIO_s_mem()));
    must(PEM_write_bio_PKCS8PrivateKey(bytes.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
    return text_in(bytes.get());
}

std::string DeviceKey::public_key() const {
    std::string point(static_cast<std::size_t>(1 + 2 * half_bytes), '\0');
    std::size_t size = 0;
    must(EVP_PKEY_get_octet_string_param(key_.get(), OSSL_PKEY_PARAM_PUB_KEY, octets(point), point.size(), &size) == 1);
    must(size == point.size());
    return point;
}

std::string DeviceKey::sign(std::string_view text) const {
    const DigestContext context(EVP_MD_CTX_new());
    std::array<unsigned char, 80> der{};  // a signature of this curve has at most 72 bytes
    std::size_t size = der.size();
    must(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1);
    must(EVP_DigestSign(context.get(), der.data(), &size, octets(text), text.size()) == 1);
    const unsigned char* at = der.data();
    const Signature signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(size)));
    must(signature != nullptr);
    std::string both(static_cast<std::size_t>(half_bytes) * 2, '\0');
    must(BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), octets(both), half_bytes) == half_bytes);
    must(BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), octets(both) + half_bytes, half_bytes) == half_bytes);
    return both;
}

std::string_view name_of(InviteState state) {
    switch (state) {
        case InviteState::unconfirmed: return "unconfirmed";
        case InviteState::open: return "open";
        case InviteState::redeemed: return "redeemed";
        case InviteState::revoked: return "revoked";
        case InviteState::unknown: break;
    }
    return "unknown";
}

std::string hash_of_secret(std::string_view secret) {
    std::string hash(SHA256_DIGEST_LENGTH, '\0');
    SHA256(octets(secret), secret.size(), octets(hash));
    return hash;
}

std::string new_secret() {
    std::array<unsigned char, 32> bits{};
    must(RAND_bytes(bits.data(), static_cast<int>(bits.size())) == 1);
    std::array<unsigned char, 48> text{};  // 44 characters and their end
    const int size = EVP_EncodeBlock(text.data(), bits.data(), static_cast<int>(bits.size()));
    std::string secret(reinterpret_cast<const char*>(text.data()), static_cast<std::size_t>(size));
    while (secret.ends_with('=')) secret.pop_back();
    for (char& one : secret) one = one == '+' ? '-' : one == '/' ? '_' : one;
    return secret;
}

}  // namespace marchwire::sdk
