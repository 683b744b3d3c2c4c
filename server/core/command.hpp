// What may be asked of a log: commands of persons, of the host's command line and of the keeper.
#pragma once

#include "core/event.hpp"
#include "core/model.hpp"
#include "core/proposal.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace marchwire::core {

// Where the meaning depends on it a command names the version of the thing that it changes
// (`phase_version`, `duty_version`, ...); a wrong one is CONFLICT with the present version and value.

// ---- set-up ------------------------------------------------------------------------------------
struct CreateCampaign {
    CampaignSpec spec;
    std::uint32_t topic_base = 0;
};  ///< 0 has been replaced by a free one before this is decided; so in the two other creations
struct UpdateCampaign {
    CampaignSpec spec;
    std::uint32_t version = 0;
};
struct ListMarch {
    Slug march;
    std::uint32_t topic_base = 0;
};  ///< on the campaign's log
struct AddPerson {
    std::string callsign;
    Slug march;
};  ///< on the campaign's log
struct IssueToken {
    base::Digest hash{};
    PersonId person;
    Role role = Role::side;
    Slug march;
    UtcMs expires_at;
    bool recovery = false;  ///< by the host: for a city lead whose phone is lost; their devices and invites are void
};
struct RevokeToken {
    std::uint32_t number = 0;
    std::string reason;
};

/// A way in for one person: devices and invites that they have are void from now on, unless it is for a second device.
/// On the campaign's log, as all about invites.
struct InviteMarshal {
    base::Digest secret_hash{};
    PersonId person;
    Role role = Role::side;
    Slug march;
    UtcMs expires_at;
    bool second_device = false;
};
/// The same for oneself, by somebody who is in, for a second device.
struct AddDevice {
    base::Digest secret_hash{};
    UtcMs expires_at;
};
struct ConfirmInvite {
    std::uint32_t number = 0;
};
struct RevokeInvite {
    std::uint32_t number = 0;
};
/// By the server for whoever opens the link or says the code. A wrong code is accepted too, as InviteMistyped: then
/// nothing was redeemed. With the same key it may be said again: an answer that was lost does not cost the invite.
struct RedeemInvite {
    std::uint32_t number = 0;
    std::optional<base::Digest> secret_hash;  ///< of the link; none: a code was given
    bool code_is_right = false;
    std::string public_key;  ///< of the device
    base::Digest token_hash{};
};
/// By the server, when an invite to a march was redeemed: on the march's log.
struct ConfirmDuty {
    PersonId person;
};

/// By the server, when a token was issued to a lead as a recovery: on the march's log, so that all who lead it hear.
struct AnnounceRecovery {
    PersonId person;
    std::uint32_t token = 0;  ///< core::Token::number
};

/// By the keeper of a march on whose street this person was detained: whatever phone they had then is not trusted any
/// more. On the campaign's log.
struct RevokePhones {
    PersonId person;
    UtcMs detained_at;  ///< a token that was issued later is another phone's
};

/// By the keeper of a march whose log is shredded. On the campaign's log.
struct ForgetMarch {
    Slug march;
    UtcMs shredded_at;  ///< a march of this name that was listed later is another
    MarchSummary summary;
};

/// The last command of an import: all others of its file were accepted.
struct RecordImport {
    std::uint32_t number = 0;  ///< of this import: one more than that of the last
    std::string file_sha256;
    std::uint32_t marches = 0;
    std::uint32_t created = 0;
    std::uint32_t changed = 0;
    std::uint32_t unchanged = 0;
};

struct CreateMarch {
    MarchSpec spec;
    std::uint32_t topic_base = 0;
    std::uint32_t sections = 0;
};
struct UpdateMarch {
    MarchSpec spec;
    std::uint32_t version = 0;
};  ///< all but the plan; venue and site as they are
/// Both tell everybody who is coming: a notice, and an order to those who have confirmed or are there.
struct MoveVenue {
    std::string venue;
    std::optional<LatLon> site;
    std::uint32_t version = 0;
};
struct Reschedule {
    std::vector<PlannedPhase> plan;
    std::uint32_t version = 0;
};
struct SetSections {
    std::uint32_t sections = 0;
};
struct AssignDuty {
    PersonId person;
    std::string callsign;
    Role role = Role::side;
    std::uint32_t section = 0;
    PersonId buddy;
    bool no_phone = false;
    std::string language = {};  ///< BCP 47; empty: as it is
};
struct ImportRoute {
    std::shared_ptr<const RouteLine> line;
};  ///< becomes a DRAFT with the next version

