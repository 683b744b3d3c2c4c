// Who takes an alert, and who stands on its ladder.
#include "core/decide_family.hpp"
#include "core/duty.hpp"

#include "base/limits.hpp"

#include <algorithm>

namespace marchwire::core {
namespace {

/// Somebody of this section is asked by the order.
bool asks_in(const MarchState& state, const Order& order, std::uint32_t section) {
    return section != 0 && std::ranges::any_of(order.receipts, [&](const Receipt& receipt) {
               return state.roster[receipt.ordinal].section == section;
           });
}

/// Alerts about a marshal's silence, or about an order: who may take one (DOMAIN, rights: AckAlert, ClearAlert).
bool may_take(const Ask& ask, const Member* subject, const Order* order) {
    // The buddy is the first to be told, whatever else they are on this march.
    if (subject != nullptr && subject->buddy && subject->buddy == ask.actor.person) return true;
    switch (ask.permission) {
        case Permission::act: return true;
        case Permission::own_section:
            if (order != nullptr) return asks_in(ask.state, *order, ask.section());
            return subject != nullptr && ask.section() != 0 && subject->section == ask.section();
        case Permission::buddy:
        case Permission::medical:
        case Permission::police:
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

/// The open alert of this key and version that the actor may take.
base::Result<const Alert*> alert_asked_for(const Ask& ask, const AlertKey& key, std::uint32_t version) {
    const auto found = ask.state.alerts.find(key);
    if (found == ask.state.alerts.end()) {
        return base::refuse(base::RefusalCode::not_found, "key", "This alert is not open any more.");
    }
    const Order* order = order_of(ask.state, key);
    if (!may_take(ask, ask.state.member(key.subject), order)) return denied(Action::alert);
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

std::vector<PersonId> rung(const MarchState& state, PersonId subject, std::uint32_t step) {
    const Member* missed = state.member(subject);
    if (missed == nullptr || step >= rung_national_desk) return {};
    std::vector<PersonId> persons;
    for (const Member& member : state.roster) {
        const bool buddy = step == 0 && member.person == missed->buddy;
        const bool section_lead = step == 1 && member.role == Role::section_lead && missed->section != 0 &&
                                  member.section == missed->section;
        const bool city_lead = step == 2 && member.role == Role::city_lead;
        if ((buddy || section_lead || city_lead) && member.person != subject && !is_gone(member.duty)) {
            persons.push_back(member.person);
        }
    }
    return persons;
}

Decision decide_on(const Ask& ask, const AckAlert& wish) {
    const auto alert = alert_asked_for(ask, wish.key, wish.version);
    if (!alert) return alert.error();
    if (ask.actor.person == wish.key.subject) {
        return denied("Nobody acknowledges their own alert: check in, and it ends by itself.");
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
    if (ask.actor.person == wish.key.subject) {
        return denied("Nobody clears their own alert: check in, and it ends by itself.");
    }
    return events_of(AlertCleared{wish.key, wish.version + 1, ask.actor.person, wish.reason});
}

}  // namespace marchwire::core
