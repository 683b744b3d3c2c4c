// The core alone, on one thread: how many check-ins a second of its own CPU time are decided, stamped and applied.
#include "base/limits.hpp"
#include "core/decide.hpp"

#include "support/report.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace marchwire;

constexpr base::UtcMs morning{1'528'984'800'000};

base::Digest digest_of(base::Seq seq) {
    base::Digest digest{};
    digest[0] = static_cast<std::uint8_t>(seq.value);
    return digest;
}

core::Actor acting(core::Role role, std::uint64_t person) {
    core::Actor actor;
    actor.person = base::PersonId{person};
    actor.role = role;
    actor.march = base::Slug::parse("st-louis-mo").value();
    return actor;
}

/// Decides, and folds what was decided; ends the program on a refusal: then there is nothing to measure.
std::size_t accept(core::MarchState& state, const core::Command& command, const core::Context& context) {
    auto events = core::decide(state, command, context);
    if (!events) {
        std::fprintf(stderr, "refused: %s\n", events.error().message.c_str());
        std::exit(1);
    }
    for (core::Event& event : *events) {
        const core::Entry entry = core::stamp(state, std::move(event), command, context);
        core::apply(state, entry, digest_of(entry.seq));
    }
    return events->size();
}

void accept(core::MarchState& state, const core::Actor& actor, core::CommandBody body) {
    accept(state, core::Command{{}, morning, core::Level::none, std::move(body)}, {morning, actor});
}

/// So many marshals in pairs, on duty in a march under way.
core::MarchState street(std::uint64_t roster) {
    core::MarchState state;
    state.id = {base::Slug::parse("flag-day-2018").value(), base::Slug::parse("st-louis-mo").value()};
    core::Actor lead = acting(core::Role::city_lead, 100'000);
    core::CreateMarch create;
    create.spec.city = "St. Louis";
    create.spec.tz = "America/Chicago";
    create.topic_base = 1U << 16U;
    accept(state, lead, create);
    for (std::uint64_t person = 1; person <= roster; ++person) {
        core::AssignDuty assign;
        assign.person = base::PersonId{person};
        assign.callsign = "marshal " + std::to_string(person);
        assign.section = static_cast<std::uint32_t>(person % base::limits::sections_default) + 1;
        if (person % 2 == 0) assign.buddy = base::PersonId{person - 1};
        accept(state, lead, assign);
    }
    for (const core::Phase phase : {core::Phase::assembling, core::Phase::marching}) {
        accept(state, lead, core::AdvancePhase{phase, state.phase_version, ""});
    }
    for (std::uint64_t person = 1; person <= roster; ++person) {
        accept(state, acting(core::Role::side, person), core::CheckIn{});
    }
    return state;
}

/// Of this process's own work, so that what else runs on the machine does not count.
double cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

enum class Step { decide, decide_and_stamp, decide_stamp_and_apply };

/// Check-ins per second, of all marshals in turn.
double rate(core::MarchState& state, const std::vector<core::Actor>& marshals, std::uint64_t check_ins, Step step) {
    core::Command command;
    command.made_at = morning;
    command.body = core::CheckIn{core::Report::on_post, {core::PlaceKind::route_metre, 1'234}, 80, 0};
    std::size_t made = 0;
    const double begin = cpu_seconds();
    for (std::uint64_t i = 0; i < check_ins; ++i) {
        const core::Actor& marshal = marshals[i % marshals.size()];
        command.id = {base::DeviceId{marshal.person.value}, i + 1};
        const core::Context context{morning + base::Millis{static_cast<std::int64_t>(i / 1'000)}, marshal};
        if (step == Step::decide_stamp_and_apply) {
            made += accept(state, command, context);
            continue;
        }
        auto events = core::decide(state, command, context);
        if (!events) std::exit(1);
        made += events->size();
        if (step == Step::decide_and_stamp) {
            const core::Entry entry = core::stamp(state, std::move(events->front()), command, context);
            if (entry.topics.empty()) std::exit(1);
        }
    }
    const double taken = cpu_seconds() - begin;
    if (made != check_ins) {
        std::fprintf(stderr, "expected one event a check-in\n");
        std::exit(1);
    }
    return static_cast<double>(check_ins) / taken;
}

void measure(std::uint64_t roster, const bench::Options& options, bench::Report& report) {
    const core::MarchState begun = street(roster);
    std::vector<core::Actor> marshals;
    for (std::uint64_t person = 1; person <= roster; ++person) {
        marshals.push_back(acting(core::Role::side, person));
    }
    const std::pair<Step, const char*> steps[] = {
        {Step::decide, "decide"},
        {Step::decide_and_stamp, "decide and stamp"},
        {Step::decide_stamp_and_apply, "decide, stamp and apply"},
    };
    const std::uint64_t check_ins = options.quick ? 50'000 : 500'000;
    for (const auto& [step, name] : steps) {
        std::vector<double> rates;
        for (int round = 0; round < options.rounds(7, 2); ++round) {
            core::MarchState state = begun;
            rates.push_back(rate(state, marshals, check_ins, step));
        }
        report.add("check-ins, roster of " + std::to_string(roster), "marchwire", name, "1/CPU second", rates);
    }
}

}  // namespace

int main(int argc, char** argv) {
    const bench::Options options = bench::read_options(argc, argv);
    bench::Report report;
    measure(500, options, report);
    measure(base::limits::roster_entries, options, report);
    return report.write(options) ? 0 : 1;
}
