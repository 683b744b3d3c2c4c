// What an app signs is believed when it is exactly right, and for ten minutes at most.
#include "access/app_token.hpp"

#include "access/flat_json.hpp"
#include "base/limits.hpp"
#include "support/app_key.hpp"

#include <catch2/catch.hpp>

namespace marchwire::access {
namespace {

using base::minutes;
using base::RefusalCode;
using base::seconds;
using base::UtcMs;
using test::AppSigner;

constexpr UtcMs noon{1'800'000'000'000};
constexpr std::int64_t noon_s = noon.value / 1000;
const std::string right_header = R"({"alg":"EdDSA","kid":"k1","typ":"JWT"})";

base::LogId march_log(const char* text) { return base::LogId::parse(text).value(); }

/// A server that believes one app, and the app's backend.
struct Trust {
    AppSigner signer{1};
    std::vector<base::Issuer> issuers{
        {"city-app", "our-marches", {march_log("flag-day/st-louis-mo")}, {signer.key("k1")}}};

    [[nodiscard]] static std::string payload(std::int64_t exp = noon_s + 300, const std::string& more = "") {
        return R"({"iss":"city-app","aud":"our-marches","march":"flag-day/st-louis-mo","sub":"Tail 1","exp":)" +
               std::to_string(exp) + more + "}";
    }
    [[nodiscard]] base::Result<AppClaims> read(const std::string& token, UtcMs now = noon) const {
        return read_app_token(token, issuers, now);
    }
    [[nodiscard]] base::Result<AppClaims> said(const std::string& header, const std::string& payload) const {
        return read(signer.token(header, payload));
    }
    [[nodiscard]] RefusalCode refusal(const std::string& header, const std::string& payload) const {
        const auto claims = said(header, payload);
        REQUIRE_FALSE(claims.has_value());
        CHECK(claims.error().field == "hello.token");
        CHECK_FALSE(claims.error().message.empty());
        return claims.error().code;
    }
    /// The payload with one text in place of another.
    [[nodiscard]] static std::string with(const std::string& what, const std::string& instead) {
        std::string text = payload();
        text.replace(text.find(what), what.size(), instead);
        return text;
    }
};

TEST_CASE("what an app has signed says who it is and until when", "[access][app_token]") {
    const Trust trust;
    const auto claims = trust.said(right_header, Trust::payload());
    REQUIRE(claims.has_value());
    CHECK(*claims ==
          AppClaims{"city-app", "our-marches", march_log("flag-day/st-louis-mo"), "Tail 1", {}, noon + seconds(300)});
}

TEST_CASE("what the command line signs is what a server reads", "[access][app_token]") {
    const Trust trust;
    const AppClaims wish{"city-app",   "our-marches", march_log("flag-day/st-louis-mo"),
                         "Tail \"1\"", noon,          noon + minutes(10)};
    const auto token = sign_app_token(trust.signer.pem(), "k1", wish);
    REQUIRE(token.has_value());
    CHECK(trust.read(*token).value() == wish);
    CHECK_FALSE(sign_app_token("no key", "k1", wish).has_value());
    CHECK_FALSE(sign_app_token(trust.signer.public_pem(), "k1", wish).has_value());
}

TEST_CASE("no algorithm but EdDSA is taken whatever the signature", "[access][app_token]") {
    const Trust trust;
    for (const char* alg : {"none", "None", "HS256", "ES256", "RS256", "eddsa", "Ed25519", ""}) {
        CAPTURE(alg);
        const std::string header = std::string(R"({"alg":")") + alg + R"(","kid":"k1"})";
        CHECK(trust.refusal(header, Trust::payload()) == RefusalCode::unauthenticated);
    }
    CHECK(trust.refusal(R"({"kid":"k1"})", Trust::payload()) == RefusalCode::unauthenticated);
    CHECK(trust.refusal(R"({"alg":1,"kid":"k1"})", Trust::payload()) == RefusalCode::unauthenticated);
}

TEST_CASE("a header says algorithm and key and nothing that asks for more", "[access][app_token]") {
    const Trust trust;
    for (const char* header : {R"({"alg":"EdDSA","kid":"k1","crit":"exp"})", R"({"alg":"EdDSA","kid":"k1","b64":"no"})",
                               R"({"alg":"EdDSA","kid":"k1","jku":"https://evil.example"})", R"({"alg":"EdDSA"})",
                               R"({"alg":"EdDSA","kid":"k1","typ":"at+jwt"})", R"([{"alg":"EdDSA","kid":"k1"}])"}) {
        CAPTURE(header);
        CHECK(trust.refusal(header, Trust::payload()) == RefusalCode::unauthenticated);
    }
    CHECK(trust.said(R"({"alg":"EdDSA","kid":"k1"})", Trust::payload()).has_value());
}

TEST_CASE("another key has signed nothing of this app", "[access][app_token]") {
    Trust trust;
    const AppSigner other{2};
    CHECK_FALSE(trust.read(other.token(right_header, Trust::payload())).has_value());
    // Though the server knows that key: as another issuer's.
    trust.issuers.push_back({"other", "our-marches", {march_log("flag-day/st-louis-mo")}, {other.key("k1")}});
    CHECK_FALSE(trust.read(other.token(right_header, Trust::payload())).has_value());
    CHECK(trust.read(other.token(right_header, Trust::with("city-app", "other"))).has_value());
}

TEST_CASE("a key that is not in the table or whose time is over signs nothing", "[access][app_token]") {
    Trust trust;
    CHECK(trust.refusal(R"({"alg":"EdDSA","kid":"k2"})", Trust::payload()) == RefusalCode::unauthenticated);
    CHECK(trust.refusal(right_header, Trust::with("city-app", "no-app")) == RefusalCode::unauthenticated);
    trust.issuers[0].keys[0].not_after = noon + seconds(1);
    CHECK(trust.said(right_header, Trust::payload()).has_value());
    trust.issuers[0].keys[0].not_after = noon;
    CHECK(trust.refusal(right_header, Trust::payload()) == RefusalCode::unauthenticated);
}

TEST_CASE("two keys of an app are valid at once until one is taken out", "[access][app_token]") {
    Trust trust;
    const AppSigner next{3};
    const std::string old_token = trust.signer.token(right_header, Trust::payload());
    const std::string new_token = next.token(R"({"alg":"EdDSA","kid":"k2"})", Trust::payload());
    CHECK_FALSE(trust.read(new_token).has_value());
    trust.issuers[0].keys.push_back(next.key("k2"));
    CHECK(trust.read(old_token).has_value());
    CHECK(trust.read(new_token).has_value());
    trust.issuers[0].keys.erase(trust.issuers[0].keys.begin());
    CHECK_FALSE(trust.read(old_token).has_value());
    CHECK(trust.read(new_token).has_value());
}

TEST_CASE("a token ends at its second and says so", "[access][app_token]") {
    const Trust trust;
    const std::string token = trust.signer.token(right_header, Trust::payload(noon_s + 1));
    CHECK(trust.read(token, noon + base::Millis{999}).has_value());
    const auto over = trust.read(token, noon + seconds(1));
    REQUIRE_FALSE(over.has_value());
    CHECK(over.error().code == RefusalCode::expired);
}

TEST_CASE("a token lives for ten minutes by either clock", "[access][app_token]") {
    const Trust trust;
    const std::int64_t leeway = base::limits::app_token_leeway.value / 1000;
    CHECK(trust.said(right_header, Trust::payload(noon_s + 600 + leeway)).has_value());
    CHECK(trust.refusal(right_header, Trust::payload(noon_s + 601 + leeway)) == RefusalCode::invalid_argument);
    const auto since = [](std::int64_t iat) { return ",\"iat\":" + std::to_string(iat); };
    CHECK(trust.said(right_header, Trust::payload(noon_s + 300, since(noon_s - 300))).has_value());
    CHECK(trust.refusal(right_header, Trust::payload(noon_s + 300, since(noon_s - 301))) ==
          RefusalCode::invalid_argument);
}

TEST_CASE("a token of a clock that runs ahead is not valid yet", "[access][app_token]") {
    const Trust trust;
    const std::int64_t leeway = base::limits::app_token_leeway.value / 1000;
    for (const char* name : {"iat", "nbf"}) {
        CAPTURE(name);
        const auto at = [&](std::int64_t second) {
            return Trust::payload(noon_s + 300, std::string(",\"") + name + "\":" + std::to_string(second));
        };
        CHECK(trust.said(right_header, at(noon_s + leeway)).has_value());
        CHECK(trust.refusal(right_header, at(noon_s + leeway + 1)) == RefusalCode::unauthenticated);
    }
}

TEST_CASE("a time is a whole number of seconds", "[access][app_token]") {
    const Trust trust;
    const std::string exp = std::to_string(noon_s + 300);
    for (const std::string& wrong : {"\"" + exp + "\"", exp + ".5", exp + "e0", std::string("-1"), std::string("0"),
                                     std::string("9223372036854775807"), std::string("99999999999999999999")}) {
        CAPTURE(wrong);
        CHECK(trust.refusal(right_header, Trust::with(exp, wrong)) == RefusalCode::unauthenticated);
    }
    CHECK(trust.refusal(right_header, Trust::with(",\"exp\":" + exp, "")) == RefusalCode::unauthenticated);
}

TEST_CASE("a token for another installation or march opens nothing here", "[access][app_token]") {
    Trust trust;
    CHECK(trust.refusal(right_header, Trust::with("our-marches", "their-marches")) == RefusalCode::unauthenticated);
    CHECK(trust.refusal(right_header, Trust::with("\"aud\"", "\"jti\"")) == RefusalCode::unauthenticated);
    for (const char* march : {"flag-day/new-york-ny", "other/st-louis-mo", "flag-day", "", "flag-day/*", "a/b/c"}) {
        CAPTURE(march);
        CHECK(trust.refusal(right_header, Trust::with("flag-day/st-louis-mo", march)) == RefusalCode::unauthenticated);
    }
    trust.issuers[0].marches = {march_log("flag-day")};
    CHECK(trust.said(right_header, Trust::with("st-louis-mo", "new-york-ny")).has_value());
    CHECK(trust.refusal(right_header, Trust::with("flag-day", "other")) == RefusalCode::unauthenticated);
}

TEST_CASE("a token says who it is", "[access][app_token]") {
    const Trust trust;
    CHECK(trust.refusal(right_header, Trust::with("Tail 1", "")) == RefusalCode::unauthenticated);
    CHECK(trust.refusal(right_header, Trust::with("\"sub\":\"Tail 1\",", "")) == RefusalCode::unauthenticated);
    CHECK(trust.refusal(right_header, Trust::with("\"sub\":\"Tail 1\"", "\"role\":\"lead\"")) ==
          RefusalCode::unauthenticated);
}

TEST_CASE("a member named twice is read by nobody", "[access][app_token]") {
    const Trust trust;
    CHECK(trust.refusal(R"({"alg":"EdDSA","alg":"EdDSA","kid":"k1"})", Trust::payload()) ==
          RefusalCode::unauthenticated);
    CHECK(trust.refusal(right_header, Trust::payload(noon_s + 300, R"(,"sub":"Lead 1")")) ==
          RefusalCode::unauthenticated);
    // Also where the second is spelled by an escape.
    CHECK(trust.refusal(right_header, Trust::payload(noon_s + 300, R"(,"s\u0075b":"Lead 1")")) ==
          RefusalCode::unauthenticated);
}

TEST_CASE("a token that was changed or cut or lengthened is refused", "[access][app_token]") {
    const Trust trust;
    const std::string right = trust.signer.token(right_header, Trust::payload());
    REQUIRE(trust.read(right).has_value());
    const std::size_t last_dot = right.rfind('.');
    const std::string stripped = right.substr(0, last_dot);
    for (const std::string& wrong :
         {std::string(), std::string("."), std::string(".."), stripped, stripped + ".", right + ".", right + "A",
          right + "=", right + "\n", " " + right, right + "." + right.substr(last_dot + 1), right.substr(1),
          right.substr(0, right.size() - 1), base::base64url(R"({"alg":"none"})") + right.substr(right.find('.'))}) {
        CAPTURE(wrong);
        CHECK_FALSE(trust.read(wrong).has_value());
    }
    for (std::size_t at = 0; at < right.size(); ++at) {
        std::string changed = right;
        changed[at] = changed[at] == 'A' ? 'B' : 'A';
        CAPTURE(at);
        CHECK_FALSE(trust.read(changed).has_value());
    }
}

TEST_CASE("base64 of another alphabet or with bits left over is not taken", "[access][app_token]") {
    const Trust trust;
    const std::string right = trust.signer.token(right_header, Trust::payload());
    // 64 bytes leave four bits of the last letter unused: 15 other letters would decode to the same signature.
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::size_t taken = 0;
    for (const char last : letters) {
        taken += trust.read(right.substr(0, right.size() - 1) + last).has_value() ? 1U : 0U;
    }
    CHECK(taken == 1);
    std::string other_alphabet = right;
    std::ranges::replace(other_alphabet, '_', '/');
    std::ranges::replace(other_alphabet, '-', '+');
    REQUIRE(other_alphabet != right);
    CHECK_FALSE(trust.read(other_alphabet).has_value());
    CHECK_FALSE(trust.read("{}." + right.substr(right.find('.') + 1)).has_value());
}

TEST_CASE("a token that is too large is not read at all", "[access][app_token]") {
    const Trust trust;
    const std::string large = trust.signer.token(right_header, Trust::with("Tail 1", std::string(2'000, 'x')));
    REQUIRE(large.size() > base::limits::app_token_bytes);
    const auto read = trust.read(large);
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().code == RefusalCode::too_large);
}

TEST_CASE("flat JSON is one object of texts and whole numbers", "[access][app_token]") {
    const auto json = FlatJson::parse(R"( {"a":"x","n":-7,"e":"\u00e9"} )");
    REQUIRE(json.has_value());
    CHECK(json->text("a") == "x");
    CHECK(json->number("n") == -7);
    CHECK(json->text("e") == "\xc3\xa9");
    CHECK_FALSE(json->text("n").has_value());
    CHECK_FALSE(json->number("b").has_value());
    for (const char* wrong : {"", "7", "\"a\"", "[]", "{", "{}{}", R"({"a":{}})", R"({"a":[]})", R"({"a":null})",
                              R"({"a":true})", R"({"a":1.5})", R"({"a":18446744073709551615})", R"({"a":1,"a":1})",
                              R"({"a":1,})", R"({'a':1})", "{\"a\":\"\xff\"}", R"({"a":1} x)", R"({"a":1}/**/)"}) {
        CAPTURE(wrong);
        CHECK_FALSE(FlatJson::parse(wrong).has_value());
    }
}

}  // namespace
}  // namespace marchwire::access
