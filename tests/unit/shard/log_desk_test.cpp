// The desk of one log: reply and publish only after COMMIT, once per id, again after a wrong tip.
#include "base/limits.hpp"
#include "desk_stage.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <memory>
#include <string>
#include <vector>

using namespace marchwire;
using namespace marchwire::test;
using base::RefusalCode;

TEST_CASE("nobody hears of a command before the store has said that it is stored", "[shard]") {
    Fixture f;
    f.server.log.hold_appends();
    f.server.recorder.published.clear();
    const auto before = f.server.desk->committed().tip;

    f.put(f.command(Fixture::notice("Water at the arch")));
    f.settle();

    // A desk that replied, published or showed its draft now would be caught here.
    CHECK(f.server.log.held() == 1);
    CHECK(f.answers.empty());
    CHECK(f.server.recorder.published.empty());
    CHECK(f.server.desk->committed().tip == before);
    CHECK(f.server.desk->committed().notices.empty());

    f.server.log.release();
    f.settle();
    REQUIRE(f.answers.size() == 1);
    REQUIRE(f.answers[0].has_value());
    CHECK(f.answers[0]->position == shard::position_of(f.server.desk->committed().tip));
    CHECK(f.answers[0]->made == 1);
    CHECK(f.server.recorder.published == std::vector{f.answers[0]->position.seq.value});
    CHECK(f.server.desk->committed().notices.size() == 1);
}

TEST_CASE("what could not be stored is refused as UNAVAILABLE and is seen by nobody", "[shard]") {
    Fixture f;
    f.server.recorder.published.clear();
    const auto before = f.server.desk->committed().tip;
    f.server.log.fail_appends(1);
    const auto wish = f.command(Fixture::notice("Water at the arch"));
    f.put(wish);
    f.settle();

    REQUIRE(f.answers.size() == 1);
    REQUIRE(f.answers[0].has_error());
    CHECK(f.answers[0].error().code == RefusalCode::unavailable);
    CHECK(f.answers[0].error().retry_after_ms > 0);
    CHECK(f.server.recorder.published.empty());
    CHECK(f.server.desk->committed().tip == before);

    // The same id is safe again, and the draft has forgotten the failed one.
    f.put(wish);
    f.settle();
    REQUIRE(f.answers.size() == 2);
    REQUIRE(f.answers[1].has_value());
    CHECK(f.answers[1]->position.seq == before.seq.next());
    CHECK(f.server.desk->committed().notices.size() == 1);
}

TEST_CASE("the same id gives the same answer and no second event", "[shard]") {
    Fixture f;
    const auto first = f.command(Fixture::notice("Water at the arch"));
    f.put(first);
    f.settle();
    f.put(f.command(Fixture::notice("First aid at 4th Street")));
    f.settle();

    SECTION("when it is asked again later") {
        f.put(first);
        f.settle();
    }
    SECTION("when it is asked again by another server") {
        const auto other = f.another();
        f.put(*other, first);
        f.settle(*other);
        CHECK(other->desk->committed().tip == f.server.desk->committed().tip);
    }
    REQUIRE(f.answers.size() == 3);
    REQUIRE(f.answers[2].has_value());
    CHECK(f.answers[2]->position == f.answers[0]->position);
    CHECK(f.answers[2]->made == f.answers[0]->made);
    CHECK(f.answers[2]->level == f.answers[0]->level);
    CHECK(f.server.desk->committed().notices.size() == 2);
}

TEST_CASE("the same id twice in one group causes one event", "[shard]") {
    Fixture f;
    f.server.log.hold_appends();
    f.put(f.command(Fixture::notice("goes alone")));
    const auto twice = f.command(Fixture::notice("said twice"));
    f.put(twice);
    f.put(twice);
    f.put(twice, 2);  // the same id with other content
    f.server.log.release();
    f.settle();
    REQUIRE(f.answers.size() == 4);
    REQUIRE(f.answers[1].has_value());
    REQUIRE(f.answers[2].has_value());
    CHECK(f.answers[1]->position == f.answers[2]->position);
    CHECK(f.answers[2]->made == 2);
    REQUIRE(f.answers[3].has_error());
    CHECK(f.answers[3].error().code == RefusalCode::invalid_argument);
    CHECK(f.server.desk->committed().notices.size() == 2);
}

