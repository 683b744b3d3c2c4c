#include "core/advance.hpp"
#include "core/conditions.hpp"
#include "core/decide_family.hpp"
#include "core/duty.hpp"
#include "core/ladder.hpp"

#include "base/limits.hpp"
#include "base/outcome.hpp"

#include <algorithm>

namespace marchwire::core {
namespace {

namespace limits = base::limits;

/// Folds one event into a march. Events were decided on this very state, so what they name is there.
class MarchFold {
public:
    MarchFold(MarchState& state, const Entry& entry) : state_(state), entry_(entry) {}

    void operator()(const MarchCreated& event) const {
        state_.topic_base = event.topic_base;
        state_.spec = event.spec;
        state_.spec_version = 1;
        state_.made_at = entry_.at;
        state_.sections = event.sections;
        state_.phase_version = 1;
        state_.phase_since = entry_.at;
    }
    void operator()(const MarchUpdated& event) const {
        state_.spec = event.spec;
        state_.spec_version = event.version;
    }
    void operator()(const SectionsSet& event) const { state_.sections = event.sections; }
    void operator()(const PhaseChanged& event) const {
        auto& history = state_.phase_history;
        if (event.correction) {
            if (!history.empty()) history.pop_back();
        } else {
            history.push_back({state_.phase, state_.phase_since});
            if (history.size() > limits::phase_history) history.erase(history.begin());
        }
        state_.phase = event.to;
        state_.phase_version = event.version;
        state_.phase_since = entry_.at;
        state_.phase_before = event.before;
        state_.public_sentence = event.public_sentence;
        // Another step-off.
        const bool gathered = event.from == Phase::assembling || event.from == Phase::rally;
        if (gathered && event.to == Phase::marching) state_.column.sample.step_off_length_metres = 0;
        await_people(event.to);
    }
    void operator()(const ProposalMade& event) const {
        state_.proposals.push_back(event.proposal);
        state_.proposals_made = event.proposal.number;
    }
    void operator()(const ProposalEnded& event) const {
        std::erase_if(state_.proposals, [&](const Proposal& proposal) { return proposal.number == event.number; });
    }

    void operator()(const RouteImported& event) const {
        Route route;
        route.version = event.version;
        route.status_at = entry_.at;
        route.line = event.line;
        state_.routes.push_back(std::move(route));
    }
    void operator()(const RouteStatusChanged& event) const {
        MARCHWIRE_INVARIANT(state_.route(event.version) != nullptr);
        Route& route = state_.routes[event.version - 1];
        route.status = event.status;
        route.status_at = entry_.at;
        if (event.status == RouteStatus::active) {
            route.public_from = event.public_from;
            state_.active_route = event.version;
            if (state_.closures.route_version != event.version) state_.closures = {};
        } else if (state_.active_route == event.version) {
            state_.active_route = 0;
        }
    }

    void operator()(const DutyAssigned& event) const {
        if (const Member* known = state_.member(event.person)) {
            state_.index.remove(*known);
            state_.tally.remove(*known);
        } else {
            MARCHWIRE_INVARIANT(event.ordinal == state_.roster.size());
            state_.roster.emplace_back();
            state_.roster.back().duty_since = entry_.at;
        }
        MARCHWIRE_INVARIANT(event.ordinal < state_.roster.size());
        Member& member = state_.roster[event.ordinal];
        member.person = event.person;
        member.ordinal = event.ordinal;
        member.callsign = event.callsign;
        member.role = event.role;
        member.section = event.section;
        member.buddy = event.buddy;
        member.no_phone = event.no_phone;
        member.language = event.language;
        state_.index.add(member);
        state_.tally.add(member);
        due_anew(member);
    }
    void operator()(const DutyChanged& event) const {
        Member& member = the(event.person);
        state_.tally.remove(member);
        member.duty = event.to;
        member.duty_version = event.version;
        member.duty_since = entry_.at;
        member.handover_to = event.handover_to;
        state_.tally.add(member);
        expect(member, event.due_at);
    }
    void operator()(const CheckedIn& event) const {
        Member& member = the(event.person);
        member.last_check_in = entry_.at;
        member.last_report = event.report;
        if (event.place.kind != PlaceKind::none) member.last_place = event.place;
        if (event.battery_percent != 0) member.battery_percent = event.battery_percent;
        member.heard_by = event.heard_by;
        // The phone itself was heard.
        if (!event.reported_by) silence(member, UtcMs{});
        expect(member, event.due_at);
    }
    void operator()(const CheckInNudged& event) const {
        Member& member = the(event.person);
        member.nudged = true;
        due_anew(member);
    }
    void operator()(const CheckInsScheduled& event) const {
        for (Member& member : state_.roster) {
            if (is_expected(member, member.duty)) expect(member, event.due_at);
        }
    }
    void operator()(const TimersShifted& event) const {
        const auto shift = [&](UtcMs& at) {
            if (at) at = at + event.by;
        };
        for (Member& member : state_.roster) {
            shift(member.due_at);
            if (member.duty == Duty::handover_pending) shift(member.duty_since);
        }
        shift(state_.no_show_at);
        for (const Member& member : state_.roster) due_anew(member);
        shift_watches(state_, event.by);
        for (auto& [key, alert] : state_.alerts) shift(alert.step_at);
        for (Proposal& proposal : state_.proposals) shift(proposal.expires_at);
        for (Order& order : state_.orders) {
            if (order.state == OrderState::open) shift(order.deadline);
        }
        for (Incident& incident : state_.incidents) {
            if (!has_ended(incident.state)) shift(incident.decide_by);
        }
    }

