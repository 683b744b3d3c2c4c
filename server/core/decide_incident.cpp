// Incidents: reported by whoever sees one, handled by those whose row of the rights says so.
#include "core/decide_family.hpp"
#include "core/duty.hpp"
#include "core/incident_words.hpp"

#include "base/limits.hpp"

#include <algorithm>
#include <utility>

namespace marchwire::core {
namespace {

namespace limits = base::limits;

// ---- who may -----------------------------------------------------------------------------------

/// How far somebody's hand reaches in one incident.
enum class Hand : std::uint8_t {
    none,
    adds,    ///< whoever reported it: notes, description, METHANE, what is restricted
    goes,    ///< whoever owns it: the same, and ON_SCENE
    manages  ///< everything
};

Hand own_hand(const Ask& ask, const Incident& incident) {
    const PersonId person = ask.actor.person;
    if (person && incident.owner == person) return Hand::goes;
    return person && incident.reporter == person ? Hand::adds : Hand::none;
}

Hand hand_if(bool reaches, const Ask& ask, const Incident& incident) {
    return reaches ? Hand::manages : own_hand(ask, incident);
}

/// The row 'assign, update, resolve incident' of DOMAIN's rights. Whoever reports or owns one has a hand in it by that.
Hand hand_in(const Ask& ask, const Incident& incident) {
    switch (ask.permission) {
        case Permission::act: return Hand::manages;
        case Permission::own: return own_hand(ask, incident);
        case Permission::own_section:
            return hand_if(ask.section() != 0 && incident.section == ask.section(), ask, incident);
        case Permission::medical: return hand_if(incident.kind == IncidentKind::medical, ask, incident);
        case Permission::police: return hand_if(incident.kind == IncidentKind::police, ask, incident);
        case Permission::on_escalation: return hand_if(is_escalated(ask.state, incident), ask, incident);
        case Permission::deny:
        case Permission::read:
        case Permission::propose:
        case Permission::buddy:
        case Permission::if_assigned:
        case Permission::if_recipient:
        case Permission::see_only:
        case Permission::audited:
        case Permission::propose_or_confirm:
        case Permission::confirm_one_lead:
        case Permission::propose_confirm_one_lead:
        case Permission::city_leads_or_all:
        case Permission::info_roll_call:
        case Permission::advice:
        case Permission::by_march:
        case Permission::ask:
        case Permission::answer:
        case Permission::approve:
        case Permission::claim_answer: return Hand::none;
    }
    return Hand::none;
}

/// The row 'restricted block' of DOMAIN's rights.
bool may_read_restricted(const Ask& ask, const Incident& incident) {
    if (ask.permission == Permission::medical) return incident.kind == IncidentKind::medical;
    if (ask.permission == Permission::if_assigned) return incident.owner && incident.owner == ask.actor.person;
    if (ask.permission == Permission::on_escalation) return is_escalated(ask.state, incident);
    return ask.permission == Permission::audited;
}

/// To tell all on duty is an INFO order, and so a matter of that row.
bool may_tell_all(const Ask& ask) {
    const Permission cell = permission(ask.actor, Action::issue_order, ask.state.id);
    return cell == Permission::act || cell == Permission::info_roll_call || cell == Permission::city_leads_or_all;
}

Complaint check_tell_all(const Ask& ask, const Incident& incident) {
    if (!may_tell_all(ask)) {
        return denied("Leave this out and report it now: a dispatcher or the city lead tells all on duty.");
    }
    if (!is_lost_child(incident)) return base::invalid("tell_all", "Only of a lost child all on duty are told.");
    return check_text(incident.description, "description", limits::incident_told_characters, Presence::required);
}

// ---- what follows ------------------------------------------------------------------------------

Complaint check_room(const MarchState& state) {
    const auto open = std::ranges::count_if(state.incidents, [](const Incident& one) { return !has_ended(one.state); });
    if (open < static_cast<std::ptrdiff_t>(limits::incidents_open)) return std::nullopt;
    return base::refuse(base::RefusalCode::rate_limited, "incident",
                        "Too many incidents are open: tell a lead by radio, and resolve those that are over.");
}

/// What concerns the police is the liaison's, where one is on the street.
void route(const MarchState& state, Incident& incident) {
    if (incident.kind != IncidentKind::police || incident.owner) return;
    const auto liaison = std::ranges::find_if(state.roster, [](const Member& member) {
        return member.role == Role::police_liaison && is_present(member.duty);
    });
    if (liaison == state.roster.end()) return;
    incident.owner = liaison->person;
    incident.state = IncidentState::assigned;
}

/// All on duty look for the child by its description, in place of those who were told an earlier one.
void tell_all(const Ask& ask, Incident& incident, Events& events) {
    incident.told_by = inform_all(ask, std::string(lost_child_template),
                                  "LOST CHILD: " + incident.description + ". Tell a lead.", incident.told_by, events);
}

void note(const Ask& ask, Incident& incident, const std::string& text) {
    incident.notes = {{ask.now, ask.actor.person, incident.state, incident.owner, text}};
}

/// The next version of an incident, its timeline left to what is added.
IncidentChanged begin_change(const Ask& ask, const Incident& before) {
    IncidentChanged changed{before, std::nullopt, 0};
    changed.incident.version = before.version + 1;
    changed.incident.changed_at = ask.now;
    changed.incident.notes.clear();
    return changed;
}

/// The description of a child is nobody's business any more. What told it ends by the order FOUND, or (a duplicate)
/// without a word: the child is still looked for.
void end_search(const Ask& ask, IncidentChanged& changed, const char* why, bool found, Events& events) {
    Incident& incident = changed.incident;
    const AlertKey key{AlertKind::lost_child, {}, incident.number};
    const auto alert = ask.state.alerts.find(key);
    if (alert != ask.state.alerts.end()) {
        events.emplace_back(AlertCleared{key, alert->second.version + 1, ask.actor.person, why});
    }
    if (incident.kind != IncidentKind::lost_child) return;
    if (incident.told_by != 0) {
        changed.forgets_order = incident.told_by;
        const std::string text = found ? "FOUND: the child that we looked for is found. Thank you." : "";
        (void)inform_all(ask, "found", text, incident.told_by, events);
        incident.told_by = 0;
    }
    incident.description.clear();
    incident.decide_by = {};
}

base::Result<const Incident*> incident_asked_for(const Ask& ask, std::uint32_t number) {
    const Incident* incident = ask.state.incident(number);
    if (incident == nullptr) {
        return base::refuse(base::RefusalCode::not_found, "incident", "There is no such incident; look again.");
    }
    return incident;
}

Complaint check_version(const Incident& incident, std::uint32_t version) {
    if (incident.version == version) return std::nullopt;
    return conflict("version", "This incident has moved on; look again.", incident.version, name_of(incident.state));
}

base::Refusal wrong_state(const Incident& incident, std::string_view what) {
    return base::refuse(base::RefusalCode::invalid_transition, "state",
                        "This incident is " + std::string(name_of(incident.state)) + "; " + std::string(what));
}

/// The incident that is to be changed as a whole, by somebody who may.
base::Result<const Incident*> managed(const Ask& ask, std::uint32_t number, std::uint32_t version) {
    const auto incident = incident_asked_for(ask, number);
    if (!incident) return incident;
    if (hand_in(ask, **incident) != Hand::manages) return denied(Action::incident);
    if (auto wrong = check_version(**incident, version)) return *wrong;
    return incident;
}

// ---- updates -----------------------------------------------------------------------------------

bool changes_meaning(const UpdateIncident& wish) {
    return wish.state || wish.kind || wish.severity || wish.place || wish.duplicate_of != 0;
}

bool only_adds(const UpdateIncident& wish) {
    return !wish.kind && !wish.severity && wish.duplicate_of == 0 && !wish.escalate && !wish.tell_all &&
           (!wish.state || *wish.state == IncidentState::on_scene);
}

bool says_nothing(const UpdateIncident& wish) {
    return !changes_meaning(wish) && only_adds(wish) && wish.description.empty() && wish.note.empty() &&
           !wish.methane && !wish.restricted;
}

Complaint check_hand(const Ask& ask, const Incident& incident, const UpdateIncident& wish) {
    const Hand hand = hand_in(ask, incident);
    const bool may = hand == Hand::manages || (hand == Hand::goes && only_adds(wish)) ||
                     (hand == Hand::adds && only_adds(wish) && !wish.state);
    if (!may) return denied(Action::incident);
    if (says_nothing(wish)) return base::invalid("note", "Say what is new.");
    if (!changes_meaning(wish) && wish.version == 0) return std::nullopt;
    return check_version(incident, wish.version);
}

Complaint check_update_words(const MarchState& state, const Incident& before, const UpdateIncident& wish) {
    if (auto wrong = check_restricted(state, wish.restricted)) return wrong;
    const std::string name = wish.restricted ? wish.restricted->name : known_name(state, wish.incident);
    // What was described before the name was known goes to all now.
    const std::string& told = wish.tell_all && wish.description.empty() ? before.description : wish.description;
    if (auto wrong = check_lines(
            {{told, "description", limits::incident_characters}, {wish.note, "note", limits::incident_note_characters}},
            name)) {
        return wrong;
    }
    return wish.methane ? check_methane(*wish.methane, name) : std::nullopt;
}

/// What may follow on what.
Complaint check_step(const Incident& incident, IncidentState to) {
    switch (to) {
        case IncidentState::triaged:
            if (incident.state == IncidentState::reported) return std::nullopt;
            return wrong_state(incident, "only what is just reported is triaged.");
        case IncidentState::on_scene:
            if (incident.state == IncidentState::assigned) return std::nullopt;
            return wrong_state(incident, "assign it first: then its owner arrives.");
        case IncidentState::closed:
            if (incident.state == IncidentState::resolved) return std::nullopt;
            return wrong_state(incident, "resolve it before it is closed.");
        case IncidentState::reported:
        case IncidentState::assigned:
        case IncidentState::resolved: break;
    }
    return base::invalid("state", "Assign, resolve and reopen an incident by the commands of these names.");
}

Complaint check_duplicate(const MarchState& state, const Incident& incident, std::uint32_t of) {
    const Incident* first = state.incident(of);
    if (first == nullptr) {
        return base::refuse(base::RefusalCode::not_found, "duplicate_of", "There is no such incident; look again.");
    }
    if (of == incident.number || first->duplicate_of != 0) {
        return base::invalid("duplicate_of", "Name the incident that is gone on with, and no duplicate.");
    }
    if (first->kind != incident.kind) {
        return base::invalid("duplicate_of", "These two are of different kinds; put the kind right first.");
    }
    return std::nullopt;
}

Complaint check_change(const Ask& ask, const Incident& incident, const UpdateIncident& wish) {
    const bool reshapes = wish.kind || wish.severity || wish.place || wish.duplicate_of != 0 || wish.tell_all;
    const bool describes = !wish.description.empty() && incident.kind == IncidentKind::lost_child;
    if (has_ended(incident.state) && (reshapes || describes)) return wrong_state(incident, "reopen it first.");
    if (wish.kind && *wish.kind != incident.kind && incident.kind == IncidentKind::lost_child) {
        return base::invalid("kind", "Resolve it and report what it is: all may have been told of a child.");
    }
    if (wish.state) {
        if (auto wrong = check_step(incident, *wish.state)) return wrong;
    }
    if (wish.duplicate_of != 0) {
        const bool alone = !wish.state && !wish.kind && !wish.tell_all;
        if (!alone) return base::invalid("duplicate_of", "Say of a duplicate only that, and which one it repeats.");
        return check_duplicate(ask.state, incident, wish.duplicate_of);
    }
    return std::nullopt;
}

/// Every field that was given, and what its kind calls for.
Complaint put_fields(const Ask& ask, const UpdateIncident& wish, Incident& incident) {
    if (wish.place) {
        const auto place = stored_place(ask.state, *wish.place);
        if (!place) return place.error();
        if (!forgotten_at(ask.state, SealedClass::places)) incident.place = *place;
        if (place->kind == PlaceKind::section) incident.section = place->number;
    }
    if (wish.kind && *wish.kind != incident.kind) {
        incident.kind = *wish.kind;
        if (is_lost_child(incident)) incident.decide_by = incident.made_at + limits::lost_child_decide;
        route(ask.state, incident);
    }
    if (wish.severity) incident.severity = *wish.severity;
    if (!wish.description.empty()) incident.description = wish.description;
    if (wish.methane) incident.methane = *wish.methane;
    if (wish.restricted) incident.is_restricted = true;
    if (wish.escalate) incident.escalated = true;
    if (wish.state) incident.state = *wish.state;
    return std::nullopt;
}

/// What is reported now, with all that its kind calls for.
Incident reported(const Ask& ask, const ReportIncident& wish, const Place& place) {
    Incident incident;
    incident.number = ask.state.incidents_reported + 1;
    incident.kind = wish.kind;
    incident.severity = wish.severity;
    incident.version = 1;
    if (!forgotten_at(ask.state, SealedClass::places)) incident.place = place;
    incident.section = place.kind == PlaceKind::section ? place.number : ask.section();
    incident.description = wish.description;
    incident.methane = wish.methane;
    incident.reporter = ask.actor.person;
    incident.made_at = ask.command.made_at ? std::min(ask.command.made_at, ask.now) : ask.now;
    incident.reported_at = incident.changed_at = ask.now;
    if (is_lost_child(incident)) incident.decide_by = incident.made_at + limits::lost_child_decide;
    incident.is_restricted = wish.restricted.has_value();
    route(ask.state, incident);
    return incident;
}

}  // namespace

Decision decide_on(const Ask& ask, const ReportIncident& wish) {
    const auto place = stored_place(ask.state, wish.place);
    if (!place) return place.error();
    if (auto wrong = check_restricted(ask.state, wish.restricted)) return *wrong;
    const std::string name = wish.restricted ? wish.restricted->name : std::string();
    if (auto wrong = check_lines({{wish.description, "description", limits::incident_characters}}, name)) return *wrong;
    if (auto wrong = check_methane(wish.methane, name)) return *wrong;
    if (auto wrong = check_room(ask.state)) return *wrong;
    Incident incident = reported(ask, wish, *place);
    Events events;
    if (wish.tell_all) {
        if (auto wrong = check_tell_all(ask, incident)) return *wrong;
        tell_all(ask, incident, events);
    }
    note(ask, incident, {});
    // Last: the last entry of a group names what was made.
    events.emplace_back(IncidentReported{std::move(incident), wish.restricted});
    return events;
}

Decision decide_on(const Ask& ask, const AssignIncident& wish) {
    const auto before = managed(ask, wish.incident, wish.version);
    if (!before) return before.error();
    if (has_ended((*before)->state)) return wrong_state(**before, "reopen it first.");
    const Member* owner = ask.state.member(wish.owner);
    if (owner == nullptr || is_gone(owner->duty)) {
        return base::refuse(base::RefusalCode::not_found, "owner",
                            "Give it to somebody who is on this march's roster and has not left.");
    }
    if (owner->role == Role::legal_observer) {
        return base::invalid("owner", "Legal observers are informed and never commanded; give it to somebody else.");
    }
    IncidentChanged changed = begin_change(ask, **before);
    changed.incident.state = IncidentState::assigned;
    changed.incident.owner = wish.owner;
    note(ask, changed.incident, {});
    return events_of(std::move(changed));
}

Decision decide_on(const Ask& ask, const UpdateIncident& wish) {
    const auto found = incident_asked_for(ask, wish.incident);
    if (!found) return found.error();
    const Incident& before = **found;
    if (auto wrong = check_hand(ask, before, wish)) return *wrong;
    if (auto wrong = check_update_words(ask.state, before, wish)) return *wrong;
    if (auto wrong = check_change(ask, before, wish)) return *wrong;
    IncidentChanged changed = begin_change(ask, before);
    changed.restricted = wish.restricted;
    if (auto wrong = put_fields(ask, wish, changed.incident)) return *wrong;
    Events events;
    if (wish.tell_all) {
        if (auto wrong = check_tell_all(ask, changed.incident)) return *wrong;
        changed.forgets_order = before.told_by;
        tell_all(ask, changed.incident, events);
    }
    if (wish.duplicate_of != 0) {
        changed.incident.state = IncidentState::closed;
        changed.incident.duplicate_of = wish.duplicate_of;
        end_search(ask, changed, "it is another incident's duplicate", false, events);
    }
    note(ask, changed.incident, wish.note);
    events.emplace_back(std::move(changed));
    return events;
}

Decision decide_on(const Ask& ask, const ResolveIncident& wish) {
    const auto before = managed(ask, wish.incident, wish.version);
    if (!before) return before.error();
    if (has_ended((*before)->state)) return wrong_state(**before, "it is over already.");
    const std::string name = known_name(ask.state, wish.incident);
    if (auto wrong = check_lines({{wish.outcome, "outcome", limits::incident_note_characters}}, name)) return *wrong;
    IncidentChanged changed = begin_change(ask, **before);
    changed.incident.state = IncidentState::resolved;
    Events events;
    end_search(ask, changed, "the incident is resolved", true, events);
    note(ask, changed.incident, wish.outcome);
    events.emplace_back(std::move(changed));
    return events;
}

Decision decide_on(const Ask& ask, const ReopenIncident& wish) {
    const auto before = managed(ask, wish.incident, wish.version);
    if (!before) return before.error();
    if (!has_ended((*before)->state)) return wrong_state(**before, "only what is resolved or closed is reopened.");
    const std::string name = known_name(ask.state, wish.incident);
    if (auto wrong = check_lines({{wish.reason, "reason", limits::incident_note_characters}}, name)) return *wrong;
    if (auto wrong = check_room(ask.state)) return *wrong;
    IncidentChanged changed = begin_change(ask, **before);
    changed.incident.state = changed.incident.owner ? IncidentState::assigned : IncidentState::triaged;
    changed.incident.duplicate_of = 0;
    if (is_lost_child(changed.incident)) changed.incident.decide_by = ask.now + limits::lost_child_decide;
    note(ask, changed.incident, wish.reason);
    return events_of(std::move(changed));
}

Decision decide_on(const Ask& ask, const ReadRestricted& wish) {
    const auto incident = incident_asked_for(ask, wish.incident);
    if (!incident) return incident.error();
    if (!may_read_restricted(ask, **incident)) return denied(Action::read_restricted);
    if (!ask.state.restricted.contains(wish.incident)) {
        return base::refuse(base::RefusalCode::not_found, "incident", "Nothing restricted is known of this incident.");
    }
    return events_of(RestrictedRead{wish.incident, ask.actor.person});
}

base::Result<std::optional<RestrictedBlock>> restricted_answer(const MarchState& state, const Command& command,
                                                               const Context& context) {
    const auto* wish = std::get_if<ReadRestricted>(&command.body);
    if (wish == nullptr) return std::optional<RestrictedBlock>();
    const auto decision = decide(state, command, context);
    if (!decision) return decision.error();
    return std::optional(state.restricted.at(wish->incident));
}

}  // namespace marchwire::core
