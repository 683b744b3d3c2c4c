// What tokens may cost a shard: right ones, wrong ones, and too many of one.
#include "session/admission.hpp"
#include "talk.hpp"

#include <catch2/catch.hpp>

#include <optional>
#include <string>
#include <vector>

namespace marchwire::session::test {
namespace {

using base::Limit;
using base::RefusalCode;
using base::seconds;
using base::UtcMs;
using wire::CloseCode;

constexpr UtcMs noon{50'000};
constexpr AddressKey campus{7};
constexpr AddressKey elsewhere{8};

struct Gate {
    explicit Gate(Admission::Bounds bounds) : admission(std::make_shared<Admission>(bounds, met)) {}
    std::shared_ptr<base::LimitCounts> met = std::make_shared<base::LimitCounts>();
    std::shared_ptr<Admission> admission;
};

Grant grant_of(std::uint32_t number) {
    Grant grant;
    grant.campaign = base::Slug::parse("c").value();
    grant.number = number;
    return grant;
}

TEST_CASE("an address may bring so many wrong tokens and then waits while others do not", "[session][admission]") {
    Gate gate({100, 100, 1, 2, 10});
    for (int i = 0; i < 2; ++i) {
        CHECK(gate.admission->wrong_token(campus, noon).code == RefusalCode::unauthenticated);
    }
    const base::Refusal refusal = gate.admission->wrong_token(campus, noon);
    CHECK(refusal.code == RefusalCode::rate_limited);
    CHECK(refusal.retry_after_ms == 1'000);
    CHECK(gate.met->of(Limit::wrong_tokens) == 1);
    CHECK(gate.admission->wrong_token(elsewhere, noon).code == RefusalCode::unauthenticated);
    CHECK(gate.admission->wrong_token(campus, noon + seconds(1)).code == RefusalCode::unauthenticated);
    // A balancer that does not tell addresses: nobody is taken for somebody else.
    for (int i = 0; i < 5; ++i) {
        CHECK(gate.admission->wrong_token({}, noon).code == RefusalCode::unauthenticated);
    }
}

TEST_CASE("wrong links and codes of invites count with the wrong tokens of their address", "[session][admission]") {
    Gate gate({100, 100, 1, 3, 10});
    CHECK_FALSE(gate.admission->wrong_invite(campus, noon));
    CHECK(gate.admission->wrong_token(campus, noon).code == RefusalCode::unauthenticated);
    CHECK_FALSE(gate.admission->wrong_invite(campus, noon));
    const auto refusal = gate.admission->wrong_invite(campus, noon);
    REQUIRE(refusal);
    CHECK(refusal->code == RefusalCode::rate_limited);
    CHECK(refusal->retry_after_ms == 1'000);
    CHECK(gate.admission->wrong_token(campus, noon).code == RefusalCode::rate_limited);
    CHECK(gate.met->of(Limit::wrong_tokens) == 2);
    CHECK_FALSE(gate.admission->wrong_invite(elsewhere, noon));
}

TEST_CASE("a shard takes up so many tokens a second and tells when there is room", "[session][admission]") {
    Gate gate({10, 1, 1, 1, 10});
    const auto first = gate.admission->enter(grant_of(1), noon);
    CHECK(first.has_value());
    const auto second = gate.admission->enter(grant_of(2), noon);
    REQUIRE(second.has_error());
    CHECK(second.error().code == RefusalCode::rate_limited);
    CHECK(second.error().retry_after_ms == 100);
    CHECK(gate.met->of(Limit::hello_rate) == 1);
    CHECK(gate.admission->enter(grant_of(2), noon + base::Millis{100}).has_value());
}

TEST_CASE("wrong tokens take nothing of what right ones have", "[session][admission]") {
    Gate gate({10, 1, 1, 1, 10});
    for (int i = 0; i < 100; ++i) (void)gate.admission->wrong_token(campus, noon);
    CHECK(gate.admission->enter(grant_of(1), noon).has_value());
}

TEST_CASE("a token has so many sessions at once and one more when one of them has ended", "[session][admission]") {
    Gate gate({100, 100, 1, 1, 2});
    std::vector<Admission::Place> places;
    for (int i = 0; i < 2; ++i) {
        auto place = gate.admission->enter(grant_of(1), noon);
        REQUIRE(place.has_value());
        places.push_back(*std::move(place));
    }
    const auto third = gate.admission->enter(grant_of(1), noon);
    REQUIRE(third.has_error());
    CHECK(third.error().code == RefusalCode::rate_limited);
    CHECK(gate.met->of(Limit::device_sessions) == 1);
    CHECK(gate.admission->enter(grant_of(2), noon).has_value());
    places.pop_back();
    CHECK(gate.admission->enter(grant_of(1), noon).has_value());
}

TEST_CASE("addresses are forgotten when they have refilled and beyond the bound nobody new is kept out",
          "[session][admission]") {
    AddressRates rates(1, 1, 2);
    CHECK(rates.take(campus, noon));
    CHECK_FALSE(rates.take(campus, noon));
    CHECK(rates.take(elsewhere, noon));
    const AddressKey third{9};
    CHECK(rates.take(third, noon));
    CHECK(rates.take(third, noon));
    CHECK(rates.size() == 2);
    CHECK(rates.take(third, noon + seconds(2)));
    CHECK_FALSE(rates.take(third, noon + seconds(2)));
    CHECK(rates.size() == 1);
}

// ---- in a conversation --------------------------------------------------------------------------

struct AtGate {
    explicit AtGate(Admission::Bounds bounds) : gate(std::make_shared<Admission>(bounds, met)) {
        settings.address = campus;
    }
    Talk& come() {
        talk.emplace(settings, gate);
        return *talk;
    }
    std::shared_ptr<base::LimitCounts> met = std::make_shared<base::LimitCounts>();
    std::shared_ptr<Admission> gate;
    SessionSettings settings = json_at(Door::staff);
    std::optional<Talk> talk;
};

constexpr const char* wrong_hello = R"({"hello":{"protocol":1,"token":"guessed"}})";

TEST_CASE("whoever guesses on is told when to come back and somebody with a right token behind the same address is not",
          "[session][admission][hello]") {
    AtGate door({100, 100, 1, 1, 10});
    (void)door.come().say(wrong_hello);
    CHECK(door.talk->closed == CloseCode::unauthenticated);
    (void)door.come().say(wrong_hello);
    CHECK(door.talk->closed == CloseCode::overloaded);
    const Json error = door.talk->read().at(0)["error"];
    CHECK(error["code"] == "RATE_LIMITED");
    CHECK(error["retryAfterMs"] == "1000");
    (void)door.come().hello();
    CHECK_FALSE(door.talk->closed);
    CHECK(door.talk->read().at(0).contains("welcome"));
}

TEST_CASE("a Hello beyond the shard's budget is told when to come back", "[session][admission][hello]") {
    AtGate door({1, 1, 1, 1, 10});
    (void)door.come().hello();
    CHECK_FALSE(door.talk->closed);
    (void)door.come().hello();
    CHECK(door.talk->closed == CloseCode::overloaded);
    CHECK(door.talk->read().at(0)["error"]["code"] == "RATE_LIMITED");
    CHECK_FALSE(door.talk->session.is_staff());
    CHECK(door.met->of(Limit::hello_rate) == 1);
}

TEST_CASE("limits that a client meets in its conversation are counted", "[session][admission]") {
    Talk talk(Door::followers);
    (void)talk.tick(seconds(6));
    CHECK(talk.backend.met->of(Limit::hello_deadline) == 1);
    Talk busy(Door::followers);
    (void)busy.greet();
    for (std::uint32_t i = 0; i < base::limits::follower_burst + 1; ++i) {
        (void)busy.say(R"({"getHistory":{"request":1,"feed":"public/c/m","limit":1}})");
    }
    CHECK(busy.backend.met->of(Limit::commands) == 1);
}

TEST_CASE("people of apps have each their sessions and those whom no roster knows have them together",
          "[session][admission][app]") {
    Gate gate({100, 100, 1, 1, 1});
    Grant person = grant_of(0);
    person.actor.person = base::PersonId{1};
    Grant other = grant_of(0);
    other.actor.person = base::PersonId{2};
    const auto first = gate.admission->enter(person, noon);
    CHECK(first.has_value());
    const auto second = gate.admission->enter(other, noon);
    CHECK(second.has_value());
    CHECK(gate.admission->enter(person, noon).has_error());
    const auto unknown = gate.admission->enter(grant_of(0), noon);
    CHECK(unknown.has_value());
    CHECK(gate.admission->enter(grant_of(0), noon).has_error());
}

}  // namespace
}  // namespace marchwire::session::test