TEST_CASE("the same id with other content is refused", "[shard]") {
    Fixture f;
    auto wish = f.command(Fixture::notice("Water at the arch"));
    f.put(wish, 1);
    f.settle();
    wish.body = Fixture::notice("No water anywhere");
    f.put(wish, 2);
    f.settle();
    REQUIRE(f.answers.size() == 2);
    REQUIRE(f.answers[1].has_error());
    CHECK(f.answers[1].error().code == RefusalCode::invalid_argument);
    CHECK(f.answers[1].error().field == "id");
    CHECK(f.server.desk->committed().notices.size() == 1);
}

TEST_CASE("a command that was taken is answered as taken when its repetition would be refused", "[shard]") {
    Fixture f;
    const auto wish = f.command(
        core::AdvancePhase{core::Phase::assembling, f.server.desk->committed().phase_version, {}});
    f.put(wish);
    f.settle();
    f.put(wish);  // decided now it names an old version of the phase
    f.settle();
    REQUIRE(f.answers.size() == 2);
    REQUIRE(f.answers[1].has_value());
    CHECK(f.answers[1]->position == f.answers[0]->position);
}

TEST_CASE("what another server wrote is applied and the command decided again on it", "[shard]") {
    Fixture f;
    const auto other = f.another();
    f.put(f.command(Fixture::notice("by the first server")));
    f.settle();

    // The other one knows nothing of it: its append names a tip that has moved on.
    const auto phase_version = f.server.desk->committed().phase_version;
    f.put(*other, f.command(core::AdvancePhase{core::Phase::assembling, phase_version, {}}));
    f.settle(*other);
    REQUIRE(f.answers.size() == 2);
    REQUIRE(f.answers[1].has_value());
    CHECK(other->desk->committed().notices.size() == 1);
    CHECK(other->desk->committed().phase == core::Phase::assembling);
    std::vector<std::uint64_t> in_order;
    for (std::uint64_t seq = f.begun.tip.seq.value + 1; seq <= other->desk->committed().tip.seq.value; ++seq)
        in_order.push_back(seq);
    CHECK(other->recorder.published == in_order);

    // Decided on the old phase by the first server: refused on what it learns, not on what it knew.
    f.put(f.command(core::AdvancePhase{core::Phase::cancelled, phase_version, {}}));
    f.settle();
    REQUIRE(f.answers.size() == 3);
    REQUIRE(f.answers[2].has_error());
    CHECK(f.answers[2].error().code == RefusalCode::conflict);
    CHECK(f.server.desk->committed() == other->desk->committed());
}

TEST_CASE("a desk that loses every race gives up after eight tries", "[shard]") {
    Fixture f;
    const auto rival = f.another();
    std::vector<Outcome> rivals;
    f.server.log.before_append = [&] {
        shard::Asked asked;
        asked.command = f.command(Fixture::notice("first"));
        asked.actor = f.lead;
        asked.answer = [&](Outcome outcome) { rivals.push_back(std::move(outcome)); };
        rival->desk->submit(std::move(asked));
        f.settle(*rival);
    };
    const auto appends_before = f.server.log.appends();
    f.put(f.command(Fixture::notice("too late")));
    f.settle_races();
    REQUIRE(f.answers.size() == 1);
    REQUIRE(f.answers[0].has_error());
    CHECK(f.answers[0].error().code == RefusalCode::unavailable);
    CHECK(f.server.log.appends() - appends_before == static_cast<std::size_t>(base::limits::append_tries));
    CHECK(rivals.size() == static_cast<std::size_t>(base::limits::append_tries));
    CHECK(f.server.desk->committed().notices.size() == rivals.size());
}

