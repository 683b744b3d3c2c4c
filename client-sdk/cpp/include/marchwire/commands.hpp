// What a person may ask of a march. Where the meaning depends on it a command names the version of the thing.
#pragma once

#include "marchwire/values.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace marchwire::sdk {

/// I am here, and so it is. Always applies.
struct CheckIn {
    Report report = Report::on_post;
    Place place;
    std::uint32_t battery_percent = 0;  ///< 1 to 100; 0: not said
    std::uint32_t headcount = 0;        ///< 0: not said
    PersonId on_behalf_of = 0;          ///< said for somebody else; 0: for oneself
    HeardBy heard_by = HeardBy::none;   ///< with on_behalf_of
};
/// 'My section has it': whoever of the section is missing is there.
struct CheckInSection {
    std::uint32_t section = 0;  ///< 0: the own one
    HeardBy heard_by = HeardBy::none;
};
/// An end of the column passes a waypoint, or did when the command was made. HEAD marshals tell of the head, TAIL
/// marshals of the tail.
struct MarkPassed {
    std::uint32_t waypoint = 0;
    End end = End::unknown;
    std::uint32_t route_version = 0;  ///< that the waypoint is of; 0: the active one
};
/// Off duty for a while. `duty_version`: Member::duty_version as the app has it; CONFLICT when it is another one now.
struct TakeBreak {
    std::uint32_t duty_version = 0;
};
/// Off duty for good.
struct EndDuty {
    std::uint32_t duty_version = 0;
};
/// Asks `to` to take over a duty; it lapses after five minutes.
struct HandOver {
    PersonId person = 0;  ///< whose duty; 0: the own
    std::uint32_t duty_version = 0;
    PersonId to = 0;
};
/// Takes over a duty that was offered, or does not.
struct AnswerHandOver {
    PersonId person = 0;             ///< whose duty is offered
    std::uint32_t duty_version = 0;  ///< of that duty
    bool takes = false;
};
/// A cry for help of one's own.
struct RaiseSos {};
/// Ends it, by the PIN that was chosen with the invite. Three tries; the refusal says how many are left.
struct CancelSos {
    std::string pin;
};
/// Where none was chosen with the invite, and no SOS is open.
struct SetSosPin {
    std::string pin;         ///< 4 to 8 digits
    std::string duress_pin;  ///< others; may be empty. See Invitation
};
/// Give value (with low and high around it), a density, or both.
struct ReportCount {
    CountMethod method = CountMethod::estimate;
    std::uint32_t low = 0, value = 0, high = 0;
    std::uint32_t section = 0;  ///< 0: the whole march
    std::uint32_t density_per_10_m2 = 0;
};
/// Wakes this device by Web Push when an order waits and the app is not there. As the browser's PushSubscription has
/// them, keys as base64url.
struct SubscribePush {
    std::string endpoint, p256dh, auth;
};
/// Wakes this device no more.
struct UnsubscribePush {};
/// Which alerts are on.
struct SetPolicy {
    AlertPreset preset = AlertPreset::unknown;  ///< unknown: by the size of the roster
};
/// The march goes on to a later phase. `phase_version`, here and below: March::phase_version as the app has it;
/// CONFLICT when it is another one now.
struct AdvancePhase {
    Phase to = Phase::unknown;
    std::uint32_t phase_version = 0;
    std::string typed_name;  ///< to CLOSED: the march's name
};
/// The phase was set wrong: to any other, with the reason.
struct CorrectPhase {
    Phase to = Phase::unknown;
    std::uint32_t phase_version = 0;
    std::string reason;
};
/// The march stands, until Release. The sentence is for the public.
struct Hold {
    std::uint32_t phase_version = 0;
    std::string reason;
    std::string public_sentence;
};
/// Goes on after Hold.
struct Release {
    std::uint32_t phase_version = 0;
};
/// The march stands, until two people have it go on: ProposeResume, ConfirmResume. Always applies.
struct Stop {
    std::string reason;
    std::string public_sentence;
};
/// After Stop, by one person. The answer's `made` is the proposal's number; it lapses after five minutes.
struct ProposeResume {
    std::uint32_t phase_version = 0;
    std::string reason;
};
/// By another person.
struct ConfirmResume {
    std::uint32_t proposal = 0;
};
/// Does what another person proposed.
struct ConfirmProposal {
    std::uint32_t proposal = 0;
    std::string typed_name;  ///< when the march is closed by it: its name
};
/// It is not today.
struct Postpone {
    std::uint32_t phase_version = 0;
    std::string reason;
};
/// It does not take place.
struct Cancel {
    std::uint32_t phase_version = 0;
    std::string reason;
};
/// The whole plan, in its order. Like MoveVenue it posts a notice, and an order to all who have confirmed or are there.
struct Reschedule {
    std::vector<PlannedPhase> plan;
    std::uint32_t spec_version = 0;
};
/// The place where people gather is another one.
struct MoveVenue {
    std::string venue;
    std::optional<LatLon> site;
    std::uint32_t spec_version = 0;
};
/// This version of the route may be activated.
struct ApproveRoute {
    std::uint32_t version = 0;
};
/// This version is the route from now on: an order tells all who are on duty.
struct ActivateRoute {
    std::uint32_t version = 0;
    std::uint32_t active_version = 0;  ///< the one that it replaces; 0: none is active
};
/// This version may not be activated any more.
struct WithdrawRoute {
    std::uint32_t version = 0;
};
/// Puts a person of the campaign on the roster, or changes what stands there.
struct AssignDuty {
    PersonId person = 0;
    std::string callsign;
    Role role = Role::side;
    std::uint32_t section = 0;
    PersonId buddy = 0;
    bool no_phone = false;
    std::string language = {};  ///< BCP 47; empty: as it is
};
/// I have it: the alert climbs no further.
struct AckAlert {
    AlertKind kind = AlertKind::checkin_missed;
    std::uint64_t subject = 0;
    std::uint32_t version = 0;
    std::uint32_t number = 0;  ///< of the alert
};
/// It is no alert any more, or was none.
struct ClearAlert {
    AlertKind kind = AlertKind::checkin_missed;
    std::uint64_t subject = 0;
    std::uint32_t version = 0;
    std::string reason;
    std::uint32_t number = 0;  ///< of the alert
};
/// HOLD, STOP, RESUME and DISPERSE to all go with Hold, Stop, Release and AdvancePhase. The answer's `made` is the
/// order's number. NOT_FOUND: nobody of the audience is on duty.
struct IssueOrder {
    OrderKind kind = OrderKind::info;
    std::string text;  ///< at most 160 characters
    OrderAudience audience;
    UtcMs deadline = 0;         ///< 0: what the kind has
    std::string template_name;  ///< empty: the text is free
    std::vector<std::string> parameters;
};
/// The order asks for nothing any more; whoever got it is told so.
struct CancelOrder {
    std::uint32_t order = 0;
    std::string reason;
};
/// The answer's `made` is the order's number.
struct OpenRollCall {
    OrderAudience audience;
    std::string text;    ///< empty: a sentence of the server
    UtcMs deadline = 0;  ///< 0: three minutes
};
/// The client sends this by itself: see Client. INVALID_TRANSITION, of receipts: it stands further right already.
struct MarkDelivered {
    std::uint32_t order = 0;
};
/// When the person has opened it.
struct MarkSeen {
    std::uint32_t order = 0;
};
/// One's own; or on behalf of these people, or of all of a section ("my section has it"), who were heard somehow.
struct Acknowledge {
    std::uint32_t order = 0;
    std::vector<PersonId> on_behalf_of;
    std::uint32_t section = 0;
    HeardBy heard_by = HeardBy::none;
};
/// I cannot, and why.
struct Decline {
    std::uint32_t order = 0;
    std::string reason;
};
/// Counted: so many are here.
struct AnswerRollCall {
    std::uint32_t order = 0;
    std::uint32_t headcount = 0;
    PersonId on_behalf_of = 0;
    HeardBy heard_by = HeardBy::none;
};
/// What only few may read: a child's name, what a medic must know, how to reach the family.
struct RestrictedBlock {
    std::string name, medical, contact;
    bool operator==(const RestrictedBlock&) const = default;
};
/// The answer's `made` is the incident's number. The description never tells a name.
struct ReportIncident {
    IncidentKind kind = IncidentKind::other;
    Severity severity = Severity::warning;
    Place place;
    std::string description;  ///< at most 280 characters
    Methane methane;
    std::optional<RestrictedBlock> restricted;
    bool tell_all = false;  ///< lost child, by whoever may order INFO: all on duty get the description (120 characters)
};
/// Gives an incident to a person. `version`, here and below: Incident::version as the app has it.
struct AssignIncident {
    std::uint32_t incident = 0;
    std::uint32_t version = 0;
    PersonId owner = 0;
};
/// What is left out stays as it is. Version 0: where it only adds (description, note, methane, restricted).
struct UpdateIncident {
    std::uint32_t incident = 0;
    std::uint32_t version = 0;
    IncidentState state = IncidentState::unknown;  ///< triaged, on_scene, closed
    IncidentKind kind = IncidentKind::unknown;
    Severity severity = Severity::unknown;
    std::optional<Place> place;
    std::string description;
    std::string note;  ///< at most 200 characters
    std::optional<Methane> methane;
    std::optional<RestrictedBlock> restricted;
    std::uint32_t duplicate_of = 0;
    bool escalate = false;  ///< call on the national desk
    bool tell_all = false;
};
/// It is over.
struct ResolveIncident {
    std::uint32_t incident = 0;
    std::uint32_t version = 0;
    std::string outcome;
};
/// It is not over.
struct ReopenIncident {
    std::uint32_t incident = 0;
    std::uint32_t version = 0;
    std::string reason;
};
/// The answer bears the block; the log tells who has read it.
struct ReadRestricted {
    std::uint32_t incident = 0;
};
/// Of the active route, whose version all of these name. Forward, or from held to staffed.
struct SetIntersection {
    std::uint32_t waypoint = 0;
    IntersectionState state = IntersectionState::unknown;
    std::uint32_t version = 0;
    std::uint32_t route_version = 0;
};
/// This part of the street cannot be walked.
struct CloseLeg {
    std::uint32_t leg = 0;  ///< index of its first point
    std::uint32_t route_version = 0;
};
/// People may leave here again.
struct OpenExit {
    std::uint32_t waypoint = 0;
    std::uint32_t route_version = 0;
};
/// Nobody may leave here.
struct CloseExit {
    std::uint32_t waypoint = 0;
    std::uint32_t route_version = 0;
};
/// Tells the public something.
struct PostNotice {
    Severity severity = Severity::info;
    std::string language;
    std::string text;
    UtcMs expires_at = 0;
};

