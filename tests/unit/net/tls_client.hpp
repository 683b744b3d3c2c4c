// A certificate made for the test, and a client that speaks TLS by OpenSSL's own hand. (tests)
#pragma once

#include "door.hpp"
#include "net/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>

namespace marchwire::net::test {

struct FreeSsl {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(BIO* bio) const { BIO_free(bio); }
};
template <class T>
using Owned = std::unique_ptr<T, FreeSsl>;

/// Files of their own, gone with it.
class CertificateFiles {
public:
    CertificateFiles() {
        std::string name = (std::filesystem::temp_directory_path() / "marchwire-tls-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        directory_ = name;
    }
    CertificateFiles(const CertificateFiles&) = delete;
    CertificateFiles& operator=(const CertificateFiles&) = delete;
    ~CertificateFiles() {
        std::error_code ignored;
        std::filesystem::remove_all(directory_, ignored);
    }
    [[nodiscard]] std::string path(const std::string& name) const { return (directory_ / name).string(); }
    [[nodiscard]] TlsFiles files() const { return {path("cert.pem"), path("key.pem")}; }

    /// Self-signed, for localhost; a passphrase where one is given.
    CertificateFiles& make(long days = 30, const std::string& passphrase = "") {
        const Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
        const Owned<X509> certificate(X509_new());
        REQUIRE((key && certificate));
        X509_set_version(certificate.get(), 2);
        ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), ++serial_);
        X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -7L * 24 * 3600);
        X509_gmtime_adj(X509_getm_notAfter(certificate.get()), days * 24 * 3600);
        X509_set_pubkey(certificate.get(), key.get());
        X509_NAME* name = X509_get_subject_name(certificate.get());
        const std::string host = "localhost";
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(host.c_str()), -1,
                                   -1, 0);
        X509_set_issuer_name(certificate.get(), name);
        REQUIRE(X509_sign(certificate.get(), key.get(), EVP_sha256()) != 0);
        write("cert.pem", [&](BIO* to) { return PEM_write_bio_X509(to, certificate.get()); });
        write("key.pem", [&](BIO* to) {
            return PEM_write_bio_PKCS8PrivateKey(to, key.get(), passphrase.empty() ? nullptr : EVP_aes_128_cbc(),
                                                 passphrase.c_str(), static_cast<int>(passphrase.size()), nullptr,
                                                 nullptr);
        });
        return *this;
    }

private:
    template <class Write>
    void write(const std::string& name, Write write_to) const {
        const Owned<BIO> file(BIO_new_file(path(name).c_str(), "w"));
        REQUIRE((file && write_to(file.get()) == 1));
    }
    std::filesystem::path directory_;
    long serial_ = 0;
};

/// What a client believes in and offers.
inline Owned<SSL_CTX> client_context() {
    Owned<SSL_CTX> context(SSL_CTX_new(TLS_client_method()));
    REQUIRE(context);
    SSL_CTX_set_mode(context.get(), SSL_MODE_AUTO_RETRY);
    return context;
}

inline NetSettings under_tls(NetSettings settings, const std::shared_ptr<TlsContext>& tls) {
    settings.tls = tls;
    return settings;
}

/// Blocking, as Client is.
class TlsClient : public Client {
public:
    TlsClient(const TestDoor& door, SSL_CTX* context, int receive_buffer_bytes = 0)
        : Client(door, receive_buffer_bytes), ssl_(SSL_new(context)) {
        SSL_set_fd(ssl_.get(), socket().native_handle());
    }
    TlsClient& shake_hands() {
        ERR_clear_error();
        REQUIRE(SSL_connect(ssl_.get()) == 1);
        return *this;
    }
    /// In as many records as it has to be.
    void send(const std::string& bytes) override {
        ERR_clear_error();
        (void)SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()));
    }
    [[nodiscard]] SSL* ssl() { return ssl_.get(); }
    /// The server said goodbye in TLS's way.
    [[nodiscard]] bool was_told_goodbye() const {
        return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0 && !cut_;
    }

protected:
    std::size_t read_some(asio::mutable_buffer into, boost::system::error_code& error) override {
        ERR_clear_error();
        const int read = SSL_read(ssl_.get(), into.data(), static_cast<int>(into.size()));
        if (read > 0) return static_cast<std::size_t>(read);
        cut_ = SSL_get_error(ssl_.get(), read) != SSL_ERROR_ZERO_RETURN;
        error = asio::error::eof;
        return 0;
    }

private:
    Owned<SSL> ssl_;
    bool cut_ = false;
};

}  // namespace marchwire::net::test
