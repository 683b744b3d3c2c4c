// The rows of the phase table, and the questions that are asked of it.
#include "core/phase_table.hpp"

#include <algorithm>
#include <array>

namespace marchwire::core {
namespace {

using enum Phase;
using enum PhaseVerb;

constexpr auto in_person = MarchKind::in_person;
constexpr auto on_line = MarchKind::virtual_event;

constexpr std::array table{
    PhaseTransition{in_person, advance, planned, assembling},
    PhaseTransition{in_person, advance, assembling, marching},
    PhaseTransition{in_person, advance, assembling, rally},  // static event
    PhaseTransition{in_person, advance, marching, rally},
    PhaseTransition{in_person, advance, marching, dispersing},
    PhaseTransition{in_person, advance, held, dispersing},
    PhaseTransition{in_person, advance, rally, assembling},  // rally first
    PhaseTransition{in_person, advance, rally, marching},
    PhaseTransition{in_person, advance, rally, call_to_action},
    PhaseTransition{in_person, advance, rally, dispersing},
    PhaseTransition{in_person, advance, rally, closed},
    PhaseTransition{in_person, advance, call_to_action, dispersing},
    PhaseTransition{in_person, advance, dispersing, closed},
    PhaseTransition{in_person, advance, stopped, dispersing},
    PhaseTransition{in_person, advance, postponed, planned, PhaseWay::back},
    PhaseTransition{in_person, advance, postponed, assembling, PhaseWay::back},
    PhaseTransition{in_person, hold, marching, held},
    PhaseTransition{in_person, release, held, marching},
    PhaseTransition{in_person, stop, assembling, stopped},
    PhaseTransition{in_person, stop, marching, stopped},
    PhaseTransition{in_person, stop, held, stopped},
    PhaseTransition{in_person, stop, rally, stopped},
    PhaseTransition{in_person, stop, call_to_action, stopped},
    PhaseTransition{in_person, stop, dispersing, stopped},
    PhaseTransition{in_person, resume, stopped, assembling, PhaseWay::back},
    PhaseTransition{in_person, resume, stopped, marching, PhaseWay::back},
    PhaseTransition{in_person, resume, stopped, held, PhaseWay::back},
    PhaseTransition{in_person, resume, stopped, rally, PhaseWay::back},
    PhaseTransition{in_person, resume, stopped, call_to_action, PhaseWay::back},
    PhaseTransition{in_person, resume, stopped, dispersing, PhaseWay::back},
    PhaseTransition{in_person, postpone, planned, postponed},
    PhaseTransition{in_person, postpone, assembling, postponed},
    PhaseTransition{in_person, cancel, planned, cancelled},
    PhaseTransition{in_person, cancel, assembling, cancelled},
    PhaseTransition{in_person, cancel, postponed, cancelled},
    PhaseTransition{on_line, advance, planned, live},
    PhaseTransition{on_line, advance, live, call_to_action},
    PhaseTransition{on_line, advance, call_to_action, closed},
    PhaseTransition{on_line, hold, live, paused},
    PhaseTransition{on_line, release, paused, live},
    PhaseTransition{on_line, cancel, planned, cancelled},
};

bool open_now(const PhaseTransition& row, std::optional<Phase> before) {
    return row.way == PhaseWay::onward || before == row.to;
}

}  // namespace

std::span<const PhaseTransition> phase_transitions() { return table; }

bool phase_may_change(MarchKind kind, PhaseVerb verb, Phase from, Phase to, std::optional<Phase> before) {
    return std::ranges::any_of(table, [&](const PhaseTransition& row) {
        return row.kind == kind && row.verb == verb && row.from == from && row.to == to && open_now(row, before);
    });
}

std::optional<Phase> phase_after(MarchKind kind, PhaseVerb verb, Phase from, std::optional<Phase> before) {
    for (const PhaseTransition& row : table) {
        if (row.kind == kind && row.verb == verb && row.from == from && open_now(row, before)) {
            return row.to;
        }
    }
    return std::nullopt;
}

bool phase_belongs(MarchKind kind, Phase phase) {
    return std::ranges::any_of(
        table, [&](const PhaseTransition& row) { return row.kind == kind && (row.from == phase || row.to == phase); });
}

bool phase_can_be_planned(MarchKind kind, Phase phase) {
    return std::ranges::any_of(table, [&](const PhaseTransition& row) {
        return row.kind == kind && row.verb == advance && row.way == PhaseWay::onward && row.to == phase;
    });
}

std::optional<Phase> phase_to_return_to(Phase from, Phase entered) {
    switch (entered) {
        // A hold entered again out of STOPPED still returns to marching.
        case held: return marching;
        case paused: return live;
        case stopped:
        case postponed: return from;
        case planned:
        case assembling:
        case marching:
        case rally:
        case call_to_action:
        case dispersing:
        case closed:
        case cancelled:
        case live: return std::nullopt;
    }
    return std::nullopt;
}

}  // namespace marchwire::core
