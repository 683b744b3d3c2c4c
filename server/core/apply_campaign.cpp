// The fold of a campaign's log: its data, its marches, and who may speak as whom.
#include "core/advance.hpp"
#include "core/decide.hpp"

#include "base/outcome.hpp"

namespace marchwire::core {
namespace {

/// Folds one event into a campaign.
class CampaignFold {
public:
    CampaignFold(CampaignState& state, const Entry& entry) : state_(state), entry_(entry) {}

    void operator()(const CampaignCreated& event) const {
        state_.topic_base = event.topic_base;
        state_.spec = event.spec;
        state_.spec_version = 1;
    }
    void operator()(const CampaignUpdated& event) const {
        state_.spec = event.spec;
        state_.spec_version = event.version;
    }
    void operator()(const MarchListed& event) const {
        state_.marches.push_back(event.listing);
        state_.marches.back().listed_at = entry_.at;
    }
    void operator()(const MarchForgotten& event) const {
        for (MarchListing& listing : state_.marches) {
            if (listing.march == event.march && !listing.forgotten_at) listing.forgotten_at = entry_.at;
        }
        for (Person& person : state_.persons) {
            if (person.march == event.march) person.callsign.clear();
        }
        for (Token& token : state_.tokens) token.revoked = token.revoked || token.march == event.march;
        for (Invite& one : state_.invites) {
            if (one.march == event.march && one.state != InviteState::redeemed) one.state = InviteState::revoked;
        }
    }
    void operator()(const PersonAdded& event) const { state_.persons.push_back(event.person); }
    void operator()(const TokenIssued& event) const { state_.tokens.push_back(event.token); }
    void operator()(const TokenRevoked& event) const {
        MARCHWIRE_INVARIANT(event.number >= 1 && event.number <= state_.tokens.size());
        state_.tokens[event.number - 1].revoked = true;
    }
    void operator()(const InviteMade& event) const { state_.invites.push_back(event.invite); }
    void operator()(const InviteChanged& event) const { invite(event.number).state = event.state; }
    void operator()(const InviteMistyped& event) const { ++invite(event.number).wrong_codes; }
    void operator()(const ImportRecorded& event) const { state_.last_import = event.record; }
    void operator()(const CallsToActionSet& event) const { state_.calls_to_action = event.calls; }
    void operator()(const KeeperChanged& event) const { state_.term = event.term; }
    void operator()(const TipSigned& event) const { state_.signed_tip = event.tip; }
    void operator()(const LogRepaired&) const { state_.repaired_at = entry_.seq; }

    void operator()(const MarchCreated&) const { misplaced(); }
    void operator()(const MarchUpdated&) const { misplaced(); }
    void operator()(const SectionsSet&) const { misplaced(); }
    void operator()(const PhaseChanged&) const { misplaced(); }
    void operator()(const ProposalMade&) const { misplaced(); }
    void operator()(const ProposalEnded&) const { misplaced(); }
    void operator()(const RouteImported&) const { misplaced(); }
    void operator()(const RouteStatusChanged&) const { misplaced(); }
    void operator()(const DutyAssigned&) const { misplaced(); }
    void operator()(const DutyChanged&) const { misplaced(); }
    void operator()(const CheckedIn&) const { misplaced(); }
    void operator()(const CheckInNudged&) const { misplaced(); }
    void operator()(const CheckInsScheduled&) const { misplaced(); }
    void operator()(const TimersShifted&) const { misplaced(); }
    void operator()(const AlertRaised&) const { misplaced(); }
    void operator()(const AlertStepped&) const { misplaced(); }
    void operator()(const AlertAcked&) const { misplaced(); }
    void operator()(const AlertCleared&) const { misplaced(); }
    void operator()(const OrderIssued&) const { misplaced(); }
    void operator()(const RecipientsAdded&) const { misplaced(); }
    void operator()(const ReceiptsMoved&) const { misplaced(); }
    void operator()(const OrdersEnded&) const { misplaced(); }
    void operator()(const NoticePosted&) const { misplaced(); }
    void operator()(const ColumnSampled&) const { misplaced(); }
    void operator()(const WaypointPassed&) const { misplaced(); }
    void operator()(const SosRaised&) const { misplaced(); }
    void operator()(const SosPinSet&) const { misplaced(); }
    void operator()(const SosPinMistyped&) const { misplaced(); }
    void operator()(const SosCancelled&) const { misplaced(); }
    void operator()(const CountReported&) const { misplaced(); }
    void operator()(const PolicySet&) const { misplaced(); }
    void operator()(const SilenceObserved&) const { misplaced(); }
    void operator()(const ServersObserved&) const { misplaced(); }
    void operator()(const IncidentReported&) const { misplaced(); }
    void operator()(const IncidentChanged&) const { misplaced(); }
    void operator()(const RestrictedRead&) const { misplaced(); }
    void operator()(const PushSubscribed&) const { misplaced(); }
    void operator()(const PushUnsubscribed&) const { misplaced(); }
    void operator()(const IntersectionsChanged&) const { misplaced(); }
    void operator()(const ClosuresSet&) const { misplaced(); }
    void operator()(const RetentionHeld&) const { misplaced(); }
    void operator()(const RetentionReleased&) const { misplaced(); }
    void operator()(const MarchExported&) const { misplaced(); }
    void operator()(const ShredWaived&) const { misplaced(); }
    void operator()(const MarchShredded&) const { misplaced(); }
    void operator()(const PersonDetailsSet&) const { misplaced(); }
    void operator()(const PersonRevealed&) const { misplaced(); }
    void operator()(const PersonErased&) const { misplaced(); }
    void operator()(const SecretsForgotten&) const { misplaced(); }

private:
    static void misplaced() { MARCHWIRE_INVARIANT(!"an event of a march in the log of a campaign"); }
    [[nodiscard]] Invite& invite(std::uint32_t number) const {
        MARCHWIRE_INVARIANT(number >= 1 && number <= state_.invites.size());
        return state_.invites[number - 1];
    }

    CampaignState& state_;
    const Entry& entry_;
};

}  // namespace

void apply(CampaignState& state, const Entry& entry, const base::Digest& digest) {
    MARCHWIRE_INVARIANT(entry.seq == state.tip.seq.next());
    std::visit(CampaignFold(state, entry), entry.event);
    advance(state, entry, digest);
}

}  // namespace marchwire::core
