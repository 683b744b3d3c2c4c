// The state of a march and of a campaign: plain values, a fold of their logs and nothing else.
#pragma once

#include "base/ids.hpp"
#include "base/units.hpp"
#include "core/incident.hpp"
#include "core/order.hpp"
#include "core/place.hpp"
#include "core/proposal.hpp"
#include "core/retention.hpp"
#include "core/route_board.hpp"
#include "core/sealed.hpp"
#include "core/topics.hpp"
#include "core/vocabulary.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace marchwire::core {

using base::CommandId;
using base::DeviceId;
using base::Epoch;
using base::LatLon;
using base::LogId;
using base::Metres;
using base::Millis;
using base::Position;
using base::Seq;
using base::Slug;
using base::Term;
using base::Tip;
using base::TopicNumber;

// ---- a march ---------------------------------------------------------------------------------

/// When a phase is planned to begin. A march's plan lists its phases in order; a phase without a
/// known time has at = 0 ("no time is known") and is never late.
struct PlannedPhase {
    Phase phase = Phase::planned;
    UtcMs at;
    bool operator==(const PlannedPhase&) const = default;
};

/// What a march is, as organisers set it up.
struct MarchSpec {
    std::string city;
    std::string state;  ///< two letters, or empty outside the US
    std::string venue;
    std::string tz;              ///< IANA name, checked at import; all times are UTC, this is for showing
    std::optional<LatLon> site;  ///< the venue or a city point
    MarchKind kind = MarchKind::in_person;
    bool drill = false;  ///< absent from public and overview
    std::vector<PlannedPhase> plan;
    std::string source;  ///< where the plan was taken from, for people
    bool operator==(const MarchSpec&) const = default;
};

struct Waypoint {
    std::uint32_t number = 0;  ///< from 1, unique in its route
    WaypointKind kind = WaypointKind::assembly;
    std::string name;
    LatLon at;
    Metres along;  ///< its projection: metres from the route's start
    bool operator==(const Waypoint&) const = default;
};

/// A route version. The line never changes once imported, so it is shared by draft and committed.
struct RouteLine {
    std::string name;
    std::vector<LatLon> points;  ///< 2 to limits::route_points, length over 0
    std::vector<Waypoint> waypoints;
    std::vector<std::uint32_t> closed_legs;  ///< index of the leg's first point
    bool step_free = false;
    std::string source;  ///< "drawn by us from named landmarks": shown where the route is shown
    bool operator==(const RouteLine&) const = default;
};
struct Route {
    std::uint32_t version = 0;  ///< from 1 in each march
    RouteStatus status = RouteStatus::draft;
    UtcMs public_from;  ///< before it only assembly and step-free meeting point are public (DESIGN 5)
    UtcMs status_at;    ///< when its status was last said; what is public is judged by this moment
    std::shared_ptr<const RouteLine> line;
};
bool operator==(const Route& a, const Route& b);

/// A person on this march's roster.
struct Member {
    PersonId person;
    std::uint32_t ordinal = 0;  ///< place in order of joining, from 0: makes the person's topic
    std::string callsign;
    Role role = Role::side;
    std::uint32_t section = 0;  ///< 1.. ; 0 is none
    PersonId buddy;             ///< 0 is none
    bool no_phone = false;
    Duty duty = Duty::invited;
    std::uint32_t duty_version = 0;  ///< grows with each change of duty
    UtcMs duty_since;
    UtcMs last_check_in;  ///< received_at of the last; 0 when there was none
    Report last_report = Report::on_post;
    Place last_place;
    std::uint8_t battery_percent = 0;  ///< 1 to 100; 0 is unknown
    UtcMs due_at;                      ///< next check-in due; 0 when none is expected
    bool nudged = false;               ///< since due_at
    PersonId handover_to = {};         ///< HANDOVER_PENDING: who was asked to take over; 0 is none
    HeardBy heard_by = HeardBy::none;  ///< how the last check-in was heard
    UtcMs silent_since = {};           ///< the keeper heard nothing after this moment; 0: heard, or never missed
    std::string language = {};         ///< BCP 47; empty: not said. Of the ops feed alone
    bool operator==(const Member&) const = default;
};