TEST_CASE("what comes while a desk loses races goes along with the next try", "[shard]") {
    Fixture f;
    const auto rival = f.another();
    int races = 4;
    f.server.log.before_append = [&] {
        if (races == 0) return;
        --races;
        shard::Asked asked;
        asked.command = f.command(Fixture::notice("first"));
        asked.actor = f.lead;
        asked.answer = [](const Outcome&) {};
        rival->desk->submit(std::move(asked));
        f.settle(*rival);
        f.put(f.command(Fixture::notice("meanwhile")));
    };
    const auto before = f.server.log.appends();
    f.put(f.command(Fixture::notice("late")));
    f.settle_races();
    CHECK(f.answers.size() == 5);
    for (const Outcome& answer : f.answers) CHECK(answer.has_value());
    CHECK(f.server.log.appends() - before == 5);
    CHECK(f.server.desk->committed().notices.size() == 9);
}

TEST_CASE("a desk that lost a race gathers what comes within a moment", "[shard]") {
    Fixture f;
    const auto rival = f.another();
    f.put(*rival, f.command(Fixture::notice("first")));
    f.settle(*rival);
    const auto three = [&f] {
        const auto before = f.server.log.appends();
        for (const char* text : {"one", "two", "three"}) f.put(f.command(Fixture::notice(text)));
        f.settle_races();
        return f.server.log.appends() - before;
    };
    CHECK(three() == 2);  // "one" at once, on what it did not know of; again with the others
    CHECK(three() == 1);
    CHECK(f.answers.size() == 7);
    for (const Outcome& answer : f.answers) CHECK(answer.has_value());
    CHECK(f.server.desk->committed().notices.size() == 7);
}

TEST_CASE("a refusal waits until what it was decided on is stored", "[shard]") {
    Fixture f;
    f.server.log.hold_appends();
    f.put(f.command(Fixture::notice("goes alone")));
    const auto version = f.server.desk->committed().phase_version;
    f.put(f.command(core::AdvancePhase{core::Phase::assembling, version, {}}));
    f.put(f.command(core::AdvancePhase{core::Phase::cancelled, version, {}}));
    f.server.log.release();
    f.server.log.hold_appends();  // the second group is held again
    f.settle();
    REQUIRE(f.answers.size() == 1);
    CHECK(f.server.log.held() == 1);
    f.server.log.release();
    f.settle();
    REQUIRE(f.answers.size() == 3);
    CHECK(f.answers[1].has_value());
    REQUIRE(f.answers[2].has_error());
    CHECK(f.answers[2].error().code == RefusalCode::conflict);
}

TEST_CASE("commands that wait for the store are stored as one group", "[shard]") {
    Fixture f;
    f.server.log.hold_appends();
    for (int i = 0; i < 40; ++i) f.put(f.command(Fixture::notice("notice " + std::to_string(i))));
    f.settle();
    CHECK(f.answers.empty());
    CHECK(f.server.desk->waiting() == 39);
    const auto appends_before = f.server.log.appends();
    f.server.log.release();
    f.settle();
    CHECK(f.server.log.appends() - appends_before == 2);
    REQUIRE(f.answers.size() == 40);
    for (std::size_t i = 1; i < f.answers.size(); ++i) {
        REQUIRE(f.answers[i].has_value());
        CHECK(f.answers[i]->position.seq == f.answers[i - 1]->position.seq.next());
    }
}

TEST_CASE("a desk whose queue is full says so and when to come again", "[shard]") {
    Fixture f;
    f.server.log.hold_appends();
    const auto wish = Fixture::notice("again");
    for (std::size_t i = 0; i < base::limits::desk_queue_commands + 1; ++i) f.put(f.command(wish));
    CHECK(f.answers.empty());
    f.put(f.command(wish));
    REQUIRE(f.answers.size() == 1);
    REQUIRE(f.answers[0].has_error());
    CHECK(f.answers[0].error().code == RefusalCode::unavailable);
    CHECK(f.answers[0].error().retry_after_ms > 0);
    f.server.log.release();
    f.settle();
    CHECK(f.answers.size() == base::limits::desk_queue_commands + 2);
}

