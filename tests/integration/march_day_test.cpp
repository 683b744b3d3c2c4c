// The whole spine over real sockets: SDK clients against a real marchwired.
#include "real_server.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>

namespace marchwire::test {
namespace {

/// Everything that the log holds by now has reached the client.
void catch_up(Somebody& somebody, const sdk::FeedName& name, std::uint64_t seq) {
    somebody.until([&] { return somebody.client.position(name)->seq >= seq; });
}

TEST_CASE("a marshal checks in and the lead's feed and the marshal's own move", "[integration]") {
    RealServer server;
    server.make_march();
    Somebody lead(server, server.token("city_lead", "Lead 1"));
    Somebody marshal(server, server.token("side", "Side 1", 2));
    lead.follow(feed("ops"));
    marshal.follow(feed("marshal"));
    lead.must(sdk::AdvancePhase{sdk::Phase::assembling, lead.client.march(feed("ops"))->phase_version, {}});
    const sdk::Accepted accepted = marshal.must(
        sdk::CheckIn{sdk::Report::on_post, {sdk::PlaceKind::section, 2}, 80, 0});
    CHECK(accepted.level == sdk::Level::synced);
    lead.until([&] { return saw<sdk::CheckedIn>(lead); });
    marshal.until([&] { return saw<sdk::CheckedIn>(marshal); });
    const auto self = marshal.client.march(feed("marshal"))->self;
    REQUIRE(self);
    CHECK(self->battery_percent == 80);
    CHECK(self->last_place.number == 2);
    CHECK(self->last_check_in != 0);
}

TEST_CASE("followers without a token see the phase and nobody's name", "[integration]") {
    RealServer server;
    server.make_march();
    Somebody lead(server, server.token("city_lead", "Lead 1"));
    Somebody follower(server, "");
    follower.follow(feed("public"));
    follower.follow(feed("overview"));
    lead.follow(feed("ops"));
    lead.must(sdk::AdvancePhase{sdk::Phase::assembling, lead.client.march(feed("ops"))->phase_version, {}});
    lead.must(sdk::PostNotice{sdk::Severity::info, "", "Bring water.", 0});
    follower.until([&] { return saw<sdk::PhaseChanged>(follower) && saw<sdk::NoticePosted>(follower); });
    follower.until([&] { return follower.client.rows(feed("overview")).at(0).phase == sdk::Phase::assembling; });
    CHECK(follower.client.state_json(feed("public")).find("Lead 1") == std::string::npos);

    Somebody fresh(server, "");
    fresh.follow(feed("public"));
    CHECK(fresh.state(feed("public")) == follower.state(feed("public")));
}

TEST_CASE("the desk sees who is on duty in each march", "[integration]") {
    RealServer server;
    server.make_march();
    Somebody desk(server, server.token("national_desk", "Desk 1"));
    Somebody marshal(server, server.token("side", "Side 1", 2));
    desk.follow(feed("desk"));
    marshal.must(sdk::CheckIn{});
    desk.until([&] {
        const auto rows = desk.client.rows(feed("desk"));
        return !rows.empty() && rows[0].on_duty == 1;
    });
    CHECK(desk.client.rows(feed("desk"))[0].roster == 1);
}

TEST_CASE("what a dispatcher may only propose is done when the lead confirms it", "[integration]") {
    RealServer server;
    server.make_march();
    Somebody lead(server, server.token("city_lead", "Lead 1"));
    Somebody dispatcher(server, server.token("dispatcher", "Dispatch 1"));
    Somebody follower(server, "");
    lead.follow(feed("ops"));
    follower.follow(feed("public"));
    const sdk::Accepted asked = dispatcher.must(sdk::PostNotice{sdk::Severity::warning, "", "Bring water.", 0});
    CHECK(asked.proposed);
    CHECK(asked.made == 1);
    lead.until([&] { return saw<sdk::ProposalMade>(lead); });
    const auto proposals = lead.client.march(feed("ops"))->proposals;
    REQUIRE(proposals.size() == 1);
    CHECK(proposals[0].kind == "post_notice");
    CHECK(proposals[0].about == "Bring water.");
    CHECK_FALSE(saw<sdk::NoticePosted>(follower));
    const sdk::Accepted done = lead.must(sdk::ConfirmProposal{proposals[0].number, ""});
    CHECK_FALSE(done.proposed);
    follower.until([&] { return saw<sdk::NoticePosted>(follower); });
    catch_up(lead, feed("ops"), done.position.seq);
    CHECK(lead.client.march(feed("ops"))->proposals.empty());
}

TEST_CASE("a handover, a cry for help and a word for somebody else reach all feeds and their folds agree",
          "[integration]") {
    RealServer server;
    server.make_march();
    Somebody lead(server, server.token("city_lead", "Lead 1"));
    Somebody section(server, server.token("section_lead", "Section 2", 2));
    Somebody marshal(server, server.token("side", "Side 1", 2));
    Somebody relief(server, server.token("side", "Side 2", 3));
    lead.follow(feed("ops"));
    section.follow(feed("ops"));
    relief.follow(feed("marshal"));
    const auto called = [&](const std::string& callsign) {
        const auto march = lead.client.march(feed("ops"));
        return *std::ranges::find(march->roster, callsign, &sdk::Member::callsign);
    };
    lead.must(sdk::AdvancePhase{sdk::Phase::assembling, lead.client.march(feed("ops"))->phase_version, {}});
    sdk::CheckIn heard;
    heard.on_behalf_of = called("Side 1").person;
    heard.heard_by = sdk::HeardBy::voice;
    catch_up(lead, feed("ops"), section.must(heard).position.seq);
    CHECK(called("Side 1").duty == sdk::Duty::on_duty);
    CHECK(called("Side 1").heard_by == sdk::HeardBy::voice);

    const sdk::Accepted offered = marshal.must(
        sdk::HandOver{0, called("Side 1").duty_version, called("Side 2").person});
    relief.until([&] { return relief.client.march(feed("marshal"))->member(called("Side 1").person) != nullptr; });
    catch_up(lead, feed("ops"), offered.position.seq);
    relief.must(sdk::AnswerHandOver{called("Side 1").person, called("Side 1").duty_version, true});
    relief.must(sdk::ReportCount{sdk::CountMethod::photo, 3'500, 4'000, 5'000, 0, 0});
    lead.must(sdk::SetPolicy{sdk::AlertPreset::large});
    catch_up(lead, feed("ops"), relief.must(sdk::RaiseSos{}).position.seq);
    const auto march = lead.client.march(feed("ops"));
    CHECK(called("Side 1").duty == sdk::Duty::relieved);
    CHECK(called("Side 2").section == 2);
    REQUIRE(march->counts.size() == 1);
    CHECK(march->counts[0].high == 5'000);
    CHECK(march->preset == sdk::AlertPreset::large);
    const auto sos = std::ranges::find(march->alerts, sdk::AlertKind::sos_unowned, &sdk::Alert::kind);
    REQUIRE(sos != march->alerts.end());
    CHECK(sos->subject == called("Side 2").person);

    section.must(sdk::AckAlert{sos->kind, sos->subject, sos->version});
    for (auto* somebody : {&lead, &section}) {
        Somebody& who = *somebody;
        who.until([&] {
            const auto seen = who.client.march(feed("ops"))->alerts;
            return std::ranges::any_of(seen, [](const sdk::Alert& a) { return a.state == sdk::AlertState::acked; });
        });
    }
    Somebody fresh(server, server.token("dispatcher", "Dispatch 1"));
    fresh.follow(feed("ops"));
    catch_up(lead, feed("ops"), fresh.client.position(feed("ops"))->seq);
    CHECK(fresh.state(feed("ops")) == lead.state(feed("ops")));
}

TEST_CASE("a section lead's fold of the own section is what the server shows of it", "[integration]") {
    RealServer server;
    server.make_march();
    Somebody lead(server, server.token("city_lead", "Lead 1"));
    const std::string section_token = server.token("section_lead", "Section 2", 2);
    Somebody section(server, section_token);
    Somebody marshal(server, server.token("side", "Side 1", 2));
    Somebody other(server, server.token("side", "Side 2", 3));
    lead.follow(feed("ops"));
    section.follow(feed("ops"));
    const auto phase = [&] { return lead.client.march(feed("ops"))->phase_version; };
    lead.must(sdk::AdvancePhase{sdk::Phase::assembling, phase(), {}});
    marshal.must(sdk::CheckIn{sdk::Report::on_post, {sdk::PlaceKind::section, 2}, 80, 0});
    other.must(sdk::CheckIn{});
    (void)server.token("side", "Side 3", 2);  // somebody new
    const auto of = [&](const std::string& callsign) {
        const auto march = lead.client.march(feed("ops"));
        for (const sdk::Member& member : march->roster) {
            if (member.callsign == callsign) return member;
        }
        return sdk::Member{};
    };
    lead.until([&] { return of("Side 3").person != 0; });
    // One leaves the section and one comes into it.
    lead.must(sdk::AssignDuty{of("Side 1").person, "Side 1", sdk::Role::side, 4, 0, false});
    lead.must(sdk::AssignDuty{of("Side 2").person, "Side 2", sdk::Role::side, 2, 0, false});
    const sdk::Accepted last = lead.must(sdk::AdvancePhase{sdk::Phase::marching, phase(), {}});
    section.until([&] {
        const auto march = section.client.march(feed("ops"));
        return march && march->phase == sdk::Phase::marching && march->roster.size() == 3;
    });
    catch_up(section, feed("ops"), last.position.seq);
    Somebody fresh(server, section_token);
    fresh.follow(feed("ops"));
    CHECK(fresh.state(feed("ops")) == section.state(feed("ops")));
    CHECK(section.client.state_json(feed("ops")).find("Side 1") == std::string::npos);
    CHECK(section.client.state_json(feed("ops")).find("Lead 1") == std::string::npos);
}

TEST_CASE("a client that was away resumes with every item once and its fold is the server's state", "[integration]") {
    RealServer server;
    server.make_march();
    Somebody lead(server, server.token("city_lead", "Lead 1"));
    Somebody marshal(server, server.token("side", "Side 1", 2));
    lead.follow(feed("ops"));
    marshal.follow(feed("marshal"));
    marshal.must(sdk::CheckIn{});
    const std::uint64_t before = lead.client.position(feed("ops"))->seq;
    lead.client.drop_connection();
    std::uint64_t last = 0;
    for (std::uint32_t battery = 30; battery > 10; --battery) {
        last = marshal.must(sdk::CheckIn{sdk::Report::moving, {}, battery, 0}).position.seq;
    }
    catch_up(lead, feed("ops"), last);
    CHECK(lead.times_online == 2);
    CHECK(lead.snapshots == 1);
    CHECK(lead.gaps == 0);
    CHECK(lead.discontinuities == 0);
    REQUIRE(!lead.seqs.empty());
    CHECK(lead.seqs.front() == before + 1);
    for (std::size_t i = 1; i < lead.seqs.size(); ++i) CHECK(lead.seqs[i] == lead.seqs[i - 1] + 1);
    CHECK(lead.state(feed("ops")) == server.state());

    Somebody again(server, server.token("side", "Side 1", 2));
    again.follow(feed("marshal"));
    catch_up(marshal, feed("marshal"), last);
    CHECK(again.state(feed("marshal")) == marshal.state(feed("marshal")));
}

TEST_CASE("after kill -9 nothing that was answered is lost and clients resume", "[integration]") {
    RealServer server;
    server.make_march();
    Somebody lead(server, server.token("city_lead", "Lead 1"));
    Somebody marshal(server, server.token("side", "Side 1", 2));
    lead.follow(feed("ops"));
    std::uint64_t last = 0;
    for (std::uint32_t battery = 90; battery > 80; --battery) {
        last = marshal.must(sdk::CheckIn{sdk::Report::moving, {}, battery, 0}).position.seq;
    }
    catch_up(lead, feed("ops"), last);
    server.kill();
    server.start();
    const sdk::Accepted after = marshal.must(sdk::CheckIn{sdk::Report::moving, {}, 12, 0});
    CHECK(after.position.seq > last);
    catch_up(lead, feed("ops"), after.position.seq);
    CHECK(lead.times_online == 2);
    CHECK(lead.snapshots == 1);
    CHECK(lead.discontinuities == 0);
    CHECK(lead.state(feed("ops")) == server.state());
}

TEST_CASE("a wrong token is told and not tried again", "[integration]") {
    RealServer server;
    server.make_march();
    Somebody stranger(server, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    while (!stranger.stopped && stranger.io.run_one_for(std::chrono::seconds(20)) > 0) {
    }
    REQUIRE(stranger.stopped);
    CHECK(stranger.times_online == 0);
}

TEST_CASE("the command line checks in and says how safely it was stored", "[integration]") {
    RealServer server;
    server.make_march();
    const std::string token = server.token("side", "Side 1", 2);
    const Ended ended = run_program({MARCHWIRE_PATH, "--json", "--url", server.staff_url(), "--token", token,
                                     "check-in", "--report", "on-post", "--section", "2"});
    CHECK(ended.exit_code == 0);
    const auto answer = nlohmann::json::parse(ended.out);
    CHECK(answer.at("ok") == true);
    CHECK(answer.at("level") == "synced");
    CHECK(server.state().at("roster").at(0).at("lastPlace").at("number") == 2);
    const Ended refused = run_program({MARCHWIRE_PATH, "--json", "--url", server.staff_url(), "--token", token, "phase",
                                       "assembling", "--march", march_name});
    CHECK(refused.exit_code == 6);
}

TEST_CASE("a server that is told to stop lets its clients go and comes back with everything", "[integration]") {
    RealServer server;
    server.make_march();
    Somebody lead(server, server.token("city_lead", "Lead 1"));
    lead.follow(feed("ops"));
    const auto before = server.state();
    CHECK(server.stop() == 0);
    server.start();
    lead.until([&] { return lead.times_online == 2; });
    CHECK(server.state() == before);
}

TEST_CASE("a rehearsal in memory says STORED and no more, and leaves nothing behind", "[integration]") {
    RealServer server({"--store", "memory"});
    server.make_march();
    Somebody lead(server, server.token("city_lead", "Lead 1"));
    lead.follow(feed("ops"));
    const auto accepted = lead.must(sdk::PostNotice{sdk::Severity::info, "", "Bring water.", 0});
    CHECK(accepted.level == sdk::Level::stored);
    CHECK(server.stop() == 0);
    server.start();
    CHECK(server.ask({{"verb", "list"}}).at("logs").empty());
    CHECK_FALSE(std::filesystem::exists(server.data() + "/marchwire.db"));
}

}  // namespace
}  // namespace marchwire::test
