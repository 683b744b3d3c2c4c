// How far is the column from the truth, on each real line? And what does a position cost? People walk with phones that
// are up to 30 m off and silent for up to 60 s (tests/support/walking_people.hpp); tuned on some lines, tested on
// others.
#include "core/column.hpp"
#include "core/decide.hpp"

#include "support/report.hpp"
#include "support/walked_lines.hpp"
#include "support/walking_people.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace marchwire;

constexpr base::UtcMs morning{1'528'984'800'000};
/// The estimate was tuned with seeds below.
constexpr int first_seed = 9'001;

core::Actor acting(core::Role role, std::uint64_t person) {
    core::Actor actor;
    actor.person = base::PersonId{person};
    actor.role = role;
    actor.march = base::Slug::parse("st-louis-mo").value();
    return actor;
}

/// Decides, and folds what was decided; ends the program on a refusal: then there is nothing to measure.
void accept(core::MarchState& state, const core::Actor& actor, core::CommandBody body) {
    const core::Command command{{}, morning, core::Level::none, std::move(body)};
    const core::Context context{morning, actor};
    auto events = core::decide(state, command, context);
    if (!events) {
        std::fprintf(stderr, "refused: %s\n", events.error().message.c_str());
        std::exit(1);
    }
    for (core::Event& event : *events) {
        const core::Entry entry = core::stamp(state, std::move(event), command, context);
        base::Digest digest{};
        digest[0] = static_cast<std::uint8_t>(entry.seq.value);
        core::apply(state, entry, digest);
    }
}

