// How long a march's log is kept, and what has to be said before it goes (DOMAIN, retention).
#include "core/retention.hpp"

#include "support/march_builder.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace marchwire::core {
namespace {

using base::hours;
using base::RefusalCode;
using base::seconds;
using test::all_of;
using test::MarchBuilder;

const std::string sha256 = std::string(63, '0') + "7";
constexpr Millis month = hours(24 * 30);

/// A march that was closed an hour after its rally.
struct Closed {
    MarchBuilder march;
    UtcMs at;
    PersonId auditor;

    explicit Closed(bool drill = false) {
        march.state.spec.drill = drill;
        auditor = march.somebody(Role::auditor);
        march.march_off();
        march.advance(Phase::rally);
        march.advance(Phase::dispersing);
        march.now = march.now + hours(4);
        march.advance(Phase::closed);
        at = march.now;
    }
    [[nodiscard]] bool warned() const { return march.open(AlertKind::retention_ending) != nullptr; }
    [[nodiscard]] bool gone() const { return march.state.is_shredded(); }
};

}  // namespace

TEST_CASE("a log is kept for thirty days from the end of its march and a drill's for one", "[core][retention]") {
    CHECK(retention_ends(Closed().march.state) == Closed().at + month);
    CHECK(retention_ends(Closed(true).march.state) == Closed().at + hours(24));
}

TEST_CASE("a march that nobody closes ends a day after its last planned phase", "[core][retention]") {
    MarchBuilder march;
    const UtcMs planned = march.step_off + base::minutes(60) + hours(24);
    CHECK(retention_begins(march.state) == planned);
    march.march_off();
    CHECK(retention_begins(march.state) == planned);
    // Whichever is first.
    march.now = planned + hours(10);
    march.advance(Phase::rally);
    march.advance(Phase::dispersing);
    march.advance(Phase::closed);
    CHECK(retention_begins(march.state) == planned);
}

TEST_CASE("a cancelled march has ended and one without times ends when it is closed", "[core][retention]") {
    MarchBuilder march;
    march.must(march.lead, Cancel{march.state.phase_version, "storm"});
    CHECK(retention_begins(march.state) == march.now);

    MarchBuilder unplanned;
    unplanned.state.spec.plan = {{Phase::assembling, {}}, {Phase::marching, {}}};
    CHECK_FALSE(retention_begins(unplanned.state));
    CHECK_FALSE(shred_due(unplanned.state));
}

TEST_CASE("no time counts from before a march was made", "[core][retention]") {
    // An old plan was put in, say to look at it: it would be gone at once.
    MarchBuilder march;
    march.state.made_at = march.now + hours(24 * 400);
    CHECK(retention_begins(march.state) == march.state.made_at);
}

TEST_CASE("a drill is shredded a day after it was closed and nobody is asked", "[core][retention]") {
    Closed drill(true);
    drill.march.pass(hours(24) - seconds(1));
    CHECK_FALSE(drill.gone());
    drill.march.pass(seconds(1));
    CHECK(drill.gone());
    CHECK_FALSE(drill.warned());
    CHECK(all_of<MarchShredded>({drill.march.entries.back().event}).size() == 1);
}

TEST_CASE("a march that nobody has exported is not deleted and its leads are warned two days before",
          "[core][retention]") {
    Closed closed;
    closed.march.pass(month - hours(48) - seconds(1));
    CHECK_FALSE(closed.warned());
    closed.march.pass(seconds(1));
    CHECK(closed.warned());
    closed.march.pass(month);
    CHECK_FALSE(closed.gone());
    CHECK(closed.warned());
}

TEST_CASE("a lead who went home weeks ago is warned all the same", "[core][retention]") {
    MarchBuilder march;
    const PersonId lead = march.on_duty(Role::city_lead);
    march.must(lead, EndDuty{march.member(lead).duty_version});
    march.must(march.lead, Cancel{march.state.phase_version, "storm"});
    march.pass(month - hours(48));
    std::vector<PersonId> told;
    for (const Entry& entry : march.entries) {
        const auto* step = std::get_if<AlertStepped>(&entry.event);
        if (step != nullptr && step->key.kind == AlertKind::retention_ending) told = step->notified;
    }
    CHECK(told == std::vector{lead});
}

