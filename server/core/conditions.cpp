#include "core/conditions.hpp"

#include "base/limits.hpp"
#include "core/decide_family.hpp"
#include "core/duty.hpp"
#include "core/ladder.hpp"

#include <algorithm>
#include <array>

namespace marchwire::core {
namespace {

namespace limits = base::limits;

bool expects_people(const MarchState& state) { return check_in_interval(state.spec.kind, state.phase).value != 0; }

/// Past the gathering, while it may be late with people who are still on their way.
bool is_under_way(const MarchState& state) { return expects_people(state) && state.phase != Phase::assembling; }

// ---- what is planned ---------------------------------------------------------------------------

/// The next planned phase with a known time, by what the march has been through; at 0 when there is none.
PlannedPhase awaited_phase(const MarchState& state) {
    const Phase reached = state.phase == Phase::held || state.phase == Phase::paused
                              ? state.phase_before.value_or(state.phase)
                              : state.phase;
    if (reached == Phase::stopped || reached == Phase::dispersing || reached == Phase::closed ||
        reached == Phase::cancelled || reached == Phase::postponed) {
        return {};
    }
    const auto& plan = state.spec.plan;
    auto next = plan.begin();
    const auto pass = [&](Phase phase) {
        const auto found = std::find_if(next, plan.end(), [&](const PlannedPhase& p) { return p.phase == phase; });
        if (found != plan.end()) next = found + 1;
    };
    for (const PhaseStay& stay : state.phase_history) pass(stay.phase);
    if (state.phase_history.empty() || state.phase_history.back().phase != reached) pass(reached);
    next = std::find_if(next, plan.end(), [](const PlannedPhase& planned) { return bool(planned.at); });
    return next == plan.end() ? PlannedPhase{} : *next;
}

/// A plan of days ago was forgotten, and is nobody's lateness. Ours.
constexpr Millis late_until = base::hours(24);

AlertKey late_key(Phase phase) { return {AlertKind::phase_late, PersonId{static_cast<std::uint64_t>(phase)}}; }

// ---- who is silent -----------------------------------------------------------------------------

/// Silence of one section, or of the whole march.
class Silence {
public:
    void add(const Member& member) {
        if (!is_listened_for(member)) return;
        ++listened_for_;
        if (member.silent_since) since_.push_back(member.silent_since);
    }
    /// Many, and at once; an open alert holds while there are many.
    [[nodiscard]] bool is_network(bool open) const {
        if (since_.empty()) return false;
        const UtcMs newest = *std::ranges::max_element(since_);
        const auto together = open ? since_.size()
                                   : static_cast<std::size_t>(std::ranges::count_if(since_, [&](UtcMs since) {
                                         return newest - since <= limits::network_lost_within;
                                     }));
        return together >= limits::network_lost_people &&
               together * 100 > std::size_t{listened_for_} * limits::network_lost_percent;
    }

private:
    std::uint32_t listened_for_ = 0;
    std::vector<UtcMs> since_;
};

AlertKey network_key(std::uint32_t section) { return {AlertKind::network_lost, PersonId{section}}; }

bool network_is_lost(const MarchState& state, std::uint32_t section) {
    Silence silence;
    for (const Member& member : state.roster) {
        if (section == 0 || member.section == section) silence.add(member);
    }
    return silence.is_network(state.alerts.contains(network_key(section)));
}

/// One calm alert of this key is open, or is just coming, or a person has ended it while it holds.
bool network_is_told(const MarchState& state, std::uint32_t section) {
    const AlertKey key = network_key(section);
    const auto watched = state.watches.find(key);
    const bool known = watched != state.watches.end() && watched->second.what != Watch::For::clear;
    return known || state.alerts.contains(key);
}

/// Where the whole march is silent no section is told of by itself.
bool network_lost(const MarchState& state, std::uint32_t section) {
    if (!expects_people(state)) return false;
    if (section != 0 && network_is_told(state, 0)) return false;
    return network_is_lost(state, section);
}

/// One calm alert stands for all of these people.
bool is_covered_by_network(const MarchState& state, const Member& member) {
    return network_is_told(state, 0) || (member.section != 0 && network_is_told(state, member.section));
}

Condition unreachable(const MarchState& state, PersonId person) {
    const Member* member = state.member(person);
    if (member == nullptr || !expects_people(state)) return {};
    // Whoever has been heard of since, by whatever way, is no mystery.
    const bool silent = member->silent_since && member->last_check_in <= member->silent_since;
    return {silent && is_listened_for(*member) && !is_covered_by_network(state, *member), false};
}

// ---- people and places -------------------------------------------------------------------------

Condition battery_low(const MarchState& state, PersonId person) {
    const Member* member = state.member(person);
    if (member == nullptr || !is_present(member->duty) || member->no_phone || member->battery_percent == 0) return {};
    return {member->battery_percent <= limits::battery_warning_percent,
            member->battery_percent <= limits::battery_critical_percent};
}

Condition staffing_low(const MarchState& state) {
    if (!expects_people(state)) return {};
    const auto whole = std::find_if(state.counts.rbegin(), state.counts.rend(),
                                    [](const Count& count) { return count.section == 0 && count.value != 0; });
    if (whole == state.counts.rend()) return {};
    return {std::uint64_t{state.tally.staff} * limits::people_per_marshal < whole->value, false};
}

Condition density_high(const MarchState& state, std::uint32_t section) {
    if (!expects_people(state)) return {};
    const auto told = std::find_if(state.counts.rbegin(), state.counts.rend(), [&](const Count& count) {
        return count.section == section && count.density_per_10_m2 != 0;
    });
    if (told == state.counts.rend()) return {};
    return {told->density_per_10_m2 >= limits::density_warning_per_10_m2,
            told->density_per_10_m2 >= limits::density_critical_per_10_m2};
}

Condition coverage_lost(const MarchState& state, std::uint32_t cover) {
    const auto found = state.tally.cover.find(cover);
    return {found != state.tally.cover.end() && found->second.working == 0 && is_under_way(state), false};
}

Condition bus_lag(const MarchState& state) {
    const Millis lag = state.servers.bus_lag;
    return {expects_people(state) && lag.value != 0, false, static_cast<std::uint32_t>(lag.value)};
}

Condition instance_lost(const MarchState& state) {
    return {expects_people(state) && state.servers.lost != 0, false, state.servers.lost};
}

Condition lost_child(const MarchState& state, std::uint32_t number) {
    const Incident* incident = state.incident(number);
    return {incident != nullptr && is_lost_child(*incident), false};
}

/// What is open ends with a plan that puts the end of the log off.
Condition retention_ending(const MarchState& state, const AlertKey& key, UtcMs at) {
    const UtcMs from = retention_warned_from(state);
    return {from && awaits_export(state) && (!state.alerts.contains(key) || from <= at), false};
}

Condition condition(const MarchState& state, const AlertKey& key, UtcMs at) {
    if (!is_on(state.policy, key.kind)) return {};
    const auto number = static_cast<std::uint32_t>(key.subject.value);
    switch (key.kind) {
        case AlertKind::unreachable: return unreachable(state, key.subject);
        case AlertKind::network_lost: return {network_lost(state, number), false};
        case AlertKind::battery_low: return battery_low(state, key.subject);
        case AlertKind::staffing_low: return staffing_low(state);
        case AlertKind::density_high: return density_high(state, number);
        case AlertKind::coverage_lost: return coverage_lost(state, number);
        case AlertKind::lost_child: return lost_child(state, key.number);
        case AlertKind::bus_lag: return bus_lag(state);
        case AlertKind::instance_lost: return instance_lost(state);
        case AlertKind::retention_ending: return retention_ending(state, key, at);
        case AlertKind::phase_late: {
            const PlannedPhase next = awaited_phase(state);
            const bool awaited = next.at && late_key(next.phase) == key && at < next.at + late_until;
            // What was late is not any more when the plan was moved.
            const bool still = !state.alerts.contains(key) || next.at + limits::phase_late_after <= at;
            return {awaited && still, false};
        }
        // Raised and ended by what people say, not by a condition.
        case AlertKind::checkin_missed:
        case AlertKind::sos_unowned:
        case AlertKind::person_detained:
        // By what the campaign's log says.
        case AlertKind::lead_recovered:
        // By what the keeper sees: core/decide_column.
        case AlertKind::gap_open:
        case AlertKind::head_too_fast:
        case AlertKind::column_stretched:
        case AlertKind::off_route:
        case AlertKind::intersection_not_ready:
        // By the order's deadline and its receipts: core/order_timers.
        case AlertKind::order_unacked:
        case AlertKind::roll_call_incomplete: return {};
    }
    return {};
}

/// False for kinds that no condition stands behind.
bool is_of_condition(AlertKind kind) {
    return kind != AlertKind::checkin_missed && kind != AlertKind::sos_unowned && kind != AlertKind::person_detained &&
           kind != AlertKind::lead_recovered && !is_of_order(kind) && !is_of_column(kind);
}

UtcMs raise_at(const MarchState& state, const AlertKey& key, UtcMs at) {
    if (key.kind == AlertKind::coverage_lost) return at + limits::coverage_lost_after;
    if (key.kind == AlertKind::staffing_low) return at + limits::staffing_low_after;
    if (key.kind == AlertKind::lost_child) return std::max(at, state.incident(key.number)->decide_by);
    if (key.kind == AlertKind::phase_late) return std::max(at, awaited_phase(state).at + limits::phase_late_after);
    if (key.kind == AlertKind::retention_ending) return std::max(at, retention_warned_from(state));
    return at;
}

/// Twice the raise time (DOMAIN). What was raised at once ends at once, and so does a lateness; people who are told of
/// by one alert for all need none of their own.
UtcMs clear_at(const MarchState& state, const AlertKey& key, UtcMs at) {
    if (key.kind == AlertKind::coverage_lost) return at + limits::coverage_lost_after + limits::coverage_lost_after;
    if (key.kind == AlertKind::staffing_low) return at + limits::staffing_low_after + limits::staffing_low_after;
    if (key.kind == AlertKind::network_lost) {
        const bool replaced = key.subject && network_is_told(state, 0);
        return replaced ? at : at + limits::network_lost_within + limits::network_lost_within;
    }
    if (key.kind == AlertKind::bus_lag) return at + limits::bus_lag_for + limits::bus_lag_for;
    if (key.kind == AlertKind::instance_lost) return at + limits::lease_life + limits::lease_life;
    if (key.kind != AlertKind::unreachable) return at;
    const Member* member = state.member(key.subject);
    const bool only_heard = member != nullptr && member->last_check_in < at && is_listened_for(*member) &&
                            !is_covered_by_network(state, *member);
    return only_heard ? at + limits::unreachable_after + limits::unreachable_after : at;
}

// ---- the fold ----------------------------------------------------------------------------------

/// Looks at one condition again.
void look(MarchState& state, const AlertKey& key, UtcMs at) {
    const Condition now = condition(state, key, at);
    const auto open = state.alerts.find(key);
    const bool is_open = open != state.alerts.end();
    const auto known = state.watches.find(key);
    const bool fell = known != state.watches.end() && known->second.what == Watch::For::fall;
    const bool worse = now.critical && (is_open ? !open->second.critical : fell && !known->second.critical);
    if (fell && now.holds && !worse) return;
    if (is_open ? now.holds && !worse : !now.holds) {
        state.watches.erase(key);
        return;
    }
    const Watch wanted = now.holds ? Watch{Watch::For::raise, raise_at(state, key, at)}
                                   : Watch{Watch::For::clear, clear_at(state, key, at)};
    // Its time is the plan's, and moves with it.
    const bool planned = key.kind == AlertKind::phase_late || is_of_calendar(key.kind);
    if (known == state.watches.end() || known->second.what != wanted.what || planned) {
        state.watches[key] = wanted;
    } else {
        known->second.due = std::min(known->second.due, wanted.due);
    }
}

class Watching {
public:
    Watching(MarchState& state, UtcMs at) : state_(state), at_(at) {}

