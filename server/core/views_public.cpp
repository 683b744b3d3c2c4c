#include "core/route.hpp"
#include "core/views.hpp"

#include "base/limits.hpp"

#include <algorithm>

namespace marchwire::core {
namespace {

PublicMarch public_march(const MarchSpec& spec) {
    return {spec.city, spec.state, spec.venue, spec.tz, spec.site, spec.kind, spec.plan, spec.source};
}

/// Before the route is public people may know where to gather, and how to get there without steps.
bool shown_early(PublicWaypointKind kind) {
    return kind == PublicWaypointKind::assembly || kind == PublicWaypointKind::meeting_point;
}

PublicClosures public_closures(const RouteClosures& closures) {
    return {closures.route_version, closures.closed_legs, closures.public_closed};
}

/// Turns an event into what the public reads of it.
struct PublicReading {
    const Entry& entry;
    using Item = std::optional<PublicItem>;

    Item operator()(const MarchCreated& event) const { return public_march(event.spec); }
    Item operator()(const MarchUpdated& event) const { return public_march(event.spec); }
    Item operator()(const PhaseChanged& event) const {
        return PublicPhase{event.to, event.version, entry.at, event.public_sentence};
    }
    Item operator()(const RouteStatusChanged& event) const {
        if (event.status != RouteStatus::active) return std::nullopt;
        Route route;
        route.version = event.version;
        route.status = event.status;
        route.public_from = event.public_from;
        route.line = event.line;
        return public_route(route, entry.at);
    }
    Item operator()(const NoticePosted& event) const { return PublicNotice{event.notice}; }
    Item operator()(const CallsToActionSet& event) const { return PublicCalls{event.calls}; }

    Item operator()(const SectionsSet&) const { return std::nullopt; }
    Item operator()(const ProposalMade&) const { return std::nullopt; }
    Item operator()(const ProposalEnded&) const { return std::nullopt; }
    Item operator()(const RouteImported&) const { return std::nullopt; }
    Item operator()(const DutyAssigned&) const { return std::nullopt; }
    Item operator()(const DutyChanged&) const { return std::nullopt; }
    Item operator()(const CheckedIn&) const { return std::nullopt; }
    Item operator()(const CheckInNudged&) const { return std::nullopt; }
    Item operator()(const CheckInsScheduled&) const { return std::nullopt; }
    Item operator()(const TimersShifted&) const { return std::nullopt; }
    Item operator()(const AlertRaised&) const { return std::nullopt; }
    Item operator()(const AlertStepped&) const { return std::nullopt; }
    Item operator()(const AlertAcked&) const { return std::nullopt; }
    Item operator()(const AlertCleared&) const { return std::nullopt; }
    Item operator()(const SosRaised&) const { return std::nullopt; }
    Item operator()(const SosPinSet&) const { return std::nullopt; }
    Item operator()(const SosPinMistyped&) const { return std::nullopt; }
    Item operator()(const SosCancelled&) const { return std::nullopt; }
    Item operator()(const CountReported&) const { return std::nullopt; }
    Item operator()(const PolicySet&) const { return std::nullopt; }
    Item operator()(const SilenceObserved&) const { return std::nullopt; }
    Item operator()(const ServersObserved&) const { return std::nullopt; }
    Item operator()(const PushSubscribed&) const { return std::nullopt; }
    Item operator()(const PushUnsubscribed&) const { return std::nullopt; }
    Item operator()(const KeeperChanged&) const { return std::nullopt; }
    Item operator()(const TipSigned&) const { return std::nullopt; }
    Item operator()(const OrderIssued&) const { return std::nullopt; }
    Item operator()(const RecipientsAdded&) const { return std::nullopt; }
    Item operator()(const ReceiptsMoved&) const { return std::nullopt; }
    Item operator()(const OrdersEnded&) const { return std::nullopt; }
    Item operator()(const LogRepaired&) const { return std::nullopt; }
    Item operator()(const CampaignCreated&) const { return std::nullopt; }
    Item operator()(const CampaignUpdated&) const { return std::nullopt; }
    Item operator()(const MarchListed&) const { return std::nullopt; }
    Item operator()(const PersonAdded&) const { return std::nullopt; }
    Item operator()(const TokenIssued&) const { return std::nullopt; }
    Item operator()(const TokenRevoked&) const { return std::nullopt; }
    Item operator()(const InviteMade&) const { return std::nullopt; }
    Item operator()(const InviteChanged&) const { return std::nullopt; }
    Item operator()(const InviteMistyped&) const { return std::nullopt; }
    Item operator()(const ImportRecorded&) const { return std::nullopt; }
    Item operator()(const RetentionHeld&) const { return std::nullopt; }
    Item operator()(const RetentionReleased&) const { return std::nullopt; }
    Item operator()(const MarchExported&) const { return std::nullopt; }
    Item operator()(const ShredWaived&) const { return std::nullopt; }
    Item operator()(const MarchShredded&) const { return std::nullopt; }
    Item operator()(const PersonDetailsSet&) const { return std::nullopt; }
    Item operator()(const PersonRevealed&) const { return std::nullopt; }
    Item operator()(const PersonErased&) const { return std::nullopt; }
    Item operator()(const SecretsForgotten&) const { return std::nullopt; }
    Item operator()(const MarchForgotten&) const { return std::nullopt; }
    Item operator()(const ColumnSampled&) const { return std::nullopt; }
    Item operator()(const IncidentReported&) const { return std::nullopt; }
    Item operator()(const IncidentChanged&) const { return std::nullopt; }
    Item operator()(const RestrictedRead&) const { return std::nullopt; }
    Item operator()(const IntersectionsChanged&) const { return std::nullopt; }
    Item operator()(const ClosuresSet& event) const { return public_closures(event.closures); }
    Item operator()(const WaypointPassed&) const { return std::nullopt; }
};

/// A client's fold, one item at a time.
struct PublicFold {
    PublicSnapshot& snapshot;

