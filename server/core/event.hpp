// What was accepted: the events of both logs, and the entry that bears one of them.
#pragma once

#include "core/model.hpp"
#include "core/sealed.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace marchwire::core {

// ---- events of a march's log -------------------------------------------------------------------
struct MarchCreated {
    std::uint32_t topic_base = 0;
    MarchSpec spec;
    std::uint32_t sections = 0;
};
struct MarchUpdated {
    std::uint32_t version = 0;
    MarchSpec spec;
};  ///< whole new spec; also of Reschedule and MoveVenue
struct SectionsSet {
    std::uint32_t sections = 0;
};
/// A change of phase, whatever caused it; `reason` is for staff, `public_sentence` for everybody.
struct PhaseChanged {
    std::uint32_t version = 0;
    Phase from = Phase::planned;
    Phase to = Phase::planned;
    std::optional<Phase> before;  ///< MarchState::phase_before from now on
    std::string reason;
    std::string public_sentence;
    bool correction = false;
};
struct ProposalMade {
    Proposal proposal;
};
struct ProposalEnded {
    std::uint32_t number = 0;
    bool confirmed = false;
    PersonId confirmer;
};

struct RouteImported {
    std::uint32_t version = 0;
    std::shared_ptr<const RouteLine> line;
};
/// APPROVED, ACTIVE (the one before becomes SUPERSEDED by an event of its own in the same group), WITHDRAWN.
struct RouteStatusChanged {
    std::uint32_t version = 0;
    RouteStatus status = RouteStatus::draft;
    UtcMs public_from;
    std::shared_ptr<const RouteLine> line;  ///< with ACTIVE: who sees it has not seen the import
};

/// A roster entry made or changed: who, what role, where. Duty stands in DutyChanged.
struct DutyAssigned {
    PersonId person;
    std::uint32_t ordinal = 0;
    std::string callsign;
    Role role = Role::side;
    std::uint32_t section = 0;
    std::uint32_t section_before = 0;  ///< equal to `section` for a new member
    PersonId buddy;
    bool no_phone = false;
    std::string language = {};
};
struct DutyChanged {
    PersonId person;
    Duty from = Duty::invited;
    Duty to = Duty::invited;
    std::uint32_t version = 0;
    UtcMs due_at;
    PersonId handover_to = {};  ///< with HANDOVER_PENDING: who is asked
};
struct CheckedIn {
    PersonId person;
    Report report = Report::on_post;
    Place place;
    std::uint8_t battery_percent = 0;
    std::uint32_t headcount = 0;  ///< 0 is not said
    UtcMs made_at;                ///< the phone's; the entry's `at` is received_at
    UtcMs due_at;                 ///< when the next is due; 0 when none is
    PersonId reported_by = {};    ///< somebody else said so; 0: the person
    HeardBy heard_by = HeardBy::none;
};
struct CheckInNudged {
    PersonId person;
    UtcMs due_at;
};
/// Check-in deadlines of everybody expected, set anew at a phase change or after time that did not count.
struct CheckInsScheduled {
    UtcMs due_at;
};
struct TimersShifted {
    Millis by;
};  ///< server was down or cut off: that time counts towards no deadline

struct AlertRaised {
    Alert alert;
};
struct AlertStepped {
    AlertKey key;
    AlertState state = AlertState::notifying;
    std::uint32_t step = 0;
    std::uint32_t version = 0;
    UtcMs step_at;
    std::vector<PersonId> notified;
};
struct AlertAcked {
    AlertKey key;
    std::uint32_t version = 0;
    PersonId owner;
};
struct AlertCleared {
    AlertKey key;
    std::uint32_t version = 0;
    PersonId by;
    std::string reason;
};

/// With its recipients as they were resolved. On topics of phones it bears none: see shown_on.
struct OrderIssued {
    Order order;
};
/// They came on duty before the deadline.
struct RecipientsAdded {
    std::uint32_t order = 0;
    std::vector<std::uint32_t> ordinals;       ///< places in the roster, ascending
    std::vector<std::uint32_t> sections = {};  ///< as in ReceiptsMoved
};
/// How far the order has come with some of its recipients: never to the left.
struct ReceiptsMoved {
    std::uint32_t order = 0;
    std::vector<Receipt> receipts;        ///< by ordinal
    std::vector<std::uint32_t> sections;  ///< of these recipients, as it was: put by `stamp`; see shown_on
};
struct OrdersEnded {
    std::vector<std::uint32_t> orders;
    OrderState state = OrderState::closed;
    std::uint32_t superseded_by = 0;
    PersonId by;         ///< 0: by another order, or by itself
    std::string reason;  ///< of whoever cancelled
};
/// Once a minute while the march moves.
struct ColumnSampled {
    ColumnSample sample;
};
/// An end of the column was seen at a waypoint, or its place on a new route was found.
struct WaypointPassed {
    End end = End::head;
    PassedMark mark;
    PersonId person;  ///< who said so; 0: nobody, the route changed
};

