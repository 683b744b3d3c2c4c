// What people say of their posts, each of the own one or one for others.
#include "core/decide_family.hpp"
#include "core/duty.hpp"
#include "core/ladder.hpp"

#include "base/limits.hpp"

#include <algorithm>

namespace marchwire::core {
namespace {

namespace limits = base::limits;

/// True when somebody on the street has this person with them.
bool has_buddy_here(const MarchState& state, const Member& person) {
    const auto is_here = [&](const Member& member) { return is_present(member.duty) && are_buddies(member, person); };
    const Member* buddy = state.member(person.buddy);
    if (buddy != nullptr && is_here(*buddy)) return true;
    const auto namers = state.index.who_names.find(person.person);
    return namers != state.index.who_names.end() &&
           std::ranges::any_of(namers->second, [&](std::uint32_t ordinal) { return is_here(state.roster[ordinal]); });
}

bool is_buddy_of(const Ask& ask, const Member& person) {
    if (ask.self != nullptr) return are_buddies(*ask.self, person);
    return person.buddy && person.buddy == ask.actor.person;
}

/// Whose check-in this is.
base::Result<const Member*> reported(const Ask& ask, const CheckIn& wish) {
    if (!wish.on_behalf_of) {
        if (ask.self == nullptr) return not_on_roster();
        if (wish.heard_by == HeardBy::none) return ask.self;
        return base::invalid("heard_by", "Say for whom you report, or leave out how you heard.");
    }
    if (wish.on_behalf_of == ask.actor.person) {
        return base::invalid("on_behalf_of", "Leave this out to report for yourself.");
    }
    const Member* person = ask.state.member(wish.on_behalf_of);
    if (person == nullptr) {
        return base::refuse(base::RefusalCode::not_found, "on_behalf_of",
                            "This person is not on the march's roster; look again.");
    }
    if (!may_speak_for(ask, *person)) return denied(Action::on_behalf);
    if (wish.heard_by == HeardBy::none) {
        return base::invalid("heard_by", "Say how you heard: by radio, phone or voice, or seen.");
    }
    if (wish.battery_percent != 0) return base::invalid("battery_percent", "Only the own phone tells its battery.");
    return person;
}

Complaint check_report(const Ask& ask, const CheckIn& wish, const Member& person) {
    switch (wish.report) {
        case Report::on_post:
        case Report::moving:
        case Report::needs_relief:
        case Report::needs_help: break;
        case Report::going_dark:
            if (!has_buddy_here(ask.state, person)) {
                return base::invalid("report", "Go dark with a buddy who is on the street and has you.");
            }
            break;
        case Report::detained:
            if (!wish.on_behalf_of || !is_buddy_of(ask, person)) {
                return base::invalid("report", "Only a buddy reports that somebody was detained.");
            }
            break;
    }
    if (wish.battery_percent > 100) return base::invalid("battery_percent", "Give 1 to 100, or 0 when not known.");
    if (wish.headcount > limits::headcount_max) {
        return base::invalid("headcount",
                             "Give the people counted, at most " + std::to_string(limits::headcount_max) + ".");
    }
    return std::nullopt;
}

/// What a check-in of this person makes happen.
void check_in(const Ask& ask, const Member& person, const CheckIn& wish, Events& events) {
    const MarchState& state = ask.state;
    const DutySteps steps = steps_of(state, person.duty, wish.report);
    const Duty after = steps.count == 0 ? person.duty : steps.steps[steps.count - 1];
    const UtcMs due_at = next_check_in(state, person, after, ask.now);
    Duty before = person.duty;
    std::uint32_t version = person.duty_version;
    for (int i = 0; i < steps.count; ++i) {
        events.emplace_back(DutyChanged{person.person, before, steps.steps[i], ++version, due_at});
        before = steps.steps[i];
    }
    const PersonId by = person.person == ask.actor.person ? PersonId{} : ask.actor.person;
    const UtcMs made_at = ask.command.made_at ? ask.command.made_at : ask.now;
    events.emplace_back(CheckedIn{person.person, wish.report, wish.place, wish.battery_percent, wish.headcount, made_at,
                                  due_at, by, wish.heard_by});
    clear_missed_check_in(state, person.person, ask.actor.person, "checked in", events);
}

/// Missing: asked to check in and late, or without a phone, so that nobody but the lead can say.
bool is_missing(const MarchState& state, const Member& member, UtcMs now) {
    if (!is_working(member.duty) || member.role == Role::legal_observer) return false;
    if (member.no_phone) return true;
    return (member.due_at && now >= member.due_at) ||
           state.alerts.contains(AlertKey{AlertKind::checkin_missed, member.person}) ||
           state.alerts.contains(AlertKey{AlertKind::unreachable, member.person});
}

}  // namespace

base::Result<Place> stored_place(const MarchState& state, Place place) {
    switch (place.kind) {
        case PlaceKind::none: return Place{};
        case PlaceKind::post:
            if (place.number == 0 || place.number > limits::route_waypoints) {
                return base::invalid("place.number", "Give the number of a waypoint of the route.");
            }
            return place;
        case PlaceKind::section:
            if (place.number == 0 || place.number > state.sections) {
                return base::invalid("place.number",
                                     "This march has sections 1 to " + std::to_string(state.sections) + ".");
            }
            return place;
        case PlaceKind::route_metre:
            if (place.number > limits::place_metre_max) {
                return base::invalid("place.number", "Give metres from the start of the route.");
            }
            place.number = (place.number + limits::place_snap_metres / 2) / limits::place_snap_metres *
                           limits::place_snap_metres;
            return place;
    }
    return base::invalid("place.kind", "Give a post, a section or a metre of the route.");
}

UtcMs next_check_in(const MarchState& state, const Member& member, Duty duty, UtcMs now) {
    const Millis interval = check_in_interval(state.spec.kind, state.phase);
    return is_expected(member, duty) && interval.value != 0 ? now + interval : UtcMs{};
}

void clear_missed_check_in(const MarchState& state, PersonId person, PersonId by, std::string reason, Events& events) {
    const auto found = state.alerts.find(AlertKey{AlertKind::checkin_missed, person});
    if (found == state.alerts.end()) return;
    events.emplace_back(AlertCleared{found->first, found->second.version + 1, by, std::move(reason)});
}

base::Refusal not_on_roster() {
    return base::refuse(base::RefusalCode::not_found, "person",
                        "You are not on this march's roster; ask your lead to add you.");
}

DutySteps steps_of(const MarchState& state, Duty duty, Report report) {
    DutySteps steps;
    if (report == Report::detained) {
        if (is_present(duty)) steps.add(Duty::stood_down);
        return steps;
    }
    if (duty == Duty::invited || duty == Duty::confirmed || is_gone(duty)) {
        steps.add(Duty::checked_in);
        duty = Duty::checked_in;
    }
    const bool begun = state.phase != Phase::planned && state.phase != Phase::assembling &&
                       state.phase != Phase::postponed && state.phase != Phase::cancelled;
    if ((duty == Duty::checked_in && (report == Report::on_post || begun)) || duty == Duty::on_break) {
        steps.add(Duty::on_duty);
    }
    return steps;
}

bool may_speak_for(const Ask& ask, const Member& person) {
    const Permission cell = permission(ask.actor, Action::on_behalf, ask.state.id);
    if (cell == Permission::act) return true;
    const bool leads = cell == Permission::own_section;
    if (leads && ask.section() != 0 && person.section == ask.section()) return true;
    return (leads || cell == Permission::buddy) && is_buddy_of(ask, person);
}

Decision decide_on(const Ask& ask, const CheckIn& wish) {
    const auto person = reported(ask, wish);
    if (!person) return person.error();
    const auto place = stored_place(ask.state, wish.place);
    if (!place) return place.error();
    if (auto wrong = check_report(ask, wish, **person)) return *wrong;
    CheckIn said = wish;
    said.place = *place;
    Events events;
    check_in(ask, **person, said, events);
    if (wish.report == Report::detained) {
        raise(ask.state, {AlertKind::person_detained, (*person)->person}, false, ask.now, events);
    }
    return events;
}

Decision decide_on(const Ask& ask, const CheckInSection& wish) {
    const std::uint32_t section = wish.section != 0 ? wish.section : ask.section();
    if (section == 0 || section > ask.state.sections) {
        return base::invalid("section",
                             "This march has sections 1 to " + std::to_string(ask.state.sections) + "; name one.");
    }
    const bool own = ask.permission == Permission::own_section && section == ask.section();
    if (ask.permission != Permission::act && !own) return denied(Action::on_behalf);
    if (wish.heard_by == HeardBy::none) {
        return base::invalid("heard_by", "Say how you heard: by radio, phone or voice, or seen.");
    }
    Events events;
    for (const Member& member : ask.state.roster) {
        const bool here = member.section == section && member.person != ask.actor.person;
        if (!here || !is_missing(ask.state, member, ask.now)) continue;
        // Where they stand and what they said last is as it was: only that they are there is new.
        CheckIn said;
        said.report = member.last_report;
        said.heard_by = wish.heard_by;
        check_in(ask, member, said, events);
    }
    if (!events.empty()) return events;
    return base::refuse(base::RefusalCode::not_found, "section", "Nobody of this section is missing.");
}

}  // namespace marchwire::core
