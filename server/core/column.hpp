// The column: head and tail of a march on its active route, folded from positions. Telemetry: never logged.
#pragma once

#include "core/model.hpp"
#include "core/progress.hpp"
#include "core/route.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

namespace marchwire::core {

/// A marshal's last fix, put on the active route. Class C, keyed by person.
struct TrackedPosition {
    PersonId person;
    Fix fix;
    std::optional<Metres> along;  ///< none without an active route
    bool flagged = false;         ///< implausible (DOMAIN, positions): weighed down, not refused
    bool operator==(const TrackedPosition&) const = default;
};

/// The one public column (DESIGN 5): snapped to 100 m, 60 s late. Cannot hold a person.
struct PublicColumn {
    UtcMs as_of;  ///< 0: nothing is known yet
    std::uint32_t route_version = 0;
    std::optional<std::uint32_t> head_metres;  ///< none: only `moving` is known
    std::optional<std::uint32_t> tail_metres;
    bool moving = false;     ///< the march is MARCHING
    UtcMs head_reported_at;  ///< where no GPS tells of it: when somebody saw it at a public waypoint; else 0
    UtcMs tail_reported_at;
    bool operator==(const PublicColumn&) const = default;
};

/// The empty street between two neighbouring sections of those whose positions are known.
struct Gap {
    std::uint32_t ahead = 0;   ///< section whose last marshal is its near edge
    std::uint32_t behind = 0;  ///< section whose foremost marshal is its far edge
    Metres metres;             ///< 0 where they overlap
    bool holds_intersection = false;
    bool operator==(const Gap&) const = default;
};

/// When the head will be at a waypoint, should it go on at its pace.
struct Arrival {
    std::uint32_t waypoint = 0;
    UtcMs at;
    bool operator==(const Arrival&) const = default;
};

/// One end of the column.
struct ColumnEnd {
    std::optional<Metres> along;  ///< none: nothing is known
    std::uint32_t marshals = 0;   ///< HEAD or TAIL marshals it stands on
    Metres spread;                ///< from the last of them to the foremost
    std::optional<double> pace;   ///< metres a second over the last minutes; none until it was followed for a minute
    std::optional<UtcMs> at_end;  ///< when it will be at the route's end; none while it stands
    std::optional<KnownBy> known_by;  ///< none: nothing is known
    UtcMs reported_at;                ///< by report: when it was seen there; it ages. Else 0
    bool operator==(const ColumnEnd&) const = default;
};

/// The exact column, for staff.
struct OpsColumn {
    UtcMs as_of;
    std::uint32_t route_version = 0;
    ColumnEnd head;
    ColumnEnd tail;
    bool stale = false;  ///< positions were missed (a takeover, a bus gap) less than limits::telemetry_unsure ago
    std::optional<Metres> off_route;  ///< how far the HEAD marshals are beside the line at least, their accuracy
                                      ///< taken off; none when nothing fresh is known
    std::vector<Gap> gaps;            ///< from the head to the tail
    std::vector<Arrival> arrivals;    ///< of the head, at the next limits::column_arrivals waypoints; none while it
                                      ///< stands

