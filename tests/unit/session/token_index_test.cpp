// Who a token is, and when it is nobody any more.
#include "session/token_index.hpp"

#include <catch2/catch.hpp>

namespace marchwire::session {
namespace {

using base::UtcMs;

core::Token token(std::uint32_t number, std::uint8_t first_byte) {
    core::Token made;
    made.number = number;
    made.hash[0] = first_byte;
    made.person = base::PersonId{number * 10};
    made.role = core::Role::medic;
    made.march = base::Slug::parse("m").value();
    return made;
}

const base::Slug campaign = base::Slug::parse("c").value();

TEST_CASE("a token is found by its hash and proves person, role and march", "[session][token]") {
    TokenIndex index;
    index.put(campaign, token(1, 1));
    index.put(campaign, token(2, 2));
    const auto known = index.find(token(2, 2).hash, UtcMs{5});
    REQUIRE(known.has_value());
    const Grant* grant = &known->grant;
    CHECK(known->public_key.empty());
    CHECK(grant->number == 2);
    CHECK(grant->actor.person == base::PersonId{20});
    CHECK(grant->actor.role == core::Role::medic);
    CHECK(grant->scope().text() == "c/m");
    CHECK_FALSE(index.find(token(3, 3).hash, UtcMs{5}).has_value());
}

TEST_CASE("a revoked token proves nothing", "[session][token]") {
    TokenIndex index;
    core::Token one = token(1, 1);
    index.put(campaign, one);
    one.revoked = true;
    index.put(campaign, one);
    CHECK_FALSE(index.find(one.hash, UtcMs{5}).has_value());
    CHECK(index.size() == 0);
}

TEST_CASE("a token proves nothing from the moment of its expiry", "[session][token]") {
    TokenIndex index;
    core::Token one = token(1, 1);
    one.expires_at = UtcMs{100};
    index.put(campaign, one);
    CHECK(index.find(one.hash, UtcMs{99}).has_value());
    CHECK_FALSE(index.find(one.hash, UtcMs{100}).has_value());
}

TEST_CASE("a person has a token until the last is revoked", "[session][token]") {
    TokenIndex index;
    core::Token one = token(1, 1);
    core::Token spare = token(2, 2);
    spare.person = one.person;
    index.put(campaign, one);
    index.put(campaign, spare);
    const auto has = [&](const base::Slug& where) { return index.has_token(where, one.person); };
    CHECK(has(campaign));
    CHECK_FALSE(has(base::Slug::parse("other").value()));
    one.revoked = true;
    index.put(campaign, one);
    CHECK(has(campaign));
    spare.revoked = true;
    index.put(campaign, spare);
    CHECK_FALSE(has(campaign));
}

}  // namespace
}  // namespace marchwire::session
