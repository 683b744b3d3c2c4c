#include "feed_fold.hpp"

#include <algorithm>

namespace marchwire::sdk {
namespace {

struct MarshalEvent {
    v1::MarshalSnapshot& state;
    std::int64_t at_ms;

    /// Self, or somebody near; null for others.
    [[nodiscard]] v1::Member* find(std::uint64_t person) const {
        if (state.self().person() == person) return state.mutable_self();
        auto& near = *state.mutable_section();
        const auto found = std::find_if(near.begin(), near.end(),
                                        [&](const v1::Member& m) { return m.person() == person; });
        return found == near.end() ? nullptr : &*found;
    }
    template <class Change>
    void with_member(std::uint64_t person, Change change) const {
        if (v1::Member* member = find(person)) change(*member);
    }
    template <class Change>
    void with_everybody(Change change) const {
        if (state.has_self()) change(*state.mutable_self());
        for (v1::Member& member : *state.mutable_section()) change(member);
    }

    [[nodiscard]] bool is_near(const v1::Member& member) const {
        const v1::Member& self = state.self();
        const bool same_section = self.section() != 0 && member.section() == self.section();
        return same_section || member.person() == self.buddy() || member.buddy() == self.person() ||
               member.handover_to() == self.person();
    }
    void forget_the_far() const {
        auto& near = *state.mutable_section();
        const auto gone = std::remove_if(near.begin(), near.end(), [&](const v1::Member& m) { return !is_near(m); });
        near.erase(gone, near.end());
    }
    void insert(v1::Member member) const {
        auto& near = *state.mutable_section();
        *near.Add() = std::move(member);
        for (int at = near.size() - 1; at > 0 && near[at].ordinal() < near[at - 1].ordinal(); --at) {
            near.SwapElements(at, at - 1);
        }
    }

    /// Somebody who comes near with a past that we were not told of needs the snapshot.
    [[nodiscard]] FoldResult assigned(const v1::DutyAssigned& event) const {
        if (state.self().person() == event.person()) {
            // Another section or role hears other orders.
            const bool moved = state.self().section() != event.section() || state.self().role() != event.role();
            fold_assigned(*state.mutable_self(), event);
            forget_the_far();
            const bool buddy_unknown = event.buddy() != 0 && find(event.buddy()) == nullptr;
            return moved || buddy_unknown ? FoldResult::needs_snapshot : FoldResult::folded;
        }
        if (v1::Member* known = find(event.person())) {
            fold_assigned(*known, event);
            forget_the_far();
            return FoldResult::folded;
        }
        v1::Member fresh;
        fold_assigned(fresh, event);
        if (!is_near(fresh)) return FoldResult::folded;
        const bool in_section = state.self().section() != 0 && event.section() == state.self().section();
        if (!in_section || event.section_before() != event.section()) return FoldResult::needs_snapshot;
        fresh.set_duty(v1::INVITED);
        fresh.set_duty_since_ms(at_ms);
        fresh.set_last_report(v1::ON_POST);
        insert(std::move(fresh));
        return FoldResult::folded;
    }
    /// Whoever offers their duty comes near by it, with a past that was not told here, and leaves with the answer.
    [[nodiscard]] FoldResult duty(const v1::DutyChanged& event) const {
        v1::Member* member = find(event.person());
        if (member != nullptr) {
            fold_duty(*member, event, at_ms);
            forget_the_far();
        } else if (event.handover_to() != 0 && event.handover_to() == state.self().person()) {
            return FoldResult::needs_snapshot;
        }
        return FoldResult::folded;
    }
    void phase(const v1::PhaseChanged& event) const {
        v1::PublicPhase& phase = *state.mutable_phase();
        phase.set_phase(event.to());
        phase.set_version(event.version());
        phase.set_since_ms(at_ms);
        phase.set_sentence(event.public_sentence());
    }
    void route(const v1::RouteStatusChanged& event) const {
        if (event.status() != v1::ACTIVE) return;
        if (state.closures().route_version() != event.version()) state.clear_closures();
        v1::Route& route = *state.mutable_route();
        route.set_version(event.version());
        route.set_status(event.status());
        route.set_status_at_ms(at_ms);
        route.set_public_from_ms(event.public_from_ms());
        *route.mutable_line() = event.line();
    }
    template <class Change>
    [[nodiscard]] FoldResult with_alert(const v1::AlertKey& key, Change change) const {
        v1::Alert* alert = find_alert(*state.mutable_alerts(), key);
        if (alert == nullptr) return FoldResult::needs_snapshot;  // it was raised before it reached our rung
        change(*alert);
        return FoldResult::folded;
    }
    /// As on the ops feed: when somebody still nudged is expected anew is the server's to say.
    [[nodiscard]] FoldResult alert_cleared(const v1::AlertKey& key) const {
        erase_alert(*state.mutable_alerts(), key);
        if (key.kind() != v1::CHECKIN_MISSED) return FoldResult::folded;
        const v1::Member* subject = find(key.subject());
        return subject != nullptr && subject->nudged() ? FoldResult::needs_snapshot : FoldResult::folded;
    }
    [[nodiscard]] FoldResult sos_cancelled(const v1::SosCancelled& event) const {
        const v1::AlertKey key = cry_of(event.person());
        if (event.duress() != v1::DURESS_NONE) {
            return with_alert(key, [&](v1::Alert& alert) { go_on_under_duress(alert, event); });
        }
        erase_alert(*state.mutable_alerts(), key);
        return FoldResult::folded;
    }
    void shifted(std::int64_t by_ms) const {
        with_everybody([&](v1::Member& m) { fold_shift(m, by_ms); });
        for (v1::Alert& alert : *state.mutable_alerts()) {
            if (alert.step_at_ms() != 0) alert.set_step_at_ms(alert.step_at_ms() + by_ms);
        }
        shift_orders(*state.mutable_orders(), by_ms);
        shift_incidents(*state.mutable_incidents(), by_ms);
    }
    /// Told without its recipients: whether it is for oneself follows from the order.
    void order_issued(const v1::Order& issued) const {
        v1::Order& order = *state.add_orders();
        order = issued;
        if (is_recipient(order, state.self())) add_receipt(order, state.self().ordinal());
    }
    /// What becomes ours has a past that was not told here.
    [[nodiscard]] FoldResult incident_changed(const v1::Incident& now) const {
        Incidents& held = *state.mutable_incidents();
        if (!is_shown_to(now, state.self())) {
            erase_incident(held, now.number());
        } else if (find_incident(held, now.number()) == nullptr) {
            return FoldResult::needs_snapshot;
        } else {
            put_incident(held, now);
        }
        return FoldResult::folded;
    }
    /// What is none moves nothing that a marshal sees, or is a newer server's.
    [[nodiscard]] FoldResult incidents(const v1::Event& event) const {
        if (event.has_incident_changed()) return incident_changed(event.incident_changed().incident());
        if (event.has_intersections_changed()) {
            put_intersections(*state.mutable_intersections(), event.intersections_changed());
        }
        if (event.has_closures_set()) *state.mutable_closures() = event.closures_set().closures();
        const v1::Incident& reported = event.incident_reported().incident();
        if (event.has_incident_reported() && is_shown_to(reported, state.self())) {
            put_incident(*state.mutable_incidents(), reported);
        }
        return FoldResult::folded;
    }
    [[nodiscard]] FoldResult orders(const v1::Event& event) const {
        auto& held = *state.mutable_orders();
        switch (event.event_case()) {
            case v1::Event::kOrderIssued: order_issued(event.order_issued().order()); break;
            case v1::Event::kRecipientsAdded: {
                v1::Order* order = find_order(held, event.recipients_added().order());
                if (order == nullptr) return FoldResult::needs_snapshot;
                for (const std::uint32_t ordinal : event.recipients_added().ordinals()) add_receipt(*order, ordinal);
                break;
            }
            case v1::Event::kReceiptsMoved:
                // It may have ended, and be forgotten here.
                if (v1::Order* order = find_order(held, event.receipts_moved().order())) {
                    move_receipts(*order, event.receipts_moved().receipts());
                }
                break;
            case v1::Event::kOrdersEnded: erase_orders(held, event.orders_ended()); break;
            default: return incidents(event);
        }
        return FoldResult::folded;
    }

