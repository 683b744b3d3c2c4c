#include "net/tls_context.hpp"

#include "base/clock.hpp"
#include "base/log.hpp"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <fstream>
#include <new>
#include <string_view>
#include <utility>

namespace marchwire::net {
namespace {

using Instant = std::chrono::system_clock::time_point;

/// Phones without AES in hardware put ChaCha20 first and then get it.
constexpr const char* ciphers_tls_1_2 = "ECDHE+AESGCM:ECDHE+CHACHA20";
constexpr unsigned char http_1_1[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
constexpr std::chrono::hours warn_before{7 * 24};

base::Refusal refused(const char* setting, const std::string& file, const std::string& sentence) {
    return base::invalid(setting, file + ": " + sentence);
}

// ---- OpenSSL's way to the socket ----------------------------------------------------------------

/// As the socket BIO of OpenSSL, which would let a SIGPIPE kill the process.
int write_to_socket(BIO* bio, const char* bytes, int size) {
    int descriptor = -1;
    BIO_get_fd(bio, &descriptor);
    const auto sent = ::send(descriptor, bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL);
    BIO_clear_retry_flags(bio);
    if (sent < 0 && BIO_sock_should_retry(-1) != 0) BIO_set_retry_write(bio);
    return static_cast<int>(sent);
}

const BIO_METHOD* socket_method() {
    static const BIO_METHOD* const method = [] {
        const BIO_METHOD* theirs = BIO_s_socket();
        BIO_METHOD* ours = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK | BIO_TYPE_DESCRIPTOR, "socket");
        if (ours == nullptr) throw std::bad_alloc();
        BIO_meth_set_write(ours, &write_to_socket);
        BIO_meth_set_read(ours, BIO_meth_get_read(theirs));
        BIO_meth_set_ctrl(ours, BIO_meth_get_ctrl(theirs));
        BIO_meth_set_create(ours, BIO_meth_get_create(theirs));
        BIO_meth_set_destroy(ours, BIO_meth_get_destroy(theirs));
        return ours;
    }();
    return method;
}

// ---- settings ------------------------------------------------------------------------------------

/// A client that offers protocols offers HTTP/1.1 among them, or has no business here.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size, const unsigned char* offered,
                    unsigned int offered_size, void*) {
    unsigned char* found = nullptr;
    const int result = SSL_select_next_proto(&found, chosen_size, http_1_1, sizeof http_1_1, offered, offered_size);
    *chosen = found;
    return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

/// OpenSSL would ask at the terminal.
int no_passphrase(char*, int, int, void* asked) {
    *static_cast<bool*>(asked) = true;
    return -1;
}

// ---- tickets -------------------------------------------------------------------------------------

bool set_ticket_mac(EVP_MAC_CTX* mac, TicketKey& key) {
    char digest_name[] = "SHA256";
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key.mac.data(), key.mac.size()),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest_name, 0), OSSL_PARAM_construct_end()};
    return EVP_MAC_CTX_set_params(mac, parameters) == 1;
}

/// OpenSSL's callback: 1 goes on, 2 goes on and renews the ticket, 0 shakes hands anew, less fails.
int use_ticket_key(SSL* ssl, unsigned char* name, unsigned char* vector, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac,
                   int seals) {
    auto& keys = *static_cast<TicketKeys*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
    const base::UtcMs now = base::machine_now();
    if (seals == 1) {
        TicketKey key = keys.newest(now);
        std::memcpy(name, key.name.data(), key.name.size());
        const bool set = RAND_bytes(vector, EVP_CIPHER_get_iv_length(EVP_aes_256_cbc())) == 1 &&
                         EVP_EncryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, key.aes.data(), vector) == 1 &&
                         set_ticket_mac(mac, key);
        return set ? 1 : -1;
    }
    auto found = keys.find(name, now);
    if (!found) return 0;
    const bool set = set_ticket_mac(mac, found->key) &&
                     EVP_DecryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, found->key.aes.data(), vector) == 1;
    if (!set) return -1;
    return found->is_newest ? 1 : 2;
}

void set_up(SSL_CTX* context, TicketKeys& ticket_keys) {
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_cipher_list(context, ciphers_tls_1_2);
    // A WebSocket's frames and a page's length say where they end: whoever leaves without a goodbye has just left.
    SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                     SSL_OP_PRIORITIZE_CHACHA | SSL_OP_IGNORE_UNEXPECTED_EOF);
    // Buffers of 17 KB live as long as a record does: 47 KB per connection are 14 with this.
    SSL_CTX_set_mode(context,
                     SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context, 1);
    SSL_CTX_set_app_data(context, &ticket_keys);
    SSL_CTX_set_tlsext_ticket_key_evp_cb(context, &use_ticket_key);
    SSL_CTX_set_alpn_select_cb(context, &choose_protocol, nullptr);
}

// ---- files ---------------------------------------------------------------------------------------

