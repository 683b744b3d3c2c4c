// A session of an app's token: believed, looked up in the roster, and over when the token is.
#include "talk.hpp"

#include <catch2/catch.hpp>

namespace marchwire::session::test {
namespace {

using base::Limit;
using base::seconds;
using wire::CloseCode;

/// At the staff door, with what the shard knows of the roster.
struct AppTalk : Talk {
    AppTalk() : Talk(Door::staff) {}

    Actions hello(const std::string& subject, const std::string& more = "") {
        return say(R"({"hello":{"protocol":1,"device":"7","token":"app.)" + subject + R"(.signed")" + more + "}}");
    }
    static MemberFound found(std::uint64_t person, core::Role role = core::Role::tail) {
        return {base::LogId::parse("c/m").value(), base::PersonId{person}, role, std::nullopt};
    }
    Actions answer(const MemberFound& with) { return keep(session.on_member(with, now)); }
    Actions turned_away(base::RefusalCode code) {
        MemberFound stays_out = found(0);
        stays_out.refusal = base::refuse(code, "hello.token", "Not now.");
        return answer(stays_out);
    }
    /// The code of the error that waits, and then nothing else.
    std::string error() {
        const auto items = read();
        REQUIRE(items.size() == 1);
        return items[0].at("error").at("code").get<std::string>();
    }
};

TEST_CASE("an app's token is the person whom the roster calls so", "[session][app]") {
    AppTalk talk;
    const auto wishes = all_of<FindMember>(talk.hello("Tail 1", R"(,"subscribe":[{"feed":"marshal/c/m"}])"));
    REQUIRE(wishes.size() == 1);
    CHECK(wishes[0].march.text() == "c/m");
    CHECK(wishes[0].callsign == "Tail 1");
    CHECK_FALSE(talk.session.greeted());
    CHECK(talk.read().empty());
    const Actions greeted = talk.answer(AppTalk::found(12));
    CHECK(talk.session.greeted());
    CHECK(all_of<OpenFeed>(greeted).size() == 1);
    REQUIRE(talk.session.grant() != nullptr);
    CHECK(talk.session.grant()->actor.person == base::PersonId{12});
    CHECK(talk.session.grant()->actor.role == core::Role::tail);
    CHECK(talk.session.grant()->scope().text() == "c/m");
    const auto items = talk.read();
    REQUIRE(items.size() == 1);
    CHECK(items[0].at("welcome").at("person") == "12");
    CHECK(items[0].at("welcome").at("role") == "TAIL");
}

TEST_CASE("whom the roster does not know follows as everybody does", "[session][app]") {
    AppTalk talk;
    (void)talk.hello("Nobody");
    (void)talk.answer(AppTalk::found(0));
    CHECK(talk.session.greeted());
    CHECK_FALSE(talk.session.is_staff());
    CHECK(talk.read().at(0).at("welcome").value("role", "") == "FOLLOWER");
    (void)talk.say(R"({"command":{"id":{"device":"7","counter":"1"},"log":"c/m","checkIn":{"report":"ON_POST"}}})");
    CHECK(talk.read().at(0).at("reply").at("error").at("code") == "PERMISSION_DENIED");
    CHECK(talk.subscribe("public/c/m").actor.role == core::Role::follower);
}

TEST_CASE("a token that is not believed is told why and counted as a wrong one", "[session][app]") {
    AppTalk talk;
    talk.backend.app_refusal = base::refuse(base::RefusalCode::expired, "hello.token", "Ask your app for a new one.");
    (void)talk.say(R"({"hello":{"protocol":1,"device":"7","token":"a.b.c"}})");
    CHECK(talk.closed == CloseCode::unauthenticated);
    CHECK(talk.error() == "EXPIRED");
}

TEST_CASE("wrong tokens of apps cost an address what all wrong ones cost", "[session][app]") {
    const auto met = std::make_shared<base::LimitCounts>();
    const auto gate = std::make_shared<Admission>(Admission::Bounds{100, 100, 1, 1, 10}, met);
    SessionSettings settings = json_at(Door::staff);
    settings.address = AddressKey{5};
    const std::string hello = R"({"hello":{"protocol":1,"device":"7","token":"a.b.c"}})";
    Talk first(settings, gate);
    (void)first.say(hello);
    CHECK(first.closed == CloseCode::unauthenticated);
    Talk second(settings, gate);
    (void)second.say(hello);
    CHECK(second.closed == CloseCode::overloaded);
    CHECK(met->of(Limit::wrong_tokens) == 1);
}

TEST_CASE("a token beyond what one may have is counted", "[session][app]") {
    for (const auto code : {base::RefusalCode::too_large, base::RefusalCode::invalid_argument}) {
        AppTalk talk;
        talk.backend.app_refusal.code = code;
        (void)talk.say(R"({"hello":{"protocol":1,"device":"7","token":"a.b.c"}})");
        CHECK(talk.closed == CloseCode::unauthenticated);
        CHECK(talk.backend.met->of(Limit::app_token) == 1);
    }
}

TEST_CASE("a session of an app ends when its token does", "[session][app]") {
    AppTalk talk;
    (void)talk.hello("Tail 1");
    (void)talk.answer(AppTalk::found(12));
    (void)talk.read();
    CHECK(talk.session.next_due(talk.now) <= talk.now + seconds(60));
    (void)talk.tick(seconds(59));
    CHECK_FALSE(talk.closed);
    (void)talk.say(R"({"ping":{"nonce":"1"}})");
    (void)talk.read();
    CHECK(talk.session.next_due(talk.now) == talk.now + seconds(1));
    (void)talk.tick(seconds(1));
    CHECK(talk.closed == CloseCode::unauthenticated);
    CHECK(talk.error() == "EXPIRED");
}

TEST_CASE("a session of an app goes on with the next token of the same person", "[session][app]") {
    AppTalk talk;
    (void)talk.hello("Tail 1");
    (void)talk.answer(AppTalk::found(12));
    (void)talk.tick(seconds(40));
    CHECK(all_of<FindMember>(talk.say(R"({"prove":{"token":"app.Tail 1.signed"}})")).size() == 1);
    (void)talk.answer(AppTalk::found(12));
    (void)talk.tick(seconds(59));
    CHECK_FALSE(talk.closed);
    (void)talk.read();
    (void)talk.tick(seconds(1));
    CHECK(talk.closed == CloseCode::unauthenticated);
    CHECK(talk.error() == "EXPIRED");
}

TEST_CASE("who is asked for the next token and was given another role comes in anew", "[session][app]") {
    AppTalk talk;
    (void)talk.hello("Tail 1");
    (void)talk.answer(AppTalk::found(12));
    (void)talk.read();
    (void)talk.say(R"({"prove":{"token":"app.Tail 1.signed"}})");
    (void)talk.answer(AppTalk::found(12, core::Role::side));
    CHECK(talk.closed == CloseCode::unauthenticated);
    CHECK(talk.error() == "EXPIRED");
}

TEST_CASE("who was shut out meanwhile is not let on by the next token", "[session][app]") {
    AppTalk talk;
    (void)talk.hello("Tail 1");
    (void)talk.answer(AppTalk::found(12));
    (void)talk.read();
    (void)talk.say(R"({"prove":{"token":"app.Tail 1.signed"}})");
    (void)talk.turned_away(base::RefusalCode::permission_denied);
    CHECK(talk.closed == CloseCode::revoked);
}

TEST_CASE("a roster that cannot be looked at now leaves the token that a session has", "[session][app]") {
    AppTalk talk;
    (void)talk.hello("Tail 1");
    (void)talk.answer(AppTalk::found(12));
    (void)talk.tick(seconds(40));
    (void)talk.say(R"({"prove":{"token":"app.Tail 1.signed"}})");
    (void)talk.turned_away(base::RefusalCode::unavailable);
    CHECK_FALSE(talk.closed);
    (void)talk.tick(seconds(20));
    CHECK(talk.closed == CloseCode::unauthenticated);
}

TEST_CASE("the next token cannot make another person of a session", "[session][app]") {
    AppTalk talk;
    (void)talk.hello("Tail 1");
    (void)talk.answer(AppTalk::found(12));
    (void)talk.read();
    (void)talk.say(R"({"prove":{"token":"app.Lead.signed"}})");
    CHECK(talk.closed == CloseCode::unauthenticated);
    CHECK(talk.error() == "PERMISSION_DENIED");
}

TEST_CASE("a next token that is not believed ends the session and counts as a wrong one", "[session][app]") {
    AppTalk talk;
    (void)talk.hello("Tail 1");
    (void)talk.answer(AppTalk::found(12));
    (void)talk.read();
    talk.backend.app_refusal = base::refuse(base::RefusalCode::expired, "hello.token", "Ask your app for a new one.");
    (void)talk.say(R"({"prove":{"token":"Tail 1, of last year"}})");
    CHECK(talk.closed == CloseCode::unauthenticated);
    CHECK(talk.error() == "EXPIRED");
}

TEST_CASE("what an app's person says after the end is not done", "[session][app]") {
    AppTalk talk;
    (void)talk.hello("Tail 1");
    (void)talk.answer(AppTalk::found(12));
    (void)talk.read();
    talk.now = talk.now + seconds(60);
    const Actions done = talk.say(
        R"({"command":{"id":{"device":"7","counter":"1"},"log":"c/m","checkIn":{"report":"ON_POST"}}})");
    CHECK(all_of<RunCommand>(done).empty());
    CHECK(talk.closed == CloseCode::unauthenticated);
}

TEST_CASE("nothing is said before the roster was looked at", "[session][app]") {
    AppTalk talk;
    (void)talk.hello("Tail 1");
    SECTION("no second Hello") { (void)talk.hello("Lead 1"); }
    SECTION("no command") { (void)talk.say(R"({"ping":{"nonce":"1"}})"); }
    CHECK(talk.closed == CloseCode::protocol_error);
    CHECK(talk.answer(AppTalk::found(12)).empty());
    CHECK_FALSE(talk.session.is_staff());
}

TEST_CASE("a token that runs out while the roster is looked at lets nobody in", "[session][app]") {
    AppTalk talk;
    (void)talk.hello("Tail 1");
    talk.now = talk.now + seconds(60);
    (void)talk.answer(AppTalk::found(12));
    CHECK(talk.closed == CloseCode::unauthenticated);
    CHECK(talk.error() == "EXPIRED");
    CHECK_FALSE(talk.session.is_staff());
}

TEST_CASE("an answer that nobody waits for lets nobody in", "[session][app]") {
    AppTalk talk;
    CHECK(talk.answer(AppTalk::found(12)).empty());
    CHECK_FALSE(talk.session.greeted());
}

TEST_CASE("who is to stay out and who may come back are told apart", "[session][app]") {
    AppTalk talk;
    (void)talk.hello("Tail 1");
    SECTION("devices were revoked") {
        (void)talk.turned_away(base::RefusalCode::permission_denied);
        CHECK(talk.closed == CloseCode::revoked);
        CHECK(talk.error() == "PERMISSION_DENIED");
    }
    SECTION("no such march") {
        (void)talk.turned_away(base::RefusalCode::unauthenticated);
        CHECK(talk.closed == CloseCode::unauthenticated);
        CHECK(talk.error() == "UNAUTHENTICATED");
    }
    SECTION("the store is away") {
        (void)talk.turned_away(base::RefusalCode::unavailable);
        CHECK(talk.closed == CloseCode::overloaded);
        CHECK(talk.error() == "UNAVAILABLE");
    }
    CHECK_FALSE(talk.session.greeted());
}

TEST_CASE("followers bring no token of an app to their door", "[session][app]") {
    Talk talk(Door::followers);
    (void)talk.say(R"({"hello":{"protocol":1,"token":"app.Tail 1.signed"}})");
    CHECK(talk.closed == CloseCode::wrong_door);
}

}  // namespace
}  // namespace marchwire::session::test