    void operator()(const PublicMarch& item) const { snapshot.march = item; }
    void operator()(const PublicPhase& item) const { snapshot.phase = item; }
    void operator()(const PublicRoute& item) const {
        snapshot.route = item;
        if (snapshot.closures.route_version != item.version) snapshot.closures = {};
    }
    void operator()(const PublicClosures& item) const { snapshot.closures = item; }
    void operator()(const PublicNotice& item) const {
        auto& notices = snapshot.notices;
        notices.push_back(item.notice);
        if (notices.size() > base::limits::notices_kept) notices.erase(notices.begin());
    }
    void operator()(const PublicCalls& item) const { snapshot.calls_to_action = item.calls; }
};

}  // namespace

std::optional<PublicItem> public_item(const Entry& entry) {
    const bool is_public = std::ranges::any_of(
        entry.topics, [](const TopicStamp& stamp) { return stamp.index == topic_index::public_feed; });
    return is_public ? std::visit(PublicReading{entry}, entry.event) : std::nullopt;
}

PublicRoute public_route(const Route& route, UtcMs now) {
    PublicRoute shown;
    shown.version = route.version;
    if (!route.line) return shown;
    const RouteLine& line = *route.line;
    const bool whole = now >= route.public_from;
    for (const Waypoint& waypoint : line.waypoints) {
        const auto kind = public_kind(waypoint.kind);
        if (kind && (whole || shown_early(*kind))) {
            // How far along a gathering place lies would tell of the line.
            shown.waypoints.push_back({*kind, waypoint.name, waypoint.at, whole ? waypoint.along : Metres{}});
        }
    }
    shown.step_free = line.step_free;
    if (!whole) return shown;
    shown.name = line.name;
    shown.points = line.points;
    shown.length = line_length(line.points);
    shown.source = line.source;
    return shown;
}

PublicSnapshot public_snapshot(const MarchState& state) {
    PublicSnapshot snapshot;
    snapshot.log = state.id;
    snapshot.position = {state.tip.epoch, state.public_seq, base::short_digest(state.tip.digest)};
    snapshot.march = public_march(state.spec);
    snapshot.phase = {state.phase, state.phase_version, state.phase_since, state.public_sentence};
    if (const Route* route = state.active()) snapshot.route = public_route(*route, route->status_at);
    if (is_route_public(state)) snapshot.closures = public_closures(state.closures);
    snapshot.notices = state.notices;
    snapshot.calls_to_action = state.calls_to_action;
    return snapshot;
}

void fold(PublicSnapshot& snapshot, const PublicItem& item) { std::visit(PublicFold{snapshot}, item); }

}  // namespace marchwire::core