// ---- who may get in: on the campaign's log -------------------------------------------------------
/// A new person of the campaign: `made` is the number, for InviteMarshal.
struct AddPerson {
    std::string callsign;
    std::string march;  ///< empty: of the national desk
};
/// Accepted::made is the invite's number, Accepted::invite_code what may be spoken. The person's other devices and
/// invites are void from then on, unless it is for a second device.
struct InviteMarshal {
    std::string secret_hash;  ///< hash_of_secret of the link's
    PersonId person = 0;
    Role role = Role::side;
    std::string march;
    UtcMs expires_at = 0;
    bool second_device = false;
};
/// A second device for oneself, within half an hour.
struct AddDevice {
    std::string secret_hash;
    UtcMs expires_at = 0;
};
/// By another lead, where an invite needs two.
struct ConfirmInvite {
    std::uint32_t number = 0;
};
/// Void from now on.
struct RevokeInvite {
    std::uint32_t number = 0;
};
/// This device is out, at once.
struct RevokeDevice {
    std::uint32_t number = 0;  ///< Device::number
    std::string reason;
};

// ---- how long a march is kept ----------------------------------------------------------------------
/// The march's log is not deleted until it is released. These four by the national desk; a city lead proposes them.
struct HoldRetention {
    std::string reason;
};
/// It may be deleted when its time is over.
struct ReleaseRetention {
    std::string reason;
};
/// Somebody has the log in a file with this SHA-256 (64 hexadecimal digits).
struct RecordExport {
    std::string sha256;
};
/// It may be deleted without an export.
struct WaiveExport {
    std::string typed_name;  ///< the march's slug
};

