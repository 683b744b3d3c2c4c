#include "core/incident.hpp"

#include "base/limits.hpp"
#include "base/outcome.hpp"
#include "core/ladder.hpp"
#include "core/model.hpp"

#include <algorithm>
#include <utility>

namespace marchwire::core {
namespace {

/// Those that ended stay for a while: the newest ones.
void forget_the_oldest(MarchState& state) {
    const auto ended = [](const Incident& one) { return has_ended(one.state); };
    auto& all = state.incidents;
    while (std::ranges::count_if(all, ended) > static_cast<std::ptrdiff_t>(base::limits::incidents_ended_kept)) {
        auto oldest = all.end();
        for (auto one = all.begin(); one != all.end(); ++one) {
            if (ended(*one) && (oldest == all.end() || one->changed_at < oldest->changed_at)) oldest = one;
        }
        state.restricted.erase(oldest->number);
        all.erase(oldest);
    }
}

}  // namespace

bool is_escalated(const MarchState& state, const Incident& incident) {
    if (incident.escalated) return true;
    const auto alert = state.alerts.find({AlertKind::lost_child, {}, incident.number});
    return alert != state.alerts.end() && alert->second.step >= rung_national_desk;
}

bool is_shown_to(const Incident& incident, const Member& member) {
    if (has_ended(incident.state)) return false;
    if (member.person == incident.reporter || member.person == incident.owner) return true;
    if (incident.kind == IncidentKind::police) return member.role == Role::police_liaison;
    if (incident.kind == IncidentKind::medical && member.role == Role::medic) return true;
    return incident.section != 0 && incident.section == member.section;
}

void put_incident(MarchState& state, const Incident& changed) {
    auto& all = state.incidents;
    const auto known = std::ranges::lower_bound(all, changed.number, {}, &Incident::number);
    if (known == all.end() || known->number != changed.number) {
        all.insert(known, changed);
    } else {
        std::vector<IncidentNote> notes = std::move(known->notes);
        *known = changed;
        notes.insert(notes.end(), changed.notes.begin(), changed.notes.end());
        const auto more = notes.size() - std::min(notes.size(), base::limits::incident_notes_kept);
        notes.erase(notes.begin(), notes.begin() + static_cast<std::ptrdiff_t>(more));
        known->notes = std::move(notes);
    }
    forget_the_oldest(state);
}

}  // namespace marchwire::core