TEST_CASE("a march that was exported goes when its time has come", "[core][retention]") {
    Closed closed;
    closed.march.pass(month - hours(24));
    REQUIRE(closed.warned());
    closed.march.must(closed.march.desk, RecordExport{sha256});
    closed.march.pass(seconds(1));
    CHECK_FALSE(closed.warned());
    CHECK(closed.march.state.retention.export_sha256 == sha256);
    CHECK(closed.march.state.retention.exported_by == closed.march.desk);
    closed.march.pass(hours(24) - seconds(2));
    CHECK_FALSE(closed.gone());
    closed.march.pass(seconds(2));
    CHECK(closed.gone());
}

TEST_CASE("a march whose export comes late goes at once", "[core][retention]") {
    Closed closed;
    closed.march.pass(month + hours(100));
    closed.march.must(closed.march.desk, WaiveExport{"st-louis-mo"});
    closed.march.pass(seconds(1));
    CHECK(closed.gone());
}

TEST_CASE("a hold keeps a log until it is released", "[core][retention]") {
    Closed closed(GENERATE(false, true));
    if (!closed.march.state.spec.drill) closed.march.must(closed.march.desk, RecordExport{sha256});
    closed.march.must(closed.march.desk, HoldRetention{"an inquiry"});
    CHECK(closed.march.state.retention.held_by == closed.march.desk);
    CHECK(closed.march.refused(closed.march.desk, HoldRetention{"another"}).code == RefusalCode::invalid_transition);
    closed.march.pass(month * 2);
    CHECK_FALSE(closed.gone());
    CHECK_FALSE(closed.warned());
    closed.march.must(closed.march.desk, ReleaseRetention{"it is over"});
    closed.march.pass(seconds(1));
    CHECK(closed.gone());
}

TEST_CASE("a released hold does not stand for an export", "[core][retention]") {
    Closed closed;
    closed.march.must(closed.march.desk, HoldRetention{"an inquiry"});
    closed.march.pass(month);
    closed.march.must(closed.march.desk, ReleaseRetention{"it is over"});
    closed.march.pass(seconds(1));
    CHECK_FALSE(closed.gone());
    CHECK(closed.warned());
    CHECK(closed.march.refused(closed.march.desk, ReleaseRetention{"again"}).code == RefusalCode::invalid_transition);
}

TEST_CASE("an export is of a march that has ended and names its file", "[core][retention]") {
    MarchBuilder march;
    march.march_off();
    CHECK(march.refused(march.desk, RecordExport{sha256}).code == RefusalCode::invalid_transition);
    CHECK(march.refused(march.desk, WaiveExport{"st-louis-mo"}).code == RefusalCode::invalid_transition);
    Closed closed;
    for (const std::string& wrong : {std::string(), std::string(64, 'G'), std::string(63, '1')}) {
        CHECK(closed.march.refused(closed.march.desk, RecordExport{wrong}).field == "sha256");
    }
}

TEST_CASE("who lets a march go without an export types its name and does so once", "[core][retention]") {
    Closed closed;
    CHECK(closed.march.refused(closed.march.desk, WaiveExport{"denver-co"}).field == "typed_name");
    closed.march.must(closed.march.desk, WaiveExport{"st-louis-mo"});
    CHECK(closed.march.state.retention.waived_by == closed.march.desk);
    CHECK(closed.march.refused(closed.march.desk, WaiveExport{"st-louis-mo"}).code == RefusalCode::invalid_transition);
    Closed drill(true);
    CHECK(drill.march.refused(drill.march.desk, WaiveExport{"st-louis-mo"}).code == RefusalCode::invalid_transition);
}

