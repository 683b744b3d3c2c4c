#include "feed_fold.hpp"

#include <algorithm>

namespace marchwire::sdk {
namespace {

v1::Member* find_member(v1::OpsSnapshot& state, std::uint64_t person) {
    auto& roster = *state.mutable_roster();
    const auto found = std::find_if(roster.begin(), roster.end(),
                                    [&](const v1::Member& m) { return m.person() == person; });
    return found == roster.end() ? nullptr : &*found;
}

v1::Route* find_route(v1::OpsSnapshot& state, std::uint32_t version) {
    auto& routes = *state.mutable_routes();
    const auto found = std::find_if(routes.begin(), routes.end(),
                                    [&](const v1::Route& r) { return r.version() == version; });
    return found == routes.end() ? nullptr : &*found;
}

/// Folds one event; every kind that a march's log can bear has its arm.
struct OpsEvent {
    v1::OpsSnapshot& state;
    std::int64_t at_ms;

    void created(const v1::MarchCreated& event) const {
        *state.mutable_spec() = event.spec();
        state.set_spec_version(1);
        state.set_sections(event.sections());
        state.set_phase(v1::PLANNED);
        state.set_phase_version(1);
        state.set_phase_since_ms(at_ms);
    }
    void phase(const v1::PhaseChanged& event) const {
        state.set_phase(event.to());
        state.set_phase_version(event.version());
        state.set_phase_since_ms(at_ms);
        state.set_phase_before(event.before());
        state.set_public_sentence(event.public_sentence());
        const bool gathered = event.from() == v1::ASSEMBLING || event.from() == v1::RALLY;
        if (gathered && event.to() == v1::MARCHING && state.column().has_sample()) {
            state.mutable_column()->mutable_sample()->clear_step_off_length_metres();
        }
    }
    void sampled(const v1::ColumnSampled& event) const {
        *state.mutable_column()->mutable_sample() = event.sample();
        state.mutable_column()->set_sampled_at_ms(at_ms);
    }
    void passed(const v1::WaypointPassed& event) const {
        v1::ColumnRecord& column = *state.mutable_column();
        v1::PassedMark& known = event.end() == v1::END_HEAD ? *column.mutable_head() : *column.mutable_tail();
        const v1::PassedMark& mark = event.mark();
        if (mark.route_version() != known.route_version() || mark.at_ms() >= known.at_ms()) known = mark;
    }
    void proposal_ended(const v1::ProposalEnded& event) const {
        auto& alive = *state.mutable_proposals();
        const auto gone = std::remove_if(alive.begin(), alive.end(),
                                         [&](const v1::Proposal& p) { return p.number() == event.number(); });
        alive.erase(gone, alive.end());
    }
    void route_imported(const v1::RouteImported& event) const {
        v1::Route& route = *state.add_routes();
        route.set_version(event.version());
        route.set_status(v1::DRAFT);
        route.set_status_at_ms(at_ms);
        *route.mutable_line() = event.line();
    }
    [[nodiscard]] FoldResult route_status(const v1::RouteStatusChanged& event) const {
        // A section lead's feed holds the active route alone, which comes with its line.
        if (state.only_section() != 0 && event.status() == v1::ACTIVE && state.active_route() != event.version()) {
            state.clear_routes();
            state.add_routes()->set_version(event.version());
            *state.mutable_routes(0)->mutable_line() = event.line();
        }
        v1::Route* route = find_route(state, event.version());
        if (route == nullptr) return FoldResult::needs_snapshot;
        route->set_status(event.status());
        route->set_status_at_ms(at_ms);
        if (event.status() == v1::ACTIVE) {
            route->set_public_from_ms(event.public_from_ms());
            state.set_active_route(event.version());
            if (state.closures().route_version() != event.version()) state.clear_closures();
        } else if (state.active_route() == event.version()) {
            state.set_active_route(0);
        }
        return FoldResult::folded;
    }
    /// A section lead's feed holds one section: whoever leaves it is forgotten with the own alerts.
    void forget(std::uint64_t person) const {
        auto& roster = *state.mutable_roster();
        roster.erase(
            std::remove_if(roster.begin(), roster.end(), [&](const v1::Member& m) { return m.person() == person; }),
            roster.end());
        auto& alerts = *state.mutable_alerts();
        alerts.erase(
            std::remove_if(alerts.begin(), alerts.end(), [&](const v1::Alert& a) { return is_about(a.key(), person); }),
            alerts.end());
    }
    /// As the section is shown: orders to others, and nobody of it asked any more, are not held.
    void forget_receipts(std::uint32_t ordinal) const {
        auto& orders = *state.mutable_orders();
        auto& alerts = *state.mutable_alerts();
        for (v1::Order& order : orders) {
            drop_receipt(order, ordinal);
            if (order.has_receipts()) continue;
            order.set_escalated(false);
            const auto about = [&](const v1::Alert& a) { return order_about(a.key()) == order.number(); };
            alerts.erase(std::remove_if(alerts.begin(), alerts.end(), about), alerts.end());
        }
        const auto is_gone = [&](const v1::Order& order) {
            const v1::OrderAudience& to = order.audience();
            const bool own = to.kind() == v1::AUDIENCE_SECTION && to.section() == state.only_section();
            return !order.has_receipts() && to.kind() != v1::AUDIENCE_ALL && !own;
        };
        orders.erase(std::remove_if(orders.begin(), orders.end(), is_gone), orders.end());
    }
    /// Whoever comes into it with a past that was not told here needs the snapshot.
    [[nodiscard]] FoldResult assigned_here(const v1::DutyAssigned& event) const {
        if (event.section() != state.only_section()) {
            forget(event.person());
            forget_receipts(event.ordinal());
            return FoldResult::folded;
        }
        const bool known = find_member(state, event.person()) != nullptr;
        if (!known && event.section_before() != event.section()) return FoldResult::needs_snapshot;
        assigned(event);
        auto& roster = *state.mutable_roster();
        for (int at = roster.size() - 1; at > 0 && roster[at].ordinal() < roster[at - 1].ordinal(); --at) {
            roster.SwapElements(at, at - 1);
        }
        return FoldResult::folded;
    }
    void assigned(const v1::DutyAssigned& event) const {
        v1::Member* member = find_member(state, event.person());
        if (member == nullptr) {
            member = state.add_roster();
            member->set_duty(v1::INVITED);
            member->set_duty_since_ms(at_ms);
            member->set_last_report(v1::ON_POST);
        }
        fold_assigned(*member, event);
    }
    void shifted(std::int64_t by_ms) const {
        for (v1::Member& member : *state.mutable_roster()) fold_shift(member, by_ms);
        for (v1::Alert& alert : *state.mutable_alerts()) {
            if (alert.step_at_ms() != 0) alert.set_step_at_ms(alert.step_at_ms() + by_ms);
        }
        for (v1::Proposal& proposal : *state.mutable_proposals()) {
            if (proposal.expires_at_ms() != 0) proposal.set_expires_at_ms(proposal.expires_at_ms() + by_ms);
        }
        shift_orders(*state.mutable_orders(), by_ms);
        shift_incidents(*state.mutable_incidents(), by_ms);
    }
    /// Whoever is still nudged is expected anew, when the server's rules say: they are not for clients to know.
    [[nodiscard]] FoldResult alert_cleared(const v1::AlertKey& key) const {
        erase_alert(*state.mutable_alerts(), key);
        if (key.kind() != v1::CHECKIN_MISSED) return FoldResult::folded;
        const v1::Member* subject = find_member(state, key.subject());
        return subject != nullptr && subject->nudged() ? FoldResult::needs_snapshot : FoldResult::folded;
    }
    template <class Change>
    [[nodiscard]] FoldResult with_member(std::uint64_t person, Change change) const {
        v1::Member* member = find_member(state, person);
        if (member == nullptr) return FoldResult::needs_snapshot;
        change(*member);
        return FoldResult::folded;
    }
    template <class Change>
    [[nodiscard]] FoldResult with_alert(const v1::AlertKey& key, Change change) const {
        v1::Alert* alert = find_alert(*state.mutable_alerts(), key);
        if (alert == nullptr) return FoldResult::needs_snapshot;
        change(*alert);
        return FoldResult::folded;
    }