/// Some intersections of the active route are further than they were.
struct IntersectionsChanged {
    std::uint32_t route_version = 0;
    std::vector<Intersection> intersections;  ///< by waypoint
    bool whole = false;                       ///< with a new route: all others are untouched
};
/// What is closed of the active route now.
struct ClosuresSet {
    RouteClosures closures;
};

/// Its restricted block goes to the store alone: shown_on leaves it out on every topic.
struct IncidentReported {
    Incident incident;
    std::optional<RestrictedBlock> restricted;
};
/// The incident as it is now, with the notes that were added alone.
struct IncidentChanged {
    Incident incident;
    std::optional<RestrictedBlock> restricted;  ///< the whole block, where it was given anew; as above
    std::uint32_t forgets_order = 0;            ///< the words of this order are taken away: they described a child
};
/// Somebody has read what is restricted of an incident.
struct RestrictedRead {
    std::uint32_t incident = 0;
    PersonId person;
};

/// Somebody cried for help, again perhaps. The alert about it is an event of its own.
struct SosRaised {
    PersonId person;
    UtcMs made_at;  ///< the phone's
};
/// On no feed.
struct SosPinSet {
    SosPin pin;
};
/// Somebody gave a wrong PIN for the cry for help that is open.
struct SosPinMistyped {
    PersonId person;
    std::uint32_t tries_left = 0;
};
/// The person ended the own cry for help, and with it its alert. Under duress that is what phones hear (shown_on); the
/// alert goes on, with those who may know, from `step` on.
struct SosCancelled {
    PersonId person;
    std::uint32_t version = 0;  ///< of the alert
    Duress duress = Duress::none;
    std::uint32_t step = 0;
    AlertState state = AlertState::cleared;
    UtcMs step_at = {};
    std::vector<std::uint32_t> told = {};  ///< places in the roster: who hears the truth on a topic of their own
};
struct CountReported {
    Count count;
};
struct PolicySet {
    AlertPolicy policy;
};
/// What the keeper heard of phones, or did not: telemetry enters the log only as this.
struct SilenceObserved {
    struct Silence {
        PersonId person;
        UtcMs since;  ///< last heard then
        bool operator==(const Silence&) const = default;
    };
    std::vector<Silence> silent;
    std::vector<PersonId> heard;  ///< were silent, and speak again
};
/// How the servers are to one another has changed.
struct ServersObserved {
    ServersSeen servers;
};

/// One per person and device: a later one replaces it. On no feed.
struct PushSubscribed {
    PushSubscription subscription;
};
struct PushUnsubscribed {
    PersonId person;
    DeviceId device;
};

/// The end of the log is put off until somebody releases it.
struct RetentionHeld {
    PersonId person;
    std::string reason;
};
struct RetentionReleased {
    PersonId person;
    std::string reason;
};
/// The log was handed to somebody, up to some entry.
struct MarchExported {
    PersonId person;
    std::string sha256;  ///< of the file, 64 hexadecimal digits
};
/// It may go without an export: somebody has typed its name.
struct ShredWaived {
    PersonId person;
};
/// The last entry of a march's log: nothing may follow, and the store deletes it.
struct MarchShredded {};

/// Who somebody is, sealed under a key of their own. Bears nothing of it on any feed.
struct PersonDetailsSet {
    PersonId person;
    std::string sealed;  ///< opaque, at most limits::details_sealed_bytes
};
/// Somebody has read a person's name and number.
struct PersonRevealed {
    PersonId person;
    PersonId by;
};
/// The key of this person's name and number is deleted: whoever shows them takes them away.
struct PersonErased {
    PersonId person;
    PersonId by;
};
/// What is of this class can be opened no more: its time has come, and its keys are deleted.
struct SecretsForgotten {
    SealedClass what = SealedClass::places;
};

struct NoticePosted {
    Notice notice;
};
struct CallsToActionSet {
    std::vector<CallToAction> calls;
};

