#include "core/audience.hpp"
#include "core/ladder.hpp"
#include "core/views.hpp"

#include <algorithm>

namespace marchwire::core {

namespace {

/// Which events may be shown on a phone that may be seized.
struct FitForPhone {
    bool operator()(const MarchCreated&) const { return true; }
    bool operator()(const MarchUpdated&) const { return true; }
    bool operator()(const SectionsSet&) const { return true; }
    bool operator()(const PhaseChanged&) const { return true; }
    bool operator()(const RouteStatusChanged& event) const { return event.status == RouteStatus::active; }
    bool operator()(const DutyAssigned&) const { return true; }
    bool operator()(const DutyChanged&) const { return true; }
    bool operator()(const CheckedIn&) const { return true; }
    bool operator()(const CheckInNudged&) const { return true; }
    bool operator()(const CheckInsScheduled&) const { return true; }
    bool operator()(const TimersShifted&) const { return true; }
    bool operator()(const AlertRaised&) const { return true; }
    bool operator()(const AlertStepped&) const { return true; }
    bool operator()(const AlertAcked&) const { return true; }
    bool operator()(const AlertCleared&) const { return true; }
    bool operator()(const OrderIssued&) const { return true; }
    bool operator()(const RecipientsAdded&) const { return true; }
    bool operator()(const ReceiptsMoved&) const { return true; }
    bool operator()(const OrdersEnded&) const { return true; }
    bool operator()(const SosRaised&) const { return true; }
    bool operator()(const SosPinSet&) const { return false; }
    /// To the section's lead.
    bool operator()(const SosPinMistyped&) const { return true; }
    bool operator()(const SosCancelled&) const { return true; }
    /// That of a section, to its lead.
    bool operator()(const CountReported& event) const { return event.count.section != 0; }
    bool operator()(const NoticePosted&) const { return true; }
    bool operator()(const CallsToActionSet&) const { return true; }
    bool operator()(const PolicySet&) const { return false; }
    bool operator()(const SilenceObserved&) const { return false; }
    bool operator()(const ServersObserved&) const { return false; }
    bool operator()(const PushSubscribed&) const { return false; }
    bool operator()(const PushUnsubscribed&) const { return false; }
    bool operator()(const ProposalMade&) const { return false; }
    bool operator()(const ProposalEnded&) const { return false; }
    bool operator()(const RouteImported&) const { return false; }
    bool operator()(const KeeperChanged&) const { return false; }
    bool operator()(const TipSigned&) const { return false; }
    bool operator()(const LogRepaired&) const { return false; }
    bool operator()(const CampaignCreated&) const { return false; }
    bool operator()(const CampaignUpdated&) const { return false; }
    bool operator()(const MarchListed&) const { return false; }
    bool operator()(const PersonAdded&) const { return false; }
    bool operator()(const TokenIssued&) const { return false; }
    bool operator()(const TokenRevoked&) const { return false; }
    bool operator()(const InviteMade&) const { return false; }
    bool operator()(const InviteChanged&) const { return false; }
    bool operator()(const InviteMistyped&) const { return false; }
    bool operator()(const ImportRecorded&) const { return false; }
    bool operator()(const IncidentReported&) const { return true; }
    bool operator()(const IncidentChanged&) const { return true; }
    bool operator()(const RestrictedRead&) const { return false; }
    bool operator()(const IntersectionsChanged&) const { return true; }
    bool operator()(const ClosuresSet&) const { return true; }
    bool operator()(const RetentionHeld&) const { return false; }
    bool operator()(const RetentionReleased&) const { return false; }
    bool operator()(const MarchExported&) const { return false; }
    bool operator()(const ShredWaived&) const { return false; }
    bool operator()(const MarchShredded&) const { return false; }
    bool operator()(const PersonDetailsSet&) const { return false; }
    bool operator()(const PersonRevealed&) const { return false; }
    bool operator()(const PersonErased&) const { return false; }
    bool operator()(const SecretsForgotten&) const { return true; }
    bool operator()(const MarchForgotten&) const { return false; }
    bool operator()(const ColumnSampled&) const { return false; }
    bool operator()(const WaypointPassed&) const { return false; }
};

bool is_told(const MarchState& state, const Alert& alert, const Member& self) {
    const AlertKey& key = alert.key;
    const auto among = [&](const std::vector<PersonId>& told) { return std::ranges::count(told, self.person) != 0; };
    if (alert.duress != Duress::none) return among(told_of_duress(state, key, alert.step, alert.duress));
    const bool cried_here = key.kind == AlertKind::sos_unowned && self.section != 0 &&
                            section_of(state, key) == self.section;
    return cried_here || among(told_of(state, key, alert.step));
}

}  // namespace

bool marshal_may_see(const Event& event) { return std::visit(FitForPhone{}, event); }

std::vector<std::uint32_t> marshal_topics(const MarchState& state, PersonId person) {
    const Member* self = state.member(person);
    if (self == nullptr) return {};
    std::vector<std::uint32_t> topics = {topic_index::staff, topic_index::role(self->role),
                                         topic_index::person(self->ordinal)};
    if (self->section != 0) topics.push_back(topic_index::section(self->section));
    return topics;
}

std::optional<MarshalSnapshot> marshal_snapshot(const MarchState& state, PersonId person) {
    const Member* self = state.member(person);
    if (self == nullptr) return std::nullopt;
    MarshalSnapshot snapshot;
    snapshot.log = state.id;
    snapshot.position = {state.tip.epoch, state.tip.seq, base::short_digest(state.tip.digest)};
    snapshot.march = state.spec;
    snapshot.phase = {state.phase, state.phase_version, state.phase_since, state.public_sentence};
    snapshot.self = *self;
    snapshot.self.silent_since = UtcMs{};
    snapshot.self.language.clear();
    for (const Member& member : state.roster) {
        // Whoever offers me a duty is near as well. The buddy is who is named by me, or names me: both see one another.
        const bool near = (self->section != 0 && member.section == self->section) || member.person == self->buddy ||
                          member.buddy == person || member.handover_to == person;
        if (!near || member.person == person) continue;
        snapshot.section.push_back(member);
        // Of the ops feed alone.
        snapshot.section.back().silent_since = UtcMs{};
        snapshot.section.back().language.clear();
    }
    if (const Route* route = state.active()) snapshot.route = *route;
    snapshot.notices = state.notices;
    for (const auto& [key, alert] : state.alerts) {
        if (is_told(state, alert, *self)) snapshot.alerts.push_back(alert);
    }
    snapshot.orders = orders_of(state, *self);
    snapshot.intersections = state.intersections;
    snapshot.closures = state.closures;
    for (const Incident& incident : state.incidents) {
        if (is_shown_to(incident, *self)) snapshot.incidents.push_back(incident);
    }
    return snapshot;
}

}  // namespace marchwire::core