    [[nodiscard]] FoldResult sos_cancelled(const v1::SosCancelled& event) const {
        const v1::AlertKey key = cry_of(event.person());
        if (event.duress() != v1::DURESS_NONE) {
            return with_alert(key, [&](v1::Alert& alert) { go_on_under_duress(alert, event); });
        }
        erase_alert(*state.mutable_alerts(), key);
        return FoldResult::folded;
    }
    void alert_raised(const v1::Alert& alert) const {
        put_alert(*state.mutable_alerts(), alert);
        const std::uint32_t number = order_about(alert.key());
        v1::Order* order = number == 0 ? nullptr : find_order(*state.mutable_orders(), number);
        if (order != nullptr && order->has_receipts()) order->set_escalated(true);
    }
    /// A section lead's feed tells of the order without its recipients: those of the section follow from the order.
    void order_issued(const v1::Order& issued) const {
        v1::Order& order = *state.add_orders();
        order = issued;
        if (state.only_section() == 0) return;
        for (const v1::Member& member : state.roster()) {
            if (is_recipient(order, member)) add_receipt(order, member.ordinal());
        }
    }
    [[nodiscard]] bool is_shown(std::uint32_t ordinal) const {
        const auto& roster = state.roster();
        return state.only_section() == 0 || std::any_of(roster.begin(), roster.end(), [&](const v1::Member& member) {
                   return member.ordinal() == ordinal;
               });
    }
    [[nodiscard]] bool is_here(const v1::Incident& incident) const {
        const std::uint32_t section = state.only_section();
        return section == 0 || (!has_ended(incident) && incident.section() == section);
    }
    /// A section lead's feed holds open ones of the section: what comes from elsewhere has a past that was not told.
    [[nodiscard]] FoldResult incident_changed(const v1::IncidentChanged& event) const {
        Incidents& held = *state.mutable_incidents();
        forget_words(*state.mutable_orders(), event.forgets_order());
        const v1::Incident& now = event.incident();
        if (is_here(now)) {
            if (find_incident(held, now.number()) == nullptr) return FoldResult::needs_snapshot;
            put_incident(held, now);
            return FoldResult::folded;
        }
        erase_incident(held, now.number());
        v1::AlertKey about;
        about.set_kind(v1::LOST_CHILD);
        about.set_number(now.number());
        erase_alert(*state.mutable_alerts(), about);
        return FoldResult::folded;
    }
    [[nodiscard]] FoldResult incidents(const v1::Event& event) const {
        if (event.has_incident_changed()) return incident_changed(event.incident_changed());
        if (event.has_intersections_changed()) {
            put_intersections(*state.mutable_intersections(), event.intersections_changed());
        }
        if (event.has_closures_set()) *state.mutable_closures() = event.closures_set().closures();
        if (event.has_incident_reported() && is_here(event.incident_reported().incident())) {
            put_incident(*state.mutable_incidents(), event.incident_reported().incident());
        }
        return FoldResult::folded;
    }
    /// Orders and their receipts; what it does not know is left to `march`.
    [[nodiscard]] FoldResult orders(const v1::Event& event) const {
        auto& held = *state.mutable_orders();
        switch (event.event_case()) {
            case v1::Event::kOrderIssued: order_issued(event.order_issued().order()); break;
            case v1::Event::kRecipientsAdded: {
                v1::Order* order = find_order(held, event.recipients_added().order());
                if (order == nullptr) return FoldResult::needs_snapshot;
                for (const std::uint32_t ordinal : event.recipients_added().ordinals()) {
                    if (is_shown(ordinal)) add_receipt(*order, ordinal);
                }
                break;
            }
            case v1::Event::kReceiptsMoved: {
                v1::Order* order = find_order(held, event.receipts_moved().order());
                // A section's feed forgets an order with its end; a late receipt is of no use there.
                if (order == nullptr && state.only_section() == 0) return FoldResult::needs_snapshot;
                if (order != nullptr) move_receipts(*order, event.receipts_moved().receipts());
                break;
            }
            case v1::Event::kOrdersEnded:
                if (state.only_section() == 0) {
                    end_orders(held, event.orders_ended());
                } else {
                    erase_orders(held, event.orders_ended());
                }
                break;
            default: return march(event);
        }
        return FoldResult::folded;
    }
    [[nodiscard]] FoldResult silence(const v1::SilenceObserved& event) const {
        for (const v1::Silence& one : event.silent()) {
            v1::Member* member = find_member(state, one.person());
            if (member == nullptr) return FoldResult::needs_snapshot;
            member->set_silent_since_ms(one.since_ms());
        }
        for (const std::uint64_t person : event.heard()) {
            if (v1::Member* member = find_member(state, person)) member->set_silent_since_ms(0);
        }
        return FoldResult::folded;
    }