/// Finds people on a roster without walking it, however large it is. Equal rosters have equal indexes, whatever
/// led to them. Ordinals are places in the roster.
struct RosterIndex {
    std::unordered_map<PersonId, std::uint32_t> ordinal_of;
    std::unordered_map<std::string, std::uint32_t> ordinal_called;       ///< by callsign
    std::unordered_map<PersonId, std::vector<std::uint32_t>> who_names;  ///< as buddy, ascending; none: no entry

    void add(const Member& member);
    /// Takes back what `add` said of this member as it then was.
    void remove(const Member& member);
    bool operator==(const RosterIndex&) const = default;
};

/// How many stand where: sums over a roster, so that no condition walks it. Derived from it, so never stored.
struct RosterTally {
    struct Cover {
        std::uint32_t assigned = 0;
        std::uint32_t working = 0;
        bool operator==(const Cover&) const = default;
    };
    std::uint32_t staff = 0;               ///< present, and counted as staff (duty.hpp)
    std::uint32_t silent = 0;              ///< whose phones the keeper does not hear
    std::map<std::uint32_t, Cover> cover;  ///< required roles by 256 x section + role; none assigned: no entry

    void add(const Member& member);
    /// Takes back what `add` said of this member as it then was.
    void remove(const Member& member);
    bool operator==(const RosterTally&) const = default;
};

/// When something is due about each member of a roster, in order of time: a tick looks at those who are due, and a
/// check-in, which moves its member from the first to the last, costs the logarithm of the roster.
class DueTimes {
public:
    /// 0 takes the member out.
    void set(std::uint32_t ordinal, UtcMs at);
    /// 0 when nothing is due at all.
    [[nodiscard]] UtcMs first() const { return ordered_.empty() ? UtcMs{} : ordered_.begin()->first; }
    /// Ordinals of those due at `now` or before, the earliest first.
    [[nodiscard]] std::vector<std::uint32_t> until(UtcMs now) const;
    bool operator==(const DueTimes&) const = default;

private:
    /// In a sorted vector all others would move.
    std::set<std::pair<UtcMs, std::uint32_t>> ordered_;
    std::vector<UtcMs> at_;  ///< by ordinal
};

/// One count of people: never overwritten, the next one stands behind it.
struct Count {
    UtcMs at;
    PersonId by;
    CountMethod method = CountMethod::estimate;
    std::uint32_t low = 0, value = 0, high = 0;  ///< people; 0: only the density was told
    std::uint32_t section = 0;                   ///< 0 is the whole march
    std::uint32_t density_per_10_m2 = 0;         ///< people on ten square metres; 0 is not said
    bool operator==(const Count&) const = default;
};

/// Which alerts are on, and whether the size of the roster says so or a lead.
struct AlertPolicy {
    AlertPreset preset = AlertPreset::small;
    bool by_size = true;
    bool operator==(const AlertPolicy&) const = default;
};

/// What a roster of this size has when nobody chose (DOMAIN, alerts).
[[nodiscard]] AlertPreset preset_of(std::size_t roster);

struct Notice {
    std::uint32_t number = 0;
    Severity severity = Severity::info;
    std::string language;  ///< BCP 47; empty is English
    std::string text;
    UtcMs posted_at;
    UtcMs expires_at;  ///< 0 is never
    bool operator==(const Notice&) const = default;
};

/// An alert's key: its kind and the number of its subject, which is a person where `about(kind)` says so. An alert
/// about an order has no subject but `number`, the order's.
struct AlertKey {
    AlertKind kind = AlertKind::checkin_missed;
    PersonId subject;
    std::uint32_t number = 0;  ///< of an order, incident or waypoint; GAP_OPEN: the section ahead of the gap; 0
                               ///< where the rest says all
    auto operator<=>(const AlertKey&) const = default;
};

/// A cry for help that its person seems to have cancelled, and under duress: on their own phone and all phones near it
/// has ended, and it stays open for those who may know. Those are fewer where the person reads what leads read.
enum class Duress : std::uint8_t {
    none = 0,
    section = 1,  ///< told to the lead of the section, and to all below
    city = 2,     ///< to the ops feed, and the desk
    desk = 3,     ///< to the national desk alone
};