// ---- march -------------------------------------------------------------------------------------
// AdvancePhase, Hold and others that may be proposed stand in proposal.hpp.
struct CorrectPhase {
    Phase to = Phase::planned;
    std::uint32_t phase_version = 0;
    std::string reason;
};
struct ProposeResume {
    std::uint32_t phase_version = 0;
    std::string reason;
};
struct ConfirmResume {
    std::uint32_t proposal = 0;
};
/// Whatever was proposed is done, as if whoever confirms had asked for it; a resume by the rules of ConfirmResume.
struct ConfirmProposal {
    std::uint32_t proposal = 0;
    std::string typed_name;  ///< when the march is closed by it
};

// ---- field -------------------------------------------------------------------------------------
struct CheckIn {
    Report report = Report::on_post;
    Place place;
    std::uint8_t battery_percent = 0;
    std::uint32_t headcount = 0;
    PersonId on_behalf_of = {};        ///< said for somebody else; 0: for oneself
    HeardBy heard_by = HeardBy::none;  ///< with on_behalf_of
};
/// 'My section has it': whoever of the section is missing is there, said by one who has heard or seen them.
struct CheckInSection {
    std::uint32_t section = 0;  ///< 0: the own one
    HeardBy heard_by = HeardBy::none;
};
struct TakeBreak {
    std::uint32_t duty_version = 0;
};
struct EndDuty {
    std::uint32_t duty_version = 0;
};
/// Asks somebody to take over a duty: the own one, or that of `person`.
struct HandOver {
    PersonId person = {};  ///< whose duty; 0: the own
    std::uint32_t duty_version = 0;
    PersonId to = {};
};
/// By whoever was asked.
struct AnswerHandOver {
    PersonId person = {};            ///< whose duty
    std::uint32_t duty_version = 0;  ///< of that duty
    bool takes = false;
};
struct RaiseSos {};
/// What was given for a PIN is, as whoever hashes has found.
enum class PinMatch : std::uint8_t { untold = 0, none = 1, pin = 2, duress = 3 };
/// The own one. A wrong PIN is accepted too, as SosPinMistyped: then nothing was cancelled.
struct CancelSos {
    std::string pin;                    ///< as it was typed; emptied by whoever hashes
    PinMatch match = PinMatch::untold;  ///< all of it that counts here
    Seq seen = {};                      ///< how far the log was when it came: no later cry is meant
};
/// By the own device where none is set; by the server for whoever has redeemed an invite.
struct SetSosPin {
    std::string pin, duress_pin;  ///< as they were chosen; emptied by whoever hashes
    SosPin made = {};             ///< all that counts here; its person is the actor, but by the server
    bool replaces = false;        ///< by the server: this is the person's first device, and voids what the last one had
};
struct ReportCount {
    CountMethod method = CountMethod::estimate;
    std::uint32_t low = 0, value = 0, high = 0;
    std::uint32_t section = 0;
    std::uint32_t density_per_10_m2 = 0;
};

/// An end of the column passes a waypoint now, or did at the command's `made_at`.
struct MarkPassed {
    std::uint32_t waypoint = 0;  ///< its number on the route
    End end = End::head;
    std::uint32_t route_version = 0;  ///< the one that the waypoint is of; 0 is the active one
};

// ---- the street --------------------------------------------------------------------------------
/// Waypoints and legs are those of the active route, which `route_version` names.
struct SetIntersection {
    std::uint32_t waypoint = 0;
    IntersectionState state = IntersectionState::unstaffed;
    std::uint32_t version = 0;  ///< of the intersection
    std::uint32_t route_version = 0;
};
struct CloseLeg {
    std::uint32_t leg = 0;  ///< index of its first point
    std::uint32_t route_version = 0;
};
struct OpenExit {
    std::uint32_t waypoint = 0;
    std::uint32_t route_version = 0;
};
struct CloseExit {
    std::uint32_t waypoint = 0;
    std::uint32_t route_version = 0;
};

