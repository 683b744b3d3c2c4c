// A cry for help ends by the PIN of whoever cried. Under duress it ends for those who are near, and for nobody else.
//
// Whoever holds that phone must not see the difference: the same answer, as many entries, the same items on the
// person's topics, and the same refusals afterwards.
#include "base/limits.hpp"
#include "core/audience.hpp"
#include "core/decide_family.hpp"
#include "core/ladder.hpp"
#include "core/rights.hpp"

#include <algorithm>

namespace marchwire::core {
namespace {

namespace limits = base::limits;

/// The cry as its person sees it.
const Alert* open_cry(const MarchState& state, PersonId person) {
    const auto found = state.alerts.find({AlertKind::sos_unowned, person});
    const bool is_open = found != state.alerts.end() && found->second.duress == Duress::none;
    return is_open ? &found->second : nullptr;
}

/// Who may hear the truth, so that it is on no feed of a person with this role.
Duress told_beside(Role role) {
    const Permission ops = permission(role, Action::read_ops);
    if (ops == Permission::deny) return Duress::section;
    return ops == Permission::own_section ? Duress::city : Duress::desk;
}

/// By what the person's token says, or the roster: whichever reads more.
Duress told_beside(const Ask& ask) {
    const Duress by_token = told_beside(ask.actor.role);
    return ask.self == nullptr ? by_token : std::max(by_token, told_beside(ask.self->role));
}

std::uint32_t first_rung(Duress duress) {
    switch (duress) {
        case Duress::none:
        case Duress::section: return rung_section_lead;
        case Duress::city: return rung_city_leads;
        case Duress::desk: return rung_national_desk;
    }
    return rung_section_lead;
}

SosCancelled cancelled_under_duress(const Ask& ask, const Alert& alert) {
    const Duress duress = told_beside(ask);
    // Whoever of the leads knows of it already goes on knowing.
    const std::uint32_t from = std::clamp(alert.step, first_rung(duress), rung_national_desk);
    const AlertStepped stepped = step_up(ask.state, alert.key, from, alert.version + 1, ask.now);
    SosCancelled event{ask.actor.person, stepped.version, duress, stepped.step, stepped.state, stepped.step_at};
    for (const PersonId person : told_of_duress(ask.state, alert.key, stepped.step, duress)) {
        event.told.push_back(ask.state.member(person)->ordinal);
    }
    return event;
}

}  // namespace

Decision decide_on(const Ask& ask, const CancelSos& wish) {
    const PersonId person = ask.actor.person;
    const Alert* alert = open_cry(ask.state, person);
    if (alert == nullptr) return base::refuse(base::RefusalCode::not_found, "sos", "You have no open call for help.");
    const auto pin = ask.state.sos_pins.find(person);
    if (pin == ask.state.sos_pins.end()) {
        return base::refuse(base::RefusalCode::not_found, "pin",
                            "You chose no PIN when you came in: call your section lead, who ends it.");
    }
    if (pin->second.wrong_tries >= limits::sos_pin_tries) {
        return denied("Too many wrong PINs: your call for help stays open. Your section lead can end it.");
    }
    if (wish.seen < pin->second.cried_at) {
        return conflict("pin", "You called for help once more meanwhile; look again.", alert->version,
                        name_of(alert->state));
    }
    switch (wish.match) {
        case PinMatch::untold: break;
        case PinMatch::none:
            return events_of(SosPinMistyped{person, limits::sos_pin_tries - pin->second.wrong_tries - 1});
        case PinMatch::pin: return events_of(SosCancelled{person, alert->version + 1});
        case PinMatch::duress: return events_of(cancelled_under_duress(ask, *alert));
    }
    auto not_now = base::refuse(base::RefusalCode::unavailable, "pin", "Your PIN was just set: send the same again.");
    not_now.retry_after_ms = limits::unavailable_retry.value;
    return not_now;
}

Decision decide_on(const Ask& ask, const SetSosPin& wish) {
    SosPin pin = wish.made;
    if (!pin.person) pin.person = ask.actor.person;
    const auto known = ask.state.sos_pins.find(pin.person);
    const bool is_known = known != ask.state.sos_pins.end();
    // Whoever takes somebody's phone must not choose by what its cry for help ends.
    if (is_known && !wish.replaces) {
        return conflict("pin", "Your PIN is set: it is chosen anew with a new invite from your lead.", 0, "set");
    }
    if (!wish.replaces && open_cry(ask.state, pin.person) != nullptr) {
        return base::refuse(base::RefusalCode::invalid_transition, "pin",
                            "Your call for help is open: your section lead ends it.");
    }
    if (!is_known && ask.state.sos_pins.size() >= limits::roster_entries) {
        return base::refuse(base::RefusalCode::too_large, "pin", "This march has no room for more PINs.");
    }
    if (pin.salt.size() != limits::sos_pin_salt_bytes) return base::invalid("pin", "Choose a PIN.");
    // What was tried stays tried, and the last cry the last.
    pin.wrong_tries = is_known ? known->second.wrong_tries : 0;
    pin.cried_at = is_known ? known->second.cried_at : Seq{};
    return events_of(SosPinSet{std::move(pin)});
}

}  // namespace marchwire::core