    /// Duty, check-ins and alerts; what it does not know is left to `orders`.
    [[nodiscard]] FoldResult people(const v1::Event& event) const {
        switch (event.event_case()) {
            case v1::Event::kDutyAssigned:
                if (state.only_section() != 0) return assigned_here(event.duty_assigned());
                assigned(event.duty_assigned());
                break;
            case v1::Event::kDutyChanged:
                return with_member(event.duty_changed().person(),
                                   [&](v1::Member& m) { fold_duty(m, event.duty_changed(), at_ms); });
            case v1::Event::kCheckedIn:
                return with_member(event.checked_in().person(),
                                   [&](v1::Member& m) { fold_check_in(m, event.checked_in(), at_ms); });
            case v1::Event::kCheckInNudged:
                return with_member(event.check_in_nudged().person(), [](v1::Member& m) { m.set_nudged(true); });
            case v1::Event::kCheckInsScheduled:
                for (v1::Member& m : *state.mutable_roster()) {
                    fold_scheduled(m, event.check_ins_scheduled().due_at_ms());
                }
                break;
            case v1::Event::kSosCancelled: return sos_cancelled(event.sos_cancelled());
            case v1::Event::kAlertRaised: alert_raised(event.alert_raised().alert()); break;
            case v1::Event::kAlertStepped:
                return with_alert(event.alert_stepped().key(),
                                  [&](v1::Alert& a) { step_alert(a, event.alert_stepped()); });
            case v1::Event::kAlertAcked:
                return with_alert(event.alert_acked().key(), [&](v1::Alert& a) { ack_alert(a, event.alert_acked()); });
            case v1::Event::kAlertCleared: return alert_cleared(event.alert_cleared().key());
            default: return orders(event);
        }
        return FoldResult::folded;
    }
    /// The march itself. What is not here moves nothing in the snapshot, or is a newer server's.
    [[nodiscard]] FoldResult march(const v1::Event& event) const {
        switch (event.event_case()) {
            case v1::Event::kMarchCreated: created(event.march_created()); break;
            case v1::Event::kMarchUpdated:
                *state.mutable_spec() = event.march_updated().spec();
                state.set_spec_version(event.march_updated().version());
                break;
            case v1::Event::kPolicySet: *state.mutable_policy() = event.policy_set().policy(); break;
            case v1::Event::kCountReported: put_count(*state.mutable_counts(), event.count_reported().count()); break;
            case v1::Event::kSilenceObserved: return silence(event.silence_observed());
            case v1::Event::kSectionsSet: state.set_sections(event.sections_set().sections()); break;
            case v1::Event::kPhaseChanged: phase(event.phase_changed()); break;
            case v1::Event::kProposalMade: *state.add_proposals() = event.proposal_made().proposal(); break;
            case v1::Event::kProposalEnded: proposal_ended(event.proposal_ended()); break;
            case v1::Event::kRouteImported: route_imported(event.route_imported()); break;
            case v1::Event::kRouteStatusChanged: return route_status(event.route_status_changed());
            case v1::Event::kTimersShifted: shifted(event.timers_shifted().by_ms()); break;
            case v1::Event::kColumnSampled: sampled(event.column_sampled()); break;
            case v1::Event::kWaypointPassed: passed(event.waypoint_passed()); break;
            case v1::Event::kNoticePosted: put_notice(*state.mutable_notices(), event.notice_posted().notice()); break;
            case v1::Event::kCallsToActionSet:
                *state.mutable_calls_to_action() = event.calls_to_action_set().calls();
                break;
            case v1::Event::kSecretsForgotten:
                forget_secrets(*state.mutable_incidents(), *state.mutable_orders(), event.secrets_forgotten().what());
                // The end of the log is no section lead's business.
                if (state.only_section() == 0) fold_retention(*state.mutable_retention(), event, at_ms);
                break;
            case v1::Event::kRetentionHeld:
            case v1::Event::kRetentionReleased:
            case v1::Event::kMarchExported:
            case v1::Event::kShredWaived:
            case v1::Event::kMarchShredded:
                fold_retention(*state.mutable_retention(), event, at_ms);
                if (state.retention().ByteSizeLong() == 0) state.clear_retention();
                break;
            default: return incidents(event);
        }
        return FoldResult::folded;
    }
};

}  // namespace

FoldResult OpsFold::apply(const v1::Item& item) {
    if (!item.has_entry()) return FoldResult::folded;  // telemetry: for the app, not for the fold
    return OpsEvent{state, item.entry().at_ms()}.people(item.entry().event());
}

}  // namespace marchwire::sdk
