#include "core/sealed.hpp"

#include "base/limits.hpp"
#include "core/model.hpp"

namespace marchwire::core {
namespace {

namespace limits = base::limits;
using base::Millis;
using base::UtcMs;

UtcMs Retention::*mark_of(SealedClass what) {
    switch (what) {
        case SealedClass::places: return &Retention::places_forgotten_at;
        case SealedClass::restricted: return &Retention::restricted_forgotten_at;
        case SealedClass::persons: return &Retention::persons_forgotten_at;
    }
    return &Retention::places_forgotten_at;
}

Millis kept_for(SealedClass what) {
    switch (what) {
        case SealedClass::places: return limits::places_kept;
        case SealedClass::restricted: return limits::restricted_kept;
        case SealedClass::persons: return limits::persons_kept;
    }
    return {};
}

/// What only few might read, and what described a child to those who looked for it.
void forget_restricted(MarchState& state) {
    state.restricted.clear();
    for (Incident& incident : state.incidents) {
        incident.is_restricted = false;
        if (incident.kind != IncidentKind::lost_child) continue;
        incident.description.clear();
        for (IncidentNote& note : incident.notes) note.text.clear();
    }
    for (Order& order : state.orders) {
        if (order.template_name == lost_child_template) order.text.clear();
    }
}

}  // namespace

UtcMs forgotten_at(const MarchState& state, SealedClass what) { return state.retention.*mark_of(what); }

UtcMs forgetting_due(const MarchState& state, SealedClass what) {
    const bool held = what == SealedClass::restricted && state.retention.held_at;
    const UtcMs begins = retention_begins(state);
    if (held || !begins || forgotten_at(state, what)) return {};
    return begins + kept_for(what);
}

void forget(MarchState& state, SealedClass what, UtcMs now) {
    state.retention.*mark_of(what) = now;
    switch (what) {
        case SealedClass::places:
            for (Incident& incident : state.incidents) incident.place = {};
            return;
        case SealedClass::restricted: return forget_restricted(state);
        case SealedClass::persons: return state.details.clear();
    }
}

}  // namespace marchwire::core
