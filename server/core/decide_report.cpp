// Cries for help, and counts of people. How a cry is cancelled: decide_sos.cpp.
#include "core/decide_family.hpp"
#include "core/ladder.hpp"

#include "base/limits.hpp"

namespace marchwire::core {
namespace {

namespace limits = base::limits;

Complaint check_people(const ReportCount& wish) {
    if (wish.high > limits::headcount_max) {
        return base::invalid("high", "Give at most " + std::to_string(limits::headcount_max) + " people.");
    }
    if (wish.low > wish.value || wish.value > wish.high) {
        return base::invalid("value", "Give the least, the likely and the most in this order; leave out none of them.");
    }
    if (wish.density_per_10_m2 > limits::density_most_per_10_m2) {
        return base::invalid("density_per_10_m2", "Give at most " + std::to_string(limits::density_most_per_10_m2) +
                                                      " people on ten square metres.");
    }
    if (wish.value == 0 && wish.density_per_10_m2 == 0) return base::invalid("value", "Give people or a density.");
    return std::nullopt;
}

}  // namespace

Decision decide_on(const Ask& ask, const RaiseSos&) {
    const AlertKey key{AlertKind::sos_unowned, ask.actor.person};
    const UtcMs made_at = ask.command.made_at ? ask.command.made_at : ask.now;
    Events events = events_of(SosRaised{ask.actor.person, made_at});
    // While it climbs a second cry changes nothing. Where somebody had it, or nobody came, it is a new one.
    const auto open = ask.state.alerts.find(key);
    if (open == ask.state.alerts.end()) {
        raise(ask.state, key, true, ask.now, events);
    } else if (open->second.duress != Duress::none) {
        // As a first one, and told as one: whoever looks over the shoulder has seen the last one end.
        raise_first(ask.state, key, true, ask.now, events);
    } else if (open->second.state != AlertState::notifying) {
        raise(ask.state, key, true, ask.now, events);
    }
    return events;
}

Decision decide_on(const Ask& ask, const ReportCount& wish) {
    if (auto wrong = check_people(wish)) return *wrong;
    if (wish.section > ask.state.sections) {
        return base::invalid(
            "section", "This march has sections 1 to " + std::to_string(ask.state.sections) + "; 0 is the whole.");
    }
    Count count;
    count.at = ask.now;
    count.by = ask.actor.person;
    count.method = wish.method;
    count.low = wish.low;
    count.value = wish.value;
    count.high = wish.high;
    count.section = wish.section;
    count.density_per_10_m2 = wish.density_per_10_m2;
    return events_of(CountReported{count});
}

}  // namespace marchwire::core
