// The column: head and tail of a march on its active route, folded from positions. Telemetry: never logged.
#pragma once

#include "core/model.hpp"
#include "core/route.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

namespace marchwire::core {

/// One GPS fix as a phone sent it.
struct Fix {
    LatLon at;
    std::uint32_t accuracy_metres = 0;  ///< radius of 68 %; 0 is unknown
    UtcMs fix_at;
    bool operator==(const Fix&) const = default;
};

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
    bool moving = false;  ///< the march is MARCHING
    bool operator==(const PublicColumn&) const = default;
};

/// The exact column, for staff.
struct OpsColumn {
    UtcMs as_of;
    std::uint32_t route_version = 0;
    std::optional<Metres> head;
    std::optional<Metres> tail;
    std::uint32_t heads = 0;  ///< HEAD marshals it stands on
    std::uint32_t tails = 0;
    bool stale = false;  ///< positions were missed (a takeover, a bus gap) less than limits::telemetry_unsure ago
    bool operator==(const OpsColumn&) const = default;
};

/// A fold over telemetry beside a march's state: last fix and two before per person, gone after
/// limits::track_life. Lives with the march's keeper. Bounded by the roster. One thread; times come in.
class Column {
public:
    /// Takes a person's fixes (oldest first) as received at `now`. Gives the newest, projected and
    /// judged; none when no fix is newer than what is known, or the person is not on the roster.
    std::optional<TrackedPosition> take(const MarchState& state, PersonId person, const std::vector<Fix>& fixes,
                                        UtcMs now);
    /// The exact column now: median of the HEAD marshals' places and of the TAIL marshals', of those on duty;
    /// of flagged places only where there are no others.
    [[nodiscard]] OpsColumn ops(const MarchState& state, UtcMs now);
    /// The public column now (DESIGN 5): median of the 3 foremost and 3 last fresh, plausible positions of those
    /// on duty who walk with the column, as they were limits' delay ago, snapped; only `moving` with fewer than
    /// 3, while the route is not public, and within 60 s after a reroute or the first call (a new keeper).
    /// Call it at most each second; at least each 5 s while the march moves.
    [[nodiscard]] PublicColumn public_column(const MarchState& state, UtcMs now);
    /// Fresh positions, for a new subscriber of `ops`.
    [[nodiscard]] std::vector<TrackedPosition> positions(UtcMs now) const;

private:
    struct Known {
        TrackedPosition position;
        bool is_placed = false;  ///< its place is plausible, whatever its clock says
    };
    struct Track {
        std::array<Known, 3> last;  ///< newest first
        std::uint8_t count = 0;
        UtcMs received_at;
    };
    struct Sample {
        UtcMs at;
        std::optional<Metres> head, tail;
    };
    enum class Plausibility : std::uint8_t { plausible, flagged };
    void follow_route(const MarchState& state, UtcMs now);
    void forget_old(UtcMs now);
    [[nodiscard]] Known judge(const Track& track, PersonId person, const Fix& fix, UtcMs now) const;
    [[nodiscard]] std::vector<Metres> places(const MarchState& state, bool (*counts)(Role), Plausibility wanted) const;
    [[nodiscard]] Sample sample(const MarchState& state, UtcMs now) const;

    std::unordered_map<PersonId, Track> tracks_;
    std::deque<Sample> samples_;  ///< of the last public delay, oldest first
    std::uint32_t route_version_ = 0;
    std::shared_ptr<const RouteIndex> index_;
    UtcMs settled_at_;  ///< when the public column may speak again; 0 before the first call
};

}  // namespace marchwire::core
