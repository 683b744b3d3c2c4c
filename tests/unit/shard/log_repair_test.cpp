// A store that lost what servers had verified: who repairs it, what goes on, and who must read anew.
#include "base/limits.hpp"
#include "desk_stage.hpp"
#include "wire/codec.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <vector>

namespace marchwire::test {
namespace {

/// Two servers that follow one march, one of which keeps it, and the store as it is put back.
struct Cut : Fixture {
    Cut() : other(another()) {
        server.recorder.keeps = true;
        std::vector<shard::PastEntry> recent;
        memory.read(begun.id, base::Seq{1}, 1, [&](const base::Result<store::Entries>& read) {
            const store::StoredEntry& first = read.value().front();
            recent.push_back({wire::decode_stored(first.bytes).value(), first.tip.digest});
        });
        memory.run_some();
        server.desk->follow(recent);
        other->desk->follow(recent);
        settle_both();
    }
    void settle_both() {
        for (int i = 0; i < 3; ++i) {
            settle_on(server);
            settle_on(*other);
        }
    }
    void settle_on(Server& one) {
        std::size_t done = 1;
        while (done != 0) {
            one.io->restart();
            done = memory.run_some() + put_back.run_some() + one.io->poll();
        }
    }
    void notices(int count) {
        for (int i = 0; i < count; ++i) put(server, command(notice("Water at the arch")));
        settle_both();
    }
    /// The store is put back to its first `entries`.
    void put_back_to(std::size_t entries) {
        memory.read(server.desk->committed().id, base::Seq{1}, entries, [&](const base::Result<store::Entries>& read) {
            if (entries == 0) return;
            store::AppendRequest request;
            request.log = server.desk->committed().id;
            request.new_log = true;
            request.entries = read.value();
            put_back.append(std::move(request),
                            [](const store::AppendOutcome& outcome) { CHECK(outcome.has_value()); });
        });
        settle_both();
        server.log.turn_to(put_back);
        other->log.turn_to(put_back);
    }
    void seconds(base::Millis length) {
        for (std::int64_t i = 0; i < length.value / base::limits::session_tick.value; ++i) {
            server.desk->second();
            other->desk->second();
            settle_both();
        }
    }
    store::MemoryLog put_back{store::MemoryLog::Drive::by_caller};
    std::unique_ptr<Server> other;
};

TEST_CASE("the keeper repairs a log that was cut, and whoever had all of it goes on", "[shard][repair]") {
    Cut f;
    f.notices(5);
    const core::MarchState before = f.server.desk->committed();
    const auto left = GENERATE(std::size_t{0}, std::size_t{1}, std::size_t{3});
    f.put_back_to(left);
    f.other->desk->check_history();
    f.settle_both();
    CHECK(f.other->recorder.doubts == 1);
    f.server.desk->check_history();  // told by the other
    f.settle_both();
    f.seconds(base::seconds(2));

    for (const Server* one : {&f.server, f.other.get()}) {
        CHECK(one->recorder.losses == 0);
        CHECK(one->desk->committed().tip.seq == before.tip.seq.next());
        CHECK(one->desk->committed().tip.epoch.value == 2);
        CHECK(one->desk->committed().notices == before.notices);
        CHECK(one->recorder.published.back() == before.tip.seq.next().value);
    }
    CHECK(f.server.counters.repairs == 1);
    CHECK(f.other->counters.repairs == 0);
    CHECK(f.server.desk->committed() == f.other->desk->committed());

    // And both write on.
    f.answers.clear();
    f.put(*f.other, f.command(Fixture::notice("Shade at the park")));
    f.settle_both();
    f.notices(1);
    REQUIRE(f.answers.size() == 2);
    for (const Outcome& answer : f.answers) CHECK(answer.has_value());
    CHECK(f.server.desk->committed() == f.other->desk->committed());
}

TEST_CASE("a store that was away and is back is looked at at once", "[shard][repair]") {
    Cut f;
    f.notices(2);
    f.server.log.cut_off(true);
    f.seconds(base::seconds(1));
    f.put_back_to(1);
    f.seconds(base::seconds(2));
    CHECK(f.server.counters.repairs == 0);
    f.server.log.cut_off(false);
    f.seconds(base::seconds(1));
    CHECK(f.server.counters.repairs == 1);
}

TEST_CASE("a command whose entry was lost has its answer after the repair and no second effect", "[shard][repair]") {
    Cut f;
    f.notices(2);
    const core::Command again = f.command(Fixture::notice("Turn left at Market Street"));
    f.put(again, 77);
    f.settle_both();
    const std::size_t notices = f.server.desk->committed().notices.size();
    const auto first = f.answers.back().value().position;
    f.put_back_to(1);
    f.server.desk->check_history();
    f.settle_both();
    f.answers.clear();
    f.put(again, 77);
    f.settle_both();
    REQUIRE(f.answers.size() == 1);
    REQUIRE(f.answers[0].has_value());
    CHECK(f.answers[0].value().position == first);
    CHECK(f.server.desk->committed().notices.size() == notices);
    // Other content under the same id is told apart where its server had decided it.
    f.put(again, 78);
    f.settle_both();
    REQUIRE(f.answers.back().has_error());
    CHECK(f.answers.back().error().code == base::RefusalCode::invalid_argument);
}

TEST_CASE("an append on a log that is gone is answered as not stored, and the log is repaired", "[shard][repair]") {
    Cut f;
    f.notices(1);
    f.put_back_to(0);
    f.answers.clear();
    f.put(f.command(Fixture::notice("Water at the arch")));
    f.settle_both();
    REQUIRE(f.answers.size() == 1);
    REQUIRE(f.answers[0].has_error());
    CHECK(f.answers[0].error().code == base::RefusalCode::unavailable);
    CHECK(f.server.counters.repairs == 1);
    f.notices(1);
    CHECK(f.answers.back().has_value());
}

TEST_CASE("a log that is gone and that nobody keeps is repaired by whoever holds it, after a wait", "[shard][repair]") {
    Cut f;
    f.notices(2);
    f.server.recorder.keeps = false;
    f.put_back_to(0);
    f.other->desk->check_history();
    f.settle_both();
    CHECK(f.other->counters.repairs == 0);
    f.seconds(base::limits::repair_wait + base::seconds(1));
    CHECK(f.other->counters.repairs == 1);
    CHECK(f.other->recorder.losses == 0);
}

TEST_CASE("without its keeper a log that was cut goes on from what is left, and everybody is told", "[shard][repair]") {
    Cut f;
    f.notices(4);
    f.server.recorder.keeps = false;
    f.put_back_to(3);
    f.other->desk->check_history();
    f.settle_both();
    CHECK(f.other->recorder.losses == 0);
    f.seconds(base::limits::repair_wait + base::seconds(1));
    CHECK(f.other->recorder.losses == 1);
    CHECK(f.other->counters.repairs == 0);
}

TEST_CASE("a log that went another way after it was cut is not repaired over it", "[shard][repair]") {
    Cut f;
    f.notices(4);
    f.put_back_to(1);
    const auto third = f.another();  // knows nothing of what was lost
    third->log.turn_to(f.put_back);
    f.put(*third, f.command(Fixture::notice("Shade at the park")));
    f.settle_on(*third);
    f.server.desk->check_history();
    f.settle_both();
    CHECK(f.server.counters.repairs == 0);
    CHECK(f.server.recorder.losses == 1);
}

TEST_CASE("a desk alone on its store looks again when the store did not answer its doubt", "[shard][repair]") {
    // It stayed in doubt for good, and refused every command.
    Fixture f;
    f.server.log.disown_next_append();
    f.server.log.fail_opens(1);
    f.put(f.command(Fixture::notice("Water at the arch")));
    f.settle();
    CHECK(f.server.recorder.losses == 0);
    f.server.desk->second();
    f.settle();
    CHECK(f.server.recorder.losses == 1);
}

TEST_CASE("nothing is repaired while the store does not answer", "[shard][repair]") {
    Cut f;
    f.notices(2);
    f.put_back_to(1);
    f.server.log.fail_appends(2);
    f.server.desk->check_history();
    f.settle_both();
    CHECK(f.server.counters.repairs == 0);
    f.seconds(base::seconds(3));
    CHECK(f.server.counters.repairs == 1);
    CHECK(f.server.recorder.losses == 0);
}

}  // namespace
}  // namespace marchwire::test
