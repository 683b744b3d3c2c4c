// Web Push: the example of RFC 8291, what a browser reads of our pushes, and who we say we are.
#include "outbox/web_push.hpp"
#include "base/base64.hpp"
#include "base/sealed_box.hpp"

#include "support/push_browser.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace marchwire::outbox {
namespace {

std::string bytes(std::string_view text) {
    const auto read = base::from_base64(text);
    REQUIRE(read.has_value());
    return *read;
}

base::Hash256 scalar(std::string_view text) {
    base::Hash256 number{};
    std::ranges::copy(bytes(text), number.begin());
    return number;
}

std::string header(const Request& request, std::string_view name) {
    for (const auto& [key, value] : request.headers) {
        if (key == name) return value;
    }
    return {};
}

core::WakeUp call_of(core::OrderKind kind) {
    core::WakeUp call;
    call.march = *base::LogId::parse("flag-day-2018/st-louis-mo");
    call.order = 7;
    call.kind = kind;
    call.person = core::PersonId{1'234'567'890'123};
    return call;
}

TEST_CASE("the example of RFC 8291, appendix A, is made byte by byte", "[outbox][push]") {
    const auto sender = base::P256Key::with_scalar(scalar("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"));
    REQUIRE(sender.has_value());
    CHECK(base::base64url(sender->public_point()) ==
          "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8");
    const Subscription to{
        "https://push.example.net/",
        bytes("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
        bytes("BTBZMqHH6r4Tts7J_aSIgg")};
    const std::string body = encrypt_push("When I grow up, I want to be a watermelon", 0, to, *sender,
                                          bytes("DGv6ra1nlYgDCS1FRnbzlw"));
    CHECK(base::base64url(body) ==
          "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBr"
          "u3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN");
}

TEST_CASE("a push says only that there is something to open, and all are as long", "[outbox][push]") {
    const test::PushBrowser browser;
    const Subscription to = browser.subscription("https://push.example.net/device/1");
    const Request hold = push_request(call_of(core::OrderKind::hold), to, 90, "vapid");
    const Request info = push_request(call_of(core::OrderKind::info), to, 90, "vapid");
    for (const Request* request : {&hold, &info}) {
        CHECK(browser.read(request->body) == R"({"open":"order"})");
        CHECK(request->body.size() == hold.body.size());
        CHECK(request->body.find("1234567890123") == std::string::npos);
        CHECK(request->url.target == "/device/1");
        CHECK(header(*request, "TTL") == "90");
        CHECK(header(*request, "Content-Encoding") == "aes128gcm");
    }
    CHECK(hold.body != info.body);  // a key and a salt of its own each time
    CHECK(header(hold, "Urgency") == "high");
    CHECK(header(info, "Urgency") == "normal");
    CHECK(header(hold, "Topic") != header(info, "Topic"));  // an INFO does not replace a HOLD that waits
}

TEST_CASE("the push service can tell who we are", "[outbox][push]") {
    const base::P256Key key = base::P256Key::random();
    const auto claims = test::vapid_claims(vapid_authorization(key, "https://push.example.net", "mailto:o@x.org", 99),
                                           key.public_point());
    REQUIRE(claims.has_value());
    CHECK(*claims == nlohmann::json{{"aud", "https://push.example.net"}, {"exp", 99}, {"sub", "mailto:o@x.org"}});
    CHECK_FALSE(test::vapid_claims(vapid_authorization(base::P256Key::random(), "https://p.net", "mailto:o@x.org", 99),
                                   key.public_point()));
}

TEST_CASE("the same seed gives the same key on every server", "[outbox][push]") {
    base::Hash256 seed{};
    seed.fill(7);
    CHECK(base::P256Key::from_seed(seed).public_point() == base::P256Key::from_seed(seed).public_point());
    seed.fill(8);
    CHECK(base::P256Key::from_seed(seed).public_point() != base::P256Key::random().public_point());
    CHECK_FALSE(base::P256Key::with_scalar({}));
    seed.fill(0xFF);  // beyond the curve's order
    CHECK_FALSE(base::P256Key::with_scalar(seed));
}

TEST_CASE("base64 of either alphabet is read, padded or not, and nothing else", "[outbox][push]") {
    CHECK(base::base64url(std::string("\xFB\xFF\xFE", 3)) == "-__-");
    CHECK(base::from_base64("-__-") == std::string("\xFB\xFF\xFE", 3));
    CHECK(base::from_base64("+//+") == std::string("\xFB\xFF\xFE", 3));
    CHECK(base::from_base64("YQ==") == "a");
    CHECK(base::from_base64("YWI") == "ab");
    CHECK_FALSE(base::from_base64("YQ!="));
    CHECK_FALSE(base::from_base64("A"));
}

TEST_CASE("a device must subscribe with a real key at a push service on the internet", "[outbox][push]") {
    const test::PushBrowser browser;
    const auto field_of = [&](std::string endpoint, Networks allowed = Networks::public_only) -> std::string {
        const auto read = read_subscription(browser.subscribe(std::move(endpoint)), allowed);
        return read ? "" : read.error().field;
    };
    CHECK(field_of("https://push.example.net/1").empty());
    CHECK(field_of("http://push.example.net/1") == "endpoint");
    CHECK(field_of("http://127.0.0.1:1/1") == "endpoint");
    CHECK(field_of("https://127.0.0.1/1") == "endpoint");
    CHECK(field_of("https://[::1]/1") == "endpoint");
    CHECK(field_of("https://localhost/1") == "endpoint");
    CHECK(field_of("https://10.1.2.3/1") == "endpoint");
    CHECK(field_of("https://user@push.example.net/1") == "endpoint");
    CHECK(field_of("https://push.example.net/" + std::string(1'024, 'a')) == "endpoint");
    CHECK(field_of("http://127.0.0.1:1/1", Networks::any).empty());
    CHECK(field_of("https://10.1.2.3/1", Networks::any).empty());

    auto said = browser.subscribe("https://push.example.net/1");
    said.p256dh.back() = said.p256dh.back() == 'A' ? 'Q' : 'A';
    said.p256dh[20] = said.p256dh[20] == 'A' ? 'B' : 'A';
    CHECK(read_subscription(said, Networks::any).error().field == "p256dh");
    said = browser.subscribe("https://push.example.net/1");
    said.auth = "short";
    CHECK(read_subscription(said, Networks::any).error().field == "auth");
}

TEST_CASE("a sealed subscription opens for its person and march under its key alone", "[outbox][push]") {
    const test::PushBrowser browser;
    const Subscription said = browser.subscription("https://push.example.net/device/1");
    base::Hash256 key{};
    key.fill(1);
    const auto here = *base::LogId::parse("flag-day-2018/st-louis-mo");
    const auto other = *base::LogId::parse("flag-day-2018/chicago-il");
    const core::PersonId ann{1};
    std::string sealed = seal_subscription(key, here, ann, said);
    CHECK(sealed.find("push.example.net") == std::string::npos);
    CHECK(open_subscription(key, here, ann, sealed) == said);
    CHECK_FALSE(open_subscription(key, here, core::PersonId{2}, sealed));
    CHECK_FALSE(open_subscription(key, other, ann, sealed));
    base::Hash256 foreign{};
    CHECK_FALSE(open_subscription(foreign, here, ann, sealed));
    sealed.back() = static_cast<char>(sealed.back() ^ 1);
    CHECK_FALSE(open_subscription(key, here, ann, sealed));
    CHECK_FALSE(open_subscription(key, here, ann, ""));
}

TEST_CASE("addresses that are not on the internet are known in every form", "[outbox][push]") {
    using boost::asio::ip::make_address;
    for (const char* inside :
         {"0.0.0.0",      "10.0.0.1",    "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.31.255.255",
          "192.168.1.1",  "192.0.2.1",   "198.18.0.1", "224.0.0.1", "255.255.255.255", "::",
          "::1",          "fe80::1",     "fc00::1",    "ff02::1",   "::ffff:10.0.0.1", "64:ff9b::a00:1",
          "2002:a00:1::", "2001:db8::1", "2001::1"}) {
        INFO(inside);
        CHECK_FALSE(is_public(make_address(inside)));
    }
    for (const char* outside : {"9.9.9.9", "172.32.0.1", "100.128.0.1", "2620:fe::fe", "::ffff:9.9.9.9"}) {
        INFO(outside);
        CHECK(is_public(make_address(outside)));
    }
}

TEST_CASE("a URL is read as browsers read it", "[outbox]") {
    const auto url = parse_url("https://hooks.example.org:8443/wake?city=1", "webhook");
    REQUIRE(url.has_value());
    CHECK(*url == Url{true, "hooks.example.org", 8'443, "/wake?city=1"});
    CHECK(url->origin() == "https://hooks.example.org:8443");
    CHECK(parse_url("https://hooks.example.org", "webhook")->target == "/");
    CHECK(parse_url("https://[2620:fe::9]/x", "webhook")->authority() == "[2620:fe::9]");
    CHECK(parse_url("http://localhost:8090/", "webhook")->tls == false);
    for (const char* wrong : {"ftp://x.org/", "https://", "https:///x", "https://a b.org/", "https://x.org/#a",
                              "https://x.org:0/", "https://x.org:99999/", "http://x.org/", "https://[::1/"}) {
        INFO(wrong);
        CHECK(parse_url(wrong, "webhook").has_error());
    }
}

}  // namespace
}  // namespace marchwire::outbox