// ---- safety ------------------------------------------------------------------------------------
/// Names no version and always applies, also from a phone that was off-line.
struct ReportIncident {
    IncidentKind kind = IncidentKind::other;
    Severity severity = Severity::warning;
    Place place = {};
    std::string description = {};
    Methane methane = {};
    std::optional<RestrictedBlock> restricted = {};
    bool tell_all = false;  ///< LOST_CHILD: an INFO order with the description to all on duty
};
struct AssignIncident {
    std::uint32_t incident = 0;
    std::uint32_t version = 0;
    PersonId owner;
};
/// What is left out stays as it is. Where it only adds (note, description, METHANE, restricted block) the version may
/// be 0: it always applies then.
struct UpdateIncident {
    std::uint32_t incident = 0;
    std::uint32_t version = 0;
    std::optional<IncidentState> state = {};  ///< TRIAGED, ON_SCENE or CLOSED; the others have commands of their own
    std::optional<IncidentKind> kind = {};
    std::optional<Severity> severity = {};
    std::optional<Place> place = {};
    std::string description = {};
    std::string note = {};
    std::optional<Methane> methane = {};
    std::optional<RestrictedBlock> restricted = {};
    std::uint32_t duplicate_of = 0;
    bool escalate = false;  ///< call on the national desk
    bool tell_all = false;  ///< as in ReportIncident
};
struct ResolveIncident {
    std::uint32_t incident = 0;
    std::uint32_t version = 0;
    std::string outcome;
};
struct ReopenIncident {
    std::uint32_t incident = 0;
    std::uint32_t version = 0;
    std::string reason;
};
/// The answer bears the block, for this person alone; the log tells that it was read.
struct ReadRestricted {
    std::uint32_t incident = 0;
};
struct AckAlert {
    AlertKey key;
    std::uint32_t version = 0;
};
struct ClearAlert {
    AlertKey key;
    std::uint32_t version = 0;
    std::string reason;
};

// ---- orders ------------------------------------------------------------------------------------
struct IssueOrder {
    OrderKind kind = OrderKind::info;
    std::string template_name;
    std::vector<std::string> parameters;
    std::string text;
    OrderAudience audience;
    UtcMs deadline;  ///< 0: what the kind has
};
struct CancelOrder {
    std::uint32_t order = 0;
    std::string reason;
};
struct OpenRollCall {
    OrderAudience audience;
    std::string text;  ///< empty: a sentence of ours
    UtcMs deadline;    ///< 0: three minutes
};
// Receipts name no version: they always apply, also to an order that has ended meanwhile.
struct MarkDelivered {
    std::uint32_t order = 0;
};  ///< by the app
struct MarkSeen {
    std::uint32_t order = 0;
};
/// One's own, or on behalf of those who were heard: by name, or all of a section.
struct Acknowledge {
    std::uint32_t order = 0;
    std::vector<PersonId> on_behalf_of = {};
    std::uint32_t section = 0;  ///< 'my section has it'; 0: none
    HeardBy heard_by = HeardBy::none;
};
struct Decline {
    std::uint32_t order = 0;
    std::string reason;
};
struct AnswerRollCall {
    std::uint32_t order = 0;
    std::uint32_t headcount = 0;
    PersonId on_behalf_of;  ///< 0: one's own answer
    HeardBy heard_by = HeardBy::none;
};

/// Which alerts are on: a preset, or none to let the size of the roster decide again.
struct SetPolicy {
    std::optional<AlertPreset> preset;
};

// ---- waking ------------------------------------------------------------------------------------
/// Wakes this device by Web Push when an order waits for its person. What the browser says is sealed before this is
/// decided: `sealed` is all that counts here.
struct SubscribePush {
    std::string endpoint, p256dh, auth;  ///< as the device said them; emptied by whoever seals
    std::string sealed = {};
};
struct UnsubscribePush {};
/// By the outbox: the push service has forgotten it. Another that came meanwhile stays.
struct ForgetPush {
    PersonId person;
    std::string sealed;
};

// ---- persons -----------------------------------------------------------------------------------
/// Who somebody of the roster is. What was said is sealed before this is decided: `sealed` is all that counts here.
struct SetPersonDetails {
    PersonId person;
    std::string name;   ///< at most limits::name_characters; emptied by whoever seals
    std::string phone;  ///< at most limits::phone_characters; as above
    std::string sealed = {};
};
/// The answer bears name and number; the log tells who has read them.
struct RevealPerson {
    PersonId person;
};
/// Name and number are deleted for good, with the key that opens them. The callsign stays.
struct ErasePerson {
    PersonId person;
};