struct KeeperChanged {
    Term term;
};
struct TipSigned {
    Tip tip;
    std::array<std::uint8_t, 64> signature{};
};
/// The store has lost the newest entries, after `found`; whoever wrote this had folded them, up to `verified`, and its
/// fold goes on: nothing that they did is undone. Of both logs; the first entry of its epoch.
struct LogRepaired {
    Tip found;                    ///< seq 0: all was lost
    Tip verified;                 ///< the entry before this one in seq and chain
    std::vector<CommandId> lost;  ///< of commands whose entries are gone, as far back as they were remembered
};

// ---- events of a campaign's log ----------------------------------------------------------------
struct CampaignCreated {
    std::uint32_t topic_base = 0;
    CampaignSpec spec;
};
struct CampaignUpdated {
    std::uint32_t version = 0;
    CampaignSpec spec;
};
struct MarchListed {
    MarchListing listing;
};
struct PersonAdded {
    Person person;
};
struct TokenIssued {
    Token token;
};
struct TokenRevoked {
    std::uint32_t number = 0;
    std::string reason;
};
struct InviteMade {
    Invite invite;
};
struct InviteChanged {
    std::uint32_t number = 0;
    InviteState state = InviteState::open;
};
/// Somebody gave a wrong code for it.
struct InviteMistyped {
    std::uint32_t number = 0;
};

struct ImportRecorded {
    ImportRecord record;
};
/// The march's log is shredded. Tokens of its people are void from here on, and its people have no names any more.
struct MarchForgotten {
    Slug march;
    MarchSummary summary;
};

/// A type of its own, that is copied and moved in event.cpp: std::variant does so by functions of the alternatives'
/// number squared, and each file that held one cost a compiler half a minute.
struct Event
    : std::variant<MarchCreated, MarchUpdated, SectionsSet, PhaseChanged, ProposalMade, ProposalEnded, RouteImported,
                   RouteStatusChanged, DutyAssigned, DutyChanged, CheckedIn, CheckInNudged, CheckInsScheduled,
                   TimersShifted, AlertRaised, AlertStepped, AlertAcked, AlertCleared, NoticePosted, CallsToActionSet,
                   KeeperChanged, TipSigned, CampaignCreated, CampaignUpdated, MarchListed, PersonAdded, TokenIssued,
                   TokenRevoked, ImportRecorded, LogRepaired, OrderIssued, RecipientsAdded, ReceiptsMoved, OrdersEnded,
                   SosRaised, CountReported, PolicySet, SilenceObserved, ColumnSampled, WaypointPassed,
                   IncidentReported, IncidentChanged, RestrictedRead, PushSubscribed, PushUnsubscribed,
                   IntersectionsChanged, ClosuresSet, ServersObserved, InviteMade, InviteChanged, InviteMistyped,
                   RetentionHeld, RetentionReleased, MarchExported, ShredWaived, MarchShredded, MarchForgotten,
                   PersonDetailsSet, PersonRevealed, PersonErased, SecretsForgotten, SosPinSet, SosPinMistyped,
                   SosCancelled> {
    using variant::variant;
    Event() = default;
    Event(const Event&);
    Event(Event&&) noexcept;
    Event& operator=(const Event&);
    Event& operator=(Event&&) noexcept;
    ~Event();
};

/// A topic that an entry is shown on, and the seq that this topic bore before it.
struct TopicStamp {
    std::uint32_t index = 0;
    Seq prev;
    bool operator==(const TopicStamp&) const = default;
};

/// One record of what was accepted, by whom, when. Holds its resolved audience, so projecting it
/// needs nothing else. The digest stands beside it in the store, over its stored bytes.
struct Entry {
    Seq seq;
    Epoch epoch{1};
    UtcMs at;        ///< received_at
    UtcMs made_at;   ///< by the device; 0 for the keeper's own
    PersonId actor;  ///< 0 is the keeper or the host's command line
    Role actor_role = Role::keeper;
    CommandId command;            ///< that caused it; none for the keeper's
    std::vector<CommandId> also;  ///< further ones, of receipts that were gathered: then nobody alone is the actor
    Seq public_seq;               ///< public items up to and including this entry
    std::vector<TopicStamp> topics;
    Event event;
    std::vector<Sealed> sealed = {};  ///< parts of `event` that are not in it: as stored, and where the key is gone
};

}  // namespace marchwire::core