    void person(PersonId who) const {
        look(state_, {AlertKind::battery_low, who}, at_);
        const Member* member = state_.member(who);
        if (member == nullptr) return;
        if (is_required(member->role)) {
            look(state_, {AlertKind::coverage_lost, PersonId{cover_of(member->section, member->role)}}, at_);
        }
        look(state_, {AlertKind::staffing_low, PersonId{}}, at_);
        if (member->silent_since || is_known({AlertKind::unreachable, who})) {
            silence();
        } else if (is_covered_by_network(state_, *member)) {
            // Perhaps they have just been heard again by this, and the network is back.
            look(state_, network_key(0), at_);
            if (member->section != 0) look(state_, network_key(member->section), at_);
        }
    }
    void all() const {
        covers();
        look(state_, {AlertKind::staffing_low, PersonId{}}, at_);
        for (std::uint32_t section = 0; section <= state_.sections; ++section) {
            look(state_, {AlertKind::density_high, PersonId{section}}, at_);
        }
        for (const Member& member : state_.roster) look(state_, {AlertKind::battery_low, member.person}, at_);
        plan();
        silence();
        servers();
        for (const Incident& one : state_.incidents) incident(one);
        known([](AlertKind kind) { return is_of_condition(kind); });
    }
    void covers() const {
        for (const auto& [cover, count] : state_.tally.cover) {
            look(state_, {AlertKind::coverage_lost, PersonId{cover}}, at_);
        }
        known([](AlertKind kind) { return kind == AlertKind::coverage_lost; });
    }
    void plan() const {
        if (const PlannedPhase next = awaited_phase(state_); next.at) look(state_, late_key(next.phase), at_);
        known([](AlertKind kind) { return kind == AlertKind::phase_late; });
        retention();
    }
    void retention() const { look(state_, {AlertKind::retention_ending, {}}, at_); }
    void servers() const {
        look(state_, {AlertKind::bus_lag, {}}, at_);
        look(state_, {AlertKind::instance_lost, {}}, at_);
    }
    void incident(const Incident& incident) const { look(state_, {AlertKind::lost_child, {}, incident.number}, at_); }
    void count(const Count& told) const {
        look(state_, {AlertKind::staffing_low, PersonId{}}, at_);
        look(state_, {AlertKind::density_high, PersonId{told.section}}, at_);
    }
    /// Networks first: what they cover is nobody's own alert.
    void silence() const {
        for (std::uint32_t section = 0; section <= state_.sections; ++section) look(state_, network_key(section), at_);
        for (const Member& member : state_.roster) {
            if (member.silent_since) look(state_, {AlertKind::unreachable, member.person}, at_);
        }
        known([](AlertKind kind) { return kind == AlertKind::unreachable; });
    }
    void alert(const AlertKey& key) const {
        if (!is_of_condition(key.kind)) return;
        look(state_, key, at_);
    }
    /// Ended by a person though it holds: not raised again before it has gone.
    void ended_by_hand(const AlertKey& key, bool critical) const {
        if (is_of_condition(key.kind) && condition(state_, key, at_).holds) {
            state_.watches[key] = Watch{Watch::For::fall, {}, critical};
        }
        alert(key);
    }

private:
    [[nodiscard]] bool is_known(const AlertKey& key) const {
        return state_.alerts.contains(key) || state_.watches.contains(key);
    }
    /// Looks at what is open or watched of some kinds, whether the state still names it or not.
    template <class Kinds>
    void known(Kinds kinds) const {
        std::vector<AlertKey> keys;
        for (const auto& [key, alert] : state_.alerts) {
            if (kinds(key.kind)) keys.push_back(key);
        }
        for (const auto& [key, watched] : state_.watches) {
            if (kinds(key.kind)) keys.push_back(key);
        }
        for (const AlertKey& key : keys) look(state_, key, at_);
    }

