// Invites, and the devices that they become.
#include "base/limits.hpp"
#include "support/campaign_builder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace marchwire::core {
namespace {

namespace limits = base::limits;
using base::RefusalCode;
using test::CampaignBuilder;
using test::slug;

base::Digest hash_of(std::uint8_t first) {
    base::Digest hash{};
    hash[0] = first;
    return hash;
}

std::string key_of(char first) { return first + std::string(64, 'k'); }

/// St. Louis with a marshal, two leads and a desk of two; Kansas City with a lead.
struct Access {
    CampaignBuilder campaign;
    PersonId tail{1}, lead{2}, second_lead{3}, desk{4}, second_desk{5}, elsewhere{6};
    std::uint8_t drawn = 0;

    Access() {
        campaign.must(ListMarch{slug("kansas-city-mo"), 3U << 16U});
        for (const char* callsign : {"tail-1", "lead-1", "lead-2"}) {
            campaign.must(AddPerson{callsign, slug("st-louis-mo")});
        }
        for (const char* callsign : {"desk-1", "desk-2"}) campaign.must(AddPerson{callsign, {}});
        campaign.must(AddPerson{"lead-kc", slug("kansas-city-mo")});
    }
    [[nodiscard]] static Actor acting(PersonId person, Role role, const char* march) {
        Actor actor;
        actor.person = person;
        actor.role = role;
        if (*march != '\0') actor.march = slug(march);
        return actor;
    }
    [[nodiscard]] Actor the_lead() const { return acting(lead, Role::city_lead, "st-louis-mo"); }
    [[nodiscard]] Actor the_desk() const { return acting(desk, Role::national_desk, ""); }
    [[nodiscard]] static Actor server() { return acting({}, Role::keeper, ""); }