TEST_CASE("a city lead proposes about the log and the national desk confirms within a day", "[core][retention]") {
    Closed closed;
    MarchBuilder& march = closed.march;
    march.must(march.lead, HoldRetention{"an inquiry"});
    CHECK_FALSE(march.state.retention.held_at);
    march.pass(hours(23));
    REQUIRE(march.state.proposals.size() == 1);
    march.must(march.desk, ConfirmProposal{march.state.proposals.front().number, {}});
    CHECK(march.state.retention.held_by == march.desk);
    march.must(march.desk, ReleaseRetention{"it is over"});

    march.must(march.lead, WaiveExport{"st-louis-mo"});
    const std::uint32_t proposal = march.state.proposals.front().number;
    CHECK(march.refused(march.desk, ConfirmProposal{proposal, "denver-co"}).field == "typed_name");
    march.must(march.desk, ConfirmProposal{proposal, "st-louis-mo"});
    CHECK(march.state.retention.waived_at);

    const PersonId dispatcher = march.somebody(Role::dispatcher);
    for (const PersonId who : {dispatcher, closed.auditor}) {
        CHECK(march.refused(who, HoldRetention{"an inquiry"}).code == RefusalCode::permission_denied);
        CHECK(march.refused(who, ReleaseRetention{"over"}).code == RefusalCode::permission_denied);
        CHECK(march.refused(who, RecordExport{sha256}).code == RefusalCode::permission_denied);
        CHECK(march.refused(who, WaiveExport{"st-louis-mo"}).code == RefusalCode::permission_denied);
    }
}

TEST_CASE("a march that was shredded takes nothing any more", "[core][retention]") {
    Closed drill(true);
    drill.march.pass(hours(25));
    REQUIRE(drill.gone());
    CHECK_FALSE(next_due(drill.march.state));
    CHECK(due_events(drill.march.state, drill.march.now + month).empty());
    const auto refused = drill.march.refused(drill.march.desk, HoldRetention{"too late"});
    CHECK(refused.code == RefusalCode::not_found);
    CHECK(refused.message.find("deleted after its time") != std::string::npos);
    const auto keeping = drill.march.tell(MarchBuilder::keeper(), TakeKeeping{drill.march.state.term.next(), {}});
    CHECK(keeping.error().code == RefusalCode::not_found);
}

TEST_CASE("an end that is put off by a new plan is no matter for a warning", "[core][retention]") {
    MarchBuilder march;
    march.now = retention_ends(march.state) - hours(47);
    march.tick();
    REQUIRE(march.open(AlertKind::retention_ending) != nullptr);
    march.must(march.desk, Reschedule{{{Phase::assembling, march.now + hours(100)}}, march.state.spec_version});
    march.pass(seconds(1));
    CHECK(march.open(AlertKind::retention_ending) == nullptr);
}

TEST_CASE("time during which no server ran counts towards the end of a log", "[core][retention]") {
    Closed closed;
    closed.march.must(closed.march.desk, RecordExport{sha256});
    const UtcMs due = next_due(closed.march.state);
    closed.march.now = closed.march.now + hours(5);
    const auto taken = closed.march.tell(MarchBuilder::keeper(),
                                         TakeKeeping{closed.march.state.term.next(), closed.at});
    REQUIRE(taken.has_value());
    CHECK(next_due(closed.march.state) == due);
    CHECK(all_of<TimersShifted>(*taken).empty());
}

TEST_CASE("the table of periods has what is enforced in words for people", "[core][retention]") {
    const std::string table = retention_markdown();
    CHECK(table.find("| positions | memory | 120 seconds |") != std::string::npos);
    CHECK(table.find("| 30 days |") != std::string::npos);
    CHECK(table.find("| a march that is a drill | the march's log | 24 hours |") != std::string::npos);
    for (const KeptFor& row : retention_table()) {
        CHECK_FALSE(row.what.empty());
        CHECK_FALSE(row.where.empty());
        CHECK_FALSE(row.deleted.empty());
    }
}

}  // namespace marchwire::core
