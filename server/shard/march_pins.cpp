// PINs at the desk of a march: hashed elsewhere, before the desk decides what they are for.
#include "core/rights.hpp"
#include "shard/answers.hpp"
#include "shard/march_desk.hpp"

#include <optional>
#include <string>
#include <utility>

namespace marchwire::shard {

/// What was typed is looked at before anything else is, whatever the person's SOS is like: how long the answer takes
/// tells nothing of it.
void MarchDesk::submit_cancel(Asked asked) {
    const base::PersonId person = asked.actor.person;
    asked.answer = [answer = std::move(asked.answer)](base::Result<wire::Accepted> outcome) {
        // What was accepted may be that the PIN was wrong.
        if (outcome && outcome->made != 0) return answer(wrong_pin(outcome->made - 1));
        answer(std::move(outcome));
    };
    auto& wish = std::get<core::CancelSos>(asked.command.body);
    const std::string typed = std::exchange(wish.pin, {});
    wish.match = core::PinMatch::untold;
    wish.seen = state().tip.seq;
    const auto known = state().sos_pins.find(person);
    if (known == state().sos_pins.end()) return desk_->submit(std::move(asked));
    if (!begin_hashing(asked)) return;
    home_.pins()->compare(
        known->second, typed,
        [weak = weak_from_this(), home = home_.mailbox(), asked = std::move(asked)](auto found) mutable {
            home.post([weak, asked = std::move(asked), found = std::move(found)]() mutable {
                if (found) std::get<core::CancelSos>(asked.command.body).match = *found;
                if (const auto self = weak.lock())
                    self->hashed(std::move(asked), found ? std::nullopt : std::optional(found.error()));
            });
        });
}

void MarchDesk::submit_pins(Asked asked) {
    auto& wish = std::get<core::SetSosPin>(asked.command.body);
    core::SetSosPin chosen = std::exchange(wish, {});
    // Nobody makes others wait for what is refused anyway.
    const bool may = core::permission(asked.actor, core::Action::own_field, id_) == core::Permission::act;
    if (!may || state().sos_pins.contains(asked.actor.person)) return desk_->submit(std::move(asked));
    if (!begin_hashing(asked)) return;
    home_.pins()->make(std::move(chosen),
                       [weak = weak_from_this(), home = home_.mailbox(), asked = std::move(asked)](auto made) mutable {
                           home.post([weak, asked = std::move(asked), made = std::move(made)]() mutable {
                               if (made) std::get<core::SetSosPin>(asked.command.body).made = *made;
                               if (const auto self = weak.lock())
                                   self->hashed(std::move(asked), made ? std::nullopt : std::optional(made.error()));
                           });
                       });
}

/// One of a person at a time: whoever tries many makes nobody else wait. False: it was answered.
bool MarchDesk::begin_hashing(const Asked& asked) {
    std::optional<base::Refusal> refusal;
    if (home_.pins() == nullptr) {
        refusal = base::refuse(base::RefusalCode::not_found, "pin",
                               "This server keeps no PINs: call your section lead.");
    } else if (!hashing_.insert(asked.actor.person).second) {
        refusal = not_now("Your last PIN is being looked at: send the same command again.");
    }
    if (!refusal) return true;
    home_.counters().count_refusal(refusal->code);
    asked.answer(*refusal);
    return false;
}

void MarchDesk::hashed(Asked asked, const std::optional<base::Refusal>& refusal) {
    hashing_.erase(asked.actor.person);
    if (refusal) {
        home_.counters().count_refusal(refusal->code);
        asked.answer(*refusal);
    } else {
        desk_->submit(std::move(asked));
    }
    if (!hashing_.empty()) return;
    for (auto& quiet : std::exchange(quiet_when_hashed_, {})) desk_->when_quiet(std::move(quiet));
}

}  // namespace marchwire::shard
