// What a marshal says of the own post: check-in, break, end of duty.
#include "core/decide_family.hpp"
#include "core/duty.hpp"

#include "base/limits.hpp"

namespace marchwire::core {
namespace {

namespace limits = base::limits;

base::Refusal not_on_roster() {
    return base::refuse(base::RefusalCode::not_found, "person",
                        "You are not on this march's roster; ask your lead to add you.");
}

/// The place as it is stored: bounded, and never finer than 50 m along the route.
base::Result<Place> place_of(const MarchState& state, Place place) {
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

/// Where a check-in leads a duty, step by step (DESIGN 2). On duty begins with the first 'on post' or when
/// the march is past its assembling.
struct DutySteps {
    Duty steps[2]{};
    int count = 0;
    void add(Duty duty) { steps[count++] = duty; }
};

DutySteps steps_of(const MarchState& state, Duty duty, Report report) {
    DutySteps steps;
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

/// One's own duty, in the version that was seen.
base::Result<const Member*> own_duty(const Ask& ask, std::uint32_t version) {
    if (ask.self == nullptr) return not_on_roster();
    if (ask.self->duty_version != version) {
        return conflict("duty_version", "Your duty has changed meanwhile; look again.", ask.self->duty_version,
                        name_of(ask.self->duty));
    }
    return ask.self;
}

Events leave_street(const Ask& ask, const Member& self, Duty to, std::string reason) {
    Events events = events_of(DutyChanged{self.person, self.duty, to, self.duty_version + 1, UtcMs{}});
    clear_missed_check_in(ask.state, self.person, self.person, std::move(reason), events);
    return events;
}

}  // namespace

UtcMs next_check_in(const MarchState& state, const Member& member, Duty duty, UtcMs now) {
    const Millis interval = check_in_interval(state.spec.kind, state.phase);
    return is_expected(member, duty) && interval.value != 0 ? now + interval : UtcMs{};
}

void clear_missed_check_in(const MarchState& state, PersonId person, PersonId by, std::string reason, Events& events) {
    const auto found = state.alerts.find(AlertKey{AlertKind::checkin_missed, person});
    if (found == state.alerts.end()) return;
    events.emplace_back(AlertCleared{found->first, found->second.version + 1, by, std::move(reason)});
}

Decision decide_on(const Ask& ask, const CheckIn& wish) {
    const MarchState& state = ask.state;
    if (ask.self == nullptr) return not_on_roster();
    const Member& self = *ask.self;
    const auto place = place_of(state, wish.place);
    if (!place) return place.error();
    if (wish.battery_percent > 100) return base::invalid("battery_percent", "Give 1 to 100, or 0 when not known.");
    if (wish.headcount > limits::headcount_max) {
        return base::invalid("headcount",
                             "Give the people counted, at most " + std::to_string(limits::headcount_max) + ".");
    }
    const DutySteps steps = steps_of(state, self.duty, wish.report);
    const Duty after = steps.count == 0 ? self.duty : steps.steps[steps.count - 1];
    const UtcMs due_at = next_check_in(state, self, after, ask.now);

    Events events;
    events.reserve(static_cast<std::size_t>(steps.count) + 2);
    Duty before = self.duty;
    std::uint32_t version = self.duty_version;
    for (int i = 0; i < steps.count; ++i) {
        events.emplace_back(DutyChanged{self.person, before, steps.steps[i], ++version, due_at});
        before = steps.steps[i];
    }
    const UtcMs made_at = ask.command.made_at ? ask.command.made_at : ask.now;
    events.emplace_back(
        CheckedIn{self.person, wish.report, *place, wish.battery_percent, wish.headcount, made_at, due_at});
    clear_missed_check_in(state, self.person, self.person, "checked in", events);
    return events;
}

Decision decide_on(const Ask& ask, const TakeBreak& wish) {
    const auto self = own_duty(ask, wish.duty_version);
    if (!self) return self.error();
    if ((*self)->duty != Duty::on_duty) {
        return base::refuse(base::RefusalCode::invalid_transition, "duty",
                            "You are " + std::string(name_of((*self)->duty)) + "; a break is taken from duty.");
    }
    return leave_street(ask, **self, Duty::on_break, "on a break");
}

Decision decide_on(const Ask& ask, const EndDuty& wish) {
    const auto self = own_duty(ask, wish.duty_version);
    if (!self) return self.error();
    if (!is_present((*self)->duty)) {
        return base::refuse(base::RefusalCode::invalid_transition, "duty",
                            "You are " + std::string(name_of((*self)->duty)) + "; there is no duty to end.");
    }
    return leave_street(ask, **self, Duty::stood_down, "duty has ended");
}

}  // namespace marchwire::core