/// Rungs of every ladder: step 0 buddy, 1 section lead, 2 city leads, 3 national desk, then EXHAUSTED. Which of them a
/// kind has stands in ladder.hpp. A rung that has nobody is skipped in the same decision.
struct Alert {
    AlertKey key;
    AlertState state = AlertState::raised;
    std::uint32_t step = 0;
    std::uint32_t version = 0;
    UtcMs raised_at;
    UtcMs step_at;  ///< when the next step is due; 0 when none
    PersonId owner;
    bool critical = false;     ///< the worse of two degrees, where a kind has two
    std::uint32_t figure = 0;  ///< as it was when raised: metres of a gap or beside the route, percent of the tail's
                               ///< pace or of the length at step-off, milliseconds of BUS_LAG, servers of
                               ///< INSTANCE_LOST, the token of LEAD_RECOVERED; 0 of other kinds
    Duress duress = Duress::none;  ///< of SOS_UNOWNED alone
    bool operator==(const Alert&) const = default;
};

/// Somebody saw an end of the column pass a waypoint (MarkPassed): what is known where nobody's GPS runs.
struct PassedMark {
    std::uint32_t route_version = 0;  ///< 0: this end was never reported
    std::uint32_t waypoint = 0;       ///< 0: none of this version; it was reported on one that it replaced
    Metres along;
    UtcMs at;  ///< when it was seen
    bool operator==(const PassedMark&) const = default;
};

/// What the log keeps of the column: no persons, metres in steps of 100.
struct ColumnSample {
    std::uint32_t route_version = 0;
    std::optional<std::uint32_t> head_metres, tail_metres, length_metres;
    std::optional<KnownBy> head_by, tail_by;
    std::uint32_t step_off_length_metres = 0;  ///< once all of it walked, in steps of 10; 0: not known yet
    bool operator==(const ColumnSample&) const = default;
};
struct ColumnRecord {
    PassedMark head, tail;
    ColumnSample sample;  ///< the last
    UtcMs sampled_at;     ///< 0: there was none
    bool operator==(const ColumnRecord&) const = default;
};

/// A condition that has changed and of which nobody was told yet.
struct Watch {
    enum class For : std::uint8_t {
        raise = 1,  ///< it holds: the alert is raised, or said anew as critical, at `due`
        clear = 2,  ///< it has gone: the alert ends at `due`
        fall = 3,   ///< a person ended the alert while it held: nothing is raised before it has gone
    };
    For what = For::raise;
    UtcMs due;              ///< 0 for `fall`
    bool critical = false;  ///< `fall`: what the ended alert was
    bool operator==(const Watch&) const = default;
};

/// Where a device of a person may be woken by Web Push. Sealed before it came here: only the outbox can open it.
struct PushSubscription {
    PersonId person;
    DeviceId device;
    std::string sealed;  ///< opaque, at most limits::push_sealed_bytes
    bool operator==(const PushSubscription&) const = default;
};

/// By what a person ends the own cry for help. Made by the shell of what they chose: the PINs are in no log.
struct SosPin {
    PersonId person;
    std::string salt;               ///< limits::sos_pin_salt_bytes, random
    base::Digest hash{};            ///< slow, of the PIN
    base::Digest duress_hash{};     ///< of the other one; all zero: none was chosen
    std::uint32_t wrong_tries = 0;  ///< for the cry that is open
    Seq cried_at = {};              ///< the last cry
    bool operator==(const SosPin&) const = default;
};

/// How the servers are to one another, as the march's keeper sees it.
struct ServersSeen {
    Millis bus_lag;          ///< what one says the others hear so late, for a while already; 0: in time
    std::uint32_t lost = 0;  ///< fell silent without leaving, and no other came in their place
    bool operator==(const ServersSeen&) const = default;
};

/// One change of phase, kept so that a mis-tap can be corrected.
struct PhaseStay {
    Phase phase = Phase::planned;
    UtcMs since;
    bool operator==(const PhaseStay&) const = default;
};

/// Last seq that each topic bore, so that an item can name the topic's previous one.
struct TopicTail {
    std::unordered_map<std::uint32_t, Seq> last;  ///< by topic index (topics.hpp)
    bool operator==(const TopicTail&) const = default;
};

