// The file of apps that a server believes: read whole, or refused with the line that is wrong.
#include "base/issuers.hpp"

#include <catch2/catch.hpp>

namespace marchwire::base {
namespace {

const std::string shown_pem = R"("""
-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PUBLIC KEY-----
""")";
const std::string shown_line = R"("MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=")";

std::string apps_file(const std::string& keys, const std::string& marches = R"(["flag-day/*", "walk/leeds"])",
                      const std::string& more = "") {
    return "[[issuers]]\nname = \"city-app\"\naudience = \"our-marches\"\nmarches = " + marches + "\nkeys = [" + keys +
           "]\n" + more;
}

std::string key_row(const std::string& kid, const std::string& shown = shown_line, const std::string& more = "") {
    return "{ kid = \"" + kid + "\", public = " + shown + more + " }";
}

Refusal apps_refusal(const std::string& text) {
    const auto read = issuers_of(text, "apps.toml");
    REQUIRE_FALSE(read.has_value());
    return read.error();
}

TEST_CASE("an issuer has a name and an audience and marches and keys", "[base][issuers]") {
    const auto read = issuers_of(
        apps_file(key_row("k1") + ", " + key_row("k2", shown_line, ", not_after = 2027-01-02T03:04:05Z")), "apps.toml");
    REQUIRE(read.has_value());
    REQUIRE(read->size() == 1);
    const Issuer& app = read->front();
    CHECK(app.name == "city-app");
    CHECK(app.audience == "our-marches");
    REQUIRE(app.keys.size() == 2);
    CHECK(app.keys[0].kid == "k1");
    CHECK(app.keys[0].ed25519[0] == 0x19);
    CHECK(app.keys[0].ed25519[31] == 0xE1);
    CHECK_FALSE(app.keys[0].not_after);
    CHECK(app.keys[1].not_after == UtcMs{1'798'859'045'000});
}

TEST_CASE("a public key may stand there as openssl prints it", "[base][issuers]") {
    const std::string longer =
        "[[issuers]]\nname = \"a\"\naudience = \"b\"\nmarches = [\"c/*\"]\n[[issuers.keys]]\nkid = \"k1\"\npublic = " +
        shown_pem;
    const auto read = issuers_of(longer, "apps.toml");
    REQUIRE(read.has_value());
    CHECK(read->front().keys == issuers_of(apps_file(key_row("k1")), "apps.toml")->front().keys);
}

TEST_CASE("an issuer speaks for the marches that are named and no others", "[base][issuers]") {
    const Issuer app = issuers_of(apps_file(key_row("k1")), "apps.toml")->front();
    const auto speaks_for = [&](const char* march) { return app.speaks_for(LogId::parse(march).value()); };
    CHECK(speaks_for("flag-day/st-louis-mo"));
    CHECK(speaks_for("walk/leeds"));
    CHECK_FALSE(speaks_for("walk/york"));
    CHECK_FALSE(speaks_for("flag-day-2/st-louis-mo"));
}

TEST_CASE("a file of issuers that is wrong says where", "[base][issuers]") {
    CHECK(apps_refusal("[[issuers").field == "apps.toml line 1");
    CHECK(apps_refusal("x = 1").field == "x in apps.toml line 1");
    CHECK(apps_refusal("issuers = []").field == "issuers in apps.toml line 1");
    CHECK(apps_refusal(apps_file("")).field == "keys in apps.toml line 5");
    CHECK(apps_refusal(apps_file(key_row("k1"), R"(["flag-day"])")).field == "marches in apps.toml line 4");
    CHECK(apps_refusal(apps_file(key_row("k1"), R"(["*"])")).field == "marches in apps.toml line 4");
    CHECK(apps_refusal(apps_file(key_row("k1"), "[]")).field == "marches in apps.toml line 4");
    CHECK(apps_refusal(apps_file(key_row("k1") + ", " + key_row("k1"))).field == "keys in apps.toml line 5");
    CHECK(apps_refusal(apps_file(key_row("k1"), R"(["a/*"])", "rights = \"all\"\n")).field ==
          "rights in apps.toml line 6");
    CHECK(apps_refusal(apps_file(key_row("k1")) + apps_file(key_row("k1"))).message.find("city-app") !=
          std::string::npos);
    CHECK(apps_refusal(apps_file(key_row("k1", shown_line, ", not_after = 2027-01-02"))).field ==
          "not_after in apps.toml line 5");
}

TEST_CASE("only a public key of Ed25519 is one", "[base][issuers]") {
    for (const std::string& shown :
         {std::string(R"("")"), std::string(R"("none")"),
          // X25519, and a private key of Ed25519.
          std::string(R"("MCowBQYDK2VuAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=")"),
          std::string(R"("MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f")"),
          std::string(R"("MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=AAAA")")}) {
        CAPTURE(shown);
        CHECK(apps_refusal(apps_file(key_row("k1", shown))).field == "public in apps.toml line 5");
    }
}

}  // namespace
}  // namespace marchwire::base