TEST_CASE("a command needs an id and is not taken after 24 hours", "[shard]") {
    Fixture f;
    auto wish = f.command(Fixture::notice("Water at the arch"));
    wish.made_at = f.clock.now() - base::hours(24) - base::seconds(1);
    f.put(wish);
    wish.made_at = f.clock.now();
    wish.id = {};
    f.put(wish);
    REQUIRE(f.answers.size() == 2);
    REQUIRE(f.answers[0].has_error());
    CHECK(f.answers[0].error().code == RefusalCode::expired);
    REQUIRE(f.answers[1].has_error());
    CHECK(f.answers[1].error().code == RefusalCode::invalid_argument);
}

TEST_CASE("a level that the store does not reach is told as UNAVAILABLE with the position", "[shard]") {
    Fixture f;
    f.server.log.answer_at(core::Level::stored);
    auto wish = f.command(Fixture::notice("Water at the arch"));
    wish.min_level = core::Level::synced;
    f.put(wish);
    f.settle();
    REQUIRE(f.answers.size() == 1);
    REQUIRE(f.answers[0].has_error());
    CHECK(f.answers[0].error().code == RefusalCode::unavailable);
    CHECK(f.answers[0].error().field == "min_level");
    CHECK(f.answers[0].error().current_value == "1/" + std::to_string(f.server.desk->committed().tip.seq.value));
    CHECK(f.server.desk->committed().notices.size() == 1);
}

TEST_CASE("a desk that closes answers what it took and refuses what comes after", "[shard]") {
    Fixture f;
    f.server.log.hold_appends();
    f.put(f.command(Fixture::notice("taken")));
    f.put(f.command(Fixture::notice("waiting")));
    bool quiet = false;
    f.server.desk->close([&] { quiet = true; });
    f.put(f.command(Fixture::notice("too late")));
    REQUIRE(f.answers.size() == 1);
    CHECK(f.answers[0].has_error());
    CHECK_FALSE(quiet);
    f.server.log.release();
    f.settle();
    CHECK(quiet);
    REQUIRE(f.answers.size() == 3);
    CHECK(f.answers[1].has_value());
    CHECK(f.answers[2].has_value());
}

TEST_CASE("a log that lost what this desk holds is noticed and nothing is taken", "[shard]") {
    Fixture f;
    store::MemoryLog elsewhere(store::MemoryLog::Drive::by_caller);
    Server shorter(elsewhere, f.clock);
    // The same march in another store: made one second later, so that nothing of it is the same.
    f.clock.advance(base::seconds(1));
    const auto settle_elsewhere = [&] {
        std::size_t done = 1;
        while (done != 0) {
            shorter.io->restart();
            done = elsewhere.run_some() + shorter.io->poll();
        }
    };
    shard::Asked create;
    core::CreateMarch wish;
    wish.spec.city = "St. Louis";
    wish.spec.tz = "America/Chicago";
    wish.topic_base = 1U << 16U;
    create.command.body = wish;
    create.actor.host = true;
    create.answer = [](const Outcome&) {};
    shorter.desk->submit(std::move(create));
    settle_elsewhere();
    shorter.desk->restart(f.server.desk->committed(), f.server.desk->vault());

    f.put(shorter, f.command(Fixture::notice("on a history that is gone")));
    settle_elsewhere();
    CHECK(shorter.recorder.losses == 1);
    REQUIRE(f.answers.size() == 1);
    REQUIRE(f.answers[0].has_error());
    CHECK(f.answers[0].error().code == RefusalCode::unavailable);
}