    [[nodiscard]] FoldResult apply(const v1::Event& event) const {
        switch (event.event_case()) {
            case v1::Event::kMarchCreated: *state.mutable_spec() = event.march_created().spec(); break;
            case v1::Event::kMarchUpdated: *state.mutable_spec() = event.march_updated().spec(); break;
            case v1::Event::kPhaseChanged: phase(event.phase_changed()); break;
            case v1::Event::kRouteStatusChanged: route(event.route_status_changed()); break;
            case v1::Event::kDutyAssigned: return assigned(event.duty_assigned());
            case v1::Event::kDutyChanged: return duty(event.duty_changed());
            case v1::Event::kCheckedIn:
                with_member(event.checked_in().person(),
                            [&](v1::Member& m) { fold_check_in(m, event.checked_in(), at_ms); });
                break;
            case v1::Event::kCheckInNudged:
                with_member(event.check_in_nudged().person(), [](v1::Member& m) { m.set_nudged(true); });
                break;
            case v1::Event::kCheckInsScheduled:
                with_everybody([&](v1::Member& m) { fold_scheduled(m, event.check_ins_scheduled().due_at_ms()); });
                break;
            case v1::Event::kTimersShifted: shifted(event.timers_shifted().by_ms()); break;
            case v1::Event::kSecretsForgotten:
                forget_secrets(*state.mutable_incidents(), *state.mutable_orders(), event.secrets_forgotten().what());
                break;
            case v1::Event::kSosCancelled: return sos_cancelled(event.sos_cancelled());
            case v1::Event::kAlertRaised: put_alert(*state.mutable_alerts(), event.alert_raised().alert()); break;
            case v1::Event::kAlertStepped:
                return with_alert(event.alert_stepped().key(),
                                  [&](v1::Alert& a) { step_alert(a, event.alert_stepped()); });
            case v1::Event::kAlertAcked:
                return with_alert(event.alert_acked().key(), [&](v1::Alert& a) { ack_alert(a, event.alert_acked()); });
            case v1::Event::kAlertCleared: return alert_cleared(event.alert_cleared().key());
            case v1::Event::kNoticePosted: put_notice(*state.mutable_notices(), event.notice_posted().notice()); break;
            default: return orders(event);
        }
        return FoldResult::folded;
    }
};

}  // namespace

FoldResult MarshalFold::apply(const v1::Item& item) {
    if (!item.has_entry()) return FoldResult::folded;
    return MarshalEvent{state, item.entry().at_ms()}.apply(item.entry().event());
}

}  // namespace marchwire::sdk