// ---- who people are --------------------------------------------------------------------------------
/// By a city lead or the national desk: stored sealed, under a key of this person. Leave out what is not known.
struct SetPersonDetails {
    PersonId person = 0;
    std::string name;   ///< at most 200 characters
    std::string phone;  ///< at most 40
};
/// Accepted::details answers; the log tells who read it.
struct RevealPerson {
    PersonId person = 0;
};
/// Name and number are deleted for good; the callsign stays.
struct ErasePerson {
    PersonId person = 0;
};

/// What Client::command takes.
using Command = std::variant<
    CheckIn, TakeBreak, EndDuty, AdvancePhase, CorrectPhase, Hold, Release, Stop, ProposeResume, ConfirmResume,
    ConfirmProposal, Postpone, Cancel, ApproveRoute, ActivateRoute, WithdrawRoute, AssignDuty, AckAlert, ClearAlert,
    PostNotice, CheckInSection, HandOver, AnswerHandOver, RaiseSos, ReportCount, SetPolicy, IssueOrder, CancelOrder,
    OpenRollCall, MarkDelivered, MarkSeen, Acknowledge, Decline, AnswerRollCall, MarkPassed, ReportIncident,
    AssignIncident, UpdateIncident, ResolveIncident, ReopenIncident, ReadRestricted, SubscribePush, UnsubscribePush,
    SetIntersection, CloseLeg, OpenExit, CloseExit, Reschedule, MoveVenue, AddPerson, InviteMarshal, AddDevice,
    ConfirmInvite, RevokeInvite, RevokeDevice, HoldRetention, ReleaseRetention, RecordExport, WaiveExport,
    SetPersonDetails, RevealPerson, ErasePerson, CancelSos, SetSosPin>;

/// Of RevealPerson's answer.
struct PersonDetails {
    std::string name;
    std::string phone;
};

/// The server stored it. `made`: number of what was created (proposal, notice, ...), 0 for nothing.
struct Accepted {
    Level level = Level::none;
    Position position;
    std::uint64_t made = 0;
    bool proposed = false;  ///< not done yet: `made` is a proposal that waits for somebody to confirm it
    std::optional<RestrictedBlock> restricted = {};  ///< to ReadRestricted alone; keep it nowhere
    std::string invite_code = {};                    ///< to InviteMarshal and AddDevice alone
    std::optional<PersonDetails> details = {};       ///< to RevealPerson alone; keep it nowhere
};
/// A command's answer.
using Outcome = std::variant<Accepted, Error>;

/// Device is random and kept by the app; its counter grows by one with each command.
struct CommandId {
    std::uint64_t device = 0;
    std::uint64_t counter = 0;
    auto operator<=>(const CommandId&) const = default;
};

/// One GPS fix, for report_position.
struct Fix {
    LatLon at;
    std::uint32_t accuracy_metres = 0;
    UtcMs fix_at = 0;
};

}  // namespace marchwire::sdk
