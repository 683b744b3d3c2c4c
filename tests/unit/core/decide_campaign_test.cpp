// The campaign's log: its marches, persons and tokens.
#include "base/limits.hpp"
#include "support/campaign_builder.hpp"

#include <catch2/catch.hpp>

namespace marchwire::core {
namespace {

using base::RefusalCode;
using test::CampaignBuilder;
using test::slug;

TEST_CASE("a campaign is made once and changed by its version", "[core][campaign]") {
    CampaignBuilder campaign;
    CHECK(campaign.refused(CreateCampaign{{"Again", "", 1, false}, 9U << 16U}).code == RefusalCode::conflict);
    const auto stale = campaign.refused(UpdateCampaign{{"Flag Day", "", 2, false}, 7});
    CHECK(stale.code == RefusalCode::conflict);
    CHECK(stale.current_version == 1);
    campaign.must(UpdateCampaign{{"Flag Day 2", "", 2, false}, 1});
    CHECK(campaign.state.spec.wave == 2);
    CHECK(campaign.state.spec_version == 2);
    CHECK(campaign.refused(UpdateCampaign{{"", "", 2, false}, 2}).field == "spec.name");
    CHECK(campaign.refused(UpdateCampaign{{"Flag Day", "", 0, false}, 2}).field == "spec.wave");
}

TEST_CASE("commands to a campaign that is not there say so", "[core][campaign]") {
    const CampaignState nothing;
    Actor host;
    host.host = true;
    const Command command{{}, {}, Level::none, AddPerson{"red", {}}};
    const auto outcome = decide(nothing, command, {UtcMs{1}, host});
    REQUIRE(outcome.has_error());
    CHECK(outcome.error().code == RefusalCode::not_found);
}

TEST_CASE("a march is listed once and under a topic base of its own", "[core][campaign]") {
    CampaignBuilder campaign;
    CHECK(campaign.refused(ListMarch{slug("st-louis-mo"), 3U << 16U}).code == RefusalCode::conflict);
    CHECK(campaign.refused(ListMarch{slug("kansas-city-mo"), 2U << 16U}).field == "topic_base");
    CHECK(campaign.refused(ListMarch{slug("kansas-city-mo"), 1U << 16U}).field == "topic_base");
    CHECK(campaign.refused(ListMarch{slug("kansas-city-mo"), 77}).field == "topic_base");
    CHECK(campaign.refused(ListMarch{{}, 3U << 16U}).field == "march");
    campaign.must(ListMarch{slug("kansas-city-mo"), 3U << 16U});
    CHECK(campaign.state.marches.size() == 2);
}

TEST_CASE("a callsign is unique in its march and free in another", "[core][campaign]") {
    CampaignBuilder campaign;
    campaign.must(ListMarch{slug("kansas-city-mo"), 3U << 16U});
    campaign.must(AddPerson{"red", slug("st-louis-mo")});
    CHECK(campaign.refused(AddPerson{"red", slug("st-louis-mo")}).code == RefusalCode::conflict);
    campaign.must(AddPerson{"red", slug("kansas-city-mo")});
    campaign.must(AddPerson{"red", {}});
    CHECK(campaign.state.persons.size() == 3);
    CHECK(campaign.state.persons[2].id == PersonId{3});
    CHECK(campaign.refused(AddPerson{"blue", slug("springfield-il")}).code == RefusalCode::not_found);
    CHECK(campaign.refused(AddPerson{"", slug("st-louis-mo")}).field == "callsign");
}

TEST_CASE("a token names one person with a role that fits the march", "[core][campaign]") {
    CampaignBuilder campaign;
    CHECK(campaign.refused(campaign.token(1)).field == "person");
    campaign.must(AddPerson{"red", slug("st-louis-mo")});
    campaign.must(AddPerson{"desk", {}});
    campaign.must(campaign.token(1));
    CHECK(campaign.state.tokens.front().number == 1);
    CHECK(campaign.state.tokens.front().issued_at == campaign.now);

    CHECK(campaign.refused(campaign.token(1)).field == "hash");
    CHECK(campaign.refused(campaign.token(0)).field == "hash");
    CHECK(campaign.refused(campaign.token(2, Role::follower)).field == "role");
    CHECK(campaign.refused(campaign.token(2, Role::keeper)).field == "role");
    CHECK(campaign.refused(campaign.token(2, Role::national_desk)).field == "march");
    IssueToken wish = campaign.token(2, Role::city_lead);
    wish.march = Slug{};
    CHECK(campaign.refused(wish).field == "march");
    wish = campaign.token(2);
    wish.person = PersonId{2};
    CHECK(campaign.refused(wish).field == "person");
    wish.person = PersonId{3};
    CHECK(campaign.refused(wish).code == RefusalCode::not_found);
    wish = campaign.token(2);
    wish.expires_at = campaign.now;
    CHECK(campaign.refused(wish).field == "expires_at_ms");

    wish = campaign.token(2, Role::national_desk);
    wish.person = PersonId{2};
    wish.march = Slug{};
    campaign.must(wish);
    CHECK(campaign.state.tokens.size() == 2);
}

TEST_CASE("a token is revoked once", "[core][campaign]") {
    CampaignBuilder campaign;
    campaign.must(AddPerson{"red", slug("st-louis-mo")});
    campaign.must(campaign.token(1));
    CHECK(campaign.refused(RevokeToken{0, ""}).code == RefusalCode::not_found);
    CHECK(campaign.refused(RevokeToken{2, ""}).code == RefusalCode::not_found);
    campaign.must(RevokeToken{1, "lost phone"});
    CHECK(campaign.state.tokens.front().revoked);
    CHECK(campaign.refused(RevokeToken{1, ""}).code == RefusalCode::invalid_transition);
}

TEST_CASE("people of one march do not change the campaign", "[core][campaign]") {
    CampaignBuilder campaign;
    campaign.must(AddPerson{"red", slug("st-louis-mo")});
    Actor lead;
    lead.person = PersonId{1};
    lead.role = Role::city_lead;
    lead.march = slug("st-louis-mo");
    Actor auditor;
    auditor.person = PersonId{2};
    auditor.role = Role::auditor;
    for (const CommandBody& body :
         {CommandBody(UpdateCampaign{{"Mine", "", 1, false}, 1}), CommandBody(campaign.token(1, Role::city_lead)),
          CommandBody(AddPerson{"friend", {}}), CommandBody(ListMarch{slug("mine"), 5U << 16U}),
          CommandBody(SetCallsToAction{}), CommandBody(TakeKeeping{Term{3}, {}})}) {
        CHECK(campaign.refused(lead, body).code == RefusalCode::permission_denied);
        CHECK(campaign.refused(auditor, body).code == RefusalCode::permission_denied);
    }
}

TEST_CASE("commands of a march are sent away from a campaign's log", "[core][campaign]") {
    CampaignBuilder campaign;
    const auto refusal = campaign.refused(AssignDuty{PersonId{1}, "red", Role::side, 1, {}, false});
    CHECK(refusal.code == RefusalCode::invalid_argument);
    CHECK(refusal.field == "log");
}

TEST_CASE("a campaign has a keeper with a growing term and signed tips", "[core][campaign][keeper]") {
    CampaignBuilder campaign;
    Actor keeper;
    keeper.role = Role::keeper;
    REQUIRE(campaign.tell(keeper, TakeKeeping{Term{2}, {}}).has_value());
    CHECK(campaign.state.term == Term{2});
    CHECK(campaign.refused(keeper, TakeKeeping{Term{2}, {}}).field == "term");
    const Tip tip = campaign.state.tip;
    CHECK(campaign.refused(keeper, RecordSignedTip{Term{1}, tip, {}}).field == "term");
    REQUIRE(campaign.tell(keeper, RecordSignedTip{Term{2}, tip, {}}).has_value());
    CHECK(campaign.state.signed_tip == tip);
    CHECK(campaign.refused(keeper, RecordSignedTip{Term{2}, tip, {}}).field == "tip.seq");
}

TEST_CASE("a campaign's log that was cut goes on under the next epoch", "[core][campaign][repair]") {
    CampaignBuilder campaign;
    Actor keeper;
    keeper.role = Role::keeper;
    const Tip verified = campaign.state.tip;
    CHECK(campaign.refused(keeper, RepairLog{verified, {}}).field == "found.seq");
    REQUIRE(campaign.tell(keeper, RepairLog{{}, {}}).has_value());
    CHECK(campaign.state.tip.epoch.value == verified.epoch.value + 1);
    CHECK(campaign.state.tip.seq == verified.seq.next());
    CHECK(campaign.state.repaired_at == campaign.state.tip.seq);
}

TEST_CASE("calls to action are numbered anew and have bounds", "[core][campaign]") {
    CampaignBuilder campaign;
    campaign.must(SetCallsToAction{{{9, ActionKind::petition, "Sign", "https://example.org/sign", "en"},
                                    {9, ActionKind::share, "Tell others", "", ""}}});
    REQUIRE(campaign.state.calls_to_action.size() == 2);
    CHECK(campaign.state.calls_to_action[1].number == 2);
    const auto field = [&](CallToAction call) { return campaign.refused(SetCallsToAction{{call}}).field; };
    CHECK(field({1, ActionKind::petition, "", "", ""}) == "calls[0].text");
    CHECK(field({1, ActionKind::petition, "Sign", "javascript:alert(1)", ""}) == "calls[0].link");
    CHECK(field({1, ActionKind::petition, "Sign", "", "<b>"}) == "calls[0].language");
    const std::vector<CallToAction> many(base::limits::calls_to_action + 1, {1, ActionKind::share, "Tell", "", ""});
    CHECK(campaign.refused(SetCallsToAction{many}).field == "calls");
}

TEST_CASE("a campaign knows when its last file of marches was in", "[core][campaign]") {
    CampaignBuilder campaign;
    const std::string file(64, 'a');
    const RecordImport first{1, file, 3, 2, 0, 1};
    CHECK(campaign.refused(RecordImport{2, file, 3, 2, 0, 1}).code == RefusalCode::conflict);
    CHECK(campaign.refused(RecordImport{1, "A file", 3, 2, 0, 1}).field == "file_sha256");
    CHECK(campaign.refused(RecordImport{1, std::string(64, 'G'), 3, 2, 0, 1}).field == "file_sha256");
    CHECK(campaign.refused(RecordImport{1, file, 0, 0, 0, 0}).field == "marches");
    CHECK(campaign.refused(RecordImport{1, file, 3, 4, 0, 1}).field == "marches");
    CHECK(campaign.state.last_import == ImportRecord{});
    campaign.must(first);
    CHECK(campaign.state.last_import == ImportRecord{1, file, 3, 2, 0, 1, campaign.now});
    // Two imports at once: the later one is told of the other.
    CHECK(campaign.refused(first).current_value == file);
    campaign.now = campaign.now + base::minutes(5);
    campaign.must(RecordImport{2, file, 3, 0, 1, 2});
    CHECK(campaign.state.last_import.at == campaign.now);
    Actor lead;
    lead.person = PersonId{7};
    lead.role = Role::city_lead;
    lead.march = slug("st-louis-mo");
    CHECK(campaign.refused(lead, RecordImport{3, file, 3, 0, 0, 3}).code == RefusalCode::permission_denied);
}

core::Actor the_keeper() {
    core::Actor keeper;
    keeper.role = Role::keeper;
    return keeper;
}

TEST_CASE("a march that was shredded is forgotten with its people and their tokens", "[core][campaign][retention]") {
    CampaignBuilder campaign;
    campaign.must(AddPerson{"Ann", slug("st-louis-mo")});
    campaign.must(AddPerson{"Desk", {}});
    campaign.must(campaign.token(7));
    IssueToken of_desk = campaign.token(8, Role::national_desk);
    of_desk.person = PersonId{2};
    of_desk.march = {};
    campaign.must(of_desk);
    const ForgetMarch wish{slug("st-louis-mo"), campaign.now, {"St. Louis", "MO", Phase::closed, campaign.now}};
    CHECK(campaign.refused(wish).code == RefusalCode::permission_denied);
    const auto told = campaign.tell(the_keeper(), wish);
    REQUIRE(told.has_value());
    CHECK(std::get<MarchForgotten>(told->front()).summary.city == "St. Louis");
    CHECK(campaign.state.tokens.at(0).revoked);
    CHECK_FALSE(campaign.state.tokens.at(1).revoked);
    CHECK(campaign.state.persons.at(0).callsign.empty());
    CHECK(campaign.state.persons.at(1).callsign == "Desk");
    CHECK(campaign.refused(campaign.token(9)).code == RefusalCode::not_found);
    CHECK(campaign.refused(AddPerson{"Ben", slug("st-louis-mo")}).code == RefusalCode::not_found);
    CHECK(campaign.refused(the_keeper(), wish).code == RefusalCode::not_found);
}

TEST_CASE("a march of a forgotten name may be made anew and is not the one that was shredded",
          "[core][campaign][retention]") {
    CampaignBuilder campaign;
    campaign.must(AddPerson{"Ann", slug("st-louis-mo")});
    const ForgetMarch wish{slug("st-louis-mo"), campaign.now, {}};
    REQUIRE(campaign.tell(the_keeper(), wish).has_value());
    campaign.now = campaign.now + base::seconds(30);
    campaign.must(ListMarch{slug("st-louis-mo"), 2U << 16U});
    // Another keeper that comes to finish what the first had begun.
    CHECK(campaign.refused(the_keeper(), wish).code == RefusalCode::not_found);
    campaign.must(AddPerson{"Ann", slug("st-louis-mo")});
    CHECK(campaign.refused(campaign.token(7)).code == RefusalCode::not_found);
    IssueToken token = campaign.token(7);
    token.person = PersonId{2};
    campaign.must(token);
    CHECK_FALSE(campaign.state.tokens.back().revoked);
}

}  // namespace
}  // namespace marchwire::core
