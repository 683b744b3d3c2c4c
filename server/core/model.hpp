// The state of a march and of a campaign: plain values, a fold of their logs and nothing else.
#pragma once

#include "base/ids.hpp"
#include "base/units.hpp"
#include "core/order.hpp"
#include "core/proposal.hpp"
#include "core/topics.hpp"
#include "core/vocabulary.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
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

/// A check-in's place: never a coordinate. `number` is a waypoint number, a section number, or
/// metres from the start snapped to 50.
struct Place {
    PlaceKind kind = PlaceKind::none;
    std::uint32_t number = 0;
    bool operator==(const Place&) const = default;
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

struct Notice {
    std::uint32_t number = 0;
    Severity severity = Severity::info;
    std::string language;  ///< BCP 47; empty is English
    std::string text;
    UtcMs posted_at;
    UtcMs expires_at;  ///< 0 is never
    bool operator==(const Notice&) const = default;
};

/// An alert's key: its kind and its subject, which is a person (CHECKIN_MISSED) or the number of an order
/// (ORDER_UNACKED, ROLL_CALL_INCOMPLETE).
struct AlertKey {
    AlertKind kind = AlertKind::checkin_missed;
    PersonId subject;
    std::uint32_t number = 0;
    auto operator<=>(const AlertKey&) const = default;
};

/// Ladder of CHECKIN_MISSED: step 0 buddy, 1 section lead, 2 city leads, 3 national desk, then EXHAUSTED.
/// A rung that has nobody is skipped in the same decision. Of an order's alert: step 1 the section leads of those who
/// are missing and the issuer, 2 city leads, 3 national desk (STOP alone), then EXHAUSTED.
struct Alert {
    AlertKey key;
    AlertState state = AlertState::raised;
    std::uint32_t step = 0;
    std::uint32_t version = 0;
    UtcMs raised_at;
    UtcMs step_at;  ///< when the next step is due; 0 when none
    PersonId owner;
    bool operator==(const Alert&) const = default;
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
    std::vector<Notice> notices;  ///< last limits::notices_kept
    std::uint32_t notices_posted = 0;
    std::vector<CallToAction> calls_to_action;
    std::map<AlertKey, Alert> alerts;  ///< open ones; cleared ones leave
    std::vector<Order> orders;         ///< by number: open ones, and the last limits::orders_ended_kept that ended
    std::uint32_t orders_issued = 0;
    Term term;        ///< highest keeper term seen
    Tip signed_tip;   ///< last one signed
    Seq repaired_at;  ///< of the last LogRepaired: before it the store may lack entries; 0: none
    TopicTail topics;

    [[nodiscard]] bool exists() const { return topic_base != 0; }
    [[nodiscard]] const Member* member(PersonId person) const;
    [[nodiscard]] const Member* called(const std::string& callsign) const;
    [[nodiscard]] const Route* route(std::uint32_t version) const;
    [[nodiscard]] const Route* active() const { return route(active_route); }
    /// Null when it was never issued, or has ended long ago.
    [[nodiscard]] const Order* order(std::uint32_t number) const;
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
    bool operator==(const MarchListing&) const = default;
};

struct Person {
    PersonId id;
    std::string callsign;  ///< unique in (campaign, march); in clear (DESIGN 2)
    Slug march;            ///< empty for the national desk and auditors
    bool operator==(const Person&) const = default;
};

/// An opaque token, stored by its SHA-256 only. Names one person, one role, one march.
struct Token {
    std::uint32_t number = 0;
    base::Digest hash{};
    PersonId person;
    Role role = Role::side;
    Slug march;  ///< empty: the whole campaign (national desk, auditor)
    UtcMs issued_at;
    UtcMs expires_at;  ///< 0 is never
    bool revoked = false;
    bool operator==(const Token&) const = default;
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

/// Fold of a campaign's log: its data, persons, tokens and the list of its marches.
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
    ImportRecord last_import;
    std::vector<CallToAction> calls_to_action;
    Term term;
    Tip signed_tip;
    Seq repaired_at;  ///< as in a march
    TopicTail topics;

    [[nodiscard]] bool exists() const { return topic_base != 0; }
    bool operator==(const CampaignState&) const = default;
};

}  // namespace marchwire::core
