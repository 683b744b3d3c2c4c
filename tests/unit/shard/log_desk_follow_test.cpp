// A desk that follows its log: what other servers append is told at once, what it wrote itself once.
#include "desk_stage.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <vector>

namespace marchwire::test {
namespace {

TEST_CASE("what another server writes is told at once and in order", "[shard][follow]") {
    Fixture f;
    f.server.desk->follow();
    const auto other = f.another();
    f.settle();
    f.server.recorder.published.clear();
    for (const char* text : {"Water at the arch", "Shade at the park"}) f.put(*other, f.command(Fixture::notice(text)));
    f.settle(*other);
    f.settle();
    CHECK(f.server.recorder.published == std::vector<std::uint64_t>{2, 3});
    CHECK(f.server.desk->committed().tip == other->desk->committed().tip);
    CHECK(f.server.desk->committed().notices.size() == 2);
}

TEST_CASE("what a desk wrote itself and then hears is told once", "[shard][follow]") {
    Fixture f;
    f.server.desk->follow();
    f.settle();
    f.server.recorder.published.clear();
    for (int i = 0; i < 3; ++i) {
        f.put(f.command(Fixture::notice("Water at the arch")));
        f.settle();
    }
    CHECK(f.answers.size() == 3);
    CHECK(f.server.recorder.published == std::vector<std::uint64_t>{2, 3, 4});
}

TEST_CASE("what another wrote while a group was on its way comes before it", "[shard][follow]") {
    Fixture f;
    const auto other = f.another();
    f.server.desk->follow();
    other->desk->follow();
    f.settle();
    f.settle(*other);
    f.server.recorder.published.clear();
    f.server.log.hold_appends();
    f.put(f.command(Fixture::notice("Mine")));
    f.put(*other, f.command(Fixture::notice("Theirs")));
    f.settle(*other);
    f.settle();
    CHECK(f.server.recorder.published.empty());  // the group may be among what was heard
    f.server.log.release();
    f.settle();
    f.settle(*other);
    CHECK(f.server.recorder.published == std::vector<std::uint64_t>{2, 3});
    for (const core::Notice& notice : f.server.desk->committed().notices) {
        CHECK(notice.text == (notice.number == 1 ? "Theirs" : "Mine"));
    }
    CHECK(f.server.desk->committed().tip == other->desk->committed().tip);
    CHECK(f.answers.size() == 2);
    for (const Outcome& answer : f.answers) CHECK(answer.has_value());
}

TEST_CASE("two servers that write in turns never lose a race when they follow", "[shard][follow]") {
    Fixture f;
    const auto other = f.another();
    f.server.desk->follow();
    other->desk->follow();
    for (int i = 0; i < 10; ++i) {
        f.put(i % 2 == 0 ? f.server : *other, f.command(Fixture::notice("Water at the arch")));
        f.settle();
        f.settle(*other);
    }
    CHECK(f.server.counters.append_tries == f.server.counters.appends);
    CHECK(other->counters.append_tries == other->counters.appends);
    CHECK(f.server.desk->committed().tip == other->desk->committed().tip);
}

TEST_CASE("an entry that does not follow what a desk holds tells it that its history has changed", "[shard][follow]") {
    Fixture f;
    const auto other = f.another();
    core::MarchState elsewhere = f.begun;
    elsewhere.tip.digest[0] ^= 1U;
    other->desk->restart(elsewhere, f.server.desk->vault());
    other->desk->follow();
    f.put(f.command(Fixture::notice("Water at the arch")));
    f.settle();
    f.settle(*other);
    CHECK(other->recorder.losses == 1);
    CHECK(other->recorder.published.empty());
}

TEST_CASE("a desk that nobody writes to finds out that the log has lost what it holds", "[shard][follow]") {
    Fixture f;
    f.server.desk->check_history();
    f.settle();
    CHECK(f.server.recorder.losses == 0);

    const auto other = f.another();
    core::MarchState ahead = f.begun;
    ahead.tip.seq = base::Seq{9};
    other->desk->restart(ahead, f.server.desk->vault());
    other->desk->check_history();
    f.settle(*other);
    CHECK(other->recorder.losses == 1);
}

}  // namespace
}  // namespace marchwire::test
