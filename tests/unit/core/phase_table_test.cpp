// The phase machine of DESIGN 2: its rows stand here once more, written by hand from the paper.
#include "core/phase_table.hpp"

#include "support/march_builder.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <tuple>

namespace marchwire::core {
namespace {

using enum Phase;
using enum PhaseVerb;
using test::MarchBuilder;

constexpr std::array verbs{advance, hold, release, stop, resume, postpone, cancel};
constexpr std::array kinds{MarchKind::in_person, MarchKind::virtual_event};

std::vector<Phase> all_phases() {
    std::vector<Phase> phases;
    for (std::uint8_t i = 1; i <= phase_count; ++i) phases.push_back(static_cast<Phase>(i));
    return phases;
}

using Change = std::tuple<PhaseVerb, Phase, Phase>;

/// PLANNED > ASSEMBLING > MARCHING > RALLY > CALL_TO_ACTION > DISPERSING > CLOSED, and so on, in DESIGN's order.
const std::set<Change> in_person_onward = {
    {advance, planned, assembling},
    {advance, assembling, marching},
    {advance, marching, rally},
    {advance, rally, call_to_action},
    {advance, call_to_action, dispersing},
    {advance, dispersing, closed},
    {advance, assembling, rally},  // static event
    {advance, rally, assembling},  // rally first
    {advance, rally, marching},    // rally first
    {advance, marching, dispersing},
    {advance, held, dispersing},
    {advance, rally, dispersing},
    {advance, rally, closed},
    {hold, marching, held},
    {release, held, marching},
    {stop, assembling, stopped},
    {stop, marching, stopped},
    {stop, held, stopped},
    {stop, rally, stopped},
    {stop, call_to_action, stopped},
    {stop, dispersing, stopped},
    {advance, stopped, dispersing},
    {postpone, planned, postponed},
    {postpone, assembling, postponed},
    {cancel, planned, cancelled},
    {cancel, assembling, cancelled},
    {cancel, postponed, cancelled},
};
/// Only to the phase that was left.
const std::set<Change> in_person_back = {
    {resume, stopped, assembling}, {resume, stopped, marching},       {resume, stopped, held},
    {resume, stopped, rally},      {resume, stopped, call_to_action}, {resume, stopped, dispersing},
    {advance, postponed, planned}, {advance, postponed, assembling},
};
const std::set<Change> virtual_onward = {
    {advance, planned, live}, {advance, live, call_to_action}, {advance, call_to_action, closed},
    {hold, live, paused},     {release, paused, live},         {cancel, planned, cancelled},
};

bool expected(MarchKind kind, const Change& change, std::optional<Phase> before) {
    if (kind == MarchKind::virtual_event) return virtual_onward.contains(change);
    return in_person_onward.contains(change) || (in_person_back.contains(change) && before == std::get<2>(change));
}

/// All befores that a march may bear: none, and each phase.
std::vector<std::optional<Phase>> befores() {
    std::vector<std::optional<Phase>> all{std::nullopt};
    for (const Phase phase : all_phases()) all.emplace_back(phase);
    return all;
}

TEST_CASE("the phase table has the transitions of the design and no other", "[core][phase]") {
    int open = 0;
    for (const MarchKind kind : kinds) {
        for (const PhaseVerb verb : verbs) {
            for (const Phase from : all_phases()) {
                for (const Phase to : all_phases()) {
                    for (const auto before : befores()) {
                        const bool may = phase_may_change(kind, verb, from, to, before);
                        open += may ? 1 : 0;
                        INFO(name_of(kind)
                             << ", verb " << static_cast<int>(verb) << ": " << name_of(from) << " to " << name_of(to));
                        CHECK(may == expected(kind, {verb, from, to}, before));
                    }
                }
            }
        }
    }
    const auto everywhere = in_person_onward.size() + virtual_onward.size();
    CHECK(static_cast<std::size_t>(open) == everywhere * befores().size() + in_person_back.size());
}

TEST_CASE("a verb without a choice leads where its row says", "[core][phase]") {
    CHECK(phase_after(MarchKind::in_person, hold, marching, std::nullopt) == held);
    CHECK(phase_after(MarchKind::virtual_event, hold, live, std::nullopt) == paused);
    CHECK(phase_after(MarchKind::in_person, resume, stopped, rally) == rally);
    CHECK_FALSE(phase_after(MarchKind::in_person, resume, stopped, std::nullopt).has_value());
    CHECK_FALSE(phase_after(MarchKind::virtual_event, stop, live, std::nullopt).has_value());
}

/// The command that asks for a change; resume is put as its confirmation.
CommandBody command_for(const MarchState& state, PhaseVerb verb, Phase to) {
    switch (verb) {
        case advance: return AdvancePhase{to, state.phase_version, state.id.march.text()};
        case hold: return Hold{state.phase_version, "a gap", ""};
        case release: return Release{state.phase_version};
        case stop: return Stop{"a crowd crush", ""};
        case resume: return ConfirmResume{1};
        case postpone: return Postpone{state.phase_version, "a storm"};
        case cancel: return Cancel{state.phase_version, "a storm"};
    }
    return Release{};
}

/// A march that stands in `from`, having come from `before`.
MarchState standing(const MarchBuilder& march, Phase from, std::optional<Phase> before) {
    MarchState state = march.state;
    state.phase = from;
    state.phase_before = before;
    state.phase_version = 7;
    state.proposals = {{1, ProposalKind::resume, march.desk, "clear again", march.now, march.now + base::minutes(5)}};
    state.proposals_made = 1;
    return state;
}

TEST_CASE("every change of phase that is not in the design is refused when commanded", "[core][phase]") {
    for (const MarchKind kind : kinds) {
        const MarchBuilder march(kind);
        for (const PhaseVerb verb : verbs) {
            for (const Phase from : all_phases()) {
                for (const Phase to : all_phases()) {
                    const MarchState state = standing(march, from, to);
                    const Command command{{}, march.now, Level::none, command_for(state, verb, to)};
                    const auto outcome = decide(state, command, {march.now, march.actor(march.lead)});
                    // Verbs without a choice go where their row leads, whatever `to` is here.
                    const auto reached = verb == advance ? std::optional(to) : phase_after(kind, verb, from, to);
                    const bool allowed = reached && expected(kind, {verb, from, *reached}, to);
                    INFO(name_of(kind) << ", verb " << static_cast<int>(verb) << ": " << name_of(from) << " to "
                                       << name_of(to));
                    CHECK(outcome.has_value() == allowed);
                    if (outcome) CHECK(std::get<PhaseChanged>(outcome->front()).to == *reached);
                    if (!outcome) CHECK(outcome.error().code == base::RefusalCode::invalid_transition);
                }
            }
        }
    }
}

TEST_CASE("a hold entered again out of a stop still returns to marching", "[core][phase]") {
    CHECK(phase_to_return_to(stopped, held) == marching);
    CHECK(phase_to_return_to(rally, stopped) == rally);
    CHECK(phase_to_return_to(planned, postponed) == planned);
    CHECK(phase_to_return_to(live, paused) == live);
    CHECK_FALSE(phase_to_return_to(assembling, marching).has_value());
}

TEST_CASE("only phases that are reached by advancing can be planned", "[core][phase]") {
    const std::set<Phase> in_person_plan{assembling, marching, rally, call_to_action, dispersing, closed};
    const std::set<Phase> virtual_plan{live, call_to_action, closed};
    for (const Phase phase : all_phases()) {
        INFO(name_of(phase));
        CHECK(phase_can_be_planned(MarchKind::in_person, phase) == in_person_plan.contains(phase));
        CHECK(phase_can_be_planned(MarchKind::virtual_event, phase) == virtual_plan.contains(phase));
    }
}

}  // namespace
}  // namespace marchwire::core