base::Result<void> check_readable(const char* setting, const std::string& file) {
    const std::ifstream opened(file, std::ios::binary);
    if (opened) return {};
    const std::string why = std::strerror(errno);  // NOLINT(concurrency-mt-unsafe): at start and by signal only
    return refused(setting, file,
                   "This file cannot be read (" + why + "); name a PEM file that the server's user may read.");
}

base::Result<void> use_certificate(SSL_CTX* context, const std::string& file) {
    if (auto readable = check_readable("tls_cert", file); !readable) return readable.error();
    if (SSL_CTX_use_certificate_chain_file(context, file.c_str()) == 1) return {};
    return refused("tls_cert", file,
                   "This is no certificate in PEM; give the server's certificate with its chain behind it "
                   "(fullchain.pem).");
}

base::Result<void> use_key(SSL_CTX* context, const TlsFiles& files) {
    if (auto readable = check_readable("tls_key", files.key); !readable) return readable.error();
    bool has_passphrase = false;
    SSL_CTX_set_default_passwd_cb(context, &no_passphrase);
    SSL_CTX_set_default_passwd_cb_userdata(context, &has_passphrase);
    const bool used = SSL_CTX_use_PrivateKey_file(context, files.key.c_str(), SSL_FILETYPE_PEM) == 1;
    const int reason = ERR_GET_REASON(ERR_peek_last_error());
    SSL_CTX_set_default_passwd_cb_userdata(context, nullptr);
    if (used && SSL_CTX_check_private_key(context) == 1) return {};
    if (has_passphrase) {
        return refused(
            "tls_key", files.key,
            "This key has a passphrase; keep it without one (openssl pkey -in KEY -out NEW), readable by the "
            "server's user only.");
    }
    if (used || reason == X509_R_KEY_VALUES_MISMATCH || reason == X509_R_KEY_TYPE_MISMATCH) {
        return refused("tls_key", files.key,
                       "This key does not belong to the certificate in " + files.certificate +
                           "; give the two files that were made together.");
    }
    return refused("tls_key", files.key, "This is no private key in PEM; give the key of the certificate.");
}

Instant instant_of(const ASN1_TIME* time) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1) return Instant::max();
    return std::chrono::system_clock::from_time_t(::timegm(&parts));
}

void warn_of_dates(SSL_CTX* context, const std::string& file) {
    const X509* certificate = SSL_CTX_get0_certificate(context);
    const Instant now = std::chrono::system_clock::now();
    const Instant expires = instant_of(X509_get0_notAfter(certificate));
    if (expires <= now) {
        base::log_warn("tls_certificate_expired", "file={} remedy=\"clients refuse it: renew it, then send SIGHUP\"",
                       file);
    } else if (expires - now < warn_before) {
        const auto left = std::chrono::duration_cast<std::chrono::hours>(expires - now);
        base::log_warn("tls_certificate_expires_soon", "file={} hours_left={}", file, left.count());
    }
    if (instant_of(X509_get0_notBefore(certificate)) > now) {
        base::log_warn("tls_certificate_not_yet_valid", "file={} remedy=\"look at this machine's clock\"", file);
    }
}

}  // namespace

void TlsContext::Free::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }

TlsContext::TlsContext(TlsFiles files)
    : files_(std::move(files)), ticket_keys_(std::make_unique<TicketKeys>(base::machine_now())) {}

base::Result<TlsContext::Context> TlsContext::load(const TlsFiles& files, TicketKeys& ticket_keys) {
    Context context(SSL_CTX_new(TLS_server_method()));
    if (!context) throw std::bad_alloc();
    ERR_clear_error();
    set_up(context.get(), ticket_keys);
    auto used = use_certificate(context.get(), files.certificate);
    if (used) used = use_key(context.get(), files);
    ERR_clear_error();
    if (!used) return used.error();
    warn_of_dates(context.get(), files.certificate);
    return context;
}

base::Result<std::shared_ptr<TlsContext>> TlsContext::open(TlsFiles files) {
    std::shared_ptr<TlsContext> made(new TlsContext(std::move(files)));
    if (auto loaded = made->reload(); !loaded) return loaded.error();
    return made;
}

base::Result<void> TlsContext::reload() {
    auto loaded = load(files_, *ticket_keys_);
    if (!loaded) return loaded.error();
    const std::scoped_lock lock(mutex_);
    context_ = *std::move(loaded);
    return {};
}

TlsSession TlsContext::session(int descriptor) const {
    std::unique_lock lock(mutex_);
    SSL* ssl = SSL_new(context_.get());
    lock.unlock();
    BIO* socket = BIO_new(socket_method());
    if (ssl == nullptr || socket == nullptr) {
        SSL_free(ssl);
        BIO_free(socket);
        throw std::bad_alloc();
    }
    BIO_set_fd(socket, descriptor, BIO_NOCLOSE);
    SSL_set_bio(ssl, socket, socket);
    SSL_set_accept_state(ssl);
    return TlsSession(ssl);
}

std::chrono::system_clock::time_point TlsContext::expires() const {
    const std::scoped_lock lock(mutex_);
    return instant_of(X509_get0_notAfter(SSL_CTX_get0_certificate(context_.get())));
}

}  // namespace marchwire::net