    void operator()(const AlertRaised& event) const {
        state_.alerts[event.alert.key] = event.alert;
        due_anew_about(event.alert.key);
        if (is_of_order(event.alert.key.kind)) the_order(event.alert.key.number).escalated = true;
    }
    void operator()(const AlertStepped& event) const {
        Alert& alert = open(event.key);
        alert.state = event.state;
        alert.step = event.step;
        alert.version = event.version;
        alert.step_at = event.step_at;
    }
    void operator()(const AlertAcked& event) const {
        Alert& alert = open(event.key);
        alert.state = AlertState::acked;
        alert.version = event.version;
        alert.owner = event.owner;
        alert.step_at = UtcMs{};
    }
    void operator()(const AlertCleared& event) const {
        const Alert ended = open(event.key);
        state_.alerts.erase(event.key);
        if (event.key.kind == AlertKind::sos_unowned) forget_tries(event.key.subject);
        watch_ended(state_, ended, event.by, entry_.at);
        if (event.key.kind != AlertKind::checkin_missed || state_.member(event.key.subject) == nullptr) return;
        // Whoever was spoken for is expected again after the usual time, else the alert would be raised anew at
        // once. A check-in, a break or a phase has said so already, and the nudge is gone.
        Member& member = the(event.key.subject);
        if (member.nudged) expect(member, next_check_in(state_, member, member.duty, entry_.at));
        due_anew(member);
    }
    /// The alert about it, and who is told, are events of their own.
    void operator()(const SosRaised& event) const {
        if (const auto pin = state_.sos_pins.find(event.person); pin != state_.sos_pins.end()) {
            pin->second.cried_at = entry_.seq;
        }
    }
    void operator()(const SosPinSet& event) const { state_.sos_pins[event.pin.person] = event.pin; }
    void operator()(const SosPinMistyped& event) const { ++the_pin(event.person).wrong_tries; }
    void operator()(const SosCancelled& event) const {
        the_pin(event.person).wrong_tries = 0;
        const AlertKey key{AlertKind::sos_unowned, event.person};
        if (event.duress == Duress::none) {
            state_.alerts.erase(key);
            return;
        }
        Alert& alert = open(key);
        alert.duress = event.duress;
        alert.version = event.version;
        alert.step = event.step;
        alert.state = event.state;
        alert.step_at = event.step_at;
        alert.owner = {};
    }
    void operator()(const CountReported& event) const {
        state_.counts.push_back(event.count);
        if (state_.counts.size() > limits::counts_kept) state_.counts.erase(state_.counts.begin());
    }
    void operator()(const PolicySet& event) const { state_.policy = event.policy; }
    void operator()(const ServersObserved& event) const { state_.servers = event.servers; }
    void operator()(const SilenceObserved& event) const {
        for (const auto& [person, since] : event.silent) silence(the(person), since);
        for (const PersonId person : event.heard) silence(the(person), UtcMs{});
    }

    void operator()(const PushSubscribed& event) const {
        const PushSubscription& made = event.subscription;
        forget_push(made.person, made.device);
        const auto is_theirs = [&made](const PushSubscription& one) { return one.person == made.person; };
        const auto held = std::ranges::count_if(state_.pushes, is_theirs);
        if (held >= static_cast<std::ptrdiff_t>(limits::push_devices)) {
            state_.pushes.erase(std::ranges::find_if(state_.pushes, is_theirs));
        }
        state_.pushes.push_back(made);
    }
    void operator()(const PushUnsubscribed& event) const { forget_push(event.person, event.device); }

