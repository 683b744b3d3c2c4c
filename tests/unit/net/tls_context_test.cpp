// What the server says about the files it is given.
#include "tls_client.hpp"

namespace marchwire::net::test {
namespace {

base::Refusal refusal_of(const TlsFiles& files) {
    auto opened = TlsContext::open(files);
    REQUIRE(opened.has_error());
    CHECK(opened.error().code == base::RefusalCode::invalid_argument);
    return opened.error();
}

bool names(const base::Refusal& refusal, const std::string& part) {
    return refusal.message.find(part) != std::string::npos;
}

TEST_CASE("a certificate that is not there is named with its setting", "[net][tls]") {
    CertificateFiles made;
    TlsFiles files = made.make().files();
    files.certificate = made.path("nothing.pem");
    const base::Refusal refusal = refusal_of(files);
    CHECK(refusal.field == "tls_cert");
    CHECK(names(refusal, "nothing.pem"));
    CHECK(names(refusal, "No such file"));
}

TEST_CASE("a file that is no certificate or no key is named with its setting", "[net][tls]") {
    CertificateFiles made;
    const TlsFiles good = made.make().files();
    std::ofstream(made.path("text.pem")) << "hello\n";
    const base::Refusal certificate = refusal_of({made.path("text.pem"), good.key});
    CHECK(certificate.field == "tls_cert");
    CHECK(names(certificate, "no certificate"));
    const base::Refusal key = refusal_of({good.certificate, made.path("text.pem")});
    CHECK(key.field == "tls_key");
    CHECK(names(key, "no private key"));
}

TEST_CASE("a key of another certificate is refused", "[net][tls]") {
    CertificateFiles made;
    CertificateFiles other;
    const base::Refusal refusal = refusal_of({made.make().files().certificate, other.make().files().key});
    CHECK(refusal.field == "tls_key");
    CHECK(names(refusal, "does not belong to the certificate in " + made.files().certificate));
}

TEST_CASE("a key with a passphrase is refused without a question at the terminal", "[net][tls]") {
    CertificateFiles made;
    const base::Refusal refusal = refusal_of(made.make(1, "secret").files());
    CHECK(refusal.field == "tls_key");
    CHECK(names(refusal, "passphrase"));
    CHECK_FALSE(names(refusal, "secret"));
}

TEST_CASE("an expired certificate is served and its end is known", "[net][tls]") {
    CertificateFiles made;
    const auto opened = TlsContext::open(made.make(-1).files());
    REQUIRE(opened.has_value());
    CHECK((*opened)->expires() < std::chrono::system_clock::now());
}

long serial_seen(const TestDoor& door, SSL_CTX* context) {
    TlsClient client(door, context);
    client.shake_hands();
    const Owned<X509> certificate(SSL_get1_peer_certificate(client.ssl()));
    return ASN1_INTEGER_get(X509_get0_serialNumber(certificate.get()));
}

TEST_CASE("a renewed certificate is served from then on and a broken one is not taken", "[net][tls]") {
    CertificateFiles made;
    const auto tls = TlsContext::open(made.make().files()).value();
    TestDoor door(under_tls(settings_of(session::Door::followers), tls));
    const auto context = client_context();
    TlsClient before(door, context.get());
    before.shake_hands().greet();
    CHECK(serial_seen(door, context.get()) == 1);
    made.make();
    REQUIRE(tls->reload().has_value());
    CHECK(serial_seen(door, context.get()) == 2);
    before.say(R"({"ping":{"nonce":"3"}})");  // who is in stays in
    CHECK(before.next_item()["pong"]["nonce"] == "3");
    std::ofstream(made.path("cert.pem")) << "half\n";
    CHECK(tls->reload().has_error());
    CHECK(serial_seen(door, context.get()) == 2);
}

}  // namespace
}  // namespace marchwire::net::test
