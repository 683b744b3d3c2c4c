// Names of campaigns, marches and logs.
#include "base/ids.hpp"
#include "base/hmac.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace marchwire::base {
namespace {

std::string hex(const Hash256& hash) {
    std::string text;
    for (const std::uint8_t byte : hash) {
        text += "0123456789abcdef"[byte >> 4U];
        text += "0123456789abcdef"[byte & 15U];
    }
    return text;
}

TEST_CASE("a slug has 1 to 63 lower-case letters or digits or dashes", "[base][ids]") {
    CHECK(Slug::parse("st-louis-mo")->text() == "st-louis-mo");
    CHECK(Slug::parse(std::string(63, 'a')).has_value());
    for (const std::string& wrong :
         {std::string(), std::string(64, 'a'), std::string("St-Louis"), std::string("st louis"),
          std::string("st_louis"), std::string("../etc"), std::string("a\0b", 3)}) {
        const auto slug = Slug::parse(wrong, "march");
        REQUIRE(slug.has_error());
        CHECK(slug.error().field == "march");
        CHECK(slug.error().code == RefusalCode::invalid_argument);
    }
}

TEST_CASE("a slug is made of any name", "[base][ids]") {
    CHECK(Slug::from_text("St. Louis, MO").text() == "st-louis-mo");
    CHECK(Slug::from_text("  Flag Day!! ").text() == "flag-day");
    CHECK(Slug::from_text("...").empty());
    CHECK(Slug::from_text(std::string(200, 'x')).text().size() <= 63);
}

TEST_CASE("a log is a campaign or a march in it", "[base][ids]") {
    const auto march = LogId::parse("flag-day-2018/st-louis-mo");
    REQUIRE(march.has_value());
    CHECK_FALSE(march->is_campaign());
    CHECK(march->text() == "flag-day-2018/st-louis-mo");
    CHECK(march->campaign_log() == *LogId::parse("flag-day-2018"));
    CHECK(LogId::parse("flag-day-2018")->is_campaign());
    CHECK(LogId::parse("a/b/c").has_error());
    CHECK(LogId::parse("a/").has_error());
    CHECK(LogId::parse("/b").has_error());
}

TEST_CASE("a log's hash is the same on every instance for ever", "[base][ids]") {
    CHECK(stable_hash(*LogId::parse("flag-day-2018/st-louis-mo")) ==
          stable_hash(*LogId::parse("flag-day-2018/st-louis-mo")));
    CHECK(stable_hash(*LogId::parse("a/bc")) != stable_hash(*LogId::parse("ab/c")));
}

TEST_CASE("the short digest is the first eight bytes", "[base][ids]") {
    Digest digest{};
    for (std::uint8_t i = 0; i < 32; ++i) digest[i] = i;
    CHECK(short_digest(digest) == 0x0001020304050607ULL);
}

// Vectors: FIPS 180-2 ("abc") and RFC 4231, test case 2 with the key padded to 32 bytes by zeros, as
// HMAC itself pads it.
TEST_CASE("hashes agree with the published vectors", "[base][hmac]") {
    CHECK(hex(sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    Hash256 key{};
    key[0] = 'J', key[1] = 'e', key[2] = 'f', key[3] = 'e';
    const Hmac hmac(key);
    const std::string_view whole[] = {"what do ya want for nothing?"};
    const std::string_view parts[] = {"what do ya want ", "for nothing?"};
    CHECK(hex(hmac.of(whole)) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    CHECK(hmac.of(whole) == hmac.of(parts));
}

}  // namespace
}  // namespace marchwire::base
