// What an item says, as a typed change.
#include "to_values.hpp"

#include <google/protobuf/descriptor.h>

namespace marchwire::sdk {
namespace {

template <class To, class From>
To word(From value) {
    return static_cast<To>(static_cast<std::uint8_t>(value));
}

/// The field that is set in a message with one oneof: its name in the proto.
std::string name_of_choice(const google::protobuf::Message& message) {
    const auto* choice = message.GetDescriptor()->oneof_decl(0);
    const auto* field = message.GetReflection()->GetOneofFieldDescriptor(message, choice);
    return field == nullptr ? std::string{} : field->name();
}

AlertChanged alert(const v1::AlertKey& key, AlertState state, std::uint32_t step) {
    return AlertChanged{word<AlertKind>(key.kind()), key.subject(), state, step, key.number()};
}

Change of_public(const v1::PublicItem& item) {
    switch (item.item_case()) {
        case v1::PublicItem::kAbout: return MarchUpdated{};
        case v1::PublicItem::kPhase:
            return PhaseChanged{word<Phase>(item.phase().phase()), item.phase().version(), item.phase().sentence(), {}};
        case v1::PublicItem::kRoute:
            return RouteChanged{item.route().version(), RouteStatus::active, item.route().name()};
        case v1::PublicItem::kNotice: return NoticePosted{notice_of(item.notice())};
        case v1::PublicItem::kClosures:
            return ClosuresSet{static_cast<std::uint32_t>(item.closures().closed_legs_size()),
                               static_cast<std::uint32_t>(item.closures().closed_waypoints_size())};
        case v1::PublicItem::kCallsToAction:
            return CallsToActionSet{static_cast<std::uint32_t>(item.calls_to_action().calls_size())};
        case v1::PublicItem::ITEM_NOT_SET: break;
    }
    return OtherChange{};
}

IncidentChanged incident_changed(const v1::Incident& now) {
    const int notes = now.notes_size();
    return {now.number(),
            word<IncidentKind>(now.kind()),
            word<Severity>(now.severity()),
            word<IncidentState>(now.state()),
            now.owner(),
            now.description(),
            notes == 0 ? std::string() : now.notes(notes - 1).text()};
}

Change of_incidents(const v1::Event& event) {
    switch (event.event_case()) {
        case v1::Event::kIncidentReported: return incident_changed(event.incident_reported().incident());
        case v1::Event::kIncidentChanged: return incident_changed(event.incident_changed().incident());
        case v1::Event::kIntersectionsChanged: {
            IntersectionsChanged changed{{}, event.intersections_changed().whole()};
            for (const v1::Intersection& one : event.intersections_changed().intersections()) {
                changed.changes.push_back({one.waypoint(), word<IntersectionState>(one.state())});
            }
            return changed;
        }
        case v1::Event::kClosuresSet: {
            const v1::RouteClosures& closures = event.closures_set().closures();
            return ClosuresSet{static_cast<std::uint32_t>(closures.closed_legs_size()),
                               static_cast<std::uint32_t>(closures.closed_exits_size())};
        }
        case v1::Event::kRestrictedRead:
            return RestrictedRead{event.restricted_read().incident(), event.restricted_read().person()};
        case v1::Event::kPersonRevealed:
            return PersonRevealed{event.person_revealed().person(), event.person_revealed().by()};
        case v1::Event::kPersonErased: return PersonErased{event.person_erased().person(), event.person_erased().by()};
        default: return OtherChange{name_of_choice(event)};
    }
}

Change of_orders(const v1::Event& event) {
    switch (event.event_case()) {
        case v1::Event::kOrderIssued: {
            const v1::Order& order = event.order_issued().order();
            return OrderIssued{order.number(), word<OrderKind>(order.kind()), order.text()};
        }
        case v1::Event::kRecipientsAdded: {
            ReceiptsMoved moved{event.recipients_added().order(), {}};
            for (const std::uint32_t ordinal : event.recipients_added().ordinals()) {
                moved.moves.push_back({ordinal, ReceiptState::queued});
            }
            return moved;
        }
        case v1::Event::kReceiptsMoved: {
            ReceiptsMoved moved{event.receipts_moved().order(), {}};
            const v1::Receipts& receipts = event.receipts_moved().receipts();
            for (int at = 0; at < receipts.ordinals_size() && at < receipts.states_size(); ++at) {
                moved.moves.push_back({receipts.ordinals(at), word<ReceiptState>(receipts.states(at))});
            }
            for (const v1::ReceiptNote& note : receipts.notes()) {
                const auto of = std::ranges::find(moved.moves, note.ordinal(), &ReceiptsMoved::Move::ordinal);
                if (of != moved.moves.end()) of->unreached_since = note.unreached_since_ms();
            }
            return moved;
        }
        case v1::Event::kOrdersEnded: {
            const v1::OrdersEnded& ended = event.orders_ended();
            return OrdersEnded{
                {ended.orders().begin(), ended.orders().end()}, word<OrderState>(ended.state()), ended.superseded_by()};
        }
        default: return of_incidents(event);
    }
}

Change of_people(const v1::Event& event, UtcMs at_ms) {
    switch (event.event_case()) {
        case v1::Event::kDutyAssigned: return MemberChanged{event.duty_assigned().person(), {}};
        case v1::Event::kDutyChanged:
            return MemberChanged{event.duty_changed().person(), word<Duty>(event.duty_changed().to())};
        case v1::Event::kCheckedIn: {
            const v1::CheckedIn& said = event.checked_in();
            return CheckedIn{said.person(),
                             word<Report>(said.report()),
                             {word<PlaceKind>(said.place().kind()), said.place().number()},
                             said.battery_percent(),
                             said.reported_by(),
                             word<HeardBy>(said.heard_by())};
        }
        case v1::Event::kSosRaised: return SosRaised{event.sos_raised().person()};
        case v1::Event::kSosCancelled:
            return SosCancelled{event.sos_cancelled().person(), event.sos_cancelled().duress() != v1::DURESS_NONE};
        case v1::Event::kSosPinMistyped:
            return SosPinMistyped{event.sos_pin_mistyped().person(), event.sos_pin_mistyped().tries_left()};
        case v1::Event::kCountReported: return CountReported{count_of(event.count_reported().count())};
        case v1::Event::kPolicySet: {
            const v1::AlertPolicy& policy = event.policy_set().policy();
            return PolicySet{word<AlertPreset>(policy.preset()), policy.by_size()};
        }
        case v1::Event::kAlertRaised: {
            const v1::Alert& raised = event.alert_raised().alert();
            AlertChanged changed = alert(raised.key(), word<AlertState>(raised.state()), raised.step());
            changed.critical = raised.critical();
            changed.figure = raised.figure();
            return changed;
        }
        case v1::Event::kAlertStepped:
            return alert(event.alert_stepped().key(), word<AlertState>(event.alert_stepped().state()),
                         event.alert_stepped().step());
        case v1::Event::kAlertAcked: return alert(event.alert_acked().key(), AlertState::acked, 0);
        case v1::Event::kAlertCleared: return alert(event.alert_cleared().key(), AlertState::cleared, 0);
        case v1::Event::kColumnSampled: return ColumnSampled{sample_of(event.column_sampled().sample(), at_ms)};
        case v1::Event::kWaypointPassed:
            return WaypointPassed{word<End>(event.waypoint_passed().end()), mark_of(event.waypoint_passed().mark()),
                                  event.waypoint_passed().person()};
        default: return of_orders(event);
    }
}

Change of_event(const v1::Event& event, UtcMs at_ms) {
    switch (event.event_case()) {
        case v1::Event::kMarchCreated:
        case v1::Event::kMarchUpdated: return MarchUpdated{};
        case v1::Event::kPhaseChanged: {
            const v1::PhaseChanged& change = event.phase_changed();
            return PhaseChanged{word<Phase>(change.to()), change.version(), change.public_sentence(), change.reason()};
        }
        case v1::Event::kRouteImported:
            return RouteChanged{event.route_imported().version(), RouteStatus::draft,
                                event.route_imported().line().name()};
        case v1::Event::kRouteStatusChanged: {
            const v1::RouteStatusChanged& change = event.route_status_changed();
            return RouteChanged{change.version(), word<RouteStatus>(change.status()), change.line().name()};
        }
        case v1::Event::kProposalMade: return ProposalMade{proposal_of(event.proposal_made().proposal())};
        case v1::Event::kProposalEnded:
            return ProposalEnded{event.proposal_ended().number(), event.proposal_ended().confirmed()};
        case v1::Event::kNoticePosted: return NoticePosted{notice_of(event.notice_posted().notice())};
        case v1::Event::kCallsToActionSet:
            return CallsToActionSet{static_cast<std::uint32_t>(event.calls_to_action_set().calls_size())};
        default: return of_people(event, at_ms);
    }
}

Change of_public_column(const v1::PublicColumn& column) {
    ColumnMoved moved;
    moved.moving = column.moving();
    if (column.has_head_metres()) moved.head_metres = column.head_metres();
    if (column.has_tail_metres()) moved.tail_metres = column.tail_metres();
    moved.head_reported_at = column.head_reported_at_ms();
    moved.tail_reported_at = column.tail_reported_at_ms();
    return moved;
}

void put_pace(const v1::OpsColumn& column, ColumnMoved& moved) {
    moved.head_reported_at = column.head_reported_at_ms();
    moved.tail_reported_at = column.tail_reported_at_ms();
    moved.head_spread_metres = column.head_spread_metres();
    moved.tail_spread_metres = column.tail_spread_metres();
    if (column.has_length_metres()) moved.length_metres = column.length_metres();
    if (column.has_head_pace()) moved.head_pace = column.head_pace();
    if (column.has_tail_pace()) moved.tail_pace = column.tail_pace();
    moved.head_at_end = column.head_at_end_ms();
    moved.tail_at_end = column.tail_at_end_ms();
    for (const v1::Gap& gap : column.gaps()) {
        moved.gaps.push_back({gap.ahead(), gap.behind(), gap.metres(), gap.holds_intersection()});
    }
    for (const v1::Arrival& arrival : column.arrivals()) {
        moved.arrivals.push_back({arrival.waypoint(), arrival.at_ms()});
    }
    if (column.has_off_route_metres()) moved.off_route_metres = column.off_route_metres();
}

Change of_ops_column(const v1::OpsColumn& column) {
    ColumnMoved moved;
    moved.exact = true;
    moved.stale = column.stale();
    moved.moving = column.has_head_metres();
    if (column.has_head_metres()) moved.head_metres = column.head_metres();
    if (column.has_tail_metres()) moved.tail_metres = column.tail_metres();
    put_pace(column, moved);
    return moved;
}

Change of_position(const v1::MarshalPosition& position) {
    MarshalMoved moved{position.person(), point_of(position.at()), {}, position.flagged()};
    if (position.has_along_metres()) moved.along_metres = position.along_metres();
    return moved;
}

template <class Rows>
Change of_rows(const Rows& rows) {
    RowsChanged changed;
    changed.whole = rows.whole();
    for (const auto& row : rows.rows()) changed.rows.push_back(row_of(row));
    changed.gone.assign(rows.gone().begin(), rows.gone().end());
    return changed;
}

}  // namespace

Change change_of(const v1::Item& item) {
    switch (item.item_case()) {
        case v1::Item::kPublicItem: return of_public(item.public_item());
        case v1::Item::kEntry: return of_event(item.entry().event(), item.entry().at_ms());
        case v1::Item::kOverviewRows: return of_rows(item.overview_rows());
        case v1::Item::kDeskRows: return of_rows(item.desk_rows());
        case v1::Item::kPublicColumn: return of_public_column(item.public_column());
        case v1::Item::kOpsColumn: return of_ops_column(item.ops_column());
        case v1::Item::kMarshalPosition: return of_position(item.marshal_position());
        case v1::Item::kLiveness:
            return MarshalHeard{item.liveness().person(), word<Reachability>(item.liveness().reachability())};
        default: return OtherChange{name_of_choice(item)};
    }
}

}  // namespace marchwire::sdk
