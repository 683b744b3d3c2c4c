#include "staged_march.hpp"

#include "crew.hpp"

#include <algorithm>

namespace marchwire::cli {
namespace {

template <class People>
auto called_in(const People& people, std::string_view callsign) -> decltype(people.front().get()) {
    const auto found = std::ranges::find_if(people, [&](const auto& one) { return one->callsign() == callsign; });
    return found == people.end() ? nullptr : found->get();
}

/// Those who are on the street walk on, whatever the programme at the column's head says.
bool walks_in(sdk::Phase phase) {
    return phase == sdk::Phase::marching || phase == sdk::Phase::rally || phase == sdk::Phase::call_to_action ||
           phase == sdk::Phase::dispersing;
}

}  // namespace

SimulatedLead* StagedMarch::acting() const {
    const auto found = std::ranges::find_if(
        leads, [](const auto& lead) { return lead->march().has_value() && !lead->is_shut_out(); });
    return found == leads.end() ? nullptr : found->get();
}

SimulatedPerson* StagedMarch::person(std::string_view callsign) const { return called_in(persons, callsign); }
SimulatedLead* StagedMarch::lead(std::string_view callsign) const { return called_in(leads, callsign); }

void StagedMarch::walk(const sdk::March& march, sdk::UtcMs now) {
    if (head_metres < 0 && march.phase == sdk::Phase::marching) {
        // After a restart of the simulation the column is where the time since step-off has brought it.
        head_metres = pace * static_cast<double>(std::max<sdk::UtcMs>(0, now - march.phase_since)) / 1000;
    } else if (head_metres >= 0 && walks_in(march.phase)) {
        head_metres += pace * static_cast<double>(std::max<sdk::UtcMs>(0, now - moved_at)) / 1000;
    }
    moved_at = now;
}

double StagedMarch::column_length() const {
    if (cast.column_of_route <= 0) return column_metres;
    return cast.column_of_route * route.length_metres() + pace * 60 * cast.column_minutes;
}

SimulatedLead::Way StagedMarch::way() const {
    const double length = route.length_metres();
    const bool is_in = head_metres >= length + column_length();
    const bool head_is_in = head_metres >= length;
    return {cast.goes_on_with == GoesOnWith::head ? head_is_in : is_in, head_metres >= 0 && !is_in,
            length > 0 ? std::max(0.0, head_metres) / length : 0};
}

}  // namespace marchwire::cli