/// Fold of a march's log. Copyable (draft and committed are two of these); cheap parts only, since
/// routes are shared.
struct MarchState {
    LogId id;
    std::uint32_t topic_base = 0;  ///< 0 until MarchCreated: then the march exists
    Tip tip;
    Seq public_seq;  ///< how many public items there were
    MarchSpec spec;
    std::uint32_t spec_version = 0;
    UtcMs made_at;

    Phase phase = Phase::planned;
    std::uint32_t phase_version = 0;
    UtcMs phase_since;
    std::optional<Phase> phase_before;     ///< HELD, STOPPED, POSTPONED, PAUSED: where to return
    std::vector<PhaseStay> phase_history;  ///< last 16, oldest first
    std::string public_sentence;           ///< HELD and STOPPED: what the public reads (never the reason)
    std::vector<Proposal> proposals;       ///< alive ones
    std::uint32_t proposals_made = 0;

    std::uint32_t sections = 0;
    std::vector<Route> routes;  ///< by version
    std::uint32_t active_route = 0;

    std::vector<Member> roster;   ///< by ordinal
    RosterIndex index;            ///< of `roster`: derived from it, so never stored
    RosterTally tally;            ///< the same
    DueTimes due;                 ///< the same, of `roster`, `alerts` and `no_show_at`
    std::vector<Notice> notices;  ///< last limits::notices_kept
    std::uint32_t notices_posted = 0;
    std::vector<CallToAction> calls_to_action;
    std::map<AlertKey, Alert> alerts;  ///< open ones; cleared ones leave
    std::vector<Order> orders;         ///< by number: open ones, and the last limits::orders_ended_kept that ended
    std::uint32_t orders_issued = 0;
    std::vector<Incident> incidents;  ///< by number: open ones, and the last limits::incidents_ended_kept that ended
    std::uint32_t incidents_reported = 0;
    std::map<std::uint32_t, RestrictedBlock> restricted;  ///< by incident: in no view, for ReadRestricted alone
    std::map<PersonId, std::string> details;              ///< names and numbers, opaque: in no view, for RevealPerson
    ColumnRecord column;
    std::vector<Intersection> intersections;  ///< of the active route, by waypoint; not there: UNSTAFFED, never touched
    RouteClosures closures;                   ///< of the active route
    std::map<AlertKey, Watch> watches;
    AlertPolicy policy;
    std::vector<Count> counts;             ///< last limits::counts_kept, oldest first; the log holds all
    std::vector<PushSubscription> pushes;  ///< oldest first; at most limits::push_devices of a person
    std::map<PersonId, SosPin> sos_pins;   ///< in no view
    ServersSeen servers;
    Retention retention;
    UtcMs no_show_at;  ///< whoever is CONFIRMED then has not come; 0 before step-off
    Term term;         ///< highest keeper term seen
    Tip signed_tip;    ///< last one signed
    Seq repaired_at;   ///< of the last LogRepaired: before it the store may lack entries; 0: none
    TopicTail topics;

    [[nodiscard]] bool exists() const { return topic_base != 0; }
    /// Its log has its last entry, and is deleted within a minute: nobody reads it or writes to it any more.
    [[nodiscard]] bool is_shredded() const { return bool(retention.shredded_at); }
    [[nodiscard]] const Member* member(PersonId person) const;
    [[nodiscard]] const Member* called(const std::string& callsign) const;
    [[nodiscard]] const Route* route(std::uint32_t version) const;
    [[nodiscard]] const Route* active() const { return route(active_route); }
    /// Null when it was never issued, or has ended long ago.
    [[nodiscard]] const Order* order(std::uint32_t number) const;
    /// Null when it was never reported, or has ended long ago.
    [[nodiscard]] const Incident* incident(std::uint32_t number) const;
    /// Makes what is derived anew, after `roster` was put in from a checkpoint.
    void derive();
    bool operator==(const MarchState&) const = default;
};

// ---- a campaign ------------------------------------------------------------------------------

struct CampaignSpec {
    std::string name;
    std::string organiser;
    std::uint32_t wave = 1;
    bool drill = false;
    bool operator==(const CampaignSpec&) const = default;
};

