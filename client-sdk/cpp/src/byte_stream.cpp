#include "byte_stream.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <utility>

namespace marchwire::sdk {
namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using boost::system::error_code;
using tcp = asio::ip::tcp;

class PlainStream final : public ByteStream {
public:
    explicit PlainStream(asio::io_context& io) : socket_(io) {}
    [[nodiscard]] tcp::socket& socket() override { return socket_; }
    void shake_hands(std::function<void(std::string)> done) override {
        asio::post(socket_.get_executor(), [done = std::move(done)] { done({}); });
    }
    void read_some(asio::mutable_buffer into, Done done) override {
        socket_.async_read_some(asio::buffer(into), std::move(done));
    }
    void write_some(const std::vector<asio::const_buffer>& pieces, Done done) override {
        socket_.async_write_some(pieces, std::move(done));
    }
    void say_goodbye(std::function<void()> done) override {
        // Both have said goodbye, or one broke the rules: for a server that does not end it nobody waits.
        asio::post(socket_.get_executor(), std::move(done));
    }

private:
    tcp::socket socket_;
};

struct FreeSession {
    void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
};

/// Whom a client believes in, and its last session: whoever comes back shakes hands by it, without a certificate.
struct TlsMemory {
    ssl::context context{ssl::context::tls_client};
    std::unique_ptr<SSL_SESSION, FreeSession> newest;
};

/// Where OpenSSL keeps a pointer to it.
int memory_index() {
    static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

TlsMemory& memory_of(SSL* handle) {
    return *static_cast<TlsMemory*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(handle), memory_index()));
}

/// OpenSSL's callback: 1 keeps the session here.
int keep_session(SSL* handle, SSL_SESSION* session) {
    memory_of(handle).newest.reset(session);
    return 1;
}

class TlsStream final : public ByteStream {
public:
    TlsStream(asio::io_context& io, std::shared_ptr<ssl::context> context, const std::string& host)
        : context_(std::move(context)), stream_(io, *context_) {
        SSL* handle = stream_.native_handle();
        stream_.set_verify_mode(ssl::verify_peer);
        if (const auto& known = memory_of(handle).newest) SSL_set_session(handle, known.get());
        // An address stands in the certificate as such, and is no name to ask for (RFC 6066, 3).
        if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(handle), host.c_str()) == 1) return;
        SSL_set1_host(handle, host.c_str());
        // SSL_set_tlsext_host_name is a macro with an old cast; OpenSSL only reads the name.
        SSL_ctrl(handle, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                 const_cast<char*>(host.c_str()));  // NOLINT(cppcoreguidelines-pro-type-const-cast)
    }
    [[nodiscard]] tcp::socket& socket() override { return stream_.next_layer(); }
    void shake_hands(std::function<void(std::string)> done) override {
        stream_.async_handshake(ssl::stream_base::client, [this, done = std::move(done)](const error_code& error) {
            done(error ? problem_of(error) : std::string());
        });
    }
    void read_some(asio::mutable_buffer into, Done done) override {
        stream_.async_read_some(asio::buffer(into), std::move(done));
    }
    void write_some(const std::vector<asio::const_buffer>& pieces, Done done) override {
        stream_.async_write_some(pieces, std::move(done));
    }
    void say_goodbye(std::function<void()> done) override {
        stream_.async_shutdown([done = std::move(done)](const error_code&) { done(); });
    }

private:
    [[nodiscard]] std::string problem_of(const error_code& error) {
        const long verified = SSL_get_verify_result(stream_.native_handle());
        if (verified != X509_V_OK) {
            return "the server's certificate is not trusted (" + std::string(X509_verify_cert_error_string(verified)) +
                   "): ask by the name that it is for, or name its authority (ca_file, --ca)";
        }
        return "no TLS there (" + error.message() + "): does the server speak TLS on this port?";
    }

    std::shared_ptr<ssl::context> context_;
    ssl::stream<tcp::socket> stream_;
};

}  // namespace

Trust make_trust(const std::string& ca_file) {
    const auto memory = std::make_shared<TlsMemory>();
    const std::shared_ptr<ssl::context> context(memory, &memory->context);
    SSL_CTX* handle = context->native_handle();
    SSL_CTX_set_min_proto_version(handle, TLS1_2_VERSION);
    // OpenSSL's own memory of sessions is for servers: it would not offer them.
    SSL_CTX_set_session_cache_mode(handle, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
    SSL_CTX_set_ex_data(handle, memory_index(), memory.get());
    SSL_CTX_sess_set_new_cb(handle, keep_session);
    error_code error;
    context->set_default_verify_paths(error);
    if (error) return {nullptr, "the system's certificates cannot be read (" + error.message() + ")"};
    if (!ca_file.empty()) context->load_verify_file(ca_file, error);
    if (error) {
        return {nullptr, ca_file + ": this file cannot be read as certificates (" + error.message() +
                             "); name a PEM file with the authority's certificate"};
    }
    return {context, {}};
}

std::unique_ptr<ByteStream> make_byte_stream(asio::io_context& io, std::shared_ptr<ssl::context> context,
                                             const std::string& host) {
    if (context) return std::make_unique<TlsStream>(io, std::move(context), host);
    return std::make_unique<PlainStream>(io);
}

}  // namespace marchwire::sdk
