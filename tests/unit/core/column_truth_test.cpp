// The column held against the truth: people walk, their phones are up to 30 m off and silent for up to 60 s.
#include "core/column.hpp"

#include "support/march_builder.hpp"
#include "support/walked_lines.hpp"
#include "support/walking_people.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace marchwire::core {
namespace {

const std::string samples = std::string(MARCHWIRE_SOURCE_DIR) + "/samples";

struct Scores {
    test::ColumnScore head, tail;
};

/// A march that walks its whole line, looked at each second.
class Followed {
public:
    explicit Followed(test::Walk walk) : people_(walk, march.now) {
        auto line = std::make_shared<RouteLine>();
        line->points = walk.line.points;
        march.must(march.lead, ImportRoute{line});
        march.must(march.lead, ApproveRoute{1});
        march.must(march.lead, ActivateRoute{1, 0});
        march.march_off();
        for (int i = 0; i < walk.heads + walk.tails; ++i) {
            marshals_.push_back(march.on_duty(i < walk.heads ? Role::head : Role::tail));
        }
        people_ = test::WalkingPeople(walk, march.now);
    }

    Scores to_the_end() {
        Scores scores;
        while (!people_.over()) {
            for (const auto& sent : people_.second()) {
                const PersonId who = marshals_.at(static_cast<std::size_t>(sent.person));
                column.take(march.state, who, {sent.fix}, people_.now());
            }
            const OpsColumn ops = column.ops(march.state, people_.now());
            if (ops.head.along) scores.head.add(people_.head(), ops.head.along->value);
            if (ops.tail.along) scores.tail.add(people_.tail(), ops.tail.along->value);
        }
        return scores;
    }

    test::MarchBuilder march;
    Column column;

private:
    test::WalkingPeople people_;
    std::vector<PersonId> marshals_;
};

Scores walked(const test::NamedLine& line, std::uint32_t seed, int heads = 3) {
    test::Walk walk;
    walk.line = line.line;
    walk.seed = seed;
    walk.heads = walk.tails = heads;
    return Followed(walk).to_the_end();
}

TEST_CASE("head and tail are within 40 m of the truth on lines that the estimate was not tuned on", "[core][column]") {
    for (const test::NamedLine& line : test::lines_to_test_on(samples)) {
        CAPTURE(line.name);
        REQUIRE(line.line.points.size() >= 3);
        for (const std::uint32_t seed : {101U, 102U, 103U}) {
            CAPTURE(seed);
            const Scores scores = walked(line, seed);
            CHECK(scores.head.error(0.95) <= 40);
            CHECK(scores.tail.error(0.95) <= 40);
            // Neither end is ever elsewhere on the route: no crossing, lap or turn takes it along.
            CHECK(scores.head.astray() == 0);
            CHECK(scores.tail.astray() == 0);
            CHECK(scores.head.jumps() == 0);
            CHECK(scores.tail.jumps() == 0);
            // Never backward by more than the noise: of one fix at once, of two fixes in all.
            CHECK(scores.head.back_worst() <= 30);
            CHECK(scores.tail.back_worst() <= 30);
            CHECK(scores.head.fell_back_worst() <= 60);
            CHECK(scores.tail.fell_back_worst() <= 60);
        }
    }
}

TEST_CASE("one head marshal with a bad phone is enough for the head", "[core][column]") {
    for (const test::NamedLine& line : test::lines_to_test_on(samples)) {
        CAPTURE(line.name);
        for (const std::uint32_t seed : {201U, 202U}) {
            CAPTURE(seed);
            const Scores scores = walked(line, seed, 1);
            CHECK(scores.head.error(0.95) <= 40);
            CHECK(scores.head.astray() == 0);
            CHECK(scores.head.jumps() == 0);
        }
    }
}

}  // namespace
}  // namespace marchwire::core