    void operator()(const OrderIssued& event) const {
        state_.orders.push_back(event.order);
        state_.orders_issued = event.order.number;
    }
    void operator()(const RecipientsAdded& event) const {
        auto& receipts = the_order(event.order).receipts;
        for (const std::uint32_t ordinal : event.ordinals) {
            const auto at = std::ranges::lower_bound(receipts, ordinal, {}, &Receipt::ordinal);
            receipts.insert(at, Receipt{.ordinal = ordinal});
        }
    }
    void operator()(const ReceiptsMoved& event) const {
        auto& receipts = the_order(event.order).receipts;
        for (const Receipt& receipt : event.receipts) {
            const auto known = std::ranges::lower_bound(receipts, receipt.ordinal, {}, &Receipt::ordinal);
            MARCHWIRE_INVARIANT(known != receipts.end() && known->ordinal == receipt.ordinal);
            *known = receipt;
        }
    }
    void operator()(const OrdersEnded& event) const {
        for (const std::uint32_t number : event.orders) {
            Order& order = the_order(number);
            order.state = event.state;
            order.superseded_by = event.superseded_by;
        }
        const auto ended = [](const Order& order) { return order.state != OrderState::open; };
        auto& orders = state_.orders;
        while (std::ranges::count_if(orders, ended) > static_cast<std::ptrdiff_t>(limits::orders_ended_kept)) {
            orders.erase(std::ranges::find_if(orders, ended));
        }
    }
    void operator()(const ColumnSampled& event) const {
        state_.column.sample = event.sample;
        state_.column.sampled_at = entry_.at;
    }
    void operator()(const WaypointPassed& event) const {
        PassedMark& known = event.end == End::head ? state_.column.head : state_.column.tail;
        // A phone that was away tells late what others have told since.
        if (event.mark.route_version != known.route_version || event.mark.at >= known.at) known = event.mark;
    }
    void operator()(const IncidentReported& event) const {
        state_.incidents_reported = event.incident.number;
        put_incident(state_, event.incident);
        if (event.restricted) state_.restricted[event.incident.number] = *event.restricted;
    }
    void operator()(const IncidentChanged& event) const {
        if (event.restricted) state_.restricted[event.incident.number] = *event.restricted;
        put_incident(state_, event.incident);
        for (Order& order : state_.orders) {
            if (event.forgets_order == 0 || order.number != event.forgets_order) continue;
            order.text.clear();
            order.parameters.clear();
        }
    }
    void operator()(const RestrictedRead&) const {}
    void operator()(const IntersectionsChanged& event) const {
        if (event.whole) {
            state_.intersections = event.intersections;
            return;
        }
        auto& all = state_.intersections;
        for (const Intersection& one : event.intersections) {
            const auto known = std::ranges::lower_bound(all, one.waypoint, {}, &Intersection::waypoint);
            if (known != all.end() && known->waypoint == one.waypoint) {
                *known = one;
            } else {
                all.insert(known, one);
            }
        }
    }
    void operator()(const ClosuresSet& event) const { state_.closures = event.closures; }
    void operator()(const NoticePosted& event) const {
        state_.notices.push_back(event.notice);
        state_.notices_posted = event.notice.number;
        if (state_.notices.size() > limits::notices_kept) state_.notices.erase(state_.notices.begin());
    }
    void operator()(const CallsToActionSet& event) const { state_.calls_to_action = event.calls; }
    void operator()(const RetentionHeld& event) const {
        state_.retention.held_by = event.person;
        state_.retention.hold_reason = event.reason;
        state_.retention.held_at = entry_.at;
    }
    void operator()(const RetentionReleased&) const {
        state_.retention.held_by = {};
        state_.retention.hold_reason.clear();
        state_.retention.held_at = {};
    }
    void operator()(const MarchExported& event) const {
        state_.retention.exported_by = event.person;
        state_.retention.export_sha256 = event.sha256;
        state_.retention.exported_at = entry_.at;
    }
    void operator()(const ShredWaived& event) const {
        state_.retention.waived_by = event.person;
        state_.retention.waived_at = entry_.at;
    }
    void operator()(const MarchShredded&) const { state_.retention.shredded_at = entry_.at; }
    void operator()(const PersonDetailsSet& event) const { state_.details[event.person] = event.sealed; }
    void operator()(const PersonRevealed&) const {}
    void operator()(const PersonErased& event) const { state_.details.erase(event.person); }
    void operator()(const SecretsForgotten& event) const { forget(state_, event.what, entry_.at); }
    void operator()(const KeeperChanged& event) const { state_.term = event.term; }
    void operator()(const TipSigned& event) const { state_.signed_tip = event.tip; }
    void operator()(const LogRepaired&) const { state_.repaired_at = entry_.seq; }

