// The keeper's own commands: ticks, terms and signed tips.
#include "core/conditions.hpp"
#include "core/decide_family.hpp"

namespace marchwire::core {

Complaint check_term(const MarchState& state, Term term) {
    if (term < state.term) {
        return conflict("term", "Another keeper has taken over this march.",
                        static_cast<std::uint32_t>(state.term.value), "keeper");
    }
    return std::nullopt;
}

Decision decide_on(const Ask& ask, const Tick& wish) {
    if (auto wrong = check_term(ask.state, wish.term)) return *wrong;
    Events events = due_events(ask.state, ask.now);
    if (events.empty()) return base::refuse(base::RefusalCode::not_found, "now", "Nothing is due.");
    return events;
}

Decision decide_on(const Ask& ask, const TakeKeeping& wish) {
    if (wish.term <= ask.state.term) {
        return conflict("term", "A keeper's term must grow.", static_cast<std::uint32_t>(ask.state.term.value),
                        "keeper");
    }
    Events events = events_of(KeeperChanged{wish.term});
    // Time that nobody kept counts towards no deadline (DOMAIN, alerts).
    const Millis idle = wish.idle_since ? ask.now - wish.idle_since : Millis{};
    if (idle.value > 0 && has_deadlines(ask.state)) events.emplace_back(TimersShifted{idle});
    return events;
}

bool is_news(const MarchState& state, const ServersSeen& servers) {
    const bool is_late = servers.bus_lag.value != 0;
    // That all is well is always told, else a loss of before would be news when people gather again.
    const bool is_asked = is_on(state.policy, AlertKind::bus_lag) &&
                          check_in_interval(state.spec.kind, state.phase).value != 0;
    if (!is_asked && (is_late || servers.lost != 0)) return false;
    return is_late != (state.servers.bus_lag.value != 0) || servers.lost != state.servers.lost;
}

Decision decide_on(const Ask& ask, const ObserveServers& wish) {
    if (auto wrong = check_term(ask.state, wish.term)) return *wrong;
    if (!is_news(ask.state, wish.servers)) {
        return base::refuse(base::RefusalCode::not_found, "servers", "Nothing of this is news.");
    }
    return events_of(ServersObserved{wish.servers});
}

Decision decide_on(const Ask& ask, const ObserveSilence& wish) {
    if (auto wrong = check_term(ask.state, wish.term)) return *wrong;
    // What this march knows already, or does not ask about, is no news.
    SilenceObserved observed;
    for (const SilenceObserved::Silence& silence : wish.silent) {
        const Member* member = ask.state.member(silence.person);
        if (member != nullptr && is_listened_for(*member) && !member->silent_since && silence.since)
            observed.silent.push_back(silence);
    }
    for (const PersonId person : wish.heard) {
        const Member* member = ask.state.member(person);
        if (member != nullptr && member->silent_since) observed.heard.push_back(person);
    }
    if (observed.silent.empty() && observed.heard.empty()) {
        return base::refuse(base::RefusalCode::not_found, "silent", "Nothing of this is news.");
    }
    return events_of(std::move(observed));
}

Decision decide_on(const Ask& ask, const RecordSignedTip& wish) {
    if (auto wrong = check_term(ask.state, wish.term)) return *wrong;
    if (wish.tip.seq > ask.state.tip.seq || wish.tip.seq <= ask.state.signed_tip.seq) {
        return base::invalid("tip.seq", "Sign an entry of this log after the one signed last.");
    }
    return events_of(TipSigned{wish.tip, wish.signature});
}

Decision repaired(const Tip& tip, const RepairLog& wish) {
    if (wish.found.seq >= tip.seq) return base::invalid("found.seq", "A log that is as long as ever needs no repair.");
    return events_of(LogRepaired{wish.found, tip, wish.lost});
}

// Names no term: the store compares its tip with what was found, and takes one repair.
Decision decide_on(const Ask& ask, const RepairLog& wish) { return repaired(ask.state.tip, wish); }

}  // namespace marchwire::core