// ---- keeper ------------------------------------------------------------------------------------
struct Tick {
    Term term;
};  ///< do what is due at context.now
struct TakeKeeping {
    Term term;
    UtcMs idle_since;
};  ///< new keeper; time since then counts for no deadline
struct Unreached {
    std::uint32_t order = 0;
    std::uint32_t ordinal = 0;
    UtcMs since;
    bool operator==(const Unreached&) const = default;
};
/// Who of those on duty was not heard for limits::unreachable_after, and who of them was heard again. Nobody else has
/// telemetry, so what it says is believed.
struct ObserveSilence {
    Term term;
    std::vector<SilenceObserved::Silence> silent;
    std::vector<PersonId> heard;
};
/// How the servers are to one another.
struct ObserveServers {
    Term term;
    ServersSeen servers;
};
/// Recipients who have not confirmed and whose phones are not heard, since when.
struct ObserveUnreached {
    Term term;
    std::vector<Unreached> recipients;  ///< by order and ordinal; at most limits::unreached_told
};
struct RecordSignedTip {
    Term term;
    Tip tip;
    std::array<std::uint8_t, 64> signature{};
};
/// One condition of the column's alerts as it was measured.
struct ColumnCondition {
    AlertKind kind = AlertKind::gap_open;
    std::uint32_t number = 0;  ///< of its AlertKey
    bool holds = false;
    UtcMs since;  ///< for so long it holds, or has been gone
    bool severe = false;
    UtcMs severe_since;
    std::uint32_t figure = 0;  ///< as in Alert
};
/// What the keeper sees of the column: figures that make samples and alerts, so that a replay needs no telemetry.
struct ObserveColumn {
    Term term;
    std::uint32_t route_version = 0;
    std::optional<Metres> head, tail;  ///< none: nothing is known, or nothing certain
    std::optional<KnownBy> head_by, tail_by;
    std::uint32_t step_off_length_metres = 0;  ///< 0: not known yet
    std::vector<ColumnCondition> conditions;   ///< those that can be told; at most limits::column_conditions
};
/// The log was found cut after `found`: goes on under the next epoch, from what this server verified.
struct RepairLog {
    Tip found;
    std::vector<CommandId> lost;
};

/// A type of its own, as Event is; copied and moved in command.cpp.
struct CommandBody
    : std::variant<CreateCampaign, UpdateCampaign, ListMarch, AddPerson, IssueToken, RevokeToken, CreateMarch,
                   UpdateMarch, MoveVenue, Reschedule, SetSections, AssignDuty, ImportRoute, AdvancePhase, CorrectPhase,
                   Hold, Release, Stop, ProposeResume, ConfirmResume, Postpone, Cancel, ApproveRoute, ActivateRoute,
                   WithdrawRoute, CheckIn, TakeBreak, EndDuty, AckAlert, ClearAlert, PostNotice, SetCallsToAction,
                   ConfirmProposal, RecordImport, IssueOrder, CancelOrder, OpenRollCall, MarkDelivered, MarkSeen,
                   Acknowledge, Decline, AnswerRollCall, Tick, TakeKeeping, RecordSignedTip, RepairLog, HandOver,
                   AnswerHandOver, CheckInSection, RaiseSos, ReportCount, SetPolicy, ObserveSilence, MarkPassed,
                   ObserveColumn, ReportIncident, AssignIncident, UpdateIncident, ResolveIncident, ReopenIncident,
                   ReadRestricted, SubscribePush, UnsubscribePush, ForgetPush, ObserveUnreached, SetIntersection,
                   CloseLeg, OpenExit, CloseExit, ObserveServers, RevokePhones, InviteMarshal, AddDevice, ConfirmInvite,
                   RevokeInvite, RedeemInvite, ConfirmDuty, HoldRetention, ReleaseRetention, RecordExport, WaiveExport,
                   ForgetMarch, SetPersonDetails, RevealPerson, ErasePerson, AnnounceRecovery, CancelSos, SetSosPin> {
    using variant::variant;
    CommandBody() = default;
    CommandBody(const CommandBody&);
    CommandBody(CommandBody&&) noexcept;
    CommandBody& operator=(const CommandBody&);
    CommandBody& operator=(CommandBody&&) noexcept;
    ~CommandBody();
};

/// A level of storage that a reply names (DESIGN 4.1).
enum class Level : std::uint8_t { none = 0, stored = 1, synced = 2, replicated = 3 };

struct Command {
    CommandId id;   ///< none for the keeper's own
    UtcMs made_at;  ///< by the device's clock
    Level min_level = Level::none;
    CommandBody body;
};

}  // namespace marchwire::core
