// How a device shows that it holds its key.
#include "talk.hpp"

#include "base/base64.hpp"
#include "base/p256_key.hpp"

#include <catch2/catch.hpp>

namespace marchwire::session::test {
namespace {

using base::seconds;
using wire::CloseCode;

/// Base64 as Protobuf's JSON has bytes.
std::string json_bytes(const std::string& bytes) {
    std::string text = base::base64url(bytes);
    text.resize((text.size() + 3) / 4 * 4, '=');
    return text;
}

/// A phone at the staff door whose token is bound to its key.
struct Phone {
    base::P256Key key = base::P256Key::random();
    Talk talk{json_at(Door::staff), std::string(32, 's')};
    std::string nonce;

    Phone() {
        talk.backend.public_key = key.public_point();
        nonce = next_nonce();
    }
    /// Of the Challenge that waits.
    std::string next_nonce() {
        const auto items = talk.read();
        REQUIRE(items.size() == 1);
        return base::from_base64(items[0].at("challenge").at("nonce").get<std::string>()).value();
    }
    [[nodiscard]] std::string signature(const base::P256Key& by, const std::string& of) const {
        return json_bytes(by.sign(login_text(of, base::sha256(lead_token))));
    }
    Actions hello(const std::string& signed_by) {
        const Json said{{"hello", {{"protocol", 1}, {"device", "7"}, {"token", lead_token}, {"signature", signed_by}}}};
        return talk.say(said.dump());
    }
    Actions prove(const std::string& signed_by) { return talk.say(Json{{"prove", {{"signature", signed_by}}}}.dump()); }
};

TEST_CASE("a device that signs the challenge is in with one round trip", "[session][login]") {
    Phone phone;
    CHECK(phone.nonce.size() == 32);
    (void)phone.hello(phone.signature(phone.key, phone.nonce));
    CHECK_FALSE(phone.talk.closed);
    REQUIRE(phone.talk.session.grant() != nullptr);
    CHECK(phone.talk.read_kinds() == std::vector<std::string>{"welcome"});
}

TEST_CASE("a stolen token without the key opens nothing", "[session][login]") {
    Phone phone;
    std::string signature;
    SECTION("no signature") {}
    SECTION("another key's") { signature = phone.signature(base::P256Key::random(), phone.nonce); }
    SECTION("of another challenge") { signature = phone.signature(phone.key, std::string(32, 'x')); }
    SECTION("of something else") { signature = json_bytes(phone.key.sign(phone.nonce)); }
    (void)phone.hello(signature);
    CHECK(phone.talk.closed == CloseCode::unauthenticated);
    CHECK(phone.talk.session.grant() == nullptr);
}

TEST_CASE("a token that is bound to no device needs no signature", "[session][login]") {
    Phone phone;
    phone.talk.backend.public_key.clear();
    (void)phone.hello("");
    CHECK_FALSE(phone.talk.closed);
    CHECK(phone.talk.session.grant() != nullptr);
}

TEST_CASE("a bound token gets nobody in where no challenge is sent", "[session][login]") {
    Talk talk(Door::staff);
    talk.backend.public_key = base::P256Key::random().public_point();
    (void)talk.hello();
    CHECK(talk.closed == CloseCode::unauthenticated);
}

/// Speaks now and then, so that only the proof is at stake.
void let_pass(Phone& phone, base::Millis time) {
    for (base::Millis passed{0}; passed < time; passed = passed + seconds(30)) {
        (void)phone.talk.tick(seconds(30));
        (void)phone.talk.keep(phone.talk.session.on_frames(1, phone.talk.now));
    }
}

TEST_CASE("every fifteen minutes the device signs anew without leaving", "[session][login]") {
    Phone phone;
    (void)phone.hello(phone.signature(phone.key, phone.nonce));
    (void)phone.talk.read();
    for (int round = 0; round < 3; ++round) {
        let_pass(phone, base::limits::proof_life);
        const std::string next = phone.next_nonce();
        CHECK(next != phone.nonce);
        phone.nonce = next;
        (void)phone.prove(phone.signature(phone.key, next));
        CHECK_FALSE(phone.talk.closed);
    }
}

TEST_CASE("a device that does not sign within a minute is asked to come back", "[session][login]") {
    Phone phone;
    (void)phone.hello(phone.signature(phone.key, phone.nonce));
    (void)phone.talk.read();
    let_pass(phone, base::limits::proof_life);
    let_pass(phone, base::limits::proof_deadline);
    CHECK(phone.talk.closed == CloseCode::silent);
}

TEST_CASE("a proof by another key or of an old challenge ends the session", "[session][login]") {
    Phone phone;
    (void)phone.hello(phone.signature(phone.key, phone.nonce));
    (void)phone.talk.read();
    let_pass(phone, base::limits::proof_life);
    const std::string next = phone.next_nonce();
    SECTION("another key") { (void)phone.prove(phone.signature(base::P256Key::random(), next)); }
    SECTION("the first challenge once more") { (void)phone.prove(phone.signature(phone.key, phone.nonce)); }
    CHECK(phone.talk.closed == CloseCode::unauthenticated);
}

TEST_CASE("a proof that nobody asked for is passed over", "[session][login]") {
    Phone phone;
    (void)phone.hello(phone.signature(phone.key, phone.nonce));
    (void)phone.prove("");
    CHECK_FALSE(phone.talk.closed);
}

TEST_CASE("who may get in is asked by staff alone", "[session][login]") {
    Talk follower(Door::followers);
    follower.greet();
    CHECK(all_of<ReadAccess>(follower.say(R"({"readAccess":{"request":"3","log":"c/m"}})")).empty());
    const auto refused = follower.read().at(0)["access"];
    CHECK(refused["request"] == "3");
    CHECK(refused["error"]["code"] == "PERMISSION_DENIED");
    Talk lead(Door::staff);
    lead.greet();
    const auto asked = all_of<ReadAccess>(lead.say(R"({"readAccess":{"request":"3","log":"c/m","from":"9"}})"));
    REQUIRE(asked.size() == 1);
    CHECK(asked[0].request.from == base::PersonId{9});
    CHECK(asked[0].actor.role == core::Role::city_lead);
}

}  // namespace
}  // namespace marchwire::session::test
