// Timers of many marches: what an hour of check-ins that fall due costs, of one core, when nobody answers before the
// nudge.
#include "base/limits.hpp"
#include "core/decide.hpp"

#include "support/report.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace {

using namespace marchwire;

constexpr base::UtcMs noon{1'528'992'000'000};
constexpr base::Millis hour = base::hours(1);
constexpr double marches_of_the_goal = 10'000;

core::Actor acting(core::Role role, std::uint64_t person) {
    core::Actor actor;
    actor.person = base::PersonId{person};
    actor.role = role;
    if (role != core::Role::keeper) actor.march = base::Slug::parse("st-louis-mo").value();
    return actor;
}

/// Decides and folds; who was nudged by it. Ends the program on a refusal: then there is nothing to measure.
std::vector<base::PersonId> accept(core::MarchState& state, const core::Actor& actor, base::UtcMs now,
                                   core::CommandBody body) {
    const core::Command command{{}, now, core::Level::none, std::move(body)};
    const core::Context context{now, actor};
    auto events = core::decide(state, command, context);
    if (!events) {
        std::fprintf(stderr, "refused: %s\n", events.error().message.c_str());
        std::exit(1);
    }
    std::vector<base::PersonId> nudged;
    for (core::Event& event : *events) {
        if (const auto* one = std::get_if<core::CheckInNudged>(&event)) nudged.push_back(one->person);
        const core::Entry entry = core::stamp(state, std::move(event), command, context);
        base::Digest digest{};
        digest[0] = static_cast<std::uint8_t>(entry.seq.value);
        core::apply(state, entry, digest);
    }
    return nudged;
}

/// A march under way, whose marshals have checked in one after the other over one interval.
core::MarchState street(std::uint64_t roster) {
    core::MarchState state;
    state.id = {base::Slug::parse("flag-day-2018").value(), base::Slug::parse("st-louis-mo").value()};
    const core::Actor lead = acting(core::Role::city_lead, 100'000);
    core::CreateMarch create;
    create.spec.city = "St. Louis";
    create.spec.tz = "America/Chicago";
    create.topic_base = 1U << 16U;
    const base::Millis spread = base::limits::check_in_every_marching;
    const base::UtcMs begin = noon - spread;
    accept(state, lead, begin, create);
    for (std::uint64_t person = 1; person <= roster; ++person) {
        core::AssignDuty assign;
        assign.person = base::PersonId{person};
        assign.callsign = "marshal " + std::to_string(person);
        assign.section = static_cast<std::uint32_t>(person % base::limits::sections_default) + 1;
        accept(state, lead, begin, assign);
    }
    for (const core::Phase phase : {core::Phase::assembling, core::Phase::marching}) {
        accept(state, lead, begin, core::AdvancePhase{phase, state.phase_version, ""});
    }
    for (std::uint64_t person = 1; person <= roster; ++person) {
        const auto part = static_cast<std::int64_t>(person) * spread.value / static_cast<std::int64_t>(roster);
        accept(state, acting(core::Role::side, person), begin + base::Millis{part}, core::CheckIn{});
    }
    return state;
}

double cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

struct Hour {
    double cpu = 0;
    std::uint64_t nudges = 0;
};

/// What the keeper does for one march in an hour; whoever was nudged checks in. Both count.
Hour pass(core::MarchState& state) {
    Hour passed;
    const core::Actor keeper = acting(core::Role::keeper, 0);
    const double begin = cpu_seconds();
    for (base::UtcMs due = core::next_due(state); due && due <= noon + hour; due = core::next_due(state)) {
        for (const base::PersonId person : accept(state, keeper, due, core::Tick{state.term})) {
            accept(state, acting(core::Role::side, person.value), due, core::CheckIn{});
            ++passed.nudges;
        }
    }
    passed.cpu = cpu_seconds() - begin;
    return passed;
}

void measure(std::uint64_t roster, const bench::Options& options, bench::Report& report) {
    const core::MarchState begun = street(roster);
    const int marches = options.quick ? 20 : 200;
    std::vector<double> share;
    std::vector<double> per_nudge;
    for (int round = 0; round < options.rounds(7, 2); ++round) {
        Hour all;
        for (int i = 0; i < marches; ++i) {
            core::MarchState state = begun;
            const Hour one = pass(state);
            all.cpu += one.cpu;
            all.nudges += one.nudges;
        }
        const double an_hour = static_cast<double>(hour.value) / 1e3;
        share.push_back(all.cpu * marches_of_the_goal / marches / an_hour * 100);
        per_nudge.push_back(all.cpu / static_cast<double>(all.nudges) * 1e6);
    }
    const std::string measured = "10 000 marches, " + std::to_string(roster) + " marshals each, an hour";
    report.add(measured, "marchwire", "of one core, with the check-ins", "%", share);
    report.add(measured, "marchwire", "a nudge and its check-in", "us", per_nudge);
}

}  // namespace

int main(int argc, char** argv) {
    const bench::Options options = bench::read_options(argc, argv);
    bench::Report report;
    measure(100, options, report);
    measure(1'000, options, report);
    return report.write(options) ? 0 : 1;
}
