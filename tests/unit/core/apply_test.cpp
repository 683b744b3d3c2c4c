// What each event does to the state.
#include "core/decide.hpp"

#include "support/march_builder.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace marchwire::core {
namespace {

using base::minutes;
using base::seconds;

/// Applies an event as if it had been decided, at a time.
void happen(MarchState& state, Event event, UtcMs at) {
    const Entry entry = stamp(state, std::move(event), Command{}, {at, test::MarchBuilder::keeper()});
    apply(state, entry, test::digest_of(entry.seq));
}

TEST_CASE("the tip follows each entry with its digest", "[core][apply]") {
    test::MarchBuilder march;
    const Seq before = march.state.tip.seq;
    happen(march.state, SectionsSet{9}, march.now);
    CHECK(march.state.tip.seq == before.next());
    CHECK(march.state.tip.digest == test::digest_of(before.next()));
    CHECK(march.state.sections == 9);
}

TEST_CASE("a march exists from its first entry on", "[core][apply]") {
    MarchState state;
    CHECK_FALSE(state.exists());
    MarchCreated created;
    created.topic_base = 5U << 16U;
    created.spec.city = "St. Louis";
    created.sections = 4;
    happen(state, created, UtcMs{1'000});
    CHECK(state.exists());
    CHECK(state.spec.city == "St. Louis");
    CHECK(state.sections == 4);
    CHECK(state.phase == Phase::planned);
    CHECK(state.phase_version == 1);
    CHECK(state.phase_since == UtcMs{1'000});
    CHECK(state.public_seq == Seq{1});
}

TEST_CASE("sixteen changes of phase are kept and a correction takes back the last", "[core][apply]") {
    test::MarchBuilder march;
    for (std::uint32_t i = 0; i < 20; ++i) {
        const Phase to = i % 2 == 0 ? Phase::marching : Phase::held;
        happen(march.state, PhaseChanged{i + 2, march.state.phase, to, std::nullopt, "", "", false},
               march.now + minutes(i));
    }
    REQUIRE(march.state.phase_history.size() == base::limits::phase_history);
    CHECK(march.state.phase_history.back() == PhaseStay{Phase::marching, march.now + minutes(18)});
    happen(march.state, PhaseChanged{22, Phase::held, Phase::marching, std::nullopt, "slip", "", true}, march.now);
    CHECK(march.state.phase == Phase::marching);
    CHECK(march.state.phase_history.size() == base::limits::phase_history - 1);
    CHECK(march.state.phase_history.back().phase == Phase::held);
}

TEST_CASE("a hold keeps its sentence until the march goes on", "[core][apply]") {
    test::MarchBuilder march;
    march.march_off();
    march.must(march.lead, Hold{march.state.phase_version, "ambulance", "We let an ambulance through."});
    CHECK(march.state.public_sentence == "We let an ambulance through.");
    CHECK(march.state.phase_before == Phase::marching);
    march.must(march.lead, Release{march.state.phase_version});
    CHECK(march.state.public_sentence.empty());
    CHECK(march.state.phase_before == std::nullopt);
}

TEST_CASE("of many notices the newest fifty stay and numbers go on", "[core][apply]") {
    test::MarchBuilder march;
    for (std::uint32_t i = 1; i <= base::limits::notices_kept + 3; ++i) {
        Notice notice;
        notice.number = i;
        notice.text = std::to_string(i);
        happen(march.state, NoticePosted{notice}, march.now);
    }
    REQUIRE(march.state.notices.size() == base::limits::notices_kept);
    CHECK(march.state.notices.front().number == 4);
    CHECK(march.state.notices_posted == base::limits::notices_kept + 3);
}

TEST_CASE("one route is active and the one before is superseded", "[core][apply]") {
    test::MarchBuilder march;
    const std::uint32_t first = march.approved_route();
    march.must(march.lead, ActivateRoute{first, 0});
    CHECK(march.state.active_route == first);
    const std::uint32_t second = march.approved_route();
    march.now = march.now + minutes(1);
    march.must(march.lead, ActivateRoute{second, first});
    CHECK(march.state.active_route == second);
    CHECK(march.state.route(first)->status == RouteStatus::superseded);
    CHECK(march.state.active()->status_at == march.now);
    CHECK(march.state.route(0) == nullptr);
    CHECK(march.state.route(3) == nullptr);
}

TEST_CASE("a person keeps the ordinal when the duty changes", "[core][apply]") {
    test::MarchBuilder march;
    const PersonId ann = march.put(Role::side, 1);
    const PersonId ben = march.put(Role::side, 2, ann);
    march.assign(ann, 3, ben, true);
    CHECK(march.state.roster.size() == 2);
    const Member& member = march.member(ann);
    CHECK(member.ordinal == 0);
    CHECK(member.section == 3);
    CHECK(member.buddy == ben);
    CHECK(member.no_phone);
    CHECK(march.state.index.ordinal_of.at(ben) == 1);
}

TEST_CASE("a check-in that says nothing of place and battery keeps what was known", "[core][apply]") {
    test::MarchBuilder march;
    const PersonId ann = march.put(Role::side, 1);
    march.must(ann, CheckIn{Report::on_post, {PlaceKind::section, 1}, 80, 0});
    march.now = march.now + minutes(3);
    march.must(ann, CheckIn{Report::moving, {}, 0, 0});
    const Member& member = march.member(ann);
    CHECK(member.last_report == Report::moving);
    CHECK(member.last_place == Place{PlaceKind::section, 1});
    CHECK(member.battery_percent == 80);
    CHECK(member.last_check_in == march.now);
}

TEST_CASE("time that does not count moves every deadline and nothing else", "[core][apply]") {
    test::MarchBuilder march;
    const PersonId ann = march.on_duty(Role::side, 1);
    const PersonId ben = march.put(Role::side, 1);
    march.march_off();
    march.must(march.lead, Stop{"fire brigade", ""});
    march.must(march.desk, ProposeResume{march.state.phase_version, "clear"});
    const MarchState before = march.state;
    REQUIRE(before.member(ann)->due_at);
    REQUIRE_FALSE(before.member(ben)->due_at);
    REQUIRE(before.proposals.size() == 1);
    happen(march.state, TimersShifted{minutes(7)}, march.now);
    CHECK(march.member(ann).due_at == before.member(ann)->due_at + minutes(7));
    CHECK_FALSE(march.member(ben).due_at);
    CHECK(march.state.proposals[0].expires_at == before.proposals[0].expires_at + minutes(7));
    CHECK(march.state.phase_since == before.phase_since);
    CHECK(march.member(ann).last_check_in == before.member(ann)->last_check_in);
}

TEST_CASE("a cleared alert leaves and is not raised again at once", "[core][apply]") {
    test::MarchBuilder march;
    const PersonId ann = march.on_duty(Role::side, 1);
    march.march_off();
    while (march.missed(ann) == nullptr) march.tick_when_due();
    const Alert alert = *march.missed(ann);
    march.must(march.lead, ClearAlert{alert.key, alert.version, "seen at the steps"});
    CHECK(march.missed(ann) == nullptr);
    CHECK(march.tick().empty());
    CHECK(march.missed(ann) == nullptr);
    // She is expected again after the usual time.
    CHECK(march.member(ann).due_at == march.now + base::limits::check_in_every_marching);
    CHECK_FALSE(march.member(ann).nudged);
}

TEST_CASE("a campaign's log fills its lists in order", "[core][apply]") {
    CampaignState state;
    const auto happens = [&](Event event) {
        const Entry entry = stamp(state, std::move(event), Command{}, {UtcMs{1'000}, {}});
        CHECK(entry.topics.empty());
        apply(state, entry, test::digest_of(entry.seq));
    };
    happens(CampaignCreated{1U << 16U, {"Flag Day", "Organisers", 1, false}});
    happens(MarchListed{{test::slug("st-louis-mo"), 2U << 16U}});
    happens(PersonAdded{{PersonId{1}, "desk", {}}});
    Token token;
    token.number = 1;
    token.person = PersonId{1};
    happens(TokenIssued{token});
    CHECK(state.exists());
    CHECK(state.spec_version == 1);
    REQUIRE(state.marches.size() == 1);
    CHECK(state.marches[0].topic_base == 2U << 16U);
    CHECK(state.persons.size() == 1);
    CHECK_FALSE(state.tokens.at(0).revoked);
    happens(TokenRevoked{1, "lost"});
    CHECK(state.tokens.at(0).revoked);
    happens(CampaignUpdated{2, {"Flag Day 2018", "Organisers", 2, false}});
    CHECK(state.spec.wave == 2);
    CHECK(state.spec_version == 2);
    CHECK(state.tip.seq == Seq{6});
}

}  // namespace
}  // namespace marchwire::core