    MarchState& state_;
    UtcMs at_;
};

/// What of the conditions each kind of event may have changed.
struct Follow {
    MarchState& state;
    Watching watching;

    void operator()(const PhaseChanged&) const { watching.all(); }
    void operator()(const PolicySet&) const { watching.all(); }
    void operator()(const MarchCreated&) const { watching.plan(); }
    void operator()(const MarchUpdated&) const { watching.plan(); }
    void operator()(const DutyAssigned& event) const {
        watching.person(event.person);
        watching.covers();
    }
    void operator()(const DutyChanged& event) const { watching.person(event.person); }
    void operator()(const CheckedIn& event) const { watching.person(event.person); }
    void operator()(const CountReported& event) const { watching.count(event.count); }
    void operator()(const SilenceObserved&) const { watching.silence(); }
    void operator()(const ServersObserved&) const { watching.servers(); }
    void operator()(const IncidentReported& event) const { watching.incident(event.incident); }
    void operator()(const IncidentChanged& event) const { watching.incident(event.incident); }
    void operator()(const RestrictedRead&) const {}
    void operator()(const IntersectionsChanged&) const {}
    void operator()(const ClosuresSet&) const {}
    void operator()(const AlertRaised& event) const {
        watching.alert(event.alert.key);
        if (event.alert.key.kind == AlertKind::network_lost) watching.silence();
    }
    void operator()(const RetentionHeld&) const { watching.retention(); }
    void operator()(const RetentionReleased&) const { watching.retention(); }
    void operator()(const MarchExported&) const { watching.retention(); }
    void operator()(const ShredWaived&) const { watching.retention(); }
    void operator()(const MarchShredded&) const {}
    void operator()(const PersonDetailsSet&) const {}
    void operator()(const PersonRevealed&) const {}
    void operator()(const PersonErased&) const {}
    void operator()(const SecretsForgotten&) const {}
    void operator()(const MarchForgotten&) const {}
    void operator()(const SectionsSet&) const {}
    void operator()(const PushSubscribed&) const {}
    void operator()(const PushUnsubscribed&) const {}
    void operator()(const ProposalMade&) const {}
    void operator()(const ProposalEnded&) const {}
    void operator()(const RouteImported&) const {}
    void operator()(const RouteStatusChanged&) const {}
    void operator()(const CheckInNudged&) const {}
    void operator()(const CheckInsScheduled&) const {}
    void operator()(const TimersShifted&) const {}
    void operator()(const AlertStepped&) const {}
    void operator()(const AlertAcked&) const {}
    /// With `ended`: the fold knows what the alert was.
    void operator()(const AlertCleared&) const {}
    void operator()(const SosRaised&) const {}
    void operator()(const SosPinSet&) const {}
    void operator()(const SosPinMistyped&) const {}
    void operator()(const SosCancelled&) const {}
    void operator()(const OrderIssued&) const {}
    void operator()(const RecipientsAdded&) const {}
    void operator()(const ReceiptsMoved&) const {}
    void operator()(const OrdersEnded&) const {}
    void operator()(const ColumnSampled&) const {}
    void operator()(const WaypointPassed&) const {}
    void operator()(const NoticePosted&) const {}
    void operator()(const CallsToActionSet&) const {}
    void operator()(const KeeperChanged&) const {}
    void operator()(const TipSigned&) const {}
    void operator()(const LogRepaired&) const {}
    void operator()(const CampaignCreated&) const {}
    void operator()(const CampaignUpdated&) const {}
    void operator()(const MarchListed&) const {}
    void operator()(const PersonAdded&) const {}
    void operator()(const TokenIssued&) const {}
    void operator()(const TokenRevoked&) const {}
    void operator()(const InviteMade&) const {}
    void operator()(const InviteChanged&) const {}
    void operator()(const InviteMistyped&) const {}
    void operator()(const ImportRecorded&) const {}
};

bool is_in_small(AlertKind kind) {
    static constexpr std::array kinds = {
        AlertKind::sos_unowned,   AlertKind::person_detained,  AlertKind::checkin_missed,
        AlertKind::lost_child,    AlertKind::phase_late,       AlertKind::network_lost,
        AlertKind::order_unacked, AlertKind::retention_ending, AlertKind::lead_recovered};
    return std::ranges::find(kinds, kind) != kinds.end();
}

bool is_in_large_alone(AlertKind kind) {
    static constexpr std::array kinds = {AlertKind::density_high, AlertKind::head_too_fast, AlertKind::column_stretched,
                                         AlertKind::off_route,    AlertKind::bus_lag,       AlertKind::instance_lost};
    return std::ranges::find(kinds, kind) != kinds.end();
}

}  // namespace

bool is_listened_for(const Member& member) { return is_expected(member, member.duty) && !is_dark(member); }

bool is_on(const AlertPolicy& policy, AlertKind kind) {
    switch (policy.preset) {
        case AlertPreset::small: return is_in_small(kind);
        case AlertPreset::standard: return !is_in_large_alone(kind);
        case AlertPreset::large: return true;
    }
    return true;
}

void watch(MarchState& state, const Event& event, UtcMs at) { std::visit(Follow{state, Watching(state, at)}, event); }

void watch_ended(MarchState& state, const Alert& ended, PersonId by, UtcMs at) {
    const Watching watching(state, at);
    if (by) {
        watching.ended_by_hand(ended.key, ended.critical);
    } else {
        watching.alert(ended.key);
    }
    // Those who are still silent then have another moment to speak before each of them is told of.
    if (ended.key.kind == AlertKind::network_lost) Watching(state, at + limits::network_back_grace).silence();
}

void shift_watches(MarchState& state, Millis by) {
    for (auto& [key, watched] : state.watches) {
        if (watched.due && !is_of_calendar(key.kind)) watched.due = watched.due + by;
    }
}

bool is_due(const Watch& watched, UtcMs now) { return watched.what != Watch::For::fall && now >= watched.due; }

void due_watches(const MarchState& state, UtcMs now, std::vector<Event>& events) {
    for (const auto& [key, watched] : state.watches) {
        if (!is_due(watched, now)) continue;
        const auto open = state.alerts.find(key);
        if (watched.what == Watch::For::raise) {
            const Condition found = condition(state, key, now);
            raise(state, key, found.critical, now, events, found.figure);
        } else if (open != state.alerts.end()) {
            events.emplace_back(AlertCleared{key, open->second.version + 1, PersonId{}, "is no longer so"});
        }
    }
}

}  // namespace marchwire::core
