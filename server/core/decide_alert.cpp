// Who takes an alert, who ends it, and which alerts are on.
#include "core/conditions.hpp"
#include "core/decide_family.hpp"
#include "core/ladder.hpp"

#include "base/limits.hpp"

#include <algorithm>

namespace marchwire::core {
namespace {

/// True when the alert speaks of somebody or something of this section: an order's may speak of many.
bool is_of_section(const MarchState& state, const AlertKey& key, std::uint32_t section) {
    if (section == 0) return false;
    const Order* order = order_of(state, key);
    if (order == nullptr) return is_at_section(state, key, section);
    return std::ranges::any_of(
        order->receipts, [&](const Receipt& receipt) { return state.roster[receipt.ordinal].section == section; });
}

/// Who may take an alert (DOMAIN, rights: AckAlert, ClearAlert).
bool may_take(const Ask& ask, const AlertKey& key) {
    // The buddy is the first to be told, whatever else they are on this march.
    const Member* subject = ask.state.member(person_of(key));
    if (subject != nullptr && subject->buddy && subject->buddy == ask.actor.person) return true;
    switch (ask.permission) {
        case Permission::act: return true;
        case Permission::own_section: return is_of_section(ask.state, key, ask.section());
        // Nobody knows yet what a cry for help is about: a medic who goes there may own it.
        case Permission::medical: return key.kind == AlertKind::sos_unowned;
        // Whether the police are told of a lost child is the liaison's matter as well.
        case Permission::police: return key.kind == AlertKind::lost_child;
        case Permission::buddy:
        case Permission::deny:
        case Permission::read:
        case Permission::propose:
        case Permission::own:
        case Permission::if_assigned:
        case Permission::if_recipient:
        case Permission::see_only:
        case Permission::audited:
        case Permission::on_escalation:
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
        case Permission::claim_answer: return false;
    }
    return false;
}

/// Under duress whoever is told that it has ended finds no alert.
bool is_hidden_from(const Ask& ask, const Alert& alert) {
    if (alert.duress == Duress::none) return false;
    if (ask.actor.role == Role::national_desk) return false;
    if (ask.permission == Permission::act) return alert.duress == Duress::desk;
    const bool leads = ask.permission == Permission::own_section && is_of_section(ask.state, alert.key, ask.section());
    return !leads || alert.duress != Duress::section;
}

/// The open alert of this key and version that the actor may take.
base::Result<const Alert*> alert_asked_for(const Ask& ask, const AlertKey& key, std::uint32_t version) {
    const auto found = ask.state.alerts.find(key);
    if (found == ask.state.alerts.end() || is_hidden_from(ask, found->second)) {
        return base::refuse(base::RefusalCode::not_found, "key", "This alert is not open any more.");
    }
    if (!may_take(ask, key)) return denied(Action::alert);
    const Order* order = order_of(ask.state, key);
    if (order != nullptr && ask.self != nullptr && std::ranges::count(missing(ask.state, *order), ask.self->ordinal)) {
        return denied("You owe this order an answer yourself: give that, or leave the alert to others.");
    }
    if (found->second.version != version) {
        return conflict("version", "This alert has moved on; look again.", found->second.version,
                        name_of(found->second.state));
    }
    return &found->second;
}

}  // namespace

Decision decide_on(const Ask& ask, const AckAlert& wish) {
    const auto alert = alert_asked_for(ask, wish.key, wish.version);
    if (!alert) return alert.error();
    if (ask.actor.person && ask.actor.person == person_of(wish.key)) {
        return denied(wish.key.kind == AlertKind::lead_recovered
                          ? "You were let in again by the host: another lead or the national desk looks at this."
                          : "Nobody acknowledges their own alert: check in, and it ends by itself.");
    }
    if ((*alert)->state == AlertState::acked) {
        return base::refuse(base::RefusalCode::invalid_transition, "key", "Somebody has this alert already.");
    }
    return events_of(AlertAcked{wish.key, wish.version + 1, ask.actor.person});
}

Decision decide_on(const Ask& ask, const ClearAlert& wish) {
    const auto alert = alert_asked_for(ask, wish.key, wish.version);
    if (!alert) return alert.error();
    if (auto wrong = check_text(wish.reason, "reason", base::limits::reason_characters, Presence::required)) {
        return *wrong;
    }
    if (ask.actor.person && ask.actor.person == person_of(wish.key)) {
        return denied(wish.key.kind == AlertKind::lead_recovered
                          ? "You were let in again by the host: another lead or the national desk looks at this."
                          : "Nobody clears their own alert: check in, and it ends by itself.");
    }
    return events_of(AlertCleared{wish.key, wish.version + 1, ask.actor.person, wish.reason});
}

// Each server that hears of the token says so: the march takes the first.
Decision decide_on(const Ask& ask, const AnnounceRecovery& wish) {
    const AlertKey key{AlertKind::lead_recovered, wish.person};
    const auto open = ask.state.alerts.find(key);
    if (open != ask.state.alerts.end() && open->second.figure >= wish.token) {
        return base::refuse(base::RefusalCode::not_found, "token", "This recovery is told already.");
    }
    Events events;
    raise(ask.state, key, false, ask.now, events, wish.token);
    return events;
}

void follow_size(const MarchState& state, std::size_t roster, Events& events) {
    if (!state.policy.by_size || preset_of(roster) == state.policy.preset) return;
    events.emplace_back(PolicySet{{preset_of(roster), true}});
}

Decision decide_on(const Ask& ask, const SetPolicy& wish) {
    const MarchState& state = ask.state;
    const AlertPolicy policy{wish.preset.value_or(preset_of(state.roster.size())), !wish.preset};
    if (policy == state.policy) {
        return base::refuse(base::RefusalCode::invalid_transition, "preset", "The march's alerts are set so already.");
    }
    return events_of(PolicySet{policy});
}

}  // namespace marchwire::core
