// A route as a line to measure on: metres from its start to any point, and back.
#pragma once

#include "core/model.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace marchwire::core {

/// Where a position stands on a line.
struct Projection {
    Metres along;   ///< from the line's start
    Metres beside;  ///< distance to the line
};

/// What may be asked of one line. Built once per route version, then only read: any thread. Lengths
/// are on a local plane around the line's middle (equirectangular), off by under 0.1 % within 100 km.
class RouteIndex {
public:
    /// `points` must hold at least two.
    explicit RouteIndex(const std::vector<LatLon>& points);

    [[nodiscard]] Metres length() const { return length_; }
    [[nodiscard]] LatLon at(Metres along) const;

    /// The nearest place on the whole line; of places equally near the first.
    [[nodiscard]] Projection project(LatLon at) const;

    /// Where somebody is now who was at `before`, `elapsed` ago. Routes cross and repeat themselves:
    /// of the legs near `at` the one wins that keeps progress continuous (DOMAIN, positions). A leg is
    /// out of reach when walking there would take more than 15 m/s, or when it lies further back than
    /// `accuracy_metres` of GPS noise explains. With nothing within reach: the nearest place, as above.
    [[nodiscard]] Projection project(LatLon at, Metres before, Millis elapsed, std::uint32_t accuracy_metres) const;

private:
    struct Plane {
        double x = 0, y = 0;
    };
    [[nodiscard]] Plane plane(LatLon at) const;
    LatLon origin_;
    double metres_per_degree_lon_ = 0;
    std::vector<Plane> points_;
    std::vector<double> along_;  ///< metres from the start, by point
    Metres length_;
};

}  // namespace marchwire::core
