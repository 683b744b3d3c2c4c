#include "fanout/self_signed.hpp"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>
#include <stdexcept>

namespace marchwire::bench {
namespace {

constexpr long day_seconds = 24L * 3600;

template <class T, void (*free_it)(T*)>
struct Freed {
    void operator()(T* thing) const { free_it(thing); }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY, EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509, X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION, X509_EXTENSION_free>>;

void need(bool done) {
    if (!done) throw std::runtime_error("OpenSSL made no certificate");
}

Certificate certificate_of(EVP_PKEY* key) {
    Certificate made(X509_new());
    need(made && X509_set_version(made.get(), 2) == 1);
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), 0);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), day_seconds);
    X509_NAME* const name = X509_get_subject_name(made.get());
    const auto* const host = reinterpret_cast<const unsigned char*>("127.0.0.1");
    need(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, host, -1, -1, 0) == 1);
    need(X509_set_issuer_name(made.get(), name) == 1 && X509_set_pubkey(made.get(), key) == 1);
    // Whoever looks at it looks for the address here, and not at the name (RFC 6125, 6.4.4).
    const Extension address(X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1"));
    need(address && X509_add_ext(made.get(), address.get(), -1) == 1);
    need(X509_sign(made.get(), key, EVP_sha256()) > 0);
    return made;
}

template <class Write>
void write_file(const std::string& path, const Write& write) {
    std::FILE* const file = std::fopen(path.c_str(), "w");
    need(file != nullptr);
    const bool written = write(file) == 1;
    need(std::fclose(file) == 0 && written);
}

}  // namespace

KeyPair self_signed(const std::filesystem::path& directory) {
    KeyPair pair{(directory / "cert.pem").string(), (directory / "key.pem").string()};
    if (std::filesystem::exists(pair.certificate)) return pair;
    const Key key(EVP_EC_gen("P-256"));
    need(key != nullptr);
    const Certificate certificate = certificate_of(key.get());
    write_file(pair.key, [&](std::FILE* file) {
        return PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
    write_file(pair.certificate, [&](std::FILE* file) { return PEM_write_X509(file, certificate.get()); });
    return pair;
}

}  // namespace marchwire::bench
