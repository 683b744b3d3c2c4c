// An incident: what happened where, who has it, how far it has come, and what only few may read of it (DESIGN 2).
#pragma once

#include "base/ids.hpp"
#include "base/units.hpp"
#include "core/place.hpp"
#include "core/vocabulary.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace marchwire::core {

using base::PersonId;
using base::UtcMs;

struct Member;
struct MarchState;

/// The report that emergency services ask for: major incident, exact place, type, hazards, access, number of
/// casualties, emergency services. Each text at most limits::methane_characters, empty where it is not known.
struct Methane {
    bool major = false;
    std::string exact_place;
    std::string type;
    std::string hazards;
    std::string access;
    std::uint32_t casualties = 0;
    std::string services;  ///< there, or asked for
    bool operator==(const Methane&) const = default;
};

/// One line of an incident's timeline.
struct IncidentNote {
    UtcMs at;
    PersonId by;
    IncidentState state = IncidentState::reported;  ///< the incident's from then on
    PersonId owner;                                 ///< the same
    std::string text;                               ///< at most limits::incident_note_characters; may be empty
    bool operator==(const IncidentNote&) const = default;
};

/// What only few may read, each time told to the log (ReadRestricted): a child's name, what a medic must know, how to
/// reach the family. A type of its own, held apart from the incident: no view has a member that could bear it.
struct RestrictedBlock {
    std::string name;
    std::string medical;
    std::string contact;
    bool operator==(const RestrictedBlock&) const = default;
};

struct Incident {
    std::uint32_t number = 0;  ///< from 1 in each march
    IncidentKind kind = IncidentKind::other;
    Severity severity = Severity::warning;
    IncidentState state = IncidentState::reported;
    std::uint32_t version = 0;  ///< grows with each change
    Place place;
    std::uint32_t section = 0;  ///< of the place, else of whoever reported it; 0: none
    std::string description;    ///< never a name; a lost child's is taken away when it is found
    Methane methane;            ///< all empty: none was given
    PersonId reporter;
    PersonId owner;                   ///< 0: nobody's yet
    UtcMs made_at;                    ///< by the reporter's phone, never later than the server's clock
    UtcMs reported_at;                ///< when the server had it
    UtcMs changed_at;                 ///< the last change
    UtcMs decide_by;                  ///< LOST_CHILD: when to decide about the police; 0 of others
    std::uint32_t duplicate_of = 0;   ///< another incident's number; then this one is closed
    bool escalated = false;           ///< to the national desk
    std::uint32_t told_by = 0;        ///< the order by which all on duty were told; 0: they were not, or it has ended
    bool is_restricted = false;       ///< there is more that few may read
    std::vector<IncidentNote> notes;  ///< newest limits::incident_notes_kept, oldest first
    bool operator==(const Incident&) const = default;
};

/// Of the order that describes a lost child to all on duty: it is sealed as the description is.
inline constexpr std::string_view lost_child_template = "lost_child";

[[nodiscard]] constexpr bool has_ended(IncidentState state) {
    return state == IncidentState::resolved || state == IncidentState::closed;
}

/// LOST_CHILD waits for a decision about the police while such an incident is open.
[[nodiscard]] inline bool is_lost_child(const Incident& incident) {
    return incident.kind == IncidentKind::lost_child && !has_ended(incident.state);
}

/// The national desk has a say in it: somebody called on it, or its alert has climbed there.
[[nodiscard]] bool is_escalated(const MarchState& state, const Incident& incident);

/// Shown on this member's phone while it is open: the own ones (reported or owned), those of the own section but for
/// what concerns the police, a medic's and a liaison's own kind.
[[nodiscard]] bool is_shown_to(const Incident& incident, const Member& member);

/// Puts the change in: the head of `changed` in place of the old one, its notes behind the old notes. What ended long
/// ago is forgotten, with what was restricted of it.
void put_incident(MarchState& state, const Incident& changed);

}  // namespace marchwire::core