    InviteMarshal invite(PersonId person, Role role = Role::tail, const char* march = "st-louis-mo") {
        InviteMarshal wish;
        wish.secret_hash = hash_of(++drawn);
        wish.person = person;
        wish.role = role;
        if (*march != '\0') wish.march = slug(march);
        wish.expires_at = campaign.now + base::hours(12);
        return wish;
    }
    RedeemInvite by_link(std::uint32_t number, char key = 'a') {
        RedeemInvite wish;
        wish.number = number;
        wish.secret_hash = campaign.state.invites.at(number - 1).secret_hash;
        wish.public_key = key_of(key);
        wish.token_hash = hash_of(static_cast<std::uint8_t>(100 + ++drawn));
        return wish;
    }
    RedeemInvite by_code(std::uint32_t number, bool right) {
        RedeemInvite wish = by_link(number);
        wish.secret_hash.reset();
        wish.code_is_right = right;
        return wish;
    }
    [[nodiscard]] InviteState state_of(std::uint32_t number) const {
        return campaign.state.invites.at(number - 1).state;
    }
    /// This person is in, on a device.
    void let_in(PersonId person, Role role, const char* march, char key) {
        campaign.must(invite(person, role, march));
        const auto number = static_cast<std::uint32_t>(campaign.state.invites.size());
        if (state_of(number) == InviteState::unconfirmed) {
            campaign.must(the_desk(), ConfirmInvite{number});
        }
        campaign.must(server(), by_link(number, key));
    }
};

TEST_CASE("an invite is redeemed once and becomes a device that is bound to its key", "[core][access]") {
    Access access;
    access.campaign.must(access.the_lead(), access.invite(access.tail));
    CHECK(access.state_of(1) == InviteState::open);
    access.campaign.must(Access::server(), access.by_link(1));
    CHECK(access.state_of(1) == InviteState::redeemed);
    REQUIRE(access.campaign.state.tokens.size() == 1);
    const Token& token = access.campaign.state.tokens[0];
    CHECK(token.person == access.tail);
    CHECK(token.role == Role::tail);
    CHECK(token.march == slug("st-louis-mo"));
    CHECK(token.public_key == key_of('a'));
    CHECK(token.invite == 1);
    CHECK(access.campaign.refused(Access::server(), access.by_link(1, 'b')).code == RefusalCode::invalid_transition);
}

TEST_CASE("an answer that was lost on its way does not cost the invite", "[core][access]") {
    Access access;
    access.campaign.must(access.invite(access.tail));
    access.campaign.must(Access::server(), access.by_link(1));
    access.campaign.must(Access::server(), access.by_link(1));
    REQUIRE(access.campaign.state.tokens.size() == 2);
    CHECK(access.campaign.state.tokens[0].revoked);
    CHECK_FALSE(access.campaign.state.tokens[1].revoked);
    // Not after the device was shut out.
    access.campaign.must(RevokeToken{2, "lost"});
    CHECK(access.campaign.refused(Access::server(), access.by_link(1)).code == RefusalCode::invalid_transition);
}

TEST_CASE("a wrong secret opens nothing and is not counted", "[core][access]") {
    Access access;
    access.campaign.must(access.invite(access.tail));
    RedeemInvite guess = access.by_link(1);
    guess.secret_hash = hash_of(99);
    for (int i = 0; i < 20; ++i) {
        CHECK(access.campaign.refused(Access::server(), guess).code == RefusalCode::not_found);
    }
    guess.number = 7;
    CHECK(access.campaign.refused(Access::server(), guess).code == RefusalCode::not_found);
    access.campaign.must(Access::server(), access.by_link(1));
}

TEST_CASE("after five wrong codes only the link opens an invite", "[core][access]") {
    Access access;
    access.campaign.must(access.invite(access.tail));
    for (std::uint32_t i = 1; i <= limits::invite_tries; ++i) {
        access.campaign.must(Access::server(), access.by_code(1, false));
        CHECK(access.campaign.state.invites[0].wrong_codes == i);
        CHECK(access.campaign.state.tokens.empty());
    }
    CHECK(access.campaign.refused(Access::server(), access.by_code(1, true)).code == RefusalCode::permission_denied);
    CHECK(access.campaign.refused(Access::server(), access.by_code(1, false)).code == RefusalCode::permission_denied);
    access.campaign.must(Access::server(), access.by_link(1));
}

TEST_CASE("the right code opens an invite after four wrong ones", "[core][access]") {
    Access access;
    access.campaign.must(access.invite(access.tail));
    for (std::uint32_t i = 1; i < limits::invite_tries; ++i) {
        access.campaign.must(Access::server(), access.by_code(1, false));
    }
    access.campaign.must(Access::server(), access.by_code(1, true));
    CHECK(access.state_of(1) == InviteState::redeemed);
}

TEST_CASE("an invite that has run out or was taken back opens nothing", "[core][access]") {
    Access access;
    access.campaign.must(access.invite(access.tail));
    access.campaign.must(access.invite(access.lead, Role::dispatcher));
    access.campaign.must(access.the_lead(), RevokeInvite{2});
    CHECK(access.campaign.refused(Access::server(), access.by_link(2)).code == RefusalCode::expired);
    CHECK(access.campaign.refused(RevokeInvite{2}).code == RefusalCode::invalid_transition);
    access.campaign.now = access.campaign.now + base::hours(12);
    CHECK(access.campaign.refused(Access::server(), access.by_link(1)).code == RefusalCode::expired);
    // No strangers' trials are stored for it either.
    CHECK(access.campaign.refused(Access::server(), access.by_code(1, false)).code == RefusalCode::not_found);
}

TEST_CASE("a new invite shuts out the device that was lost and the link before it", "[core][access]") {
    Access access;
    access.let_in(access.tail, Role::tail, "st-louis-mo", 'a');
    access.campaign.must(access.invite(access.tail));
    CHECK(access.campaign.state.tokens[0].revoked);
    access.campaign.must(access.invite(access.tail));
    CHECK(access.state_of(2) == InviteState::revoked);
    CHECK(access.state_of(3) == InviteState::open);
}

TEST_CASE("a second device leaves the first one in and a person has at most three", "[core][access]") {
    Access access;
    access.let_in(access.tail, Role::tail, "st-louis-mo", 'a');
    const Actor tail = Access::acting(access.tail, Role::tail, "st-louis-mo");
    for (std::size_t i = 1; i < limits::devices_per_person; ++i) {
        access.campaign.must(tail, AddDevice{hash_of(++access.drawn), access.campaign.now + base::minutes(20)});
        const auto number = static_cast<std::uint32_t>(access.campaign.state.invites.size());
        access.campaign.must(Access::server(), access.by_link(number, static_cast<char>('a' + i)));
    }
    CHECK(std::ranges::none_of(access.campaign.state.tokens, [](const Token& token) { return token.revoked; }));
    const auto full = access.campaign.refused(
        tail, AddDevice{hash_of(++access.drawn), access.campaign.now + base::minutes(20)});
    CHECK(full.code == RefusalCode::too_large);
    CHECK(access.campaign.refused(tail, AddDevice{hash_of(90), access.campaign.now + base::hours(2)}).field ==
          "expires_at_ms");
    InviteMarshal second = access.invite(access.tail);
    second.second_device = true;
    CHECK(access.campaign.refused(second).code == RefusalCode::too_large);
}

TEST_CASE("a lead is let in by another lead or the national desk and by nobody alone", "[core][access]") {
    Access access;
    access.let_in(access.desk, Role::national_desk, "", 'd');
    access.let_in(access.lead, Role::city_lead, "st-louis-mo", 'l');
    access.campaign.must(access.the_lead(), access.invite(access.second_lead, Role::city_lead));
    const auto number = static_cast<std::uint32_t>(access.campaign.state.invites.size());
    CHECK(access.state_of(number) == InviteState::unconfirmed);
    // It is not spent meanwhile.
    CHECK(access.campaign.refused(Access::server(), access.by_link(number)).code == RefusalCode::invalid_transition);
    CHECK(access.campaign.refused(access.the_lead(), ConfirmInvite{number}).code == RefusalCode::permission_denied);
    const Actor invited = Access::acting(access.second_lead, Role::city_lead, "st-louis-mo");
    CHECK(access.campaign.refused(invited, ConfirmInvite{number}).code == RefusalCode::permission_denied);
    const Actor of_kansas = Access::acting(access.elsewhere, Role::city_lead, "kansas-city-mo");
    CHECK(access.campaign.refused(of_kansas, ConfirmInvite{number}).code == RefusalCode::permission_denied);
    access.campaign.must(access.the_desk(), ConfirmInvite{number});
    CHECK(access.campaign.refused(access.the_desk(), ConfirmInvite{number}).code == RefusalCode::invalid_transition);
    access.campaign.must(Access::server(), access.by_link(number, 's'));
}

TEST_CASE("the national desk lets in a city's first lead by itself", "[core][access]") {
    Access access;
    access.let_in(access.desk, Role::national_desk, "", 'd');
    access.campaign.must(access.the_desk(), access.invite(access.lead, Role::city_lead));
    CHECK(access.state_of(2) == InviteState::open);
    // One more of the desk is confirmed by the host, or by another of it.
    access.campaign.must(access.the_desk(), access.invite(access.second_desk, Role::national_desk, ""));
    CHECK(access.state_of(3) == InviteState::unconfirmed);
    access.campaign.must(ConfirmInvite{3});
    CHECK(access.state_of(3) == InviteState::open);
}

TEST_CASE("the host makes the first of the desk alone and then needs it for leads", "[core][access]") {
    Access access;
    access.campaign.must(access.invite(access.desk, Role::national_desk, ""));
    CHECK(access.state_of(1) == InviteState::open);
    access.campaign.must(Access::server(), access.by_link(1, 'd'));
    access.campaign.must(access.invite(access.lead, Role::city_lead));
    CHECK(access.state_of(2) == InviteState::unconfirmed);
    CHECK(access.campaign.refused(ConfirmInvite{2}).code == RefusalCode::permission_denied);
    access.campaign.must(access.the_desk(), ConfirmInvite{2});
}

TEST_CASE("a city lead touches what is of the own march", "[core][access]") {
    Access access;
    const Actor lead = access.the_lead();
    access.let_in(access.elsewhere, Role::dispatcher, "kansas-city-mo", 'k');
    access.campaign.must(access.invite(access.elsewhere, Role::dispatcher, "kansas-city-mo"));
    for (const CommandBody& body :
         {CommandBody(AddPerson{"red", slug("kansas-city-mo")}), CommandBody(RevokeToken{1, ""}),
          CommandBody(RevokeInvite{2}), CommandBody(access.invite(access.elsewhere, Role::tail, "kansas-city-mo")),
          CommandBody(access.invite(access.desk, Role::national_desk, "")),
          CommandBody(IssueToken{hash_of(80), access.tail, Role::tail, slug("st-louis-mo"), {}})}) {
        CHECK(access.campaign.refused(lead, body).code == RefusalCode::permission_denied);
    }
    access.campaign.must(lead, AddPerson{"red", slug("st-louis-mo")});
}

TEST_CASE("marshals and auditors invite nobody", "[core][access]") {
    Access access;
    const Actor tail = Access::acting(access.tail, Role::tail, "st-louis-mo");
    const Actor auditor = Access::acting(access.desk, Role::auditor, "");
    for (const Actor& actor : {tail, auditor}) {
        CHECK(access.campaign.refused(actor, access.invite(access.lead)).code == RefusalCode::permission_denied);
        CHECK(access.campaign.refused(actor, RedeemInvite{}).code == RefusalCode::permission_denied);
    }
}

TEST_CASE("an invite needs a person and a role that fit and an end within reach", "[core][access]") {
    Access access;
    CHECK(access.campaign.refused(access.invite(PersonId{70})).code == RefusalCode::not_found);
    CHECK(access.campaign.refused(access.invite(access.tail, Role::national_desk)).field == "march");
    CHECK(access.campaign.refused(access.invite(access.tail, Role::tail, "kansas-city-mo")).field == "person");
    CHECK(access.campaign.refused(access.invite(access.tail, Role::follower)).field == "role");
    InviteMarshal wish = access.invite(access.tail);
    wish.expires_at = access.campaign.now;
    CHECK(access.campaign.refused(wish).field == "expires_at_ms");
    wish.expires_at = access.campaign.now + limits::invite_life + base::seconds(1);
    CHECK(access.campaign.refused(wish).field == "expires_at_ms");
    wish = access.invite(access.tail);
    access.campaign.must(wish);
    CHECK(access.campaign.refused(wish).field == "secret_hash");
    wish.secret_hash = {};
    CHECK(access.campaign.refused(wish).field == "secret_hash");
}

TEST_CASE("a detained person's links are as void as their phones", "[core][access]") {
    Access access;
    access.let_in(access.tail, Role::tail, "st-louis-mo", 'a');
    const Actor tail = Access::acting(access.tail, Role::tail, "st-louis-mo");
    access.campaign.must(tail, AddDevice{hash_of(60), access.campaign.now + base::minutes(20)});
    access.campaign.must(Access::server(), RevokePhones{access.tail, access.campaign.now});
    CHECK(access.campaign.state.tokens[0].revoked);
    CHECK(access.state_of(2) == InviteState::revoked);
}

// ---- recovery ----------------------------------------------------------------------------------

/// What the host says for a lead whose phone is gone.
IssueToken recovery(const Access& access, PersonId person) {
    IssueToken wish;
    wish.hash = hash_of(90);
    wish.person = person;
    wish.role = Role::city_lead;
    wish.march = slug("st-louis-mo");
    wish.expires_at = access.campaign.now + limits::recovery_life;
    wish.recovery = true;
    return wish;
}

TEST_CASE("the host lets a lead in again whom nobody confirms and the log calls it that", "[core][access][recovery]") {
    Access access;
    access.let_in(access.lead, Role::city_lead, "st-louis-mo", 'a');
    access.let_in(access.second_lead, Role::city_lead, "st-louis-mo", 'b');
    access.campaign.must(access.invite(access.lead, Role::city_lead));
    access.campaign.must(recovery(access, access.lead));
    const auto& tokens = access.campaign.state.tokens;
    REQUIRE(tokens.size() == 3);
    CHECK(tokens[0].revoked);
    CHECK_FALSE(tokens[1].revoked);
    CHECK(tokens[2].recovery);
    CHECK(tokens[2].person == access.lead);
    CHECK(tokens[2].expires_at == access.campaign.now + limits::recovery_life);
    CHECK(tokens[2].public_key.empty());
    // What had waited for another lead's word opens nothing any more.
    CHECK(access.state_of(3) == InviteState::revoked);
}

TEST_CASE("nobody but the host recovers a lead", "[core][access][recovery]") {
    Access access;
    access.let_in(access.lead, Role::city_lead, "st-louis-mo", 'a');
    access.let_in(access.desk, Role::national_desk, "", 'd');
    CHECK(access.campaign.refused(access.the_desk(), recovery(access, access.lead)).code ==
          RefusalCode::permission_denied);
    CHECK(access.campaign.refused(access.the_lead(), recovery(access, access.lead)).code ==
          RefusalCode::permission_denied);
}

TEST_CASE("a recovery is for who was in as a lead and ends within a day", "[core][access][recovery]") {
    Access access;
    access.let_in(access.tail, Role::tail, "st-louis-mo", 't');
    CHECK(access.campaign.refused(recovery(access, access.tail)).code == RefusalCode::not_found);
    CHECK(access.campaign.refused(recovery(access, access.lead)).code == RefusalCode::not_found);
    IssueToken of_tail = recovery(access, access.tail);
    of_tail.role = Role::tail;
    CHECK(access.campaign.refused(of_tail).field == "role");
    access.let_in(access.lead, Role::city_lead, "st-louis-mo", 'a');
    IssueToken wish = recovery(access, access.lead);
    wish.expires_at = wish.expires_at + base::Millis{1};
    CHECK(access.campaign.refused(wish).field == "expires_at_ms");
    wish.expires_at = {};
    CHECK(access.campaign.refused(wish).field == "expires_at_ms");
}

TEST_CASE("whoever has only revoked ways in is shut out and whoever never had one is not", "[core][access][app]") {
    Access access;
    const CampaignState& state = access.campaign.state;
    CHECK_FALSE(state.is_shut_out(access.tail));
    access.let_in(access.tail, Role::tail, "st-louis-mo", 'a');
    CHECK_FALSE(state.is_shut_out(access.tail));
    access.campaign.must(RevokeToken{1, "lost"});
    CHECK(state.is_shut_out(access.tail));
    CHECK_FALSE(state.is_shut_out(access.lead));
    access.let_in(access.tail, Role::tail, "st-louis-mo", 'b');
    CHECK_FALSE(state.is_shut_out(access.tail));
}

}  // namespace
}  // namespace marchwire::core