    void operator()(const MarchForgotten&) const { misplaced(); }
    void operator()(const CampaignCreated&) const { misplaced(); }
    void operator()(const CampaignUpdated&) const { misplaced(); }
    void operator()(const MarchListed&) const { misplaced(); }
    void operator()(const PersonAdded&) const { misplaced(); }
    void operator()(const TokenIssued&) const { misplaced(); }
    void operator()(const TokenRevoked&) const { misplaced(); }
    void operator()(const InviteMade&) const { misplaced(); }
    void operator()(const InviteChanged&) const { misplaced(); }
    void operator()(const InviteMistyped&) const { misplaced(); }
    void operator()(const ImportRecorded&) const { misplaced(); }

private:
    static void misplaced() { MARCHWIRE_INVARIANT(!"an event of a campaign in the log of a march"); }
    void expect(Member& member, UtcMs due_at) const {
        member.due_at = due_at;
        member.nudged = false;
        due_anew(member);
    }
    void forget_push(PersonId person, DeviceId device) const {
        std::erase_if(state_.pushes,
                      [&](const PushSubscription& one) { return one.person == person && one.device == device; });
    }
    void silence(Member& member, UtcMs since) const {
        state_.tally.remove(member);
        member.silent_since = since;
        state_.tally.add(member);
    }
    void due_anew(const Member& member) const { state_.due.set(member.ordinal, due_about(state_, member)); }
    void due_anew_about(const AlertKey& key) const {
        if (const Member* member = state_.member(key.subject); member && key.kind == AlertKind::checkin_missed) {
            due_anew(*member);
        }
    }
    /// From step-off on whoever has confirmed is awaited; a march that is put back begins anew.
    void await_people(Phase phase) const {
        const bool before = phase == Phase::planned || phase == Phase::assembling || phase == Phase::postponed;
        const bool steps_off = phase == Phase::marching || phase == Phase::rally;
        if (before) {
            state_.no_show_at = UtcMs{};
        } else if (steps_off && !state_.no_show_at) {
            state_.no_show_at = entry_.at + limits::no_show_after;
        } else {
            return;
        }
        for (const Member& member : state_.roster) {
            if (member.duty == Duty::confirmed) due_anew(member);
        }
    }
    /// The next cry has its own.
    void forget_tries(PersonId person) const {
        const auto pin = state_.sos_pins.find(person);
        if (pin != state_.sos_pins.end()) pin->second.wrong_tries = 0;
    }
    [[nodiscard]] SosPin& the_pin(PersonId person) const {
        const auto found = state_.sos_pins.find(person);
        MARCHWIRE_INVARIANT(found != state_.sos_pins.end());
        return found->second;
    }
    [[nodiscard]] Member& the(PersonId person) const {
        const auto found = state_.index.ordinal_of.find(person);
        MARCHWIRE_INVARIANT(found != state_.index.ordinal_of.end());
        return state_.roster[found->second];
    }
    [[nodiscard]] Order& the_order(std::uint32_t number) const {
        const auto found = std::ranges::lower_bound(state_.orders, number, {}, &Order::number);
        MARCHWIRE_INVARIANT(found != state_.orders.end() && found->number == number);
        return *found;
    }
    [[nodiscard]] Alert& open(const AlertKey& key) const {
        const auto found = state_.alerts.find(key);
        MARCHWIRE_INVARIANT(found != state_.alerts.end());
        return found->second;
    }

    MarchState& state_;
    const Entry& entry_;
};

}  // namespace

void apply(MarchState& state, const Entry& entry, const base::Digest& digest) {
    MARCHWIRE_INVARIANT(entry.seq == state.tip.seq.next());
    std::visit(MarchFold(state, entry), entry.event);
    watch(state, entry.event, entry.at);
    advance(state, entry, digest);
}

}  // namespace marchwire::core
