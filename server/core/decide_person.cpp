// Who somebody is: names and phone numbers, which few read, each time told to the log.
#include "base/limits.hpp"
#include "core/decide_family.hpp"

namespace marchwire::core {
namespace {

namespace limits = base::limits;

base::Refusal nobody_of_roster() {
    return base::refuse(base::RefusalCode::not_found, "person", "This person is not on the march's roster.");
}

base::Refusal nothing_kept() {
    return base::refuse(base::RefusalCode::not_found, "person",
                        "No name or number of this person is kept: it was never given, or is deleted.");
}

}  // namespace

std::optional<base::Refusal> check_details(const SetPersonDetails& wish) {
    if (wish.name.empty() && wish.phone.empty()) return base::invalid("name", "Give a name, a phone number, or both.");
    if (auto wrong = check_text(wish.name, "name", limits::name_characters, Presence::optional)) return wrong;
    return check_text(wish.phone, "phone", limits::phone_characters, Presence::optional);
}

Decision decide_on(const Ask& ask, const SetPersonDetails& wish) {
    if (ask.permission != Permission::act) return denied(Action::roster_invites);
    if (ask.state.member(wish.person) == nullptr) return nobody_of_roster();
    if (forgotten_at(ask.state, SealedClass::persons)) {
        return base::refuse(base::RefusalCode::invalid_transition, "person",
                            "This march is over: names and numbers of its people are deleted, and none is taken.");
    }
    if (wish.sealed.empty() || wish.sealed.size() > limits::details_sealed_bytes) {
        return base::invalid("name", "Give a shorter name or number.");
    }
    return events_of(PersonDetailsSet{wish.person, wish.sealed});
}

Decision decide_on(const Ask& ask, const RevealPerson& wish) {
    const Member* member = ask.state.member(wish.person);
    if (member == nullptr) return nobody_of_roster();
    const bool in_section = ask.permission == Permission::own_section && ask.section() != 0 &&
                            member->section == ask.section();
    if (!in_section && ask.permission != Permission::audited) return denied(Action::reveal_person);
    if (!ask.state.details.contains(wish.person)) return nothing_kept();
    return events_of(PersonRevealed{wish.person, ask.actor.person});
}

Decision decide_on(const Ask& ask, const ErasePerson& wish) {
    if (ask.permission != Permission::act) return denied(Action::roster_invites);
    if (ask.state.member(wish.person) == nullptr) return nobody_of_roster();
    if (!ask.state.details.contains(wish.person)) return nothing_kept();
    return events_of(PersonErased{wish.person, ask.actor.person});
}

base::Result<std::string> revealed_answer(const MarchState& state, const RevealPerson& wish, const Context& context) {
    Command command;
    command.body = wish;
    const auto decision = decide(state, command, context);
    if (!decision) return decision.error();
    return state.details.at(wish.person);
}

}  // namespace marchwire::core