/// A march under way on this line; people 1 to `heads` are its HEAD marshals, then come the TAIL marshals.
core::MarchState march_on(const std::vector<core::LatLon>& points, int heads, int tails) {
    core::MarchState state;
    state.id = {base::Slug::parse("flag-day-2018").value(), base::Slug::parse("st-louis-mo").value()};
    const core::Actor lead = acting(core::Role::city_lead, 100'000);
    core::CreateMarch create;
    create.spec.city = "St. Louis";
    create.spec.tz = "America/Chicago";
    create.topic_base = 1U << 16U;
    accept(state, lead, create);
    auto line = std::make_shared<core::RouteLine>();
    line->points = points;
    accept(state, lead, core::ImportRoute{line});
    accept(state, lead, core::ApproveRoute{1});
    accept(state, lead, core::ActivateRoute{1, 0});
    for (const core::Phase phase : {core::Phase::assembling, core::Phase::marching}) {
        accept(state, lead, core::AdvancePhase{phase, state.phase_version, ""});
    }
    for (int i = 0; i < heads + tails; ++i) {
        core::AssignDuty assign;
        assign.person = base::PersonId{static_cast<std::uint64_t>(i) + 1};
        assign.callsign = "marshal " + std::to_string(i + 1);
        assign.role = i < heads ? core::Role::head : core::Role::tail;
        assign.section = static_cast<std::uint32_t>(i) % state.sections + 1;
        accept(state, lead, assign);
        accept(state, acting(assign.role, assign.person.value), core::CheckIn{});
    }
    return state;
}

base::PersonId person_of(int number) { return base::PersonId{static_cast<std::uint64_t>(number) + 1}; }

struct Scores {
    test::ColumnScore head, tail;
};

Scores walk_once(const test::Walk& walk) {
    const core::MarchState state = march_on(walk.line.points, walk.heads, walk.tails);
    test::WalkingPeople people(walk, morning);
    core::Column column;
    Scores scores;
    while (!people.over()) {
        for (const auto& sent : people.second()) {
            column.take(state, person_of(sent.person), {sent.fix}, people.now());
        }
        const core::OpsColumn ops = column.ops(state, people.now());
        if (ops.head.along) scores.head.add(people.head(), ops.head.along->value);
        if (ops.tail.along) scores.tail.add(people.tail(), ops.tail.along->value);
    }
    return scores;
}

/// One row a figure, a sample a seed.
void measure_line(const test::NamedLine& line, const char* use, int heads, const bench::Options& options,
                  bench::Report& report) {
    std::vector<double> head_50, head_95, tail_50, tail_95, most, back, fell, jumps, astray;
    for (int round = 0; round < options.rounds(10, 2); ++round) {
        test::Walk walk;
        walk.line = line.line;
        walk.seed = static_cast<std::uint32_t>(first_seed + round);
        walk.heads = walk.tails = heads;
        const Scores scores = walk_once(walk);
        head_50.push_back(scores.head.error(0.5));
        head_95.push_back(scores.head.error(0.95));
        tail_50.push_back(scores.tail.error(0.5));
        tail_95.push_back(scores.tail.error(0.95));
        most.push_back(std::max(scores.head.error(1), scores.tail.error(1)));
        back.push_back(std::max(scores.head.back_worst(), scores.tail.back_worst()));
        fell.push_back(std::max(scores.head.fell_back_worst(), scores.tail.fell_back_worst()));
        jumps.push_back(scores.head.jumps() + scores.tail.jumps());
        astray.push_back(scores.head.astray() + scores.tail.astray());
    }
    const std::string question = line.name + ", " + std::to_string(heads) + " at each end";
    const auto add = [&](const char* metric, const char* unit, const std::vector<double>& samples) {
        report.add(question, use, metric, unit, samples);
    };
    add("head off, p50", "m", head_50);
    add("head off, p95", "m", head_95);
    add("tail off, p50", "m", tail_50);
    add("tail off, p95", "m", tail_95);
    add("off at worst", "m", most);
    add("backward in a second at worst", "m", back);
    add("behind where it was at worst", "m", fell);
    add("jumps", "", jumps);
    add("on another leg", "s", astray);
}

/// Time of the processor, so that whatever else runs on the machine does not count.
double cpu_nanoseconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

/// 1 000 marshals of one march: what each position costs, and each second's look at all of them.
void measure_cost(const test::NamedLine& line, const bench::Options& options, bench::Report& report) {
    test::Walk walk;
    walk.line = line.line;
    walk.column_metres = 2'500;
    walk.heads = walk.tails = 500;
    const core::MarchState state = march_on(walk.line.points, walk.heads, walk.tails);
    std::vector<double> take, look;
    double sum = 0;
    for (int round = 0; round < options.rounds(7, 2); ++round) {
        walk.seed = static_cast<std::uint32_t>(1 + round);
        test::WalkingPeople people(walk, morning);
        core::Column column;
        double taken = 0, looked = 0;
        std::size_t positions = 0;
        constexpr int seconds = 300;
        for (int second = 0; second < seconds; ++second) {
            const auto all = people.second();
            positions += all.size();
            const double begin = cpu_nanoseconds();
            for (const auto& sent : all) column.take(state, person_of(sent.person), {sent.fix}, people.now());
            const double middle = cpu_nanoseconds();
            sum += column.ops(state, people.now()).head.along.value_or(base::Metres{}).value;
            looked += cpu_nanoseconds() - middle;
            taken += middle - begin;
        }
        take.push_back(taken / static_cast<double>(positions));
        look.push_back(looked / seconds / 1'000);
    }
    const std::string question = "1 000 marshals on " + line.name;
    report.add(question, "marchwire", "a position", "ns", take);
    report.add(question, "marchwire", "the exact column", "us", look);
    if (sum < 0) std::puts("no head stands before the start");
}

}  // namespace

int main(int argc, char** argv) {
    const bench::Options options = bench::read_options(argc, argv);
    const std::string samples = BENCH_SAMPLES_PATH;
    bench::Report report;
    for (const int heads : {3, 1}) {
        for (const auto& line : test::lines_to_test_on(samples))
            measure_line(line, "tested on", heads, options, report);
        for (const auto& line : test::lines_to_tune_on(samples)) measure_line(line, "tuned on", heads, options, report);
    }
    const auto lines = test::lines_to_test_on(samples);
    for (const auto& line : lines) {
        if (line.name.starts_with("someren") || line.name.starts_with("chicago")) measure_cost(line, options, report);
    }
    return report.write(options) ? 0 : 1;
}
