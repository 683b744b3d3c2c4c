// Pages and the upgrade over real sockets; who is let in.
#include "base/log.hpp"
#include "door.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

namespace marchwire::net::test {
namespace {

using session::Door;

/// One page, /page; the answer comes from another thread.
NetSettings with_page() {
    NetSettings settings = settings_of(Door::followers);
    settings.pages = [](const std::string& target, const std::function<void(session::PageAnswer)>& done) {
        std::thread([target, done] {
            session::PageAnswer answer;
            if (target == "/page") answer = {200, "application/json", R"({"a":1})", R"("tag-7")", "max-age=5"};
            done(answer);
        }).join();
    };
    return settings;
}

std::string get(const std::string& target, const std::string& more = "") {
    return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + more + "\r\n";
}

bool has(const std::string& response, const std::string& part) { return response.find(part) != std::string::npos; }

TEST_CASE("a public page is served to any origin with its tag and its guards", "[net][http]") {
    TestDoor door(with_page());
    Client client(door);
    client.send(get("/page?from=poster"));
    const std::string response = client.read_response();
    CHECK(response.starts_with("HTTP/1.1 200 "));
    CHECK(response.ends_with(R"({"a":1})"));
    CHECK(has(response, "ETag: \"tag-7\""));
    CHECK(has(response, "Cache-Control: max-age=5"));
    CHECK(has(response, "Access-Control-Allow-Origin: *"));
    CHECK(has(response, "X-Content-Type-Options: nosniff"));
    CHECK(has(response, "Content-Security-Policy: default-src 'none'"));
    CHECK_FALSE(has(response, "Strict-Transport-Security"));
    CHECK_FALSE(has(response, "Set-Cookie"));
}

TEST_CASE("a page that the client holds already is not sent again", "[net][http]") {
    TestDoor door(with_page());
    Client client(door);
    for (const char* held : {R"("tag-7")", R"("tag-6", W/"tag-7")", "*"}) {
        client.send(get("/page", std::string("If-None-Match: ") + held + "\r\n"));
        const std::string response = client.read_response();
        CHECK(response.starts_with("HTTP/1.1 304 "));
        CHECK(response.ends_with("\r\n\r\n"));
    }
    client.send(get("/page", "If-None-Match: \"tag-6\"\r\n"));
    CHECK(client.read_response().starts_with("HTTP/1.1 200 "));
}

TEST_CASE("HEAD answers as GET without the page and the connection goes on", "[net][http]") {
    TestDoor door(with_page());
    Client client(door);
    client.send("HEAD /page HTTP/1.1\r\nHost: localhost\r\n\r\n");
    const std::string response = client.read_response(false);
    CHECK(response.starts_with("HTTP/1.1 200 "));
    CHECK(has(response, "Content-Length: 7"));
    client.send(get("/page"));
    CHECK(client.read_response().ends_with(R"({"a":1})"));
}

TEST_CASE("a page that is not there is told so", "[net][http]") {
    TestDoor door(with_page());
    Client client(door);
    client.send(get("/nothing") + get("/page"));  // both at once
    CHECK(client.read_response().starts_with("HTTP/1.1 404 "));
    CHECK(client.read_response().starts_with("HTTP/1.1 200 "));
}

TEST_CASE("a page of another origin may ask what it may do", "[net][http]") {
    TestDoor door(with_page());
    Client client(door);
    client.send("OPTIONS /page HTTP/1.1\r\nHost: localhost\r\nOrigin: https://example.org\r\n\r\n");
    const std::string response = client.read_response();
    CHECK(response.starts_with("HTTP/1.1 204 "));
    CHECK(has(response, "Access-Control-Allow-Methods: GET, HEAD, OPTIONS"));
    CHECK_FALSE(has(response, "Access-Control-Allow-Credentials"));
}

struct Odd {
    std::string request;
    const char* status;
};

TEST_CASE("requests that are not served are refused and the connection ends", "[net][http]") {
    const auto row = GENERATE(Odd{"POST /page HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nab", "413"},
                              Odd{"DELETE /page HTTP/1.1\r\nHost: localhost\r\n\r\n", "405"},
                              Odd{get("/page", "X-Long: " + std::string(9'000, 'x') + "\r\n"), "431"},
                              Odd{"hello\r\n\r\n", "400"});
    CAPTURE(row.request.substr(0, 60));
    TestDoor door(with_page());
    Client client(door);
    client.send(row.request);
    const std::string response = client.read_response();
    CHECK(response.starts_with(std::string("HTTP/1.1 ") + row.status));
    CHECK(has(response, "Cache-Control: no-store"));
    CHECK(client.read_end());
}

/// Refused, with what follows it: a proxy in front may have taken that for part of the same request.
std::string smuggled(const std::string& request) {
    TestDoor door(with_page());
    Client client(door);
    client.send(request + get("/page"));
    const std::string response = client.read_response();
    CHECK(client.read_end());
    return response.substr(0, 12);
}

std::string fields(const std::string& lines) { return "GET /page HTTP/1.1\r\n" + lines + "\r\n"; }

TEST_CASE("a request whose length two readers could tell differently is refused", "[net][http][smuggling]") {
    const std::string bad = "HTTP/1.1 400";
    CHECK(smuggled(fields("Host: localhost\r\nTransfer-Encoding: chunked\r\n")) == bad);
    CHECK(smuggled(fields("Host: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n")) == bad);
    CHECK(smuggled(fields("Host: localhost\r\nTransfer-Encoding: identity\r\n")) == bad);
    CHECK(smuggled(fields("Host: localhost\r\nTransfer-Encoding : chunked\r\n")) == bad);
    CHECK(smuggled(fields("Host: localhost\r\nContent-Length: 0\r\nContent-Length: 0\r\n")) == bad);
    CHECK(smuggled(fields("Host: localhost\r\nContent-Length: 0, 0\r\n")) == bad);
    CHECK(smuggled(fields("Host: localhost\r\nContent-Length: +0\r\n")) == bad);
    CHECK(smuggled(fields("Host: localhost\r\nContent-Length:\r\n")) == bad);
}

TEST_CASE("a request that names no host or two is refused", "[net][http][smuggling]") {
    CHECK(smuggled(fields("Host: a\r\nhost: b\r\n")) == "HTTP/1.1 400");
    CHECK(smuggled(fields("")) == "HTTP/1.1 400");
}

TEST_CASE("a header field over several lines is refused", "[net][http][smuggling]") {
    CHECK(smuggled(fields("Host: localhost\r\nX-Folded: a\r\n b\r\n")) == "HTTP/1.1 400");
    CHECK(smuggled(fields("Host: localhost\r\nX-Folded: a\r\n\tTransfer-Encoding: chunked\r\n")) == "HTTP/1.1 400");
    CHECK(smuggled(fields(" Host: localhost\r\n")) == "HTTP/1.1 400");
}

TEST_CASE("a bare CR or LF or another control character in a header is refused", "[net][http][smuggling]") {
    CHECK(smuggled("GET /page HTTP/1.1\nHost: localhost\r\n\r\n") == "HTTP/1.1 400");
    CHECK(smuggled(fields("Host: localhost\r\nX-A: a\rX-B: b\r\n")) == "HTTP/1.1 400");
    CHECK(smuggled(fields("Host: localhost\nTransfer-Encoding: chunked\r\n")) == "HTTP/1.1 400");
    CHECK(smuggled(fields(std::string("Host: localhost\r\nX-A: \0\r\n", 25))) == "HTTP/1.1 400");
    CHECK(smuggled(fields("Host: localhost\r\nX-A: \x7F\r\n")) == "HTTP/1.1 400");
}

TEST_CASE("a header field whose name is none is refused", "[net][http][smuggling]") {
    CHECK(smuggled(fields("Host: localhost\r\nX A: a\r\n")) == "HTTP/1.1 400");
    CHECK(smuggled(fields("Host: localhost\r\n: a\r\n")) == "HTTP/1.1 400");
    CHECK(smuggled(fields("Host: localhost\r\nno colon\r\n")) == "HTTP/1.1 400");
}

TEST_CASE("a target that is another server's is refused for this is no proxy", "[net][http][smuggling]") {
    for (const char* line : {"GET http://elsewhere/page HTTP/1.1", "GET page HTTP/1.1",
                             "CONNECT elsewhere:443 HTTP/1.1", "GET * HTTP/1.1", "GET  /page HTTP/1.1"}) {
        CAPTURE(line);
        CHECK(smuggled(std::string(line) + "\r\nHost: localhost\r\n\r\n") == "HTTP/1.1 400");
    }
}

TEST_CASE("a request may have 64 header fields and no more", "[net][http]") {
    std::string many;
    for (std::size_t i = 1; i < base::limits::http_fields; ++i) many += "X-F: 1\r\n";
    NetSettings settings = with_page();
    TestDoor door(settings);
    Client client(door);
    client.send(get("/page", many));
    CHECK(client.read_response().starts_with("HTTP/1.1 200 "));
    client.send(get("/page", many + "X-F: 1\r\n"));
    CHECK(client.read_response().starts_with("HTTP/1.1 431 "));
    CHECK(client.read_end());
    CHECK(settings.limits_met->of(base::Limit::http_fields) == 1);
}

TEST_CASE("a page that is not there is kept by no cache", "[net][http]") {
    TestDoor door(with_page());
    Client client(door);
    client.send(get("/nothing"));
    CHECK(has(client.read_response(), "Cache-Control: no-store"));
}

TEST_CASE("a client that does not finish its request is let go", "[net][http]") {
    NetSettings settings = with_page();
    settings.deadlines.request = std::chrono::milliseconds(30);
    TestDoor door(settings);
    Client client(door);
    client.send("GET /page HTTP/1.1\r\nHo");
    CHECK(client.read_end());
}

TEST_CASE("a client that keeps an idle connection is let go", "[net][http]") {
    NetSettings settings = with_page();
    settings.deadlines.keep_alive = std::chrono::milliseconds(30);
    TestDoor door(settings);
    Client client(door);
    client.send(get("/page"));
    CHECK(client.read_response().starts_with("HTTP/1.1 200 "));
    CHECK(client.read_end());
}

// ---- the upgrade -------------------------------------------------------------------------------

TEST_CASE("the upgrade is confirmed as the standard's own example has it", "[net][upgrade]") {
    TestDoor door;
    Client client(door);
    client.send(upgrade_request("/v1/ws", "soap, marchwire.v1.proto, marchwire.v1.json"));
    const std::string response = client.read_response(false);
    CHECK(response.starts_with("HTTP/1.1 101 "));
    CHECK(has(response, "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
    CHECK(has(response, "Sec-WebSocket-Protocol: marchwire.v1.proto\r\n"));
    CHECK_FALSE(has(response, "Sec-WebSocket-Extensions"));
}

std::string changed(std::string request, const std::string& part, const std::string& with) {
    request.replace(request.find(part), part.size(), with);
    return request;
}

TEST_CASE("an upgrade that cannot be is refused with what to send instead", "[net][upgrade]") {
    const std::string good = upgrade_request("/v1/ws");
    const auto row = GENERATE_COPY(
        Odd{changed(good, "marchwire.v1.json", "soap"), "400"},
        Odd{changed(good, "Sec-WebSocket-Protocol: marchwire.v1.json\r\n", ""), "400"},
        Odd{changed(good, "Version: 13", "Version: 8"), "426"},
        Odd{changed(good, "dGhlIHNhbXBsZSBub25jZQ==", "x"), "400"},
        Odd{changed(good, "Upgrade: websocket\r\n", ""), "426"}, Odd{changed(good, "GET ", "POST "), "400"},
        Odd{changed(good, "HTTP/1.1", "HTTP/1.0"), "400"}, Odd{changed(good, "/v1/ws", "/v1/ops"), "404"});
    CAPTURE(row.request);
    TestDoor door;
    Client client(door);
    client.send(row.request);
    const std::string response = client.read_response();
    CHECK(response.substr(9, 3) == row.status);
    if (std::string(row.status) == "426") CHECK(has(response, "Sec-WebSocket-Version: 13\r\n"));
    CHECK(door.shard.ports.empty());
}

TEST_CASE("tokens are taken from listed origins and from apps without one", "[net][upgrade]") {
    NetSettings settings = settings_of(Door::staff);
    settings.origins = {"https://march.example.org"};
    TestDoor door(settings);
    const auto close_code = [&](const std::string& origin) {
        Client client(door);
        client.send(upgrade_request("/v1/ops", "marchwire.v1.json", origin));
        REQUIRE(client.read_response(false).starts_with("HTTP/1.1 101 "));
        client.say(R"({"hello":{"protocol":1,"token":"right"}})");
        const auto read = client.read_frame();
        REQUIRE(read.has_value());
        return read->close_code();  // 0: it is a Welcome
    };
    CHECK(close_code("") == 0);
    CHECK(close_code("Origin: https://march.example.org\r\n") == 0);
    CHECK(close_code("Origin: https://evil.example.org\r\n") == static_cast<unsigned>(wire::CloseCode::origin_refused));
}

// ---- who is let in -----------------------------------------------------------------------------

TEST_CASE("over its cap a door says when to come back and lets in again when somebody left", "[net][door]") {
    NetSettings settings = settings_of(Door::followers);
    settings.limits.connections = 1;
    TestDoor door(settings);
    Client first(door);
    first.greet();
    Client second(door);
    second.send(upgrade_request("/v1/ws"));
    const std::string response = second.read_response();
    CHECK(response.starts_with("HTTP/1.1 503 "));
    CHECK(has(response, "Retry-After: 10\r\n"));
    CHECK(second.read_end());
    CHECK(settings.limits_met->of(base::Limit::connections_public) == 1);
    first.send(close_frame(1000));
    CHECK(first.read_end());
    REQUIRE(door.shard.wait_left(1));
    door.on_shard([](HandShard&) {});
    Client third(door);
    third.greet();
    CHECK(door.inside() == 1);
}

TEST_CASE("an address with too many who did not say who they are waits until one did", "[net][door]") {
    NetSettings settings = settings_of(Door::staff);
    settings.limits.handshakes_per_address = 1;
    TestDoor door(settings);
    Client first(door);
    first.upgrade("/v1/ops");
    Client second(door);
    second.send(upgrade_request("/v1/ops"));
    const std::string response = second.read_response();
    CHECK(response.starts_with("HTTP/1.1 429 "));
    CHECK(has(response, "Retry-After: 5\r\n"));
    CHECK(second.read_end());
    CHECK(settings.limits_met->of(base::Limit::address_handshakes) == 1);
    first.say(R"({"hello":{"protocol":1,"token":"right"}})");
    CHECK(first.next_item().contains("welcome"));
    Client third(door);
    third.upgrade("/v1/ops");
}

TEST_CASE("a follower who said Hello or got a page stands in the door no more", "[net][door]") {
    NetSettings settings = with_page();
    settings.limits.handshakes_per_address = 1;
    TestDoor door(settings);
    Client follower(door);
    follower.greet();
    Client reader(door);
    reader.send(get("/page"));
    CHECK(reader.read_response().starts_with("HTTP/1.1 200 "));
    door.on_shard([](HandShard&) {});
    Client slow(door);
    slow.send("GET /pa");
    Client late(door);
    CHECK(late.read_response().starts_with("HTTP/1.1 429 "));
}

TEST_CASE("whoever is refused and holds on is let go and beyond so many it is done at once", "[net][door]") {
    NetSettings settings = settings_of(Door::followers);
    settings.limits.connections = 0;
    settings.house->farewells = base::limits::farewells - 1;
    TestDoor door(settings);
    Client told(door);
    CHECK(told.read_response().starts_with("HTTP/1.1 503 "));
    Client not_told(door);
    CHECK(not_told.read_response().empty());
    CHECK(told.read_end());
}

/// Uses up the descriptors of this process while it lives.
class NoDescriptors {
public:
    NoDescriptors() {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        rlimit few = before_;
        few.rlim_cur = std::min<rlim_t>(few.rlim_cur, 256);
        ::setrlimit(RLIMIT_NOFILE, &few);
        for (int one = ::open("/dev/null", O_RDONLY); one >= 0; one = ::open("/dev/null", O_RDONLY))
            all_.push_back(one);
    }
    NoDescriptors(const NoDescriptors&) = delete;
    NoDescriptors& operator=(const NoDescriptors&) = delete;
    ~NoDescriptors() {
        for (const int one : all_) ::close(one);
        ::setrlimit(RLIMIT_NOFILE, &before_);
    }

private:
    rlimit before_{};
    std::vector<int> all_;
};

TEST_CASE("out of descriptors callers are let go at once and served again later", "[net][door]") {
    // Before any thread and with descriptors: sanitizers look at a type with descriptors of their own, once, and
    // do not see how the logger is made. The listener's line in the log is where they would look.
    base::log_info("out_of_descriptors_soon", "inside={}", std::size_t{0});
    TestDoor door;
    Client caller;  // has its descriptors already
    bool out_of_them = false;
    bool let_go = false;
    {
        // Nothing is checked in here, for the same reason.
        const NoDescriptors none;
        out_of_them = ::open("/dev/null", O_RDONLY) < 0;
        caller.connect(door);
        let_go = caller.read_end();
    }
    CHECK(out_of_them);
    CHECK(let_go);
    Client client(door);
    client.greet();
}

/// Takes invites: answers with what was sent.
NetSettings with_redeem() {
    NetSettings settings = settings_of(Door::staff);
    settings.origins = {"https://desk.example.org"};
    settings.redeem = [](const RedeemRequest& request, const std::function<void(session::PageAnswer)>& done) {
        session::PageAnswer answer;
        answer.status = 200;
        answer.body = "took " + request.body;
        answer.cache_control = "no-store";
        done(answer);
    };
    return settings;
}

std::string post(const std::string& target, const std::string& body, const std::string& more = "") {
    return "POST " + target + " HTTP/1.1\r\nHost: march.example.org\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n" + more + "\r\n" + body;
}

TEST_CASE("an invite is the one body that is taken", "[net][http]") {
    TestDoor door(with_redeem());
    Client client(door);
    client.send(post("/v1/redeem", R"({"code":"1"})"));
    const std::string response = client.read_response();
    CHECK(response.starts_with("HTTP/1.1 200 "));
    CHECK(response.ends_with(R"(took {"code":"1"})"));
    CHECK(has(response, "Cache-Control: no-store"));
    client.send(post("/v1/other", "{}"));
    CHECK(client.read_response().starts_with("HTTP/1.1 413 "));
}

TEST_CASE("an invite comes with its length and within two kilobytes", "[net][http]") {
    TestDoor door(with_redeem());
    for (const auto& [request, status] :
         {std::pair(post("/v1/redeem", std::string(base::limits::redeem_body_bytes + 1, 'x')), "413"),
          std::pair(post("/v1/redeem", ""), "411"),
          std::pair(std::string("POST /v1/redeem HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                    "400")}) {
        Client client(door);
        client.send(request);
        CHECK(client.read_response().starts_with(std::string("HTTP/1.1 ") + status));
    }
    TestDoor pages(with_page());
    Client client(pages);
    client.send(post("/v1/redeem", "{}"));
    CHECK(client.read_response().starts_with("HTTP/1.1 413 "));
}

/// Every invite is wrong; at the first of these it is said to be one too many.
NetSettings with_wrong_invites() {
    NetSettings settings = settings_of(Door::staff);
    settings.redeem = [](const RedeemRequest& request, const std::function<void(session::PageAnswer)>& done) {
        request.count_as_wrong([done](const std::optional<base::Refusal>& too_many) {
            session::PageAnswer answer;
            answer.status = too_many ? 429 : 404;
            done(answer);
        });
    };
    return settings;
}

/// How many of so many wrong ones are answered, on a connection each, before it is said that they are too many.
int wrong_ones_until_told(TestDoor& door, const std::string& more = "") {
    for (int told = 0; told < 100; ++told) {
        Client client(door);
        client.send(post("/v1/redeem", "{}", more));
        if (client.read_response().starts_with("HTTP/1.1 429 ")) return told;
    }
    return 100;
}

TEST_CASE("wrong invites count by the address that they come from and with its wrong tokens", "[net][http]") {
    TestDoor door(with_wrong_invites());
    // Whatever refills meanwhile: a second more is one more.
    const int told = wrong_ones_until_told(door);
    CHECK(told >= 30);
    CHECK(told < 60);
    Client client(door);
    client.send(upgrade_request("/v1/ops"));
    CHECK(client.read_response(false).starts_with("HTTP/1.1 101 "));
}

TEST_CASE("wrong invites that a balancer brings count by the address of which it speaks", "[net][http]") {
    NetSettings settings = with_wrong_invites();
    settings.proxies = {"127.0.0.1"};
    TestDoor door(settings);
    CHECK(wrong_ones_until_told(door, "X-Forwarded-For: 192.0.2.1\r\n") < 60);
    Client other(door);
    other.send(post("/v1/redeem", "{}", "X-Forwarded-For: 192.0.2.2\r\n"));
    CHECK(other.read_response().starts_with("HTTP/1.1 404 "));
    // One that does not say so takes nobody for somebody else.
    CHECK(wrong_ones_until_told(door) == 100);
}

TEST_CASE("an invite is taken from our own pages and from no stranger's", "[net][http]") {
    TestDoor door(with_redeem());
    for (const auto& [origin, status] :
         {std::pair("https://march.example.org", "200"), std::pair("https://desk.example.org", "200"),
          std::pair("https://evil.example.net", "403"), std::pair("null", "403")}) {
        INFO(origin);
        Client client(door);
        client.send(post("/v1/redeem", "{}", std::string("Origin: ") + origin + "\r\n"));
        CHECK(client.read_response().starts_with(std::string("HTTP/1.1 ") + status));
    }
}

}  // namespace
}  // namespace marchwire::net::test