/// A march as its campaign lists it.
struct MarchListing {
    Slug march;
    std::uint32_t topic_base = 0;
    UtcMs listed_at = {};
    UtcMs forgotten_at = {};  ///< the march was shredded, and one of its name may be listed anew; 0: it is there
    bool operator==(const MarchListing&) const = default;
};

/// What a campaign keeps of a march whose log is gone; of a drill nothing but that.
struct MarchSummary {
    std::string city;
    std::string state;
    Phase phase = Phase::closed;
    UtcMs ended_at;  ///< from when its retention counted
    bool operator==(const MarchSummary&) const = default;
};

struct Person {
    PersonId id;
    std::string callsign;  ///< unique in (campaign, march); in clear (DESIGN 2); empty: their march was shredded
    Slug march;            ///< empty for the national desk and auditors
    bool operator==(const Person&) const = default;
};

/// An opaque token, stored by its SHA-256 only. Names one person, one role, one march. Bound to a device's key, or
/// (made on the host) good by itself.
struct Token {
    std::uint32_t number = 0;
    base::Digest hash{};
    PersonId person;
    Role role = Role::side;
    Slug march;  ///< empty: the whole campaign (national desk, auditor)
    UtcMs issued_at;
    UtcMs expires_at;  ///< 0 is never
    bool revoked = false;
    std::string public_key = {};  ///< P-256, 65 bytes: whoever uses it signs with this key; empty: the token is enough
    std::uint32_t invite = 0;     ///< that it came by; 0: none
    bool recovery = false;        ///< the host let a lead in again whom nobody confirmed
    bool operator==(const Token&) const = default;
};

enum class InviteState : std::uint8_t { unconfirmed = 1, open = 2, redeemed = 3, revoked = 4 };

/// A way in for one person on one device, once. What opens it is stored nowhere: of the link's secret its hash, of the
/// spoken code nothing, since servers make it of their key file.
struct Invite {
    std::uint32_t number = 0;
    base::Digest secret_hash{};  ///< SHA-256
    PersonId person;
    Role role = Role::side;
    Slug march;  ///< empty: the national desk and auditors
    UtcMs made_at;
    UtcMs expires_at;
    PersonId by;  ///< 0: the host
    InviteState state = InviteState::open;
    std::uint32_t wrong_codes = 0;  ///< at limits::invite_tries only the link opens it
    bool second_device = false;     ///< the person's other devices stay in

    [[nodiscard]] bool is_alive(UtcMs now) const {
        return (state == InviteState::open || state == InviteState::unconfirmed) && now < expires_at;
    }
    bool operator==(const Invite&) const = default;
};

/// A file of marches that is in: every command of it was accepted.
struct ImportRecord {
    std::uint32_t number = 0;  ///< from 1; 0: nothing was imported yet
    std::string file_sha256;   ///< 64 hexadecimal digits
    std::uint32_t marches = 0;
    std::uint32_t created = 0;
    std::uint32_t changed = 0;
    std::uint32_t unchanged = 0;
    UtcMs at;
    bool operator==(const ImportRecord&) const = default;
};

/// Fold of a campaign's log: its data, persons, tokens, invites and the list of its marches.
struct CampaignState {
    LogId id;
    std::uint32_t topic_base = 0;  ///< 0 until CampaignCreated
    Tip tip;
    Seq public_seq;
    CampaignSpec spec;
    std::uint32_t spec_version = 0;
    std::vector<MarchListing> marches;  ///< in order of their making
    std::vector<Person> persons;        ///< PersonId.value - 1 is the index
    std::vector<Token> tokens;          ///< number - 1 is the index
    std::vector<Invite> invites;        ///< the same
    ImportRecord last_import;
    std::vector<CallToAction> calls_to_action;
    Term term;
    Tip signed_tip;
    Seq repaired_at;  ///< as in a march
    TopicTail topics;

    [[nodiscard]] bool exists() const { return topic_base != 0; }
    [[nodiscard]] bool is_shredded() const { return false; }  ///< no campaign's log is
    /// The march of this name that is there; null when none is.
    [[nodiscard]] const MarchListing* listing(const Slug& march) const;
    /// All that this person ever came in by was revoked. Whoever never had a token is not shut out.
    [[nodiscard]] bool is_shut_out(PersonId person) const;
    bool operator==(const CampaignState&) const = default;
};

}  // namespace marchwire::core
