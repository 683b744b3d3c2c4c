// Projections of entries and states for each audience: public, marshal, ops, overview, desk.
//
// Public values are types of their own with no member that could hold a person: leaking one does
// not compile. Ops items are the entries themselves.
#pragma once

#include "core/event.hpp"
#include "core/readiness.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace marchwire::core {

// ---- public ------------------------------------------------------------------------------------
struct PublicWaypoint {
    PublicWaypointKind kind = PublicWaypointKind::assembly;
    std::string name;
    LatLon at;
    Metres along;
    bool operator==(const PublicWaypoint&) const = default;
};
/// Before `public_from` the line is empty and only assembly and step-free meeting points are there.
struct PublicRoute {
    std::uint32_t version = 0;  ///< 0: no active route
    std::string name;
    std::vector<LatLon> points;
    std::vector<PublicWaypoint> waypoints;
    bool step_free = false;
    Metres length;
    std::string source;
    bool operator==(const PublicRoute&) const = default;
};
struct PublicPhase {
    Phase phase = Phase::planned;
    std::uint32_t version = 0;
    UtcMs since;
    std::string sentence;  ///< HELD and STOPPED: the chosen sentence
    bool operator==(const PublicPhase&) const = default;
};
struct PublicMarch {  ///< what the march is
    std::string city, state, venue, tz;
    std::optional<LatLon> site;
    MarchKind kind = MarchKind::in_person;
    std::vector<PlannedPhase> plan;
    std::string source;
    bool operator==(const PublicMarch&) const = default;
};
/// What is closed of the public route.
struct PublicClosures {
    std::uint32_t route_version = 0;              ///< 0: nothing was said yet
    std::vector<std::uint32_t> closed_legs;       ///< index of each leg's first point
    std::vector<std::uint32_t> closed_waypoints;  ///< places among the route's waypoints, from 0
    bool operator==(const PublicClosures&) const = default;
};
struct PublicSnapshot {
    LogId log;
    Position position;  ///< public: seq counts public items
    PublicMarch march;
    PublicPhase phase;
    PublicRoute route;
    std::vector<Notice> notices;
    std::vector<CallToAction> calls_to_action;
    PublicClosures closures;
    bool operator==(const PublicSnapshot&) const = default;
};
struct PublicNotice {
    Notice notice;
    bool operator==(const PublicNotice&) const = default;
};
struct PublicCalls {
    std::vector<CallToAction> calls;
    bool operator==(const PublicCalls&) const = default;
};
/// What one public item says.
using PublicItem = std::variant<PublicMarch, PublicPhase, PublicRoute, PublicNotice, PublicCalls, PublicClosures>;

/// What the public sees of an entry; empty for most. Whether the entry is public at all stands in its
/// topic stamps (a drill's never is).
[[nodiscard]] std::optional<PublicItem> public_item(const Entry& entry);
/// What is public of a route at `now`.
[[nodiscard]] PublicRoute public_route(const Route& route, UtcMs now);
/// The fold of all public items. A route shows what was public when its status was last said: when
/// `public_from` passes the keeper says it again, so that snapshots and folds always agree.
[[nodiscard]] PublicSnapshot public_snapshot(const MarchState& state);
/// A client's fold: applies an item to a snapshot, as every SDK does.
void fold(PublicSnapshot& snapshot, const PublicItem& item);

// ---- marshal -----------------------------------------------------------------------------------
/// What one person on duty sees: own entry, own section and buddy, phase, route, notices, alerts on
/// whose ladder they stand.
struct MarshalSnapshot {
    LogId log;
    Position position;
    MarchSpec march;
    PublicPhase phase;
    Member self;
    std::vector<Member> section;  ///< own section (and the buddy), without self
    std::optional<Route> route;   ///< active one, with staging and intersections
    std::vector<Notice> notices;
    std::vector<Alert> alerts;        ///< those on whose ladder this person stands, or that are about them
    std::vector<Order> orders;        ///< open ones that are for this person or their like, with the own receipt alone
    std::vector<Incident> incidents;  ///< open ones that concern this person: is_shown_to
    std::vector<Intersection> intersections;
    RouteClosures closures;
};
/// True when a marshal's topics (staff, section, role, person) may bear this event. What `shown_on` leaves of it is
/// then sent: every member of that is fit for a phone that may be seized.
[[nodiscard]] bool marshal_may_see(const Event& event);
/// Topic indices of the `marshal` feed of this person; empty when not on the roster.
[[nodiscard]] std::vector<std::uint32_t> marshal_topics(const MarchState& state, PersonId person);
[[nodiscard]] std::optional<MarshalSnapshot> marshal_snapshot(const MarchState& state, PersonId person);

/// What an entry says on this topic where that is less than the whole: an order without its recipients, on a person's
/// own topic the own receipt alone; an incident without what is restricted, on all topics, and of one that has left a
/// section or a role no more than that. None: it is said as it is.
[[nodiscard]] std::optional<Event> shown_on(const Event& event, std::uint32_t topic_index);
/// As in MarshalSnapshot.
[[nodiscard]] std::vector<Order> orders_of(const MarchState& state, const Member& self);

// ---- a section lead's ops ----------------------------------------------------------------------
/// Topic indices of the `ops` feed of this section's lead. Positions (of its neighbours too) and liveness travel on
/// the last, so that a lead's wish to see them sends nothing to the phones of the section.
[[nodiscard]] std::vector<std::uint32_t> section_topics(std::uint32_t section);
/// What ops shows of one section: its people and their alerts, the march, the active route. Nobody of another
/// section, no drafts of routes, no proposals.
struct SectionSnapshot {
    std::uint32_t section = 0;
    MarchState state;  ///< with these alone; its index and topics are empty
};
/// Open orders that the section hears of, with the receipts of its people.
[[nodiscard]] std::vector<Order> orders_of_section(const MarchState& state, std::uint32_t section);
[[nodiscard]] SectionSnapshot section_snapshot(const MarchState& state, std::uint32_t section);

// ---- overview and desk -------------------------------------------------------------------------
/// A march's row for everybody.
struct OverviewRow {
    Slug march;
    std::string city, state, tz;
    std::optional<LatLon> site;
    MarchKind kind = MarchKind::in_person;
    PublicPhase phase;
    PlannedPhase next;  ///< next planned phase with a known time; at = 0 when none
    UtcMs as_of;
    std::uint32_t on_duty_rounded = 0;    ///< 0 under 5, else rounded to 5
    std::uint32_t followers_rounded = 0;  ///< who watch its public feed now, on all servers; the same
    bool operator==(const OverviewRow&) const = default;
};
/// A march's row for the national desk.
struct DeskRow {
    Slug march;
    Phase phase = Phase::planned;
    std::uint32_t roster = 0, on_duty = 0, overdue = 0;
    std::vector<Alert> alerts;  ///< open ones, worst first, at most 20
    UtcMs as_of;
    Readiness readiness = {};
    bool operator==(const DeskRow&) const = default;
};
/// `followers`: of the march's public feed, as far as its keeper knows.
[[nodiscard]] OverviewRow overview_row(const MarchState& state, std::uint32_t followers, UtcMs now);
/// A count as the public may see it: 0 under 5, else rounded to 5 (DESIGN 5).
[[nodiscard]] std::uint32_t shown_count(std::uint32_t count);
[[nodiscard]] DeskRow desk_row(const MarchState& state, UtcMs now);

}  // namespace marchwire::core