    /// From tail to head; none while one of them is not known or they are the wrong way round.
    [[nodiscard]] std::optional<Metres> length() const;
    bool operator==(const OpsColumn&) const = default;
};

/// From the first gathering until the street is empty. A virtual event has no column.
[[nodiscard]] bool has_column(Phase phase);
[[nodiscard]] bool walks_with_column(Role role);
/// What was reported of an end on the active route; null when nothing was.
[[nodiscard]] const PassedMark* mark_on_route(const MarchState& state, End end);
/// The middle one; of two the mean; none of none.
[[nodiscard]] std::optional<Metres> median_place(std::vector<Metres> places);

/// A fold over telemetry beside a march's state: each marshal's progress along the active route and last three fixes,
/// gone after limits::track_life. Lives with the march's keeper. Bounded by the roster. One thread; times come in.
/// A position costs a search of a few legs (progress.hpp) and looks at nobody else; the columns look at all once a
/// call.
class Column {
public:
    /// Takes a person's fixes (oldest first) as received at `now`. Gives the newest, projected and
    /// judged; none when no fix is newer than what is known, or the person is not on the roster.
    std::optional<TrackedPosition> take(const MarchState& state, PersonId person, const std::vector<Fix>& fixes,
                                        UtcMs now);
    /// The exact column now: median of the HEAD marshals' places and of the TAIL marshals', of those on duty; an end
    /// that proves to be less far than was told goes back as slowly as people walk. Else where it was last reported to
    /// pass (MarkPassed), unless GPS has told of it since; of flagged places only where there is nothing else. Call it
    /// each second for a pace.
    [[nodiscard]] OpsColumn ops(const MarchState& state, UtcMs now);
    /// The public column now (DESIGN 5): median of the 3 foremost and 3 last fresh, plausible positions of those
    /// on duty who walk with the column, as they were limits' delay ago, snapped; only `moving` with fewer than
    /// 3, while the route is not public, and within 60 s after a reroute or the first call (a new keeper). With fewer
    /// than 3 an end is where somebody saw it pass a waypoint that is public.
    /// Call it at most each second; at least each 5 s while the march moves.
    [[nodiscard]] PublicColumn public_column(const MarchState& state, UtcMs now);
    /// Fresh positions, for a new subscriber of `ops`.
    [[nodiscard]] std::vector<TrackedPosition> positions(UtcMs now) const;

private:
    struct Known {
        TrackedPosition position;
        Metres beside;             ///< of the active route's line
        bool is_placed = false;    ///< its place is plausible, whatever its clock says
        bool is_credible = false;  ///< nothing speaks against it but the distance to the route
    };
    struct Track {
        std::array<Known, 3> last;  ///< newest first
        std::uint8_t count = 0;
        UtcMs received_at;
        Progress progress;  ///< of the plausible fixes
        UtcMs placed_at;    ///< when the last of them was received; 0: never
    };
    struct Sample {
        UtcMs at;
        std::optional<Metres> head, tail;
        UtcMs head_reported_at, tail_reported_at;
    };
    enum class Plausibility : std::uint8_t { plausible, flagged };
    /// Where somebody who counts stands now.
    struct Standing {
        Role role = Role::side;
        std::uint32_t section = 0;
        Metres along;
        std::optional<Metres> off_route;  ///< beside the line, the accuracy taken off; none of an incredible fix
        Plausibility plausibility = Plausibility::plausible;
    };
    /// Head and tail as they were, at equal times; oldest first.
    struct Trail {
        std::deque<Sample> samples;  ///< of the last limits::column_pace_over
        void add(const Sample& sample);
        [[nodiscard]] std::optional<double> pace(std::optional<Metres> Sample::*end) const;
    };
    /// An end as it was last told.
    struct Told {
        UtcMs at;
        std::optional<Metres> along;
    };
    void follow_route(const MarchState& state, UtcMs now);
    static void go_back_slowly(Told& told, ColumnEnd& end, UtcMs now);
    void reproject(Track& track, UtcMs now) const;
    void forget_old(UtcMs now);
    [[nodiscard]] Known judge(const MarchState& state, Track& track, PersonId person, const Fix& fix, UtcMs now);
    [[nodiscard]] Projection placed(const MarchState& state, Track& track, PersonId person, const Fix& fix, UtcMs now);
    [[nodiscard]] Expected expected(const MarchState& state, Role role, UtcMs now) const;
    [[nodiscard]] std::vector<Standing> standings(const MarchState& state, UtcMs now) const;
    [[nodiscard]] static ColumnEnd end_by_gps(const std::vector<Standing>& standings, Role role, Plausibility wanted);
    [[nodiscard]] static ColumnEnd end_of(const std::vector<Standing>& standings, Role role, const PassedMark* mark,
                                          UtcMs now, UtcMs& seen_at);
    [[nodiscard]] std::vector<Gap> gaps(const MarchState& state, const std::vector<Standing>& standings) const;
    void tell_arrivals(const MarchState& state, UtcMs now, OpsColumn& column) const;
    [[nodiscard]] Sample sample(const MarchState& state, UtcMs now) const;

    std::unordered_map<PersonId, Track> tracks_;
    std::deque<Sample> samples_;         ///< of the last public delay, oldest first
    Trail trail_;                        ///< of the exact column, by GPS
    UtcMs head_seen_at_, tail_seen_at_;  ///< when GPS last told of this end; 0: never
    Told head_told_, tail_told_;
    std::uint32_t route_version_ = 0;
    std::shared_ptr<const RouteIndex> index_;
    UtcMs settled_at_;  ///< when the public column may speak again; 0 before the first call
};

}  // namespace marchwire::core
