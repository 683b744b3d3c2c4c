#include "support/https_fake.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <unistd.h>
#include <algorithm>
#include <cctype>
#include <deque>
#include <filesystem>
#include <list>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace marchwire::test {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

/// Self-signed, as PEM of certificate and key.
std::string make_certificate() {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const std::unique_ptr<X509, decltype(&X509_free)> made(X509_new(), X509_free);
    X509_set_version(made.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), 3600);
    X509_set_pubkey(made.get(), key.get());
    X509_NAME* name = X509_get_subject_name(made.get());
    const auto* host = static_cast<const unsigned char*>(static_cast<const void*>("localhost"));
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, host, -1, -1, 0);
    X509_set_issuer_name(made.get(), name);
    if (X509_sign(made.get(), key.get(), EVP_sha256()) == 0) throw std::runtime_error("no certificate was made");
    const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), BIO_free);
    PEM_write_bio_X509(out.get(), made.get());
    PEM_write_bio_PKCS8PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    char* bytes = nullptr;
    const long size = BIO_ctrl(out.get(), BIO_CTRL_INFO, 0, static_cast<void*>(&bytes));
    return {bytes, static_cast<std::size_t>(size)};
}

}  // namespace

struct HttpsFake::Inside {
    explicit Inside(Speaks how) : speaks(how) {
        if (speaks == Speaks::tls) {
            const std::string pem = make_certificate();
            tls.use_certificate_chain(asio::buffer(pem));
            tls.use_private_key(asio::buffer(pem), asio::ssl::context::pem);
            std::string path = (std::filesystem::temp_directory_path() / "marchwire-fake-XXXXXX").string();
            const int file = ::mkstemp(path.data());
            if (file < 0 || ::write(file, pem.data(), pem.size()) < 0) throw std::runtime_error("no file " + path);
            ::close(file);
            certificate = path;
        }
        accepting = std::thread([this] { accept(); });
    }

    ~Inside() {
        {
            const std::lock_guard lock(mutex);
            ended = true;
            for (tcp::socket* socket : open) ::shutdown(socket->native_handle(), SHUT_RDWR);
        }
        ::shutdown(acceptor.native_handle(), SHUT_RDWR);
        accepting.join();
        for (std::thread& thread : serving) thread.join();
        if (!certificate.empty()) ::unlink(certificate.c_str());
    }

    void accept() {
        for (;;) {
            tcp::socket socket(io);
            error_code error;
            acceptor.accept(socket, error);
            const std::lock_guard lock(mutex);
            if (error || ended) return;
            ++connections;
            serving.emplace_back([this, socket = std::move(socket)]() mutable { serve(std::move(socket)); });
        }
    }

    void serve(tcp::socket socket) {
        asio::ssl::stream<tcp::socket> stream(std::move(socket), tls);
        {
            const std::lock_guard lock(mutex);
            if (ended) return;
            open.push_back(&stream.next_layer());
        }
        error_code error;
        if (speaks == Speaks::tls) {
            stream.handshake(asio::ssl::stream_base::server, error);
            if (!error) talk(stream);
        } else {
            talk(stream.next_layer());
        }
        const std::lock_guard lock(mutex);
        open.remove(&stream.next_layer());
    }

    template <class Stream>
    void talk(Stream& stream) {
        boost::beast::flat_buffer buffer;
        for (;;) {
            http::request<http::string_body> asked;
            error_code error;
            http::read(stream, buffer, asked, error);
            if (error) return;
            const FakeAnswer answer = take(asked);
            if (answer.hangs_up) return;
            http::response<http::string_body> said{static_cast<http::status>(answer.status), 11};
            if (!answer.retry_after.empty()) said.set(http::field::retry_after, answer.retry_after);
            said.prepare_payload();
            http::write(stream, said, error);
            if (error) return;
        }
    }

    FakeAnswer take(const http::request<http::string_body>& asked) {
        FakeRequest request;
        request.target = std::string(asked.target());
        request.body = asked.body();
        for (const auto& field : asked) {
            std::string name(field.name_string());
            std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
            request.headers[name] = std::string(field.value());
        }
        const std::lock_guard lock(mutex);
        requests.push_back(std::move(request));
        if (next.empty()) return usual;
        const FakeAnswer answer = next.front();
        next.pop_front();
        return answer;
    }

    Speaks speaks;
    asio::io_context io;
    asio::ssl::context tls{asio::ssl::context::tls_server};
    tcp::acceptor acceptor{io, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
    std::uint16_t port = acceptor.local_endpoint().port();
    std::string certificate;
    mutable std::mutex mutex;
    bool ended = false;
    std::list<tcp::socket*> open;
    std::size_t connections = 0;
    std::deque<FakeAnswer> next;
    FakeAnswer usual;
    std::vector<FakeRequest> requests;
    std::list<std::thread> serving;
    std::thread accepting;
};

HttpsFake::HttpsFake(Speaks speaks) : inside_(std::make_unique<Inside>(speaks)) {}

HttpsFake::~HttpsFake() = default;

std::string HttpsFake::url(const std::string& path) const {
    const std::string port = std::to_string(inside_->port);
    return (inside_->speaks == Speaks::tls ? "https://localhost:" : "http://127.0.0.1:") + port + path;
}

std::string HttpsFake::certificate() const { return inside_->certificate; }

void HttpsFake::answer(std::vector<FakeAnswer> next) {
    const std::lock_guard lock(inside_->mutex);
    inside_->next.assign(next.begin(), next.end());
}

void HttpsFake::always(FakeAnswer answer) {
    const std::lock_guard lock(inside_->mutex);
    inside_->usual = std::move(answer);
}

std::vector<FakeRequest> HttpsFake::requests() const {
    const std::lock_guard lock(inside_->mutex);
    return inside_->requests;
}

std::size_t HttpsFake::connections() const {
    const std::lock_guard lock(inside_->mutex);
    return inside_->connections;
}

}  // namespace marchwire::test
