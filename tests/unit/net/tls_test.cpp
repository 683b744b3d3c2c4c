// The listeners under TLS, over real sockets.
#include "base/clock.hpp"
#include "tls_client.hpp"

#include <algorithm>

namespace marchwire::net::test {
namespace {

using session::Door;

NetSettings with_tagged_page() {
    NetSettings settings = settings_of(Door::followers);
    settings.pages = [](const std::string&, const std::function<void(session::PageAnswer)>& done) {
        done({200, "application/json", R"({"a":1})", R"("tag-7")", "max-age=5"});
    };
    return settings;
}

/// A door that speaks TLS, and what a client needs to come in.
struct TlsDoor {
    explicit TlsDoor(const NetSettings& settings = settings_of(Door::followers))
        : tls(TlsContext::open(files.make().files()).value()), door(under_tls(settings, tls)) {}
    CertificateFiles files;
    std::shared_ptr<TlsContext> tls;
    TestDoor door;
    Owned<SSL_CTX> context = client_context();
};

constexpr const char* get_page = "GET /page HTTP/1.1\r\nHost: localhost\r\n\r\n";

TEST_CASE("a page is served under TLS and the connection goes on", "[net][tls]") {
    TlsDoor at(with_tagged_page());
    TlsClient client(at.door, at.context.get());
    client.shake_hands();
    for (int i = 0; i < 2; ++i) {
        client.send(get_page);
        const std::string response = client.read_response();
        CHECK(response.starts_with("HTTP/1.1 200 "));
        CHECK(response.ends_with(R"({"a":1})"));
        CHECK(response.find("Strict-Transport-Security: max-age=31536000\r\n") != std::string::npos);
    }
    CHECK(std::string(SSL_get_version(client.ssl())) == "TLSv1.3");
}

TEST_CASE("a page larger than a record arrives whole under TLS", "[net][tls]") {
    NetSettings settings = with_tagged_page();
    const std::string body(300'000, 'm');
    settings.pages = [&](const std::string&, const std::function<void(session::PageAnswer)>& done) {
        done({200, "text/plain", body, "", ""});
    };
    TlsDoor at(settings);
    TlsClient client(at.door, at.context.get(), 4'096);
    client.shake_hands().send(get_page);
    CHECK(client.read_response().ends_with("\r\n\r\n" + body));
}

TEST_CASE("a client that offers protocols gets HTTP/1.1 and one that offers only another is refused", "[net][tls]") {
    TlsDoor at(with_tagged_page());
    TlsClient web(at.door, at.context.get());
    SSL_set_alpn_protos(web.ssl(), reinterpret_cast<const unsigned char*>("\x02h2\x08http/1.1"), 12);
    web.shake_hands();
    const unsigned char* chosen = nullptr;
    unsigned int size = 0;
    SSL_get0_alpn_selected(web.ssl(), &chosen, &size);
    CHECK(std::string(reinterpret_cast<const char*>(chosen), size) == "http/1.1");
    TlsClient other(at.door, at.context.get());
    SSL_set_alpn_protos(other.ssl(), reinterpret_cast<const unsigned char*>("\x02h2"), 3);
    CHECK(SSL_connect(other.ssl()) != 1);
}

TEST_CASE("a follower says Hello and follows a march under TLS", "[net][tls]") {
    const auto version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
    TlsDoor at;
    TlsClient client(at.door, at.context.get());
    SSL_set_max_proto_version(client.ssl(), version);
    client.shake_hands().greet().say(R"({"subscribe":{"feed":"public/c/m"}})");
    CHECK(client.next_item()["subscribed"]["feed"] == "public/c/m");
    CHECK(client.next_item()["snapshotPiece"]["pieces"] == 1);
    at.door.on_shard([](HandShard& hand) {
        for (std::uint64_t seq = 2; seq < 5; ++seq) deliver(*hand.ports.begin()->second, item(seq, 0));
    });
    for (std::uint64_t seq = 2; seq < 5; ++seq) CHECK(client.next_item()["seq"] == seq);
}

TEST_CASE("versions of TLS that are broken are refused", "[net][tls]") {
    TlsDoor at;
    TlsClient client(at.door, at.context.get());
    SSL_set_security_level(client.ssl(), 0);
    SSL_set_min_proto_version(client.ssl(), TLS1_VERSION);
    SSL_set_max_proto_version(client.ssl(), TLS1_1_VERSION);
    CHECK(SSL_connect(client.ssl()) != 1);
}

TEST_CASE("a slow client under TLS gets everything in order once it reads again", "[net][tls]") {
    TlsDoor at;
    TlsClient client(at.door, at.context.get(), 4'096);
    client.shake_hands().greet().say(R"({"subscribe":{"feed":"public/c/m"}})");
    CHECK(client.next_item().contains("subscribed"));
    CHECK(client.next_item().contains("snapshotPiece"));
    std::uint64_t last = 1;
    at.door.on_shard([&](HandShard& hand) {
        session::SessionPort* port = hand.ports.begin()->second;
        while (last < 1'000 && hand.queued_bytes() < 100'000) deliver(*port, item(++last, 3'000));
    });
    REQUIRE(last < 1'000);
    for (std::uint64_t seq = 2; seq <= last; ++seq) REQUIRE(client.next_item()["seq"] == seq);
}

TEST_CASE("a message arrives whole under TLS wherever records cut it", "[net][tls]") {
    TlsDoor at;
    TlsClient client(at.door, at.context.get());
    client.shake_hands().greet();
    const std::string bytes = frame(1, R"({"ping":{"nonce":"5"}})");
    for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
        client.send(bytes.substr(0, cut));
        at.door.on_shard([](HandShard&) {});  // the first part has its own turn
        client.send(bytes.substr(cut));
        REQUIRE(client.next_item()["pong"]["nonce"] == "5");
    }
    for (const char byte : bytes) client.send(std::string(1, byte));
    CHECK(client.next_item()["pong"]["nonce"] == "5");
}

TEST_CASE("the largest message and one behind it are read across records", "[net][tls]") {
    TlsDoor at;
    TlsClient client(at.door, at.context.get());
    client.shake_hands().greet();
    std::string large = R"({"ping":{"nonce":"5"}})";
    large.insert(1, 65'535 - large.size(), ' ');
    client.send(frame(1, large) + frame(1, R"({"ping":{"nonce":"6"}})"));
    CHECK(client.next_item()["pong"]["nonce"] == "5");
    CHECK(client.next_item()["pong"]["nonce"] == "6");
}

TEST_CASE("bytes sent right behind the request are part of the conversation under TLS too", "[net][tls]") {
    TlsDoor at;
    TlsClient client(at.door, at.context.get());
    // More in one record than is read at once: what remains inside must not wait for the socket.
    std::string pings;
    for (int i = 0; i < 200; ++i) pings += frame(1, R"({"ping":{"nonce":"1"}})");
    client.shake_hands().send(upgrade_request("/v1/ws") + frame(1, R"({"hello":{"protocol":1}})") + pings);
    REQUIRE(client.read_response(false).starts_with("HTTP/1.1 101 "));
    CHECK(client.next_item().contains("welcome"));
    for (int i = 0; i < 200; ++i) REQUIRE(client.next_item()["pong"]["nonce"] == "1");
}

TEST_CASE("a connection that ends is told so in TLS's way", "[net][tls]") {
    TlsDoor at;
    TlsClient client(at.door, at.context.get());
    client.shake_hands().greet().send(close_frame(1000));
    CHECK(client.read_close() == 1000);
    CHECK(client.read_end());
    CHECK(client.was_told_goodbye());
    CHECK(at.door.shard.wait_left(1));
}

TEST_CASE("a peer that says goodbye in TLS's way is gone", "[net][tls]") {
    TlsDoor at;
    TlsClient client(at.door, at.context.get());
    client.shake_hands().greet();
    SSL_shutdown(client.ssl());
    CHECK(at.door.shard.wait_left(1));
}

TEST_CASE("a client that changes its keys is heard on", "[net][tls]") {
    TlsDoor at;
    TlsClient client(at.door, at.context.get());
    client.shake_hands().greet();
    for (int i = 0; i < 3; ++i) {
        REQUIRE(SSL_key_update(client.ssl(), SSL_KEY_UPDATE_REQUESTED) == 1);
        client.say(R"({"ping":{"nonce":"7"}})");
        REQUIRE(client.next_item()["pong"]["nonce"] == "7");
    }
}

TEST_CASE("a client that wants to negotiate anew does not get it and hurts nobody", "[net][tls]") {
    TlsDoor at;
    TlsClient client(at.door, at.context.get());
    SSL_set_max_proto_version(client.ssl(), TLS1_2_VERSION);
    client.shake_hands().greet();
    SSL_renegotiate(client.ssl());
    CHECK(SSL_do_handshake(client.ssl()) != 1);
    TlsClient other(at.door, at.context.get());
    other.shake_hands().greet();
}

/// Comes back with what it was given before; whether the certificate was spared.
bool resumes(TlsDoor& at, int version, SSL_SESSION* ticket) {
    TlsClient again(at.door, at.context.get());
    SSL_set_max_proto_version(again.ssl(), version);
    SSL_set_session(again.ssl(), ticket);
    again.shake_hands().greet();
    // Without a goodbye OpenSSL's client would not offer this session once more.
    SSL_set_shutdown(again.ssl(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    return SSL_session_reused(again.ssl()) == 1;
}

TEST_CASE("a client that comes back resumes its TLS session without the certificate", "[net][tls]") {
    const auto version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
    TlsDoor at;
    TlsClient first(at.door, at.context.get());
    SSL_set_max_proto_version(first.ssl(), version);
    first.shake_hands().greet();
    const Owned<SSL_SESSION> ticket(SSL_get1_session(first.ssl()));
    CHECK(resumes(at, version, ticket.get()));
    // A renewed certificate is no reason to shake hands anew.
    at.files.make();
    REQUIRE(at.tls->reload().has_value());
    CHECK(resumes(at, version, ticket.get()));
}

TEST_CASE("a ticket of the key before is taken and one of the key before that is not", "[net][tls]") {
    const auto version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
    TlsDoor at;
    TlsClient first(at.door, at.context.get());
    SSL_set_max_proto_version(first.ssl(), version);
    first.shake_hands().greet();
    const Owned<SSL_SESSION> ticket(SSL_get1_session(first.ssl()));
    const base::UtcMs later = base::machine_now() + base::limits::ticket_key_life;
    (void)at.tls->ticket_keys().newest(later);
    CHECK(resumes(at, version, ticket.get()));
    (void)at.tls->ticket_keys().newest(later + base::limits::ticket_key_life);
    CHECK_FALSE(resumes(at, version, ticket.get()));
}

TEST_CASE("nothing but authenticated encryption with forward secrecy is spoken", "[net][tls]") {
    TlsDoor at;
    for (const char* weak : {"AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA256", "ECDHE-ECDSA-AES256-SHA"}) {
        CAPTURE(weak);
        TlsClient client(at.door, at.context.get());
        SSL_set_max_proto_version(client.ssl(), TLS1_2_VERSION);
        REQUIRE(SSL_set_cipher_list(client.ssl(), weak) == 1);
        CHECK(SSL_connect(client.ssl()) != 1);
    }
    TlsClient strong(at.door, at.context.get());
    SSL_set_max_proto_version(strong.ssl(), TLS1_2_VERSION);
    REQUIRE(SSL_set_cipher_list(strong.ssl(), "ECDHE-ECDSA-AES128-GCM-SHA256") == 1);
    strong.shake_hands().greet();
}

// ---- who does not speak TLS, or never ends with it ----------------------------------------------

TEST_CASE("who speaks plain HTTP on a TLS port is told what to do and let go", "[net][tls]") {
    TlsDoor at(with_tagged_page());
    Client client(at.door);
    client.send(get_page);
    const std::string response = client.read_response();
    CHECK(response.starts_with("HTTP/1.1 400 "));
    CHECK(response.find("https://") != std::string::npos);
    CHECK(client.read_end());
}

TEST_CASE("bytes that are neither TLS nor HTTP end the connection", "[net][tls]") {
    TlsDoor at;
    Client client(at.door);
    client.send(std::string(64, '\x7F'));
    CHECK(client.read_end());
    TlsClient other(at.door, at.context.get());
    other.shake_hands().greet();
}

TEST_CASE("a handshake that never ends is cut at its deadline", "[net][tls]") {
    // The beginning of a ClientHello of 512 bytes, or nothing at all.
    const auto sent = GENERATE(std::string(), std::string("\x16\x03\x01\x02\x00\x01\x00", 7));
    NetSettings settings = settings_of(Door::followers);
    settings.deadlines.tls_follower = std::chrono::milliseconds(30);
    TlsDoor at(settings);
    Client client(at.door);
    client.send(sent);
    CHECK(client.read_end());
    at.door.on_shard([](HandShard&) {});  // the turn in which it was cut is over
    CHECK(settings.limits_met->of(base::Limit::tls_handshake) == 1);
    CHECK(at.door.inside() == 0);
}

TEST_CASE("whoever has not shaken hands counts as unproven", "[net][tls]") {
    NetSettings settings = settings_of(Door::staff);
    settings.limits.handshakes_per_address = 1;
    settings.deadlines.tls_staff = std::chrono::minutes(1);
    TlsDoor at(settings);
    Client silent(at.door);
    Client second(at.door);
    CHECK(second.read_end());
    silent.end_sending();
    CHECK(silent.read_end());
    at.door.on_shard([](HandShard&) {});
    TlsClient proven(at.door, at.context.get());
    proven.shake_hands().greet("/v1/ops", "right");
    TlsClient next(at.door, at.context.get());
    next.shake_hands();
}

}  // namespace
}  // namespace marchwire::net::test
